"""Linear equations as they are written, and the solver. Knows signs, no words.

The solver reduces the matrix of coefficients with exact fractions.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

Terms: TypeAlias = tuple[tuple[int, str], ...]
"""Coefficients, each with its unknown, or with "" for a plain number."""
Form: TypeAlias = tuple[dict[str, Fraction], Fraction]
"""Coefficients of the unknowns on the left, and what stands on the right."""
Values: TypeAlias = tuple[tuple[str, Fraction], ...]
"""The answer: each unknown with its value, by name."""

MOST_UNKNOWNS: Final = 4


@dataclass(frozen=True, slots=True)
class Part:
    """A sum of terms, in brackets where `factor` is given."""

    terms: Terms
    factor: int | None = None

    def spread(self) -> Terms:
        """Without brackets."""
        factor = 1 if self.factor is None else self.factor
        return tuple((factor * coefficient, name) for coefficient, name in self.terms)


Side: TypeAlias = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Equation:
    """Two sides."""

    left: Side
    right: Side

    def form(self) -> Form:
        """All unknowns on the left, all numbers on the right."""
        sums: dict[str, Fraction] = {}
        for sign, side in ((1, self.left), (-1, self.right)):
            for part in side:
                for coefficient, name in part.spread():
                    sums[name] = sums.get(name, Fraction(0)) + sign * coefficient
        right = -sums.pop("", Fraction(0))
        return {name: value for name, value in sums.items() if value}, right


@dataclass(frozen=True, slots=True)
class Puzzle:
    """Equations that hold together."""

    equations: tuple[Equation, ...]

    @property
    def unknowns(self) -> tuple[str, ...]:
        """By name."""
        return unknowns(self.equations)


def unknowns(equations: Iterable[Equation]) -> tuple[str, ...]:
    """Every unknown that is written, by name."""
    parts = (part for e in equations for part in (*e.left, *e.right))
    return tuple(sorted({name for part in parts for _, name in part.terms if name}))


def simple(terms: Iterable[tuple[int, str]]) -> Side:
    """A side without brackets."""
    return tuple(Part((term,)) for term in terms)


# ------------------------------------------------------------------------------------- solver


def solve(puzzle: Puzzle) -> tuple[Values, ...]:
    """The only values, none, or two examples where there are endlessly many."""
    names = puzzle.unknowns
    rows = []
    for equation in puzzle.equations:
        coefficients, right = equation.form()
        rows.append([*(coefficients.get(name, Fraction(0)) for name in names), right])
    pivots = _reduce(rows, len(names))
    if any(row[-1] and not any(row[:-1]) for row in rows):
        return ()
    one = _values(rows, pivots, names, Fraction(0))
    if len(pivots) == len(names):
        return (one,)
    return (one, _values(rows, pivots, names, Fraction(1)))


def _reduce(rows: list[list[Fraction]], width: int) -> dict[int, int]:
    """Gauss and Jordan, in place; which row has each pivot column."""
    pivots: dict[int, int] = {}
    for column in range(width):
        top = len(pivots)
        found = next((n for n in range(top, len(rows)) if rows[n][column]), None)
        if found is None:
            continue
        rows[top], rows[found] = rows[found], rows[top]
        rows[top] = [value / rows[top][column] for value in rows[top]]
        for n, row in enumerate(rows):
            if n != top and row[column]:
                rows[n] = [a - row[column] * b for a, b in zip(row, rows[top], strict=True)]
        pivots[column] = top
    return pivots


def _values(
    rows: list[list[Fraction]], pivots: dict[int, int], names: tuple[str, ...], free: Fraction
) -> Values:
    """The solution where every free unknown has the value `free`."""
    frees = [column for column in range(len(names)) if column not in pivots]
    return tuple(
        (
            name,
            free
            if column in frees
            else rows[pivots[column]][-1] - sum(free * rows[pivots[column]][f] for f in frees),
        )
        for column, name in enumerate(names)
    )


# ------------------------------------------------------------------------------------ written


def write_terms(terms: Iterable[tuple[int, str]]) -> str:
    """`3x+5`, `-x`, `0`."""
    text = ""
    for coefficient, name in terms:
        sign = "-" if coefficient < 0 else "+" if text else ""
        size = abs(coefficient)
        text += sign + (name if name and size == 1 else f"{size}{name}")
    return text or "0"


def write_side(side: Side) -> str:
    """`3(x+2)-5`."""
    text = ""
    for part in side:
        if part.factor is None:
            piece = write_terms(part.terms)
        else:
            factor = {1: "", -1: "-"}.get(part.factor, str(part.factor))
            piece = f"{factor}({write_terms(part.terms)})"
        text += piece if piece.startswith("-") or not text else f"+{piece}"
    return text


def write(equation: Equation) -> str:
    """`3x+5=20`."""
    return f"{write_side(equation.left)}={write_side(equation.right)}"


def say(values: Values, lang: str) -> str:
    """`x=5，y=2`; `x = 5, y = 2`."""
    comma, equals = ("，", "=") if lang == "zh" else (", ", " = ")
    return comma.join(f"{name}{equals}{value}" for name, value in values)
