"""The first token of a warm model beside that of the engine itself, in one run.

    python -m benchmarks.warm [--rounds 60]

The same question to quill, by turns, in this process and through the warm server: from the moment
that it is asked to the first event with text. Each question is read anew, so that no cache hides
what the way costs.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from benchmarks.measure import clean_environment, keep, paired_ratio, table, verdict
from qwq_cli.cancel import Cancel
from qwq_cli.engines.base import Engine
from qwq_cli.events import Answer, Event, Thinking
from qwq_cli.generate import generate
from qwq_cli.puzzles.examples import CARDS
from qwq_cli.request import Message, Request, Sampling, Steering
from qwq_cli.runtime import open_engine
from qwq_cli.warm.engine import Warm
from qwq_cli.warm.keeper import Keeper, look, stop
from qwq_cli.warm.place import Load, Place

GOAL = 1.15
PROMPTS = {"one puzzle": 1, "four puzzles": 4}
"""How many copies of it are read: about 230 tokens each."""


def first(happening: Generator[Event]) -> float:
    """Seconds to the first text; nothing is asked before the first event is."""
    begun = time.perf_counter()
    with closing(happening):
        for event in happening:
            if isinstance(event, Thinking | Answer):
                return time.perf_counter() - begun
    raise RuntimeError("no text came")


def request(number: int, copies: int) -> Request:
    """So many copies of the puzzle, with a beginning that no other question has."""
    return Request((Message("user", f"{number}. {CARDS * copies}"),), Sampling(temperature=0))


def measure(engine: Engine, warm: Warm, copies: int, rounds: int) -> dict[str, float]:
    """Both ways by turns; the first three rounds warm up."""
    here_s: list[float] = []
    warm_s: list[float] = []
    for number in range(-3, rounds):
        asked = request(number, copies)
        here = first(generate(engine, asked))
        there = first(warm.events(asked, Steering(), "normal", Cancel()))
        if number >= 0:
            here_s.append(here)
            warm_s.append(there)
    return {
        "engine_ms": round(1000 * statistics.median(here_s), 2),
        "warm_ms": round(1000 * statistics.median(warm_s), 2),
        "ratio": round(paired_ratio(warm_s, here_s), 3),
    }


def main() -> None:
    """Run it, print what it took, and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    rounds = parser.parse_args().rounds
    with (
        tempfile.TemporaryDirectory() as folder,
        clean_environment() as env,
        open_engine("quill") as opened,
    ):
        keeper = Keeper(Place(Path(folder), "q"), Load("quill", parallel=1), 600, env)
        warm = Warm(keeper)
        found = {
            name: measure(opened.engine, warm, copies, rounds) for name, copies in PROMPTS.items()
        }
        state = look(keeper.place)
        if state is not None:
            stop(state)
    rows = [
        (name, f"{f['engine_ms']}", f"{f['warm_ms']}", verdict(f["ratio"], GOAL, at_most=True))
        for name, f in found.items()
    ]
    print(table([("first token", "engine, ms", "warm, ms", "ratio"), *rows]))
    keep("warm", {"rounds": rounds, **found})


if __name__ == "__main__":
    main()
