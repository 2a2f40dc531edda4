"""`qwq serve` beside llama.cpp's own HTTP server, and under bad clients.

    python -m benchmarks.serve [--rounds 5] [--minutes 10]

Both serve quill, with as many slots as there are clients, one thread for the model, and the same
settings otherwise. Each client asks card puzzles one after another and reads the stream; the two
servers take turns, and the ratio is the median of the ratios within a round. Goal: at least 0.95 of
llama.cpp's tokens a second. llama.cpp counts the token that ends an answer, which is left out.

Then, for so many minutes, clients that ask, vanish, stall and send rubbish, all at once: whoever
asks properly has to get all of an answer, and memory has to stay flat. Needs a quiet machine.
"""

import argparse
import asyncio
import contextlib
import json
import random
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks import serve_peer, serve_soak
from benchmarks.measure import RESULTS, clean_environment, keep, paired_ratio, table, verdict
from benchmarks.serve_load import Answered, Target, load
from qwq_cli.puzzles.cards.generator import random_puzzle
from qwq_cli.puzzles.cards.wording import pose

CLIENTS = (1, 8, 64)
GOAL = 0.95
PEER, OWN = "llama.cpp", "qwq serve"
_ASKED = {1: 12, 8: 4, 64: 1}
"""How many puzzles each client asks in a round."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one server with so many clients: tokens a second of each round, and every answer."""

    rates: list[float]
    answers: list[Answered]


@contextlib.contextmanager
def peer(slots: int, env: dict[str, str]) -> Iterator[Target]:
    """llama.cpp's server."""
    command = [sys.executable, "-m", "benchmarks.serve_peer", str(slots)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None  # noqa: S101 - for the types
        assert process.stdin is not None  # noqa: S101
        yield Target(process.stdout.readline().strip(), serve_peer.KEY)
        process.stdin.close()


@contextlib.contextmanager
def own(slots: int, env: dict[str, str], *options: str) -> Iterator[tuple[Target, int]]:
    """`qwq serve`, and its process's number."""
    command = [sys.executable, "-m", "qwq_cli", "serve", "--port", "0", "--parallel", str(slots)]
    command += ["--context", str(serve_peer.CONTEXT), *options]
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None  # noqa: S101 - for the types
        greeting = process.stderr.readline()
        found = re.search(r"is served at (http\S+)/v1", greeting)
        if found is None:
            process.terminate()
            raise SystemExit(greeting)
        yield Target(found.group(1)), process.pid
        process.terminate()


def puzzles(count: int) -> list[str]:
    """Card puzzles, each another."""
    rng = random.Random(1)
    return [pose(random_puzzle(rng, cards=(12, 16)), "zh", rng).text for _ in range(count)]


def compare(clients: int, rounds: int, env: dict[str, str]) -> dict[str, Figures]:
    """Both servers in turn; one round more comes first, and does not count."""
    each = _ASKED[clients]
    figures = {PEER: Figures([], []), OWN: Figures([], [])}
    with peer(clients, env) as first, own(clients, env) as (second, _):
        for number in range(rounds + 1):
            questions = puzzles(clients * each)
            asked = [questions[place::clients] for place in range(clients)]
            targets = [(PEER, first), (OWN, second)]
            for name, target in targets if number % 2 else reversed(targets):
                seconds, answers = asyncio.run(load(target, asked))
                tokens = sum(answer.tokens - (name == PEER) for answer in answers)
                if number:
                    figures[name].rates.append(tokens / seconds)
                    figures[name].answers.extend(answers)
    return figures


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so large a share is at most."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def report(measured: dict[int, dict[str, Figures]]) -> dict[str, object]:
    """Print the table; return what is to be kept."""
    rows = [("clients", "server", "tokens/s", "first p50", "first p99", "x llama.cpp", "goal")]
    kept: dict[str, object] = {}
    for clients, figures in measured.items():
        for name, found in figures.items():
            firsts = [answer.first_s for answer in found.answers]
            ratio = paired_ratio(found.rates, figures[PEER].rates)
            rate, p50, p99 = (
                statistics.median(found.rates),
                percentile(firsts, 0.5),
                percentile(firsts, 0.99),
            )
            kept[f"{name}, {clients} clients"] = {
                "tokens_per_s": round(rate, 1),
                "first_token_p50_s": round(p50, 4),
                "first_token_p99_s": round(p99, 4),
                "times_llama_cpp": round(ratio, 3),
            }
            goal = "" if name == PEER else verdict(ratio, GOAL, at_most=False)
            times = f"{p50 * 1000:.0f} ms", f"{p99 * 1000:.0f} ms"
            rows.append((str(clients), name, f"{rate:.0f}", *times, f"{ratio:.3f}", goal))
    print(table(rows))
    return kept


def _known() -> dict[str, object]:
    """What was measured before, for a part that is left out this time (0 rounds, or 0 minutes)."""
    file = RESULTS / "serve.json"
    before = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return {part: before[part] for part in ("throughput", "soak") if part in before}


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each (default: 5)")
    parser.add_argument("--minutes", type=float, default=10, help="of bad clients (default: 10)")
    options = parser.parse_args()
    kept = _known()
    with clean_environment() as env:
        if options.rounds:
            measured = {count: compare(count, options.rounds, env) for count in CLIENTS}
            kept["throughput"] = {"rounds": options.rounds, **report(measured)}
        if options.minutes:
            with own(8, env, "--queue", "8") as (target, number):
                kept["soak"] = serve_soak.soak(target, number, options.minutes * 60, puzzles(64))
    print(f"\n{keep('serve', kept)}")


if __name__ == "__main__":
    main()
