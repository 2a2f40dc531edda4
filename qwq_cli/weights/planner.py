"""What fits a GPU's memory: a bit rate, a kind of cache and a context, added up part by part.

Pure arithmetic over a model's facts and a number of bytes; it asks no GPU and loads nothing. The
sizes are those of ExLlamaV2 0.3.2, read from its source: `cache.py` for the caches, and the
`scratch_space_fixed` of `attn.py`, `mlp.py` and `linear.py` for its work space. What CUDA itself
takes, and the small buffers, are estimates.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from qwq_cli.errors import BusyError, UsageError
from qwq_cli.weights.shape import ModelFacts, Shape, facts_at

CacheKind: TypeAlias = Literal["fp16", "q8", "q6", "q4"]
CACHES: tuple[CacheKind, ...] = get_args(CacheKind)
"""How keys and values are kept, the finest first."""

GIB = 2**30
PAGE = 256
"""Tokens; a context is made of whole pages."""
USUAL_CONTEXT = 32_768
"""Tokens to plan for: what a long thought takes. More only where it is asked for."""
LEAST_CONTEXT = 2_048
"""Tokens; with less a reasoning model does not reach its answer."""
FAIR_CONTEXT = 8_192
"""Tokens; below this a coarser cache, q4, is the lesser evil (exllamav2#493 on Qwen2 with q4)."""
BIT_RATES = (3.0, 3.5, 4.0, 4.25, 4.5, 5.0, 6.0, 6.5, 8.0)

DRIVER = GIB // 2
"""Of a card's nominal memory, what its driver and firmware keep."""
DESKTOP = GIB
"""What a desktop with a browser takes beside."""
MARGIN = GIB // 4
"""Left of the memory that is free by measurement: other programs move."""

_VALUE_BITS: dict[CacheKind, float] = {"fp16": 16, "q8": 8.5, "q6": 6.5, "q4": 4.5}
"""A value of keys and values, mean of both, with its share of an FP16 scale for each 32."""
_CUDA = int(0.45 * GIB)
_MAX_INPUT = 2_048
_MAX_DQ = 512 * 2**20
"""Tokens of one step and weights unpacked at once: ExLlamaV2's defaults."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Bytes on the GPU. `cache` has the unpacked copy of one layer that a quantised cache needs;
    `draft` is all that a drafting model takes.
    """

    weights: int
    cache: int
    scratch: int
    buffers: int
    cuda: int = _CUDA
    draft: int = 0

    @property
    def total(self) -> int:
        return self.weights + self.cache + self.scratch + self.buffers + self.cuda + self.draft


@dataclass(frozen=True, slots=True)
class Plan:
    """What to load a model with. `why` is a phrase or two for a person."""

    bits: float
    cache: CacheKind
    context_tokens: int
    parts: Parts
    budget_bytes: int
    why: str

    @property
    def left_bytes(self) -> int:
        """What stays free of the budget."""
        return self.budget_bytes - self.parts.total


@dataclass(frozen=True, slots=True)
class Cell:
    """One line of the table: what a choice takes, and whether that fits."""

    bits: float
    cache: CacheKind
    context_tokens: int
    parts: Parts
    fits: bool


def budget_of_card(total_bytes: int, *, desktop: bool = True) -> int:
    """What may be used of a card of that nominal size, in bytes."""
    return max(0, total_bytes - DRIVER - (DESKTOP if desktop else 0))


def budget_of_free(free_bytes: int) -> int:
    """What may be used of memory that was measured as free."""
    return max(0, free_bytes - MARGIN)


def cache_bytes(shape: Shape, cache: CacheKind, tokens: int) -> int:
    """Keys and values of all layers; a quantised cache has one layer more, unpacked to FP16."""
    values = 2 * shape.kv_width * tokens
    unpacked = 0 if cache == "fp16" else 2 * values
    return int(shape.layers * values * _VALUE_BITS[cache] / 8) + unpacked


def scratch_bytes(shape: Shape, max_dq: int = _MAX_DQ) -> int:
    """The work space of the hungriest module: attention, MLP or output layer."""
    width = shape.heads * shape.head_dim

    def unpacked(rows: int, columns: int) -> int:
        return 2 * min(rows * columns, max_dq)

    attention = 2 * _MAX_INPUT * max(width, shape.hidden) + unpacked(shape.hidden, width)
    widest = max(shape.hidden, shape.intermediate)
    mlp = 2 * _MAX_INPUT * (shape.hidden + 2 * widest) + unpacked(shape.hidden, shape.intermediate)
    return max(attention, mlp, unpacked(shape.hidden, shape.vocab))


def parts_of(facts: ModelFacts, cache: CacheKind, tokens: int) -> Parts:
    """What a model takes with that cache and context."""
    shape = facts.shape
    rope = 4 * shape.head_dim * tokens
    states = 4 * 2 * _MAX_INPUT * shape.hidden  # a step's input, residue, norm and output
    return Parts(
        weights=facts.card_bytes,
        cache=cache_bytes(shape, cache, tokens),
        scratch=scratch_bytes(shape),
        buffers=rope + states,
        draft=_draft_bytes(facts.draft, tokens) if facts.draft else 0,
    )


def _draft_bytes(draft: ModelFacts, tokens: int) -> int:
    """Its weights, a cache as long as the model's, never quantised, and work space of its own."""
    cache = cache_bytes(draft.shape, "fp16", tokens)
    return draft.card_bytes + cache + scratch_bytes(draft.shape)


def longest(facts: ModelFacts, cache: CacheKind, budget_bytes: int) -> int:
    """The longest context in whole pages that fits, in tokens; 0 where not even a page does."""
    pages = facts.shape.trained_tokens // PAGE
    low, high = 0, pages
    while low < high:
        middle = (low + high + 1) // 2
        if parts_of(facts, cache, middle * PAGE).total <= budget_bytes:
            low = middle
        else:
            high = middle - 1
    return low * PAGE


def plan(
    facts: ModelFacts,
    budget_bytes: int,
    *,
    context_tokens: int | None = None,
    cache: CacheKind | None = None,
) -> Plan:
    """The cache and the context to load a model with.

    The finest cache that holds the wanted context (what is given, else 32,768, at most what the
    model was trained for). Where none does and no context was given, the context gives way before
    the cache falls to q4. A `cache` that is given stays.

    Raises BusyError where the model does not fit, UsageError for more context than the model was
    trained for.
    """
    trained = facts.shape.trained_tokens
    if context_tokens is not None and not 1 <= context_tokens <= trained:
        raise UsageError(
            f"a context of {context_tokens:,} tokens is out of range",
            f"{facts.name} was trained for {trained:,}",
        )
    wanted = _pages(min(context_tokens or USUAL_CONTEXT, trained), trained)
    kinds = (cache,) if cache else CACHES
    fine = kinds if cache or context_tokens else kinds[:-1]
    for kind in fine:
        if parts_of(facts, kind, wanted).total <= budget_bytes:
            return _made(facts, kind, wanted, budget_bytes, _why_full(kinds, kind, wanted))
    if context_tokens is None:
        for kind, least in _fallbacks(kinds):
            tokens = min(wanted, longest(facts, kind, budget_bytes))
            if tokens >= min(least, wanted):
                why = _why_short(kind, tokens, wanted)
                return _made(facts, kind, tokens, budget_bytes, why)
    raise _too_large(facts, kinds[-1], context_tokens or min(LEAST_CONTEXT, wanted), budget_bytes)


def choose(
    name: str, shape: Shape, budget_bytes: int, *, rates: Iterable[float] = BIT_RATES
) -> Plan:
    """The bit rate to get: the highest that holds the usual context in a q8 cache or finer, else
    the highest for q6, else the lowest with what fits. Raises BusyError where none fits.
    """
    models = [facts_at(name, shape, bits) for bits in sorted(rates, reverse=True)]
    wanted = _pages(min(USUAL_CONTEXT, shape.trained_tokens), shape.trained_tokens)
    for least in ("q8", "q6"):
        for facts in models:
            for kind in CACHES[: CACHES.index(least) + 1]:
                if parts_of(facts, kind, wanted).total <= budget_bytes:
                    finer = " or a finer one" if least != "q6" else ""
                    why = f"the highest bit rate that holds {wanted:,} tokens in a {least} cache"
                    return _made(facts, kind, wanted, budget_bytes, why + finer)
    return plan(models[-1], budget_bytes)


def table(
    models: Sequence[ModelFacts],
    budget_bytes: int,
    contexts: Sequence[int] = (8_192, 16_384, USUAL_CONTEXT),
) -> list[Cell]:
    """Every model by cache and context; contexts above what a model was trained for are left out,
    and where all are, its own stands for them.
    """
    cells = []
    for facts in models:
        trained = facts.shape.trained_tokens
        held = [tokens for tokens in contexts if tokens <= trained] or [_pages(trained, trained)]
        for cache in CACHES:
            for tokens in held:
                parts = parts_of(facts, cache, tokens)
                fits = parts.total <= budget_bytes
                cells.append(Cell(facts.bits, cache, tokens, parts, fits))
    return cells


def _pages(tokens: int, trained: int) -> int:
    """Whole pages that hold the tokens, as far as the model was trained."""
    return max(PAGE, min(-(-tokens // PAGE) * PAGE, trained // PAGE * PAGE))


def _fallbacks(kinds: Sequence[CacheKind]) -> list[tuple[CacheKind, int]]:
    """Which caches to shorten the context for, in order, and the least that is worth it."""
    if len(kinds) == 1:
        return [(kinds[0], LEAST_CONTEXT)]
    return [("q6", FAIR_CONTEXT), ("q4", LEAST_CONTEXT)]


def _made(facts: ModelFacts, kind: CacheKind, tokens: int, budget: int, why: str) -> Plan:
    return Plan(facts.bits, kind, tokens, parts_of(facts, kind, tokens), budget, why)


def _why_full(kinds: Sequence[CacheKind], kind: CacheKind, tokens: int) -> str:
    if len(kinds) == 1:
        return f"the {kind} cache that was asked for holds {tokens:,} tokens"
    finer = CACHES.index(kind)
    if not finer:
        return f"{tokens:,} tokens fit without quantising the cache"
    return f"the finest cache that holds {tokens:,} tokens; {CACHES[finer - 1]} does not fit"


def _why_short(kind: CacheKind, tokens: int, wanted: int) -> str:
    if kind == "q4":
        return f"even with a q4 cache, which is coarse, only {tokens:,} of {wanted:,} tokens fit"
    return f"{tokens:,} of {wanted:,} tokens fit; a shorter context costs less than a q4 cache"


def _too_large(facts: ModelFacts, kind: CacheKind, tokens: int, budget: int) -> BusyError:
    needed = parts_of(facts, kind, _pages(tokens, facts.shape.trained_tokens)).total
    return BusyError(
        f"{facts.name} does not fit the GPU",
        f"with {tokens:,} tokens in a {kind} cache it takes {needed / GIB:.1f} GiB, and "
        f"{budget / GIB:.1f} are there to use",
        "take fewer bits a weight, a smaller model, or a GGUF on the CPU",
    )
