"""Answers with numbers, values of truth, yes and no, as models write them.

What is not clear is no answer; it is never guessed at.
"""

import time
from fractions import Fraction

import pytest

from qwq_cli.puzzles.columns import Puzzle as Sum
from qwq_cli.puzzles.columns import read as read_sum
from qwq_cli.puzzles.equations.answers import read as read_values
from qwq_cli.puzzles.equations.puzzle import say
from qwq_cli.puzzles.equations.words import parse as parse_equations
from qwq_cli.puzzles.numerals import last_number
from qwq_cli.puzzles.registry import kind, recognise
from qwq_cli.puzzles.remainders import Puzzle as Division
from qwq_cli.puzzles.remainders import read as read_division
from qwq_cli.puzzles.truth.answers import read as read_truth
from qwq_cli.puzzles.truth.reading import parse as parse_truth
from qwq_cli.puzzles.words import KINDS


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("46.0", 46),
        ("46.5", None),
        ("- 333", -333),
        ("－333", -333),
        ("负333", -333),
        ("minus 333", -333),
        ("It's -333.", -333),
        ("It is **-333**.", -333),
        ("结果是 − 333。", -333),
        (r"\boxed{-333}", -333),
        (r"$13{,}023$", 13023),
        ("13 023", 13023),
        ("12 - 5", 5),
        ("Answer - 46", None),
        ("The answer is 46, found in 2 steps.", 46),
        ("12+34=46. Check: 46-34=12.", 46),
        ("Check the columns of 12+34: 2+4=6. So 46.", 46),
        ("46\n\nConfidence: 90%", 46),
        ("the 2nd try", None),
        ("", None),
    ],
)
def test_the_number_that_an_answer_comes_to(answer: str, number: int | None) -> None:
    assert read_sum(answer, Sum(1, "+", 1)) == number


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("579 = 123 + 456", 579),
        ("**579** = 123+456.", 579),
        ("580 = 123 plus 456", 580),
        ("1 + 579 = 123 + 456", 456),
        ("579 = 100 + 479", 479),
    ],
)
def test_a_result_may_stand_before_its_sum(answer: str, number: int) -> None:
    assert read_sum(answer, Sum(123, "+", 456)) == number


@pytest.mark.parametrize(
    ("answer", "values"),
    [
        ("x=3, y=2. Check: x - y = 1", "x = 3, y = 2"),
        ("X=3, Y=2", "x = 3, y = 2"),
        ("(3, 2)", "x = 3, y = 2"),
        ("(y, x) = (2, 3)", "x = 3, y = 2"),
        ("- x = 3\n- y = 2", "x = 3, y = 2"),
        ("**x = 3** and **y = 2**", "x = 3, y = 2"),
        ("答案是x=3，y=2。", "x = 3, y = 2"),
        ("2y = 4, so y = 2, and x = 5 - 2 = 3", "x = 3, y = 2"),
        ("x=3 (since 3+2=5), y=2", "x = 3, y = 2"),
        ("x = 3", None),
        ("x + y = 5", None),
        ("x = 5 - y, y = 2", None),
    ],
)
def test_the_values_of_two_unknowns(answer: str, values: str | None) -> None:
    found = read_values(answer, parse_equations("x+y=5, x-y=1"))
    assert (None if found is None else say(found, "en")) == values


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("x = - 1.5", Fraction(-3, 2)),
        ("x=－1.5", Fraction(-3, 2)),
        (r"-\frac{3}{2}", Fraction(-3, 2)),
        (r"$x = -\dfrac{3}{2}$", Fraction(-3, 2)),
        ("x = 10 - 4 = 6", Fraction(6)),
        ("x = 15/3 = 5", Fraction(5)),
        ("x = 5 because 3*5+5 = 20", Fraction(5)),
        ("x = 5. Check: 3*5+5=20", Fraction(5)),
        ("x = 3 + 2", None),
        ("x = 1 1/2", None),
        ("x is not 3", None),
        ("x = 1/0", None),
    ],
)
def test_the_value_of_one_unknown(answer: str, value: Fraction | None) -> None:
    found = read_values(answer, parse_equations("3x+5=20"))
    assert found == (None if value is None else (("x", value),))


