"""What an answer to a question of remainders says: yes or no, or a number. Knows no question."""

import re
from typing import Final

from qwq_cli.puzzles.numerals import NUMBER, conclusion, last_whole

_YES_OR_NO: Final = re.compile(
    r"(?P<no>\bcan't\b|\bcannot\b|不可能|无法|没法|不能|不可以|不是|否|除不尽|不行|不(?:能)?整除"
    r"|\bno(?:pe)?\b|\bnot\b|n't\b|\bfalse\b)"
    r"|(?P<yes>能|可以|是|\byes\b|\bis\b|\bdoes\b|\bdivides\b|\bcan\b|\btrue\b)",
    re.IGNORECASE | re.ASCII,
)
_NEITHER: Final = re.compile(
    r"(?:\bno|\bwithout(?: an?y?)?|(?:\bnot|n't) leav\w+(?: an?y?)?) remainders?\b"
    r"|\bnot (?:just|only)\b|\bwhether or not\b|没有余数|无余数|没有剩[下余]?|不剩[下余]?|不[仅但]"
    r"|能不能|是不是|可不可以|能否|是否",
    re.IGNORECASE | re.ASCII,
)
"""Where a no is none, and where both are asked."""
_FIRST: Final = re.compile(
    r"\W*(?:(?P<yes>yes|能|可以|是的?|对的?|没错)|(?P<no>no(?:pe)?|不能|不可以|不是|否))(?=[\s*]*(?:[,.;:!，。；：！—]|$))",
    re.IGNORECASE,
)
_AGAINST_YES: Final = re.compile(
    r"\bno\b|不能被|不能整除|无法|没法|不可能|不是 ?\d"
    r"|(?:\bnot|n't) (?:evenly )?divisible|\b(?:can't|cannot|can not) be\b",
    re.IGNORECASE | re.ASCII,
)
_CLAUSE: Final = re.compile(r"[，。；,.;!\n]")
_UNSURE: Final = re.compile(
    r"\b(?:know|sure|solve|guess|tell)\b|知道|确定|会做|猜"
    r"|(?:无法|没法|不能)(?:判断|解答|回答|计算)"
    r"|\b(?:can't|cannot|can not) (?!be\b|divide|evenly|exactly|share|split|go\b)\w",
    re.IGNORECASE | re.ASCII,
)
"""Words of clauses that say no without saying that it is not divisible."""


_MODULO: Final = re.compile(r"\(? ?\bmod(?:ulo)?\b ?\d{1,99} ?\)?", re.IGNORECASE)
"""By what it was divided: 17 ≡ 2 (mod 5)."""
_QUOTIENT: Final = re.compile(
    r"(?:\bquotient(?: of)?|商)(?: ?[:=：]| is| ?[是为])? ?\d{1,99}", re.IGNORECASE
)
_NAMED: Final = re.compile(
    r"(?:\bremainder(?: of)?|\bleaves|余数?|剩下?|(?<=\d) ?\br|(?<=\d)r)(?: ?[:=：]| is| ?[是为])?"
    rf" ?(?P<r>{NUMBER})"
    r"(?![.%]\d| ?[-+*/×÷·^=] ?[\d(]|\)? ?(?:divided|mod\b|除|被))",
    re.IGNORECASE,
)


def read_yes(answer: str) -> bool | None:
    """Whether it says yes; no counts more, unless it begins with yes."""
    return _read_yes(_NEITHER.sub(" ", conclusion(answer)))


def read_number(answer: str, conditions: re.Pattern[str] | None = None) -> int | None:
    """The remainder that is named, else the number that it comes to. What keeps to `conditions` is
    said again of a number that was looked for, and no remainder that was.
    """
    text = _MODULO.sub(" ", conclusion(answer))
    named = list(_NAMED.finditer(text)) if conditions is None else []
    if named:
        return int(named[-1]["r"])
    return last_whole((conditions or _QUOTIENT).sub(" ", text))


def _read_yes(answer: str) -> bool | None:
    sure = " ".join(c for c in _CLAUSE.split(answer) if not _UNSURE.search(c))
    said = {match.lastgroup for match in _YES_OR_NO.finditer(sure)}
    first = _FIRST.match(answer)
    if first and first.lastgroup == "yes":
        return None if _AGAINST_YES.search(sure) else True
    if first and re.search(r"\byes\b", sure, re.IGNORECASE):
        return None
    return None if not said else "no" not in said
