"""The figures mean something: the others' rules are as described, and tokens are the text."""

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.loops_data import Trace, tokens, unlooped
from benchmarks.loops_peers import Compressible, SameToken, ShortPeriod
from benchmarks.loops_score import Outcome, judge, lag
from qwq_cli.stream.guard import Guard, Verdict

BLOCKS = st.lists(
    st.tuples(st.text("abc", min_size=1, max_size=60), st.integers(1, 4)), min_size=1, max_size=4
)


def answered_after(guard: Guard, fed: list[str]) -> int | None:
    return next((n for n, token in enumerate(fed, 1) if guard.watch(token)), None)


def by_definition(fed: list[str]) -> int | None:
    for n in range(1, len(fed) + 1):
        for period in range(4, 129):
            if 3 * period <= n and fed[n - 2 * period : n] == fed[n - 3 * period : n - period]:
                return n
    return None


@given(BLOCKS)
@settings(deadline=None, max_examples=60)
def test_a_short_period_three_times(blocks: list[tuple[str, int]]) -> None:
    fed = [token for block, times in blocks for token in block * times]
    assert answered_after(ShortPeriod(), fed) == by_definition(fed)


def test_a_period_of_more_than_128_is_not_seen() -> None:
    for period, seen in ((128, 3 * 128), (129, None)):
        assert answered_after(ShortPeriod(), [str(n) for n in range(period)] * 5) == seen


def test_the_same_token_more_than_thirty_times() -> None:
    assert answered_after(SameToken(), ["so", " no", *["no "] * 40]) == 33


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
