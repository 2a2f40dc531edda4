"""A text of which more may come: what is asked of it is answered, or it is said to be too early.

Knows no markup.
"""

from dataclasses import dataclass

LONGEST = 1000
"""Characters within which what was opened must be closed."""


class OpenError(Exception):
    """What begins here may be closed by text to come, in which one of the characters `by` must be;
    any may where there are none.
    """

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


@dataclass(slots=True)
class Found:
    """A construct that is complete: what it is shown as, and where it ends."""

    shown: str
    end: int
    own_rows: bool = False


class Partial:
    """A text, as far as it has come."""

    def __init__(self, text: str, *, final: bool) -> None:
        """`final`: no text comes after it."""
        self._text = text
        self._final = final

    def _wait(self, at: int, by: str, *, longest: int = LONGEST) -> None:
        """Raise OpenError for what begins at `at`, unless nothing more can come that counts."""
        if not self._final and len(self._text) - at <= longest:
            raise OpenError(by)

    def _peek(self, at: int) -> str:
        """The character there, a blank at the end; raises OpenError if it has not come yet."""
        if at >= len(self._text):
            self._wait(at, "")
            return " "
        return self._text[at]

    def _run(self, at: int) -> int:
        """How often the character at `at` is repeated; raises OpenError if it may grow."""
        char, end = self._text[at], at + 1
        while end < len(self._text) and self._text[end] == char:
            end += 1
        if end - at < LONGEST:
            self._peek(end)
        return end - at
