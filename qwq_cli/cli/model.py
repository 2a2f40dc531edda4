"""`qwq model`: the models on this machine, those that can be pulled, and what fits a card."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from qwq_cli.cli import options

if TYPE_CHECKING:
    from qwq_cli.cli.fitting import Fit
    from qwq_cli.cli.shell import Shell

HELP = """\
Get models, and see what fits.

\b
  qwq model list --all                 what there is to pull
  qwq model fit --vram 24              which of it fits a card of 24 GB
  qwq model pull qwq-32b               the one that suits this machine
  qwq model pull OWNER/NAME --file some-q4_k_m.gguf
  qwq model add ~/models/QwQ-32B-exl2  one that is on the disk already
  qwq ask -m qwq-32b-q4_k_m "..."
"""

app = typer.Typer(help=HELP, rich_markup_mode=None)

_Json = Annotated[bool, typer.Option("--json", help="As JSON.")]
_Name = Annotated[str, typer.Argument(metavar="NAME", help="A model, as `list` calls it.")]
_NewName = Annotated[str, typer.Option("--name", metavar="NAME", help="What to call it here.")]
_Cache = Literal["fp16", "q8", "q6", "q4"]


@app.command("list")
def list_(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="And what can be pulled.")] = False,
    json: _Json = False,
) -> None:
    """The models on this machine."""
    from qwq_cli.cli import modelling
    from qwq_cli.ui import models, tables
    from qwq_cli.ui.records import to_json

    shell: Shell = context.obj
    kept = modelling.kept()
    if json:
        shell.out.write(to_json(modelling.listed(kept, every=every)) + "\n")
        return
    rows = [models.row(stored, default=stored.name == kept.default) for stored in kept.stored]
    rows += [models.partial_row(partial) for partial in kept.partials]
    tables.show(shell.out, models.HEADS, rows, styled=modelling.styled())
    if every:
        rows = [models.offer_row(offer, kept.state(offer.name)) for offer in kept.offers]
        shell.out.write("\n")
        tables.show(shell.out, models.OFFER_HEADS, rows, styled=modelling.styled())
    elif len(kept.stored) == 1 and not kept.partials:
        shell.tell("`qwq model list --all` has what can be pulled")


@app.command()
def pull(
    context: typer.Context,
    model: Annotated[
        str,
        typer.Argument(metavar="MODEL", help="A name of `list`, or OWNER/NAME of the hub."),
    ],
    revision: Annotated[
        str, typer.Option(metavar="REV", help="A branch, tag or commit of OWNER/NAME.")
    ] = "",
    file: Annotated[str, typer.Option(metavar="FILE", help="The GGUF of OWNER/NAME.")] = "",
    name: _NewName = "",
) -> None:
    """Pull a model from the hub, or go on with a pull that was broken off.

    HF_ENDPOINT and HF_TOKEN are honoured. A model appears in `list` when all of it is here and
    its checksums are right.
    """
    from qwq_cli.cli import pulling
    from qwq_cli.config import current_place
    from qwq_cli.ui.progress import size

    shell: Shell = context.obj
    asked = pulling.Asked(model, revision, file, name)
    stored = pulling.pull(asked, current_place(), shell)
    shell.tell(f'{stored.name} is here, {size(stored.size_bytes)}: qwq ask -m {stored.name} "..."')


@app.command()
def show(context: typer.Context, name: _Name, json: _Json = False) -> None:
    """What is known of a model: its files, its shape, and on a GPU what it would take."""
    from qwq_cli.cli import modelling
    from qwq_cli.ui import tables
    from qwq_cli.ui.records import to_json

    shell: Shell = context.obj
    known = modelling.known(name)
    if json:
        shell.out.write(to_json(known) + "\n")
        return
    rows = [
        (key, value if isinstance(value, str) else to_json(value))
        for key, value in known.items()
        if value is not None
    ]
    tables.show(shell.out, ("what", "value"), rows, styled=modelling.styled())


@app.command()
def rm(
    context: typer.Context,
    name: _Name,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
) -> None:
    """Remove a model, or what came of one. The files of one that was added stay."""
    from qwq_cli.cli import modelling
    from qwq_cli.ui.progress import size
    from qwq_cli.weights.catalogue import store

    shell: Shell = context.obj
    if not yes and not modelling.agreed(name, shell):
        shell.tell("nothing was removed")
        return
    freed = store().remove(name)
    shell.tell(f"{name} is removed; {size(freed)} came free")
    if modelling.default() == name:
        shell.tell("it was the default model: qwq model use another one")


@app.command()
def use(context: typer.Context, name: _Name) -> None:
    """Make a model the default of every command: the setting `model`."""
    from qwq_cli.cli import modelling
    from qwq_cli.config_file import store

    shell: Shell = context.obj
    chosen = modelling.usable(name)
    file = modelling.user_file()
    store(file, "model", chosen)
    shell.tell(f"{chosen} is the default model now, by {file}")
    if other := modelling.overruled(chosen):
        shell.tell(other)


@app.command()
def add(
    context: typer.Context,
    path: Annotated[
        Path, typer.Argument(help="A .gguf file, or a folder of EXL2 weights; it stays there.")
    ],
    name: _NewName = "",
) -> None:
    """Give a model that is on the disk a name here. Nothing is copied."""
    from qwq_cli.cli import modelling

    shell: Shell = context.obj
    stored = modelling.add(path, name)
    shell.tell(f'{stored.name} is here: qwq ask -m {stored.name} "..."')


@app.command()
def fit(
    context: typer.Context,
    model: Annotated[
        str | None,
        typer.Argument(metavar="[MODEL]", help="A model here, a folder, or a name of `list`."),
    ] = None,
    vram: Annotated[
        float | None,
        typer.Option(
            metavar="GB",
            min=1,
            max=1024,
            callback=options.number,
            help="The card's memory, instead of asking.",
        ),
    ] = None,
    params: Annotated[
        str | None, typer.Option(metavar="NAME", help="A model by its shape: qwq-32b, ...")
    ] = None,
    tokens: Annotated[
        int | None, typer.Option("--context", metavar="N", min=1, help="Tokens that must fit.")
    ] = None,
    cache: Annotated[_Cache | None, typer.Option(help="This kind of cache and no other.")] = None,
    headless: Annotated[
        bool, typer.Option("--headless", help="With --vram: no desktop on that card.")
    ] = False,
    json: _Json = False,
) -> None:
    """What fits a GPU: bit rate, cache and context, what would be chosen, and why."""
    from qwq_cli.cli import fitting

    shell: Shell = context.obj
    asked = fitting.Asked(model, params, vram, headless, tokens, cache)
    found = fitting.fit(asked)
    _show_fit(found, shell, json=json)
    if found.fault is not None:
        raise found.fault


def _show_fit(found: "Fit", shell: "Shell", *, json: bool) -> None:
    from qwq_cli.cli import modelling
    from qwq_cli.ui import models, tables
    from qwq_cli.ui.records import to_json

    if json:
        record = models.plan_record(found.facts, found.plan, found.cells)
        shell.out.write(to_json(record | {"pull": found.offer or None}) + "\n")
        return
    heads, rows = models.fit_rows(found.cells)
    shell.out.write_safely(f"{found.facts.name} on {found.memory}\n")
    shell.out.write("GiB by tokens of context; in brackets what does not fit\n\n")
    if shell.out.tty:
        tables.show(shell.out, heads, rows, styled=modelling.styled())
    else:
        shell.out.write(tables.plain([heads, *rows]))
    if found.plan is not None:
        lines = models.plan_lines(found.facts, found.plan)
        shell.out.write_safely("\n" + "\n".join(lines) + "\n")
    if found.offer:
        shell.out.write(f"qwq model pull {found.offer}\n")
