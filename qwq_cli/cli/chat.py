"""`qwq chat`: its options. Knows how they are written; `chatting` does it."""

from typing import TYPE_CHECKING, Annotated

import typer

from qwq_cli.cli import options

if TYPE_CHECKING:
    from qwq_cli.cli.shell import Shell

HELP = """\
Talk with a model: ask, watch, go back, branch, and go on another day.

\b
  qwq chat                       the same as qwq alone, on a terminal
  qwq chat -m model.gguf
  qwq chat -c                    goes on with the last conversation
  qwq chat -c 1f3k               or with that one
  printf '/example\\n/stats\\n' | qwq chat

What begins with a slash is a command; /help lists them. Ctrl-C stops an answer, and what came of
it is kept. Without a terminal each line of standard input is a text or a command, and the answers
alone go down the pipe; the exit code is then that of what failed last.
"""


def chat(
    context: typer.Context,
    id_: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="The conversation to go on with; -c is the last one."),
    ] = None,
    goes_on: Annotated[
        bool, typer.Option("--continue", "-c", help="Go on with the last conversation.")
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
    reasoning: options.Reasoning = None,
    budget: options.Budget = None,
    loops: options.Loops = None,
    loop_sensitivity: options.LoopSensitivity = None,
    rescues: options.Rescues = None,
    language: options.Language = None,
    warm: options.Warm = None,
    plain: options.Plain = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No notices and no progress; errors only.")
    ] = False,
    no_history: options.NoHistory = False,
) -> int:
    """Talk with a model; `HELP` says more."""
    from qwq_cli.cli.chatting.session import Wished, converse

    shell: Shell = context.obj
    flags = {
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
    }
    continues = id_ if id_ is not None else "" if goes_on else None
    return converse(Wished(flags, continues, quiet), shell)
