"""What was said before, as a model gets to hear it."""

from qwq_cli import conversation
from qwq_cli.events import Answer, Event, Finished, Started, Thinking, Timings, Usage
from qwq_cli.history.turns import Turn
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


def test_the_first_question_is_a_message_alone() -> None:
    assert conversation.messages([], "q", "") == (Message("user", "q"),)
    assert conversation.thinking_left_out([]) == 0
