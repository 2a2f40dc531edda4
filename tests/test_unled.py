"""Generations on an engine that can't go on from a text: the answer is asked for anew, once, in a
conversation that holds the thought so far.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from qwq_cli.cancel import Cancel
from qwq_cli.engines.base import Prompt
from qwq_cli.engines.scripted import Script, Scripted, ScriptedDecoding, cut
from qwq_cli.errors import BusyError, QwqError
from qwq_cli.events import Answer, Event, Noticed, Rewound, Steered, Thinking
from qwq_cli.generate import generate
from qwq_cli.request import Sampling, Steering
from qwq_cli.stream.transcript import Transcript
from tests.test_steering import (
    ANSWER,
    ASKED,
    CIRCLE,
    END,
    FIRST,
    GEFRAGT,
    GERMAN,
    THOUGHT,
    Run,
    answered,
    ours,
    run,
)

AGAIN = "The queen is out, the king is out.\n\n**Final Answer**\n\n方块5"


def was_let_be(done: Run) -> bool:
    """Whether the engine was asked once, and nothing was put in."""
    return (len(done.engine.asked), done.record.interventions, ours(done.events)) == (1, [], "")


def said(prompt: Prompt) -> list[str]:
    """What a prompt's messages are, and who said them."""
    return [part.text for part in prompt.parts]


def test_a_loop_ends_the_thought_and_the_answer_is_asked_for_anew() -> None:
    done = run(FIRST + CIRCLE, AGAIN, rewinds=False)
    assert (done.actions, done.end.reason, done.end.final) == (["forced"], "stop", "方块5")
    assert done.record.answer == "方块5"
    (put,) = done.record.interventions
    assert (put.why, put.answer, put.tokens) == ("loop", True, done.end.usage.inserted_tokens)
    thought, _, more = done.record.reasoning.partition(put.text)
    assert (thought.count("Is it the queen?"), thought[: len(FIRST)]) == (1, FIRST)
    assert more == "The queen is out, the king is out.\n\n"
    assert done.record.reasoning[put.at :].startswith(ours(done.events))
    first, second = map(said, done.engine.prompted)
    assert first == ["<user>", ASKED.messages[0].content, "<assistant>"]
    assert second == [*first, thought.strip(), "<user>", put.text.strip(), "<assistant>"]


def test_the_order_of_what_is_told() -> None:
    done = run(FIRST + CIRCLE, AGAIN, rewinds=False)
    (back,) = [at for at, event in enumerate(done.events) if isinstance(event, Rewound)]
    steered, *rest = done.events[back + 1 :]
    assert isinstance(steered, Steered)
    assert steered.text == ours(rest)
    mine = [isinstance(event, Thinking) and event.ours for event in rest]
    assert mine == sorted(mine, reverse=True)
    assert isinstance(rest[-2], Answer)
    assert done.record.leads is False


def test_what_it_cost_is_counted() -> None:
    done = run(FIRST + CIRCLE, AGAIN, rewinds=False)
    usage = done.end.usage
    prompts = [
        sum(1 if part.control else len(cut(part.text)) for part in prompt.parts)
        for prompt in done.engine.prompted
    ]
    assert (usage.prompt_tokens, usage.recomputed_tokens) == tuple(prompts)
    thought = done.record.reasoning.replace(done.record.interventions[0].text, "")
    first, _, _ = thought.partition("The queen is out")
    assert usage.reasoning_tokens + usage.answer_tokens == len(cut(first)) + len(cut(AGAIN))
    assert usage.trimmed_tokens > 0


def test_it_is_asked_in_the_language_of_the_thought() -> None:
    circle = "这张牌是皇后吗？不，是国王。那么又是皇后，因为国王在两种花色里都有。" * 10
    done = run("先看点数。" + circle, "方块5", request=GEFRAGT, rewinds=False)
    (put,) = done.record.interventions
    assert "直接给出" in put.text
    assert "**最终答案**" in put.text
    assert done.end.final == "方块5"


MUSES = "Hmm. Wait, let me see. "
"""A text without a mark counts as thinking where it shows that it is."""
TAGGED = {
    "it thinks again": ("<think>Hm.", "<think>\nSo what.\n</think>\n\n" + ANSWER, None),
    "it answers at once": ("<think>Hm.", ANSWER, None),
    "the prompt opens the thought": ("Hm.", "So what.\n</think>\n\n" + ANSWER, True),
    "nobody says": (MUSES, "So what.\n</think>\n\n" + ANSWER, None),
    "nobody says, and it does not think": (MUSES, ANSWER, None),
}


