"""Questions with numbers and formulas, as people write them.

What can't be read whole is refused; nothing of it is dropped.
"""

import time

import pytest

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.numerals import stands_alone
from qwq_cli.puzzles.registry import recognise

# ----------------------------------------------------------------------------------- questions


@pytest.mark.parametrize(
    "text",
    [
        "x/2 + 3 = x",
        "x/3+2x=7",
        "x^2 - 5x + 6 = 0",
        "x² + 3x = 10",
        "0.5x + 3 = 2x",
        "3x+5=20.5",
        "1/2 x = 3",
        r"$\frac{1}{2}x = 3$",
        "x = 3 + 4/2",
        "√x = 3",
        "x*y = 3",
        "2^x = 8, x = 3",
        "half of x = 3",
        "twice x = 6",
        "9 = x squared",
        "9 = x的平方",
        "x = 2y = 6",
        "|x| = 3, x = 2",
        "3x > 5, x = 2",
        "f(x) = 3x + 5, x = 2",
        "x = 20%",
        "x + 3 = 5!",
        "If x=3, what is 2x+1?",
        "已知3x+5=20，求x-1。",
        "- x + y = 1\n- x - y = 3",
        "Task - 3x = 6",
    ],
)
def test_an_equation_with_a_part_that_is_not_read_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match="not an equation that can be read"):
        recognise(text)


@pytest.mark.parametrize(
    "text",
    [
        "If x + 3 = 7, what is twice x?",
        "If x + 3 = 7, find the value of x squared.",
        "如果x+3=7，x的两倍是多少？",
        "如果x+3=7，求x的平方。",
        "x+y=10, x-y=2. What is the product of x and y?",
        "x+y=10, x-y=2. What is xy?",
        "x+y=10，x-y=2，x和y的积是多少？",
        "If x + 3 = 7, is x even?",
        "Is x = 4 a solution of 2x + 3 = 11?",
        "x=5是方程2x+3=11的解吗？",
        "How many solutions does 2x + 3 = 7 have?",
        "x = 2 or x = 3",
        "x=2或x=3",
        "sin x = 0",
        "Solve 2x + 3y = 12 in positive integers.",
    ],
)
def test_a_question_for_something_else_than_the_unknowns_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match="not an equation that can be read"):
        recognise(text)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("1,000x = 5,000", "x = 5"),
        ("２ｘ＋３＝７", "x = 2"),
        ("2X + 3 = 7", "x = 2"),
        ("5x − 3 = 12", "x = 3"),
        ("2  x = 6", "x = 3"),
        ("Solve $3x+5=20$.", "x = 5"),
        ("Is (3x+5=20) right for x?", "x = 5"),
        ("**3x+5=20**, x=?", "x = 5"),
        ("1) x+y=3\n2) x-y=1", "x = 2, y = 1"),
        (r"\begin{cases} x+y=3 \\ x-y=1 \end{cases}", "x = 2, y = 1"),
        ("- x + 3 = 1", "x = 2"),
        ("若3x+5=20，则x=？", "x = 5"),
        ("{x+y=3, x-y=1}", "x = 2, y = 1"),
        ("The sum is 3: x+y=3, the difference 1: x-y=1. Find x and y.", "x = 2, y = 1"),
        ("Which integer x solves 2x + 3 = 7?", "x = 2"),
    ],
)
def test_an_equation_in_any_ordinary_spelling_is_read(text: str, answer: str) -> None:
    one, puzzle = recognise(text)
    assert [one.say(solution, "en") for solution in one.solve(puzzle)] == [answer]


@pytest.mark.parametrize(
    "text",
    [
        "12 plus 5 minus 3",
        "12 减 5 加 3",
        "12+34−5",
        "(3+4)×5",
        "100÷5+3",
        "12 + 34 + x",
        "12 + 34 squared",
        "12+34的平方",
        "5! + 3",
        "3 + 5!",
        "0.5 + 3",
        "3 + 50%",
        "-12 + 34",
        "5 x 3 + 4",
        "12加34再乘以二",
        "I had 12 + 34 apples and gave 5 away.",
        "12 + 34 = 46?",
    ],
)
def test_more_than_two_numbers_are_no_sum_of_two(text: str) -> None:
    with pytest.raises(BadInputError):
        recognise(text)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("１２＋３４＝？", 46),
        ("12 − 5", 7),
        ("12 – 5", 7),
        ("What is (12 + 34)?", 46),
        ("12 + 34 = ? Show your work.", 46),
        ("1. 12 + 34", 46),
        ("**12 + 34** = __", 46),
        (r"$12 \times 34$", 408),
        ("12 X 34", 408),
        ("12 PLUS 34", 46),
        ("12 multiplied by 34", 408),
        ("12 + 34 =", 46),
    ],
)
def test_a_sum_in_any_ordinary_spelling_is_read(text: str, answer: int) -> None:
    one, puzzle = recognise(text)
    assert (one.name, *one.solve(puzzle)) == ("columns", answer)


