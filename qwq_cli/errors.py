"""Every fault that qwq tells a person about, each with its exit code.

    QwqError                 1   something failed
    ├── UsageError           2   the command line is off
    ├── NoAnswerError        3   the thought ended without an answer; the partial is kept
    ├── BadInputError       65   input data that can't be read
    ├── NotFoundError       66   no such file or model
    ├── UnavailableError    69   the engine can't run here (no GPU, server down)
    │   └── FailedThereError    69   a server that is there failed
    ├── BusyError           75   try again (out of memory, busy)
    └── ConfigError         78   a configuration file or setting is wrong

An error is one line: what, why, what to do. `cli.main` alone turns errors into exit codes;
an interrupt (130, or 143 for SIGTERM) and a closed pipe (141) are no errors and end there too.
"""

from typing import ClassVar


class QwqError(Exception):
    """One line for a person: what went wrong, why, and what to do about it."""

    code: ClassVar[int] = 1

    def __init__(self, what: str, why: str = "", todo: str = "") -> None:
        """Join the parts that are there; each is a phrase with no final full stop."""
        super().__init__(what, why, todo)
        self.what = what
        self.why = why
        self.todo = todo

    def __str__(self) -> str:
        """`what: why; todo`, with line breaks folded to spaces."""
        line = f"{self.what}: {self.why}" if self.why else self.what
        if self.todo:
            line = f"{line}; {self.todo}"
        return " ".join(line.split())


class UsageError(QwqError):
    """The command line is off."""

    code = 2


class NoAnswerError(QwqError):
    """No answer, or none that is complete: a spent budget, or a loop that would not break."""

    code = 3


class BadInputError(QwqError):
    """Input that can't be read: not UTF-8, binary, empty, too long for the context."""

    code = 65


class NotFoundError(QwqError):
    """No such file, or no model of that name."""

    code = 66


class UnavailableError(QwqError):
    """The engine can't run here."""

    code = 69


class FailedThereError(UnavailableError):
    """A server that is there failed, over this question or over all of them."""


class BusyError(QwqError):
    """It may work another time: out of memory, or somebody else's turn."""

    code = 75


class ConfigError(QwqError):
    """A configuration file or a setting is wrong."""

    code = 78
