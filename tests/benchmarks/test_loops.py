"""The figures mean something: the others' rules are as described, and tokens are the text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.loops_data import Trace, tokens, unlooped
from benchmarks.loops_peers import Compressible, SameToken, ShortPeriod
from benchmarks.loops_score import Outcome, judge, lag
from qwq_cli.stream.guard import Guard, Verdict

BLOCKS = st.lists(
    st.tuples(st.text("abc", min_size=1, max_size=60), st.integers(1, 5)), min_size=1, max_size=4
)


def answered_after(guard: Guard, fed: list[str]) -> int | None:
    return next((n for n, token in enumerate(fed, 1) if guard.watch(token)), None)


def by_definition(fed: list[str], shortest: int, longest: int, copies: int) -> int | None:
    for n in range(1, len(fed) + 1):
        for period in range(shortest, min(longest, n // copies) + 1):
            start = n - copies * period
            if fed[start : n - period] == fed[start + period : n]:
                return n
    return None


@pytest.mark.parametrize("rule", [(4, 128, 3), (4, 128, 4), (16, 1024, 4), (1, 9, 2), (3, 7, 5)])
@given(blocks=BLOCKS)
@settings(deadline=None, max_examples=60)
def test_copies_at_the_end(rule: tuple[int, int, int], blocks: list[tuple[str, int]]) -> None:
    fed = [token for block, times in blocks for token in block * times]
    assert answered_after(ShortPeriod(*rule), fed) == by_definition(fed, *rule)


@pytest.mark.parametrize("rule", [(4, 128, 3), (4, 128, 4), (16, 1024, 4)])
def test_periods_at_the_bounds(rule: tuple[int, int, int]) -> None:
    shortest, longest, copies = rule
    for period, seen in (
        (1, shortest * copies),
        (shortest, shortest * copies),
        (longest, longest * copies),
        (longest + 1, None),
    ):
        fed = ["Well", *[str(n) for n in range(period)] * (longest * copies)]
        assert answered_after(ShortPeriod(*rule), fed[: 6 * longest]) == (seen and seen + 1)


@pytest.mark.parametrize("rule", [(4, 128, 3), (4, 128, 4), (16, 1024, 4)])
def test_where_the_last_copies_start(rule: tuple[int, int, int]) -> None:
    guard, copies = ShortPeriod(*rule), rule[2]
    said = [guard.watch(f"{n:02} ") for n in [99, 98, *list(range(20)) * copies]]
    assert said[-1] == Verdict("exact", 6, 66, detected_at=6 + 60 * copies)
    assert not any(said[:-1])


def test_the_same_token_more_than_a_hundred_times() -> None:
    assert answered_after(SameToken(), ["so", " no", *["no "] * 110]) == 103


def test_a_text_that_zlib_shrinks() -> None:
    assert answered_after(Compressible(), ["12345 "] * 1000) == 500
    assert answered_after(Compressible(), ["12345 "] * 499) is None


@given(st.text())
def test_tokens_are_the_text(text: str) -> None:
    assert "".join(tokens(text)) == text


def test_delay_is_counted_from_the_second_copy() -> None:
    text = "one two three. " * 4
    trace = Trace("t", "exact_sentence_cycle", text, tokens(text), onset=0, second=15)
    verdict = Verdict("exact", 0, 15, detected_at=30)
    late = lag(Outcome(trace, verdict, tokens=8))
    assert late is not None
    assert (late.period, late.delay, late.cut) == (4, 4, 0.0)
    assert judge(SameToken(), trace).verdict is None


def test_a_text_made_for_timing_does_not_repeat_its_source() -> None:
    text = "The quick brown fox jumps over the lazy dog."
    trace = Trace("t", "", text, tokens(text))
    made = "".join(unlooped((trace,), 1000))
    sentences = made.split("\n\n")
    assert len(set(sentences)) == len(sentences) > 50
