"""Formulas, what is asked of them, and the solver. Knows signs, no words but the answer's.

The solver evaluates the formula in every row of its table.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from qwq_cli.puzzles.words import Language

Op: TypeAlias = Literal["∧", "∨", "→", "↔"]
OPS: Final[tuple[Op, ...]] = ("↔", "→", "∨", "∧")
"""The one that binds least first."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A letter."""

    name: str


@dataclass(frozen=True, slots=True)
class Not:
    """Its opposite."""

    of: "Formula"


@dataclass(frozen=True, slots=True)
class Joined:
    """Two formulas, and what joins them."""

    op: Op
    left: "Formula"
    right: "Formula"


Formula: TypeAlias = Variable | Not | Joined
Row: TypeAlias = Mapping[str, bool]
Ask: TypeAlias = Literal["value", "count", "class"]
Class: TypeAlias = Literal["tautology", "contradiction", "contingent"]
Answer: TypeAlias = bool | int | Class

MOST_VARIABLES: Final = 6


@dataclass(frozen=True, slots=True)
class Puzzle:
    """value: is it true where the variables are as `given`. count: in how many rows it is true, or
    false, which `counted` says. class: always, never, or now and then; `asked` is the one class
    that a question for yes or no names.
    """

    formula: Formula
    ask: Ask
    given: tuple[tuple[str, bool], ...] = ()
    counted: bool = True
    asked: Class | None = None


def variables(formula: Formula) -> tuple[str, ...]:
    """By name."""
    match formula:
        case Variable(name):
            return (name,)
        case Not(of):
            return variables(of)
        case Joined(_, left, right):
            return tuple(sorted({*variables(left), *variables(right)}))


def value(formula: Formula, row: Row) -> bool:
    """Whether it is true in a row."""
    match formula:
        case Variable(name):
            return row[name]
        case Not(of):
            return not value(of, row)
        case Joined(op, left, right):
            return joined(op, value(left, row), value(right, row))


def joined(op: Op, left: bool, right: bool) -> bool:  # noqa: FBT001 - they are operands
    """What a sign makes of two values."""
    match op:
        case "∧":
            return left and right
        case "∨":
            return left or right
        case "→":
            return right or not left
        case "↔":
            return left == right


def rows(names: tuple[str, ...]) -> list[dict[str, bool]]:
    """The rows of a table, true first."""
    table = itertools.product((True, False), repeat=len(names))
    return [dict(zip(names, line, strict=True)) for line in table]


def solve(puzzle: Puzzle) -> tuple[Answer, ...]:
    """The answer; both values where the given ones do not settle it."""
    given = dict(puzzle.given)
    table = [
        row
        for row in rows(variables(puzzle.formula))
        if all(row[name] == given.get(name, row[name]) for name in row)
    ]
    found = [value(puzzle.formula, row) for row in table]
    if puzzle.ask == "value":
        return tuple(dict.fromkeys(found))
    if puzzle.ask == "count":
        return (found.count(puzzle.counted),)
    return ("tautology" if all(found) else "contingent" if any(found) else "contradiction",)


def write(formula: Formula) -> str:
    """`¬p∧(q→r)`: brackets around all that is joined inside, but the formula itself."""
    return _write(formula, outside=True)


def _write(formula: Formula, *, outside: bool = False) -> str:
    match formula:
        case Variable(name):
            return name
        case Not(of):
            return f"¬{_write(of)}"
        case Joined(op, left, right):
            text = f"{_write(left)}{op}{_write(right)}"
            return text if outside else f"({text})"


TRUTHS: Final[dict[Language, dict[bool, str]]] = {
    "zh": {True: "真", False: "假"},
    "en": {True: "true", False: "false"},
}
CLASSES: Final[dict[Language, dict[Class, str]]] = {
    "zh": {"tautology": "永真式", "contradiction": "永假式", "contingent": "可真可假"},
    "en": {
        "tautology": "a tautology",
        "contradiction": "a contradiction",
        "contingent": "contingent",
    },
}


def say(answer: Answer, lang: Language) -> str:
    """`真`, `3`, `a tautology`."""
    if isinstance(answer, bool):
        return TRUTHS[lang][answer]
    return str(answer) if isinstance(answer, int) else CLASSES[lang][answer]
