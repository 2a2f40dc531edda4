"""The traces that detectors are measured on, and what a token of them is. Knows no detector.

Their folder is not part of the project: `loops.jsonl` (traces that go in circles), `controls.jsonl`
(texts that repeat for good reason), `borderline.jsonl` (circle and recover) and `natural.jsonl`
(traces as they come), one object a line with `id` and `text`; `kind` says which loop it is, and
where copies follow each other, `onset_char` and `second_copy_char` say where the first two start.

No model's tokeniser is asked, since the traces come from many. A token here: a run of up to 12
letters with the blank before it, two Han characters, one digit (as in Qwen's), up to three signs, a
run of blanks or of line ends. On these traces that makes 3.2 to 3.8 characters a token, and 1.7 on
the Chinese one.
"""

import json
import random
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.measure import ROOT

FOLDER: Final = ROOT.parent / "shared" / "loops"
SETS: Final = ("loops", "controls", "borderline", "natural")
COPIES: Final = (
    "exact_sentence_cycle",
    "code_repeat",
    "code_repeat_growing_indent",
    "counter_cycle",
    "single_token",
)
"""The kinds of loops that consist of copies, but for counters and blanks; all others paraphrase."""

_HAN: Final = "\u3400-\u9fff"
_TOKEN: Final = re.compile(
    rf"[{_HAN}]{{1,2}}| ?[^\W\d_{_HAN}]{{1,12}}|\d"
    r"| ?[^\w\s]{1,3}|_{1,3}|\n{1,4}|[^\S\n]{1,16}"
)
_LATIN: Final = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Trace:
    """One text. `onset` and `second`: where the first two copies start, in characters; None where
    the loop is not made of copies that follow each other, or where there is none.
    """

    name: str
    kind: str
    text: str
    tokens: tuple[str, ...]
    onset: int | None = None
    second: int | None = None


def tokens(text: str) -> tuple[str, ...]:
    """The text in tokens; joined they are the text."""
    return tuple(_TOKEN.findall(text))


def load(folder: Path) -> dict[str, tuple[Trace, ...]]:
    """Every set of traces; SystemExit with one line where the folder does not have them."""
    return {name: tuple(_trace(row) for row in rows(folder, name)) for name in SETS}


def rows(folder: Path, name: str) -> tuple[Mapping[str, object], ...]:
    """One set's objects; SystemExit with one line where the folder does not have it."""
    path = folder / f"{name}.jsonl"
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        message = f"{path}: {error.strerror}; name the folder with the traces by --data DIR"
        raise SystemExit(message) from error
    return tuple(json.loads(line) for line in lines)


def _trace(row: Mapping[str, object]) -> Trace:
    text = str(row["text"])
    onset, second = row.get("onset_char"), row.get("second_copy_char")
    return Trace(
        name=str(row["id"]),
        kind=str(row.get("kind", "")),
        text=text,
        tokens=tokens(text),
        onset=onset if isinstance(onset, int) else None,
        second=second if isinstance(second, int) else None,
    )


class Ruler:
    """From offsets in characters to counts of tokens, for one trace."""

    def __init__(self, trace: Trace) -> None:
        self._ends: list[int] = []
        at = 0
        for token in trace.tokens:
            at += len(token)
            self._ends.append(at)

    def tokens_to(self, char: int) -> int:
        """How many tokens have ended where the first `char` characters have come."""
        return bisect_right(self._ends, char)


def unlooped(traces: Sequence[Trace], size: int) -> tuple[str, ...]:
    """A text of `size` tokens that repeats itself as much as real traces do within themselves.

    One trace after the other, over and over, the letters exchanged for others each time anew, so
    that no trace says what another one said.
    """
    made: list[str] = []
    source = _over_and_over(traces)
    while len(made) < size:
        made.extend(tokens(next(source)))
    # A tuple: Python's search for garbage would look through a list again and again.
    return tuple(made[:size])


def _over_and_over(traces: Sequence[Trace]) -> Iterator[str]:
    random_ = random.Random(1)
    while True:
        for trace in traces:
            han = "".join(sorted(set(re.findall(f"[{_HAN}]", trace.text))))
            table: dict[int, int] = {}
            for letters in (_LATIN, _LATIN.upper(), han):
                others = random_.sample(letters, len(letters))
                table |= str.maketrans(letters, "".join(others))
            yield trace.text.translate(table) + "\n\n"
