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
from qwq_cli.ui.status import figures, joined, put_in, taken_back
from qwq_cli.ui.tail import Tail, clipped
from qwq_cli.ui.tally import Tally
from qwq_cli.ui.wrap import NARROWEST, cells

View: TypeAlias = Literal["show", "fold", "hide"]


@dataclass(frozen=True, slots=True)
class Look:
    """What a person wants to see, and what their terminal can do.

    `answer`: show the answer here (else it goes elsewhere, and this screen is left clean before
    it comes). `lasting`: what was thought leaves its line behind. `waits`: a line says what is
    waited for. `styled`: dim text is allowed. `erases`: the terminal can move its cursor and erase.
    `markdown`: the answer is Markdown and is shown as that, where the terminal can do both.
    `key`: what opens a folded thought while it lasts, "" where nobody listens; `later`: what shows
    it when it is over, "" for nothing. `figures`: what it all took is told at the end.
    """

    thinking: View = "show"
    answer: bool = True
    lasting: bool = True
    waits: bool = True
    notices: bool = True
    styled: bool = True
    erases: bool = True
    markdown: bool = False
    key: str = ""
    later: str = ""
    figures: bool = True


class Screen:
    """Feed it events and the time; write what it returns, in one piece."""

    def __init__(self, look: Look, size: tuple[int, int], model: str, now: float) -> None:
        """`size`: columns and lines; `model`: its name, for while it loads; `now`: seconds."""
        self._look = look
        self._view: View = look.thinking
        self._columns, self._lines = size
        self._markdown = look.markdown and look.styled and look.erases
        self._passages: list[Passage] = []  # those of a folded thought, too
        self._page = self._laid_out(self._passages)
        self._tail = Tail()
        self._status = ""
        self._torn = ""  # what must be written first, since the width changed
        self._shift = 0  # rows on the screen less rows of the page
        self._floor = 0  # the first row of the screen that may be erased
        self._phase: Literal["waiting", "thinking", "answering", "done"] = "waiting"
        self._tally = Tally(model, now)
        self._turned = False  # the thought is to be opened, or folded

    @property
    def moves(self) -> bool:
        """Whether a status line stands, or may come, that shows the time."""
        if self._phase == "waiting":
            return self._look.erases and self._look.waits
        return self._look.erases and self._phase == "thinking" and self._view == "fold"

    @property
    def generates(self) -> bool:
        """Whether text comes, so that nobody else should write to the terminal."""
        return self._phase in {"thinking", "answering"}

    @property
    def listens(self) -> bool:
        """Whether `turn` would do something now."""
        return bool(self._look.key) and self._look.erases and self._phase == "thinking"

    def turn(self) -> None:
        """Open the thought that is folded, or fold it; the next frame shows it."""
        self._turned = not self._turned

    def frame(self, events: Iterable[Event], now: float) -> str:
        """What to write for these events, and for the time gone by."""
        out: list[str] = []
        for event in events:
            self._take(event, now, out)
        if self._turned:
            self._turned = False
            out.append(self._redrawn() if self.listens else "")
        status = self._status_at(now)
        written = self._with_tail("".join(out))
        if written:
            return self._without_status() + written + self._with_status(status)
        return self._with_status(status) if status != self._status else ""

    def resize(self, size: tuple[int, int]) -> None:
        """The terminal has another size from here on; what stands may have been reflowed."""
        if size == (self._columns, self._lines):
            return
        changed = size[0] != self._columns
        self._columns, self._lines = size
        if not changed:
            return
        if self._tail:
            self._move_on(*self._tail.taken_off())
        else:
            self._move_on(*("\n", 1) if self._page.row else ("", 0))

    def displaced(self) -> None:
        """Others wrote below, and left the cursor at the start of a row: go on there."""
        self._status, self._tail = "", Tail()
        self._move_on("", 1)

    def _move_on(self, torn: str, rows: int) -> None:
        """Go on so many rows below the text's end; `torn`: what must be written to get there."""
        row = self._row() + rows
        self._torn += torn
        if rows:
            self._passages.append(Passage("break"))
        self._page = self._laid_out(self._passages)
        self._shift = row - self._page.rows
        self._floor = row + 1

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
            case Started():
                self._tally.started(event, now)
            case Prefill():
                self._tally.read(event, now)
            case Finished():
                out.append(self._finish(event, now))

    def _think(self, event: Thinking, now: float) -> str:
        if self._phase == "waiting":
            self._tally.thinks(now)
        self._phase = "thinking"
        self._tally.thought(event)
        kind: Kind = "ours" if event.ours else "thinking"
        return self._add(kind, event.text)

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
        if not self._look.lasting or self._view == "hide":
            return ""
        later = self._look.later if self._view == "fold" else ""
        line = joined([*self._tally.pace("Thought", now), ending])
        whole = joined([line, later])
        if cells(whole) < self._columns:
            return self._note(whole)
        return self._note(line) + (self._note(later) if later else "")

    def _finish(self, event: Finished, now: float) -> str:
        written, thought = "", self._phase == "thinking"
        if thought:
            written = self._thought(now, "" if event.reason == "stop" else event.reason)
        elif self._phase == "answering" and self._look.answer and event.reason != "stop":
            written = self._note(f"({event.reason})")
        if self._look.figures and (self._look.lasting or event.usage.trimmed_tokens):
            parts = figures(event.usage, event.timings)
            written += self._tell(joined(parts[2 * thought :]))
        self._phase = "done"
        return written + self._page.close()

    def _rewind(self, event: Rewound) -> str:
        self._tally.rewound(event)
        if self._phase == "answering" and not event.answer_chars:
            self._phase = "thinking"
        kept = cut(self._passages, event.thinking_chars, event.answer_chars)
        gone = _length(self._visible(self._passages)) - _length(self._visible(kept))
        self._passages = kept
        if not gone:
            return ""
        at = self._row()
        self._page = self._laid_out(kept)
        return self._erase(at, gone, event)

    # -------------------------------------------------------------------------------- rows

    def _row(self) -> int:
        return self._page.rows + self._shift

    def _laid_out(self, passages: list[Passage]) -> Page:
        shown, styled = self._visible(passages), self._look.styled
        return laid_out(shown, self._columns, styled=styled, markdown=self._markdown)

    def _visible(self, passages: list[Passage]) -> list[Passage]:
        """Those that are not folded away."""
        if self._view == "show":
            return passages
        return [passage for passage in passages if passage.kind not in {"thinking", "ours"}]

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
        hidden = self._view != "show" and kind in {"thinking", "ours"}
        return "" if hidden else self._page.add(kind, text)

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

    def _top(self, at: int) -> int:
        """The first row that is ours and can be reached from the row `at`, below it if none is."""
        if self._look.erases and self._columns >= NARROWEST:
            return max(self._floor, at + self._tail.rows - (self._lines - 1))
        return at + 1

    def _redrawn(self) -> str:
        """The thought opened, or folded: the page is drawn anew from its first row on, or from the
        first one that can still be erased.
        """
        at = self._row()
        top = max(self._top(at), self._shift)
        if self._view == "fold":
            top = min(top, at)  # where nothing stands but the status line
        self._view = "show" if self._view == "fold" else "fold"
        page = Page(self._columns, styled=self._look.styled, markdown=self._markdown)
        shown = "".join(
            page.add(passage.kind, "".join(passage.pieces))
            for passage in self._visible(self._passages)
        )
        self._shift = self._floor = min(top, at + 1)
        self._page = page
        return (_up(at - top) if top <= at else "\n") + shown

    def _erase(self, at: int, gone: int, event: Rewound) -> str:
        """From row `at` back to the page's new end, erasing as far up as the rows are ours; a note
        stays where the text was.
        """
        top = self._top(at)
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
        if self._phase != "thinking":
            return self._tally.waiting(now, self._columns - 1)
        hint = f"{self._look.key} opens it" if self._look.key else ""
        return self._tally.thinking(now, self._columns - 1, hint)

    def _without_status(self) -> str:
        erased = "\r\x1b[J" if self._status else ""
        self._status = ""
        return erased

    def _with_status(self, line: str) -> str:
        """Write the line over the last one, then clear what is left of that: no flicker.

        The cursor goes back to its beginning: should a narrower terminal make two rows of it,
        both are below the cursor and can be erased.
        """
        if not line:
            return self._without_status()
        rest = "\x1b[J" if len(line) < len(self._status) or not line.isascii() else ""
        self._status = line
        shown = f"\x1b[2m{line}\x1b[0m" if self._look.styled else line
        return f"\r{shown}{rest}\r"


def _length(passages: list[Passage]) -> int:
    return sum(len(piece) for passage in passages for piece in passage.pieces)


def _up(rows: int) -> str:
    """To the start of the row that many rows up, with everything from there on erased."""
    return (f"\x1b[{rows}A" if rows else "") + "\r\x1b[J"
