"""How qwq itself speaks in a conversation: notes beside it, and what a command was asked for.

Knows the streams. On a terminal a note is dim and has no name before it; else it is as elsewhere.
"""

from dataclasses import dataclass

from qwq_cli.cli.shell import Shell
from qwq_cli.errors import QwqError
from qwq_cli.stream.sanitise import one_line
from qwq_cli.ui.wrap import wrapped


@dataclass(frozen=True, slots=True)
class Voice:
    """`styled`: dim text is welcome. `quiet`: no notes."""

    shell: Shell
    styled: bool
    quiet: bool = False

    def note(self, message: str) -> None:
        """What happened, in a line."""
        if self.quiet:
            return
        err = self.shell.err
        if not err.tty:
            self.shell.tell(message)
            return
        line = wrapped(one_line(message), err.size()[0])
        err.write(f"\x1b[2m{line}\x1b[0m\n" if self.styled else f"{line}\n")

    def show(self, text: str) -> None:
        """What was asked for; nothing in it steers a terminal."""
        self.shell.out.write_safely(text if text.endswith("\n") else f"{text}\n")

    def complain(self, error: QwqError) -> None:
        """The line of an error."""
        self.shell.complain(error)
