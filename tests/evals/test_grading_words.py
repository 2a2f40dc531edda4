"""What is wrong with a puzzle, and checks behind an answer, in the words of models."""

from typing import Any

import pytest

from qwq_cli.evals.grading import grade
from qwq_cli.puzzles.columns import Puzzle as Sum
from qwq_cli.puzzles.registry import kind
from qwq_cli.puzzles.words import KindName
from qwq_cli.stream.final import final_answer


def outcome(name: KindName, question: str, answer: str) -> str:
    """What an answer is worth, its final line found as in a generation."""
    record: Any = {
        "item": {"kind": name, "lang": "en"},
        "question": question,
        "answer": answer,
        "final": final_answer(answer),
        "error": None,
        "finish_reason": "stop",
    }
    return grade(record).outcome


@pytest.mark.parametrize(
    "check",
    [
        "Let me check: 3·5 + 5 = 20 ✓.",
        "**Verification:** 3(5)+5 = 20",
        "Check: 3·5 + 5 = 20",
        "验算：3×5+5=20",
        "To verify, 3*5 + 5 = 20.",
    ],
)
def test_a_line_that_checks_an_answer_is_no_answer(check: str) -> None:
    assert outcome("equations", "3x+5=20", f"x = 5\n\n{check}") == "right"
    assert outcome("equations", "3x+5=20", f"x = 4\n\n{check}") == "wrong"


@pytest.mark.parametrize(
    "answer", [r"\boxed{\emptyset}", "∅", r"The solution set is $\varnothing$", "空集", "none"]
)
def test_an_empty_set_says_that_there_is_no_answer(answer: str) -> None:
    assert outcome("equations", "3x + 5 = 3x + 7", answer) == "right"
    assert outcome("equations", "x + y = 3, 2x + 2y = 6", answer) == "wrong"


@pytest.mark.parametrize(
    "answer",
    ["x = 3 - y for any y", "x = 3 - y, y ∈ ℝ", "All (x, y) with x + y = 3", "无穷解", "有无数解"],
)
def test_a_free_unknown_says_that_there_are_several_answers(answer: str) -> None:
    assert outcome("equations", "x + y = 3, 2x + 2y = 6", answer) == "right"


KNIGHTS = 'Knights tell the truth, knaves lie. A says: "{}" B says: "A is a knight."'


@pytest.mark.parametrize(
    "answer",
    [
        "Both are knights or both are knaves",
        "Either both are knights or both are knaves.",
        "要么都是骑士，要么都是无赖",
        "可能都是骑士，也可能都是无赖",
        "There are two possibilities.",
        "有两种情况",
    ],
)
def test_one_role_or_the_other_is_no_answer(answer: str) -> None:
    assert outcome("knights", KNIGHTS.format("B is a knight."), answer) == "right"


def test_a_paradox_has_no_answer() -> None:
    for answer in ("This is a paradox.", "这是一个悖论"):
        assert outcome("knights", KNIGHTS.format("I am a knave."), answer) == "right"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("Ann or Bob", "right"),
        ("Either Ann or Bob", "right"),
        ("We can't tell", "right"),
        ("It is unclear", "right"),
        ("Unknown", "right"),
        ("I don't know whether Ann or Bob is younger.", "silent"),
        ("Ann", "wrong"),
    ],
)
def test_a_choice_between_people_names_none(answer: str, said: str) -> None:
    question = "Tom is older than Ann. Tom is older than Bob. Who is the youngest?"
    assert outcome("orders", question, answer) == said


def test_a_reason_with_otherwise_leaves_nothing_open() -> None:
    said = "A is a knight and B is a knave, because otherwise B would lie."
    assert outcome("knights", KNIGHTS.format("I am a knave."), said) == "wrong"


@pytest.mark.parametrize(
    "answer", ["It is the same as q", "与q相同", "true if q is true, false otherwise", "Unknown"]
)
def test_a_value_that_follows_another_one_is_open(answer: str) -> None:
    assert outcome("truth", "If p is true, what is the truth value of p∧q?", answer) == "right"


@pytest.mark.parametrize(
    "answer",
    [
        "**8531**\n\n- Ones: 2 + 9 = 11, carry 1\n- Thousands: 8",
        "The sum is 8,531.\n\nHere is the work:\n- 2 + 9 = 11\n- 4 + 3 + 1 = 8",
        "8531\n\n个位：2+9=11，进1；千位：4+3+1=8。",
        "It's 8531. Since 2+9=11 we carry 1.",
        "100\n\nWait, that is wrong: 4872 + 3659 = 8531",
        "4872\n\n+ 3659\n\nTogether: 8531",
        "The units give 11.\n\nAll in all 8531",
    ],
)
def test_what_stands_alone_at_the_head_is_the_answer(answer: str) -> None:
    assert outcome("columns", "What is 4872 + 3659?", answer) == "right"
    assert kind("columns").check(Sum(4872, "+", 3659), answer).right


def test_a_head_that_is_taken_back_is_no_answer() -> None:
    taken_back = "x = 2\n\nThis leads to a contradiction."
    assert outcome("equations", "3x + 5 = 3x + 7", taken_back) == "right"
    works = "x = 5\n\n3(5) + 5 = 20, so it works."
    assert outcome("equations", "3x+5=20", works) == "right"
    falls = "x = 4\n\n3(4) + 5 = 17, but 3(5) + 5 = 20, hence x = 5"
    assert outcome("equations", "3x+5=20", falls) == "right"


@pytest.mark.parametrize("answer", ["Remainder: 2\nQuotient: 14", "remainder 2, quotient 14"])
def test_a_quotient_is_no_remainder(answer: str) -> None:
    question = "What is the remainder when 100 is divided by 7?"
    assert outcome("remainders", question, answer) == "right"


def test_one_number_divides_another() -> None:
    assert outcome("remainders", "Is 91 divisible by 7?", "7 divides 91") == "right"


def test_what_classes_are_is_no_class_of_the_formula() -> None:
    one = kind("truth")
    puzzle = one.parse("Is (p→q)∨(q→p) a tautology, a contradiction or contingent?")
    answer = "Tautology.\n\nOf all formulas, only those that are sometimes true are contingent."
    assert one.check(puzzle, answer).right
