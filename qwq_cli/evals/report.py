"""Figures of grades: shares with their intervals, by kind, language, difficulty and wording.

Knows statistics; knows neither how a puzzle is graded nor how a table looks.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from qwq_cli.evals.generations import Record
from qwq_cli.evals.grading import Grade, grade
from qwq_cli.puzzles.words import DIFFICULTIES, KINDS, LANGUAGES, WORDINGS

_Z: Final = 1.959964
ALL: Final = "all"
"""Of a row that adds others up."""
_ORDERS: Final[tuple[tuple[str, ...], ...]] = (KINDS, LANGUAGES, DIFFICULTIES, WORDINGS)


def wilson(successes: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share (E. B. Wilson, 1927)."""
    if total == 0:
        return 0.0, 1.0
    share, z2 = successes / total, _Z**2
    centre = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = _Z * math.sqrt(share * (1 - share) / total + z2 / (4 * total**2)) / (1 + z2 / total)
    low = 0.0 if successes == 0 else centre - half  # as it is but for rounding
    return low, 1.0 if successes == total else centre + half


@dataclass(slots=True)
class Row:
    """The counts of one sort of puzzles asked of one model in one way."""

    model: str
    kind: str
    lang: str
    difficulty: str
    wording: str
    unsolvable: bool
    total: int = 0
    right: int = 0
    wrong: int = 0
    silent: int = 0
    failed: int = 0
    truncated: int = 0
    looped: int = 0
    mixed: int = 0
    tokens: int = 0
    seconds: float = 0.0

    def add(self, one: Grade) -> None:
        """Count it."""
        self.total += 1
        setattr(self, one.outcome, getattr(self, one.outcome) + 1)
        self.truncated += one.truncated
        self.looped += one.looped
        self.mixed += one.mixed
        self.tokens += one.tokens
        self.seconds += one.seconds

    @property
    def interval(self) -> tuple[float, float]:
        """Of the share that is right."""
        return wilson(self.right, self.total)

    def as_json(self) -> dict[str, object]:
        """By name, with shares."""
        low, high = self.interval
        return {
            "model": self.model,
            "kind": self.kind,
            "lang": self.lang,
            "difficulty": self.difficulty,
            "wording": self.wording,
            "unsolvable": self.unsolvable,
            "total": self.total,
            "right": self.right,
            "share": round(self.right / max(1, self.total), 4),
            "share_95": [round(low, 4), round(high, 4)],
            "wrong": self.wrong,
            "no_answer": self.silent,
            "failed": self.failed,
            "truncated": self.truncated,
            "looped": self.looped,
            "language_mixed": self.mixed,
            "tokens_each": round(self.tokens / max(1, self.total), 1),
            "seconds_each": round(self.seconds / max(1, self.total), 3),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """The rows, sorted, sums behind what they add up; runs by their names; what went wrong."""

    rows: tuple[Row, ...]
    runs: Mapping[str, Mapping[str, Any]]
    mistakes: tuple[tuple[Record, Grade], ...]

    def as_json(self) -> dict[str, object]:
        """All but the mistakes."""
        return {"runs": self.runs, "rows": [row.as_json() for row in self.rows]}


def report(records: Iterable[Record]) -> Report:
    """Grade all of them and count. Runs of one model that differ in anything have names apart."""
    rows: dict[tuple[object, ...], Row] = {}
    runs: dict[str, Mapping[str, Any]] = {}
    mistakes: list[tuple[Record, Grade]] = []
    for record in records:
        one, item = grade(record), record["item"]
        model = _named(record["run"], runs)
        if one.outcome != "right":
            mistakes.append((record, one))
        for difficulty in (item["difficulty"], ALL):
            sort = (item["kind"], item["lang"], difficulty, item["wording"])
            key = (model, *sort, item["unsolvable"])
            rows.setdefault(key, Row(model, *sort, item["unsolvable"])).add(one)
    return Report(tuple(_sorted(list(rows.values()))), runs, tuple(mistakes))


def _named(run: Mapping[str, Any], runs: dict[str, Mapping[str, Any]]) -> str:
    """The run's model, with a number behind it from the second run of that model on."""
    number, name = 1, str(run["model"])
    while runs.setdefault(name, run) != run:
        number += 1
        name = f"{run['model']} ({number})"
    return name


def _sorted(rows: list[Row]) -> list[Row]:
    """A sum of one difficulty alone goes."""
    counts: dict[tuple[object, ...], int] = {}
    for row in rows:
        whole = (row.model, row.kind, row.lang, row.wording, row.unsolvable)
        counts[whole] = counts.get(whole, 0) + (row.difficulty != ALL)

    def place(row: Row) -> tuple[object, ...]:
        sort = (row.kind, row.lang, row.difficulty, row.wording)
        kind, lang, difficulty, wording = (
            order.index(value) if value in order else len(order)
            for value, order in zip(sort, _ORDERS, strict=True)
        )
        return (row.model, kind, row.unsolvable, wording, lang, difficulty)

    return sorted(
        (
            row
            for row in rows
            if row.difficulty != ALL
            or counts[(row.model, row.kind, row.lang, row.wording, row.unsolvable)] > 1
        ),
        key=place,
    )
