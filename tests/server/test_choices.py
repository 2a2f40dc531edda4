"""What a client that can only append is sent: it must add up to the answer."""

from dataclasses import dataclass, replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.engines.scripted import Script, Scripted
from qwq_cli.events import (
    Answer,
    Event,
    Finished,
    Loop,
    Rewound,
    Started,
    Steered,
    Thinking,
    Timings,
    Usage,
)
from qwq_cli.generate import generate
from qwq_cli.request import Message, Request
from qwq_cli.server.choices import TAKEN_BACK, Choice, Delta
from qwq_cli.server.likely import Recorded, Recorder
from qwq_cli.server.pool import Told, joined
from qwq_cli.stream.guard import Guards, Verdict

END = Finished("stop", None, Usage(), Timings())
THOUGHT = "Hm, let me see. "
AGAIN = "It is the five of diamonds, since no other card is left.\n\n"


def sent(choice: Choice, events: list[Event]) -> tuple[str, str]:
    """Reasoning and content, as a client adds them up."""
    deltas = [delta for event in events for delta in choice.take(event)]
    return "".join(d.reasoning for d in deltas), "".join(d.content for d in deltas)


def heeding(stands: str, delta: Delta) -> str:
    """The content of a client that heeds a rewind, after one more delta."""
    if isinstance(delta.event, Rewound):
        stands = stands[: delta.event.answer_chars]
    return stands + delta.content


