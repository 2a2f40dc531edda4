"""Remainders as people ask for them and as models give them: nothing else is taken for one."""

import time

import pytest

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.registry import kind, recognise
from qwq_cli.puzzles.remainders import Puzzle as Division
from qwq_cli.puzzles.remainders import read as read_division


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("What is the remainder of 17 / 5?", 2),
        ("17/5余几", 2),
        ("17 divided by 5 remainder?", 2),
        ("What's the remainder when you divide 17 by 5?", 2),
        ("What remainder does 17 leave when divided by 5?", 2),
        ("17模5等于几", 2),
        ("求17对5取余的结果", 2),
        ("15 divisible by 5?", True),
        ("Can 5 divide 16?", False),
        ("Is 5 a factor of 15?", True),
        ("5是15的因数吗", True),
        ("5能不能整除16", False),
        ("15是否可以被5整除", True),
        ("15能被4除尽吗", False),
        ("15除以5能除尽吗", True),
        ("一个数除以3余1，除以4也余1，这个数最小是多少", 1),
        ("一盒糖，每3个一数余2个，每5个一数余3个，最少有几个？", 8),
        ("一堆苹果，每3个分一组剩2个，每5个分一组剩3个，至少有多少个", 8),
        ("Find the smallest x such that x mod 3 = 2 and x mod 5 = 3", 8),
        ("x≡2 (mod 3), x≡3 (mod 5)，求最小的正整数x", 8),
        (r"Smallest positive $x$: $x \equiv 2 \pmod{3}$, $x \equiv 3 \pmod 5$", 8),
        (
            "Divided by 3, a number leaves a remainder of 2; divided by 5, it leaves 3. Smallest?",
            8,
        ),
        (
            "The smallest with no remainder when divided by 3 and remainder 1 if divided by 5",
            6,
        ),
        ("一个数除以3余1，除以5没有余数，最小是几", 10),
        ("用3除余1，用5除余2，最小是几？", 7),
    ],
)
def test_an_ordinary_question_is_read(text: str, answer: int | bool) -> None:
    one, puzzle = recognise(text)
    assert (one.name, *one.solve(puzzle)) == ("remainders", answer)


@pytest.mark.parametrize(
    "text",
    [
        "What is twice the remainder when 17 is divided by 5?",
        "一个数除以3余2，除以5余3，最小的两个数是多少",
        "Find the sum of the two smallest numbers that leave remainder 2 when divided by 3",
        "Find the smallest positive number whose double leaves remainder 1 when divided by 3",
        "一个双数除以3余1，最小是几",
        "一个两位的数除以3余1，最小是几",
        "一个数的2倍除以5余1，除以3余2，最小是几",
        "The smallest number that divided by 3 gives 2 and leaves 1 when divided by 4",
        "Find the smallest x such that 2*x mod 3 = 2 and x mod 5 = 3",
        "最小的正整数x：2x≡1 (mod 3)，x≡3 (mod 5)",
        "x+1 mod 3 = 2, smallest x",
        "What is 17 divided by 5?",
        "What is 17 mod 5 in binary?",
        "17/5 = 3 remainder?",
    ],
)
def test_a_question_for_more_than_a_remainder_is_refused(text: str) -> None:
    with pytest.raises(BadInputError):
        kind("remainders").parse(text)


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("17 ÷ 5 = 3 R2", 2),
        ("3 r 2", 2),
        ("17 ≡ 2 (mod 5)", 2),
        (r"\boxed{17 \equiv 2 \pmod 5}", 2),
        ("2 mod 5", 2),
        ("2，因为5×3=15", 2),
        ("The remainder of 17 divided by 5 is 2", 2),
        ("The remainder of 17 ÷ 5 is 2", 2),
        ("余数是17-15=2", 2),
        ("The remainder is 17 - 5*3 = 2", 2),
        ("余数：17 - 3 × 5 = 17 - 15 = 2", 2),
        ("It is 2. (5 × 3 = 15, and 15 + 2 = 17.)", 2),
    ],
)
def test_what_was_divided_is_no_remainder(answer: str, number: int) -> None:
    assert read_division(answer, Division("remainder", 17, 5)) == number


@pytest.mark.parametrize(
    "answer",
    [
        "8，因为8÷3=2余2，8÷5=1余3",
        "8 (8 mod 3 = 2, 8 mod 5 = 3)",
        "The smallest is 8, which leaves remainder 2 when divided by 3 and 3 when divided by 5.",
        "8 leaves remainder 2 when divided by 3 and remainder 3 when divided by 5.",
        "最小的数是8，它除以3余2，除以5余3。",
        "x ≡ 8 (mod 15)",
    ],
)
def test_what_a_number_keeps_to_is_no_answer(answer: str) -> None:
    _, puzzle = recognise("一个数除以3余2，除以5余3，这个数最小是多少？")
    assert read_division(answer, puzzle) == 8


@pytest.mark.parametrize(("answer", "said"), [("对", True), ("Nope", False), ("不行", False)])
def test_short_words_for_yes_and_no(answer: str, said: bool) -> None:
    assert read_division(answer, Division("divisible", 15, 5)) is said


@pytest.mark.parametrize(
    "part", ["divided by 3 ", "x mod 3 ", "除以3", "mod 5 ", "remainder of 1 ", "1 r "]
)
def test_long_texts_of_remainders_are_read_at_once(part: str) -> None:
    start = time.monotonic()
    text = part * (9000 // len(part))
    read_division(text, Division("remainder", 17, 5))
    read_division(text, Division("least", conditions=((3, 2),)))
    with pytest.raises(BadInputError):
        kind("remainders").parse(f"smallest {text}")
    assert time.monotonic() - start < 2
