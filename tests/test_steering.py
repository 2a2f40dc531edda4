"""Generations that are led: out of loops, and to an answer within bounds.

On scripts, step by step.
"""

from dataclasses import dataclass, replace
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qwq_cli.engines.scripted import Script, Scripted, Take, cut
from qwq_cli.events import Event, Finished, Noticed, Rewound, Steered, Switch, Thinking
from qwq_cli.generate import generate
from qwq_cli.request import Message, Request, Sampling, Steering
from qwq_cli.stream.guard import Guards
from qwq_cli.stream.transcript import Transcript

GREEDY = Sampling(temperature=0)
ASKED = Request((Message("user", "Which card is it, and why is it that one?"),), sampling=GREEDY)
GEFRAGT = Request((Message("user", "这张牌是什么？为什么是这张牌？"),), sampling=GREEDY)
FIRST = "Let me look at the ranks. "
CIRCLE = "Is it the queen? No, it is the king. Then again it is the queen. " * 10
END = "Oh, it is the five.\n\n**Final Answer**\n\n方块5"
ANSWER = "It is the five of diamonds, because no other card is left.\n"


@dataclass(frozen=True)
class Run:
    """A generation that has ended."""

    engine: Scripted
    events: list[Event]
    record: Transcript

    @property
    def end(self) -> Finished:
        assert self.record.finished is not None
        return self.record.finished

    @property
    def actions(self) -> list[str]:
        return [loop.action for loop in self.record.loops]


def run(
    *takes: Take,
    request: Request = ASKED,
    steering: Steering | None = None,
    guards: Guards | None = None,
    **script: object,
) -> Run:
    engine = Scripted(Script(takes=takes, **script))  # type: ignore[arg-type]
    events = list(generate(engine, request, steering=steering or Steering(), guards=guards))
    record = Transcript()
    for event in events:
        record.add(event)
    return Run(engine, events, record)


def ours(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, Thinking) and event.ours)


# -------------------------------------------------------------------------------- the ladder


def test_step_1_keeps_the_first_copy_and_goes_on() -> None:
    done = run(FIRST + CIRCLE, END)
    assert done.actions == ["rewound"]
    assert done.record.reasoning.count("Is it the queen?") == 1
    assert (done.record.interventions, ours(done.events)) == ([], "")
    assert (done.end.reason, done.end.final) == ("stop", "方块5")


def test_step_2_goes_back_further_and_refocuses_in_the_model_s_voice() -> None:
    done = run(FIRST + CIRCLE, CIRCLE, END)
    assert done.actions == ["rewound", "refocused"]
    (put,) = done.record.interventions
    assert (put.why, put.answer) == ("loop", False)
    thinking = done.record.reasoning
    assert thinking == FIRST.rstrip() + put.text + "Oh, it is the five.\n\n"
    assert thinking[put.at :].startswith(put.text)
    assert ours(done.events) == put.text
    assert done.end.usage.inserted_tokens == put.tokens == len(cut(put.text))
    model_s = FIRST.rstrip() + "Oh, it is the five.\n\n"
    assert done.end.usage.reasoning_tokens == len(cut(model_s))
    assert done.end.final == "方块5"


def test_step_3_forces_the_answer() -> None:
    done = run(FIRST + CIRCLE, CIRCLE, CIRCLE, "方块5")
    assert done.actions == ["rewound", "refocused", "forced"]
    assert [put.answer for put in done.record.interventions] == [False, True]
    assert "**Final Answer**" in done.record.interventions[-1].text
    assert done.record.answer == "方块5"
    assert (done.end.reason, done.end.final) == ("stop", "方块5")


def test_in_tags_the_forced_answer_follows_a_closing_tag() -> None:
    done = run(FIRST + CIRCLE, CIRCLE, CIRCLE, ANSWER, style="tags", opens_thinking=True)
    assert done.record.interventions[-1].text.endswith("\n\n</think>\n\n")
    assert done.record.answer == ANSWER
    assert "</think>" not in done.record.reasoning


def test_each_step_is_warmer_but_the_forced_answer_is_as_asked() -> None:
    done = run(FIRST + CIRCLE, CIRCLE, CIRCLE, "方块5")
    asked, warm, warmer, forced = (sampling.temperature for sampling in done.engine.asked)
    assert asked == forced == 0
    assert 0.5 <= warm < warmer


def test_a_chinese_text_is_led_in_chinese() -> None:
    circle = "这张牌是皇后吗？不，是国王。那么又是皇后，因为国王在两种花色里都有。" * 10
    done = run("先看点数。" + circle, circle, circle, "方块5", request=GEFRAGT)
    assert done.actions == ["rewound", "refocused", "forced"]
    assert all("，" in put.text for put in done.record.interventions)
    assert "**最终答案**" in done.record.interventions[-1].text


