"""How well guards tell an answer that runs away from one that repeats on purpose: ours and peers'.

Every text is fed token by token, up to the first verdict; benchmarks/loops_data.py says what a
token is. Our guard knows the question, where there is one. The peers' rules cannot use it.

Changed: a right answer (benchmarks/loops_right.py) on which there is a verdict. Ended: a text that
repeats one passage for ever (benchmarks/loops_cycles.py), with a verdict soon enough after the
place where the first copy begins.

Goals: no right answer changed; 95 of 100 cycles in prose ended within 3,000 tokens, and 90 of 100
in open structures within 6,000; at most 10 us a token, and neither time nor memory grows with
the text (here: at 128k tokens 1.25 times the time a token and the memory at 32k; before,
both fill up).
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.loops_cost import SIZES, Cost, measure
from benchmarks.loops_cycles import prose, structures
from benchmarks.loops_data import FOLDER, Trace, load, tokens, unlooped
from benchmarks.loops_documents import endless
from benchmarks.loops_peers import PEERS
from benchmarks.loops_readings import Ended, Guards, Reading, Readings, changed, read
from benchmarks.loops_right import BIBLE, Answer, answers
from benchmarks.measure import keep, median, table, verdict
from qwq_cli.stream.guard import Guard
from qwq_cli.stream.loops.cycles import CycleDetector
from qwq_cli.stream.loops.patience import Patience


def _peer(name: str, _: str) -> Guard:
    return PEERS[name].fresh()


def _qwq(asked: str) -> Guard:
    return CycleDetector(Patience([asked]))


OURS: Final = "qwq"
GUARDS: Final[Guards] = {OURS: _qwq, **{name: partial(_peer, name) for name in PEERS}}


def _asked(those: Iterable[Answer]) -> Iterator[tuple[Trace, str]]:
    for one in those:
        yield Trace(one.name, one.kind, one.text, tokens(one.text)), one.asked


def changed_table(sets: Mapping[str, Readings]) -> str:
    """Sets of right answers down, guards across: on how many there was a verdict."""
    guards = next(iter(sets.values()))
    rows: list[Sequence[str]] = [("right answers changed", "of", *guards)]
    for set_, readings in sets.items():
        first = next(iter(readings.values()))
        counts = [changed(those) for those in readings.values()]
        rows.append((set_, str(len(first)), *(str(one.total()) for one in counts)))
        kinds = {one.kind for one in first}
        if 1 < len(kinds) < len(first):
            rows.append(("  kinds", str(len(kinds)), *(str(len(one)) for one in counts)))
    return table(rows)


def ended_table(cycles: Mapping[str, Ended]) -> str:
    """Kinds of cycles down, guards across: which share of them ended soon enough."""
    names = [*next(iter(cycles.values())).readings]
    rows: list[Sequence[str]] = [("cycles ended", "of", "within", *names)]
    for title, one in cycles.items():
        counts = Counter(reading.kind for reading in one.readings[names[0]])
        counts["all"] = counts.total()
        rates = [one.rates(name) for name in names]
        for kind, count in counts.items():
            row = f"{title}, {kind}"
            cells = (f"{rate[kind]:.2f}" for rate in rates)
            rows.append((row, str(count), f"{one.within:,}", *cells))
        lates = [[it.late for it in one.readings[name] if it.late is not None] for name in names]
        middle = (f"{median(late):.0f}" if late else "-" for late in lates)
        rows.append(("  tokens, median of those found", "", "", *middle))
    return table(rows)


def cost_table(costs: Mapping[str, Mapping[str, Cost]]) -> str:
    """Guards and texts down, sizes across."""
    sizes = [f"{size // 1000}k" for size in SIZES]
    memory = [f"kB, {size}" for size in sizes[-2:]]
    rows: list[Sequence[str]] = [("us a token, at tokens", *sizes, *memory)]
    for name, texts in costs.items():
        for text, cost in texts.items():
            cells = [f"{value:.2f}" for value in cost.us_a_token]
            cells += [f"{value:,.0f}" for value in cost.peak_kb]
            rows.append((f"{name} ({text})", *cells))
    return table(rows)


def goals_table(
    sets: Mapping[str, Readings], cycles: Mapping[str, Ended], costs: Mapping[str, Cost]
) -> str:
    """Ours against what it is to reach."""
    rows: list[Sequence[str]] = [("goals", OURS, "")]

    def row(title: str, value: float, goal: float, *, at_most: bool = True) -> None:
        rows.append((title, f"{value:.4g}", verdict(value, goal, at_most=at_most)))

    for set_, readings in sets.items():
        row(f"changed: {set_}", changed(readings[OURS]).total(), 0)
    for title, one in cycles.items():
        share = one.rates(OURS)["all"]
        row(f"{title}: ended within {one.within:,} tokens", share, one.share, at_most=False)
    for text, cost in costs.items():
        row(f"us a token, the most ({text})", max(cost.us_a_token), 10)
        row(f"at 128k tokens, x 32k ({text})", cost.us_a_token[-1] / cost.us_a_token[-2], 1.25)
        row(f"kB at 128k tokens, x 32k ({text})", cost.peak_kb[-1] / cost.peak_kb[0], 1.25)
    return table(rows)


def each(sets: Mapping[str, Readings], cycles: Mapping[str, Ended]) -> str:
    """Text by text: the right answers with a verdict, and the cycles that did not end in time."""
    lines = []
    for set_, readings in sets.items():
        lines += [
            _line(name, set_, one) for name in readings for one in readings[name] if one.verdict
        ]
    for title, ended in cycles.items():
        for name, those in ended.readings.items():
            for one in those:
                if not ended.soon(one):
                    lines.append(_line(name, title, one))
    return "\n".join(lines)


def _line(name: str, set_: str, one: Reading) -> str:
    said = one.verdict
    where = "missed" if said is None else f"{said.kind} {said.start} {said.repeat_at}"
    late = f", {one.late} from the first copy" if one.late else ""
    return f"{name}: {set_}: {one.name} ({one.kind}): {where} after {one.tokens} of {one.of}{late}"


def kept(
    names: Iterable[str], sets: Mapping[str, Readings], cycles: Mapping[str, Ended]
) -> dict[str, dict[str, object]]:
    """The figures of each guard, but for the cost."""
    return {
        name: {
            "changed": {set_: changed(those[name]).total() for set_, those in sets.items()},
            "kinds_changed": {set_: dict(changed(those[name])) for set_, those in sets.items()},
            "ended": {title: one.rates(name) for title, one in cycles.items()},
        }
        for name in names
    }


def texts(folder: Path) -> dict[str, Sequence[str]]:
    """What the cost is measured on."""
    english = unlooped(load(folder)["natural"], SIZES[-1])
    return {"en": english, "json": tokens(endless("json", 8 * SIZES[-1]))[: SIZES[-1]]}


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=FOLDER, metavar="DIR", help="the texts")
    parser.add_argument("--only", action="append", choices=GUARDS, help="not all guards")
    parser.add_argument("--rounds", type=int, default=5, help="of the cost; 0: none (default: 5)")
    parser.add_argument("--each", action="store_true", help="text by text too")
    options = parser.parse_args()
    guards = {name: GUARDS[name] for name in options.only or GUARDS}
    sets = {set_: read(guards, _asked(those)) for set_, those in answers(options.data).items()}
    cycles = {
        "prose": Ended(read(guards, ((one, "") for one in prose())), 3_000, 0.95),
        "structures": Ended(read(guards, ((one, "") for one in structures())), 6_000, 0.90),
    }
    if options.each:
        print(each(sets, cycles), end="\n\n")
    print(changed_table(sets), ended_table(cycles), sep="\n\n", end="\n\n")
    if BIBLE not in sets:
        print(f"(Without the chapters of the Bible: {BIBLE} is not installed.)", end="\n\n")
    costs: dict[str, dict[str, Cost]] = {}
    if options.rounds:
        made = {name: make("") for name, make in guards.items()}
        costs = measure(made, texts(options.data), options.rounds)
        print(cost_table(costs), end="\n\n")
    if OURS in guards:
        print(goals_table(sets, cycles, costs.get(OURS, {})), end="\n\n")
    if options.only or not options.rounds:
        print("(Not kept: a part of it only.)")
        return
    figures = kept(guards, sets, cycles)
    for name, measured in costs.items():
        figures[name] |= {f"cost_{text}": asdict(cost) for text, cost in measured.items()}
    of = {set_: len(readings[OURS]) for set_, readings in sets.items()}
    of |= {title: len(one.readings[OURS]) for title, one in cycles.items()}
    content = {"texts": of, "tokens": SIZES, "rounds": options.rounds, "guards": figures}
    print(keep("loops_answers", content))


if __name__ == "__main__":
    main()
