"""What a detector takes: CPU time a token and memory, on texts of 1k to 128k tokens."""

import gc
import sys
import tracemalloc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from time import process_time
from typing import Final

from benchmarks.measure import median
from qwq_cli.stream.guard import Guard

SIZES: Final = (1_000, 8_000, 32_000, 128_000)
"""Tokens."""
_PLACES: Final = 4
"""From how many places of the text a shorter one is taken, so that all read the same on average."""


@dataclass(frozen=True, slots=True)
class Cost:
    """`us_a_token`: the median over the rounds, for each of SIZES. `peak_kb`: the most memory that
    the detector held while it read, in kB, for the two largest.
    """

    us_a_token: tuple[float, ...]
    peak_kb: tuple[float, float]


def measure(
    detectors: Mapping[str, Guard], texts: Mapping[str, Sequence[str]], rounds: int
) -> dict[str, dict[str, Cost]]:
    """Every detector on every text, which has as many tokens as the largest size.

    Interleaved, so that a change of load hits all alike. CPU seconds, of this process alone.
    """
    figures: dict[tuple[str, str, int], list[float]] = {}
    for _, size, (language, tokens) in product(range(rounds), SIZES, texts.items()):
        for name, detector in detectors.items():
            places = range(0, len(tokens) - size + 1, max(1, (len(tokens) - size) // _PLACES))
            seconds = [_seconds(detector.fresh(), tokens[at : at + size]) for at in places]
            each = sum(seconds) / len(places) / size * 1e6
            figures.setdefault((name, language, size), []).append(each)
        if sys.stderr.isatty():
            print(f"\r{size:,} tokens ", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr, flush=True)
    return {
        name: {
            language: Cost(
                tuple(median(figures[name, language, size]) for size in SIZES),
                (_peak_kb(detector, tokens[: SIZES[-2]]), _peak_kb(detector, tokens)),
            )
            for language, tokens in texts.items()
        }
        for name, detector in detectors.items()
    }


def _seconds(detector: Guard, tokens: Sequence[str]) -> float:
    watch = detector.watch
    gc.collect()
    start = process_time()
    for token in tokens:
        watch(token)
    return process_time() - start


def _peak_kb(detector: Guard, tokens: Sequence[str]) -> float:
    tracemalloc.start()
    try:
        fresh = detector.fresh()
        for token in tokens:
            fresh.watch(token)
        return tracemalloc.get_traced_memory()[1] / 1000
    finally:
        tracemalloc.stop()
