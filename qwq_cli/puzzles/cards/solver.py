"""The solver: which cards are possible after the dialogue. Knows nothing of suits kept or dropped.

It works on possible worlds alone, so that it checks the generator instead of repeating it. A world
is one card; P can't tell worlds of one rank apart, Q none of one suit; a statement that is made
removes the worlds in which it would be false (J. A. Plaza, Logics of public communications, 1989).
"""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from qwq_cli.puzzles.cards.puzzle import Card, Puzzle

Worlds: TypeAlias = frozenset[Card]
_Knower: TypeAlias = Callable[[Card], str]


def _rank(card: Card) -> str:
    return card.rank


def _suit(card: Card) -> str:
    return card.suit


def _cell(world: Card, worlds: Worlds, sees: _Knower) -> Worlds:
    """The worlds that somebody who `sees` can't tell from `world`."""
    return frozenset(other for other in worlds if sees(other) == sees(world))


def _knows(world: Card, worlds: Worlds, sees: _Knower) -> bool:
    return len(_cell(world, worlds, sees)) == 1


def _keep(worlds: Worlds, true_in: Callable[[Card], bool]) -> Worlds:
    return frozenset(world for world in worlds if true_in(world))


def possible(hand: Iterable[Card], statements: int) -> list[Worlds]:
    """The possible cards before the first statement and after each one of them.

    `statements` is 0 to 4. Q's first statement is about what Q knew from the start, before P had
    said anything; else it would be empty, since P's own words had just made it known.
    """
    start: Worlds = frozenset(hand)
    stages = [start]

    def p_ignorant(world: Card) -> bool:
        return not _knows(world, start, _rank)

    def q_knew(world: Card) -> bool:
        return all(p_ignorant(other) for other in _cell(world, start, _suit))

    if statements >= 1:
        stages.append(_keep(start, p_ignorant))
    if statements >= 2:  # noqa: PLR2004 - the statements are counted, as in the puzzle itself
        stages.append(_keep(stages[-1], q_knew))
    for number, sees in ((3, _rank), (4, _suit)):
        if statements >= number:
            before = stages[-1]
            stages.append(frozenset(w for w in before if _knows(w, before, sees)))
    return stages


def solve(puzzle: Puzzle) -> tuple[Card, ...]:
    """Every card that the dialogue leaves possible, in the hand's order: one, none or several."""
    left = possible(puzzle.hand, puzzle.statements)[-1]
    return tuple(card for card in puzzle.cards if card in left)
