"""What fits a card: from a model's name to facts, and from a card, or a figure, to a budget.

Knows the order of things. Does not know options, nor how a plan looks.
"""

from dataclasses import dataclass, replace

from qwq_cli.errors import BusyError, NotFoundError, UnavailableError, UsageError
from qwq_cli.weights.card import look
from qwq_cli.weights.catalogue import find_weights, store
from qwq_cli.weights.models import MODELS, OFFERS
from qwq_cli.weights.planner import (
    BIT_RATES,
    GIB,
    USUAL_CONTEXT,
    CacheKind,
    Cell,
    Plan,
    budget_of_card,
    budget_of_free,
    choose,
    plan,
    table,
)
from qwq_cli.weights.shape import ModelFacts, facts_at, read_facts

SUGGESTED = "qwq-32b"
_CONTEXTS = (8_192, 16_384, USUAL_CONTEXT)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line said; None where it said nothing."""

    model: str | None = None
    params: str | None = None
    vram_gb: float | None = None
    headless: bool = False
    context: int | None = None
    cache: CacheKind | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """`models`: the facts at each bit rate, `plan`: what to take, or `fault`, why nothing can be;
    `facts`: of the model taken; `memory`: which memory that is, in words; `offer`: what to pull.
    """

    models: list[ModelFacts]
    facts: ModelFacts
    plan: Plan | None
    fault: BusyError | None
    cells: list[Cell]
    memory: str
    offer: str = ""


def fit(asked: Asked) -> Fit:
    """Raises NotFoundError, BadInputError (the model), UnavailableError (no card to ask, and no
    figure given), UsageError.
    """
    models, name = _models(asked)
    budget, memory = _budget(asked)
    contexts = sorted({*_CONTEXTS, asked.context}) if asked.context else _CONTEXTS
    cells = table(models, budget, [tokens for tokens in contexts if tokens])
    try:
        chosen = _chosen(asked, models, budget)
    except BusyError as fault:
        return Fit(models, models[0], None, fault, cells, memory)
    facts = next(facts for facts in models if facts.bits == chosen.bits)
    return Fit(models, facts, chosen, None, cells, memory, _offer(name, chosen.bits))


def _chosen(asked: Asked, models: list[ModelFacts], budget: int) -> Plan:
    if len(models) == 1:
        return plan(models[0], budget, context_tokens=asked.context, cache=asked.cache)
    if asked.context is None and asked.cache is None:
        first = models[0]
        return choose(first.name, first.shape, budget, rates=[facts.bits for facts in models])
    tried = (_plan(asked, facts, budget) for facts in reversed(models))  # the highest rate first
    found = next((plan for plan in tried if plan is not None), None)
    return found or plan(models[0], budget, context_tokens=asked.context, cache=asked.cache)


def _plan(asked: Asked, facts: ModelFacts, budget: int) -> Plan | None:
    try:
        return plan(facts, budget, context_tokens=asked.context, cache=asked.cache)
    except BusyError:
        return None


def _models(asked: Asked) -> tuple[list[ModelFacts], str]:
    """The facts at each bit rate to look at, and the name of the model they are of, or ""."""
    if asked.model is not None and asked.params is not None:
        raise UsageError("a model and --params exclude each other", "", "choose one")
    name = asked.params or asked.model or SUGGESTED
    if name in MODELS and (asked.model is None or store().find(name) is None):
        known = MODELS[name]
        return [facts_at(known.title, known.shape, bits) for bits in BIT_RATES], name
    if asked.params is not None:
        raise NotFoundError(f"no known model '{name}'", f"there are {', '.join(MODELS)}")
    offer = OFFERS.get(name)
    if offer is not None and offer.bits and store().find(name) is None:
        return [facts_at(name, MODELS[offer.model].shape, offer.bits)], ""
    weights = find_weights(name)
    if weights.format == "gguf":
        raise UsageError(
            f"{name} is a GGUF, which llama.cpp runs in system memory",
            "the plan is for EXL2 weights on a GPU",
            f"leave it out, or name one of {', '.join(MODELS)}",
        )
    return [replace(read_facts(weights.path), name=weights.name)], ""


def _budget(asked: Asked) -> tuple[int, str]:
    """The bytes to use, and which they are."""
    if asked.vram_gb is not None:
        kept = "the driver" if asked.headless else "the driver and a desktop"
        budget = budget_of_card(int(asked.vram_gb * GIB), desktop=not asked.headless)
        return budget, f"a card of {asked.vram_gb:g} GB, less what {kept} may take"
    found = look()
    card = found.roomiest
    if card is None:
        raise UnavailableError(
            "there is no GPU to ask for its memory", found.missing, "give it: --vram 24"
        )
    free = f"{card.free_bytes / GIB:.1f} of {card.total_bytes / GIB:.1f} GiB are free"
    return budget_of_free(card.free_bytes), f"{card.name}, of which {free}"


def _offer(model: str, bits: float) -> str:
    names = [
        offer.name
        for offer in OFFERS.values()
        if offer.model == model and offer.bits == bits and offer.format == "exl2"
    ]
    return names[0] if names else ""