def test_step_4_keeps_the_first_copy_of_an_answer() -> None:
    answer = "It is the five of diamonds, as shown above in the whole list of cards.\n\n"
    done = run("Hm.\n**Final Answer**\n\n" + answer * 120)
    assert done.actions == ["kept"]
    assert done.record.answer.strip() == answer.strip()
    assert done.end.reason == "stop"
    assert done.end.final == answer.strip().removesuffix(".")
    assert done.end.usage.trimmed_tokens > 0


def test_an_answer_that_is_half_a_sentence_is_taken_back_there() -> None:
    done = run("Hm.\n**Final Answer**\n\nIt is: " + "five, " * 1700, "方块5.")
    assert done.actions == ["rewound"]
    assert done.record.answer == "It is: five,方块5."
    assert (done.end.reason, ours(done.events)) == ("stop", "")


def test_an_answer_may_say_again_what_was_thought() -> None:
    thought = "".join(f"Case {n}: no {n}s, since {n * n} is not {n + 5}.\n" for n in range(40))
    done = run(thought + "</think>" + thought, style="tags", opens_thinking=True)
    assert done.actions == []
    assert done.record.answer == thought


def test_a_loop_that_does_not_break_is_given_up_with_its_partial() -> None:
    done = run(FIRST + CIRCLE * 12, steering=Steering(rescues=2))
    assert done.actions == ["rewound", "forced", "stopped"]
    assert (done.end.reason, done.end.final) == ("loop", None)
    assert done.record.reasoning.startswith(FIRST)


def test_no_rescue_stops_at_the_first_loop() -> None:
    done = run(FIRST + CIRCLE, END, steering=Steering(rescues=0))
    assert (done.actions, done.end.reason) == (["stopped"], "loop")
    assert done.record.reasoning.count("Is it the queen?") == 1


def test_after_progress_a_new_loop_starts_with_the_first_step() -> None:
    way = "".join(f"Rank {n} lies under suit {n * 7 % 31}. " for n in range(60))
    done = run(CIRCLE, way + CIRCLE, END)
    assert done.actions == ["rewound", "rewound"]
    assert done.end.reason == "stop"


def test_a_model_with_nothing_to_add_to_our_sentence_is_asked_for_its_answer() -> None:
    """The end of its thought would be our sentence, which is no answer of its own."""
    done = run(FIRST + CIRCLE, CIRCLE, "", "方块5")
    assert [put.answer for put in done.record.interventions] == [False, True]
    assert done.record.answer == "方块5"
    nothing = run(FIRST + CIRCLE, CIRCLE, "", "")
    assert (nothing.end.reason, nothing.record.answer) == ("loop", "")


def test_modes() -> None:
    stopped = run(FIRST + CIRCLE, END, steering=Steering(loops="stop"))
    assert (stopped.actions, stopped.end.reason) == (["stopped"], "loop")
    off = run(FIRST + CIRCLE + END, steering=Steering(loops="off"))
    assert (off.actions, off.end.reason) == ([], "stop")
    assert off.record.reasoning.startswith(FIRST + CIRCLE)


def test_reported_loops_stay_each_told_once() -> None:
    way = "".join(f"Rank {n} lies under suit {n * 7 % 31}. " for n in range(60))
    other = "Or is it the ten, or the six of hearts, or none?\n" * 20
    text = FIRST + CIRCLE * 4 + way + other + END
    done = run(text, steering=Steering(loops="report"))
    assert done.actions == ["reported", "reported"]
    noticed = [event.about for event in done.events if isinstance(event, Noticed)]
    assert noticed == done.record.loops
    assert done.record.reasoning + "**Final Answer**\n\n方块5" == text
    assert (done.end.reason, done.end.usage.trimmed_tokens) == ("stop", 0)


# -------------------------------------------------------------------------------- the budget

THOUGHT = "".join(f"Rank {n} lies under suit {n * 7 % 31}. " for n in range(200))


@pytest.mark.parametrize("budget", [0, 1, 7, 100])
@pytest.mark.parametrize("style", ["headings", "tags"])
def test_a_spent_budget_is_followed_by_an_answer(budget: int, style: str) -> None:
    steering = Steering(budget=budget)
    done = run(THOUGHT, ANSWER, steering=steering, style=style, opens_thinking=style == "tags")
    (put,) = done.record.interventions
    assert (put.why, put.answer) == ("budget", True)
    assert done.end.usage.reasoning_tokens == budget
    assert done.record.reasoning.startswith("".join(cut(THOUGHT)[:budget]))
    assert (done.record.answer, done.end.reason) == (ANSWER, "stop")
    assert done.end.usage.answer_tokens == len(cut(ANSWER))


def test_a_budget_that_suffices_changes_nothing() -> None:
    with_it, without = run(FIRST + END, steering=Steering(budget=500)), run(FIRST + END)
    assert with_it.record.interventions == []
    assert with_it.record.reasoning == without.record.reasoning


