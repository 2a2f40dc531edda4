"""The two parts, from what was asked for to figures and lines of the table."""

import argparse
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks.gpu import arms, large, quill
from benchmarks.gpu.folder import write_folder
from benchmarks.gpu.host import Memory, is_model, scratch
from benchmarks.gpu.large import Figures, Row
from benchmarks.gpu.sizes import QWQ_32B, Sizes
from benchmarks.measure import ROOT, verdict
from qwq_cli.errors import QwqError
from qwq_cli.runtime import open_engine
from qwq_cli.weights.shape import read_facts

TRACES = ROOT.parent / "shared" / "loops" / "natural.jsonl"
"""Texts of real models, where the checkout has them beside it."""
DEVICE = "cuda:0"
"""Where the weights are packed."""


@dataclass(frozen=True, slots=True)
class Found:
    """Figures by part, lines of the table, and a line for each part that failed."""

    figures: Figures
    rows: list[Row]
    failed: list[str]


def measured(wanted: list[str], options: argparse.Namespace, before: Memory) -> Found:
    """Each part that is wanted; one that fails is told, and takes nothing from the other."""
    parts: dict[str, Callable[[], tuple[Figures, list[Row]]]] = {
        "large": lambda: large_part(options, before),
        "quill": lambda: quill_part(options),
    }
    found = Found({}, [], [])
    for part in wanted:
        _measure(part, parts[part], found)
    return found


def _measure(part: str, run: Callable[[], tuple[Figures, list[Row]]], found: Found) -> None:
    try:
        found.figures[part], rows = run()
    except (QwqError, SystemExit) as error:
        found.failed.append(f"{part}: {error}")
    except Exception as error:  # noqa: BLE001 - upstream's, and CUDA's
        traceback.print_exc()
        found.failed.append(f"{part}: {type(error).__name__}")
    else:
        found.rows.extend(rows)


def large_part(options: argparse.Namespace, before: Memory) -> tuple[Figures, list[Row]]:
    """Pack, plan, load, measure."""
    sizes = replace(Sizes(), rounds=options.rounds)
    with tempfile.TemporaryDirectory(dir=scratch(options), prefix="qwq-gpu-") as place:
        folder = options.folder or Path(place)
        if not is_model(folder):
            write_folder(folder, QWQ_32B, options.bits, device=DEVICE, on_layer=_told("packed"))
        facts = read_facts(folder)
        chosen = large.planned(facts, before.budget, sizes)
        trace = _trace(options, sizes, facts.shape.vocab)
        copied = arms.bandwidth(DEVICE, sizes.copied)
        arms.settle(DEVICE)
        kept = large.load(folder, chosen, _told("loaded"))
        try:
            loaded = before.taken()
            figures = large.measure(kept, facts, sizes, trace, copied)
            figures["memory"] = {
                "planned": large.of_parts(chosen),
                "loaded_bytes": loaded,
                "taken_bytes": before.taken(),
                "context_tokens": chosen.context_tokens,
                "why": chosen.why,
            }
        finally:
            kept.free()
    figures |= {"bits": facts.bits, "sizes": asdict(sizes)}
    return figures, [large.HEADS, *large.rows(figures)]


def _trace(options: argparse.Namespace, sizes: Sizes, vocabulary: int) -> large.Trace | None:
    file = options.trace or (TRACES if TRACES.exists() else None)
    if file is None:
        print("no text to draft on: give one with --trace", file=sys.stderr)
        return None
    return large.read_trace(file, options.tokenizer, max(sizes.prompts), vocabulary)


def quill_part(options: argparse.Namespace) -> tuple[Figures, list[Row]]:
    """Convert, open as anybody would, solve."""
    with tempfile.TemporaryDirectory(dir=scratch(options), prefix="qwq-gpu-") as place:
        folder = Path(place) / "quill-exl2"
        print("upstream's converter at work on quill", file=sys.stderr)
        quill.convert(folder, Path(place) / "work", options.quill_bits)
        with open_engine(str(folder)) as opened:
            solved = quill.solve(opened)
    share = solved.right / solved.asked
    return asdict(solved) | {"bits": options.quill_bits}, [
        (
            f"quill at {options.quill_bits:g} bits, puzzles solved",
            f"{solved.right} of {solved.asked}",
            "",
            verdict(share, quill.GOAL, at_most=False),
        )
    ]


def _told(what: str) -> Callable[[int, int], None]:
    """How far it is, on a terminal."""

    def tell(done: int, total: int) -> None:
        if sys.stderr.isatty():
            end = "\n" if done >= total else ""
            print(f"\r{what} {done} of {total} ", end=end, file=sys.stderr, flush=True)

    return tell
