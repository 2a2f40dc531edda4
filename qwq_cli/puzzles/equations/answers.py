"""The values that an answer to equations names. Knows no generator and no solver."""

import re
from fractions import Fraction
from typing import Final

from qwq_cli.puzzles.equations.puzzle import Puzzle, Values
from qwq_cli.puzzles.numerals import conclusion, last_number, unboxed, value

_CLAUSE_ENDS: Final = re.compile(
    r"[,;:，；：。、\n✓✔≈→⇒&]|\.(?!\d)|(?<=[\w)]) (?=\()|(?<=\d) (?=[a-z] ?[=:：])"
    r"|\b(?:and|or|but)\b|[和且或]"
)
_LONGEST_CLAUSE: Final = 300
_WORKED: Final = re.compile(r"(?:[\d .+\-*/×÷·^()]|(?<![A-Za-z])[a-z](?![A-Za-z]))+")
_DENIED: Final = re.compile(r"(?:\bnot|n['’]t|不是|而非|并非|≠) ?\Z", re.IGNORECASE)
_NUMBER: Final = r"-? ?\d{1,99}(?:\.\d{1,99}|/\d{1,99})?"
_IN_BRACKETS: Final = re.compile(
    r"(?:\((?P<names>[a-z](?:, ?[a-z])+)\) ?= ?)?"
    rf"\( ?(?P<values>{_NUMBER}(?: ?[,，;] ?{_NUMBER})+) ?\)"
)


def read(answer: str, puzzle: Puzzle) -> Values | None:
    """Each unknown's value, as it is said last; a single unknown need not be named, and several
    may stand in brackets, by name. What is boxed comes first, though of several there may be no
    more than the sizes in boxes.
    """
    return _read(conclusion(answer), puzzle) or _read(conclusion(unboxed(answer)), puzzle)


def _read(text: str, puzzle: Puzzle) -> Values | None:
    names = puzzle.unknowns
    said = {name: _said(text, name) for name in names}
    if any(said.values()):
        found = {name: values[-1] for name, values in said.items() if values}
    elif len(names) == 1:
        found = {names[0]: last_number(text)}
    else:
        found = _in_brackets(text, names)
    values = tuple((name, found.get(name)) for name in names)
    known = tuple((name, size) for name, size in values if size is not None)
    return known if len(known) == len(names) else None


def _said(text: str, name: str) -> list[Fraction | None]:
    """All that an unknown is said to be, None where that can't be read."""
    found: list[Fraction | None] = []
    named = rf"(?<![A-Za-z\d]){name} ?(?:(?P<sign>=)|[:：]|是|为|等于|(?:is equal to|is|equals) )"
    for match in re.finditer(named, text, re.IGNORECASE):
        before = text[: match.start()][-20:]
        if _has_a_term_before(before) or _DENIED.search(before):
            continue
        rest = text[match.end() : match.end() + _LONGEST_CLAUSE].lstrip(" ")
        size = _worth(_CLAUSE_ENDS.split(rest, maxsplit=1)[0])
        if size is not None or match["sign"]:
            found.append(size)
    return found


def _has_a_term_before(text: str) -> bool:
    """`x - y = 1` says nothing of y alone; a dash that begins a line is the mark of a list."""
    if re.search(r"(?:^|\n) ?[-+*] \Z|(?<![\w)])[a-z] ?[=:：] ?-? ?[\d./]+ \Z", text):
        return False
    return re.search(r"[-+*/·×÷^\d] ?\Z|\)\Z", text) is not None


def _worth(clause: str) -> Fraction | None:
    """What `15/3 = 5` comes to, and what `5 is the answer` begins with."""
    last = ""
    for last in clause.split("="):
        if not _WORKED.fullmatch(last):
            break
    return value(last)


def _in_brackets(text: str, names: tuple[str, ...]) -> dict[str, Fraction | None]:
    found: dict[str, Fraction | None] = {}
    for match in _IN_BRACKETS.finditer(text.lower()):
        order = re.findall(r"[a-z]", match["names"] or "") or list(names)
        values = re.split(r"[,，;]", match["values"])
        if sorted(order) == list(names) and len(values) == len(names):
            found = dict(zip(order, map(value, values), strict=True))
    return found
