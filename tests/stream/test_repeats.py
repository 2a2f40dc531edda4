"""The guard against exact repetition: what it finds, where, and what it leaves alone."""

import random
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qwq_cli.puzzles.examples import CARDS
from qwq_cli.stream.guard import Verdict
from qwq_cli.stream.repeats import SEED, WINDOW, ExactRepeats
from tests.stream.chunks import chunked

WORDS = ("so", "the", "card", "could", "be", "a", "queen", "unless", "wait", "that", "is", "not")


def prose(length: int, seed: int = 0) -> str:
    """Words in an order that does not repeat."""
    draw = random.Random(seed)
    text = ""
    while len(text) < length:
        text += f"{draw.choice(WORDS)} {draw.randrange(1000)}, "
    return text[:length]


def watch(chunks: list[str]) -> Verdict | None:
    guard = ExactRepeats()
    for chunk in chunks:
        verdict = guard.watch(chunk)
        if verdict:
            return verdict
    return None


@pytest.mark.parametrize("period", [1, 2, 5, 24, 25, 49, 50, 199, 200, 500, 2000, WINDOW // 2])
@pytest.mark.parametrize("before", [0, 10, 3000, 30_000])
def test_it_finds_where_the_second_copy_starts(period: int, before: int) -> None:
    head, block = "." + prose(before), prose(period, seed=1)
    verdict = watch([head + block * (2 + 400 // period)])
    assert verdict is not None
    assert verdict.repeat_at - verdict.start == period
    # The text before a block may happen to end as the block does.
    assert len(head) - SEED <= verdict.start <= len(head)
    assert verdict.start + period < verdict.detected_at <= len(head) + max(2 * period, 400) + SEED


@settings(max_examples=50)
@given(st.integers(1, 300), st.integers(0, 400), st.data())
def test_chunks_make_no_difference(period: int, before: int, data: st.DataObject) -> None:
    text = prose(before) + prose(period, seed=2) * (3 + 400 // period) + "and so on"
    chunks = data.draw(chunked(st.just(text)))
    assert watch(chunks) == watch([text]) == watch(list(text))
    assert watch(chunks) is not None


@settings(max_examples=10)
@given(st.integers(1, 5000))
def test_chunks_make_no_difference_far_beyond_the_window(size: int) -> None:
    text = prose(3 * WINDOW) + prose(3000, seed=3) * 2
    chunks = [text[at : at + size] for at in range(0, len(text), size)]
    assert watch(chunks) == watch([text])


@given(chunked())
def test_nothing_short_is_a_loop(chunks: list[str]) -> None:
    verdict = watch(chunks)
    assert verdict is None or verdict.detected_at > 200


@pytest.mark.parametrize(
    "text",
    [
        CARDS,
        # Quoted once more, with something in between.
        f"{CARDS}\n\nLet me read it again.\n\n{CARDS}\n\nNow then.",
        "| a | b |\n" + "|---|---|\n" + "".join(f"| {n} | {n * n} |\n" for n in range(60)),
        "\n".join(
            f"Case {n}: if the card is {n}, then Q would not know, so no." for n in range(40)
        ),
        "".join(f"{suit}{rank}、" for suit in "红黑草方" for rank in "A23456789JQK"),
        "-" * 120 + "\n" + "=" * 120,
        " ".join(map(str, range(500))),
        "0, " * 60,
        "The rain falls.\n" * 3 + "Then it stops.\n" + "The rain falls.\n" * 3,
    ],
)
def test_what_only_looks_alike_is_left_alone(text: str) -> None:
    assert watch([text]) is None


@pytest.mark.parametrize("text", ["红心10、" * 100, "\n" * 400, "哈" * 400, "0, " * 200])
def test_short_periods_without_end_are_loops(text: str) -> None:
    verdict = watch([text])
    assert verdict is not None
    assert verdict.start == 0
    assert verdict.repeat_at <= 5


def test_a_copy_that_breaks_off_is_no_loop() -> None:
    block = prose(600, seed=4)
    assert watch([block + block[:500] + prose(600, seed=5)]) is None


def test_memory_is_bounded() -> None:
    guard = ExactRepeats()
    text = prose(400_000, seed=6)
    for at in range(0, len(text), 50):
        assert guard.watch(text[at : at + 50]) is None
    assert len(guard._text) <= 2 * WINDOW + 50
    assert len(guard._seen) <= 2 * WINDOW + 50
    assert sys.getsizeof(guard._text) < 100_000


def test_a_fresh_one_has_seen_nothing_and_keeps_its_settings() -> None:
    guard = ExactRepeats(block=40, short=60)
    assert guard.watch("abcde " * 9) is None
    assert guard.fresh().watch("abcde ") is None
    verdict = guard.fresh().watch("abcde " * 12)
    assert verdict is not None
    assert verdict.detected_at == 66
