"""`qwq completions`: the script that lets a shell complete qwq's commands, put where it is read.

And, hidden, `qwq complete`: what those scripts can't know and ask for while somebody types.
"""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qwq_cli.cli.shell import Shell

HELP = """\
Let your shell complete qwq's commands, options, models and files.

\b
  qwq completions install              for the shell that you use
  qwq completions install zsh --print > ~/.zfunc/_qwq
  qwq completions install --uninstall

The script is read by the shell and answers without starting qwq, but for the names of models and
conversations.
"""

_LATEST = 50
_LONGEST = 70

app = typer.Typer(help=HELP, rich_markup_mode=None)


@app.command()
def install(
    context: typer.Context,
    name: Annotated[
        Literal["bash", "zsh", "fish"] | None,
        typer.Argument(metavar="[SHELL]", help="bash, zsh or fish; else the one that SHELL names."),
    ] = None,
    to_stdout: Annotated[
        bool, typer.Option("--print", help="Write the script to standard output, and no file.")
    ] = False,
    remove: Annotated[bool, typer.Option("--uninstall", help="Remove it again.")] = False,
) -> None:
    """Write the script to your own place for it, and say what is left to do."""
    from qwq_cli.cli.scripts import places
    from qwq_cli.config import current_place
    from qwq_cli.errors import UsageError

    shell: Shell = context.obj
    if to_stdout and remove:
        raise UsageError("--print and --uninstall exclude each other", "", "choose one")
    place = current_place()
    chosen = name or places.shell_of(place.environ)
    if to_stdout:
        shell.out.write(script(chosen))
        return
    target = places.target(chosen, place)
    if remove:
        gone = places.uninstall(target.file)
        shell.tell(f"removed {target.file}" if gone else f"there is no {target.file}")
        return
    new = places.install(script(chosen), target.file)
    shell.tell(f"{'wrote' if new else 'up to date:'} {target.file}")
    shell.tell(f"next: {target.todo}")


def script(shell: Literal["bash", "zsh", "fish"]) -> str:
    """The completion script for a shell, of the commands that there are."""
    from qwq_cli.cli.scripts import bash, fish, places, zsh
    from qwq_cli.cli.tree import command_tree

    make = {"bash": bash.bash, "zsh": zsh.zsh, "fish": fish.fish}[shell]
    return make(command_tree(), places.HEAD)


def complete(context: typer.Context, what: Literal["models", "history"]) -> None:
    """One name a line, and after a tab what to say of it; only names that no shell would expand."""
    import re

    from qwq_cli.stream.sanitise import one_line

    shell: Shell = context.obj
    for name, said in {"models": models_here, "history": latest_conversations}[what]():
        if re.fullmatch(r"[\w.+@:/-]+", name):
            shell.out.write(f"{name}\t{one_line(said)[:_LONGEST]}\n")


def models_here() -> "Iterable[tuple[str, str]]":
    """The models on this machine, with their sizes, and the servers that have a name."""
    from qwq_cli.cli.modelling import kept
    from qwq_cli.config import current_place, resolve
    from qwq_cli.errors import QwqError
    from qwq_cli.ui.progress import size

    try:
        servers = resolve({}, current_place()).settings.servers
    except QwqError:  # whoever runs a command is told
        servers = {}
    return [
        *((one.name, size(one.size_bytes)) for one in kept().stored),
        *((name, f"at {server.values['base_url']}") for name, server in servers.items()),
    ]


def latest_conversations() -> "Iterable[tuple[str, str]]":
    """The latest conversations, with how they began."""
    from qwq_cli.history.database import reading
    from qwq_cli.history.store import conversations
    from qwq_cli.paths import history_file

    file = history_file()
    if file is None or not file.is_file():
        return []
    with reading(file) as connection:
        return [(one.id, one.title) for one in conversations(connection, _LATEST)]
