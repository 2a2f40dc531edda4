"""What surrounds one run of qwq: its streams, its place, its signals. Knows no command."""

import sys
from dataclasses import dataclass, field
from io import TextIOWrapper
from typing import BinaryIO, TextIO

from qwq_cli.cli.interrupts import Interrupts
from qwq_cli.errors import QwqError
from qwq_cli.stream.sanitise import one_line
from qwq_cli.ui.output import Output


@dataclass(slots=True)
class Shell:
    """`stdin` is None where it is closed."""

    stdin: BinaryIO | None
    out: Output
    err: Output
    interrupts: Interrupts = field(default_factory=Interrupts)

    @property
    def stdin_is_terminal(self) -> bool:
        """Whether a person would have to type."""
        return self.stdin is not None and self.stdin.isatty()

    def tell(self, message: str) -> None:
        """A line on stderr; on a terminal broken between words, if at all."""
        line = f"qwq: {one_line(message)}"
        if self.err.tty:
            from qwq_cli.ui.wrap import wrapped

            line = wrapped(line, self.err.size()[0])
        self.err.write(f"{line}\n")

    def complain(self, error: QwqError) -> None:
        """The line of an error; where stderr is gone too there is nobody to tell."""
        try:
            self.tell(str(error))
        except (BrokenPipeError, QwqError):
            return


def surrounding_shell() -> Shell:
    """The streams of this process. Off a terminal, text is UTF-8 whatever the locale."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")
    stdin: TextIO | None = sys.stdin
    return Shell(
        stdin=stdin.buffer if stdin is not None else None,
        out=Output(sys.stdout, "standard output"),
        err=Output(sys.stderr, "standard error"),
    )
