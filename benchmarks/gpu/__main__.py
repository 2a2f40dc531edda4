"""EXL2 on this machine's GPU: what quill solves there, and what a model of 32B costs.

    python -m benchmarks.gpu

It needs what EXL2 weights need (README, "On a GPU"; `qwq doctor` says what is missing), a card with
21 GiB free for the large part, and 20 GB of disk while it runs. Two parts, each by itself with
--only: `large` packs random weights in the shape of QwQ-32B and measures our engine against
upstream's bare loop on them; `quill` converts quill by upstream's converter and has it solve fifty
puzzles. Prints one table, and writes benchmarks/results/gpu-CARD.json.
"""

import argparse
from pathlib import Path

from benchmarks.gpu.host import Memory, check, described, name_of
from benchmarks.measure import keep, table

PARTS = ("large", "quill")


def main(argv: list[str] | None = None) -> None:
    """Check, measure, print, keep."""
    options = _options(argv)
    before = Memory()
    wanted = [options.only] if options.only else list(PARTS)
    check(wanted, options)
    from benchmarks.gpu.parts import measured

    found = measured(wanted, options, before)
    if found.rows:
        figures = {"gpu": described(), **found.figures}
        print(table(found.rows))
        print(f"\n{keep(name_of(figures), figures)}")
    if found.failed:
        raise SystemExit("\n".join(found.failed))


def _options(argv: list[str] | None) -> argparse.Namespace:
    description, _, rest = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.gpu",
        description=description,
        epilog=rest,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", choices=PARTS, help="this part alone")
    parser.add_argument("--bits", type=float, default=4.25, help="of the large model (4.25)")
    parser.add_argument("--quill-bits", type=float, default=6.0, help="of quill (6)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each (3)")
    parser.add_argument(
        "--folder",
        type=Path,
        help="the large model: measured as it is, or packed there and left",
    )
    parser.add_argument("--scratch", type=Path, help="where 20 GB are free (the temporary folder)")
    parser.add_argument(
        "--trace", type=Path, help="what a model wrote, .txt or .jsonl, for the n-gram drafts"
    )
    parser.add_argument("--tokenizer", type=Path, help="that model's tokenizer.json")
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
