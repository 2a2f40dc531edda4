"""`qwq ps` and `qwq stop`: models that stay loaded. Knows options; `warming` does it."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from qwq_cli.cli.shell import Shell

PS = """\
List the models that stay loaded.

A model that takes long to load (EXL2 weights, or a GGUF of 2 GB and more) is loaded by a process in
the background, which `ask` and `chat` find again; it ends by itself after `keep_alive` seconds
without a question. The setting `warm` (auto, on, off) says which models are kept so.

\b
  qwq ps
  qwq config set keep_alive 3600
  qwq config set warm off
"""
STOP = """\
End models that stay loaded.

\b
  qwq stop
  qwq stop qwq-32b-q4_k_m
  qwq stop --all
"""


def ps(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="As a JSON array.")] = False,
) -> None:
    """Look, and list."""
    from qwq_cli.cli import warming
    from qwq_cli.config import current_place, terminal
    from qwq_cli.ui import tables

    shell: Shell = context.obj
    states = warming.found()
    if json:
        shell.out.write(warming.listed(states))
    elif states:
        styled = terminal(current_place().environ).styled
        tables.show(shell.out, warming.HEADS, warming.rows(states), styled=styled)
    else:
        shell.tell("no model is warm")


def stop(
    context: typer.Context,
    model: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="The model; or the only one there is.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
) -> None:
    """Look, choose, and end."""
    from qwq_cli.cli import warming

    shell: Shell = context.obj
    states = warming.found()
    meant = warming.chosen(states, model, everything=everything)
    if not meant:
        shell.tell("no model is warm")
    warming.stop_all(meant, shell)