@pytest.mark.parametrize("name", TAGGED)
def test_tags_are_read_anew(name: str) -> None:
    first, second, opens = TAGGED[name]
    done = run(first + CIRCLE, second, style="tags", opens_thinking=opens, rewinds=False)
    assert (done.actions, done.end.reason) == (["forced"], "stop")
    assert done.record.answer.strip() == ANSWER.strip()
    assert "think>" not in "".join(said(done.engine.prompted[1]))
    assert "**" not in done.record.interventions[0].text


def test_a_second_loop_is_the_end() -> None:
    done = run(FIRST + CIRCLE, "Well. " + CIRCLE, rewinds=False)
    assert (done.actions, done.end.reason) == (["forced", "stopped"], "loop")
    assert (done.end.final, done.record.answer, len(done.engine.asked)) == (None, "", 2)
    assert done.record.reasoning.count("Is it the queen?") == 2


def test_an_answer_that_begins_again_is_the_answer() -> None:
    answer = "It is the five of diamonds, as shown above in the whole list of cards.\n\n"
    done = run("Hm.\n**Final Answer**\n\n" + answer * 120, rewinds=False)
    assert (done.actions, done.end.reason) == (["kept"], "stop")
    assert done.record.answer.strip() == answer.strip()
    assert was_let_be(done)
    asked = run(FIRST + CIRCLE, AGAIN[:-3] + answer * 120, rewinds=False)
    assert (asked.actions, asked.end.reason) == (["forced", "kept"], "stop")
    assert asked.record.answer.strip() == answer.strip()


def test_an_answer_that_breaks_off_can_t_be_taken_back() -> None:
    done = run("Hm.\n**Final Answer**\n\nIt is: " + "five, " * 1700, rewinds=False)
    assert (done.actions, done.end.reason) == (["stopped"], "loop")
    assert was_let_be(done)


@pytest.mark.parametrize("mode", ["report", "off"])
def test_loops_may_be_left_alone(mode: str) -> None:
    done = run(FIRST + CIRCLE + END, steering=Steering(loops=mode), rewinds=False)  # type: ignore[arg-type]
    assert (done.end.reason, done.end.final) == ("stop", "方块5")
    assert was_let_be(done)


@pytest.mark.parametrize("steering", [Steering(loops="stop"), Steering(rescues=0)])
def test_or_end_it(steering: Steering) -> None:
    done = run(FIRST + CIRCLE, AGAIN, steering=steering, rewinds=False)
    assert (done.actions, done.end.reason, done.end.final) == (["stopped"], "loop", None)
    assert was_let_be(done)


@pytest.mark.parametrize("budget", [0, 1, 20])
def test_a_spent_budget_asks_for_the_answer(budget: int) -> None:
    done = run(THOUGHT, AGAIN, steering=Steering(budget=budget), rewinds=False)
    assert (done.end.reason, done.end.final) == ("stop", "方块5")
    (put,) = done.record.interventions
    assert put.why == "budget"
    thought = "".join(cut(THOUGHT)[:budget])
    assert done.record.reasoning.startswith(thought + put.text)
    messages = said(done.engine.prompted[1])
    assert messages.count("<assistant>") == (2 if budget else 1)
    if not budget:  # one message of the user's, since templates want them by turns
        assert messages[1] == f"{ASKED.messages[0].content}\n\n{put.text.strip()}"


def test_a_budget_bounds_the_second_thought_too() -> None:
    long = "".join(f"Case {n}: no {n}s, since {n * n} is not {n + 5}.\n" for n in range(400))
    done = run(THOUGHT, long, steering=Steering(budget=5, loops="off"), rewinds=False)
    assert (done.end.reason, done.end.final) == ("budget", None)
    assert done.end.usage.reasoning_tokens == 5 + 1024
    free = run(FIRST + CIRCLE, long + END, rewinds=False)
    assert (free.end.reason, free.end.final) == ("stop", "方块5")


def test_what_may_be_the_answer_is_asked_for_anew_and_then_goes_on() -> None:
    """Tags, and none so far: this may be a thought as well as an answer."""
    long = "".join(f"Case {n}: no {n}s, since {n * n} is not {n + 5}.\n" for n in range(400))
    steering = Steering(budget=2, loops="off")
    done = run(long, long, style="tags", steering=steering, rewinds=False)
    assert (done.end.reason, done.record.answer) == ("stop", long.strip())
    assert [put.why for put in done.record.interventions] == ["budget"]
    without = run(long, style="tags", steering=Steering(loops="off"), rewinds=False)
    assert (without.end.reason, without.record.answer) == ("stop", long.strip())
    assert was_let_be(without)


def test_room_is_kept_for_the_answer() -> None:
    request = replace(ASKED, max_tokens=400)
    done = run(FIRST * 100, AGAIN, request=request, steering=Steering(loops="off"), rewinds=False)
    assert (done.end.reason, done.end.final) == ("stop", "方块5")
    assert [put.why for put in done.record.interventions] == ["room"]
    assert len(cut(done.record.reasoning)) > 300


