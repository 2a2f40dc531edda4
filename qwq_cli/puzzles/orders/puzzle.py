"""Comparisons of people and what is asked about their order, and the solver.

The solver tries every order.
"""

import itertools
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from qwq_cli.puzzles.words import Language

Relation: TypeAlias = Literal["age", "height", "speed", "weight", "wealth"]
Ask: TypeAlias = int | Literal["down", "up"]
"""n: who is the n-th from the greatest; -n: from the least. down, up: the whole order, from the
greatest or from the least."""
Answer: TypeAlias = tuple[str, ...]
"""One name, or all of them in their order."""

MOST_PEOPLE: Final = 8


@dataclass(frozen=True, slots=True)
class Puzzle:
    """`names` as they are first mentioned; `clues` are pairs of (greater, less)."""

    names: tuple[str, ...]
    relation: Relation
    clues: tuple[tuple[str, str], ...]
    ask: Ask


def _asked(order: tuple[str, ...], ask: Ask) -> Answer:
    if ask == "down":
        return order
    if ask == "up":
        return order[::-1]
    return (order[ask - 1 if ask > 0 else ask],)


def solve(puzzle: Puzzle) -> tuple[Answer, ...]:
    """Every answer that some order allows which keeps to all clues."""
    answers = {
        _asked(order, puzzle.ask): None
        for order in itertools.permutations(puzzle.names)
        if all(order.index(greater) < order.index(less) for greater, less in puzzle.clues)
    }
    return tuple(answers)


def say(answer: Answer, lang: Language) -> str:
    """`小明`; `Alice, Bob, Carol`."""
    return ("、" if lang == "zh" else ", ").join(answer)
