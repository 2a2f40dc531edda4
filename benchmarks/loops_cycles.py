"""Texts that repeat one passage exactly and never end: in prose, and in a structure left open.

Made up, the same each time. A short beginning comes before the cycle. The period is counted in
words: runs of letters, in Chinese two characters, and in a structure its keys, calls and tags as
well. A structure's last row is whole, so that its shortest periods are those of one row. Knows no
detector.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import ceil
from types import MappingProxyType
from typing import Final

from benchmarks.loops_data import Trace, tokens

REPEATED: Final = 8_000
"""At least so many tokens come from where the first copy begins."""
_LONGEST: Final = 1_000
PERIODS: Final = tuple(
    sorted(
        {round(_LONGEST ** (n / 40)) for n in range(41)}
        | {round(_LONGEST * n / 25) for n in range(1, 26)}
    )
)
"""In words: evenly spaced up to the longest, and on a logarithmic scale too."""
LANGUAGES: Final = ("en", "zh")
SEEDS: Final = 3
"""So many texts of prose for each period and language."""
_SMALL: Final = ("the", "a", "of", "and", "to", "in", "is", "that", "it", "was", "for", "not")
_SYLLABLES: Final = (
    "ba",
    "con",
    "der",
    "fi",
    "gra",
    "hol",
    "ju",
    "kes",
    "lor",
    "men",
    "qua",
    "ril",
)
_HAN: Final = (
    "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多"
    "然于心学么之都好看起发当没成只如事把还用第样道想作种开美总从无情面最女但现前些所同日手又行意动方期它头经"
)


@dataclass(frozen=True, slots=True)
class _Structure:
    """`own`: the words that each row has besides its content."""

    opening: str
    own: int
    row: Callable[[str, str], str]
    """Of a first word, and of more of them."""


STRUCTURES: Final[Mapping[str, _Structure]] = MappingProxyType(
    {
        "json": _Structure(
            "[\n", 2, lambda name, note: f'  {{"name": "{name}", "note": "{note}"}},\n'
        ),
        "bullets": _Structure("", 0, lambda name, note: f"- {name} {note}".rstrip() + "\n"),
        "lines": _Structure("", 0, lambda name, note: f"{name} {note}".rstrip() + "\n"),
        "code": _Structure(
            "```python\n", 2, lambda name, note: f'notes["{name}"] = read("{note}")\n'
        ),
        "csv": _Structure("name,note\n", 0, lambda name, note: f"{name},{note}\n"),
        "table": _Structure(
            "| Name | Note |\n|---|---|\n", 0, lambda name, note: f"| {name} | {note} |\n"
        ),
        "xml": _Structure(
            "<notes>\n  <group>\n",
            6,
            lambda name, note: (
                f"    <entry>\n      <name>{name}</name>\n      <note>{note}</note>\n    </entry>\n"
            ),
        ),
    }
)
"""None of them is ever closed."""


def prose() -> Iterator[Trace]:
    """Sentences over and over, outside any structure. The kind is the language."""
    for language, words, seed in product(LANGUAGES, PERIODS, range(SEEDS)):
        random_ = random.Random(f"{language} {words} {seed}")
        beginning = _sentences(random_, language, random_.randint(20, 60))
        # The shortest loops of models have no full stop: "so so so".
        copy = _sentences(random_, language, words, ends=words > 4 or seed > 0)
        name = f"prose {language} {words} {seed}"
        yield _cycle(name, language, beginning, f" {copy}" if language == "en" else copy)


def structures() -> Iterator[Trace]:
    """Rows over and over, after a sentence, the structure's opening and two other rows. The kind is
    the structure.
    """
    for name, language, words in product(STRUCTURES, LANGUAGES, PERIODS):
        random_ = random.Random(f"{name} {language} {words}")
        structure = STRUCTURES[name]
        first = _sentences(random_, language, random_.randint(5, 20))
        others = "".join(_row(random_, structure, language, 8) for _ in range(2))
        beginning = f"{first}\n\n{structure.opening}{others}"
        copy = _rows(random_, structure, language, words)
        yield _cycle(f"{name} {language} {words}", name, beginning, copy)


def _cycle(name: str, kind: str, beginning: str, copy: str) -> Trace:
    text = beginning + copy * ceil(REPEATED / len(tokens(copy)))
    onset = len(beginning)
    return Trace(name, kind, text, tokens(text), onset, second=onset + len(copy))


def _rows(random_: random.Random, structure: _Structure, language: str, words: int) -> str:
    rows, left = [], words
    while left > 0:
        content = max(1, min(left - structure.own, random_.randint(2, 12)))
        rows.append(_row(random_, structure, language, content))
        left -= structure.own + content
    return "".join(rows)


def _row(random_: random.Random, structure: _Structure, language: str, content: int) -> str:
    name, *note = _words(random_, language, content)
    return structure.row(name, _blank(language).join(note))


def _sentences(random_: random.Random, language: str, words: int, *, ends: bool = True) -> str:
    if not ends:
        return _blank(language).join(_words(random_, language, words))
    sentences, left = [], words
    while left:
        length = min(left, random_.randint(5, 14))
        sentence = _blank(language).join(_words(random_, language, length))
        sentences.append(f"{sentence}。" if language == "zh" else f"{sentence.capitalize()}.")
        left -= length
    return _blank(language).join(sentences)


def _blank(language: str) -> str:
    return "" if language == "zh" else " "


def _words(random_: random.Random, language: str, number: int) -> list[str]:
    if language == "zh":
        return ["".join(random_.choices(_HAN, k=2)) for _ in range(number)]
    return [
        random_.choice(_SMALL)
        if random_.random() < 0.4
        else "".join(random_.choices(_SYLLABLES, k=random_.randint(2, 3)))
        for _ in range(number)
    ]
