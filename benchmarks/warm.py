"""The first token of a warm model beside that of the engine itself, in one run.

    python -m benchmarks.warm [--rounds 40]

The same question to quill, by turns, in this process and through the warm server: from the moment
that it is asked to the first event with text. Each question is read anew, so that no cache hides
what the way costs.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.measure import clean_environment, keep, paired_ratio, table, verdict
from qwq_cli.events import Answer, Event, Thinking
from qwq_cli.generate import Cancel, generate
from qwq_cli.puzzles.examples import CARDS
from qwq_cli.request import Message, Request, Sampling, Steering
from qwq_cli.runtime import open_engine
from qwq_cli.warm.engine import Warm
from qwq_cli.warm.keeper import Keeper, look, stop
from qwq_cli.warm.place import Load, Place

GOAL = 1.15


def first(events: Callable[[], Iterator[Event]]) -> float:
    """Seconds to the first text."""
    begun = time.perf_counter()
    happening = events()
    for event in happening:
        if isinstance(event, Thinking | Answer):
            passed = time.perf_counter() - begun
            happening.close()  # type: ignore[attr-defined]
            return passed
    raise RuntimeError("no text came")


def request(number: int) -> Request:
    """The puzzle, with a beginning that no other question has."""
    return Request((Message("user", f"{number}. {CARDS}"),), Sampling(temperature=0))


def main() -> None:
    """Run it, print what it took, and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args().rounds
    here_s: list[float] = []
    warm_s: list[float] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        clean_environment() as env,
        open_engine("quill") as opened,
    ):
        keeper = Keeper(Place(Path(folder), "q"), Load("quill", parallel=1), 600, env)
        warm = Warm(keeper)
        with closing(warm):
            for number in range(rounds + 3):
                asked = request(number)
                here = first(lambda asked=asked: generate(opened.engine, asked))  # type: ignore[misc]
                there = first(
                    lambda asked=asked: warm.events(asked, Steering(), "normal", Cancel())  # type: ignore[misc]
                )
                if number >= 3:  # the first ones warm up
                    here_s.append(here)
                    warm_s.append(there)
        state = look(keeper.place)
        if state is not None:
            stop(state)
    ratio = paired_ratio(warm_s, here_s)
    figures = {
        "rounds": rounds,
        "engine_ms": round(1000 * statistics.median(here_s), 2),
        "warm_ms": round(1000 * statistics.median(warm_s), 2),
        "ratio": round(ratio, 3),
    }
    print(
        table(
            [
                ("first token", "median ms", "goal"),
                ("engine", f"{figures['engine_ms']}", ""),
                ("warm", f"{figures['warm_ms']}", ""),
                ("ratio", f"{figures['ratio']}", verdict(ratio, GOAL, at_most=True)),
            ]
        )
    )
    keep("warm", figures)


if __name__ == "__main__":
    main()
