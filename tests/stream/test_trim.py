"""A text without its loops: what stays, what goes, and that doing it twice changes nothing."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qwq_cli.stream.trim import Found, Trimmer, trim
from tests.stream.chunks import chunked
from tests.stream.prose import SHARED, prose


def fed(chunks: list[str]) -> tuple[str, list[Found]]:
    trimmer = Trimmer()
    kept = "".join([*(trimmer.feed(chunk) for chunk in chunks), trimmer.flush()])
    assert trimmer.kept_chars == len(kept)
    assert trimmer.fed_chars == sum(map(len, chunks))
    return kept, trimmer.loops


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("period", [60, 900, 4000])
def test_the_first_copy_and_what_follows_the_loop_stay(lang: str, period: int) -> None:
    head, block, tail = (prose(n, n, lang) for n in (2000, period, 1500))
    kept, loops = trim(head + block * 12 + tail)
    assert len(loops) == 1
    assert loops[0].repeat_at - loops[0].start == len(block)
    # What stays of the copies is one, and at most the sentence that the tail begins after.
    assert kept.startswith(head + block[: len(block) // 2])
    assert kept.endswith(tail)
    assert len(head + block + tail) <= len(kept) <= len(head + block + tail) + 300


def test_a_loop_to_the_end_leaves_the_first_copy() -> None:
    head, block = prose(1000), prose(400, 1)
    kept, loops = trim(head + block * 20)
    assert kept.rstrip() == (head + block).rstrip()
    assert [loop.end for loop in loops] == [len(head + block * 20)]


def test_a_loop_of_lines_to_the_end_leaves_no_blank_line() -> None:
    line = "Wait, that can't be right. Let me add them up again.\n"
    assert trim(line * 50)[0] == line
    assert trim("First.\n" + line * 50)[0] == "First.\n" + line


def test_several_loops_have_offsets_of_the_text_that_was_fed() -> None:
    parts = [prose(1500, n) for n in range(3)]
    one, other = prose(200, 8), prose(300, 9)
    text = parts[0] + one * 12 + parts[1] + other * 12 + parts[2]
    _, loops = trim(text)
    assert len(loops) == 2
    for loop, block in zip(loops, (one, other), strict=True):
        assert text[loop.start : loop.start + 100] == text[loop.repeat_at : loop.repeat_at + 100]
        assert loop.repeat_at - loop.start == len(block)
        assert loop.start < loop.repeat_at < loop.detected_at <= loop.end


def test_what_is_new_after_a_loop_is_never_lost() -> None:
    text = prose(900) + prose(100, 1) * 30 + "Therefore 42"
    kept, _ = trim(text)
    assert kept.endswith("Therefore 42")


@settings(max_examples=60)
@given(st.text())
def test_text_without_repetition_passes_untouched(text: str) -> None:
    assert trim(text) == (text, [])


_PIECES = st.lists(
    st.one_of(
        st.builds(prose, st.integers(1, 400), st.integers(0, 9), st.sampled_from(["en", "zh"])),
        st.builds(
            lambda seed, size, times: prose(size, seed) * times,
            st.integers(0, 3),
            st.integers(1, 150),
            st.integers(2, 40),
        ),
        st.builds(lambda piece, times: piece * times, st.text(max_size=6), st.integers(1, 2000)),
    ),
    max_size=6,
).map("".join)


@settings(max_examples=60, deadline=None)
@given(chunked(_PIECES))
def test_it_is_idempotent_and_chunks_make_no_difference(chunks: list[str]) -> None:
    text = "".join(chunks)
    kept, loops = trim(text)
    assert fed(chunks) == (kept, loops)
    assert trim(kept) == (kept, [])
    assert len(kept) <= len(text)
    for loop in loops:
        assert 0 <= loop.start < loop.repeat_at < loop.detected_at <= loop.end <= len(text)


def test_an_exact_loop_is_passed_over_without_reading() -> None:
    head, block, tail = prose(1000), prose(170, 1), prose(1000, 2)
    short, long = trim(head + block * 40 + tail), trim(head + block * 40_000 + tail)
    assert short[0] == long[0]
    assert long[1][0].end - short[1][0].end == len(block) * (40_000 - 40)


def test_memory_is_bounded() -> None:
    trimmer = Trimmer()
    held = 0
    for n in range(24):
        trimmer.feed(prose(40_000, n) if n % 3 else prose(500, n) * 40)
        held = max(held, len(trimmer._held) + len(trimmer._tail))
    assert held < 600_000


def test_real_loops_trimmed_twice() -> None:
    path = SHARED / "loops.jsonl"
    if not path.exists():
        pytest.skip("the traces are not here")
    for line in path.read_text(encoding="utf-8").splitlines()[::3]:
        kept, loops = trim(json.loads(line)["text"])
        assert loops
        assert trim(kept) == (kept, [])
