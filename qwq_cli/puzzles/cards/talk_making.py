"""Dialogues at random, with one answer. Counts views; shares no code with the solver."""

import itertools
import random
from collections import Counter
from typing import Final

from qwq_cli.puzzles.cards.generator import random_hand
from qwq_cli.puzzles.cards.puzzle import Card, Knower, Says
from qwq_cli.puzzles.cards.talk import Line, Talk, World

_PATTERNS: Final[tuple[tuple[Says, ...], ...]] = (
    ("ignorant", "knew", "knows", "knows"),
    ("ignorant", "knew", "knows"),
    ("ignorant", "ignorant", "knows"),
    ("ignorant", "ignorant", "knows", "knows"),
    ("ignorant", "ignorant", "ignorant", "knows"),
    ("ignorant", "ignorant", "ignorant", "knows", "knows"),
    ("ignorant", "ignorant", "ignorant", "ignorant", "knows"),
    ("ignorant", "knows", "knows"),
)
_HANDS: Final = {1: (7, 14), 2: (5, 6)}
_TWO_CARDS: Final = 0.4


def _view(world: World, knower: Knower) -> tuple[str, ...]:
    return tuple(sorted(c.rank if knower == "rank" else c.suit for c in world))


def _left(worlds: list[World], line: Line, at_first: list[World]) -> list[World]:
    """What a line leaves, by counting who sees what."""
    if line.says == "knew":
        other: Knower = "suit" if line.speaker == "rank" else "rank"
        counts = Counter(_view(world, other) for world in at_first)
        giving_away = {
            _view(world, line.speaker) for world in at_first if counts[_view(world, other)] == 1
        }
        return [world for world in worlds if _view(world, line.speaker) not in giving_away]
    counts = Counter(_view(world, line.speaker) for world in worlds)
    alone = line.says == "knows"
    return [world for world in worlds if (counts[_view(world, line.speaker)] == 1) == alone]


def _attempt(rng: random.Random) -> tuple[Talk, list[World], bool]:
    """A dialogue, what it leaves, and whether it is the classic one, which is no news."""
    picked = 2 if rng.random() < _TWO_CARDS else 1
    hand: tuple[Card, ...] | None = None
    while hand is None:
        hand = random_hand(rng, rng.randint(*_HANDS[picked]))
    pattern = rng.choice(_PATTERNS)
    turns: tuple[Knower, Knower] = ("rank", "suit")
    if rng.random() < 0.5:  # noqa: PLR2004 - half each
        turns = ("suit", "rank")
    lines = tuple(Line(turns[n % 2], says) for n, says in enumerate(pattern))
    worlds = at_first = list(itertools.combinations(hand, picked))
    for line in lines:
        worlds = _left(worlds, line, at_first)
    known = picked == 1 and turns[0] == "rank" and pattern[1] == "knew"
    return Talk(hand, lines, picked), worlds, known


def random_talk(rng: random.Random) -> tuple[Talk, World]:
    """A dialogue that is not the announcement's, and the one thing that it leaves possible."""
    while True:
        talk, worlds, known = _attempt(rng)
        if len(worlds) == 1 and not known:
            return talk, worlds[0]


def spoilt_talk(rng: random.Random) -> Talk:
    """A dialogue that leaves nothing possible, or several things."""
    while True:
        talk, worlds, known = _attempt(rng)
        if len(worlds) != 1 and not known:
            return talk
