"""quill converted to EXL2 by upstream's own converter, and what it then solves on this card.

Knows the converter's command line and its calibration files. The answers are read as anybody's
are: through `open_engine`, the planner's choice and the loop.
"""

import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

from benchmarks.gpu.folder import QUILL
from qwq_cli.events import Finished
from qwq_cli.generate import generate
from qwq_cli.puzzles.cards.check import check
from qwq_cli.puzzles.cards.generator import random_puzzle
from qwq_cli.puzzles.cards.wording import pose
from qwq_cli.puzzles.words import Language
from qwq_cli.request import Message, Request
from qwq_cli.runtime import Opened
from training.chains import chain

PUZZLES = 50
GOAL = 0.9
"""Of the puzzles; float16 on llama.cpp solves more than that of the same kind."""
_LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
_LENGTH, _ROWS, _MEASURED = 1024, 32, 8
"""Tokens of a row of calibration, rows, and rows for choosing the widths."""
_HOUR = 3600


def converter(folder: Path, work: Path, calibration: Path, bits: float) -> list[str]:
    """The command that converts quill into `folder`."""
    return [
        *(sys.executable, "-m", "exllamav2.conversion.convert_exl2"),
        *("-i", str(QUILL), "-o", str(work), "-cf", str(folder), "-nr"),
        *("-b", str(bits), "-hb", "8", "-c", str(calibration)),
        *("-r", str(_ROWS), "-l", str(_LENGTH), "-mr", str(_MEASURED), "-ml", str(_LENGTH)),
    ]


def convert(folder: Path, work: Path, bits: float) -> None:
    """Convert; raises SystemExit with the converter's last words if it fails."""
    work.mkdir(parents=True, exist_ok=True)
    calibration = work.with_suffix(".parquet")
    write_calibration(calibration)
    done = subprocess.run(
        converter(folder, work, calibration, bits),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=_HOUR,
    )
    # (What it thinks wrong it prints, and ends with 0.)
    if done.returncode or not (folder / "config.json").is_file():
        last = "\n".join(done.stdout.splitlines()[-15:])
        message = f"upstream's converter failed on quill; its last words:\n{last}"
        raise SystemExit(message)


def write_calibration(file: Path) -> None:
    """Puzzles with the chains of thought that quill was taught, as the converter reads them."""
    import fastparquet
    import pandas as pd

    rng = random.Random("calibration")
    texts = []
    for number in range(_ROWS * _LENGTH // 500):  # (none is shorter than 500 tokens)
        lang = _LANGUAGES[number % 2]
        posed = pose(random_puzzle(rng, cards=(12, 16), statements=4), lang, rng)
        texts.append(f"{posed.text}\n{chain(posed)}")
    fastparquet.write(str(file), pd.DataFrame({"text": texts}))


@dataclass(frozen=True, slots=True)
class Solved:
    """`right` of `asked` puzzles, and how many tokens came in how many seconds."""

    asked: int
    right: int
    tokens: int
    seconds: float


def solve(opened: Opened, count: int = PUZZLES) -> Solved:
    """Puzzles that nobody has seen, half in Chinese, half in English; each through the loop."""
    rng = random.Random("gpu")
    right = tokens = 0
    begun = perf_counter()
    for number in range(count):
        lang = _LANGUAGES[number % 2]
        puzzle = random_puzzle(rng, cards=(8, 16), statements=4)
        text = pose(puzzle, lang, rng, wording="announcement").text
        request = Request((Message("user", text),), opened.profile.sampling)
        answer = ""
        for event in generate(opened.engine, request):
            if isinstance(event, Finished):
                answer = event.final or ""
                tokens += event.usage.reasoning_tokens + event.usage.answer_tokens
        right += check(puzzle, answer).right
    return Solved(count, right, tokens, perf_counter() - begun)
