"""What stands below the text for a moment, and is written over once it is clear what it becomes.

Knows rows and the controls to write over them. Does not know why anything is held back. Rows are
cleared only behind their text, so nothing flickers. Afterwards the cursor goes back to where the
text ends: whatever another width makes of the rows below, all of them are erased from there.
"""

from qwq_cli.ui.marks import dressed


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
        self._begun = False

    def __bool__(self) -> bool:
        return bool(self._drawn)

    @property
    def rows(self) -> int:
        """How far it reaches below the row on which the text ends."""
        return self._drawn.count("\n")

    def replaced(self, written: str, tail: str, anchor: str) -> str:
        """What to write, so that `written` goes on from the text's end, and a new tail from there.

        `anchor`: the text's last row then, marked.
        """
        if not written and tail == self._drawn:
            return ""
        if not (tail or self._drawn):
            return written
        text = f"{written}{tail}".replace("\n", "\x1b[K\n") + "\x1b[J"
        self._drawn, self._begun = tail, bool(anchor)
        return f"{text}{_up(self.rows)}\r{dressed(anchor)}" if tail else text

    def taken_off(self) -> tuple[str, int]:
        """Take it off a terminal whose width has changed, and begin a row of one's own: what to
        write, and how many rows that is below the text's end.
        """
        self._drawn = ""
        return ("\x1b[J\n", 1) if self._begun else ("\x1b[J", 0)


def _up(rows: int) -> str:
    return f"\x1b[{rows}A" if rows else ""
