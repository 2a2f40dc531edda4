"""People's names for puzzles, and how a list of them is written. Knows no puzzle."""

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
NAME: Final = r"(?:(?:Mr|Mrs|Ms|Dr)\. )?[A-Z]\w*|[一-鿿]{1,4}?"
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
