"""People and what they claim of one another, and the solver. Knows no words but the answer's.

The solver tries every way in which the people may be knights and knaves.
"""

import itertools
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from qwq_cli.puzzles.words import Language

Role: TypeAlias = Literal["knight", "knave"]
Op: TypeAlias = Literal["all", "some", "same", "differ", "count"]
Roles: TypeAlias = tuple[tuple[str, Role], ...]
"""The answer: each name with its role, in the puzzle's order."""

ROLES: Final[tuple[Role, ...]] = ("knight", "knave")
ROLE_WORDS: Final[dict[Language, dict[Role, str]]] = {
    "zh": {"knight": "骑士", "knave": "无赖"},
    "en": {"knight": "a knight", "knave": "a knave"},
}
MOST_PEOPLE: Final = 8


@dataclass(frozen=True, slots=True)
class Claim:
    """all: everyone in `who` has the role. some: at least one of them. same, differ: the two in
    `who`. count: exactly `count` of `who`. `who` are places in the puzzle's names, rising.
    """

    op: Op
    who: tuple[int, ...]
    role: Role = "knight"
    count: int = 0

    def holds(self, roles: tuple[Role, ...]) -> bool:
        """Whether it is true where the people are what `roles` says."""
        among = [roles[place] for place in self.who]
        match self.op:
            case "all":
                return all(role == self.role for role in among)
            case "some":
                return self.role in among
            case "same":
                return among[0] == among[1]
            case "differ":
                return among[0] != among[1]
            case "count":
                return among.count(self.role) == self.count


@dataclass(frozen=True, slots=True)
class Puzzle:
    """`claims` are pairs of who speaks (a place in `names`) and what is said."""

    names: tuple[str, ...]
    claims: tuple[tuple[int, Claim], ...]


def solve(puzzle: Puzzle) -> tuple[Roles, ...]:
    """Every way in which knights have told the truth and knaves have not."""
    return tuple(
        tuple(zip(puzzle.names, roles, strict=True))
        for roles in itertools.product(ROLES, repeat=len(puzzle.names))
        if all(claim.holds(roles) == (roles[who] == "knight") for who, claim in puzzle.claims)
    )


def say(roles: Roles, lang: Language) -> str:
    """`小明是骑士，小红是无赖`; `Alice is a knight, Bob is a knave`."""
    verb, comma = ("是", "，") if lang == "zh" else (" is ", ", ")
    return comma.join(f"{name}{verb}{ROLE_WORDS[lang][role]}" for name, role in roles)
