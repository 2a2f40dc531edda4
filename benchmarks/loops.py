"""How well loops are told from the text alone: ours and others' rules, on the same real traces.

Every trace is fed token by token, up to the first verdict. Found, in a trace that loops, is a
verdict at any place. The traces are not part of the project: benchmarks/loops_data.py says what
they hold, and what a token is.

delay: tokens from where the second copy starts to the verdict, where copies follow each other and
the verdict did not come before all of them, on an earlier loop or none. cut: how far behind the
second copy's start ours cuts; the others end the generation and cut nothing, so theirs is where
their rule first applied. saved: the share of the looping traces' tokens that come after the
verdict.

Goals: kinds made of copies >= 0.98 found, others >= 0.90, no control, at most 1 of 450 natural
traces, a delay (p95) of at most a period and 300 tokens, at most 10 us a token, and no more at 128k
tokens than at 1k (here: 1.25 times, since a memory that fills up is read more slowly).
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from benchmarks.loops_cost import SIZES, Cost, measure
from benchmarks.loops_data import COPIES, FOLDER, load, unlooped
from benchmarks.loops_peers import PEERS, Compressible
from benchmarks.loops_score import Judged, found, judge, lag, of_kinds, summary
from benchmarks.measure import keep, table, verdict
from qwq_cli.stream.guard import Guard
from qwq_cli.stream.loops.detector import LoopDetector

OURS: Final = "qwq"
DETECTORS: Final[dict[str, Guard]] = {
    OURS: LoopDetector(),
    "qwq, low": LoopDetector("low"),
    "qwq, high": LoopDetector("high"),
    **PEERS,
    "zlib > 2.4": Compressible(),
}
SETTINGS: Final = ("qwq, low", "qwq, high")
"""Those that are the same code with other bounds, so that their cost is not measured."""
CHINESE: Final = "card_puzzle_transcript"
"""The kind of the control that is in Chinese."""


def recall_table(judged: Mapping[str, Judged]) -> str:
    """Kinds of loops down, detectors across: how many of them were found."""
    loops = next(iter(judged.values()))["loops"]
    kinds = sorted({one.trace.kind for one in loops}, key=lambda kind: (kind not in COPIES, kind))
    rows: list[Sequence[str]] = [("loops found", "of", *judged)]
    for kind in kinds:
        alike = [of_kinds(sets["loops"], {kind}) for sets in judged.values()]
        rows.append((kind, str(len(alike[0])), *(str(found(outcomes)) for outcomes in alike)))
    return table(rows)


def summary_table(judged: Mapping[str, Judged], figures: Mapping[str, Mapping[str, object]]) -> str:
    """Figures down, detectors across."""
    rows: list[Sequence[str]] = [("", *judged)]

    def row(title: str, key: str, shape: str) -> None:
        cells = (one.get(key) for one in figures.values())
        rows.append((title, *("-" if cell is None else format(cell, shape) for cell in cells)))

    row("recall, kinds of copies", "recall_copies", ".2f")
    row("recall, other kinds", "recall_others", ".2f")
    first = next(iter(judged.values()))
    for name in ("controls", "natural", "borderline"):
        counts = (str(found(sets[name])) for sets in judged.values())
        rows.append((f"verdicts on {len(first[name])} {name}", *counts))
    row("delay known of", "lags", "d")
    row("(verdict before the copies)", "early", "d")
    row("delay, tokens, median", "delay_tokens_median", ".0f")
    row("delay, tokens, p95", "delay_tokens_p95", ".0f")
    row("delay, periods, median", "delay_periods_median", ".2f")
    row("delay, periods, p95", "delay_periods_p95", ".2f")
    row("delay past a period, tokens, p95", "delay_past_a_period_p95", ".0f")
    row("cut, periods, median", "cut_periods_median", "+.2f")
    row("cut, periods off, p95", "cut_periods_p95", ".2f")
    row("cut within a period", "cut_within_a_period", ".2f")
    row("tokens saved", "saved", ".2f")
    return table(rows)


def goals_table(own: Judged, figures: Mapping[str, object], costs: Mapping[str, Cost]) -> str:
    """Ours against what it is to reach."""
    rows: list[Sequence[str]] = [("goals", OURS, "")]

    def row(title: str, value: object, goal: float, *, at_most: bool = True) -> None:
        if isinstance(value, int | float):
            rows.append((title, f"{value:.4g}", verdict(value, goal, at_most=at_most)))

    row("recall, kinds of copies", figures["recall_copies"], 0.98, at_most=False)
    row("recall, other kinds", figures["recall_others"], 0.90, at_most=False)
    row("verdicts on controls", found(own["controls"]), 0)
    row("verdicts on natural traces", found(own["natural"]), 1)
    row("delay past a period, tokens, p95", figures.get("delay_past_a_period_p95"), 300)
    for language, cost in costs.items():
        row(f"us a token, the most ({language})", max(cost.us_a_token), 10)
        row(f"at 128k tokens, x 1k ({language})", cost.us_a_token[-1] / cost.us_a_token[0], 1.25)
    return table(rows)


def cost_table(costs: Mapping[str, Mapping[str, Cost]]) -> str:
    """Detectors and languages down, sizes across."""
    sizes = [f"{size // 1000}k" for size in SIZES]
    rows: list[Sequence[str]] = [
        ("us a token, at tokens", *sizes, f"{sizes[-1]} / {sizes[0]}", "x ours", "kB", "kB, 1/4")
    ]
    for name, languages in costs.items():
        for language, cost in languages.items():
            last = cost.us_a_token[-1]
            ratio = last / costs[OURS][language].us_a_token[-1] if OURS in costs else 0.0
            cells = [f"{value:.2f}" for value in cost.us_a_token]
            cells += [f"{last / cost.us_a_token[0]:.2f}", f"{ratio:.2f}" if ratio else "-"]
            cells += [f"{value:,.0f}" for value in reversed(cost.peak_kb)]
            rows.append((f"{name} ({language})", *cells))
    return table(rows)


def each(judged: Mapping[str, Judged]) -> str:
    """Trace by trace: what was missed, and what there was a verdict on."""
    lines = []
    for name, sets in judged.items():
        for set_, outcomes in sets.items():
            for outcome in outcomes:
                said, trace = outcome.verdict, outcome.trace
                if said is None and set_ != "loops":
                    continue
                late = lag(outcome)
                where = "missed" if said is None else f"{said.kind} {said.start} {said.repeat_at}"
                after = f" after {outcome.tokens} of {len(trace.tokens)} tokens"
                lagged = f", copies from {trace.onset} and {trace.second}: {late}" if late else ""
                lines.append(f"{name}: {trace.name} {trace.kind}: {where}{after}{lagged}")
    return "\n".join(lines)


def read(folder: Path, detectors: Mapping[str, Guard]) -> dict[str, Judged]:
    """Every detector on every trace."""
    sets = load(folder)
    return {
        name: {
            set_: tuple(judge(detector, trace) for trace in traces) for set_, traces in sets.items()
        }
        for name, detector in detectors.items()
    }


def texts(judged: Judged) -> dict[str, Sequence[str]]:
    """What the cost is measured on."""
    english = [outcome.trace for outcome in judged["natural"]]
    chinese = [one.trace for one in judged["controls"] if one.trace.kind == CHINESE]
    return {"en": unlooped(english, SIZES[-1]), "zh": unlooped(chinese, SIZES[-1])}


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=FOLDER, metavar="DIR", help="the traces")
    parser.add_argument("--only", action="append", choices=DETECTORS, help="not all detectors")
    parser.add_argument("--rounds", type=int, default=5, help="of the cost; 0: none (default: 5)")
    parser.add_argument("--each", action="store_true", help="trace by trace too")
    options = parser.parse_args()
    names = options.only or list(DETECTORS)
    detectors = {name: DETECTORS[name] for name in names}
    judged = read(options.data, detectors)
    figures = {name: summary(sets) for name, sets in judged.items()}
    if options.each:
        print(each(judged), end="\n\n")
    print(recall_table(judged), summary_table(judged, figures), sep="\n\n", end="\n\n")
    costs: dict[str, dict[str, Cost]] = {}
    if options.rounds:
        timed = {name: one for name, one in detectors.items() if name not in SETTINGS}
        costs = measure(timed, texts(judged[names[0]]), options.rounds)
        print(cost_table(costs), end="\n\n")
    if OURS in judged:
        print(goals_table(judged[OURS], figures[OURS], costs.get(OURS, {})), end="\n\n")
    if options.only or not options.rounds:
        print("(Not kept: a part of it only.)")
        return
    kept: dict[str, object] = {
        name: {
            **figures[name],
            **{f"cost_{text}": asdict(cost) for text, cost in costs.get(name, {}).items()},
        }
        for name in names
    }
    traces = {set_: len(outcomes) for set_, outcomes in judged[OURS].items()}
    content = {"traces": traces, "tokens": SIZES, "rounds": options.rounds, "detectors": kept}
    print(keep("loops", content))


if __name__ == "__main__":
    main()
