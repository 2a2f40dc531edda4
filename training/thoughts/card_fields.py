"""What may stand in a step on cards: suits, ranks, cards, and who holds a rank. Knows no step."""

import re
from typing import Final, TypeAlias

from qwq_cli.puzzles.cards.puzzle import RANKS, SUIT_WORDS, SUITS, Card, Rank, Suit
from qwq_cli.puzzles.words import LANGUAGES, Language
from training.chains import WORDS, Words
from training.thoughts.forms import Field

Held: TypeAlias = tuple[Rank, tuple[Suit, ...], bool]
"""A rank, the suits that hold it, and whether it is said that these are several."""

SUIT_OF: Final[dict[str, Suit]] = {
    word: suit for by in SUIT_WORDS.values() for suit, words in by.items() for word in words
}
_RANK: Final = "10|[2-9AJQK]"


def _either(lang: Language) -> str:
    return "|".join(word for words in SUIT_WORDS[lang].values() for word in words)


def no_other(value: str) -> str:
    """For a field in which no fault is planted."""
    raise NotImplementedError(value)


SUIT: Final[Field[Suit]] = Field(
    {lang: _either(lang) for lang in LANGUAGES},
    read=lambda text, _: SUIT_OF[text],
    write=lambda suit, lang: SUIT_WORDS[lang][suit][0],
    other=lambda suit: SUITS[SUITS.index(suit) - 1],
)
RANKED: Final[Field[Rank]] = Field(
    dict.fromkeys(LANGUAGES, _RANK),
    read=lambda text, _: next(rank for rank in RANKS if rank == text),
    write=lambda rank, _: rank,
    other=lambda rank: RANKS[RANKS.index(rank) - 1],
)


def cards_field(between: dict[Language, str]) -> Field[tuple[Card, ...]]:
    """Cards one after another, each with its suit and what stands between that and its rank."""

    def read(text: str, lang: Language) -> tuple[Card, ...]:
        pairs = re.findall(rf"({_either(lang)}){between[lang]}({_RANK})(?![0-9])", text)
        return tuple(Card(SUIT_OF[suit], RANKED.read(rank, lang)) for suit, rank in pairs)

    one = {lang: rf"(?:{_either(lang)}){between[lang]}(?:{_RANK})" for lang in LANGUAGES}
    comma: dict[Language, str] = {"zh": "、", "en": ", "}
    patterns: dict[Language, str] = {
        lang: rf"{one[lang]}(?:{comma[lang]}{one[lang]})*" for lang in LANGUAGES
    }
    return Field(patterns, read, lambda cards, _: str(cards), other=lambda cards: cards[1:])


def helds_field(*, left: bool) -> Field[tuple[Held, ...]]:
    """`A在红桃、方块，重复；Q在红桃，唯一`: evidence and verdict, rank by rank."""

    def parts(w: Words) -> tuple[str, str, str]:
        return (w.at_left, w.shared, w.alone) if left else (w.at, w.repeated, w.unique)

    def pattern(lang: Language) -> str:
        w = WORDS[lang]
        at, several, one = parts(w)
        suits = rf"(?:{_either(lang)})(?:{w.listed}(?:{_either(lang)}))*"
        held = rf"(?:{_RANK}){at}{suits}{w.comma}(?:{several}|{one})"
        return rf"{held}(?:{w.semicolon}{held})*"

    def read(text: str, lang: Language) -> tuple[Held, ...]:
        w = WORDS[lang]
        at, several, _ = parts(w)
        found: list[Held] = []
        for held in text.split(w.semicolon):
            rank, _, rest = held.partition(at)
            suits, _, verdict = rest.rpartition(w.comma)
            held_by = tuple(SUIT_OF[suit] for suit in suits.split(w.listed))
            found.append((RANKED.read(rank, lang), held_by, verdict == several))
        return tuple(found)

    patterns: dict[Language, str] = {lang: pattern(lang) for lang in LANGUAGES}
    return Field(patterns, read, lambda helds, _: str(helds), other=lambda helds: helds[1:])


def left_field() -> Field[tuple[Rank, ...]]:
    """`留下Q、4`, `没有留下`."""

    def read(text: str, lang: Language) -> tuple[Rank, ...]:
        w = WORDS[lang]
        if text == w.leaves_none:
            return ()
        return tuple(
            RANKED.read(rank, lang) for rank in text.removeprefix(w.leaves).split(w.listed)
        )

    patterns: dict[Language, str] = {
        lang: rf"{w.leaves_none}|{w.leaves}(?:{_RANK})(?:{w.listed}(?:{_RANK}))*"
        for lang, w in WORDS.items()
    }
    return Field(patterns, read, lambda ranks, _: str(ranks), other=lambda ranks: ranks[1:])
