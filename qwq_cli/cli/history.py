"""`qwq history`: what was asked and answered. Knows how it is asked for; `recalling` finds it."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from qwq_cli.cli.shell import Shell

HELP = """\
What was asked and answered: listed, searched, shown, exported, removed.

\b
  qwq history list
  qwq history show last --reasoning raw
  qwq history search 红桃 "final answer"
  qwq history export last -o answer.html
  qwq ask -c "And if it were not?"        goes on with the last conversation

Everything is kept from its first token on, in a file that is yours alone; `qwq ask --no-history`
leaves one out, and `qwq config set history off` all. A conversation's id may be cut short, and the
last one is `last`.
"""
app = typer.Typer(help=HELP, rich_markup_mode=None)

_Json = Annotated[bool, typer.Option("--json", help="As one JSON object.")]
_Id = Annotated[
    str, typer.Argument(metavar="[ID]", help="A conversation, or one turn; or the last one.")
]


@app.command("list")
def list_(
    context: typer.Context,
    limit: Annotated[
        int | None,
        typer.Option("--limit", "-n", metavar="N", min=0, help="At most so many; 0 is all."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="As a JSON array.")] = False,
) -> None:
    """The conversations, the latest first: the last 20 on a terminal, all down a pipe."""
    from qwq_cli.cli import recalling

    shell: Shell = context.obj
    recalling.list_(shell, limit, json=json)


@app.command()
def show(
    context: typer.Context,
    id_: _Id = "last",
    reasoning: Annotated[
        Literal["show", "hide", "raw"],
        typer.Option(help="The thinking; raw has what was taken back in it."),
    ] = "show",
    answer: Annotated[bool, typer.Option("--answer", help="Only the last answer.")] = False,
    final: Annotated[bool, typer.Option("--final", help="Only its final answer.")] = False,
    json: _Json = False,
) -> None:
    """A conversation, or one turn of it."""
    from qwq_cli.cli import recalling
    from qwq_cli.errors import UsageError

    shell: Shell = context.obj
    if answer + final + json > 1:
        raise UsageError("--answer, --final and --json exclude each other", "", "choose one")
    found = recalling.found(id_)
    if json:
        recalling.write_json(found, shell)
    elif answer or final:
        recalling.write_answer(found, shell, final=final)
    else:
        recalling.write(found, reasoning, shell)


@app.command()
def search(
    context: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(metavar="TEXT...", help="Each must stand in it; quote what has blanks."),
    ],
    limit: Annotated[
        int | None,
        typer.Option("--limit", "-n", metavar="N", min=0, help="At most so many; 0 is all."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="As a JSON array.")] = False,
) -> int:
    """Turns whose question, answer or reasoning has the text; exit code 1 where none has."""
    from qwq_cli.cli import recalling

    shell: Shell = context.obj
    return recalling.search(shell, words, limit, json=json)


@app.command()
def export(
    context: typer.Context,
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Conversations; or the last one.")
    ] = None,
    form: Annotated[
        Literal["md", "json", "html"] | None,
        typer.Option("--format", "-t", help="By default that of the file's name, or md."),
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Write it there.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All conversations.")] = False,
) -> None:
    """Conversations as a document; in HTML the thought is folded and loops are marked."""
    from qwq_cli.cli import recalling

    shell: Shell = context.obj
    conversations = recalling.chosen(ids or [], everything=everything)
    recalling.export(conversations, form, output, shell)


@app.command()
def rm(
    context: typer.Context,
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Conversations.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All conversations.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
) -> None:
    """Remove conversations, for good."""
    from qwq_cli.cli import recalling

    shell: Shell = context.obj
    recalling.remove(ids or [], shell, everything=everything, yes=yes)


@app.command()
def path(context: typer.Context) -> None:
    """Where the history is, or would be."""
    from qwq_cli.cli import recalling

    shell: Shell = context.obj
    shell.out.write_safely(f"{recalling.file()}\n")
