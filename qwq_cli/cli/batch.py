"""`qwq batch`: its options. Knows how they are written; `batching` does it."""

from typing import TYPE_CHECKING, Annotated

import typer

from qwq_cli.cli import options

if TYPE_CHECKING:
    from qwq_cli.cli.shell import Shell

HELP = """\
Ask thousands of questions, several at once.

\b
  qwq batch questions.jsonl -o answers.jsonl
  qwq batch questions.jsonl -o answers.jsonl -m openai/qwq-32b --concurrency 64
  qwq batch < questions.jsonl | jq -r .final

Each line of the input is a JSON object with a "question", or with "messages" that end with one. It
may have an "id" (its line number, otherwise) and settings of its own: system, temperature, top_p,
top_k, min_p, presence_penalty, dry_multiplier, xtc_probability, seed, max_tokens, budget, loops,
loop_sensitivity, rescues, language. Each line of the output is what `ask --json` writes, with that
id, the line number, and an "error" (null, or code and message).

A line that can't be read, or whose answer fails, has its error recorded, and the rest goes on; the
exit code is then 1. An answer is on the disk before it counts: after Ctrl-C, a kill or a full disk
the same command goes on where it was, and asks nothing twice. At the end the answers stand in the
order of the questions.
"""
_MOST = 1024


def batch(
    context: typer.Context,
    file: Annotated[
        str,
        typer.Argument(metavar="[FILE]", help="The questions, as JSON lines; - is standard input."),
    ] = "-",
    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="FILE", help="The answers; - is standard output."),
    ] = "-",
    concurrency: Annotated[
        int | None,
        typer.Option(
            "--concurrency",
            "-n",
            metavar="N",
            min=1,
            max=_MOST,
            help="So many at once: by default 16 on a server, 8 on a GPU, 4 of a small model, 1 of "
            "a large one without a GPU.",
        ),
    ] = None,
    retry: Annotated[
        bool, typer.Option("--retry", help="Ask those again that failed before.")
    ] = False,
    model: options.Model = None,
    base_url: options.BaseUrl = None,
    system: options.System = None,
    temperature: options.Temperature = None,
    top_p: options.TopP = None,
    top_k: options.TopK = None,
    min_p: options.MinP = None,
    seed: options.Seed = None,
    max_tokens: options.MaxTokens = None,
    budget: options.Budget = None,
    loops: options.Loops = None,
    loop_sensitivity: options.LoopSensitivity = None,
    rescues: options.Rescues = None,
    language: options.Language = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No notices and no progress; errors only.")
    ] = False,
) -> int:
    """Ask many questions; `HELP` says more."""
    from qwq_cli.cli import batching

    asked = batching.Asked(
        file=file,
        output=output,
        concurrency=concurrency,
        retry=retry,
        quiet=quiet,
        flags={
            "model": model,
            "base_url": base_url,
            "system": system,
            "temperature": temperature,
            "top_p": top_p,
            "top_k": top_k,
            "min_p": min_p,
            "seed": seed,
            "max_tokens": max_tokens,
            "budget": budget,
            "loops": loops,
            "loop_sensitivity": loop_sensitivity,
            "rescues": rescues,
            "language": language,
        },
    )
    shell: Shell = context.obj
    return batching.batch(asked, shell)
