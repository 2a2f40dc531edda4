"""Sums, differences and products of numbers of several digits. Knows no way of working them out.

The generator multiplies and adds digit by digit, as on paper; the solver asks Python.
"""

import random
import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from qwq_cli.puzzles.kind import Kind, OtherKindError, Posed, Setting
from qwq_cli.puzzles.numerals import (
    NOTHING_YET,
    NUMBER,
    conclusion,
    last_whole,
    plain_question,
    stands_alone,
)
from qwq_cli.puzzles.words import Difficulty, Language, Wording

Op: TypeAlias = Literal["+", "-", "×"]


@dataclass(frozen=True, slots=True)
class Puzzle:
    """Two whole numbers, and what is done with them."""

    a: int
    op: Op
    b: int


PHRASES: Final[dict[Language, dict[Wording, tuple[str, ...]]]] = {
    "zh": {
        "common": (
            "{a}{op}{b}等于多少？",
            "{a} {op} {b} = 多少？",
            "计算：{a}{op}{b}",
            "请列竖式计算{a}{op}{b}。",
            "算一算{a}{word}{b}是多少。",
            "求{a}{word}{b}的结果。",
        ),
        "rare": ("麻烦用竖式得出 {a} {op} {b} 的值。", "{a}{word}{b}，得数是几？"),
    },
    "en": {
        "common": (
            "What is {a} {op} {b}?",
            "{a} {op} {b} = ?",
            "Compute {a} {op} {b}.",
            "Work out {a} {op} {b} by columns.",
            "What is {a} {word} {b}?",
            "Calculate {a} {word} {b} step by step.",
        ),
        "rare": ("How much does {a} {op} {b} make?", "On paper, digit by digit: {a} {word} {b}"),
    },
}
WORDS: Final[dict[Language, dict[Op, str]]] = {
    "zh": {"+": "加", "-": "减", "×": "乘以"},
    "en": {"+": "plus", "-": "minus", "×": "times"},
}
_SIZES: Final[dict[Difficulty, tuple[tuple[Op, int, int], ...]]] = {
    "easy": (("+", 2, 2), ("-", 2, 2), ("+", 3, 2), ("-", 3, 2)),
    "medium": (("+", 4, 4), ("-", 4, 4), ("×", 2, 1), ("×", 3, 1)),
    "hard": (("+", 7, 6), ("-", 7, 7), ("×", 3, 2), ("×", 2, 2)),
}


def solve(puzzle: Puzzle) -> tuple[int, ...]:
    """The result."""
    match puzzle.op:
        case "+":
            return (puzzle.a + puzzle.b,)
        case "-":
            return (puzzle.a - puzzle.b,)
        case "×":
            return (puzzle.a * puzzle.b,)


def _on_paper(a: int, op: Op, b: int) -> int:
    """Digit by digit, the last one first."""
    upper = [int(digit) for digit in reversed(str(a))]
    lower = [int(digit) for digit in reversed(str(b))]
    places = [0] * (len(upper) + len(lower) + 1)
    if op == "×":
        for i, one in enumerate(upper):
            for j, other in enumerate(lower):
                places[i + j] += one * other
    else:
        sign = 1 if op == "+" else -1
        for i, one in enumerate(upper):
            places[i] += one
        for i, one in enumerate(lower):
            places[i] += sign * one
    for i in range(len(places) - 1):
        carry, places[i] = divmod(places[i], 10)
        places[i + 1] += carry
    return int("".join(str(digit) for digit in reversed(places)))


def _number(rng: random.Random, digits: int) -> int:
    return rng.randint(10 ** (digits - 1) if digits > 1 else 2, 10**digits - 1)


def pose(rng: random.Random, setting: Setting) -> Posed[Puzzle, int]:
    """Two new numbers; of a difference the larger one comes first."""
    op, first, second = rng.choice(_SIZES[setting.difficulty])
    a, b = _number(rng, first), _number(rng, second)
    if op == "-":
        a, b = max(a, b), min(a, b)
    phrase = rng.choice(PHRASES[setting.lang][setting.wording])
    text = phrase.format(a=a, b=b, op=op, word=WORDS[setting.lang][op])
    return Posed(text, Puzzle(a, op, b), _on_paper(a, op, b), setting)


