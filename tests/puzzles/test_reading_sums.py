"""Sums and their results: in words, in LaTeX, and with what is said around them."""

import time

import pytest

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.columns import Puzzle as Sum
from qwq_cli.puzzles.columns import read as read_sum
from qwq_cli.puzzles.registry import recognise


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("What is the sum of 12 and 34?", 46),
        ("the product of 23 and 45", 1035),
        ("What is the difference between 345 and 67?", 278),
        ("add 12 and 34", 46),
        ("Add 12 to 34.", 46),
        ("Multiply 23 by 45", 1035),
        ("subtract 67 from 345", 278),
        ("What is 5 subtracted from 12?", 7),
        ("12 take away 5", 7),
        ("12和34的和是多少", 46),
        ("求123与456相加的结果", 579),
        ("345与67的差", 278),
        ("23和45的积是多少", 1035),
        ("Q1: 12 + 34", 46),
        ("第1题：12+34", 46),
        ("Question 2. 12 + 34 = ?", 46),
        ("(a) 12 + 34", 46),
        ("计算下面的题：12+34=（ ）", 46),
        ("12+34=□", 46),
    ],
)
def test_a_sum_in_words_or_on_a_worksheet_is_read(text: str, answer: int) -> None:
    one, puzzle = recognise(text)
    assert (one.name, *one.solve(puzzle)) == ("columns", answer)


@pytest.mark.parametrize(
    "text",
    [
        "12 + 34 million",
        "12 + 34 thousand",
        "12 + 34 dozen",
        "负 12 + 34",
        "零下12+34",
        "log 10 + 3",
        "sqrt 9 + 3",
        "factorial of 3 + 4",
        "negative 17 mod 5",
        "负17除以5余几",
        "twice the sum of 12 and 34",
        "the sum of 12 and 34 and 56",
        "the sum of 12 and 34, times 2",
        "12和34的和的平方",
        "12和34的和除以2",
        "100减去12与34的和",
        "The difference between 67 and 345",
    ],
)
def test_a_sum_is_not_read_where_it_has_more_in_it(text: str) -> None:
    with pytest.raises(BadInputError):
        recognise(text)


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        (r"\boxed{74{,}070}", 74070),
        ("74{,}070", 74070),
        (r"\boxed{74,\!070}", 74070),
        ("7.407 × 10^4", None),
        ("278 (because 278+67=345)", 278),
        ("278, since 278 + 67 = 345.", 278),
        ("所以345-67=278，因为278+67=345。", 278),
        ("278。（278+67=345，正确）", 278),
        ("278（345-67）", 278),
        ("-278, because 345 - 67 = 278", -278),
        ("The difference is 278. You can verify: 278 + 67 = 345.", 278),
        ("278 is the difference of 345 and 67.", 278),
        ("It's 278, not 288.", 278),
        ("答案是278，不是288。", 278),
        ("It is not 278.", None),
        ("Units: 5+7=12 because 5 and 7 meet; tens: 4. The result is 52.", 52),
        ("5+7=12 (write 2, carry 12/10=1), 4 tens: 52", 52),
        ("12, since 5+7=12, so all in all 52", 52),
    ],
)
def test_reasons_and_denials_are_no_result(answer: str, number: int | None) -> None:
    assert read_sum(answer, Sum(345, "-", 67)) == number


@pytest.mark.parametrize(
    "part", ["(1+1=2) ", "since 1 ", "is 1 since ", "sum of 1 and 1 ", "\\frac1"]
)
def test_long_texts_are_read_at_once(part: str) -> None:
    start = time.monotonic()
    read_sum(part * (9000 // len(part)), Sum(1, "+", 1))
    with pytest.raises(BadInputError):
        recognise(part * (9000 // len(part)))
    assert time.monotonic() - start < 2
