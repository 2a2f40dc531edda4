"""What a prompt lets an answer repeat: it may ask for copies, or repeat something itself.

Knows words of counting in a few languages. Does not know the answer.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final

from qwq_cli.stream.loops.runs import longest_repeat

_SAMPLE: Final = 10_000
"""Characters at either end of a prompt's text in which a request for copies is looked for."""
_SPARE, _SPARE_COPIES = 1.25, 2
"""A model that was asked for 100 copies may count wrong."""
_OF_MATERIAL: Final = 1.5
_ENDLESS: Final = 16_000
"""Tokens that may repeat where a prompt asks for repetition without a number."""

_WORDS: Final = {
    "dozen": 12, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000, "million": 10**6,
    "十": 10, "百": 100, "千": 1000, "万": 10_000, "萬": 10_000,
}  # fmt: skip
_FACTORS: Final = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
}  # fmt: skip
_NUMBER: Final = (
    rf"\d[\d,_]*(?:\.\d+)?|(?:(?:{'|'.join(map(str, _FACTORS))})[\s-]*)?(?:{'|'.join(_WORDS)})s?"
)
_COUNTED: Final = (
    "times|copies|repetitions|repeats|lines|rows|records|entries|items|elements|objects|cells"
    "|columns|rounds|words|characters|letters|digits|zeros|zeroes|ones|tokens|paragraphs|sentences"
    "|verses|stanzas|days|weeks|questions|examples|mal|fois|veces|vezes|volte|раз"
)
_REQUEST: Final = re.compile(
    # `20x30`, `64 by 64`
    r"(?<![\w.])(?P<rows>\d{1,6})\s*(?:[x×*]|by)\s*(?P<columns>\d{1,6})(?!\w)"
    # `100 times`, `a table of 500 rows`, `100 empty lines`
    rf"|(?<![\w.])(?P<counted>{_NUMBER})(?:[\s-]+[\w'’-]+){{0,2}}?[\s-]+(?:{_COUNTED})\b"
    # `write 50 ...`, `print it exactly 300 ...`
    r"|\b(?:repeat|write|print|say|type|copy|output|generate|make|create|produce|give|list|fill)\b"
    rf"(?=[^.!?\n。！？]{{0,60}}?(?<![\w.])(?P<made>{_NUMBER})(?![\w.]))"
    r"|(?P<eastern>\d[\d,]*|[二两三四五六七八九]?[十百千万萬])\s*"
    "(?:次|遍|回|行|个|個|条|條|份|项|項|句|번|개|줄)",
    re.IGNORECASE,
)
_ENDLESSLY: Final = re.compile(
    r"\b(?:repeat(?:edly|ing|ed)?|over and over|again and again|forever|endless(?:ly)?"
    r"|infinite(?:ly)?|non-?stop|as (?:often|many|long)\b[^.\n]{0,30}\b(?:can|possible)"
    r"|until (?:i|you) (?:say|stop|tell|reach|hit|run)|keep (?:on )?(?:repeat|writ|print|say|go)ing"
    r"|placeholder|lorem ipsum|filler text|verbatim|word for word|all zeros|zero matrix|mantra"
    r"|chant)\b"
    r"|重复|重複|一直|不停|反复|反覆|繰り返|반복",
    re.IGNORECASE,
)
_NEGATED: Final = re.compile(
    r"(?:\b(?:not|no|never|without|avoid|stop|cannot)|n['’]t)\b[\w\s]{0,12}$|(?:不要?|别|勿|避免|ない)$",
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
        copies = self._copies * _SPARE + _SPARE_COPIES if self._copies else 0
        return max(copies * period, self._anything)

    @cached_property
    def _copies(self) -> float:
        return max((number for text in self._sampled for number in _counts(text)), default=0)

    @cached_property
    def _anything(self) -> float:
        endless = any(_asks_for_repetition(text) for text in self._sampled)
        material = max((longest_repeat(text) for text in self._texts), default=0)
        return max(_ENDLESS * endless, _OF_MATERIAL * material)

    @property
    def _sampled(self) -> Iterator[str]:
        for text in self._texts:
            yield text if len(text) <= 2 * _SAMPLE else text[:_SAMPLE] + "\n" + text[-_SAMPLE:]


USUAL: Final = Patience()
"""Of a prompt that asks for nothing of the kind."""


def _asks_for_repetition(text: str) -> bool:
    return any(
        _NEGATED.search(text[max(0, found.start() - 30) : found.start()]) is None
        for found in _ENDLESSLY.finditer(text)
    )


def _counts(text: str) -> Iterator[float]:
    """The numbers of copies that a text may ask for."""
    for found in _REQUEST.finditer(text):
        rows, columns = found["rows"], found["columns"]
        if rows:
            yield float(rows) * float(columns)
        else:
            yield _value(found["counted"] or found["made"] or found["eastern"])


def _value(number: str) -> float:
    """`1,000`, `two hundred`, `fifty`, `三百`."""
    digits = number.replace(",", "").replace("_", "")
    if digits[0].isascii() and digits[0].isdigit():
        return float(digits)
    number = number.lower()
    value = next((each for word, each in _WORDS.items() if word in number), 1)
    factor = next((each for word, each in _FACTORS.items() if number.startswith(word)), 1)
    return float(factor * value)
