"""A puzzle read out of its text, Chinese or English. Knows words; knows no solution.

It reads what people write: suits by name or sign, ranks before or after them, any separators; and
it counts the statements by what each one says: P does not know, Q knew that, P knows, Q knows.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.cards.puzzle import (
    CLASSIC,
    HOLLOW_SUIT_SIGNS,
    RANK_WORDS,
    SUIT_SIGNS,
    SUIT_WORDS,
    Card,
    Puzzle,
    Rank,
    Says,
    Suit,
)
from qwq_cli.puzzles.kind import OtherKindError
from qwq_cli.puzzles.words import language

_SUITS: Final[dict[str, Suit]] = {
    word.lower(): suit
    for words in SUIT_WORDS.values()
    for suit, names in words.items()
    for word in names
} | {sign: suit for signs in (SUIT_SIGNS, HOLLOW_SUIT_SIGNS) for suit, sign in signs.items()}
_RANKS: Final[dict[str, Rank]] = {word.lower(): rank for rank, word in RANK_WORDS.items()} | {
    rank.lower(): rank for rank in RANK_WORDS
}

_EN_SUIT: Final = r"(?:hearts?|spades?|clubs?|diamonds?)"
_SUIT: Final = rf"(?:红桃|红心|黑桃|葵扇|草花|梅花|方块|方片|[♥♠♣♦♡♤♧♢]️?|\b{_EN_SUIT}\b)"
_NAMED: Final = r"(?:先生|女士|同学|老师|小姐)"
_RANK_SIGN: Final = rf"(?<![A-Za-z0-9])(?:10|[2-9]|[AJQK])(?![A-Za-z0-9]|[ ]?{_NAMED})"
_RANK_WORD: Final = rf"\b(?:{'|'.join(RANK_WORDS.values())})s?\b"
_RANK: Final = rf"(?:{_RANK_SIGN}|(?i:{_RANK_WORD}))"
_COMMA: Final = r"(?:[ \t]*[、,，/&和][ \t]*|[ \t]+(?:and[ \t]+)?|[ \t]*,[ \t]*and[ \t]+)"
_LIST: Final = rf"{_RANK}(?:{_COMMA}{_RANK})*"
_AFTER_SUIT: Final = r"(?:[\s:：（(\[\]【】\-–—=]|的|是|有|has\b|are\b)*"
_CARDS: Final = re.compile(
    rf"(?P<ranks_of>{_LIST})[ \t]+(?i:of)[ \t]+(?:the[ \t]+)?(?P<of>(?i:{_SUIT}))"
    rf"|(?P<suit>(?i:{_SUIT})){_AFTER_SUIT}(?P<ranks>{_LIST})"
    rf"|(?P<rank_sign>(?<![A-Za-z0-9])(?:10|[2-9]|[AJQK]))(?P<sign>[♥♠♣♦♡♤♧♢])"
)
_ONE_RANK: Final = re.compile(_RANK)
_COUNT: Final = re.compile(r"(\d+)[ ]?(?:张|(?:playing )?cards\b)")

_YOU: Final = re.compile(r"你|\b(?:you|he|she|him|her)\b", re.IGNORECASE)
_IGNORANT: Final = re.compile(
    r"不(?:会|可能|能)?(?:知道|清楚|明白|确定)|[猜推判断说拿]+不|没(?:有)?(?:法|办法)|不知"
    r"|n[o']t\b|n’t\b|cannot|\bno (?:idea|way|clue)\b|\bunsure\b",
    re.IGNORECASE,
)
_KNOWS: Final = re.compile(
    r"知道|清楚|明白|确定|确信|肯定|料到|[猜推]到|[猜推]出|判断"
    r"|\b(?:knew|know|knows|known|sure|certain|aware|expecting|of course|tell|so do i|me too)\b"
    r"|\b(?:work(?:ed)?|figured?) (?:it |that )?out\b|\bgot it\b",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(r"[^。.!！?？\n”」\"]+[。.!！?？\n”」\"]?")
_QUESTION: Final = re.compile(r"[?？]\s*$|吗\s*$")


@dataclass(frozen=True, slots=True)
class Statement:
    """What a sentence says of who knows, and where it stands (characters)."""

    says: Says
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A card that a text names, and where (characters)."""

    card: Card
    start: int
    end: int


def mentions(text: str) -> Iterator[Mention]:
    """Every card that `text` names, in its order; `红桃A、Q` names two."""
    for match in _CARDS.finditer(text):
        suit = match["of"] or match["suit"] or match["sign"]
        ranks = match["ranks_of"] or match["ranks"] or match["rank_sign"]
        name = suit.removesuffix("️").lower()
        for rank in _ONE_RANK.finditer(ranks) if match["sign"] is None else (match,):
            word = (rank["rank_sign"] if match["sign"] else rank[0]).lower()
            card = Card(_SUITS[name], _RANKS[word if word in _RANKS else word.removesuffix("s")])
            yield Mention(card, match.start(), match.end())


def statements(dialogue: str) -> Iterator[Statement]:
    """Every statement about who knows, by what it says; questions are none."""
    for match in _SENTENCE.finditer(dialogue):
        sentence = match[0]
        if _QUESTION.search(sentence):
            continue
        ignorant, about_you = bool(_IGNORANT.search(sentence)), bool(_YOU.search(sentence))
        knows = bool(_KNOWS.search(sentence + " "))
        if ignorant and not about_you:
            yield Statement("ignorant", match.start(), match.end())
        elif knows:
            yield Statement("knew" if ignorant else "knows", match.start(), match.end())


def _classic(said: Iterable[Says]) -> int:
    """How many of the announcement's four statements are made, in their order."""
    made = 0
    for says in said:
        if made < len(CLASSIC) and says == CLASSIC[made]:
            made += 1
    return made


def hand(text: str) -> tuple[tuple[Card, ...], int]:
    """The cards that `text` names, and where they end; BadInputError for none, and for a hand that
    can't be.
    """
    remedy = "see `qwq puzzle new` for one"
    found = list(mentions(text))
    cards = tuple(mention.card for mention in found)
    if not cards:
        raise OtherKindError("not a card puzzle", "no playing cards in it")
    twice = next((card for card in cards if cards.count(card) > 1), None)
    if twice is not None:
        name = SUIT_WORDS[language(text)][twice.suit][0] + " " + twice.rank
        raise BadInputError(
            "not a card puzzle that can be solved", f"{name} is there twice", remedy
        )
    stated = _COUNT.search(text)
    if stated and int(stated[1]) != len(cards):
        raise BadInputError(
            "not a card puzzle that can be solved",
            f"it speaks of {stated[1]} cards, but names {len(cards)}",
            "correct one of them",
        )
    return cards, found[-1].end


def parse(text: str) -> Puzzle:
    """Read the puzzle in `text`, taking its dialogue for that of the announcement; BadInputError,
    with the reason, if it is none.

    The first speaker is taken to know the rank, the second one the suit.
    """
    cards, end = hand(text)
    made = _classic(one.says for one in statements(text[end:]))
    if made < 2:  # noqa: PLR2004 - one statement alone settles nothing
        why = "no dialogue in which one does not know the card and the other knew that"
        raise BadInputError("not a card puzzle", why, "see `qwq puzzle new` for one")
    return Puzzle(cards, made)
