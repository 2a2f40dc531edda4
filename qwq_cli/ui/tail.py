"""What stands below the text for a moment, and is written over once it is clear what it becomes.

Knows rows and the controls to write over them. Does not know why anything is held back. Where new
text begins with what stands there already, only the rest of it is written; else the rows are
written over, and cleared only behind their text: nothing flickers.
"""

from qwq_cli.ui.marks import dressed
from qwq_cli.ui.wrap import cells


def clipped(tail: str, rows: int) -> str:
    """The tail's last rows, at most so many below the row that it begins on."""
    lines = tail.split("\n")
    if len(lines) - 1 <= rows:
        return tail
    return "\n".join(["", *lines[-rows:]]) if rows > 0 else ""


class Tail:
    """The tail that stands on the screen, none at first."""

    def __init__(self) -> None:
        self._drawn = ""
        self._anchor = ""

    def __bool__(self) -> bool:
        return bool(self._drawn)

    @property
    def rows(self) -> int:
        """How far the cursor is below the row on which the text ends."""
        return self._drawn.count("\n")

    def replaced(self, written: str, tail: str, anchor: str) -> str:
        """What to write, so that `written` goes on from the text's end, and a new tail from there.

        `anchor`: the text's last row then, marked.
        """
        text = written + tail
        if text.startswith(self._drawn):
            text = text[len(self._drawn) :]
        else:
            text = (dressed(self._anchor) + text).replace("\n", "\x1b[K\n")
            text = f"{_up(self.rows)}\r{text}\x1b[J"
        self._drawn, self._anchor = tail, anchor
        return text

    def taken_off(self, columns: int) -> tuple[str, int]:
        """Take it off a terminal that is so wide now, and begin a row of one's own: what to write,
        and how many rows that is below the text's end.

        A row that does not fit any more may have become two, or may not: then what was written
        there stays, and never is a row erased that may be another's.
        """
        drawn, anchor, rows = self._drawn, self._anchor, self.rows
        self._drawn = self._anchor = ""
        if all(cells(row) < columns for row in f"{anchor}{drawn}".split("\n")):
            end = "\n" if anchor else ""
            return f"{_up(rows)}\r{dressed(anchor)}\x1b[J{end}", len(end)
        return f"{_up(rows - 1)}\r\x1b[J" if rows else "\n", 1


def _up(rows: int) -> str:
    return f"\x1b[{rows}A" if rows else ""
