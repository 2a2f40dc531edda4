"""A puzzle put into words: names, layout and phrases drawn at random. Knows no reasoning."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from qwq_cli.puzzles.cards import phrases_en, phrases_zh
from qwq_cli.puzzles.cards.phrases import CardLayout, Cast, Phrases
from qwq_cli.puzzles.cards.puzzle import (
    RANK_WORDS,
    SUIT_SIGNS,
    SUIT_WORDS,
    Knower,
    Puzzle,
    Rank,
    Suit,
)
from qwq_cli.puzzles.words import Language, Wording

PHRASES: Final[dict[Language, dict[Wording, Phrases]]] = {
    "zh": {
        "announcement": phrases_zh.ANNOUNCEMENT,
        "common": phrases_zh.COMMON,
        "rare": phrases_zh.RARE,
    },
    "en": {
        "announcement": phrases_en.ANNOUNCEMENT,
        "common": phrases_en.COMMON,
        "rare": phrases_en.RARE,
    },
}
_SIGNS: Final = 0.06
"""Share of common and rare puzzles whose suits are written as signs (♥)."""
_RANK_WORDS: Final = 0.25
"""Share of English puzzles with spelt court cards ("Ace of Hearts")."""
_COMMON_ZH_CLUBS: Final = (("红桃", "红桃", "红心"), ("草花", "梅花"), ("方块", "方块", "方片"))

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Names:
    """Who is who: `listener` (S), `rank_knower` (P), `suit_knower` (Q), `host`."""

    listener: str
    rank_knower: str
    suit_knower: str
    host: str


@dataclass(frozen=True, slots=True)
class Given:
    """What is given instead of drawn from the phrases of a wording."""

    names: Names | None = None
    layout: CardLayout | None = None
    says: tuple[str, str] | None = None
    statements: tuple[str, ...] | None = None
    """Four, of which a shorter dialogue uses the first ones."""
    question: str | None = None
    intro: str | None = None
    """With `{cards}`, and whatever else phrases have."""
    pick: str | None = None
    speakers: tuple[Knower, ...] | None = None
    """Who says each of the statements; else the two take turns, as the puzzle says."""


@dataclass(frozen=True, slots=True)
class Posed:
    """A puzzle as a question: its text, and what the words in it stand for."""

    puzzle: Puzzle
    lang: Language
    wording: Wording
    text: str
    names: Names
    suits: dict[Suit, str]
    """The word for each suit that a solution in the same words would use."""


def _names(cast: Cast, rng: random.Random) -> Names:
    host = rng.choice(cast.hosts)
    if cast.singles and rng.random() < 0.5:  # noqa: PLR2004 - triples and singles, half each
        drawn = rng.sample(cast.singles, 3)
        triple = (drawn[0], drawn[1], drawn[2])
    else:
        triple = rng.choice(cast.triples)
    return Names(*triple, host)


def _suit_words(lang: Language, rng: random.Random, *, usual: bool) -> dict[Suit, str]:
    if lang == "en" or usual:
        return {suit: words[0] for suit, words in SUIT_WORDS[lang].items()}
    hearts, clubs, diamonds = (rng.choice(words) for words in _COMMON_ZH_CLUBS)
    return {"H": hearts, "S": "黑桃", "C": clubs, "D": diamonds}


def _spell(rank: Rank, *, words: bool) -> str:
    return RANK_WORDS[rank] if words and rank in ("A", "J", "Q", "K") else rank


def _write_cards(puzzle: Puzzle, layout: CardLayout, suits: dict[Suit, str], words: bool) -> str:  # noqa: FBT001
    if "{rank}" in layout.one:
        singles = (
            layout.one.format(suit=suits[card.suit], rank=_spell(card.rank, words=words))
            for card in puzzle.cards
        )
        return layout.between.join(singles)
    return layout.between.join(
        layout.one.format(
            suit=suits[suit], ranks=layout.ranks.join(_spell(r, words=words) for r in ranks)
        )
        for suit, ranks in puzzle.by_suit().items()
    )


def _pick(options: Sequence[T], rng: random.Random) -> T:
    return options[0] if len(options) == 1 else rng.choice(options)


def pose(
    puzzle: Puzzle,
    lang: Language,
    rng: random.Random,
    *,
    wording: Wording = "common",
    given: Given = Given(),
) -> Posed:
    """Put `puzzle` into words; all randomness comes from `rng`."""
    phrases = PHRASES[lang][wording]
    who = given.names or _names(phrases.cast, rng)
    free = wording != "announcement"
    signs = free and rng.random() < _SIGNS
    suits = _suit_words(lang, rng, usual=signs or not free)
    layout = given.layout or _pick(phrases.layouts, rng)
    in_text = SUIT_SIGNS if signs else suits
    spelt = lang == "en" and free and "of" in layout.one and rng.random() < _RANK_WORDS
    fill = {
        "S": who.listener,
        "P": who.rank_knower,
        "Q": who.suit_knower,
        "H": who.host,
        "cH": who.host[0].upper() + who.host[1:],
        "n": str(len(puzzle.cards)),
        "cards": _write_cards(puzzle, layout, in_text, spelt),
    }
    intros = (given.intro,) if given.intro else phrases.intros
    picks = (given.pick,) if given.pick else phrases.picks
    body = (intros, picks, phrases.asks, phrases.leads)
    text = "".join(_pick(options, rng).format(**fill) for options in body)
    before, after = given.says or _pick(phrases.says, rng)
    between = _pick(phrases.between, rng)
    order: tuple[Knower, ...] = given.speakers or ("rank", "suit") * 2
    called = {"rank": who.rank_knower, "suit": who.suit_knower}
    statements = given.statements or [_pick(options, rng) for options in phrases.statements]
    length = len(order) if given.speakers else puzzle.statements
    for speaker, said in list(zip(order, statements, strict=True))[:length]:
        text += between + before.format(name=called[speaker]) + said + after
    # A bulleted dialogue does not put a bullet before the question.
    text += "\n" if between.endswith("- ") else between
    text += given.question or _pick(phrases.questions, rng).format(**fill)
    return Posed(puzzle, lang, wording, text, who, suits)