@pytest.mark.parametrize(
    ("answer", "divisible"),
    [
        ("Yes, 15 is divisible by 5 with no remainder.", True),
        ("15 is divisible by 5, not just by 3", True),
        ("It leaves no remainder, so yes.", True),
        ("15能不能被5整除？能。", True),
        ("不剩，能分完", True),
        ("15 can't be divided by 5", False),
        ("15 can’t be divided by 5", False),
        ("It cannot be divided evenly.", False),
        ("It isn’t divisible.", False),
        ("不可能被5整除", False),
        ("无法被5整除", False),
        ("没法整除", False),
        ("答案是no", False),
        ("I can't tell", None),
        ("我无法判断", None),
        ("15 doesn't leave a remainder when divided by 5", True),
        ("Yes. No.", None),
        ("No. Wait, yes.", None),
        ("是的，15不能被5整除。", None),
    ],
)
def test_yes_and_no(answer: str, divisible: bool | None) -> None:
    assert read_division(answer, Division("divisible", 15, 5)) is divisible


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("17 = 5 × 3 + 2", 2),
        ("The remainder is 2, since 5 × 3 = 15.", 2),
        ("余数是2，因为17=5×3+2，商3", 2),
        ("The remainder when 17 is divided by 5 is 2.", 2),
        ("It leaves 2 when divided by 5.", 2),
        ("17 ÷ 5 = 3...2", 2),
        ("17÷5=3......2", 2),
        ("除以5余2，商是3", 2),
        ("每5个一组，剩2个，有3组", 2),
        ("2.5", None),
    ],
)
def test_a_remainder(answer: str, number: int | None) -> None:
    assert read_division(answer, Division("remainder", 17, 5)) == number


@pytest.mark.parametrize(
    ("answer", "truth"),
    [
        ("It is false, since q is not true but p is true", False),
        ("Since p is true and q is false, p∧q is false.", False),
        ("因为p为真，所以p∧q为假。", False),
        ("So p and q is false", False),
        ("It isn't true.", False),
        ("It isn’t true.", False),
        ("not false", True),
        ("F", False),
        ("p∧q = T", True),
        ("值为0", False),
        ("p is true, q is false", None),
        ("It can be true or false.", None),
    ],
)
def test_a_truth_value(answer: str, truth: bool | None) -> None:
    puzzle = parse_truth("Given p is true and q is false, is p∧q true or false?")
    assert read_truth(answer, puzzle) is truth


@pytest.mark.parametrize(
    ("answer", "true", "false"),
    [
        ("1 of 4", 1, 1),
        ("three of the four rows", 3, 3),
        ("3 (11, 10, 01)", 3, 3),
        ("True in 3 rows, false in 1.", 3, 1),
        ("3行为真，1行为假", 3, 1),
        ("共4行，其中3行为真", 3, None),
        ("False in 1 row.", None, 1),
        ("rows 1, 2 and 4, so 3", 3, 3),
        ("9" * 5000, None, None),
    ],
)
def test_a_number_of_rows(answer: str, true: int | None, false: int | None) -> None:
    asked = "In how many rows of its truth table is p∨q {}?"
    assert read_truth(answer, parse_truth(asked.format("true"))) == true
    assert read_truth(answer, parse_truth(asked.format("false"))) == false


@pytest.mark.parametrize(
    ("answer", "asked", "open_"),
    [
        ("contingent, not a tautology", "contingent", "contingent"),
        ("neither a tautology nor a contradiction", "contingent", "contingent"),
        ("可真可假，不是永真式", "contingent", "contingent"),
        ("not a tautology", "contingent", None),
        ("No.", "contingent", None),
        ("Yes", "tautology", None),
        ("是", "tautology", None),
        ("Yes, it is a tautology", "tautology", "tautology"),
        ("hard to say", None, None),
    ],
)
def test_a_class_and_yes_or_no_where_one_class_is_asked_for(
    answer: str, asked: str | None, open_: str | None
) -> None:
    assert read_truth(answer, parse_truth("Is p∧q a tautology?")) == asked
    question = "Is p∧q a tautology, a contradiction or contingent?"
    assert read_truth(answer, parse_truth(question)) == open_


def test_no_is_wrong_of_what_is_asked_and_true() -> None:
    puzzle = parse_truth("Is p∨¬p a tautology?")
    assert kind("truth").check(puzzle, "Yes.").right
    assert not kind("truth").check(puzzle, "No.").right


@pytest.mark.parametrize(
    "part", ["9", "x = ", "- x ", "第1、", "\\boxed{", "1,", "p is true, ", "1 of "]
)
@pytest.mark.parametrize("name", KINDS[3:])
def test_a_long_answer_is_read_at_once(name: str, part: str) -> None:
    questions = {
        "equations": "x+y=3, x-y=1",
        "columns": "12+34",
        "remainders": "17 mod 5",
        "truth": "In how many rows is p∧q true?",
    }
    one, puzzle = recognise(questions[name])
    start = time.monotonic()
    one.read(part * (5000 // len(part)), puzzle)
    assert time.monotonic() - start < 1


def test_a_number_over_nothing_is_none() -> None:
    assert last_number("1/0") is None
