"""The loop: on scripts that loop, fault and stop where they are told, and on the real quill."""

import json
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qwq_cli.cancel import Cancel
from qwq_cli.engines.base import Engine
from qwq_cli.engines.scripted import Script, Scripted, cut
from qwq_cli.errors import BadInputError, QwqError
from qwq_cli.events import (
    Answer,
    Event,
    Finished,
    Loop,
    Prefill,
    Rewound,
    Started,
    Thinking,
)
from qwq_cli.generate import WARM_TOKENS, generate
from qwq_cli.puzzles.examples import CARDS
from qwq_cli.request import Message, Request, Sampling, Steering
from qwq_cli.runtime import open_engine
from qwq_cli.steering.ladder import Ladder, Scene, Step
from qwq_cli.stream.guard import Guard, Guards, Verdict

GREEDY = Sampling(temperature=0)
ASKED = Request((Message("user", "why?"),), sampling=GREEDY)
CIRCLE = "Is it the queen? No, it is the king. Wait, but then it is the queen. " * 10
CASES = "".join(f"Case {n}: it is no {n}.\n\n" for n in range(40))
END = "Oh, it is the five.\n\n**Final Answer**\n\n方块5"


def run(script: Script, request: Request = ASKED, rescues: int = 5) -> list[Event]:
    return list(generate(Scripted(script), request, steering=Steering(rescues=rescues)))


def end(events: list[Event]) -> Finished:
    finished = [event for event in events if isinstance(event, Finished)]
    assert len(finished) == 1
    assert events[-1] is finished[0]
    return finished[0]


def rewinds(events: list[Event]) -> list[Rewound]:
    return [event for event in events if isinstance(event, Rewound)]


def loops(events: list[Event]) -> list[Loop]:
    return [event.loop for event in rewinds(events) if event.loop is not None]


def standing(events: list[Event]) -> tuple[str, str]:
    """Thinking and answer as a sink has them at the end."""
    thinking = answer = ""
    for event in events:
        if isinstance(event, Thinking):
            thinking += event.text
        elif isinstance(event, Answer):
            answer += event.text
        elif isinstance(event, Rewound):
            thinking, answer = thinking[: event.thinking_chars], answer[: event.answer_chars]
    return thinking, answer


def test_events_come_in_order() -> None:
    events = run(Script(takes=("Hm. " + END,)))
    assert isinstance(events[0], Started)
    assert isinstance(events[1], Prefill)
    assert {type(event) for event in events[2:-1]} == {Thinking, Answer}
    assert standing(events) == ("Hm. Oh, it is the five.\n\n", "方块5")
    assert (end(events).reason, end(events).final) == ("stop", "方块5")


def test_tokens_and_times_are_counted() -> None:
    events = list(generate(Scripted(Script(takes=("Hm. " + END,))), ASKED, load_s=1.5))
    usage, timings = end(events).usage, end(events).timings
    told = [event for event in events if isinstance(event, (Thinking, Answer))]
    assert usage.prompt_tokens == 4
    assert usage.reasoning_tokens == sum(e.tokens for e in told if isinstance(e, Thinking))
    assert usage.answer_tokens == sum(e.tokens for e in told if isinstance(e, Answer))
    assert usage.reasoning_tokens + usage.answer_tokens == len(cut("Hm. " + END))
    assert usage.trimmed_tokens == 0
    assert timings.load_s == 1.5
    assert 0 < timings.first_token_s < timings.total_s
    assert timings.tokens_per_s > 0


def test_nothing_happens_before_the_first_next() -> None:
    engine = Scripted(Script(takes=("x",)))
    generate(engine, ASKED).close()
    assert engine.asked == []


def test_a_loop_is_taken_back_and_left() -> None:
    engine = Scripted(Script(takes=("Let me see. " + CIRCLE, END)))
    events = list(generate(engine, ASKED))
    (rewound,), (loop,) = rewinds(events), loops(events)
    assert (loop.kind, loop.action) == ("exact", "rewound")
    assert loop.start < loop.repeat_at < loop.detected_at
    assert rewound.trimmed_tokens > 0
    thinking, answer = standing(events)
    assert thinking.startswith("Let me see. Is it the queen?")
    assert thinking.count("Is it the queen?") == 1
    assert len(thinking) < loop.repeat_at + len(END)
    assert answer == "方块5"
    finished = end(events)
    assert (finished.reason, finished.final) == ("stop", "方块5")
    assert finished.usage.trimmed_tokens == rewound.trimmed_tokens
    assert finished.usage.recomputed_tokens > 0
    told = sum(e.tokens for e in events if isinstance(e, (Thinking, Answer)))
    kept = finished.usage.reasoning_tokens + finished.usage.answer_tokens
    assert told == kept + rewound.trimmed_tokens


