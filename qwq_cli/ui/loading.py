"""How far a model is loaded: one line that is written anew, and goes. Knows counts and a stream."""

from time import monotonic
from types import TracebackType

from qwq_cli.errors import QwqError
from qwq_cli.ui.output import Output
from qwq_cli.ui.status import duration

_SOON_S = 0.3
"""What is done by then needs no line."""


class Loading:
    """A line on a terminal that can erase, nothing elsewhere. A context manager: leaving it, the
    row is empty.
    """

    def __init__(self, output: Output, name: str, *, erases: bool) -> None:
        self._output = output
        self._name = name
        self._shown = output.tty and erases
        self._begun = monotonic()
        self._drawn = False

    def at(self, done: int, total: int) -> None:
        """So many of so many parts are loaded. From any thread, while the others wait."""
        seconds = monotonic() - self._begun
        if not self._shown or seconds < _SOON_S:
            return
        line = told(self._name, done, total, seconds)
        try:
            self._output.write("\r")
            self._output.write_safely(line[: self._output.size()[0] - 1])
            self._output.write("\x1b[K")
        except (OSError, QwqError):  # nobody looks; the model comes all the same
            self._shown = False
        else:
            self._drawn = True

    def __enter__(self) -> "Loading":  # noqa: PYI034 - Self costs 15 ms before Python 3.11
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._drawn and self._shown:
            self._output.write("\r\x1b[K")


def told(name: str, done: int, total: int, seconds: float) -> str:
    """`Loading qwq-32b onto the GPU · 12 of 67 parts · 3.1 s`."""
    return f"Loading {name} onto the GPU · {done} of {total} parts · {duration(seconds)}"
