"""The command tree: which commands there are, and the help that makes one want to try them."""

from typing import TYPE_CHECKING, Annotated

import typer

from qwq_cli import __version__
from qwq_cli.cli import (
    ask,
    batch,
    chat,
    completions,
    config,
    doctor,
    evals,
    history,
    model,
    puzzle,
    serve,
    trim,
    warm,
)

if TYPE_CHECKING:
    from qwq_cli.cli.shell import Shell

_HELP = """\
Ask a reasoning model, watch it think, pipe its answer on.

\b
  qwq                                 a conversation; so does qwq chat
  qwq ask --example cards             a puzzle, solved before your eyes
  qwq puzzle new | qwq ask --final    a fresh one, and only the card comes out
  qwq ask "Who has the zebra?" -f clues.txt -m qwq-32b.gguf
  git diff | qwq ask "What could break?" -m qwq-32b.gguf
  qwq ask --json "..." | jq .usage

It works at once, with no GPU and no download: a small model of its own, quill, solves card logic
puzzles. Give any GGUF model with -m for everything else.
"""

# Rich's help would triple the time that `--help` takes, and pipes badly.
app = typer.Typer(
    name="qwq",
    help=_HELP,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"qwq {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def qwq(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001 - its callback does it
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> int | None:
    """What stands before any command; `_HELP` is what a person reads."""
    if context.invoked_subcommand is not None:
        return None
    shell: Shell = context.obj
    if shell.stdin_is_terminal and shell.out.tty:
        return chat.chat(context)
    shell.out.write(f"{context.get_help()}\n")
    return None


app.command("ask", help=ask.HELP)(ask.ask)
app.command("chat", help=chat.HELP)(chat.chat)
app.command("serve", help=serve.HELP)(serve.serve)
app.command("ps", help=warm.PS)(warm.ps)
app.command("stop", help=warm.STOP)(warm.stop)
app.command("batch", help=batch.HELP)(batch.batch)
app.command("trim", help=trim.HELP)(trim.trim)
app.add_typer(history.app, name="history")
app.add_typer(model.app, name="model")
app.add_typer(puzzle.app, name="puzzle")
app.add_typer(evals.app, name="eval")
app.add_typer(config.app, name="config")
app.add_typer(completions.app, name="completions")
app.command("complete", hidden=True)(completions.complete)
app.command("doctor", help=doctor.HELP)(doctor.doctor)