def test_a_bound_of_the_server_s_own_is_met_with_half_of_the_thought() -> None:
    """It ends the thought there; all of it, asked about once more, would leave no room again."""
    thought = "".join(f"Case {n}: no {n}s, since {n * n} is not {n + 5}.\n" for n in range(20))
    engine = Scripted(Script((thought,), stop="length", rewinds=False))

    class Bounded(Scripted):
        def start(
            self, prompt: Prompt, sampling: Sampling, max_tokens: int | None
        ) -> ScriptedDecoding:
            if self.asked:
                self.script = replace(self.script, takes=(AGAIN,), stop="stop")
            return super().start(prompt, sampling, max_tokens)

    engine = Bounded(engine.script)
    record = followed(generate(engine, ASKED))
    assert record.finished is not None
    assert (record.finished.reason, record.finished.final) == ("stop", "方块5")
    (carried,) = [text for text in said(engine.prompted[1]) if "Case 19" in text]
    assert thought.endswith(carried + "\n")
    assert carried.startswith("Case ")
    assert 0.3 < len(carried) / len(thought) < 0.6
    assert record.reasoning.startswith(thought)


def test_the_second_is_drawn_from_other_numbers_as_warm_as_asked() -> None:
    request = replace(ASKED, sampling=Sampling(temperature=0.3, seed=7))
    done = run(FIRST + CIRCLE, AGAIN, request=request, rewinds=False)
    assert [(asked.temperature, asked.seed) for asked in done.engine.asked] == [(0.3, 7), (0.3, 8)]


def test_a_turn_of_language_is_told_and_stays() -> None:
    done = run(answered(GERMAN), "方块五。", request=GEFRAGT, rewinds=False)
    (switch,) = done.record.switches
    assert (switch.part, switch.action) == ("answer", "reported")
    assert any(isinstance(event, Noticed) for event in done.events)
    assert done.record.answer == GERMAN
    assert was_let_be(done)


# --------------------------------------------------------------------------- what may go wrong


@dataclass
class Second:
    """How the second conversation goes wrong: after so many tokens, with this."""

    fault: QwqError
    at: int = 0


class Failing(Scripted):
    """An engine whose second conversation fails."""

    def __init__(self, second: Second) -> None:
        super().__init__(Script((FIRST + CIRCLE, AGAIN), rewinds=False))
        self.second = second

    def start(self, prompt: Prompt, sampling: Sampling, max_tokens: int | None) -> ScriptedDecoding:
        if self.asked:
            self.script = replace(self.script, fault=self.second.fault, fault_at=self.second.at)
        return super().start(prompt, sampling, max_tokens)


def followed(events: Iterator[Event]) -> Transcript:
    record = Transcript()
    for event in events:
        record.add(event)
    return record


@pytest.mark.parametrize("at", [0, 5])
def test_one_that_fails_leaves_no_answer_and_says_why(at: int) -> None:
    engine = Failing(Second(BusyError("the server is busy", "it has many to serve"), at))
    events = list(generate(engine, ASKED))
    record = followed(iter(events))
    assert record.finished is not None
    assert (record.finished.reason, record.finished.final) == ("loop", None)
    assert record.reasoning.startswith(FIRST)
    (told,) = [event.message for event in events if isinstance(event, Noticed)]
    assert told.endswith("did not come: the server is busy: it has many to serve")


def test_one_that_fails_within_the_answer_is_a_failure() -> None:
    engine = Failing(Second(QwqError("broke off"), len(cut(AGAIN)) - 1))
    events: list[Event] = []
    with pytest.raises(QwqError, match="broke off"):
        events.extend(generate(engine, ASKED))
    assert followed(iter(events)).answer == "方块"


def test_the_second_is_cancelled_like_the_first() -> None:
    cancel = Cancel()
    record = Transcript()
    engine = Scripted(Script((FIRST + CIRCLE, THOUGHT + AGAIN), rewinds=False))
    for event in generate(engine, ASKED, cancel=cancel):
        record.add(event)
        if isinstance(event, Steered):
            cancel.set()
    assert record.finished is not None
    assert (record.finished.reason, record.answer) == ("interrupted", "")


def test_a_cancel_while_it_starts_is_not_lost() -> None:
    cancel = Cancel()

    class Slow(Scripted):
        def start(
            self, prompt: Prompt, sampling: Sampling, max_tokens: int | None
        ) -> ScriptedDecoding:
            if self.asked:
                cancel.set()
            return super().start(prompt, sampling, max_tokens)

    engine = Slow(Script((FIRST + CIRCLE, AGAIN), rewinds=False))
    record = followed(generate(engine, ASKED, cancel=cancel))
    assert record.finished is not None
    assert (record.finished.reason, record.answer) == ("interrupted", "")
