"""Exact repetition: which cycles are certain, how soon, and what is never one."""

import json
import random
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.loops_data import tokens
from benchmarks.loops_right import answers
from qwq_cli.stream.guard import Verdict
from qwq_cli.stream.loops.cycles import CycleDetector
from qwq_cli.stream.loops.patience import USUAL, Patience
from qwq_cli.stream.loops.runs import BLOCK, HELD, LONGEST
from tests.stream.chunks import chunked
from tests.stream.prose import SHARED, prose

HEAD = prose(1500, 1)
PROSE, DATA = 3_000, 6_000
"""Tokens within which a cycle is certain: those of its first copy count."""


def watch(chunks: Iterable[str], patience: Patience = USUAL) -> Verdict | None:
    guard = CycleDetector(patience)
    return next(filter(None, map(guard.watch, chunks)), None)


def words(number: int, lang: str = "en") -> str:
    """So many words without a full stop, another text for each number."""
    draw = random.Random(f"{number} {lang}")
    if lang == "zh":
        return "".join(draw.choices("天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往", k=2 * number))
    letters = "abcdefghijklmnopqrstuvwxyz"
    return "".join(" " + "".join(draw.choices(letters, k=3)) for _ in range(number))


def late(before: str, cycle: str, *, most: int = 9_000) -> int | None:
    """How many tokens of a cycle come before it is certain, behind a text; None if it never is."""
    text = before + cycle * (1 + 4 * most // len(cycle))
    found = watch([text])
    if found is None:
        return None
    assert (found.kind, (found.repeat_at - found.start) % len(cycle)) == ("exact", 0)
    assert len(before) - BLOCK <= found.start <= len(before) + len(cycle)
    return len(tokens(text[len(before) : found.detected_at]))


# ------------------------------------------------------------------------------- what it finds


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("period", [1, 2, 3, 5, 8, 20, 60, 150, 400, 1000])
def test_a_cycle_of_any_length_is_found_in_time(period: int, lang: str) -> None:
    came = late(prose(1500, 1, lang), words(period, lang))
    assert came is not None
    assert 750 < came < PROSE  # (the benchmark counts two Han characters as a token)


@pytest.mark.parametrize("piece", ["!", "a", "ha ", "哈", "\n", " ", "🙂", "0"])
def test_one_sign_over_and_over(piece: str) -> None:
    found = watch([HEAD + piece * 40_000])
    assert found is not None
    assert len(HEAD) - BLOCK <= found.start < found.repeat_at <= len(HEAD) + BLOCK


def test_the_copies_begin_where_a_paragraph_a_line_or_a_sentence_does() -> None:
    for copy, begins in (
        ("goes on. Then more.\n\nAt first it", "At first"),
        ("goes on. Then more.\nAt first it", "At first"),
        ("goes on and on. At first it", "At first"),
        ("又来了。起初它", "起初"),
    ):
        text = "As it were, " + copy * 900
        found = watch([text])
        assert found is not None
        assert text[found.start :].startswith(begins)
        assert text[found.repeat_at :].startswith(begins)
        assert found.repeat_at - found.start == len(copy)


# ------------------------------------------------------------------------------- data


ROW = "alpha beta gamma"
STRUCTURES = {
    "JSON": ("Here:\n\n[\n", f'  {{"name": "{ROW}", "count": 3}},\n'),
    "list": ("Here:\n\n", f"- {ROW}\n- delta epsilon\n"),
    "numbered list": ("Here:\n\n", f"1. {ROW}\n2. delta\n3. epsilon\n"),
    "table": ("| Name | Note |\n|---|---|\n", "| alpha | beta gamma |\n"),
    "CSV": ("name,note,count\n", "alpha,beta gamma,3\n"),
    "XML": ("<rows>\n", f"  <row><name>{ROW}</name></row>\n"),
    "board": ("The board:\n\n", "0 " * 30 + "\n"),
    "short lines": ("A litany:\n\n", f"{ROW} delta\n"),
    "words in a fence": ("```\n", f"{ROW} delta epsilon.\n"),
    "words in another fence": ("~~~text\n", f"{ROW} delta epsilon.\n"),
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_data_needs_more_than_prose_but_is_no_refuge(name: str) -> None:
    opening, row = STRUCTURES[name]
    plain, data = late(HEAD, f"{ROW} delta epsilon. "), late(f"{HEAD}\n\n{opening}", row)
    assert plain is not None
    assert data is not None
    assert plain < PROSE
    assert 1.6 * plain < data < DATA


@pytest.mark.parametrize("mark", ["```", "~~~"])
def test_a_fence_counts_however_far_back_it_was_opened(mark: str) -> None:
    line = "alpha beta gamma delta epsilon.\n"
    lines = prose(4 * HELD, 3).replace("\n", " ").replace(". ", ".\n")
    opened = late(f"{mark}\n{lines}", line)
    closed = late(f"{mark}\n{lines}{mark}\n", line)
    never = late(lines, line)
    assert opened is not None
    assert closed is not None
    assert never is not None
    assert abs(closed - never) <= BLOCK
    assert 1.6 * closed < opened < DATA


# ------------------------------------------------------------------------- what it leaves alone


@pytest.mark.parametrize("name", ["legit", "controls"])
def test_right_answers_are_left_alone(name: str) -> None:
    if not SHARED.exists():
        pytest.skip("the texts are not here")
    texts = list(answers(SHARED)[name])
    assert len(texts) > 20
    acted = [one.name for one in texts if watch([one.text], Patience([one.asked]))]
    assert acted == []


@pytest.mark.parametrize(
    "row",
    [
        lambda n: f'  {{"id": {n}, "unit": "C", "state": "ok", "note": null}},\n',
        lambda n: f"{n},ok,0,0,0,false\n",
        lambda n: f"| {n} | none | none |\n",
        lambda n: f"Step {n}: {HEAD[:300]}\n",
        lambda n: f"{HEAD[:200]} (value {n * 7919 % 10_007})\n",
        lambda n: f"第{n}步：一样的话，一样的话，一样的话。\n",
    ],
)
def test_a_counter_or_a_value_is_progress_however_many_rows(row: Callable[[int], str]) -> None:
    assert watch(map(row, range(3000))) is None


@settings(max_examples=30)
@given(st.integers(0, 399), st.integers(60, 400))
def test_one_character_that_differs_ends_a_run(at: int, size: int) -> None:
    cycle = prose(size, 5)[:size]
    copies = cycle * (4000 // size)
    # Another one each time, lest all of it be one long cycle.
    text = "".join(copies[:at] + chr(ord("一") + n) + copies[at + 1 :] for n in range(8))
    assert watch([text]) is None
    assert watch([copies * 8]) is not None


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.sampled_from(["en", "zh"]))
def test_text_that_goes_on_is_none(seed: int, lang: str) -> None:
    assert watch([prose(6000, seed, lang)]) is None


def test_a_passage_quoted_twice_is_none() -> None:
    passage = prose(12_000, 4)
    assert watch([passage + prose(300, 5) + passage + prose(200, 6) + passage]) is None
    assert watch([passage * 2]) is None


def test_a_cycle_longer_than_the_longest_is_not_found() -> None:
    block = prose(LONGEST + 4000, 6)
    assert watch([block[: LONGEST - 400] * 4]) is not None
    assert watch([block[: LONGEST + 400] * 6]) is None


# ------------------------------------------------------------------------------- after a rewind


def rewound(head: str, cycle: str, short: int = 0) -> CycleDetector:
    """A detector behind one copy, less a few characters, whose further ones were taken back."""
    text = head + cycle
    again = CycleDetector()
    assert again.watch(text[: len(text) - short]) is None
    again.expect(len(head), len(text))
    return again


@pytest.mark.parametrize("short", [0, 1, 2])
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("period", [3, 40, 300])
def test_a_cycle_that_was_rewound_is_soon_found_again(period: int, lang: str, short: int) -> None:
    head, cycle = prose(1500, 1, lang), words(period, lang)
    more = cycle * (2 + 3000 // len(cycle))
    found = rewound(head, cycle, short).watch(more[len(cycle) - short :])
    assert found is not None
    assert found.repeat_at - found.start == len(cycle)
    assert len(tokens(more[: found.detected_at - len(head + cycle)])) < 300


def test_text_that_goes_another_way_after_a_rewind_is_let_be() -> None:
    cycle = words(40)
    for other in (prose(9000, 7), cycle[:100] + prose(9000, 8), prose(2000, 9) + cycle * 2):
        assert rewound(HEAD, cycle).watch(other) is None


def test_after_a_rewind_another_cycle_needs_as_much_as_ever() -> None:
    cycle, text = words(40), words(41) * 300
    found = rewound(HEAD, cycle).watch(text)
    assert found is not None
    assert len(tokens(text[: found.detected_at - len(HEAD + cycle)])) > 1_200


def test_a_cycle_that_is_not_there_is_not_expected() -> None:
    for start, second in ((1000, 2000), (7, 8), (0, 100_000)):
        again = CycleDetector()
        assert again.watch("Short. ") is None
        again.expect(start, second)
        assert again.watch(prose(9000)) is None


# ------------------------------------------------------------------------------- properties

TEXTS = [
    HEAD + words(4) * 600,
    HEAD + words(200, "zh") * 14,
    f"{HEAD}\n```\n" + "alpha beta\n" * 3000,
    f"{HEAD}\n" + "| a | b |\n" * 3000,
    HEAD + "\n" * 20_000,
    HEAD + words(9) * 100 + "x" + words(9) * 400,
    prose(9000, 2),
]


@settings(max_examples=60)
@given(chunked(st.sampled_from(TEXTS)))
def test_chunks_make_no_difference(chunks: list[str]) -> None:
    assert watch(chunks) == watch(["".join(chunks)])


@pytest.mark.parametrize("text", TEXTS)
def test_nor_do_single_characters(text: str) -> None:
    assert watch(text) == watch([text])


_ODD = st.lists(
    st.sampled_from(
        ["\ud800", "\udfff", "\0", "\u200b", "e\u0301", "👩‍👩‍👧", "\u2028", "½", "\u0663"]
    )
    | st.characters(),
    min_size=1,
    max_size=12,
).map("".join)


@settings(max_examples=60)
@given(_ODD, st.integers(0, 200), st.integers(1, 3000))
def test_surrogates_and_odd_signs_do_no_harm(cycle: str, before: int, times: int) -> None:
    text = prose(before)[:before] + cycle * times
    found = watch([text])
    if found is not None:
        assert 0 <= found.start < found.repeat_at < found.detected_at <= len(text)
        assert found.detected_at - found.repeat_at >= 1000
    endless = watch([cycle * (40_000 // len(cycle))])
    assert endless is not None


def test_memory_is_bounded() -> None:
    guard = CycleDetector(Patience(["Say it 1,000,000 times."]))
    rows = "".join(f'{{"id": {n}, "unit": "C", "state": "ok"}},\n' for n in range(2000))
    held = 0
    for n in range(8):
        assert guard.watch(rows.replace("C", f"C{n}")) is None
        assert guard.watch(words(50) * 1000) is None
        held = max(held, len(guard._finder._text) + len(guard._pending))
    assert held <= 3 * HELD + 2 * BLOCK


def test_a_fresh_one_has_seen_nothing_and_is_as_patient() -> None:
    line = "I must not be late for school again. "
    guard = CycleDetector(Patience([json.dumps("Write it 600 times.")]))
    assert guard.watch(line * 300) is None
    assert guard.fresh().watch(line * 600) is None
    assert CycleDetector().fresh().watch(line * 600) is not None
