"""What guards say of texts, each of them one row of figures: where a verdict came, and how late.

Knows no guard by name, and no text.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from benchmarks.loops_data import Ruler, Trace
from benchmarks.loops_score import judge
from qwq_cli.stream.guard import Guard, Verdict

Guards: TypeAlias = Mapping[str, Callable[[str], Guard]]
"""By name: makes one for the answer to a question."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One guard's verdict on one text, after `tokens` of `of` tokens. `late`: the tokens from the
    place where the first copy begins; None without a verdict, or without a copy before it.
    """

    name: str
    kind: str
    verdict: Verdict | None
    tokens: int
    of: int
    late: int | None


Readings: TypeAlias = dict[str, list[Reading]]
"""By guard."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Texts that repeat for ever. The goal: `share` of them end `within` tokens."""

    readings: Readings
    within: int
    share: float

    def soon(self, one: Reading) -> bool:
        """Whether a guard ended one of them soon enough."""
        return one.late is not None and one.late <= self.within

    def rates(self, name: str) -> dict[str, float]:
        """By kind, and of all: the share of them that one guard ended soon enough."""
        kinds: dict[str, list[bool]] = {}
        for one in self.readings[name]:
            for kind in (one.kind, "all"):
                kinds.setdefault(kind, []).append(self.soon(one))
        return {kind: sum(those) / len(those) for kind, those in kinds.items()}


def read(guards: Guards, texts: Iterable[tuple[Trace, str]]) -> Readings:
    """Every guard on every text; with each stands its question."""
    readings: Readings = {name: [] for name in guards}
    for number, (trace, asked) in enumerate(texts, 1):
        before = None if trace.onset is None else Ruler(trace).tokens_to(trace.onset)
        for name, make in guards.items():
            said = judge(make(asked), trace)
            late = said.tokens - before if said.verdict and before is not None else 0
            row = Reading(
                trace.name,
                trace.kind,
                said.verdict,
                said.tokens,
                len(trace.tokens),
                late if late > 0 else None,
            )
            readings[name].append(row)
        if sys.stderr.isatty():
            print(f"\r{number:,} texts ", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr, flush=True)
    return readings


def changed(readings: Iterable[Reading]) -> Counter[str]:
    """The kinds on which there was a verdict, and on how many texts of each."""
    return Counter(one.kind for one in readings if one.verdict)