_OPS: Final[dict[str, Op]] = {
    **dict.fromkeys(("+", "加", "加上", "plus"), "+"),
    **dict.fromkeys(("-", "减", "减去", "minus"), "-"),
    **dict.fromkeys(("×", "*", "·", "x", "乘", "乘以", "times", "multiplied by"), "×"),
}
_QUESTION: Final = re.compile(
    rf"(?P<a>{NUMBER}) ?"
    rf"(?P<op>{'|'.join(sorted(map(re.escape, _OPS), key=len, reverse=True))})"
    rf" ?(?P<b>{NUMBER}){NOTHING_YET}",
    re.ASCII | re.IGNORECASE | re.MULTILINE,
)
_MORE: Final = re.compile(
    r"\d|[+*/×÷^%²³√]|[加减乘除][上去以]?[一二两三四五六七八九十]|再[加减乘除]"
    r"|\b(?:plus|minus|times|divided|multiplied|squared)\b",
    re.ASCII | re.IGNORECASE,
)
"""What beside the two numbers would be a part of the sum."""
_FURTHER: Final = re.compile(
    r"负(?=;)|[个十百千首末]位|位数|[几数]位|绝对值|[倒反]数|[奇偶质素合]数|[余约因]数|倍数|取整|四舍五入|进制|整除|平均|[大小]于|超过|相等"
    r"|\b(?:negative|absolute|opposite|reciprocal|odd|even|prime|factors?|multiples?"
    r"|divisible|remainder|average|mean|round(?:ed)?|nearest|estimate|binary|hexadecimal|octal|roman"
    r"|words|percent|greater|larger|bigger|smaller|more|less|fewer|than|doubled?|tripled?|halved?"
    r"|reversed?|decreased|increased|cubed?)\b"
    r"|(?<!digit by )\bdigits?\b(?! by digit)",
    re.IGNORECASE,
)
"""What asks for something else than the result, or changes it."""


_SPELT: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(re.sub(r"N[12]", lambda _: rf"({NUMBER})", pattern), re.IGNORECASE), put)
    for pattern, put in (
        (r"(?:\bthe )?\bsum of N1 and N2", r"\1 + \2"),
        (r"(?:\bthe )?\bproduct of N1 and N2", r"\1 × \2"),
        (r"\badd N1 (?:and|to) N2", r"\1 + \2"),
        (r"\bmultiply N1 (?:by|and) N2", r"\1 × \2"),
        (r"\bsubtract N1 from N2", r"\2 - \1"),
        (r"N1 subtracted from N2", r"\2 - \1"),
        (r"N1 take away N2", r"\1 - \2"),
        (r"N1 ?[和与] ?N2 ?(?:的和|相加)", r"\1 + \2"),
        (r"N1 ?[和与] ?N2 ?(?:的积|的乘积|相乘)", r"\1 × \2"),
    )
)
_APART: Final = re.compile(
    rf"(?:\bthe )?\bdifference (?:of|between) (?P<a>{NUMBER}) and (?P<b>{NUMBER})"
    rf"|(?P<c>{NUMBER}) ?[和与] ?(?P<d>{NUMBER}) ?的差",
    re.IGNORECASE,
)


def _spelt_out(text: str) -> str:
    """With `12 + 34` for the sum of 12 and 34. Of a difference the larger one must come first: it
    may be meant without a sign.
    """
    for pattern, put in _SPELT:
        text = pattern.sub(put, text)
    for found in reversed(list(_APART.finditer(text))):
        a, b = int(found["a"] or found["c"]), int(found["b"] or found["d"])
        if a >= b:
            text = f"{text[: found.start()]}{a} - {b}{text[found.end() :]}"
    return text


def parse(text: str) -> Puzzle:
    """Read the one sum, difference or product in `text`; OtherKindError without it, and where
    there is more of it than two numbers.
    """
    text = _spelt_out(plain_question(text))
    found = list(_QUESTION.finditer(text))
    if len(found) != 1 or not stands_alone(text, *found[0].span()):
        raise OtherKindError("not an arithmetic question", "it needs one of +, - and × once")
    start, end = found[0].span()
    rest = f"{text[:start]};{text[end:]}"
    if _MORE.search(rest):
        raise OtherKindError("not an arithmetic question", "it has more in it than two numbers")
    if more := _FURTHER.search(rest):
        raise OtherKindError("not an arithmetic question", f"“{more[0]}” asks for more than that")
    return Puzzle(int(found[0]["a"]), _OPS[found[0]["op"].lower()], int(found[0]["b"]))


def read(answer: str, puzzle: Puzzle) -> int | None:
    """The number that the answer comes to; before the sum where that stands behind it."""
    ops = "|".join(re.escape(word) for word, op in _OPS.items() if op == puzzle.op)
    turned = re.search(
        rf"(?<![\d.+*/×÷=-])(?<![+*/×÷=-] )(-?\d+) ?= ?{puzzle.a} ?(?:{ops}) ?{puzzle.b}\W*\Z",
        conclusion(answer),
    )
    return int(turned[1]) if turned else last_whole(answer)


def say(result: int, lang: Language) -> str:
    """The number."""
    del lang
    return str(result)


COLUMNS: Final[Kind[Puzzle, int]] = Kind(
    name="columns",
    about="sums, differences and products of several digits",
    pose=pose,
    spoil=None,
    parse=parse,
    solve=solve,
    read=read,
    say=say,
)
