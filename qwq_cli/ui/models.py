"""What is said of models and of memory: rows for tables, records for JSON. Knows no stream."""

from collections.abc import Sequence
from typing import Any

from qwq_cli.ui.progress import size
from qwq_cli.weights.models import Offer
from qwq_cli.weights.planner import GIB, Cell, Parts, Plan
from qwq_cli.weights.shape import ModelFacts
from qwq_cli.weights.store import Partial, Stored

HEADS = ("name", "kind", "size", "from")
OFFER_HEADS = ("name", "kind", "bits", "size", "state", "from")


def row(stored: Stored, *, default: bool) -> tuple[str, ...]:
    """A model that is here."""
    origin = f"{stored.repo}@{stored.revision}" if stored.repo else str(stored.path)
    name = f"{stored.name} (default)" if default else stored.name
    return name, stored.format, size(stored.size_bytes), origin


def partial_row(partial: Partial) -> tuple[str, ...]:
    """A model on its way."""
    total = f" of {size(partial.total_bytes)}" if partial.total_bytes else ""
    todo = f"qwq model pull {partial.name} goes on"
    return partial.name, "partial", f"{size(partial.done_bytes)}{total}", todo


def offer_row(offer: Offer, state: str) -> tuple[str, ...]:
    """A model that can be pulled."""
    bits = f"{offer.bits:g}" if offer.bits else ""
    gigabytes = f"{offer.size_gb:.1f} GB" if offer.size_gb else ""
    return offer.name, offer.format, bits, gigabytes, state, f"{offer.repo}@{offer.revision}"


def record(stored: Stored) -> dict[str, Any]:
    """A model that is here, for JSON."""
    return {
        "name": stored.name,
        "format": stored.format,
        "path": str(stored.path),
        "size_bytes": stored.size_bytes,
        "owned": stored.owned,
        "repo": stored.repo or None,
        "revision": stored.revision or None,
        "commit": stored.commit or None,
    }


def offer_record(offer: Offer) -> dict[str, Any]:
    """A model that can be pulled, for JSON."""
    return {
        "name": offer.name,
        "model": offer.model,
        "format": offer.format,
        "repo": offer.repo,
        "revision": offer.revision,
        "file": offer.file or None,
        "bits": offer.bits,
        "size_gb": offer.size_gb,
        "source": offer.source,
    }


# -------------------------------------------------------------------------------------- memory


def fit_rows(cells: Sequence[Cell]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Heads and rows: GiB by context, in brackets what does not fit. A bit rate of which nothing
    fits is left out, where another is left.
    """
    fitting = {cell.bits for cell in cells if cell.fits}
    shown = [cell for cell in cells if cell.bits in fitting] or list(cells)
    contexts = sorted({cell.context_tokens for cell in shown})
    rows: dict[tuple[float, str], dict[int, str]] = {}
    for cell in shown:
        total = f"{cell.parts.total / GIB:.1f}"
        line = rows.setdefault((cell.bits, cell.cache), {})
        line[cell.context_tokens] = total if cell.fits else f"({total})"
    heads = ("bits", "cache", *(f"{tokens:,}" for tokens in contexts))
    body = [
        (f"{bits:.2f}", cache, *(line.get(tokens, "") for tokens in contexts))
        for (bits, cache), line in rows.items()
    ]
    return heads, body


def plan_lines(facts: ModelFacts, plan: Plan) -> list[str]:
    """The choice, why, and its parts, for a person."""
    parts, host = plan.parts, facts.host_bytes / GIB
    choice = f"{plan.bits:.4g} bits a weight, a {plan.cache} cache, {plan.context_tokens:,} tokens"
    sizes = {
        "weights": parts.weights,
        "cache": parts.cache,
        "work space": parts.scratch,
        "buffers": parts.buffers,
        "CUDA": parts.cuda,
        "draft": parts.draft,
    }
    total = f"{_gib(parts.total)} of {_gib(plan.budget_bytes)}"
    listed = ", ".join(f"{name} {_gib(count)}" for name, count in sizes.items() if count)
    embedding = f"and {host:.2f} GiB of system memory for the embedding"
    return [f"{facts.name}: {choice}: {total}", f"({plan.why})", f"{listed}; {embedding}"]


def plan_record(facts: ModelFacts, plan: Plan | None, cells: Sequence[Cell]) -> dict[str, Any]:
    """The choice (None where nothing fits) and the table, for JSON; bytes throughout."""
    return {
        "model": facts.name,
        "measured": facts.measured,
        "trained_tokens": facts.shape.trained_tokens,
        "choice": plan
        and {
            "bits": round(plan.bits, 3),
            "cache": plan.cache,
            "context_tokens": plan.context_tokens,
            "bytes": _bytes(plan.parts),
            "budget_bytes": plan.budget_bytes,
            "why": plan.why,
        },
        "table": [
            {
                "bits": round(cell.bits, 3),
                "cache": cell.cache,
                "context_tokens": cell.context_tokens,
                "total_bytes": cell.parts.total,
                "fits": cell.fits,
            }
            for cell in cells
        ],
    }


def _bytes(parts: Parts) -> dict[str, int]:
    names = ("weights", "cache", "scratch", "buffers", "cuda", "draft", "total")
    return {name: getattr(parts, name) for name in names}


def _gib(count: int) -> str:
    return f"{count / GIB:.1f} GiB"