def test_the_rescue_is_warmer_and_then_the_sampling_returns() -> None:
    plain = "".join(f"Then there is number {n}. " for n in range(100)) + "\n\n"
    engine = Scripted(Script(takes=(CIRCLE, plain + END)))
    events = list(generate(engine, ASKED))
    first, warm, back = engine.asked
    assert (first, back) == (GREEDY, GREEDY)
    assert warm == replace(GREEDY, temperature=warm.temperature)
    assert warm.temperature >= 0.5
    assert end(events).usage.reasoning_tokens > WARM_TOKENS
    assert plain in standing(events)[0]


def test_guards_can_be_left_out() -> None:
    events = list(generate(Scripted(Script(takes=(CIRCLE,))), ASKED, guards=Guards(answer=())))
    assert not rewinds(events)
    assert standing(events)[0] == CIRCLE


@pytest.mark.parametrize(
    ("text", "limit", "reason"),
    [
        ("Hm, let me think. " + END, 3, "budget"),
        ("Hm.\n\n**Final Answer**\n\none two three four five", 12, "length"),
        ("Hm. " + END, 500, "stop"),
    ],
)
def test_budgets(text: str, limit: int, reason: str) -> None:
    events = run(Script(takes=(text,)), replace(ASKED, max_tokens=limit))
    assert end(events).reason == reason
    usage = end(events).usage
    assert usage.reasoning_tokens + usage.answer_tokens <= limit
    if reason == "budget":
        assert standing(events)[1] == ""
        assert end(events).final is None


def test_a_budget_counts_what_was_taken_back_only_while_it_stands() -> None:
    events = run(Script(takes=(CIRCLE, END)), replace(ASKED, max_tokens=200))
    assert end(events).reason == "stop"
    assert end(events).usage.trimmed_tokens > 50


def test_a_thought_that_marked_no_answer_answers_with_its_end() -> None:
    events = run(Script(takes=(CASES + "It is \\boxed{5}.",)))
    (answer,) = [event for event in events if isinstance(event, Answer)]
    assert answer == Answer("It is \\boxed{5}.", again=True, tokens=0)
    assert end(events).final == "5"


def test_the_style_asked_for_counts_more_than_the_engine_s() -> None:
    script = Script(takes=("Hm.</think>5",), style="headings")
    assert standing(run(script, replace(ASKED, style="tags"))) == ("Hm.", "5")
    assert standing(run(script, replace(ASKED, style="none"))) == ("", "Hm.</think>5")


def test_faults_go_through() -> None:
    fault = QwqError("it broke")
    engine = Scripted(Script(takes=("one two three four",), fault=fault, fault_at=2))
    events: list[Event] = []
    with pytest.raises(QwqError, match="it broke"):
        events.extend(generate(engine, ASKED))
    assert standing(events)[0].startswith("one")
    with pytest.raises(BadInputError, match="too long"):
        run(Script(takes=("x",), context_tokens=2))


def test_cancel_before_the_start() -> None:
    cancel = Cancel()
    cancel.set()
    events = list(generate(Scripted(Script(takes=(END,))), ASKED, cancel=cancel))
    assert cancel.is_set()
    assert end(events).reason == "interrupted"
    assert standing(events) == ("", "")


def test_cancel_wakes_a_blocked_wait() -> None:
    cancel = Cancel()
    engine = Scripted(Script(takes=(END,), tokens_per_s=0.001))
    timer = threading.Timer(0.05, cancel.set)
    timer.start()
    events = list(generate(engine, ASKED, cancel=cancel))
    timer.join()
    assert end(events).reason == "interrupted"


def test_cancel_in_the_middle_keeps_the_partial_even_what_was_held_back() -> None:
    cancel = Cancel()
    events = []
    for event in generate(Scripted(Script(takes=("a\n**Final Ans",))), ASKED, cancel=cancel):
        events.append(event)
        if isinstance(event, Thinking):
            cancel.set()
    assert end(events).reason == "interrupted"
    assert "a\n**Final Ans".startswith(standing(events)[0])
    assert standing(events)[0].startswith("a")


def test_closing_the_iterator_frees_the_engine() -> None:
    engine = Scripted(Script(takes=(END,), tokens_per_s=1000))
    events = generate(engine, ASKED)
    next(events)
    events.close()
    assert list(generate(engine, ASKED))


