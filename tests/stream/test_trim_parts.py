"""A text without its loops, part by part: answers byte for byte, thoughts by the keener rule."""

import json
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.loops_documents import documents, endless
from qwq_cli.request import ThinkingStyle
from qwq_cli.stream.loops.runs import HELD
from qwq_cli.stream.trim import Found, trim
from qwq_cli.stream.trim_parts import (
    AnswerTrimmer,
    Part,
    PartsTrimmer,
    make_trimmer,
    marks_of,
)
from tests.stream.chunks import chunked
from tests.stream.prose import SHARED, prose

NUMBERS = "".join(f"{number}\n" for number in range(1, 99))
THOUGHT = "Wait, is that right? Hmm. Let me see. Maybe the other one, but then what if not?\n"
"""It shows reasoning."""
LINE = "So the card must be red, and a heart. "
CIRCLE = LINE * 40
"""A loop in a thought, and nothing in an answer."""
LOOP = LINE * 400
"""A loop anywhere."""


def trimmed(
    text: str | list[str], part: Part | None = "answer", style: ThinkingStyle = "none"
) -> tuple[str, list[Found]]:
    trimmer = make_trimmer(part, style)
    chunks = [text] if isinstance(text, str) else text
    kept = "".join([*map(trimmer.feed, chunks), trimmer.flush()])
    return kept, trimmer.loops


def auto(text: str) -> tuple[str, list[Found]]:
    """As `qwq trim` has it."""
    return trimmed(text, None, marks_of([text]))


def less(text: str, loops: list[Found]) -> str:
    """A text without these stretches. One that was found later may cover some that were before."""
    given, at = "", 0
    for begin, end in sorted((loop.repeat_at, loop.end) for loop in loops):
        given += text[at:begin]
        at = max(at, end)
    return given + text[at:]


def outermost(loops: list[Found]) -> list[tuple[int, int]]:
    """The stretches that lie in no other one."""
    spans = [(loop.repeat_at, loop.end) for loop in loops]
    return [a for a in spans if not any(a != b and b[0] <= a[0] and a[1] <= b[1] for b in spans)]


# ------------------------------------------------------------------------------------- right texts


@cache
def shared(name: str) -> tuple[str, ...]:
    path = SHARED / f"{name}.jsonl"
    if not path.exists():
        pytest.skip("the texts are not here")
    rows = map(json.loads, path.read_text("utf-8").splitlines())
    # What was asked to repeat without end is a right answer to a question, which is not known here.
    return tuple(row["text"] for row in rows if not row.get("asked_to_repeat"))


@pytest.mark.parametrize("part", ["answer", None])
@pytest.mark.parametrize("name", ["legit", "controls"])
def test_right_texts_stay_byte_for_byte(name: str, part: Part | None) -> None:
    for text in shared(name):
        style = "none" if part else marks_of([text])
        if style != "none":
            continue  # the thought in it may go
        assert trimmed(text, part, style) == (text, [])


def test_documents_and_numbers_stay() -> None:
    for text in (NUMBERS, *(one.text for one in documents(60))):
        assert auto(text) == (text, [])


@settings(max_examples=40)
@given(st.text())
def test_text_without_repetition_stays(text: str) -> None:
    assert trimmed(text) == (text, [])


