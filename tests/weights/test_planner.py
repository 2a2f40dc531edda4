"""The planner held to the known budget of QwQ-32B on 24 GB, and to what must hold of any plan."""

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.errors import BusyError, UsageError
from qwq_cli.weights.planner import (
    CACHES,
    GIB,
    PAGE,
    CacheKind,
    Plan,
    budget_of_card,
    budget_of_free,
    cache_bytes,
    choose,
    longest,
    parts_of,
    plan,
    scratch_bytes,
    table,
)
from qwq_cli.weights.shape import Shape, facts_at

QWQ: Final = Shape(64, 5120, 40, 8, 128, 27_648, 152_064, 40_960)
K: Final = 1024


def gib(count: int) -> float:
    return round(count / GIB, 1)


def at(bits: float, cache: CacheKind, tokens: int) -> float:
    return gib(parts_of(facts_at("QwQ-32B", QWQ, bits), cache, tokens).total)


@pytest.mark.parametrize(
    ("bits", "size"),
    [(3.0, 11.5), (3.5, 13.3), (4.0, 15.1), (4.25, 16.0), (4.5, 16.9), (5.0, 18.7)],
)
def test_weights_of_qwq(bits: float, size: float) -> None:
    facts = facts_at("QwQ-32B", QWQ, bits)
    assert gib(facts.card_bytes) == size
    assert round(facts.host_bytes / GIB, 2) == 1.45


@pytest.mark.parametrize(
    ("cache", "sizes"),
    [
        ("fp16", [2.0, 4.0, 8.0]),
        ("q8", [1.1, 2.2, 4.4]),
        ("q6", [0.8, 1.7, 3.4]),
        ("q4", [0.6, 1.2, 2.4]),
    ],
)
def test_caches_of_qwq(cache: CacheKind, sizes: list[float]) -> None:
    assert [gib(cache_bytes(QWQ, cache, tokens * K)) for tokens in (8, 16, 32)] == sizes


def test_work_space_of_qwq() -> None:
    assert scratch_bytes(QWQ) == 1024 * 2**20
    assert scratch_bytes(QWQ, max_dq=160 * 2**20) == 506 * 2**20
    parts = parts_of(facts_at("QwQ-32B", QWQ, 4.25), "q8", 32 * K)
    assert (parts.total - parts.weights - parts.cache) / GIB == pytest.approx(1.55, abs=0.01)


def test_totals_of_qwq() -> None:
    assert at(4.25, "q8", 32 * K) == 21.9
    assert at(4.5, "q6", 32 * K) == 21.8
    assert at(5.0, "q4", 32 * K) == pytest.approx(22.7, abs=0.1)


def test_24_gb_with_a_desktop_and_without() -> None:
    """5.0 bits fit without a desktop only, and there with 32k only in a q4 cache."""
    with_desktop, without = (budget_of_card(24 * GIB, desktop=desktop) for desktop in (True, False))
    assert (with_desktop / GIB, without / GIB) == (22.5, 23.5)
    assert at(5.0, "q4", 32 * K) > 22.5 < at(4.5, "q8", 32 * K)
    assert at(5.0, "q6", 32 * K) > 23.5 > at(5.0, "q4", 32 * K)


def test_the_suggested_default() -> None:
    chosen = choose("QwQ-32B", QWQ, budget_of_card(24 * GIB))
    assert (chosen.bits, chosen.cache, chosen.context_tokens) == (4.25, "q8", 32 * K)
    assert "highest bit rate that holds 32,768 tokens in a q8 cache" in chosen.why


@pytest.mark.parametrize(
    ("vram", "bits", "cache", "tokens"),
    [(16, 3.0, "q6", 14_592), (32, 6.5, "q8", 32 * K), (80, 8.0, "fp16", 32 * K)],
)
def test_other_cards(vram: int, bits: float, cache: CacheKind, tokens: int) -> None:
    chosen = choose("QwQ-32B", QWQ, budget_of_card(vram * GIB))
    assert (chosen.bits, chosen.cache, chosen.context_tokens) == (bits, cache, tokens)


def test_the_context_gives_way_before_the_cache_falls_to_q4() -> None:
    facts = facts_at("QwQ-32B", QWQ, 5.0)
    short = plan(facts, budget_of_card(24 * GIB, desktop=False))
    assert short.cache == "q6"
    assert 24 * K < short.context_tokens < 32 * K
    assert "a shorter context costs less than a q4 cache" in short.why
    tight = plan(facts, int(20.8 * GIB))
    assert tight.cache == "q4"
    assert "coarse" in tight.why


