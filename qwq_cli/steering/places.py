"""Where a text may be taken back to: the beginnings of sentences, and ends of whole answers.

Knows punctuation and headings. Does not know loops.
"""

import re
from typing import Final

from qwq_cli.stream.final import last_box
from qwq_cli.stream.headings import heading_end

_SENTENCE: Final = re.compile(r"[。！？!?…]+[”’」』)）]*\s*|\.[\"')\]*]*(?:\s+|$)|\n\s*")
ENDERS: Final = "。！？.!?…”’」』)）]}\"'*`"
_FAR: Final = 600
"""Characters; a sentence that began before that is none."""


def sentence_start(text: str, at: int) -> int:
    """The beginning of the sentence or line that `at` is in; `at` where that is far."""
    begin = max(0, at - _FAR)
    start = -1 if begin else 0
    for found in _SENTENCE.finditer(text, begin, at):
        start = found.end()
    return at if start < 0 else start


def complete_answer(answer: str, at: int) -> int | None:
    """Where an answer ends whose repetition starts at `at`: its sentence's end mark included, a
    heading of the next copy left out. None where what stands before is not complete.
    """
    while 0 < at < len(answer) and answer[at] in ENDERS and not answer[at - 1].isspace():
        at += 1
    kept = answer[:at].rstrip()
    while kept:
        line = kept.rpartition("\n")[2]
        if not heading_end(line, ended=True):
            break
        kept = kept[: -len(line)].rstrip()
    if not kept.strip(" \n*#_-"):
        return None
    rest = answer[len(kept) :].lstrip(" \t")
    whole = kept[-1] in ENDERS or rest.startswith("\n") or last_box(kept) is not None
    return len(kept) if whole else None
