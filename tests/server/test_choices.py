"""What a client that can only append is sent: it must add up to the answer."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.engines.scripted import Script, Scripted
from qwq_cli.events import Answer, Event, Finished, Rewound, Started, Thinking, Timings, Usage
from qwq_cli.generate import generate
from qwq_cli.request import Message, Request, Steering
from qwq_cli.server.choices import TAKEN_BACK, Choice, Delta
from qwq_cli.server.likely import Recorded, Recorder
from qwq_cli.server.pool import Told, joined

END = Finished("stop", None, Usage(), Timings())
THOUGHT = "Hm, let me see. "
AGAIN = "It is the five of diamonds, since no other card is left.\n\n"


def sent(choice: Choice, events: list[Event]) -> tuple[str, str]:
    """Reasoning and content, as a client adds them up."""
    deltas = [delta for event in events for delta in choice.take(event)]
    return "".join(d.reasoning for d in deltas), "".join(d.content for d in deltas)


def recorded(
    script: Script, stops: tuple[str, ...] = (), lag: int = 1, steering: Steering | None = None
) -> tuple[list[Delta], Choice]:
    """What is sent by one who reads so many events at once, and who may have been at work longer
    than those that were read tell.
    """
    recorder = Recorder()
    asked = Request((Message("user", "Which card is it, and why is it that one?"),))
    choice, deltas, waiting = Choice(stops, recorder=recorder), [], []
    engine = Recorded(Scripted(script), recorder)
    for event in generate(engine, asked, steering=steering or Steering()):
        recorder.see(event)
        waiting.append(event)
        if len(waiting) >= lag or isinstance(event, Finished):
            deltas += [delta for one in waiting for delta in choice.take(one)]
            waiting = []
    return deltas, choice


def generated(script: Script, steering: Steering | None = None) -> list[Event]:
    asked = Request((Message("user", "Which card is it?"),))
    return list(generate(Scripted(script), asked, steering=steering or Steering()))


def test_an_answer_that_begins_again_is_sent_once() -> None:
    script = Script(takes=(f"{THOUGHT}\n**Final Answer**\n\n" + AGAIN * 30,))
    events = generated(script)
    assert any(isinstance(event, Rewound) for event in events)
    choice = Choice()
    _, content = sent(choice, events)
    assert content == choice.transcript.answer == choice.content
    assert content.count("five of diamonds") == 1
    assert choice.unsaid == 0


def test_a_loop_in_an_answer_is_not_sent_and_what_follows_is() -> None:
    text = "\n**Final Answer**\n\nFirst, all that is known. "
    circle = "then the king goes, then the queen goes, then the jack goes, and after it "
    after = "So it is the five."
    script = Script(takes=(THOUGHT + text + circle * 20, after))
    events = generated(script)
    rewinds = [event for event in events if isinstance(event, Rewound)]
    assert rewinds
    choice = Choice()
    _, content = sent(choice, events)
    assert content.count(circle) <= 1
    assert content.endswith(after)
    assert content == choice.transcript.answer or choice.unsaid


def test_thinking_is_sent_at_once_and_a_line_tells_what_was_taken_back() -> None:
    circle = "Is it the queen? No, it is the king. Then again it may be the queen. "
    script = Script(takes=(circle * 20, "It is the five.\n\n**Final Answer**\n\n5"))
    events = generated(script)
    choice = Choice()
    reasoning, content = sent(choice, events)
    assert reasoning.count(TAKEN_BACK) == 1
    assert reasoning.startswith(circle)
    assert content == choice.transcript.answer == "5"


def test_a_prompt_may_be_counted_at_the_end() -> None:
    choice = Choice()
    choice.take(Started("m", "openai", 0))
    choice.take(Finished("stop", None, Usage(prompt_tokens=9), Timings()))
    assert choice.prompt_tokens == 9


def test_an_answer_that_was_asked_for_anew_is_sent_like_any() -> None:
    circle = "Is it the queen? No, it is the king. Then again it may be the queen. "
    takes = (circle * 20, "So the five.\n\n**Final Answer**\n\n5")
    choice = Choice()
    reasoning, content = sent(choice, generated(Script(takes=takes, rewinds=False)))
    assert content == choice.transcript.answer == "5"
    (put,) = choice.transcript.interventions
    assert reasoning.partition(TAKEN_BACK)[2] == f"{put.text}So the five.\n\n"


CIRCLE = "then the king goes, then the queen goes, then the jack goes, and after it "
LISTED = "".join(f"No {n}, as {n * n} shows. " for n in range(30))
TAKES = {
    "plain": (f"{THOUGHT}\n**Final Answer**\n\n{LISTED}",),
    "no mark": (THOUGHT + "\n\nSo it is \\boxed{5}, and no other one.",),
    "begins again": (f"{THOUGHT}\n**Final Answer**\n\n" + AGAIN * 30,),
    "goes back": (f"{THOUGHT}\n**Final Answer**\n\nWell. " + CIRCLE * 20, LISTED),
    "goes back to its beginning": (
        f"{THOUGHT}\n**Final Answer**\n\n" + CIRCLE * 20,
        CIRCLE * 20,
        CIRCLE * 20,
        LISTED,
    ),
    "another language": (
        f"{THOUGHT}\n**Final Answer**\n\nIt is so. "
        + "这张牌是方块五，因为别的牌都已经排除了。" * 3,
        "It is the five.",
    ),
}


@pytest.mark.parametrize("lag", [1, 7, 10_000])
@pytest.mark.parametrize("name", TAKES)
def test_tokens_go_with_their_text(name: str, lag: int) -> None:
    """However far the reader is behind, and whatever was taken back meanwhile."""
    deltas, choice = recorded(Script(takes=TAKES[name]), lag=lag)
    texts = [(delta.content, delta.likely) for delta in deltas if delta.content]
    assert "".join(text for text, _ in texts).endswith(choice.content[-20:])
    for text, likely in texts:
        assert "".join(one.token.text for one in likely).endswith(text)
        assert all(one.end - one.start == len(one.token.text) for one in likely[1:])
    stands = [token.text for token in choice.likely or ()]
    if not choice.unsaid:
        assert [one.token.text for _, likely in texts for one in likely] == stands


@pytest.mark.parametrize("lag", [1, 10_000])
def test_a_stop_string_cuts_the_tokens_too(lag: int) -> None:
    deltas, choice = recorded(Script(takes=TAKES["plain"]), ("4 shows. No 3",), lag=lag)
    assert choice.content.endswith("No 2, as ")
    sent = "".join(one.token.text for delta in deltas for one in delta.likely)
    assert sent.startswith(choice.content.rstrip())
    assert len(sent) <= len(choice.content) + 2


@given(
    st.lists(st.sampled_from(["a", "b", " ", "copy copy copy "]), max_size=200),
    st.lists(st.sampled_from(["stop", "b a", "yy"]), max_size=2),
    st.booleans(),
)
def test_pieces_add_up_and_stops_cut(pieces: list[str], stops: list[str], holds: bool) -> None:
    choice = Choice(tuple(stops), holds=holds)
    _, content = sent(choice, [*map(Answer, pieces), END])
    text = "".join(pieces)
    cut = min((at for stop in stops if (at := text.find(stop)) >= 0), default=len(text))
    assert content == choice.content == text[:cut]
    assert choice.stopped == (cut < len(text))


@given(st.text("ab ", min_size=60, max_size=300), st.integers(1, 9), st.data())
def test_a_repeat_that_is_taken_back_was_never_sent(
    text: str, step: int, data: st.DataObject
) -> None:
    """Whatever was written, a copy of its beginning is held, however it comes."""
    size = data.draw(st.integers(45, len(text)))
    written = text + text[:size]
    bounds = [*range(0, len(written), step), len(written)]
    events: list[Event] = [Answer(written[a:b]) for a, b in pairwise(bounds)]
    choice = Choice()
    before = sent(choice, events)[1]
    assert len(before) <= len(text)
    after = sent(choice, [Rewound(0, len(text), None, 5), Answer("!"), END])[1]
    assert before + after == text + "!"
    assert choice.unsaid == 0


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


@pytest.mark.parametrize("loops", ["off", "report"])
def test_nothing_is_held_where_nothing_is_taken_back(loops: str) -> None:
    choice = Choice(holds=False)
    assert sent(choice, [Answer("It is ")])[1] == "It is "
    steering = Steering(loops=loops, language="off")  # type: ignore[arg-type]
    events = generated(Script(takes=("**Final Answer**\n\n" + AGAIN * 30,)), steering)
    choice = Choice(holds=False)
    assert sent(choice, events)[1] == choice.transcript.answer
