"""What the benchmarks share: run a child and weigh it, interleave, tabulate, keep the figures.

Knows no benchmark. CPU seconds are user and system time of the child and of its children that it
waited for, as the kernel counts them: unlike wall time they hardly change with other load.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"


@dataclass(frozen=True, slots=True)
class Run:
    """One finished child."""

    cpu_s: float
    wall_s: float
    stdout: str


def run(command: Sequence[str], env: Mapping[str, str]) -> Run:
    """Run a child with nothing on stdin; raises CalledProcessError, stderr in it, if it fails."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=env, cwd=ROOT
        )
        _, status, used = os.wait4(child.pid, 0)
        wall_s = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)  # reaped here, not by Popen
        out.seek(0)
        err.seek(0)
        stdout = out.read().decode()
        if child.returncode:
            raise subprocess.CalledProcessError(
                child.returncode, command, stdout, err.read().decode()
            )
    return Run(used.ru_utime + used.ru_stime, wall_s, stdout)


@contextmanager
def clean_environment() -> Iterator[dict[str, str]]:
    """An environment with an empty home and no setting of qwq's, so that no file of yours counts.

    The folders of the running Python's scripts come first on its PATH.
    """
    with tempfile.TemporaryDirectory() as home:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("QWQ_", "XDG_", "PYTHON"))
        }
        scripts = Path(sys.executable).parent
        yield {**kept, "HOME": home, "PATH": f"{scripts}{os.pathsep}{kept.get('PATH', '')}"}


def interleave(
    cases: Mapping[str, Callable[[], float]], rounds: int
) -> dict[str, tuple[float, ...]]:
    """Every case once a round, so that a change of load hits all of them alike.

    One round more comes first and does not count: it fills the disk's cache and Python's.
    """
    figures: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(rounds + 1):
        for name, case in cases.items():
            figure = case()
            if number:
                figures[name].append(figure)
        if sys.stderr.isatty():
            print(f"\r{number}/{rounds} ", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr, flush=True)
    return {name: tuple(values) for name, values in figures.items()}


def median(values: Sequence[float]) -> float:
    """The middle value, which one run that was disturbed does not move."""
    return statistics.median(values)


def paired_ratio(values: Sequence[float], base: Sequence[float]) -> float:
    """The median over the rounds of value / base, each from the same round."""
    return statistics.median(a / b for a, b in zip(values, base, strict=True))


def table(rows: Iterable[Sequence[str]]) -> str:
    """Columns of text, the first flush left and the others flush right; the first row on top."""
    filled = [tuple(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*filled, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if number == 0 else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in filled
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def verdict(ratio: float, goal: float, *, at_most: bool) -> str:
    """A goal and whether it was met, as one cell."""
    met = ratio <= goal if at_most else ratio >= goal
    return f"{'<=' if at_most else '>='} {goal:g} {'met' if met else 'MISSED'}"


def keep(name: str, figures: Mapping[str, object]) -> Path:
    """Write the figures, and what they were measured on, to results/NAME.json."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{name}.json"
    content = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "system": platform.system(),
        "cpus": os.cpu_count(),
        "load_1min": round(os.getloadavg()[0], 2),
        **figures,
    }
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return path
