"""A stream that qwq writes to: faults as one clear line, and whether a terminal is behind it.

Knows text streams. Does not know events, nor what is written. A reader that went away is a
`BrokenPipeError` and stays one: that is no fault, and `cli.main` ends quietly with it.
"""

import os
from typing import TextIO

from qwq_cli.errors import QwqError
from qwq_cli.stream.sanitise import sanitise

_USUAL_SIZE = (80, 24)


class Output:
    """Writes and flushes; `tty` says whether a terminal is behind it."""

    def __init__(self, stream: TextIO | None, name: str) -> None:
        """`name` is for errors. Where the stream is closed (None), the first write says so."""
        self._stream = stream
        self._name = name
        self.tty = stream is not None and not stream.closed and stream.isatty()

    @property
    def descriptor(self) -> int:
        """The number by which the system knows it, -1 for none."""
        try:
            return self._stream.fileno() if self._stream else -1
        except OSError:  # no file at all
            return -1

    def write(self, text: str) -> None:
        """Write and flush. Raises QwqError (full disk, closed) and BrokenPipeError."""
        if self._stream is None:
            raise QwqError(f"can't write to {self._name}", "it is closed", "open it or redirect it")
        try:
            self._stream.write(text)
            self._stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise QwqError(
                f"can't write to {self._name}", why, "nothing more was written"
            ) from error

    def write_safely(self, text: str) -> None:
        """Write as it is; on a terminal without what could steer it."""
        self.write(sanitise(text) if self.tty else text)

    def size(self) -> tuple[int, int]:
        """Columns and lines of the terminal, now."""
        try:
            size = os.get_terminal_size(self.descriptor)
        except OSError:  # no terminal, or one that has none to tell
            return _USUAL_SIZE
        return (size.columns or _USUAL_SIZE[0], size.lines or _USUAL_SIZE[1])
