"""Events to what a terminal shall be told, pure: no stream, no thread, no clock of its own.

Knows events, pages and the few controls it needs: dim, erase, up. Does not know which terminal.
The screen below the cursor's start is ours: passages grow downward, or one status line stands on
the current row and is written over. What has scrolled away, or was reflowed by a resize, is not
ours any more: it is never erased, and a line says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from qwq_cli.events import (
    Answer,
    Event,
    Finished,
    Noticed,
    Prefill,
    Rewound,
    Started,
    Steered,
    Switch,
    Thinking,
)
from qwq_cli.stream.sanitise import one_line
from qwq_cli.ui.page import Kind, Page, Passage, cut, laid_out
from qwq_cli.ui.status import cost, duration, loops, pace, put_in, reading, taken_back
from qwq_cli.ui.tail import Tail, clipped
from qwq_cli.ui.wrap import NARROWEST, clip

View: TypeAlias = Literal["show", "fold", "hide"]
_PATIENCE_S = 0.3
"""A wait shorter than this is not worth a status line."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a person wants to see, and what their terminal can do.

    `answer`: show the answer here (else it goes elsewhere, and this screen is left clean before
    it comes). `lasting`: what was thought leaves its line behind. `waits`: a line says what is
    waited for. `styled`: dim text is allowed. `erases`: the terminal can move its cursor and erase.
    `markdown`: the answer is Markdown and is shown as that, where the terminal can do both.
    """

    thinking: View = "show"
    answer: bool = True
    lasting: bool = True
    waits: bool = True
    notices: bool = True
    styled: bool = True
    erases: bool = True
    markdown: bool = False


class Screen:
    """Feed it events and the time; write what it returns, in one piece."""

    def __init__(self, look: Look, size: tuple[int, int], model: str, now: float) -> None:
        """`size`: columns and lines; `model`: its name, for while it loads; `now`: seconds."""
        self._look = look
        self._columns, self._lines = size
        self._markdown = look.markdown and look.styled and look.erases
        self._passages: list[Passage] = []
        self._page = self._laid_out(self._passages)
        self._tail = Tail()
        self._status = ""
        self._torn = ""  # what must be written first, since the width changed
        self._shift = 0  # rows on the screen less rows of the page
        self._floor = 0  # the first row of the screen that may be erased
        self._phase: Literal["waiting", "thinking", "answering", "done"] = "waiting"
        self._waiting_for = f"Loading {one_line(model)}"
        self._prefill: Prefill | None = None
        self._since = now
        self._tokens = 0
        self._gone = 0
        self._loops = 0

    @property
    def moves(self) -> bool:
        """Whether a status line stands, or may come, that shows the time."""
        if self._phase == "waiting":
            return self._look.erases and self._look.waits
        return self._look.erases and self._phase == "thinking" and self._look.thinking == "fold"

    def frame(self, events: Iterable[Event], now: float) -> str:
        """What to write for these events, and for the time gone by."""
        out: list[str] = []
        for event in events:
            self._take(event, now, out)
        status = self._status_at(now)
        written = self._with_tail("".join(out))
        if written:
            return self._without_status() + written + self._with_status(status)
        return self._with_status(status) if status != self._status else ""

    def resize(self, size: tuple[int, int]) -> None:
        """The terminal has another size from here on; what stands may have been reflowed."""
        if size == (self._columns, self._lines):
            return
        row = self._row()
        changed = size[0] != self._columns
        self._columns, self._lines = size
        if not changed:
            return
        if self._tail:
            torn, rows = self._tail.taken_off(self._columns)
        else:
            torn, rows = ("\n", 1) if self._page.row else ("", 0)
        self._torn += torn
        if rows:
            self._passages.append(Passage("break"))
        self._page = self._laid_out(self._passages)
        self._shift = row + rows - self._page.rows
        self._floor = row + rows + 1

    def close(self, now: float) -> str:
        """The end, also an early one: leave the cursor on a row of its own."""
        written = self._thought(now) if self._phase == "thinking" else ""
        self._phase = "done"
        return self._without_status() + self._with_tail(written + self._page.close())

    # ------------------------------------------------------------------------------- events

    def _take(self, event: Event, now: float, out: list[str]) -> None:
        match event:
            case Thinking():
                out.append(self._think(event, now))
            case Answer():
                out.append(self._answer(event, now))
            case Rewound():
                out.append(self._rewind(event))
            case Noticed():
                out.append(self._notice(event))
            case Steered():
                out.append(self._tell(put_in(event)))
            case Started(prompt_tokens=tokens):
                self._waiting_for, self._since = f"Reading {tokens:,} tokens", now
            case Prefill():
                self._prefill = event
            case Finished():
                out.append(self._finish(event, now))

    def _think(self, event: Thinking, now: float) -> str:
        if self._phase == "waiting":
            self._since = now
        self._phase = "thinking"
        self._tokens += event.tokens
        kind: Kind = "ours" if event.ours else "thinking"
        return self._add(kind, event.text) if self._look.thinking == "show" else ""

    def _answer(self, event: Answer, now: float) -> str:
        if not event.text:
            return ""
        written = ""
        if self._phase == "thinking":
            written = self._thought(now)
            if not self._look.answer:
                written += self._page.close()
                self._floor = self._row()
        self._phase = "answering"
        return written + (self._add("answer", event.text) if self._look.answer else "")

    def _thought(self, now: float, ending: str = "") -> str:
        """The line that stays where the thinking was."""
        if not self._look.lasting or self._look.thinking == "hide":
            return ""
        line = pace("Thought", now - self._since, self._tokens, self._gone)
        return self._note(line + loops(self._loops) + ending)

    def _finish(self, event: Finished, now: float) -> str:
        written = ""
        if self._phase == "thinking":
            written = self._thought(now, "" if event.reason == "stop" else f" · {event.reason}")
        elif self._phase == "answering" and self._look.answer and event.reason != "stop":
            written = self._note(f"({event.reason})")
        if event.usage.trimmed_tokens:
            written += self._tell(f"({cost(event.usage)})")
        self._phase = "done"
        return written + self._page.close()

    def _rewind(self, event: Rewound) -> str:
        self._tokens = max(0, self._tokens - event.trimmed_tokens)
        self._gone += event.trimmed_tokens
        self._loops += event.loop is not None
        if self._phase == "answering" and not event.answer_chars:
            self._phase = "thinking"
        kept = cut(self._passages, event.thinking_chars, event.answer_chars)
        gone = _length(self._passages) - _length(kept)
        if not gone:
            return ""
        self._passages = kept
        at = self._row()
        self._page = self._laid_out(kept)
        return self._erase(at, gone, event)

    # -------------------------------------------------------------------------------- rows

    def _row(self) -> int:
        return self._page.rows + self._shift

    def _laid_out(self, passages: list[Passage]) -> Page:
        styled = self._look.styled
        return laid_out(passages, self._columns, styled=styled, markdown=self._markdown)

    def _with_tail(self, written: str) -> str:
        """What is written from the text's end on, and what is held back below it."""
        torn, self._torn = self._torn, ""
        tail = ""
        if self._phase == "answering" and self._markdown and self._columns >= NARROWEST:
            tail = clipped(self._page.tail(), self._lines - 2)
        if not (tail or self._tail):
            return torn + written
        return torn + self._tail.replaced(written, tail, self._page.row)

    def _add(self, kind: Kind, text: str) -> str:
        if not text:
            return ""  # an empty passage would part the text around it
        if not self._passages or self._passages[-1].kind != kind:
            self._passages.append(Passage(kind))
        self._passages[-1].pieces.append(text)
        return self._page.add(kind, text)

    def _note(self, text: str) -> str:
        note = one_line(text)
        self._passages.append(Passage("note", [note]))
        return self._page.add("note", note)

    def _notice(self, event: Noticed) -> str:
        about = event.about
        unseen = self._look.thinking == "hide" or not self._look.lasting
        if unseen and isinstance(about, Switch) and about.part == "thinking":
            return ""
        return self._tell(event.message)

    def _tell(self, text: str) -> str:
        """A note, where notices are wanted."""
        return self._note(text) if text and self._look.notices else ""

    def _erase(self, at: int, gone: int, event: Rewound) -> str:
        """From row `at` back to the page's new end, erasing as far up as the rows are ours; a note
        stays where the text was.
        """
        top = at + 1
        if self._look.erases and self._columns >= NARROWEST:
            top = max(self._floor, at + self._tail.rows - (self._lines - 1))
        if self._row() >= top:
            erased = _up(at - self._row()) + self._page.last_row()
            return erased + self._tell(f"({taken_back(event)})")
        note = Page(self._columns, styled=self._look.styled)
        written = _up(at - top) if top <= at else "\n"
        written += note.add("note", f"({taken_back(event)}; it was the last {gone:,} characters)")
        self._floor = min(top, at + 1) + note.rows
        self._shift = self._floor - self._page.rows
        return written + self._page.last_row()

    # ------------------------------------------------------------------------------ status

    def _status_at(self, now: float) -> str:
        if not self.moves:
            return ""
        seconds = now - self._since
        if self._phase == "thinking":
            line = pace("Thinking", seconds, self._tokens, self._gone) + loops(self._loops)
        elif seconds < _PATIENCE_S:
            line = ""
        elif self._prefill is not None:
            line = reading(self._prefill.done, self._prefill.total, seconds)
        else:
            line = f"{self._waiting_for} · {duration(seconds)}"
        return clip(line, self._columns - 1)

    def _without_status(self) -> str:
        erased = "\r\x1b[K" if self._status else ""
        self._status = ""
        return erased

    def _with_status(self, line: str) -> str:
        """Write the line over the last one, then clear what is left of that: no flicker."""
        if not line:
            return self._without_status()
        shorter = "\x1b[K" if len(line) < len(self._status) or not line.isascii() else ""
        self._status = line
        return f"\r\x1b[2m{line}\x1b[0m{shorter}" if self._look.styled else f"\r{line}{shorter}"


def _length(passages: list[Passage]) -> int:
    return sum(len(piece) for passage in passages for piece in passage.pieces)


def _up(rows: int) -> str:
    """To the start of the row that many rows up, with everything from there on erased."""
    return (f"\x1b[{rows}A" if rows else "") + "\r\x1b[J"