@settings(max_examples=60)
@given(st.data())
def test_whatever_a_script_does_the_sums_are_right(data: st.DataObject) -> None:
    """Loops and plain words in any takes, cut in any way, under any budget."""
    word = st.sampled_from(["so ", "方块", "\n", "x", "**Final Answer**\n", "", "\\boxed{4}"])
    plain = st.lists(word, max_size=40)
    loop = st.builds(lambda a, n: [*a] * (n + 150), st.lists(word, max_size=5), st.just(1))
    take = st.lists(plain | loop, max_size=3).map(lambda parts: [w for part in parts for w in part])
    takes = tuple(data.draw(st.lists(take, min_size=1, max_size=4)))
    limit = data.draw(st.none() | st.integers(1, 300))
    events = run(Script(takes=takes), replace(ASKED, max_tokens=limit))
    usage = end(events).usage
    assert usage.trimmed_tokens == sum(event.trimmed_tokens for event in rewinds(events))
    if limit is not None:
        assert usage.reasoning_tokens + usage.answer_tokens <= limit
    thinking, answer = standing(events)
    if end(events).reason == "stop" and thinking.strip():
        assert answer.strip()
    for event in rewinds(events):
        assert event.loop is not None
        assert event.thinking_chars + event.answer_chars <= event.loop.repeat_at
    json.dumps([str(event) for event in events])


@dataclass
class Whim:
    """A guard that sees loops where it likes: each time the text has grown to the next length of
    its plan, it takes some of it back. The plan is shared with its fresh copies.
    """

    draw: random.Random
    plan: list[int]
    seen: int = 0

    def watch(self, text: str) -> Verdict | None:
        self.seen += len(text)
        if not self.plan or self.seen < self.plan[0]:
            return None
        while self.plan and self.plan[0] <= self.seen:
            self.plan.pop(0)
        start = self.draw.randrange(self.seen)
        return Verdict("whim", start, self.draw.randrange(start, self.seen), self.seen)

    def fresh(self) -> Guard:
        return Whim(self.draw, self.plan)


@pytest.fixture(scope="module")
def quill() -> Iterator[Engine]:
    with open_engine("quill") as opened:
        yield opened.engine


def test_quill_solves_the_announcement_s_puzzle(quill: Engine) -> None:
    request = Request((Message("user", CARDS),), sampling=GREEDY)
    events = list(generate(quill, request))
    assert end(events).reason == "stop"
    assert end(events).final == "方块5"
    assert not rewinds(events)
    thinking, answer = standing(events)
    assert "方块" in thinking
    assert answer.strip() == "方块5"


@pytest.mark.parametrize("seed", range(4))
def test_quill_taken_back_at_random_says_the_same(
    quill: Engine, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """A guard with whims, and rescues that are not warmer: greedy, the text is that of a run
    that was never rewound, and next to nothing is computed twice.
    """

    def step(_: Ladder, verdict: Verdict, __: Scene) -> Step:
        return Step("rewound", verdict.repeat_at)

    monkeypatch.setattr(Ladder, "step", step)
    request = Request((Message("user", CARDS),), sampling=GREEDY)
    whole = list(generate(quill, request))
    guard = Whim(random.Random(seed), [20, 90, 200, 350, 500])
    events = list(generate(quill, request, guards=Guards((guard,))))
    assert len(rewinds(events)) == 5
    assert standing(events) == standing(whole)
    assert end(events).final == end(whole).final
    kept, usage = end(whole).usage, end(events).usage
    assert usage.reasoning_tokens + usage.answer_tokens == (
        kept.reasoning_tokens + kept.answer_tokens
    )
    assert usage.trimmed_tokens > 0
    assert 0 < usage.recomputed_tokens <= 10 * 4


def test_quill_is_rescued_with_warmth(quill: Engine) -> None:
    """The same whims with the real rescues: whatever it says, it comes to an end."""
    request = Request((Message("user", CARDS),), sampling=replace(GREEDY, seed=1), max_tokens=900)
    events = list(
        generate(quill, request, guards=Guards((Whim(random.Random(9), [40, 120, 200]),)))
    )
    assert 1 <= len(rewinds(events)) <= 3
    assert end(events).reason in {"stop", "budget", "length"}


def test_quill_cancelled_at_random_keeps_what_it_said(quill: Engine) -> None:
    draw = random.Random(3)
    request = Request((Message("user", CARDS),), sampling=GREEDY)
    whole = "".join(standing(list(generate(quill, request))))
    for _ in range(6):
        cancel, limit, events = Cancel(), draw.randrange(1, 150), []
        for event in generate(quill, request, cancel=cancel):
            events.append(event)
            if len(events) == limit:
                cancel.set()
        assert end(events).reason == "interrupted"
        assert len(events) <= limit + 3
        assert whole.startswith("".join(standing(events)))
