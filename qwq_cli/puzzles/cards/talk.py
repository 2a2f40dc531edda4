"""Dialogues of any length and order about one card or two, and their solver.

Knows possible worlds and nothing else: a world is a set of cards that may have been picked, and a
statement that is made removes the worlds in which it would be false. `solver` is the same for the
four statements of the announcement; they check each other.
"""

import itertools
from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeAlias

from qwq_cli.puzzles.cards.puzzle import CLASSIC, Card, Knower, Says

World: TypeAlias = tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One statement."""

    speaker: Knower
    says: Says


@dataclass(frozen=True, slots=True)
class Talk:
    """A hand, how many cards were picked from it (1 or 2), and what was said. Of two cards one is
    told both ranks, the other both suits, in no order.
    """

    cards: tuple[Card, ...]
    lines: tuple[Line, ...]
    picked: int = 1

    def worlds(self) -> tuple[World, ...]:
        """Everything that may have been picked, in the hand's order."""
        return tuple(itertools.combinations(self.cards, self.picked))


def classic(statements: int) -> tuple[Line, ...]:
    """The lines of the announcement's dialogue, or of its beginning."""
    speakers: tuple[Knower, ...] = ("rank", "suit", "rank", "suit")
    return tuple(map(Line, speakers[:statements], CLASSIC[:statements]))


def sees(world: World, knower: Knower) -> tuple[str, ...]:
    """What somebody was told of it."""
    if knower == "rank":
        return tuple(sorted(card.rank for card in world))
    return tuple(sorted(card.suit for card in world))


def _cell(world: World, worlds: Collection[World], knower: Knower) -> list[World]:
    return [other for other in worlds if sees(other, knower) == sees(world, knower)]


def _true_in(
    world: World, line: Line, before: tuple[World, ...], at_first: tuple[World, ...]
) -> bool:
    """Whether a line is true, said where the worlds `before` are possible."""
    if line.says == "knew":
        other: Knower = "suit" if line.speaker == "rank" else "rank"
        could_be = _cell(world, at_first, line.speaker)
        return all(len(_cell(maybe, at_first, other)) > 1 for maybe in could_be)
    knows = len(_cell(world, before, line.speaker)) == 1
    return knows == (line.says == "knows")


def stages(talk: Talk) -> list[tuple[World, ...]]:
    """The worlds that are possible before the first line and after each of them."""
    found = [talk.worlds()]
    for line in talk.lines:
        before = found[-1]
        found.append(tuple(w for w in before if _true_in(w, line, before, found[0])))
    return found


def solve_talk(talk: Talk) -> tuple[World, ...]:
    """Everything that may have been picked, after all that was said: one, none or several."""
    return stages(talk)[-1]
