"""People's names for puzzles, how lists of them are written and read. Knows no puzzle."""

import random
import re
from collections.abc import Sequence
from typing import Final

from qwq_cli.puzzles.words import Language, Wording

_COMMON_ZH: Final = (
    *(f"小{x}" for x in "明红刚华芳强丽军雨雪"),
    *(f"{x}{y}" for x, y in zip("王李张刘陈杨黄赵", "伟娜敏静磊洋勇艳", strict=True)),
    *("甲", "乙", "丙", "丁", "戊", "己"),
)
_RARE_ZH: Final = (
    *(f"阿{x}" for x in "福贵珍宝祥莲"),
    *("欧阳锋", "司马青", "诸葛亮", "上官云", "慕容雪", "东方朔", "令狐冲", "夏侯渊"),
)
_COMMON_EN: Final = (
    *("Alice", "Bob", "Carol", "Dave", "Emma", "Frank", "Grace", "Henry", "Iris", "Jack"),
    *("Kate", "Liam", "Mary", "Noah", "Olga", "Paul", "Rosa", "Sam", "Tina", "Victor"),
)
_RARE_EN: Final = (
    *("Anselm", "Brunhild", "Casimir", "Dagny", "Eudora", "Fergus", "Gideon", "Hedwig"),
    *("Ichabod", "Jocasta", "Klaus", "Leopold", "Mirabel", "Nestor", "Ottoline", "Percival"),
)
NAMES: Final[dict[Language, dict[Wording, tuple[str, ...]]]] = {
    "zh": {"announcement": _COMMON_ZH, "common": _COMMON_ZH, "rare": _RARE_ZH},
    "en": {"announcement": _COMMON_EN, "common": _COMMON_EN, "rare": _RARE_EN},
}
NAME: Final = r"(?:(?:Mr|Mrs|Ms|Dr)\. )?[A-Z]\w*?|[一-鿿]{1,4}?"
"""A pattern of what may be a name; it is a guess, which its surroundings must bear out."""


def draw_names(rng: random.Random, lang: Language, wording: Wording, count: int) -> tuple[str, ...]:
    """Different names; in the rare wording such as stand in no other."""
    return tuple(rng.sample(NAMES[lang][wording], count))


def listed(names: Sequence[str], lang: Language) -> str:
    """`小明、小红和小刚`; `Alice, Bob and Carol`."""
    *first, last = names
    if not first:
        return last
    comma, conjunction = ("、", "和") if lang == "zh" else (", ", " and ")
    return comma.join(first) + conjunction + last


def mention(names: Sequence[str]) -> str:
    """A pattern of any of the names, not within a longer word."""
    longest_first = sorted(names, key=len, reverse=True)
    return rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, longest_first))})(?![A-Za-z0-9])"


# --------------------------------------------------------------------------------------- read

_FULL_WIDTH: Final = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF5B))
} | dict.fromkeys((0x3000, 0xA0, 0x2002, 0x2003, 0x2009, 0x202F), " ")
_KNOWN: Final = "\ue000"
"""Stands for one of the people, whatever their name is."""
_LATIN: Final = rf"(?:[A-Z][\w-]*|{_KNOWN})(?: (?:[A-Z][\w-]*|{_KNOWN})){{0,3}}"
_HAN: Final = rf"[一-鿿A-Za-z{_KNOWN}]{{1,20}}"
_LISTS: Final = re.compile(
    rf"(?<![\w-])(?P<en>{_LATIN}(?:, {_LATIN}){{0,12}},? and {_LATIN}(?![\w'’]))"
    rf"|{_HAN}(?:、{_HAN})+"
)
_REASON: Final = re.compile(
    r"(?:\b(?:because|since|as (?:he|she|they|it)|otherwise)\b|因为|由于|否则)[^。；;\n.]*"
    r"|[(（][^()（）]*[)）]",
    re.IGNORECASE,
)


def half_width(text: str) -> str:
    """The same with letters, digits and spaces of the usual width; nothing moves its place."""
    return text.translate(_FULL_WIDTH)


def stranger(text: str, names: Sequence[str]) -> str | None:
    """Who stands in a list with some of the people and is none of them; None if nobody does."""
    for found in _LISTS.finditer(re.sub(mention(names), _KNOWN, text)):
        if _KNOWN not in found[0]:
            continue
        items = re.split(r",? and |, " if found["en"] else r"[、和与跟]", found[0])
        for place, item in enumerate(items):
            # A list runs into the words around it.
            first, last = place == 0, place == len(items) - 1 and not found["en"]
            known = (first and item.endswith(_KNOWN)) or (last and item.startswith(_KNOWN))
            if item != _KNOWN and not known:
                return item.replace(_KNOWN, "…")
    return None


def without_reasons(answer: str) -> str:
    """An answer without what it is said to follow from."""
    return _REASON.sub("", answer)
