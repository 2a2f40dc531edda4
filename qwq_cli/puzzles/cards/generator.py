"""Random puzzles with one answer. Knows the reasoning by stages; knows no words for it.

The stages are what a person writes down on the way to the answer; chains of thought are made of
them. The solver shares nothing with this file, so that each checks the other.
"""

import random
from dataclasses import dataclass
from typing import Final

from qwq_cli.puzzles.cards.puzzle import RANKS, SUITS, Card, Puzzle, Rank, Suit

MIN_CARDS: Final = 8
MAX_CARDS: Final = 20
_DIALOGUES: Final = (4, 3, 2)
_DIALOGUE_WEIGHTS: Final = (0.86, 0.10, 0.04)
_FEWER_SUITS: Final = 0.15
_SORTED_RANKS: Final = 0.15
_KEEP_EASY: Final = 0.3
"""Share kept of puzzles whose last stages are trivial; drawn freely they would be the rule."""


@dataclass(frozen=True, slots=True)
class Stages:
    """What each statement leaves, suit by suit, in the order in which the hand is written.

    `holders`: the suits that hold a rank, in the order of `SUITS`. `kept`: the suits all of whose
    ranks stand in another suit too. `left_holders`: the same as `holders`, among the kept suits.
    `left`: for each kept suit its ranks that no other kept suit has.
    """

    groups: dict[Suit, tuple[Rank, ...]]
    holders: dict[Rank, tuple[Suit, ...]]
    kept: tuple[Suit, ...]
    left_holders: dict[Rank, tuple[Suit, ...]]
    left: dict[Suit, tuple[Rank, ...]]

    def answers(self, statements: int) -> tuple[Card, ...]:
        """The cards that stand after so many statements (2 to 4)."""
        if statements == 2:  # noqa: PLR2004 - the statements are counted, as in the puzzle itself
            return tuple(Card(s, r) for s in self.kept for r in self.groups[s])
        return tuple(
            Card(suit, rank)
            for suit, ranks in self.left.items()
            for rank in ranks
            if statements == 3 or len(ranks) == 1  # noqa: PLR2004
        )


def _holders(groups: dict[Suit, tuple[Rank, ...]]) -> dict[Rank, tuple[Suit, ...]]:
    return {
        rank: tuple(suit for suit in SUITS if rank in groups.get(suit, ()))
        for rank in RANKS
        if any(rank in ranks for ranks in groups.values())
    }


def stages(puzzle: Puzzle) -> Stages:
    """Work the puzzle through, stage by stage."""
    groups = puzzle.by_suit()
    holders = _holders(groups)
    kept = tuple(s for s, ranks in groups.items() if all(len(holders[r]) > 1 for r in ranks))
    left_holders = _holders({suit: groups[suit] for suit in kept})
    left = {suit: tuple(r for r in groups[suit] if len(left_holders[r]) == 1) for suit in kept}
    return Stages(groups, holders, kept, left_holders, left)


def random_hand(rng: random.Random, count: int) -> tuple[Card, ...] | None:
    """`count` cards, grouped by suit; None where the draw leaves a suit empty."""
    suit_count = 4 if rng.random() >= _FEWER_SUITS else rng.choice((2, 3, 3))
    suits = rng.sample(SUITS, suit_count)
    smallest = max(4, -(-count // suit_count))
    if smallest > len(RANKS):
        return None
    # A smaller pool of ranks makes more of them repeat; all sizes are wanted.
    pool = rng.sample(RANKS, rng.randint(smallest, len(RANKS)))
    chosen = rng.sample([Card(s, r) for s in suits for r in pool], count)
    hand: list[Card] = []
    for suit in suits:
        group = [card for card in chosen if card.suit == suit]
        if not group:
            return None
        if rng.random() < _SORTED_RANKS:
            group.sort(key=lambda card: RANKS.index(card.rank))
        hand += group
    return tuple(hand)


def _trivial(found: Stages, statements: int) -> bool:
    """One card stands before the last statement, or one suit alone is kept."""
    before = found.answers(statements - 1) if statements > 2 else ()  # noqa: PLR2004
    return len(before) == 1 or (statements == max(_DIALOGUES) and len(found.kept) == 1)


def random_puzzle(
    rng: random.Random,
    *,
    cards: tuple[int, int] = (MIN_CARDS, MAX_CARDS),
    statements: int | None = None,
) -> Puzzle:
    """A puzzle with exactly one answer; `cards` bounds the size of the hand, both ends included.

    All randomness comes from `rng`. `statements` None draws 4, 3 or 2, mostly 4.
    """
    length = statements or rng.choices(_DIALOGUES, _DIALOGUE_WEIGHTS)[0]
    while True:
        hand = random_hand(rng, rng.randint(*cards))
        if hand is None:
            continue
        puzzle = Puzzle(hand, length)
        found = stages(puzzle)
        if len(found.answers(length)) != 1:
            continue
        if _trivial(found, length) and rng.random() >= _KEEP_EASY:
            continue
        return puzzle
