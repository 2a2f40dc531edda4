"""`qwq config`: what is set, where, and setting it. Knows how settings are printed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qwq_cli.errors import ConfigError

if TYPE_CHECKING:
    from qwq_cli.cli.shell import Shell

_SET = """\
Write a setting into your own file; comments in it stay.

\b
  qwq config set temperature 0.7
  qwq config set servers.lab.base_url http://lab:8000
  qwq config set servers.lab.model Qwen/QwQ-32B

What may be set for a server with a name are base_url, model, api_key, api_key_env, dialect, proxy,
ca_file and timeout.
"""

app = typer.Typer(
    help="Show and change settings.",
    rich_markup_mode=None,
)


@app.command()
def show(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Every setting, with the place that its value comes from."""
    from qwq_cli.config import current_place, resolve, terminal
    from qwq_cli.settings import KEYS, at_servers, values_of
    from qwq_cli.ui import tables
    from qwq_cli.ui.records import to_json

    shell: Shell = context.obj
    place = current_place()
    resolved = resolve({}, place)
    for notice in resolved.notices:
        shell.tell(notice)
    values, sources = values_of(resolved.settings), dict(resolved.sources)
    for name, value in at_servers(resolved.settings):
        values[name], sources[name] = value, str(place.user_file)
    if json:
        record = {name: {"value": value, "source": sources[name]} for name, value in values.items()}
        shell.out.write(to_json(record) + "\n")
        return
    rows = [
        (name, to_json(value) if value is not None else KEYS[name].unset, sources[name])
        for name, value in values.items()
    ]
    styled = terminal(place.environ).styled
    tables.show(shell.out, ("setting", "value", "from"), rows, styled=styled)


@app.command()
def path(context: typer.Context) -> None:
    """Where your own configuration file is, or would be."""
    shell: Shell = context.obj
    shell.out.write_safely(f"{_user_file()}\n")


@app.command("set", help=_SET)
def set_(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(metavar="SETTING", help="As `show` lists it, or servers.NAME.base_url."),
    ],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="Its new value.")],
) -> None:
    """Write it; `_SET` says more."""
    from qwq_cli.config_file import store
    from qwq_cli.settings import key_of
    from qwq_cli.ui.records import to_json

    shell: Shell = context.obj
    file = _user_file()
    stored = store(file, name, value)
    key = key_of(name)
    shell.tell(f"{name} = {to_json(key.shown(stored) if key else stored)} in {file}")


@app.command()
def unset(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(metavar="SETTING", help="As `show` lists it, or servers.NAME as a whole."),
    ],
) -> None:
    """Take a setting out of your own file, or a server with a name; comments in it stay."""
    from qwq_cli.config_file import remove

    shell: Shell = context.obj
    file = _user_file()
    gone = remove(file, name)
    shell.tell(f"{name} is no longer set in {file}" if gone else f"{name} is not set in {file}")


def _user_file() -> Path:
    from qwq_cli.config import current_place

    file = current_place().user_file
    if file is None:
        raise ConfigError("there is no place for a configuration file", "no home", "set HOME")
    return file
