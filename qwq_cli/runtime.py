"""From a model's name to a running engine: name -> weights -> adapter.

Knows which engine runs which format. Does not know what is asked of the model.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from types import TracebackType

from qwq_cli.endpoint import Endpoint
from qwq_cli.engines.base import Engine
from qwq_cli.engines.gguf import read_header
from qwq_cli.engines.registry import Load, load_engine
from qwq_cli.request import Sampling
from qwq_cli.weights.catalogue import find_weights
from qwq_cli.weights.profiles import QUILL, Profile, profile_of

_REMOTE = "openai"


@dataclass(frozen=True, slots=True)
class Opened:
    """A loaded engine, what is known of its model, and what loading took. A context manager."""

    engine: Engine
    profile: Profile
    load_s: float

    def __enter__(self) -> "Opened":  # noqa: PYI034 - Self costs 15 ms before Python 3.11
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Free the model."""
        self.engine.close()


def open_engine(
    model: str = "quill",
    *,
    context_tokens: int | None = None,
    threads: int | None = None,
    parallel: int = 1,
) -> Opened:
    """Load a model: `quill`, the name of one that was pulled or added, or the path of a .gguf file
    or of a folder of EXL2 weights.

    `context_tokens`: None takes the model's own, at most 32,768; `threads`: None takes one for
    each core; `parallel`: how many generations there may be at once. EXL2 weights get the cache
    and the context that fit the GPU's free memory. The profile goes by the name in the file, and
    where that says nothing by the file's. Loading a GGUF holds Python up until it is done.

    Raises NotFoundError (no such model or file; says what there is), BadInputError (a damaged
    file), UnavailableError (nothing here can run it), BusyError (out of memory), UsageError
    (more context than the model was trained for, more at once than the engine takes).
    """
    begun = perf_counter()
    weights = find_weights(model)
    if weights.format == "exl2":
        profile = profile_of(weights.name)
        load = _on_card(Load(weights.path, profile.style, context_tokens, threads), weights.name)
        engine = load_engine("exllama", load)
    else:
        profile = QUILL if weights.name == "quill" else _profile(weights.path, weights.name)
        load = Load(weights.path, profile.style, context_tokens, threads, parallel)
        engine = load_engine("llama.cpp", load)
    return Opened(engine, profile, perf_counter() - begun)


def is_remote(model: str) -> bool:
    """Whether a model's name says that it is on a server: `openai/NAME`, or `openai` alone for the
    only one that is there.
    """
    return model == _REMOTE or model.startswith(f"{_REMOTE}/")


def open_server(model: str, endpoint: Endpoint) -> Opened:
    """A model on an OpenAI-compatible server; its profile goes by its name.

    Raises ConfigError (a key is missing, or wrong), UnavailableError (no server there),
    NotFoundError (no such model; says what there is), BusyError (it wants to be left alone).
    """
    begun = perf_counter()
    name = model.removeprefix(_REMOTE).removeprefix("/")
    load = Load(Path(), server=endpoint, name=name, styles=lambda name: profile_of(name).style)
    engine = load_engine("openai", load)
    return Opened(engine, profile_of(engine.facts.name), perf_counter() - begun)


def _on_card(load: Load, name: str) -> Load:
    """With the cache and the context that fit the cards' free memory; as it is where nobody tells
    how much that is, which the engine then finds out.
    """
    from qwq_cli.weights.card import look
    from qwq_cli.weights.planner import budget_of_free, plan
    from qwq_cli.weights.shape import read_facts

    cards = look().cards
    if not cards:
        return load
    budget = sum(budget_of_free(card.free_bytes) for card in cards)
    facts = replace(read_facts(load.path), name=name)
    chosen = plan(facts, budget, context_tokens=load.context_tokens)
    return replace(load, cache=chosen.cache, context_tokens=chosen.context_tokens)


def open_replay(path: Path) -> Opened:
    """Load nothing: replay a trace (plain text, or what `--json` or `--jsonl` wrote).

    Raises NotFoundError and BadInputError.
    """
    engine = load_engine("scripted", Load(path))
    return Opened(engine, Profile(engine.facts.name, engine.facts.style, Sampling()), 0.0)


def _profile(path: Path, name: str) -> Profile:
    """By the file's name, which people keep telling; else by the name inside, often a bare one."""
    profile = profile_of(name)
    return profile if profile.style != "auto" else profile_of(read_header(path).name or name)
