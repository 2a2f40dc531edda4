"""Texts line by line, for a terminal that can do nothing more and for a pipe.

Knows streams.
"""

from typing import BinaryIO

from qwq_cli.errors import BadInputError, UsageError
from qwq_cli.ui.output import Output
from qwq_cli.ui.repl.entry import continued, goes_on


class Lines:
    """Reads UTF-8. `asks` is written before each text, and `asks_more` before its other lines."""

    def __init__(self, stream: BinaryIO, output: Output, asks: str, asks_more: str) -> None:
        self._stream = stream
        self._output = output
        self._asks = asks
        self._asks_more = asks_more

    def read(self, text: str = "", *, edit: bool = False) -> str:
        """One text; it can't be changed where it stands, so `text` is only shown."""
        if edit:
            raise UsageError("there is no editor here", "", "write the question anew, after /undo")
        if text and self._asks:
            self._output.write_safely(f"(not sent: {text})\n")
        entry = self._line(self._asks)
        while goes_on(entry):
            if continued(entry):
                entry = entry[:-1]
            try:
                entry += "\n" + self._line(self._asks_more)
            except EOFError:
                break
        return entry

    def fault(self) -> str | None:
        """Nothing is remembered here."""
        return None

    def interrupt(self, *, leave: bool) -> None:
        """A read that waits is ended by raising: this is called in its thread, by a signal."""
        raise EOFError if leave else KeyboardInterrupt

    def _line(self, prompt: str) -> str:
        if prompt:
            self._output.write(prompt)
        line = self._stream.readline()
        if not line:
            if prompt:
                self._output.write("\n")
            raise EOFError
        try:
            return line.decode().rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise BadInputError(
                "that line is not UTF-8", f"byte {error.start + 1:,}", "write it as UTF-8"
            ) from error
