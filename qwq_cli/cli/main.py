"""One run of qwq, and the one place that turns errors into exit codes.

Knows every way in which a run can end. Does not know what the commands do.
"""

import os
import sys
from collections.abc import Sequence
from typing import TextIO, cast

import typer

from qwq_cli.cli.app import app
from qwq_cli.cli.interrupts import Interrupted
from qwq_cli.cli.shell import Shell, surrounding_shell
from qwq_cli.errors import QwqError, UsageError

CLOSED_PIPE = 141
"""What a shell reports of a program that SIGPIPE ended."""

# Typer brings its own Click, whose exceptions it does not export; this one is what they all are.
_ClickError = cast("type[Exception]", typer.BadParameter.__mro__[2])


def run(arguments: Sequence[str]) -> int:
    """Run the command line; returns the exit code. Nothing but a fault of qwq's own gets out."""
    shell = surrounding_shell()
    shell.interrupts.listen()
    try:
        code = _invoke(list(arguments), shell)
    except QwqError as error:
        shell.complain(error)
        code = error.code
    except BrokenPipeError:
        code = CLOSED_PIPE
    except OSError as error:  # Typer's help on a full disk, a working directory that is gone, ...
        shell.complain(QwqError("that failed", str(error)))
        code = QwqError.code
    except Interrupted as interrupt:
        code = interrupt.code
    for stream in (sys.stdout, sys.stderr):
        _let_go(stream)
    return code


def _invoke(arguments: list[str], shell: Shell) -> int:
    command = typer.main.get_command(app)
    try:
        with command.make_context("qwq", arguments, obj=shell) as context:
            code = command.invoke(context)
    except typer.Exit as finished:  # help and version end so
        return finished.exit_code
    except _ClickError as error:
        raise _usage(error) from error
    return code if isinstance(code, int) else 0


def _usage(error: Exception) -> UsageError:
    """Click's message in our form: a phrase, and where to read more."""
    message: str = error.format_message() if hasattr(error, "format_message") else str(error)
    context: typer.Context | None = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "qwq"
    phrase = message[:1].lower() + message[1:].rstrip(".")
    return UsageError(phrase, "", f"see `{path} --help`")


def _let_go(stream: TextIO | None) -> None:
    """Flush, and where that fails leave nothing that the interpreter would fail on again."""
    if stream is None or stream.closed:
        return
    try:
        stream.flush()
    except OSError:  # it was said already
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
