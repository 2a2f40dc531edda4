"""What stands on the screen, as a document of passages laid out in rows. No events, no clock.

A page is wholly decided by its passages and its width, whatever chunks they came in. So taking
text back needs no undo: lay out what is left afresh, and erase the rows that differ.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from qwq_cli.stream.sanitise import Sanitiser
from qwq_cli.ui.marks import PLAIN, dressed, mark, unmarked
from qwq_cli.ui.wrap import Wrapper

if TYPE_CHECKING:
    from qwq_cli.ui.markdown.document import Document

Kind: TypeAlias = Literal["thinking", "ours", "answer", "note", "break"]
"""ours: what qwq put into the model's thinking. note: a line of qwq's own. break: no text, but the
row ends here, because the terminal's width changed.
"""

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

    def __init__(self, columns: int, *, styled: bool, markdown: bool = False) -> None:
        """`markdown`: what the answer is written in, and shown as."""
        self._wrapper = Wrapper(columns)
        self._markdown = markdown
        self._document: Document | None = None
        self._sanitiser = Sanitiser()
        self._styled = styled
        self._kind: Kind | None = None
        self._led = True
        """Whether the sign before what is ours is written."""

    @property
    def rows(self) -> int:
        """How far down the cursor is from where the page began."""
        return self._wrapper.rows

    @property
    def row(self) -> str:
        """The current row, to be written again; marked, and plain at its end."""
        end = mark(PLAIN) if self._wrapper.look != PLAIN else ""
        return self._wrapper.row + end

    def add(self, kind: Kind, text: str) -> str:
        """More text of this kind, as what to write to the terminal. A note is always whole."""
        if kind == "break":
            return self._wrapper.restart()
        written = ""
        if kind != self._kind or kind == "note":
            apart = 1 if kind == self._kind else 2
            written = self._end() + self._wrapper.open_row(apart)
            self._kind = kind
            self._led = kind != "ours"
            if kind == "answer" and self._markdown:
                self._begin_answer()
        if not self._led:
            text = text.lstrip("\n ")
            self._led = bool(text)
            text = _OURS + text if text else ""
        text = unmarked(self._sanitiser.feed(text))
        if self._document and kind == "answer":
            look = self._wrapper.look
            written += self._marked(look, self._document.feed(text))
        else:
            written += self._dress(self._wrapper.feed(text))
        return written + self.close() if kind == "note" else written

    def tail(self) -> str:
        """What of the answer is held back, to be written below and to be written over then."""
        shown = self._document.tail() if self._document and self._kind == "answer" else ""
        return dressed(shown)

    def close(self) -> str:
        """Complete the passage and leave its row, so that others may write below."""
        return self._end() + self._wrapper.open_row(1)

    def _begin_answer(self) -> None:
        if self._document is None:
            from qwq_cli.ui.markdown.document import Document

            self._document = Document(self._wrapper)
        self._document.resume()

    def _end(self) -> str:
        self._sanitiser.flush()
        if self._document and self._kind == "answer":
            written = self._marked(self._wrapper.look, self._document.flush())
            self._wrapper.indent("", "")
            return written
        return self._dress(self._wrapper.flush())

    def last_row(self) -> str:
        """The current row, as it is written again."""
        return dressed(self.row) if self._document else self._dress(self._wrapper.row)

    def _marked(self, before: int, text: str) -> str:
        """Marked text that goes on from one look, dressed, and plain at its end."""
        if not text:
            return ""
        start = mark(before) if before != PLAIN else ""
        end = mark(PLAIN) if self._wrapper.look != PLAIN else ""
        return dressed(start + text + end)

    def _dress(self, text: str) -> str:
        if text and self._styled and self._kind != "answer":
            return f"{_SLANTED if self._kind == 'ours' else _DIM}{text}{_PLAIN}"
        return text


def laid_out(
    passages: list[Passage], columns: int, *, styled: bool, markdown: bool = False
) -> Page:
    """A page on which these passages stand, as if it had just been written."""
    page = Page(columns, styled=styled, markdown=markdown)
    for passage in passages:
        page.add(passage.kind, "".join(passage.pieces))
    return page


def cut(passages: list[Passage], thinking_chars: int, answer_chars: int) -> list[Passage]:
    """The passages up to where the text was taken back to, without the notes after that."""
    left = {"thinking": thinking_chars, "answer": answer_chars}
    kept: list[Passage] = []
    for passage in passages:
        if passage.kind in {"note", "break"}:
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
    while kept and not answer_chars and kept[-1].kind in {"note", "break"}:
        kept.pop()
    return kept
