"""What a prompt lets an answer repeat: it may ask for copies, or repeat something itself.

Knows words of counting in a few languages. Does not know the answer.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final, NamedTuple

from qwq_cli.stream.loops.runs import longest_repeat

_SAMPLE: Final = 10_000
"""Characters at either end of a prompt's text in which a request for copies is looked for."""
_SPARE, _SPARE_COPIES = 1.25, 2
"""A model that was asked for 100 copies may count wrong."""
_ROW: Final = 60
"""Tokens of a cycle that count as one of the rows that a prompt asks for."""
_CELL: Final = 3
"""Tokens of a cell of a grid."""
_LABEL: Final = 20
"""Tokens of a cycle that may be what an answer says of each line of the prompt."""
_OF_MATERIAL: Final = 1.5
_ENDLESS: Final = 16_000
"""Tokens that may repeat where a prompt asks for repetition without a number."""

_UNITS: Final = {
    "dozen": 12, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000, "million": 10**6,
    "十": 10, "百": 100, "千": 1000, "万": 10_000, "萬": 10_000,
}  # fmt: skip
_FACTORS: Final = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
}  # fmt: skip
_NUMBER: Final = re.compile(
    r"(?<![A-Za-z0-9_.,])\d{1,7}(?:[,_]\d{3})*(?![\d,.]\d)"
    rf"|(?:(?:{'|'.join(_FACTORS)})[ -]?)?(?:{'|'.join(_UNITS)})",
    re.IGNORECASE,
)
_NEXT: Final = 60
"""Characters behind a number in which its noun stands."""
_NOUN: Final = re.compile(
    r"s?(?:[ \t-]\w{1,20}){0,2}?[ \t-]?"
    r"(?:(?P<copies>times|copies|repetitions|repeats|mal|fois|veces|vezes|volte|раз|次|遍|回|번)"
    r"|(?P<rows>lines|rows|records|entries|items|elements|objects|zeros|zeroes|ones"
    r"|行|个|個|条|條|份|项|項|句|개|줄))(?![a-zа-я])",
    re.IGNORECASE,
)
_GRID: Final = re.compile(
    r"(?<![\w.])(\d{1,6}) ?(?:[x×*]|by) ?(\d{1,6})(?!\w)[^\n]{0,40}?"
    r"\b(?:matrix|grid|table|board|array|zeros|ones|map|cells|矩阵|棋盘|网格)"
    r"|\b(?:matrix|grid|table|board|array|map|矩阵|棋盘|网格)[^\n\d]{0,40}"
    r"(?<![\w.])(\d{1,6}) ?(?:[x×*]|by) ?(\d{1,6})(?!\w)",
    re.IGNORECASE,
)
_ENDLESSLY: Final = re.compile(
    r"\brepeat (?:this|that|it\b|after me|the (?:word|phrase|sentence|line|text|letter|following)"
    r"|[\"“'‘«「])"
    r"|\b(?:write|say|print|type|output|repeat|sing|recite|chant)\b[^.!?\n]{0,60}\b"
    r"(?:over and over|again and again|forever|endless(?:ly)?|infinitely|non-?stop|until i say"
    r"|as (?:often|many times) as|rosary|litany|mantra|prayer)\b"
    r"|\b(?:lorem ipsum|placeholder text|filler text|verbatim|all zeros|zero matrix)\b"
    r"|(?:请|一直|不停地?|反复)重复|重复(?:写|说|打印|输出|这|以下|下面|[“「\"])"
    r"|(?:一直|不停地?|反复)(?:写|说|打印|输出)|繰り返し(?:書|言|出力)|반복해",
    re.IGNORECASE,
)
_NEGATED: Final = re.compile(
    r"(?:\b(?:not|no|never|without|avoid|stop|cannot)|n['’]t)\b[\w\s]{0,12}$|(?:不要?|别|勿|避免)$",
    re.IGNORECASE,
)


class Patience:
    """How much an answer to these texts may repeat exactly. Looked up only when it matters."""

    def __init__(self, texts: Sequence[str] = ()) -> None:
        """`texts`: what the user and the system prompt say, material included."""
        self._texts = texts

    def tokens(self, period: float) -> float:
        """How many tokens may repeat of a cycle of `period` tokens, the first copy not counted; 0
        where the prompt says nothing.
        """
        copies, rows, cells = self._asked
        lines = max((text.count("\n") for text in self._texts), default=0)
        return max(
            (copies * _SPARE + _SPARE_COPIES) * period if copies else 0,
            (rows * _SPARE + _SPARE_COPIES) * min(period, _ROW) if rows else 0,
            cells * _CELL,
            lines * _SPARE * min(period, _LABEL),
            self._anything,
        )

    @cached_property
    def _asked(self) -> tuple[float, float, float]:
        """The most copies, rows and cells that are asked for."""
        found = [_Asked(), *(asked for text in self._sampled for asked in _counts(text))]
        copies, rows, cells = (max(numbers) for numbers in zip(*found, strict=True))
        return copies, rows, cells

    @cached_property
    def _anything(self) -> float:
        endless = any(_asks_for_repetition(text) for text in self._sampled)
        material = max((longest_repeat(text) for text in self._texts), default=0)
        return max(_ENDLESS * endless, _OF_MATERIAL * material)

    @property
    def _sampled(self) -> Iterator[str]:
        for text in self._texts:
            yield text if len(text) <= 2 * _SAMPLE else f"{text[:_SAMPLE]}\n{text[-_SAMPLE:]}"


USUAL: Final = Patience()
"""Of a prompt that asks for nothing of the kind."""


class _Asked(NamedTuple):
    """What one phrase of a prompt asks for."""

    copies: float = 0
    rows: float = 0
    cells: float = 0


def _counts(text: str) -> Iterator[_Asked]:
    """The numbers that a text may ask for."""
    for number in _NUMBER.finditer(text):
        noun = _NOUN.match(text[number.end() : number.end() + _NEXT])
        if noun is not None:
            value = _value(number[0])
            yield _Asked(copies=value) if noun["copies"] else _Asked(rows=value)
    for grid in _GRID.finditer(text):
        rows, columns = filter(None, grid.groups())
        yield _Asked(cells=float(rows) * float(columns))


def _asks_for_repetition(text: str) -> bool:
    return any(
        _NEGATED.search(text[max(0, found.start() - 30) : found.start()]) is None
        for found in _ENDLESSLY.finditer(text)
    )


def _value(number: str) -> float:
    """`1,000`, `two hundred`, `fifty`, `三百`."""
    digits = number.replace(",", "").replace("_", "")
    if digits.isascii() and digits.isdigit():
        return float(digits)
    number = number.lower()
    value = next((each for word, each in _UNITS.items() if word in number), 1)
    factor = next((each for word, each in _FACTORS.items() if number.startswith(word)), 1)
    return float(factor * value)
