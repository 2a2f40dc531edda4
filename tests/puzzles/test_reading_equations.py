"""Equations with labels and conditions beside them, and their values as models write them."""

import time
from fractions import Fraction

import pytest

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.equations.answers import read as read_values
from qwq_cli.puzzles.equations.puzzle import say
from qwq_cli.puzzles.equations.words import parse as parse_equations
from qwq_cli.puzzles.registry import recognise


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("x+y=10 (1)\nx-y=4 (2)", "x = 7, y = 3"),
        ("x+y=10 (1), x-y=4 (2)", "x = 7, y = 3"),
        ("x+y=10（1）\nx-y=4（2）", "x = 7, y = 3"),
        ("x+y=10, (1)\nx-y=4. (2)", "x = 7, y = 3"),
        ("x = 3 (4)", "x = 12"),
        ("x+y=3,x-y=1", "x = 2, y = 1"),
        ("a+b+c=6,a=1,b=2", "a = 1, b = 2, c = 3"),
        ("a) 3x+5=20", "x = 5"),
        ("x*3=6", "x = 2"),
        ("x × 3 + 1 = 7", "x = 2"),
        ("(x+3)*2=10", "x = 2"),
        ("5x=3x+8，x=", "x = 4"),
        (r"\begin{aligned} x+y&=3 \\ x-y&=1 \end{aligned}", "x = 2, y = 1"),
        (r"\begin{align*} x+y&=3 \\ x-y&=1 \end{align*}", "x = 2, y = 1"),
        (
            r"\left\{\begin{array}{l} x+y=3 \\ x-y=1 \end{array}\right.",
            "x = 2, y = 1",
        ),
        ("x+y=10, x-y=4. What is x and what is y?", "x = 7, y = 3"),
        ("x+y=10，x-y=4，x是多少，y是多少？", "x = 7, y = 3"),
    ],
)
def test_labels_and_layouts_of_equations_are_no_part_of_them(text: str, answer: str) -> None:
    one, puzzle = recognise(text)
    assert [one.say(solution, "en") for solution in one.solve(puzzle)] == [answer]


@pytest.mark.parametrize(
    "text",
    [
        "x+y=10，x比y大4",
        "x + y = 10 and x is 4 more than y",
        "x + y = 10 and x is twice y",
        "x + y = 10, x is three times y",
        "x+y=10, x exceeds y by 4",
        "x+y=10，x是y的4倍",
        "x+y=10，x等于y",
        "x+y=10, where x equals y",
        "x+y=10 and y is 3",
        "x+y=10，其中y是3",
        "x + y = 10 with y equal to 3",
        "x+y=10, x and y are equal",
        "x+y=10，x和y相等",
        "x+y=10, x-y=4, x is 3",
        "If 2x+1=7, what is -x?",
        "What is the slope of y = 2x + 1?",
        "Plot y = 2x + 1",
        "y=2x+1的斜率是多少",
        "直线y=2x+1与x轴的交点",
        "Solve 2x+3=7 for y",
        "2x+3=7, y=?",
        "已知2x+3=7，求y",
        "若2x+1=7，求-x",
        "x=2 is not a solution of x+3=7",
        "Check whether x = 3 satisfies 2x + 1 = 7",
        "Verify that x=3 solves 2x+1=7",
        "Does x = 3 satisfy 2x + 1 = 8?",
        "x=3是否满足2x+1=7？",
        "2x*3 = 6",
        "x*3.5 = 7",
        "x*3^2 = 9",
        "(x+3)*2*3=12",
        "x+y=10,2x-y=5",
    ],
)
def test_what_is_said_of_the_unknowns_in_words_is_not_passed_over(text: str) -> None:
    with pytest.raises(BadInputError):
        recognise(text)


@pytest.mark.parametrize(
    ("answer", "values"),
    [
        (r"$x=\boxed{7}$, $y=\boxed{3}$", "x = 7, y = 3"),
        ("x: 7, y: 3", "x = 7, y = 3"),
        ("x=7 y=3", "x = 7, y = 3"),
        ("{x: 7, y: 3}", "x = 7, y = 3"),
        (r"$x = 7$ & $y = 3$", "x = 7, y = 3"),
        ("2x = 14, x = 7. Then y = 10 - x = 3", "x = 7, y = 3"),
        ("x = 7, y = 3, and not x = 3", "x = 7, y = 3"),
        ("x = 7, y = (-3)", "x = 7, y = -3"),
    ],
)
def test_the_values_of_two_unknowns_in_any_layout(answer: str, values: str) -> None:
    found = read_values(answer, parse_equations("x+y=10, x-y=4"))
    assert found is not None
    assert say(found, "en") == values


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("x = 16/3 ≈ 5.33", Fraction(16, 3)),
        ("16/3, or about 5.33", Fraction(16, 3)),
        (r"x = \dfrac{16}{3} \approx 5.33", Fraction(16, 3)),
        (r"5\frac{1}{3}", Fraction(16, 3)),
        (r"x = 5\frac13", Fraction(16, 3)),
        (r"x = \frac{16}3", Fraction(16, 3)),
        ("5 (since 3*5+5=20)", Fraction(5)),
        ("x = 5, not x = 3", Fraction(5)),
        ("x = 5 → 3(5) + 5 = 20", Fraction(5)),
        ("x=(-5)", Fraction(-5)),
    ],
)
def test_the_value_of_one_unknown_in_any_spelling(answer: str, value: Fraction) -> None:
    assert read_values(answer, parse_equations("3x+5=21")) == (("x", value),)


@pytest.mark.parametrize("part", ["x is ", "x=1 (1)\n", "x, y is ", "(x+1)*", "x*3"])
def test_long_texts_are_read_or_refused_at_once(part: str) -> None:
    start = time.monotonic()
    with pytest.raises(BadInputError):
        recognise("x+y=3. " + part * (9000 // len(part)) + " -x")
    assert time.monotonic() - start < 2