def test_a_heading_half_written_is_not_torn_apart() -> None:
    tokens = [*cut(FIRST), "\n", "**", "Final", " Answer", "**", "\n\n", "42"]
    for budget in range(len(cut(FIRST)), len(tokens)):
        done = run(tokens, "7", steering=Steering(budget=budget))
        assert done.record.answer in {"42", "7"}
        assert "Final" not in done.record.reasoning


def test_a_forced_answer_that_does_not_come_is_an_error_not_an_empty_success() -> None:
    done = run(THOUGHT, "", steering=Steering(budget=20))
    assert (done.end.reason, done.end.final, done.record.answer) == ("budget", None, "")


@pytest.mark.parametrize(("limit", "reason"), [(400, "stop"), (100, "budget")])
def test_room_is_kept_for_the_answer(limit: int, reason: str) -> None:
    """Where there is enough of it that keeping some makes sense."""
    by_limit = run(THOUGHT, ANSWER, request=replace(ASKED, max_tokens=limit))
    prompt = by_limit.end.usage.prompt_tokens
    by_context = run(THOUGHT, ANSWER, context_tokens=limit + prompt)
    for done in (by_limit, by_context):
        assert done.end.reason == reason
        assert [put.why for put in done.record.interventions] == ["room"] * (reason == "stop")
        usage = done.end.usage
        assert usage.reasoning_tokens + usage.answer_tokens + usage.inserted_tokens <= limit


def test_where_the_context_has_no_room_for_a_sentence_none_is_put_in() -> None:
    prompt = run("x").end.usage.prompt_tokens
    done = run(THOUGHT, ANSWER, steering=Steering(budget=20), context_tokens=prompt + 70)
    assert (done.end.reason, done.record.interventions) == ("budget", [])


def test_what_may_be_an_answer_without_a_mark_is_not_ended_for_room() -> None:
    done = run(THOUGHT, ANSWER, style="tags", request=replace(ASKED, max_tokens=400))
    assert done.record.interventions == []


# ------------------------------------------------------------------------------- the language

GERMAN = "Therefore the card is the five of diamonds, since every other card has been ruled out.\n"
CHINESE = "所以这张牌是方块五，因为其他的牌都已经被排除了。\n"


def answered(text: str) -> str:
    return f"先看点数。\n**最终答案**\n\n{text}"


# ------------------------------------------------------------------------ whatever may happen


@settings(max_examples=80)
@given(st.data())
def test_whatever_is_led_the_sums_are_right(data: st.DataObject) -> None:
    """Loops, two languages and plain words in any takes, in any style, under any bound."""
    word = st.sampled_from(["so ", "方块", "\n", "x", "**Final Answer**\n", "</think>", "", "4. "])
    plain = st.lists(word, max_size=30)
    loop = st.lists(word, min_size=1, max_size=5).map(lambda words: words * 120)
    drift = st.sampled_from([cut(GERMAN), cut(CHINESE)])
    take = st.lists(plain | loop | drift, max_size=3).map(lambda parts: [*chain(*parts)])
    style = data.draw(st.sampled_from(["headings", "tags", "none"]))
    opens = data.draw(st.sampled_from([True, None])) if style == "tags" else None
    budget, limit = data.draw(st.none() | st.integers(0, 60)), data.draw(st.integers(1, 400))
    rescues = data.draw(st.integers(0, 4))
    done = run(
        *data.draw(st.lists(take, min_size=1, max_size=5)),
        request=replace(data.draw(st.sampled_from([ASKED, GEFRAGT])), max_tokens=limit),
        steering=Steering(
            rescues=rescues, budget=budget, language=data.draw(st.sampled_from(["auto", "zh"]))
        ),
        style=style,
        opens_thinking=opens,
        rewinds=(leads := data.draw(st.booleans())),
    )
    usage, record = done.end.usage, done.record
    back = [event for event in done.events if isinstance(event, Rewound)]
    assert usage.trimmed_tokens == sum(event.trimmed_tokens for event in back)
    assert usage.reasoning_tokens + usage.answer_tokens <= limit
    put = [event for event in done.events if isinstance(event, Steered)]
    assert leads or len(done.engine.asked) == 1 + len(put) <= 2
    assert usage.inserted_tokens <= sum(event.tokens for event in put)
    assert sum(action not in {"kept", "stopped"} for action in done.actions) <= rescues
    assert len(back) <= rescues + 3
    if done.end.reason == "stop" and record.reasoning.strip():
        assert record.answer.strip()
    told = [switch.part for switch in map(about, done.events) if switch is not None]
    assert len(told) == len(set(told))


def about(event: Event) -> Switch | None:
    """The switch that is reported, if one is."""
    told = event.about if isinstance(event, Noticed) else None
    return told if isinstance(told, Switch) else None