def test_what_is_asked_for_stays() -> None:
    facts = facts_at("QwQ-32B", QWQ, 5.0)
    budget = budget_of_card(24 * GIB, desktop=False)
    full = plan(facts, budget, context_tokens=32 * K)
    assert (full.cache, full.context_tokens) == ("q4", 32 * K)
    fine = plan(facts, budget, cache="fp16")
    assert (fine.cache, fine.context_tokens) == ("fp16", longest(facts, "fp16", budget))
    odd = plan(facts, budget, context_tokens=5_000)
    assert (odd.cache, odd.context_tokens) == ("fp16", 5_120)
    with pytest.raises(BusyError, match=r"24\.4 GiB, and 23\.5 are there"):
        plan(facts, budget, context_tokens=40_000, cache="q6")
    with pytest.raises(UsageError, match="trained for 40,960"):
        plan(facts, budget, context_tokens=41_000)


def test_what_does_not_fit_says_how_much_it_takes() -> None:
    with pytest.raises(BusyError, match=r"QwQ-32B does not fit .* it takes 13\.1 GiB, and 10\.5"):
        choose("QwQ-32B", QWQ, budget_of_card(12 * GIB))


def test_the_table_has_every_choice() -> None:
    cells = table([facts_at("QwQ-32B", QWQ, bits) for bits in (4.25, 5.0)], int(22.5 * GIB))
    assert len(cells) == 2 * 4 * 3
    at_32k = {
        (cell.bits, cell.cache) for cell in cells if cell.fits and cell.context_tokens > 30_000
    }
    assert at_32k == {(4.25, "q8"), (4.25, "q6"), (4.25, "q4")}
    tiny = Shape(4, 256, 4, 2, 64, 768, 1500, 1024)
    assert {cell.context_tokens for cell in table([facts_at("t", tiny, 4)], GIB)} == {1024}


shapes = st.builds(
    Shape,
    layers=st.integers(1, 100),
    hidden=st.integers(1, 256).map(lambda n: 32 * n),
    heads=st.integers(1, 64),
    kv_heads=st.integers(1, 16),
    head_dim=st.sampled_from([32, 64, 128]),
    intermediate=st.integers(1, 1000).map(lambda n: 32 * n),
    vocab=st.integers(100, 300_000),
    trained_tokens=st.integers(PAGE, 200_000),
)
budgets = st.integers(0, 100 * GIB)


def checked(shape: Shape, made: Plan, budget: int) -> None:
    assert made.parts.total <= budget
    assert made.left_bytes >= 0
    assert made.context_tokens % PAGE == 0
    assert PAGE <= made.context_tokens <= shape.trained_tokens


@given(shapes, st.sampled_from([2.5, 4.25, 8.0]), budgets)
def test_a_plan_fits_and_more_memory_never_means_less(
    shape: Shape, bits: float, budget: int
) -> None:
    facts = facts_at("any", shape, bits)
    try:
        made = plan(facts, budget)
    except BusyError:
        assert longest(facts, "q4", budget) < min(2 * K, shape.trained_tokens)
        return
    checked(shape, made, budget)
    more = plan(facts, budget + 2 * GIB)
    assert CACHES.index(more.cache) <= CACHES.index(made.cache)
    assert more.context_tokens >= made.context_tokens or more.cache != made.cache
    for kind in CACHES:
        tokens = longest(facts, kind, budget)
        assert not tokens or parts_of(facts, kind, tokens).total <= budget


@given(shapes, budgets)
def test_a_choice_fits_too(shape: Shape, budget: int) -> None:
    try:
        made = choose("any", shape, budget)
    except BusyError:
        assert longest(facts_at("any", shape, 3.0), "q4", budget) < 2 * K
        return
    checked(shape, made, budget)


def test_budgets_are_never_below_nothing() -> None:
    assert budget_of_card(GIB) == budget_of_free(0) == 0


def test_a_model_that_drafts_takes_its_part() -> None:
    """Weights, a cache of the same length that is not quantised, and work space of its own."""
    small = facts_at("Qwen2.5-0.5B", Shape(24, 896, 14, 2, 64, 4864, 152_064, K * 32), 4.0)
    facts = facts_at("QwQ-32B", QWQ, 4.25)
    both = replace(facts, draft=small)
    alone, together = (parts_of(one, "q8", 32 * K) for one in (facts, both))
    assert together.total - alone.total == together.draft
    assert together.draft > small.card_bytes + cache_bytes(small.shape, "fp16", 32 * K)
    assert gib(together.draft) < 1.5
    budget = budget_of_card(24 * GIB)
    assert plan(facts, budget).cache == "q8"
    with_draft = plan(both, budget)
    assert (with_draft.cache, with_draft.context_tokens) == ("q6", 32 * K)
    assert with_draft.parts.total <= budget