@dataclass
class Sees:
    """A guard that reports a loop each time the text has grown to the next length of its plan,
    which its fresh copies share.
    """

    plan: list[int]
    seen: int = 0

    def watch(self, text: str) -> Verdict | None:
        self.seen += len(text)
        if not self.plan or self.seen < self.plan[0]:
            return None
        self.plan.pop(0)
        return Verdict("exact", self.seen // 3, self.seen * 2 // 3, self.seen)

    def fresh(self) -> "Sees":
        return Sees(self.plan)


def recorded(
    script: Script, stops: tuple[str, ...] = (), lag: int = 1, plan: tuple[int, ...] = ()
) -> tuple[list[Delta], Choice]:
    """What is sent by one who reads so many events at once, and who may have been at work longer
    than those that were read tell.
    """
    recorder = Recorder()
    asked = Request((Message("user", "Which card is it, and why is it that one?"),))
    choice, deltas, waiting = Choice(stops, recorder=recorder), [], []
    engine = Recorded(Scripted(script), recorder)
    for event in generate(engine, asked, guards=Guards(answer=(Sees([*plan]),))):
        recorder.see(event)
        waiting.append(event)
        if len(waiting) >= lag or isinstance(event, Finished):
            deltas += [delta for one in waiting for delta in choice.take(one)]
            waiting = []
    return deltas, choice


def test_an_answer_that_repeats_is_sent_at_once_and_what_is_rejected_is_counted() -> None:
    choice = Choice()
    assert sent(choice, [Answer(AGAIN)])[1] == AGAIN
    assert sent(choice, [Answer(AGAIN)])[1] == AGAIN
    rewound = Rewound(0, len(AGAIN), None, 20)
    assert choice.take(rewound) == [Delta(event=rewound)]
    assert choice.retracted_chars == len(AGAIN)
    assert sent(choice, [Answer("!")])[1] == "!"
    sent(choice, [Rewound(0, 5, None, 20), Answer("?"), END])
    assert choice.content == choice.transcript.answer == AGAIN[:5] + "?"
    assert choice.retracted_chars == len(AGAIN) + len(AGAIN) + 1 - 5


def test_text_that_was_not_sent_is_not_retracted() -> None:
    choice = Choice(("STOP",))
    assert sent(choice, [Answer("It is STO")])[1] == "It is "
    assert sent(choice, [Rewound(0, 7, None, 1), Answer("o"), END])[1] == "So"
    assert choice.retracted_chars == 0


def test_a_stop_string_that_begins_in_text_that_was_sent_retracts_that() -> None:
    choice = Choice(("STOP",))
    assert sent(choice, [Answer("It is STone")])[1] == "It is STone"
    assert sent(choice, [Rewound(0, 8, None, 1), Answer("OP"), END])[1] == ""
    assert choice.stopped
    assert choice.content == "It is "
    assert choice.retracted_chars == len("STone")


def test_thinking_is_sent_at_once_and_a_line_tells_what_was_removed() -> None:
    choice = Choice()
    loop = Loop("exact", 0, len(THOUGHT), 2 * len(THOUGHT), "rewound")
    events: list[Event] = [Thinking(THOUGHT), Thinking(THOUGHT), Rewound(len(THOUGHT), 0, loop, 5)]
    assert sent(choice, events) == (THOUGHT * 2 + TAKEN_BACK, "")
    assert sent(choice, [Thinking("So."), Answer("5")]) == ("So.", "5")
    stopped = replace(loop, action="stopped")
    assert sent(choice, [Rewound(len(THOUGHT) + 3, 0, stopped, 1), END]) == ("", "")
    assert choice.transcript.reasoning == f"{THOUGHT}So."
    assert choice.retracted_chars == 1


def test_a_prompt_may_be_counted_at_the_end() -> None:
    choice = Choice()
    choice.take(Started("m", "openai", 0))
    choice.take(Finished("stop", None, Usage(prompt_tokens=9), Timings()))
    assert choice.prompt_tokens == 9


def test_an_answer_to_a_second_request_is_sent_like_any() -> None:
    """Its engine can't continue; qwq's own sentence stands in the reasoning."""
    loop = Loop("exact", 0, len(THOUGHT), 2 * len(THOUGHT), "forced")
    put = Steered("loop", "Now answer.\n\n", len(THOUGHT), 4, answer=True)
    begun: list[Event] = [Thinking(THOUGHT * 2), Rewound(len(THOUGHT), 0, loop, 5), put]
    later: list[Event] = [Thinking(put.text, 0, ours=True), Thinking("So. "), Answer("5"), END]
    choice = Choice()
    reasoning, content = sent(choice, begun + later)
    assert reasoning == f"{THOUGHT * 2}{TAKEN_BACK}{put.text}So. "
    assert content == choice.content == "5"


CIRCLE = "then the king goes, then the queen goes, then the jack goes, and after it "
LISTED = "".join(f"No {n}, as {n * n} shows. " for n in range(30))
HEADED = f"{THOUGHT}\n**Final Answer**\n\n"
TAKES: dict[str, tuple[tuple[str, ...], tuple[int, ...]]] = {
    "plain": ((HEADED + LISTED,), ()),
    "no mark": ((THOUGHT + "\n\nSo it is \\boxed{5}, and no other one.",), ()),
    "repeats": ((HEADED + AGAIN * 30,), ()),
    "rewinds": ((HEADED + CIRCLE * 9, LISTED), (400,)),
    "rewinds and rewinds": ((HEADED + CIRCLE * 9, CIRCLE * 9, CIRCLE * 9, LISTED), (300, 350, 400)),
    "ends": ((HEADED + CIRCLE * 9,), (200, 200, 200, 200, 200, 200, 200)),
}
"""Texts, and the lengths at which the guard reports a loop."""


@pytest.mark.parametrize("lag", [1, 7, 10_000])
@pytest.mark.parametrize("name", TAKES)
def test_tokens_go_with_their_text(name: str, lag: int) -> None:
    """However far the reader is behind, and whatever was rewound meanwhile."""
    takes, plan = TAKES[name]
    deltas, choice = recorded(Script(takes=takes), lag=lag, plan=plan)
    stands = ""
    for delta in deltas:
        stands = heeding(stands, delta)
    assert stands == choice.content
    texts = [(delta.content, delta.likely) for delta in deltas if delta.content]
    for text, likely in texts:
        assert "".join(one.token.text for one in likely).endswith(text)
        assert all(one.end - one.start == len(one.token.text) for one in likely[1:])
    tokens = [token.text for token in choice.likely or ()]
    if not choice.retracted_chars:
        assert [one.token.text for _, likely in texts for one in likely] == tokens
    assert bool(choice.retracted_chars) == bool(plan)


@pytest.mark.parametrize("lag", [1, 10_000])
def test_a_stop_string_cuts_the_tokens_too(lag: int) -> None:
    deltas, choice = recorded(Script(takes=TAKES["plain"][0]), ("4 shows. No 3",), lag=lag)
    assert choice.content.endswith("No 2, as ")
    sent = "".join(one.token.text for delta in deltas for one in delta.likely)
    assert sent.startswith(choice.content.rstrip())
    assert len(sent) <= len(choice.content) + 2


STOPS = st.lists(st.sampled_from(["stop", "b a", "yy", "aab"]), max_size=2)
PIECES = st.lists(st.sampled_from(["a", "b", " ", "st", "copy copy copy "]), max_size=200)


@given(PIECES, STOPS)
def test_pieces_add_up_and_stops_cut(pieces: list[str], stops: list[str]) -> None:
    choice = Choice(tuple(stops))
    _, content = sent(choice, [*map(Answer, pieces), END])
    text = "".join(pieces)
    cut = min((at for stop in stops if (at := text.find(stop)) >= 0), default=len(text))
    assert content == choice.content == text[:cut]
    assert choice.stopped == (cut < len(text))


@given(PIECES, STOPS)
def test_only_what_may_begin_a_stop_string_waits(pieces: list[str], stops: list[str]) -> None:
    choice, text, received = Choice(tuple(stops)), "", ""
    for piece in pieces:
        received += sent(choice, [Answer(piece)])[1]
        text += piece
        if choice.stopped:
            return
        waits = text[len(received) :]
        assert received + waits == text
        begun = [stop[:size] for stop in stops for size in range(1, len(stop))]
        assert waits == max((one for one in begun if text.endswith(one)), key=len, default="")


def test_a_text_whose_tokens_were_not_recorded_does_not_wait_for_them() -> None:
    choice, text = Choice(recorder=Recorder()), "".join(f"{n} " for n in range(500))
    received = ""
    for at, letter in enumerate(text):
        received += sent(choice, [Answer(letter)])[1]
        assert at + 1 - len(received) <= 200
    assert received + sent(choice, [END])[1] == text


@given(st.lists(st.one_of(PIECES.map("".join), st.floats(0, 1)), max_size=30), STOPS)
def test_what_was_sent_less_what_was_retracted_is_the_answer(
    steps: list[str | float], stops: list[str]
) -> None:
    """A number rewinds the answer to that share of it."""
    choice, total, stands = Choice(tuple(stops)), 0, ""
    for step in [*steps, None]:
        event: Event = END
        if isinstance(step, str):
            event = Answer(step)
        elif step is not None:
            event = Rewound(0, int(step * len(choice.content)), None, 1)
        for delta in choice.take(event):
            total += len(delta.content)
            stands = heeding(stands, delta)
        assert choice.stopped or choice.content.startswith(stands)
    assert stands[: len(choice.content)] == choice.content
    assert total - choice.retracted_chars == len(choice.content)


EVENTS = st.one_of(
    st.builds(Thinking, st.text(max_size=3), st.integers(1, 3), st.booleans()),
    st.builds(Answer, st.text(max_size=3), st.booleans(), st.integers(1, 3), st.booleans()),
    st.just(Rewound(0, 0, None, 1)),
    st.just(END),
)


@given(st.lists(st.tuples(st.integers(0, 2), EVENTS), max_size=40))
def test_joining_says_the_same(told: list[Told]) -> None:
    """Nothing is lost, no job's order is changed, and no two that could be joined are left."""
    found = joined(told)
    for number in range(3):
        before = [event for job, event in told if job == number]
        after = [event for job, event in found if job == number]
        assert [e for e in after if not isinstance(e, Thinking | Answer)] == [
            e for e in before if not isinstance(e, Thinking | Answer)
        ]
        for kind in (Thinking, Answer):
            texts = [[e for e in events if isinstance(e, kind)] for events in (before, after)]
            assert len({"".join(e.text for e in events) for events in texts}) == 1
            assert len({sum(e.tokens for e in events) for events in texts}) == 1
        for one, other in pairwise(after):
            if type(one) is type(other) and isinstance(one, Thinking):
                assert isinstance(other, Thinking)
                assert one.ours != other.ours
