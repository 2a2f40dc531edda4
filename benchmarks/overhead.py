"""What qwq takes from llama.cpp's speed: the same tokens bare and through `qwq ask`, in tokens/s.

One long card puzzle, greedy, so that every run makes the same tokens. Each run is a fresh process
(benchmarks/probe.py) that takes the time from the first token to the end of the work on the last
one: bare, to the end of xllamacpp's stream; through qwq, until its sink has dealt with the last
event. All kinds run interleaved, and the ratio is the median of the ratios within a round. Goal:
at least 0.98 of the bare stream's tokens/s.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import (
    clean_environment,
    interleave,
    keep,
    median,
    paired_ratio,
    run,
    table,
    verdict,
)
from benchmarks.terminal import run_on_terminal

BARE = "xllamacpp, bare"
GOAL = 0.98
PUZZLE = ("--lang", "en", "--cards", "20", "--seed", "1")
"""English takes the most tokens."""
KINDS = {
    BARE: ("bare",),
    "qwq ask (plain)": ("qwq",),
    "qwq ask --json": ("qwq", "--json"),
    "qwq ask --jsonl": ("qwq", "--jsonl"),
    "qwq ask (live)": ("qwq",),
}
LIVE = "qwq ask (live)"


@dataclass(frozen=True, slots=True)
class Probe:
    """Runs one kind in a child and reads what it measured."""

    env: dict[str, str]
    puzzle: Path
    report: Path
    texts: set[tuple[int, str]]
    """What the runs generated, with the number of tokens; were there two, nothing could be
    compared."""

    def rate(self, kind: str) -> float:
        """Tokens per second of one fresh run."""
        mode, *options = KINDS[kind]
        command = [sys.executable, "-m", "benchmarks.probe", mode, str(self.puzzle)]
        command += [str(self.report), *options]
        self.report.unlink(missing_ok=True)
        try:
            if kind == LIVE:
                run_on_terminal(command, self.env, columns=100, rows=40)
            else:
                run(command, self.env)
        except subprocess.CalledProcessError as error:
            message = f"{kind} failed: {error.stderr or error.stdout}"
            raise SystemExit(message) from error
        measured = json.loads(self.report.read_text("utf-8"))
        self.texts.add((measured["tokens"], measured["text"]))
        return float((measured["tokens"] - 1) / measured["seconds"])


def report(figures: dict[str, tuple[float, ...]]) -> dict[str, object]:
    """Print the table; return what is to be kept."""
    rows = [("one stream", "median tokens/s", "x bare", "goal")]
    kept: dict[str, object] = {}
    for kind, values in figures.items():
        ratio = paired_ratio(values, figures[BARE])
        goal = "" if kind == BARE else verdict(ratio, GOAL, at_most=False)
        kept[kind] = {"tokens_per_s": median(values), "times_bare": ratio}
        rows.append((kind, f"{median(values):.0f}", f"{ratio:.3f}", goal))
    print(table(rows))
    return kept


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15, help="runs of each (default: 15)")
    options = parser.parse_args()
    with clean_environment() as env, tempfile.TemporaryDirectory() as folder:
        puzzle = Path(folder) / "puzzle.txt"
        new = run(["qwq", "puzzle", "new", *PUZZLE], env)
        puzzle.write_text(new.stdout, "utf-8")
        probe = Probe(env, puzzle, Path(folder) / "report.json", set())

        def case(kind: str) -> Callable[[], float]:
            return lambda: probe.rate(kind)

        figures = interleave({kind: case(kind) for kind in KINDS}, options.rounds)
    if len(probe.texts) != 1:
        message = f"The runs differ, so there is nothing to compare: {probe.texts}"
        raise SystemExit(message)
    ((tokens, _),) = probe.texts
    kept = report(figures)
    print(f"\n{keep('overhead', {'rounds': options.rounds, 'tokens': tokens, 'streams': kept})}")


if __name__ == "__main__":
    main()
