"""The engines by name. Knows how to load each; imports none before it is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qwq_cli.endpoint import Endpoint
from qwq_cli.engines.base import Engine
from qwq_cli.errors import UnavailableError
from qwq_cli.request import ThinkingStyle


@dataclass(frozen=True, slots=True)
class Load:
    """What to load, and how. None leaves the choice to the engine.

    `parallel`: how many generations there may be at once, for an engine that has to know.
    `cache`: how keys and values are kept on a GPU; `draft`: the folder of a small model that
    proposes tokens there; `ngram`: the text so far proposes them. `on_load` is told how many of
    how many parts are loaded, from any thread, by an engine that knows. `server`: where the model
    is, if it is not on this disk; `name`: what it is called; `styles` and `reasons_first` know
    models by their names.
    """

    path: Path
    style: ThinkingStyle = "auto"
    context_tokens: int | None = None
    threads: int | None = None
    parallel: int = 1
    cache: Literal["fp16", "q8", "q6", "q4"] | None = None
    draft: Path | None = None
    ngram: bool = False
    on_load: Callable[[int, int], None] | None = None
    server: Endpoint | None = None
    name: str = ""
    styles: Callable[[str], ThinkingStyle] | None = None
    reasons_first: Callable[[str], bool] = lambda _: False


def _llamacpp(load: Load) -> Engine:
    from qwq_cli.engines.llamacpp import LlamaCpp

    return LlamaCpp(
        load.path,
        style=load.style,
        reasons_first=load.reasons_first(load.name),
        context_tokens=load.context_tokens,
        threads=load.threads,
        parallel=load.parallel,
    )


def _exllama(load: Load) -> Engine:
    from qwq_cli.engines.exllama.engine import Exllama
    from qwq_cli.engines.exllama.loading import Options

    usual = Options()
    return Exllama(
        load.path,
        style=load.style,
        context_tokens=load.context_tokens,
        options=Options(
            cache=load.cache or usual.cache,
            draft=load.draft,
            ngram=load.ngram,
            jobs=max(load.parallel, usual.jobs),
        ),
        on_load=load.on_load,
    )


def _openai(load: Load) -> Engine:
    from qwq_cli.engines.openai.engine import OpenAIServer

    if load.server is None:
        raise UnavailableError("which server is meant is not said")
    return OpenAIServer(
        load.server, load.name, style=load.styles or load.style, reasons_first=load.reasons_first
    )


def _scripted(load: Load) -> Engine:
    from qwq_cli.engines.scripted import Scripted
    from qwq_cli.engines.trace import read_trace

    return Scripted(read_trace(load.path))


ENGINES = {
    "llama.cpp": _llamacpp,
    "exllama": _exllama,
    "openai": _openai,
    "scripted": _scripted,
}


def load_engine(name: str, load: Load) -> Engine:
    """The engine of that name, loaded; raises UnavailableError for a name that is none, and
    whatever the engine raises.
    """
    if name not in ENGINES:
        raise UnavailableError(f"no engine called '{name}'", f"there are {', '.join(ENGINES)}")
    return ENGINES[name](load)
