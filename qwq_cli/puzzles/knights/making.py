"""Knights and knaves at random, with one answer. Knows worlds as bits; shares no code with the
solver.

A world is a number whose bit for each person says whether they are a knight, and a claim is the set
of worlds where it is true, as bits again.
"""

import random
from typing import Final

from qwq_cli.puzzles.knights.puzzle import ROLES, Claim, Op, Role
from qwq_cli.puzzles.words import Difficulty

_PEOPLE: Final[dict[Difficulty, int]] = {"easy": 2, "medium": 3, "hard": 4}
_OPS: Final[dict[Difficulty, tuple[Op, ...]]] = {
    "easy": ("all", "all", "same", "differ", "some"),
    "medium": ("all", "all", "same", "differ", "some", "count"),
    "hard": ("all", "same", "differ", "some", "count", "count"),
}
_ALONE: Final = 0.6
"""Share of claims of one person's role among those of `all`."""
_SHUFFLED: Final = 0.3
"""Share of puzzles whose people don't speak in the order in which they are named."""


def _claim(rng: random.Random, speaker: int, people: int, ops: tuple[Op, ...]) -> Claim:
    op = rng.choice(ops)
    role: Role = rng.choice(("knight", "knave"))
    others = [place for place in range(people) if place != speaker]
    everyone = tuple(range(people))
    if op in {"same", "differ"}:
        return Claim(op, tuple(sorted(rng.sample(everyone, 2))))
    if op == "count":
        return Claim(op, everyone, role, rng.randint(0, people))
    if op == "all" and rng.random() < _ALONE:
        return Claim(op, (rng.choice(others),), role)
    size = rng.randint(2, people)
    return Claim(op, tuple(sorted(rng.sample(everyone, size))), role)


def _true_in(claim: Claim, people: int) -> int:
    """The worlds where the claim is true, a bit each."""
    mask = sum(1 << place for place in claim.who)
    size, found = len(claim.who), 0
    for world in range(1 << people):
        knights = (world & mask).bit_count()
        having = knights if claim.role == "knight" else size - knights
        true = {
            "all": having == size,
            "some": having > 0,
            "same": knights != 1,
            "differ": knights == 1,
            "count": having == claim.count,
        }[claim.op]
        found |= true << world
    return found


def _drawn(rng: random.Random, difficulty: Difficulty) -> tuple[list[Claim], list[int]]:
    """A claim of each person, and the worlds that are possible."""
    people = _PEOPLE[difficulty]
    claims = [_claim(rng, who, people, _OPS[difficulty]) for who in range(people)]
    truths = [_true_in(claim, people) for claim in claims]
    possible = [
        world
        for world in range(1 << people)
        if all((truth >> world & 1) == (world >> who & 1) for who, truth in enumerate(truths))
    ]
    return claims, possible


def _in_some_order(rng: random.Random, claims: list[Claim]) -> tuple[tuple[int, Claim], ...]:
    order = list(range(len(claims)))
    if rng.random() < _SHUFFLED:
        rng.shuffle(order)
    return tuple((who, claims[who]) for who in order)


def draw(
    rng: random.Random, difficulty: Difficulty
) -> tuple[tuple[tuple[int, Claim], ...], tuple[Role, ...]]:
    """A claim of each person, so that one world alone is possible, and that world."""
    while True:
        claims, possible = _drawn(rng, difficulty)
        if len(possible) == 1:
            break
    roles = tuple(ROLES[1 - (possible[0] >> place & 1)] for place in range(len(claims)))
    return _in_some_order(rng, claims), roles


def spoil(rng: random.Random, difficulty: Difficulty) -> tuple[tuple[int, Claim], ...]:
    """Claims that leave no world possible, or several."""
    while True:
        claims, possible = _drawn(rng, difficulty)
        if len(possible) != 1:
            return _in_some_order(rng, claims)
