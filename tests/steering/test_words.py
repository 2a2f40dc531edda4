"""What qwq says, where it cuts, and when it asks for the answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.request import ThinkingStyle
from qwq_cli.steering.limits import Limits
from qwq_cli.steering.places import complete_answer, sentence_start
from qwq_cli.steering.sentences import conclude, refocus
from qwq_cli.stream.splitter import make_splitter

ENGLISH = "So the rank is in more than one suit, and he does not know it."
CHINESE = "点数在几种花色里都有，所以他不知道这张牌。"


@pytest.mark.parametrize("before", [ENGLISH, CHINESE, ENGLISH + "\n", CHINESE + "\n\n"])
@pytest.mark.parametrize(("style", "opens"), [("headings", None), ("tags", True), ("tags", None)])
def test_a_conclusion_ends_the_thinking(
    before: str, style: ThinkingStyle, opens: bool | None
) -> None:
    splitter = make_splitter(style, opens_thinking=opens)
    kinds = {kind for kind, _ in splitter.feed(before)}
    said = splitter.feed(conclude(before, style, opened=opens is True))
    assert kinds == {"thinking"}
    assert not splitter.thinking
    assert ("答案" in "".join(text for _, text in said)) == (before.strip() == CHINESE)
    assert splitter.feed("5")[-1] == ("answer", "5")


@pytest.mark.parametrize(("style", "opens"), [("headings", None), ("tags", True), ("tags", None)])
def test_where_nothing_was_thought_there_is_the_mark_alone(
    style: ThinkingStyle, opens: bool | None
) -> None:
    splitter = make_splitter(style, opens_thinking=opens)
    said = splitter.feed(conclude("", style, opened=opens is True, asked=CHINESE))
    assert {kind for kind, _ in said} == {"marker"}
    assert not splitter.thinking


@pytest.mark.parametrize("before", ["", ENGLISH, CHINESE, "x\n", "x\n\n"])
def test_a_refocus_is_a_paragraph_in_the_text_s_language(before: str) -> None:
    first, second, third = (refocus(before, number) for number in range(3))
    assert first == third != second
    for said in (first, second):
        assert said.isascii() == (before != CHINESE)
        assert not said.strip().lower().startswith(("wait", "等"))
        assert not before or f"{before}{said}".count("\n\n", len(before) - 2) >= 2


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("One. Two|", "Two"),
        ("一。二|", "二"),
        ("Pi is 3.14|", "Pi is 3.14"),
        ("a\nb|", "b"),
        ("He said: “No!” And|", "And"),
        ("One. |", ""),
        ("|", ""),
    ],
)
def test_where_a_sentence_begins(text: str, start: str) -> None:
    at = text.index("|")
    assert text[sentence_start(text, at) : at] == start


@given(st.text(st.sampled_from("ab.。 \n"), max_size=60), st.integers(0, 60))
def test_a_sentence_begins_before_its_place_whatever_comes_after(text: str, at: int) -> None:
    at = min(at, len(text))
    assert 0 <= sentence_start(text, at) <= at
    assert sentence_start(text, at) == sentence_start(text[:at], at)


def test_a_sentence_without_end_is_none() -> None:
    assert sentence_start("x" * 3000, 2900) == 2900


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("方块5。|方块5。", "方块5。"),
        ("方块5|。方块5。", "方块5。"),
        ("42\n\n|42", "42"),
        ("42|\n\n42", "42"),
        ("**Answer:** 42\n\n**Final Answer**\n\n|42", "**Answer:** 42"),
        ("\\boxed{4}, so \\boxed{4}, |so", "\\boxed{4}, so \\boxed{4},"),
        ("5, |5, 5", None),
        ("**Final Answer**\n\n|**Final Answer**", None),
        ("\n\n|\n\n", None),
    ],
)
def test_answers_that_are_complete(answer: str, kept: str | None) -> None:
    at = answer.index("|")
    text = answer.replace("|", "")
    end = complete_answer(text, at)
    assert (None if end is None else text[:end]) == kept


@pytest.mark.parametrize(
    ("budget", "room", "thinking", "written", "sure", "why"),
    [
        (None, 30_000, 28_000, 28_000, True, None),
        (None, 30_000, 28_976, 28_976, True, "room"),
        (None, 30_000, 28_976, 28_976, False, None),
        (100, 30_000, 99, 99, True, None),
        (100, 30_000, 100, 100, False, "budget"),
        (0, 30_000, 0, 0, True, "budget"),
        (None, 400, 299, 299, True, None),
        (None, 400, 300, 300, True, "room"),
        (None, 100, 99, 99, True, None),
    ],
)
def test_limits(
    budget: int | None, room: int, thinking: int, written: int, sure: bool, why: str | None
) -> None:
    assert Limits(budget, room).spent(thinking, written, sure=sure) == why
