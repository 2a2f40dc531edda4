"""`qwq serve`: its options. Knows how they are written; `serving` does it."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from qwq_cli.cli import options

if TYPE_CHECKING:
    from qwq_cli.cli.shell import Shell

HELP = """\
Serve a model to any OpenAI client.

\b
  qwq serve
  qwq serve -m qwq-32b-q4_k_m --parallel 8
  qwq serve --socket ~/qwq.sock
  QWQ_SERVE_KEY=... qwq serve --host 0.0.0.0

At /v1 there are models, chat/completions, completions and reason, whose stream is that of `qwq ask
--jsonl`; besides /health and /metrics. Every chat is steered: loops, budgets and languages. A raw
completion is steered only where its body has `loops`.

Without --host or --socket it listens where only this machine can reach it. Any other address wants
a key: QWQ_SERVE_KEY, serve_key in your own configuration file, or --key-file. Ctrl-C or SIGTERM
ends it when those who are served have had their answers, after --grace seconds at the latest; a
second one ends it at once.
"""

_Loops = Literal["recover", "stop", "report", "off"]


def serve(
    context: typer.Context,
    model: Annotated[
        str | None,
        typer.Option(
            "--model", "-m", metavar="NAME|FILE", help="quill, a .gguf file, or openai/NAME."
        ),
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The server of -m openai/NAME: http://localhost:8000."),
    ] = None,
    host: Annotated[
        str, typer.Option(metavar="HOST", help="Where to listen; 0.0.0.0 is everywhere.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65535, help="0 takes any that is free.")
    ] = 8787,
    socket: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="Listen at a Unix socket of yours alone instead."),
    ] = None,
    key_file: Annotated[
        str | None, typer.Option(metavar="FILE", help="The key that clients have to know.")
    ] = None,
    parallel: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, max=256, help="Answer so many at once; others wait."),
    ] = None,
    queue: Annotated[
        int, typer.Option(metavar="N", min=0, max=100_000, help="Let so many wait.")
    ] = 256,
    tokens: Annotated[
        int | None,
        typer.Option("--context", metavar="N", min=1, help="The context of each, in tokens."),
    ] = None,
    grace: Annotated[
        float,
        typer.Option(
            metavar="SECONDS", min=0, callback=options.number, help="How long the end may take."
        ),
    ] = 30.0,
    keep_alive: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            min=0,
            callback=options.number,
            help="End when nobody has asked for so long.",
        ),
    ] = None,
    bare: Annotated[bool, typer.Option("--bare", help="Read no configuration file.")] = False,
    max_tokens: Annotated[
        int | None, typer.Option(metavar="N", help="At most so many, where a client sets none.")
    ] = None,
    budget: Annotated[
        int | None, typer.Option(metavar="N", help="So many tokens of thinking; likewise.")
    ] = None,
    loops: Annotated[
        _Loops | None, typer.Option(help="What is done about loops; likewise.")
    ] = None,
) -> None:
    """Serve a model; `HELP` says more."""
    from qwq_cli.cli import serving

    flags = {
        "model": model,
        "base_url": base_url,
        "max_tokens": max_tokens,
        "budget": budget,
        "loops": loops,
    }
    wanted = serving.Served(
        flags, host, port, socket, key_file, parallel, queue, tokens, grace, keep_alive, bare
    )
    shell: Shell = context.obj
    serving.serve(wanted, shell)
