"""The final answer as one line, from answers as models write them."""

import pytest
from hypothesis import given

from qwq_cli.stream.final import closing_part, final_answer, last_box
from tests.stream.chunks import texts


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("\\boxed{42}", "42"),
        ("\\boxed{1} no, \\boxed{2}", "2"),
        ("\\boxed{\\frac{1}{2}}", "\\frac{1}{2}"),
        ("\\boxed{\\{1, 2\\}}", "\\{1, 2\\}"),
        ("\\boxed {a}", "a"),
        ("\\fbox{a}", "a"),
        ("\\boxed{1} and \\boxed{2", "1"),
        ("\\boxed{", None),
        ("boxed{1}", None),
        ("", None),
    ],
)
def test_last_box(text: str, box: str | None) -> None:
    assert last_box(text) == box


@pytest.mark.parametrize(
    ("answer", "final"),
    [
        ("方块5", "方块5"),
        ("**方块5**", "方块5"),
        ("答案：方块5。", "方块5"),
        ("所以，最终答案是：方块5", "方块5"),
        ("The answer is 42.", "42"),
        ("So the final answer is: **42**", "42"),
        ("\\[ \\boxed{\\text{the five}} \\]", "the five"),
        ("It is\n\n\\[ \\boxed{4} \\]\n\nbecause I said so.", "4"),
        ("Therefore <ANSWER>3</ANSWER>.", "3"),
        ("Two lines.\n\nThe second one.", "The second one"),
        ("Some reasons.\n\n**Final Answer**\n\n方块5\n\nI hope that helps!", "方块5"),
        ("Some reasons.\n\n**Final Answer:** 方块5\n\nI hope that helps!", "方块5"),
        ("### Result\n\n$x = 4$", "x = 4"),
        ("```\ncode\n```", "code"),
        ("- a\n- b", "b"),
        ("3.14", "3.14"),
        ("and so on...", "and so on..."),
        ("\n\n", None),
        ("", None),
        ("---", None),
        ("\\boxed{}", None),
        ("\\boxed{a\nb}", "a b"),
    ],
)
def test_final_answer(answer: str, final: str | None) -> None:
    assert final_answer(answer) == final


def test_under_a_heading_the_first_line_counts() -> None:
    answer = "方块5\n\n因为只有它留下。"
    assert final_answer(answer, headed=True) == "方块5"
    assert final_answer("这张牌是：\n\n方块5", headed=True) == "方块5"


def test_of_a_cut_answer_only_a_box_is_believed() -> None:
    assert final_answer("It is 4", complete=False) is None
    assert final_answer("It is \\boxed{4}, beca", complete=False) == "4"


@given(texts())
def test_a_final_answer_is_one_bare_line(text: str) -> None:
    for headed in (True, False):
        final = final_answer(text, headed=headed)
        assert final is None or (final == " ".join(final.split()) and final)


@given(texts())
def test_the_closing_part_is_text_of_the_thought(text: str) -> None:
    part = closing_part(text)
    assert bool(part) == bool(text.strip())
    assert all(line in text for line in part.split("\n\n"))


@pytest.mark.parametrize(
    ("thought", "part"),
    [
        ("", ""),
        ("\n\n", ""),
        ("one\n\ntwo", "one\n\ntwo"),
        ("long " * 100 + "\n\ntwo", "two"),
        ("long " * 100 + "\n\nSo:\n\ntwo", "So:\n\ntwo"),
        ("\\boxed{1}\n\nafter", "\\boxed{1}"),
    ],
)
def test_closing_part(thought: str, part: str) -> None:
    assert closing_part(thought) == part