# ------------------------------------------------------------------------------------- real loops


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("period", [60, 900, 4000])
def test_whole_copies_go_and_what_follows_stays(lang: str, period: int) -> None:
    head, block, tail = (prose(n, n, lang) for n in (2000, period, 1500))
    for over in (0, 1, len(block) // 2):
        text = head + block * (4 + 20_000 // period) + block[:over] + tail
        kept, (loop,) = trimmed(text)
        assert loop.repeat_at - loop.start == len(block)
        assert (loop.end - loop.repeat_at) % len(block) == 0
        assert kept == text[: loop.repeat_at] + text[loop.end :]
        # The first copy may begin within a block, and is whole; so what follows them is, too.
        assert kept in {head + block * copies + block[:over] + tail for copies in (1, 2)}


def test_an_endless_loop_keeps_one_copy() -> None:
    head, block = prose(1000), prose(400, 1)
    for times in (40, 41, 4000):
        for over in (0, 7, 399):
            text = head + block * times + block[:over]
            kept, (loop,) = trimmed(text)
            assert (loop.kind, loop.end) == ("exact", len(text))
            assert kept == text[: loop.start + len(block)]
            assert len(head) - 50 < loop.start < len(head) + len(block)
    assert trimmed(LOOP)[0] == LINE
    assert trimmed("No.\n" * 9000)[0] == "No.\n"


def test_several_loops_have_offsets_of_the_text_that_was_fed() -> None:
    parts = [prose(1500, n) for n in range(3)]
    one, other = prose(200, 8), prose(300, 9)
    text = parts[0] + one * 80 + parts[1] + other * 60 + parts[2]
    kept, loops = trimmed(text)
    assert kept == less(text, loops)
    assert kept.startswith(parts[0] + one)
    assert kept.endswith(other + parts[2])
    assert len(kept) < sum(map(len, (*parts, one, other, one, other)))
    for loop, block in zip(loops, (one, other), strict=True):
        assert loop.repeat_at - loop.start == len(block)
        assert loop.start < loop.repeat_at < loop.detected_at <= loop.end
        assert text[loop.start : loop.repeat_at] in block * 2


def test_a_loop_of_what_has_loops_itself() -> None:
    inner, between = prose(300, 1), prose(700, 2)
    for times in (2, 8, 60):
        text = (inner * 40 + between) * times
        kept, loops = trimmed(text)
        assert trimmed(kept) == (kept, [])
        assert kept == less(text, loops)
        spans = sorted(outermost(loops))
        assert all(a[1] <= b[0] for a, b in pairwise(spans))


@pytest.mark.parametrize("before", [0, 300, 300_000])
def test_a_loop_in_a_fence_needs_more_after_one_was_taken_out_too(before: int) -> None:
    line = "alpha beta gamma delta epsilon.\n"
    rows = "".join(f"row {n} of the text\n" for n in range(before // 20))
    opened = f"```\n{rows}{line * 1200}" + prose(500).replace(". ", ".\n")
    plain, data = line * 300, line.replace("alpha", "omega") * 300
    assert trimmed(prose(500) + plain)[1] != []
    kept, loops = trimmed(opened + data)
    assert len(loops) == 1
    assert kept.endswith(data)


@pytest.mark.parametrize("size", [8 * HELD - 9000, 8 * HELD - 100, 9 * HELD, 13 * HELD])
@pytest.mark.parametrize("period", [50, 4000])
def test_what_was_given_out_before_a_loop_was_certain_is_kept(period: int, size: int) -> None:
    rows = "".join(f"row {n} of the text\n" for n in range(size // 18))
    block, tail = prose(period, 1), prose(2000, 2)
    text = rows[:size] + block * (4 + 20_000 // period) + tail
    kept, loops = trimmed([text[at : at + 997] for at in range(0, len(text), 997)])
    assert len(loops) == 1
    assert kept == less(text, loops)
    assert trimmed(text) == (kept, loops)
    assert trimmed(kept) == (kept, [])


# Recipes and no texts, which would be too long to be shown when one fails.
_TIMES = st.integers(1, 120)
_PIECE = st.one_of(
    st.tuples(
        st.builds(prose, st.just(1), st.integers(0, 9), st.sampled_from(["en", "zh"])), _TIMES
    ),
    st.tuples(st.text(max_size=6), st.integers(1, 4000)),
    st.tuples(
        st.sampled_from(["```\n", "\n~~~\n", "\n| a | b |\n", "1. x\n", "0 ", "Yes.\n"]), _TIMES
    ),
)
_RECIPE = st.tuples(st.lists(_PIECE, max_size=4), st.integers(1, 60))
"""Pieces, each so many times, and all of them so many times."""


def made(recipe: tuple[list[tuple[str, int]], int]) -> str:
    pieces, times = recipe
    return ("".join(piece * copies for piece, copies in pieces) * times)[:120_000]


@settings(max_examples=60)
@given(_RECIPE, st.lists(st.floats(0, 1), max_size=8))
def test_it_is_idempotent_and_chunks_make_no_difference(
    recipe: tuple[list[tuple[str, int]], int], cuts: list[float]
) -> None:
    text = made(recipe)
    bounds = [0, *sorted(int(cut * len(text)) for cut in cuts), len(text)]
    kept, loops = trimmed(text)
    assert trimmed([text[a:b] for a, b in pairwise(bounds)]) == (kept, loops)
    assert trimmed(kept) == (kept, [])


@settings(max_examples=60)
@given(_RECIPE)
def test_offsets_are_those_of_the_text_that_was_fed(
    recipe: tuple[list[tuple[str, int]], int],
) -> None:
    text = made(recipe)
    kept, loops = trimmed(text)
    assert kept == less(text, loops)
    for loop in loops:
        assert 0 <= loop.start < loop.repeat_at < min(loop.detected_at, loop.end)
        assert max(loop.detected_at, loop.end) <= len(text)


# ------------------------------------------------------------------------------------- its parts


def test_the_same_text_goes_in_a_thought_and_stays_in_an_answer() -> None:
    assert trimmed(CIRCLE, "answer") == (CIRCLE, [])
    assert trimmed(CIRCLE, "thinking") == trim(CIRCLE) != (CIRCLE, [])
    assert auto(CIRCLE) == (CIRCLE, [])


def test_parts_by_tags() -> None:
    text = f"<think>\n{THOUGHT}{CIRCLE}Done.\n</think>\n\n{CIRCLE}"
    kept, (loop,) = auto(text)
    assert marks_of([text]) == "tags"
    assert kept == less(text, [loop])
    assert kept.endswith(f"</think>\n\n{CIRCLE}")
    assert kept.partition("</think>")[0].count(LINE) == 1
    assert text[loop.start :].startswith("So the card")
    assert loop.end <= text.index("</think>")


def test_parts_by_a_closing_tag_alone() -> None:
    text = f"{THOUGHT}{CIRCLE}Done.\n</think>\n\n{CIRCLE}"
    kept, loops = auto(text)
    assert kept == less(text, loops)
    assert kept.startswith(THOUGHT)
    assert kept.endswith(f"</think>\n\n{CIRCLE}")
    assert len(loops) == 1


def test_after_an_opening_tag_alone_all_is_thinking() -> None:
    kept, loops = auto(f"<think>\n{CIRCLE}")
    assert kept.count(LINE.strip()) == 1
    assert [loop.start for loop in loops] == [len("<think>\n")]


def test_parts_by_a_heading_behind_reasoning() -> None:
    text = f"{THOUGHT}{CIRCLE}\n\n**Final Answer**\n\n{CIRCLE}"
    kept, (loop,) = auto(text)
    assert marks_of([text]) == "headings"
    assert kept == less(text, [loop])
    assert kept.endswith(f"**Final Answer**\n\n{CIRCLE}")
    assert kept.count(LINE) == 41


@pytest.mark.parametrize(
    "text",
    [
        CIRCLE,
        f"Some words.\n{CIRCLE}\n\n**Final Answer**\n\n{CIRCLE}",
        f"{CIRCLE}\nA tag such as <think> is no mark here.\n{CIRCLE}",
        f"{CIRCLE}\nA Final Answer is no heading here. {THOUGHT}",
    ],
)
def test_without_marks_it_is_all_answer(text: str) -> None:
    assert marks_of([text]) == "none"
    assert auto(text) == (text, [])


def test_a_loop_in_an_answer_has_offsets_of_the_whole_text() -> None:
    text = f"<think>\n{THOUGHT}</think>\n\nWell. {LOOP}Done."
    kept, (loop,) = auto(text)
    assert kept == f"<think>\n{THOUGHT}</think>\n\nWell. {LINE}Done." == less(text, [loop])
    assert text[loop.start : loop.repeat_at] in LINE * 2
    both = f"<think>\n{CIRCLE}Done.</think>\n\nWell. {LOOP}Done."
    kept, loops = auto(both)
    assert kept == less(both, loops)
    assert len(loops) == 2


_MARKED = st.lists(
    st.sampled_from(
        [
            *("<think>", "</think>", "<thi", "nk>", "\n", "**Final Answer**\n", "Final answer: 4"),
            *(THOUGHT, CIRCLE, LOOP, prose(300, 1), "Wait, ", "\n\n**最终答案**\n\n", " "),
        ]
    ),
    max_size=8,
).map("".join)


@settings(max_examples=60)
@given(chunked(_MARKED))
def test_parts_in_any_chunks(chunks: list[str]) -> None:
    text = "".join(chunks)
    style = marks_of([text])
    assert marks_of(chunks) == style
    whole = trimmed(text, None, style)
    assert trimmed(chunks, None, style) == whole
    kept, loops = whole
    assert kept == less(text, loops)


def test_marks_of_a_long_text_by_single_characters() -> None:
    long, thought = prose(30_000, 3), THOUGHT * 3
    for text, style in (
        (f"{thought}{long}\n**Final Answer**\n4", "headings"),
        (f"{long}{thought}\n**Final Answer**\n4", "headings"),
        (f"{long}\n**Final Answer**\n4", "none"),
        (f"{long}</think>4", "tags"),
        (f" \n<think>{long}", "tags"),
        (f"{long}<think>", "none"),
        (f"{thought}{long}\n**Final Answer**", "headings"),
    ):
        assert marks_of([text]) == style
        assert marks_of(text) == style


# ------------------------------------------------------------------------------------- memory


def held(trimmer: AnswerTrimmer) -> int:
    finder = trimmer._detector._finder
    return len(trimmer._held) + len(trimmer._copy) + len(finder._text)


def test_memory_is_flat() -> None:
    rows = endless("json", 1_000_000)
    trimmer = AnswerTrimmer()
    given = most = 0
    for n in range(20):
        given += len(trimmer.feed(rows.replace("EUR", f"E{n}")))
        most = max(most, held(trimmer))
    assert given > 18_000_000
    assert most < 20 * HELD
    given += len(trimmer.flush())
    assert given == sum(len(rows.replace("EUR", f"E{n}")) for n in range(20))
    assert trimmer.loops == []


def test_memory_is_flat_in_a_loop_and_in_parts() -> None:
    parts = PartsTrimmer("tags", "normal")
    parts.feed(f"<think>{THOUGHT}</think>")
    most = 0
    for _ in range(200):
        parts.feed(LINE * 2000)
        assert isinstance(parts._trimmer, AnswerTrimmer)
        most = max(most, held(parts._trimmer))
    assert most < 20 * HELD
    assert parts.flush().endswith(LINE)