@pytest.mark.parametrize(
    "text",
    [
        "负12加5等于多少？",
        "What is negative 12 + 5?",
        "What is 12 plus 5 doubled?",
        "12-15的绝对值是多少？",
        "What is the absolute value of 12 - 15?",
        "123×456的积是几位数？",
        "123×456的个位是几？",
        "What is the last digit of 123 × 456?",
        "How many digits has 123 × 456?",
        "12×5是奇数还是偶数？",
        "Is 12 + 5 prime?",
        "Is 12 + 5 greater than twenty?",
        "What is 12 + 5 in binary?",
        "What is 12 + 5 rounded to the nearest ten?",
    ],
)
def test_a_sum_of_which_something_else_is_asked_is_no_sum(text: str) -> None:
    with pytest.raises(BadInputError):
        recognise(text)


@pytest.mark.parametrize(
    "text", ["一位同学算12+5得多少？", "请你负责算12+5。", "12 + 5, digit by digit"]
)
def test_a_sum_among_other_words_is_read(text: str) -> None:
    one, puzzle = recognise(text)
    assert (one.name, *one.solve(puzzle)) == ("columns", 17)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("48÷6=?", "does not ask for a remainder"),
        ("48除以6等于多少？", "does not ask for a remainder"),
        ("17除以5的商是多少？", "does not ask for a remainder"),
        ("What is the quotient of 17 divided by 5?", "does not ask for a remainder"),
        ("17除以5的商和余数分别是多少？", "商和余数"),
        ("-17 mod 5", "more to “17 mod 5”"),
        ("2^10 mod 7", "more to “10 mod 7”"),
        ("17.5 mod 5", "more to “5 mod 5”"),
        ("17 mod 5.5", "more to “17 mod 5”"),
        ("17 mod 5 + 3", "more to"),
        ("Is 15 divisible by 5 and 3?", "and 3"),
        ("17能被5整除吗？余数是多少？", "余数是多少"),
        ("91能被7整除且能被13整除吗？", "13整除"),
        ("一个两位数除以7余1，最小是多少？", "两位数"),
        ("一个数除以3余2，不能被5整除，最小是多少？", "不能被5整除"),
        (
            "The smallest number greater than ten that leaves remainder 2 when divided by 3",
            "greater",
        ),
        ("一个数除以0余0，最小是多少？", "divided by 0"),
    ],
)
def test_a_question_of_remainders_that_asks_for_more_is_refused(text: str, why: str) -> None:
    with pytest.raises(BadInputError, match=why):
        recognise(text)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("1,234 mod 5", 4),
        ("1. 17 mod 5 = ?", 2),
        ("17 ÷ 5 余几", 2),
        ("求17被5除的余数", 2),
        ("Is 1,500 divisible by 5?", True),
        ("Can 15 be divided by 5?", True),
        ("Can 16 be evenly divided by 5?", False),
        ("一个数除以3余2，能被5整除，最小是多少？", 5),
        ("A number leaves remainder 2 when divided by 3 and 3 when divided by 5. The smallest?", 8),
        (
            "A number divided by 3 leaves remainder 2 and is divisible by 5. What is the smallest?",
            5,
        ),
    ],
)
def test_a_question_of_remainders_is_read_whole(text: str, answer: int | bool) -> None:
    one, puzzle = recognise(text)
    assert (one.name, *one.solve(puzzle)) == ("remainders", answer)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("In how many rows of its truth table is p∧q false?", "3"),
        ("In how many rows of its truth table is p∧q true?", "1"),
        ("公式 p∧q 的真值表里有几行为假？", "3"),
        ("How many assignments falsify p∧q?", "3"),
        ("Given p and q are both false, is p ∨ q true or false?", "false"),
        ("已知p、q都为真，求 p∧q 的真值。", "true"),
        ("Given p, q are true and r is false, is (p∧q)→r true or false?", "false"),
        ("p=T, q=F. Is p∧q true or false?", "false"),
        ("Given P=T and Q=T, is p∧q true or false?", "true"),
        ("已知p=1，q=0，求 p∨q 的真值。", "true"),
        ("当 p=真, q=假 时 p↔q 的真值是多少？", "false"),
        ("Let p be true and q be false. Is p∧q true or false?", "false"),
        ("Let p, q be propositions. Is p→p∨q a tautology?", "a tautology"),
        (r"Is $p \land \neg p$ a contradiction?", "a contradiction"),
        ("How many assignments satisfy p∧q?", "1"),
        ("In how many rows does p∨q hold?", "3"),
        ("若p为真且q为假，则p→q是真还是假？", "false"),
        ("Is p implies p a tautology?", "a tautology"),
        ("p is true and q is false. Is p implies q true or false?", "false"),
        ("In how many rows is p if and only if q true?", "2"),
        ("Is not p iff p a contradiction?", "a contradiction"),
        ("p蕴含q的真值表有几行为真？", "3"),
        ("p当且仅当q，p为真，q为假，是真还是假？", "false"),
        ("Is p ∧ q implies p a tautology?", "a tautology"),
        ("已知p=真，并且q=真，求非p且q的真值。", "false"),
    ],
)
def test_a_question_about_a_formula_is_read_whole(text: str, answer: str) -> None:
    one, puzzle = recognise(text)
    assert [one.say(solution, "en") for solution in one.solve(puzzle)] == [answer]


