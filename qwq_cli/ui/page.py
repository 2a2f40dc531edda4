"""What stands on the screen, as a document of passages laid out in rows. No events, no clock.

A page is wholly decided by its passages and its width, whatever chunks they came in. So taking
text back needs no undo: lay out what is left afresh, and erase the rows that differ.
"""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from qwq_cli.stream.sanitise import Sanitiser
from qwq_cli.ui.wrap import Wrapper

Kind: TypeAlias = Literal["thinking", "ours", "answer", "note"]
"""ours: what qwq put into the model's thinking. note: a line of qwq's own."""

_DIM, _SLANTED, _PLAIN = "\x1b[2m", "\x1b[2;3m", "\x1b[0m"
_OURS = "› "
"""Stands before what is ours, and tells it apart where there are no styles."""


@dataclass(slots=True)
class Passage:
    """A stretch of text of one kind, in the pieces in which it came."""

    kind: Kind
    pieces: list[str] = field(default_factory=list)


class Page:
    """Lays passages out, one under the other, a blank row between them; append-only."""

    def __init__(self, columns: int, *, styled: bool) -> None:
        self._wrapper = Wrapper(columns)
        self._sanitiser = Sanitiser()
        self._styled = styled
        self._kind: Kind | None = None
        self._led = True
        """Whether the sign before what is ours is written."""

    @property
    def rows(self) -> int:
        """How far down the cursor is from where the page began."""
        return self._wrapper.rows

    def add(self, kind: Kind, text: str) -> str:
        """More text of this kind, as what to write to the terminal. A note is always whole."""
        written = ""
        if kind != self._kind or kind == "note":
            apart = 1 if kind == self._kind else 2
            written = self._end() + self._wrapper.open_row(apart)
            self._kind = kind
            self._led = kind != "ours"
        if not self._led:
            text = text.lstrip("\n ")
            self._led = bool(text)
            text = _OURS + text if text else ""
        written += self._dress(self._wrapper.feed(self._sanitiser.feed(text)))
        return written + self.close() if kind == "note" else written

    def close(self) -> str:
        """Complete the passage and leave its row, so that others may write below."""
        return self._end() + self._wrapper.open_row(1)

    def _end(self) -> str:
        self._sanitiser.flush()
        return self._dress(self._wrapper.flush())

    def last_row(self) -> str:
        """The current row, to be written again."""
        return self._dress(self._wrapper.row)

    def _dress(self, text: str) -> str:
        if text and self._styled and self._kind != "answer":
            return f"{_SLANTED if self._kind == 'ours' else _DIM}{text}{_PLAIN}"
        return text


def laid_out(passages: list[Passage], columns: int, *, styled: bool) -> Page:
    """A page on which these passages stand, as if it had just been written."""
    page = Page(columns, styled=styled)
    for passage in passages:
        page.add(passage.kind, "".join(passage.pieces))
    return page


def cut(passages: list[Passage], thinking_chars: int, answer_chars: int) -> list[Passage]:
    """The passages up to where the text was taken back to, without the notes after that."""
    left = {"thinking": thinking_chars, "answer": answer_chars}
    kept: list[Passage] = []
    for passage in passages:
        if passage.kind == "note":
            kept.append(passage)
            continue
        text = "".join(passage.pieces)
        part: Literal["thinking", "answer"] = "answer" if passage.kind == "answer" else "thinking"
        stays = text[: left[part]]
        left[part] -= len(stays)
        if stays:
            kept.append(Passage(passage.kind, [stays]))
        if len(stays) < len(text):
            break
    while kept and not answer_chars and kept[-1].kind == "note":
        kept.pop()
    return kept
