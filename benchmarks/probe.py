"""One generation in this process, timed: `python -m benchmarks.probe bare|qwq PUZZLE REPORT ...`.

Started by benchmarks/overhead.py, once for each figure. `bare` streams from xllamacpp into a
callback that only keeps the texts; `qwq` runs `qwq ask -f PUZZLE`, with the further arguments, in
this process. Both are greedy, on the same weights with the same settings of the server. The
report, as JSON: the text, the number of tokens, and the seconds from the first token until the
work on the last one was done (in qwq: until the sink has dealt with the last event).
"""

import json
import sys
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import qwq_cli.generate
from benchmarks.measure import ROOT
from benchmarks.passing import PassingDecoding, PassingEngine
from qwq_cli.engines.base import Decoding, Engine, Prompt, Step, Token
from qwq_cli.events import Event
from qwq_cli.request import Message, Request, Sampling

WEIGHTS = ROOT / "qwq_cli" / "weights" / "quill" / "quill.gguf"


class Watched(PassingEngine):
    """An engine, or rather its one decoding, seen from outside: what came, and since when."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.tokens: list[str] = []
        self.first_at = 0.0

    def start(self, prompt: Prompt, sampling: Sampling, max_tokens: int | None) -> Decoding:
        return WatchedDecoding(self, super().start(prompt, sampling, max_tokens))


class WatchedDecoding(PassingDecoding):
    """Knows when the first token came."""

    def __init__(self, watched: Watched, decoding: Decoding) -> None:
        super().__init__(decoding)
        self._watched = watched

    def __iter__(self) -> Iterator[Step]:
        tokens = self._watched.tokens
        for step in self.decoding:
            if isinstance(step, Token):
                if not tokens:
                    self._watched.first_at = time.perf_counter()
                tokens.append(step.text)
            yield step


def bare(question: str) -> dict[str, object]:
    """The same prompt and settings, and nothing of qwq's around the stream."""
    from qwq_cli.engines.gguf import read_header
    from qwq_cli.engines.llamacpp import LlamaCpp
    from qwq_cli.engines.llamacpp_server import load

    engine = LlamaCpp(WEIGHTS)
    prompt = "".join(part.text for part in engine.render((Message("user", question),)).parts)
    context = engine.facts.context_tokens
    engine.close()
    server = load(read_header(WEIGHTS), context, None)
    texts: list[str] = []
    stamps: list[float] = []
    tokens = 0

    def take(chunk: dict[str, Any]) -> None:
        nonlocal tokens
        stamps.append(time.perf_counter())
        texts.append(chunk["choices"][0]["text"])
        if "usage" in chunk:
            tokens = chunk["usage"]["completion_tokens"] - 1  # the one that ends the text

    body = {"prompt": prompt, "max_tokens": -1, "temperature": 0, "stream": True}
    server.handle_completions(body, take)
    return {"text": "".join(texts), "tokens": tokens, "seconds": stamps[-1] - stamps[0]}


def through_qwq(arguments: list[str]) -> dict[str, object]:
    """`qwq ask`, its loop watched."""
    generate = qwq_cli.generate.generate
    report: dict[str, object] = {}

    def watched_generate(
        engine: Engine,
        request: Request,
        **options: Any,  # noqa: ANN401
    ) -> Generator[Event, None, None]:
        watched = Watched(engine)
        done = 0.0
        for event in generate(watched, request, **options):
            yield event
            done = time.perf_counter()
        report.update(
            text="".join(watched.tokens),
            tokens=len(watched.tokens),
            seconds=done - watched.first_at,
        )

    qwq_cli.generate.generate = watched_generate
    from qwq_cli.__main__ import main

    sys.argv = ["qwq", "ask", "--temperature", "0", *arguments]
    code = main()
    if code:
        raise SystemExit(code)
    return report


def measure() -> None:
    """One run, as the command line says."""
    mode, puzzle, report, *options = sys.argv[1:]
    question = Path(puzzle).read_text("utf-8")
    figures = bare(question) if mode == "bare" else through_qwq(["-f", puzzle, *options])
    Path(report).write_text(json.dumps(figures), "utf-8")


if __name__ == "__main__":
    measure()
