"""What was said before, as a model gets to hear it."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from qwq_cli import conversation
from qwq_cli.events import Answer, Event, Finished, Started, Thinking, Timings, Usage
from qwq_cli.history.turns import Conversation, Turn
from qwq_cli.request import Message


def turn(question: str, thought: str, answer: str, *, ended: bool = True) -> Turn:
    events: list[Event] = [Started("m", "e", 1), Thinking(thought, tokens=7), Answer(answer)]
    if ended:
        events.append(Finished("stop", None, Usage(reasoning_tokens=7), Timings()))
    return Turn(question, question, None, question, None, {}, "m", "e", 0, 1, tuple(events))


def test_earlier_thinking_is_left_out() -> None:
    earlier = [turn("q1", "hm", "\n\na1\n"), turn("q2", "so", "a2")]
    assert conversation.messages(earlier, "q3", "Be brief.") == (
        Message("system", "Be brief."),
        Message("user", "q1"),
        Message("assistant", "a1"),
        Message("user", "q2"),
        Message("assistant", "a2"),
        Message("user", "q3"),
    )
    assert conversation.thinking_left_out(earlier) == 14


def test_a_question_without_an_answer_goes_before_the_next() -> None:
    earlier = [turn("q1", "hm", "", ended=False), turn("q2", "hm", " \n"), turn("q3", "", "a3")]
    assert conversation.messages([*earlier, turn("q4", "hm", "")], "q5") == (
        Message("user", "q1\n\nq2\n\nq3"),
        Message("assistant", "a3"),
        Message("user", "q4\n\nq5"),
    )


def line(*ids: str) -> Conversation:
    """Turns, one after the other."""
    built: Conversation | None = None
    for number, id_ in enumerate(ids):
        parent = ids[number - 1] if number else None
        one = replace(turn(id_, "hm", "a"), conversation=ids[0], parent=parent)
        built = conversation.with_turn(built, one)
    assert built is not None
    return built


def ids(turns: Sequence[Turn]) -> list[str]:
    return [turn.id for turn in turns]


def test_another_line_leaves_the_first_one_beside_it() -> None:
    whole = line("q1", "q2", "q3")
    assert (whole.id, ids(whole.line)) == ("q1", ["q1", "q2", "q3"])
    back = conversation.shortened(whole, 1)
    other = replace(turn("q4", "hm", "a"), conversation="q1", parent="q1")
    branched = conversation.with_turn(back, other)
    assert ids(branched.line) == ["q1", "q4"]
    assert ids(branched.turns) == ["q1", "q2", "q3", "q4"]
    assert ids(conversation.ends(branched)) == ["q3", "q4"]
    assert conversation.ending_at(branched, "q3") == replace(branched, line=whole.line)


@given(st.text(min_size=1, max_size=300), st.text(max_size=300), st.integers(1, 50))
def test_the_tokens_of_a_prompt_that_was_counted_are_known(
    question: str, answer: str, tokens: int
) -> None:
    """The count of the turn itself, and its answer's; what comes after adds to it."""
    end = Finished("stop", None, Usage(tokens, 900, 7), Timings())
    happened: tuple[Event, ...] = (Started("m", "e", 1), Thinking("t" * 900), Answer(answer), end)
    one = replace(turn(question, "", ""), events=happened)
    taken = conversation.tokens_taken([one])
    assert taken >= tokens
    assert taken - tokens <= 7 + 2 * tokens
    assert conversation.tokens_taken([one], "x" * 5000) >= taken
    assert conversation.tokens_taken([], "x" * 35) == 10


def test_the_first_question_is_a_message_alone() -> None:
    assert conversation.messages([], "q", "") == (Message("user", "q"),)
    assert conversation.thinking_left_out([]) == 0
