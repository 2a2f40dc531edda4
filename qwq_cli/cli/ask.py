"""`qwq ask`: its options. Knows how they are written; `asking` does it."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from qwq_cli.cli import options

if TYPE_CHECKING:
    from qwq_cli.cli.shell import Shell


HELP = """\
Ask a question and get a reasoned answer.

\b
  qwq ask --example cards
  qwq ask --final < puzzle.txt
  qwq ask "Summarise this." -f notes.txt -m model.gguf
  journalctl -u web | qwq ask "Why did it stop?" -m model.gguf

The question is taken from the arguments, or from standard input. Beside a question, what is piped
in and each file of -f is material: fenced and named as data, read to its end, never cut.

On a terminal you see the thinking dim and live, then the answer. Down a pipe goes the answer
alone. Exit code 3 says that the model came to no answer.
"""

_Example = Literal["cards"]


def ask(
    context: typer.Context,
    question: Annotated[
        list[str] | None,
        typer.Argument(metavar="[QUESTION]...", help="The question; - reads it from stdin."),
    ] = None,
    file: Annotated[
        list[str] | None,
        typer.Option("--file", "-f", metavar="FILE", help="Material; may be given several times."),
    ] = None,
    model: options.Model = None,
    base_url: options.BaseUrl = None,
    system: options.System = None,
    temperature: options.Temperature = None,
    top_p: options.TopP = None,
    top_k: options.TopK = None,
    min_p: options.MinP = None,
    seed: options.Seed = None,
    max_tokens: options.MaxTokens = None,
    reasoning: options.Reasoning = None,
    budget: options.Budget = None,
    loops: options.Loops = None,
    loop_sensitivity: options.LoopSensitivity = None,
    rescues: options.Rescues = None,
    language: options.Language = None,
    warm: options.Warm = None,
    final: Annotated[
        bool, typer.Option("--final", help="Only the final answer, on one line.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object, at the end.")] = False,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="One JSON object for each event, as it comes.")
    ] = False,
    stream: Annotated[
        bool, typer.Option("--stream", help="Down a pipe, write the answer as it comes.")
    ] = False,
    plain: options.Plain = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No notices and no progress; errors only.")
    ] = False,
    example: Annotated[
        _Example | None, typer.Option(help="Ask an example instead of a question of yours.")
    ] = None,
    goes_on: Annotated[
        bool, typer.Option("--continue", "-c", help="Go on with the last conversation.")
    ] = False,
    no_history: options.NoHistory = False,
    replay: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Show a recorded answer (text, --json, --jsonl) again."),
    ] = None,
) -> int:
    """Ask a question; `HELP` says more."""
    from qwq_cli.cli import asking
    from qwq_cli.cli.question import Sources

    asked = asking.Asked(
        sources=Sources(tuple(question or ()), tuple(file or ())),
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
            "reasoning": reasoning,
            "budget": budget,
            "loops": loops,
            "loop_sensitivity": loop_sensitivity,
            "rescues": rescues,
            "language": language,
            "warm": options.on_off(warm),
            "history": "off" if no_history else None,
            "markdown": "off" if plain else None,
        },
        form=asking.form(stream=stream, final=final, json=json, jsonl=jsonl),
        quiet=quiet,
        example=example,
        replay=replay,
        goes_on=goes_on,
    )
    shell: Shell = context.obj
    code = asking.ask(asked, shell)
    if code is None:
        shell.err.write(f"{context.get_help()}\n")
        return asking.NOTHING_ASKED
    return code