@pytest.mark.parametrize(
    "text",
    [
        "Given p→q is true and p is true, is q true or false?",
        "Given ¬p is true and q is true, is p∧q true or false?",
        "Given p is true or q is true, is p∧q true or false?",
        "Given p is not true and q is true, is p∧q true or false?",
        "If p is true, in how many rows is p∧q true?",
        "In how many rows is p∧q true, and in how many false?",
        "p∧q 不为真的有几行？",
        "Is p⊕q∧r a tautology?",
        "Is p xor q and r a tautology?",
        "Are p∧q and p∨q both a tautology?",
        "How many rows has the truth table of p∧q?",
        "Is p→q true if and only if q is true, or is it a tautology?",
        "Does p imply q if p∧q is a tautology?",
        "p∧q的真值表共有几行？",
        "How many variables are in p∧q?",
    ],
)
def test_a_question_about_a_formula_that_is_not_read_whole_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match="not a formula that can be read"):
        recognise(text)


@pytest.mark.parametrize(
    "text",
    [
        "一个数除以999999999989余999999999980，最小是多少？",
        f"{'9' * 5000} mod 7",
        f"7 mod {'9' * 5000}",
        "9" * 20_000,
        f"{'1' * 5000}x = 3",
        f"x = {'1' * 5000}",
        f"1 + {'1' * 5000}",
        f"Is {'p∧' * 1500}p a tautology?",
        f"Is {'¬' * 1500}p a tautology?",
        f"Is {'(' * 400}p∧q{')' * 400} a tautology?",
        "\n " * 10_000,
    ],
    ids=lambda text: text[:20],
)
def test_what_is_too_long_or_too_large_is_refused_at_once_in_one_line(text: str) -> None:
    start = time.monotonic()
    with pytest.raises(BadInputError) as refused:
        recognise(text)
    assert time.monotonic() - start < 2
    assert len(str(refused.value)) < 300


def test_the_largest_formula_that_is_read_is_also_solved() -> None:
    one, puzzle = recognise(f"Is {'p∧' * 149}p a tautology?")
    assert one.solve(puzzle) == ("contingent",)


@pytest.mark.parametrize(
    ("text", "part", "alone"),
    [
        ("Find 3x=5, please", "3x=5", True),
        ("(3x=5)", "3x=5", True),
        ("2(3x=5)", "3x=5", False),
        ("a x=5", "x=5", False),
        ("e 3x=5", "3x=5", True),
        ("x=5 + y", "x=5", False),
        ("x=5\n+ y", "x=5", False),
        ("x=5. Then", "x=5", True),
        ("x=5.5", "x=5", False),
        ("三分之x=5", "x=5", False),
    ],
)
def test_what_is_matched_stands_alone_or_does_not(text: str, part: str, alone: bool) -> None:
    start = text.index(part)
    assert stands_alone(text, start, start + len(part)) == alone
