"""Answers that are right as they stand, however much they repeat: no guard may act on any.

Two sets lie in the folder of the traces (benchmarks/loops_data.py): `legit.jsonl`, texts written to
repeat for good reason, and `controls.jsonl`. A row of the first with `asked_to_repeat` belongs to
a question that asks for it; no other answer has one, which is harder. Documents are made up. Two
sets are this machine's own: the King James Bible by chapter, where Debian's package bible-kjv is
installed, and the running Python's library by file. Knows no detector.
"""

import shutil
import subprocess
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from benchmarks.loops_data import rows
from benchmarks.loops_documents import WRITERS, documents

BIBLE: Final = "bible-kjv"
PROGRAM: Final = "bible"
"""Of Debian's package bible-kjv. It writes one verse a line, after its place: `Ge1:1 In the`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A text. `asked`: the question that it answers, or nothing."""

    name: str
    kind: str
    text: str
    asked: str = ""


def answers(folder: Path) -> dict[str, Iterable[Answer]]:
    """Every set that there is, by name. SystemExit with one line where the folder lacks one."""
    sets: dict[str, Iterable[Answer]] = {
        "legit": [
            Answer(str(row["id"]), str(row["kind"]), str(row["text"]), _asked(row))
            for row in rows(folder, "legit")
        ],
        "controls": [
            Answer(str(row["id"]), str(row["kind"]), str(row["text"]))
            for row in rows(folder, "controls")
        ],
    }
    made = documents()
    for format_ in WRITERS:
        sets[f"{format_.upper()} documents"] = [
            Answer(one.name, one.kind, one.text) for one in made if one.format == format_
        ]
    if shutil.which(PROGRAM):
        sets[BIBLE] = _chapters()
    sets["Lib/*.py"] = _library()
    return sets


def _asked(row: Mapping[str, object]) -> str:
    """The question of a text that was asked to repeat: its first line, or its only word."""
    if not row["asked_to_repeat"]:
        return ""
    lines = str(row["text"]).splitlines()
    if len(lines) > 1:
        return f"Write this sentence {len(lines)} times: {lines[0]}"
    words = lines[0].split()
    return f"Write the word {words[0]} {len(words)} times."


def _chapters() -> Iterator[Answer]:
    command = [PROGRAM, "-f", "Gen1:1-Rev22:21"]
    said = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    verses = (line.partition(" ") for line in said.splitlines())
    for chapter, those in groupby(verses, key=lambda verse: verse[0].partition(":")[0]):
        yield Answer(chapter, "chapter", "\n".join(text for _, _, text in those))


def _library() -> Iterator[Answer]:
    for path in sorted(Path(sysconfig.get_path("stdlib")).glob("*.py")):
        yield Answer(path.name, "module", path.read_text("utf-8"))
