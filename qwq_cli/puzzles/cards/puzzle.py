"""Cards, hands and puzzles, and what people call suits and ranks. Knows nothing of reasoning.

The puzzle: somebody picks one card of a hand that everyone has seen, tells one person (P) its rank
and another (Q) its suit; what the two then say tells a listener which card it is.
"""

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from qwq_cli.puzzles.words import Language

Suit: TypeAlias = Literal["H", "S", "C", "D"]
Rank: TypeAlias = Literal["A", "2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K"]

Knower: TypeAlias = Literal["rank", "suit"]
"""The one who was told the rank, or the suit."""

Says: TypeAlias = Literal["ignorant", "knew", "knows"]
"""ignorant: I don't know. knew: I knew from the start that you don't know. knows: now I know."""
CLASSIC: Final[tuple[Says, ...]] = ("ignorant", "knew", "knows", "knows")
"""What the announcement's speakers say in turn."""

SUITS: Final[tuple[Suit, ...]] = get_args(Suit)
RANKS: Final[tuple[Rank, ...]] = get_args(Rank)

SUIT_WORDS: Final[dict[Language, dict[Suit, tuple[str, ...]]]] = {
    "zh": {
        "H": ("红桃", "红心"),
        "S": ("黑桃", "葵扇"),
        "C": ("草花", "梅花"),
        "D": ("方块", "方片"),
    },
    "en": {
        "H": ("Hearts", "Heart"),
        "S": ("Spades", "Spade"),
        "C": ("Clubs", "Club"),
        "D": ("Diamonds", "Diamond"),
    },
}
"""The usual word first; every word of a suit is read, whatever the language of the text."""

SUIT_SIGNS: Final[dict[Suit, str]] = {"H": "♥", "S": "♠", "C": "♣", "D": "♦"}
HOLLOW_SUIT_SIGNS: Final[dict[Suit, str]] = {"H": "♡", "S": "♤", "C": "♧", "D": "♢"}

RANK_WORDS: Final[dict[Rank, str]] = {
    "A": "Ace",
    "2": "Two",
    "3": "Three",
    "4": "Four",
    "5": "Five",
    "6": "Six",
    "7": "Seven",
    "8": "Eight",
    "9": "Nine",
    "10": "Ten",
    "J": "Jack",
    "Q": "Queen",
    "K": "King",
}
_COURT: Final[tuple[Rank, ...]] = ("A", "J", "Q", "K")


class Card(NamedTuple):
    """One playing card; a plain pair, so that a hand is a set of them."""

    suit: Suit
    rank: Rank


def card_name(card: Card, lang: Language, suit_word: str | None = None) -> str:
    """What one calls the card: `方块5`, `5 of Diamonds`, `Queen of Hearts`."""
    suit = suit_word or SUIT_WORDS[lang][card.suit][0]
    if lang == "zh":
        return suit + card.rank
    rank = RANK_WORDS[card.rank] if card.rank in _COURT else card.rank
    return f"{rank} of {suit}"


@dataclass(frozen=True, slots=True)
class Puzzle:
    """A hand, in the order in which it is written, and how many statements P and Q make.

    The statements, in their order: P does not know the card; Q knew that P does not know it;
    now P knows it; now Q knows it too. Two, three or all four of them are made.
    """

    cards: tuple[Card, ...]
    statements: int = 4

    @property
    def hand(self) -> frozenset[Card]:
        """The cards without their order."""
        return frozenset(self.cards)

    def by_suit(self) -> dict[Suit, tuple[Rank, ...]]:
        """Ranks by suit, both in the order in which they are written."""
        groups: dict[Suit, list[Rank]] = {}
        for card in self.cards:
            groups.setdefault(card.suit, []).append(card.rank)
        return {suit: tuple(ranks) for suit, ranks in groups.items()}
