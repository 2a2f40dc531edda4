"""From a model's name to a running engine: name -> weights -> adapter.

Knows which engine runs which format. Does not know what is asked of the model.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, TypeAlias

from qwq_cli.cancel import Cancel
from qwq_cli.endpoint import Endpoint
from qwq_cli.engines.base import Engine
from qwq_cli.engines.gguf import SMALL_MODEL, read_header
from qwq_cli.engines.registry import Load, load_engine
from qwq_cli.errors import UsageError
from qwq_cli.events import Event
from qwq_cli.request import Request, Sampling, Steering
from qwq_cli.settings import Sensitivity
from qwq_cli.weights.catalogue import Weights, find_weights
from qwq_cli.weights.profiles import QUILL, Profile, profile_of

if TYPE_CHECKING:
    from qwq_cli.weights.planner import CacheKind

_REMOTE = "openai"
NGRAM = "ngram"


Elsewhere: TypeAlias = Callable[[Request, Steering, Sensitivity, Cancel], Iterator[Event]]
"""What answers in another process, guards and all."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A loaded engine, what is known of its model, and what loading took. A context manager.

    `elsewhere`: where the model generates in another process, what is to be asked instead of the
    engine, which then has facts alone.
    """

    engine: Engine
    profile: Profile
    load_s: float
    elsewhere: Elsewhere | None = None

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


@dataclass(frozen=True, slots=True)
class OnCard:
    """What is wished for EXL2 weights on a GPU. `cache`: None takes the finest that fits. `draft`:
    `ngram` (the text so far proposes tokens), a small model that does, by its name or folder, or
    `off`.
    """

    cache: "CacheKind | None" = None
    draft: str = "off"


_ANY = OnCard()


def open_engine(
    model: str = "quill",
    *,
    context_tokens: int | None = None,
    threads: int | None = None,
    parallel: int = 1,
    card: OnCard = _ANY,
    on_load: Callable[[int, int], None] | None = None,
) -> Opened:
    """Load a model: `quill`, the name of one that was pulled or added, or the path of a .gguf file
    or of a folder of EXL2 weights.

    `context_tokens`: at most so many, and at most what the model was trained for; None takes that,
    at most 32,768. `threads`: None takes one for each core. `parallel`: how many generations there
    may be at once. EXL2 weights get the cache and the context that fit the GPU's free memory;
    `card`: wishes for them. The profile goes by the name in the file, and where that says nothing
    by the file's. Loading a GGUF holds Python up until it is done; loading EXL2 weights tells
    `on_load` how many of how many parts are there, on another thread.

    Raises NotFoundError (no such model or file; says what there is), BadInputError (a damaged
    file), UnavailableError (nothing here can run it), BusyError (out of memory), UsageError
    (more at once than the engine takes, a draft that is none).
    """
    begun = perf_counter()
    weights = find_weights(model)
    load = Load(weights.path, "auto", context_tokens, threads, parallel, name=weights.name)
    if weights.format == "exl2":
        profile, name = profile_of(weights.name), "exllama"
        load = _on_card(replace(load, on_load=on_load), card)
    else:
        profile, name = QUILL if weights.name == "quill" else _profile(weights), "llama.cpp"
        if context_tokens is not None:
            trained = read_header(weights.path).context_tokens
            load = replace(load, context_tokens=_clamped(context_tokens, trained))
    engine = load_engine(
        name, replace(load, style=profile.style, reasons_first=lambda _: profile.reasons_first)
    )
    return Opened(engine, profile, perf_counter() - begun)


def _clamped(wished: int | None, trained: int) -> int | None:
    """As many tokens as are wished, at most those that the model was trained for, if it says so."""
    return min(wished, trained) if wished is not None and trained else wished


def usual_parallel(model: str) -> int:
    """How many requests at once suit a model, where nobody says: on a server as many as it takes to
    fill a batch; EXL2 generations share one cache; of a GGUF each has a whole context to itself,
    which is much memory for a large one.

    Raises NotFoundError.
    """
    if is_remote(model):
        return 16
    weights = find_weights(model)
    if weights.format == "exl2":
        return 8
    return 4 if weights.path.stat().st_size < SMALL_MODEL else 1


def look_at(model: str) -> None:
    """Raise what `open_engine` would raise for a model that is not there, or is damaged, as far as
    its headers tell; loads nothing.
    """
    weights = find_weights(model)
    if weights.format == "gguf":
        read_header(weights.path)
    else:
        from qwq_cli.weights.shape import check_folder

        check_folder(weights.path)


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
    load = Load(
        Path(),
        server=endpoint,
        name=name,
        styles=lambda name: profile_of(name).style,
        reasons_first=lambda name: profile_of(name).reasons_first,
    )
    engine = load_engine("openai", load)
    return Opened(engine, profile_of(engine.facts.name), perf_counter() - begun)


def _on_card(load: Load, wished: OnCard) -> Load:
    """With the cache and the context that fit the cards' free memory, and what drafts. Where nobody
    tells how much memory that is, the engine finds out.
    """
    from qwq_cli.weights.card import look
    from qwq_cli.weights.planner import budget_of_free, plan
    from qwq_cli.weights.shape import read_facts

    draft = _draft(wished.draft)
    beside = read_facts(draft) if draft is not None else None
    facts = replace(read_facts(load.path), name=load.name, draft=beside)
    context = _clamped(load.context_tokens, facts.shape.trained_tokens)
    load = replace(load, draft=draft, ngram=wished.draft == NGRAM)
    cards = look().cards
    if not cards:
        return replace(load, cache=wished.cache, context_tokens=context)
    budget = sum(budget_of_free(card.free_bytes) for card in cards)
    chosen = plan(facts, budget, context_tokens=context, cache=wished.cache)
    return replace(load, cache=chosen.cache, context_tokens=chosen.context_tokens)


def _draft(wished: str) -> Path | None:
    """The folder of a drafting model, None where none is wished."""
    if wished in {"off", NGRAM}:
        return None
    weights = find_weights(wished)
    if weights.format != "exl2":
        raise UsageError(
            f"{wished} can't draft for EXL2 weights",
            "it is a GGUF",
            f"take EXL2 weights, or {NGRAM}",
        )
    return weights.path


def open_replay(path: Path) -> Opened:
    """Load nothing: replay a trace (plain text, or what `--json` or `--jsonl` wrote).

    Raises NotFoundError and BadInputError.
    """
    engine = load_engine("scripted", Load(path))
    return Opened(engine, Profile(engine.facts.name, engine.facts.style, Sampling()), 0.0)


def _profile(weights: Weights) -> Profile:
    """By the file's name, which people keep telling; else by the name inside, often a bare one."""
    profile = profile_of(weights.name)
    if profile.style != "auto":
        return profile
    return profile_of(read_header(weights.path).name or weights.name)
