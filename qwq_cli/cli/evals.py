"""`qwq eval`: its options. Knows how they are written; `evaluating` does it."""

from typing import TYPE_CHECKING, Annotated, cast

import typer

from qwq_cli.cli import options
from qwq_cli.puzzles.words import KINDS

if TYPE_CHECKING:
    from qwq_cli.cli.shell import Shell
    from qwq_cli.puzzles.words import KindName

_HELP = """\
Measure how well a model reasons, on puzzles that nobody has seen.

\b
  qwq eval cards -n 100
  qwq eval knights -n 50 --lang zh --difficulty easy,medium -m openai/qwq-32b
  qwq eval report knights-qwq-32b.jsonl --json

Puzzles are drawn by seed, so that no model can have learnt them, and graded by a solver. Each
generation is on the disk before it counts: after Ctrl-C, a kill or a full disk the same command
goes on where it was. `report` grades a file again.
"""
app = typer.Typer(help=_HELP, rich_markup_mode=None)
_ABOUT = {
    "cards": "Card puzzles: P knows the rank, Q the suit.",
    "knights": "Knights and knaves: who tells the truth?",
    "orders": "Orderings: who is the oldest?",
    "equations": "Linear equations.",
    "columns": "Sums, differences and products.",
    "remainders": "Remainders and divisibility.",
    "truth": "Truth tables.",
}
_MOST = 100_000
_Json = Annotated[bool, typer.Option("--json", help="The figures as one JSON object.")]
_Wrong = Annotated[
    bool, typer.Option("--wrong", help="After the figures, every answer that is not right.")
]


def evaluate(
    context: typer.Context,
    count: Annotated[
        int,
        typer.Option(
            "-n",
            "--count",
            metavar="N",
            min=1,
            max=_MOST,
            help="So many of each language, difficulty and wording.",
        ),
    ] = 20,
    lang: Annotated[str, typer.Option(metavar="zh,en", help="In which languages.")] = "zh,en",
    difficulty: Annotated[
        str, typer.Option(metavar="easy,medium,hard", help="Which difficulties.")
    ] = "easy,medium",
    wording: Annotated[
        str,
        typer.Option(
            metavar="common,rare",
            help="In which words; rare ones quill has not learnt from. cards: announcement, too.",
        ),
    ] = "common",
    unsolvable: Annotated[
        bool,
        typer.Option(
            "--unsolvable", help="Puzzles with no answer, or several; to say so is right."
        ),
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=0, help="The same seed draws the same puzzles; else a new one."
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Where generations go: KIND-MODEL.jsonl here."
        ),
    ] = None,
    concurrency: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, max=1024, help="So many at once, as for qwq batch."),
    ] = None,
    model: options.Model = None,
    base_url: options.BaseUrl = None,
    system: options.System = None,
    temperature: options.Temperature = None,
    top_p: options.TopP = None,
    top_k: options.TopK = None,
    min_p: options.MinP = None,
    max_tokens: options.MaxTokens = None,
    budget: options.Budget = None,
    loops: options.Loops = None,
    json: _Json = False,
    wrong: _Wrong = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No notices and no progress; errors only.")
    ] = False,
) -> int:
    """Ask so many puzzles of one kind, grade the answers, and show the figures."""
    from qwq_cli.cli import evaluating
    from qwq_cli.cli.figures import Form

    asked = evaluating.Asked(
        kind=cast("KindName", context.info_name),
        count=count,
        lang=lang,
        difficulty=difficulty,
        wording=wording,
        unsolvable=unsolvable,
        seed=seed,
        output=output,
        concurrency=concurrency,
        form=Form(json=json, wrong=wrong, quiet=quiet),
        flags={
            "model": model,
            "base_url": base_url,
            "system": system,
            "temperature": temperature,
            "top_p": top_p,
            "top_k": top_k,
            "min_p": min_p,
            "max_tokens": max_tokens,
            "budget": budget,
            "loops": loops,
        },
    )
    shell: Shell = context.obj
    return evaluating.evaluate(asked, shell)


for _kind in KINDS:
    app.command(_kind, help=_ABOUT[_kind])(evaluate)


@app.command("report")
def report_(
    context: typer.Context,
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Files that qwq eval has written.")
    ],
    json: _Json = False,
    wrong: _Wrong = False,
) -> None:
    """Grade generations again, and show the figures of all of them."""
    from qwq_cli.cli import evaluating
    from qwq_cli.cli.figures import Form

    shell: Shell = context.obj
    form = Form(json=json, wrong=wrong, quiet=False)
    evaluating.report_files(files, form, shell)
