"""A detector's answers on the traces, and the figures made of them. Knows no detector by name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TypeAlias

from benchmarks.loops_data import COPIES, Ruler, Trace
from benchmarks.measure import median
from qwq_cli.stream.guard import Guard, Verdict


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a detector said of one trace: `verdict`, after `tokens` tokens, or None after all."""

    trace: Trace
    verdict: Verdict | None
    tokens: int

    @property
    def early(self) -> bool:
        """Whether it was found before it began."""
        onset, found = self.trace.onset, self.verdict
        return found is not None and onset is not None and found.detected_at <= onset


@dataclass(frozen=True, slots=True)
class Lag:
    """A loop of copies that follow each other, found in it. `period`: tokens from the first copy to
    the second. `delay`: tokens from where the second starts to the verdict, 0 for one that came in
    the first already. `cut`: how far the verdict's `repeat_at` lies behind where the second
    starts, in periods.
    """

    period: int
    delay: int
    cut: float


Judged: TypeAlias = dict[str, tuple[Outcome, ...]]
"""Outcomes by set of traces."""


def judge(detector: Guard, trace: Trace) -> Outcome:
    """Feed one trace, up to the first verdict or its end."""
    guard = detector.fresh()
    for fed, token in enumerate(trace.tokens, 1):
        verdict = guard.watch(token)
        if verdict is not None:
            return Outcome(trace, verdict, fed)
    return Outcome(trace, None, len(trace.tokens))


def lag(outcome: Outcome) -> Lag | None:
    """How late it came; None if nothing was found, or before the copies, or none are known."""
    trace, verdict = outcome.trace, outcome.verdict
    if verdict is None or trace.onset is None or trace.second is None or outcome.early:
        return None
    ruler = Ruler(trace)
    second = ruler.tokens_to(trace.second)
    return Lag(
        period=max(1, second - ruler.tokens_to(trace.onset)),
        delay=max(0, outcome.tokens - second),
        cut=(verdict.repeat_at - trace.second) / (trace.second - trace.onset),
    )


def of_kinds(outcomes: Iterable[Outcome], kinds: Iterable[str]) -> tuple[Outcome, ...]:
    """Those whose trace is of one of the kinds."""
    wanted = set(kinds)
    return tuple(outcome for outcome in outcomes if outcome.trace.kind in wanted)


def found(outcomes: Iterable[Outcome]) -> int:
    """In how many there was a verdict."""
    return sum(outcome.verdict is not None for outcome in outcomes)


def recall(outcomes: Sequence[Outcome]) -> float:
    """The share with a verdict; 0 of none."""
    return found(outcomes) / max(1, len(outcomes))


def p95(values: Iterable[float]) -> float:
    """The value that at most one in twenty exceeds."""
    ordered = sorted(values)
    return ordered[ceil(0.95 * len(ordered)) - 1]


def summary(judged: Judged) -> dict[str, object]:
    """One detector's figures; those of the delay are missing where no loop of copies was found."""
    loops = judged["loops"]
    copies = of_kinds(loops, COPIES)
    others = of_kinds(loops, {outcome.trace.kind for outcome in loops} - set(COPIES))
    read = sum(outcome.tokens for outcome in loops)
    figures: dict[str, object] = {
        "recall_copies": recall(copies),
        "recall_others": recall(others),
        "found": {name: found(outcomes) for name, outcomes in judged.items()},
        "periodic": sum(outcome.trace.second is not None for outcome in loops),
        "early": sum(outcome.early for outcome in loops),
        "saved": 1 - read / sum(len(outcome.trace.tokens) for outcome in loops),
    }
    lags = [one for one in map(lag, loops) if one is not None]
    if lags:
        figures |= {
            "lags": len(lags),
            "delay_tokens_median": median([one.delay for one in lags]),
            "delay_tokens_p95": p95(one.delay for one in lags),
            "delay_periods_median": median([one.delay / one.period for one in lags]),
            "delay_periods_p95": p95(one.delay / one.period for one in lags),
            "delay_past_a_period_p95": p95(one.delay - one.period for one in lags),
            "cut_periods_median": median([one.cut for one in lags]),
            "cut_periods_p95": p95(abs(one.cut) for one in lags),
            "cut_within_a_period": sum(abs(one.cut) <= 1 for one in lags) / len(lags),
        }
    return figures
