"""Rows that are rows on a real terminal, however the text was cut."""

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.ui.wrap import Wrapper, cells, clip

WORDS = st.text(st.sampled_from("ab c\n\t-中文，。（“”）é🙂…=1"), max_size=80)
LONG = st.text(st.sampled_from("ab=中，"), min_size=10, max_size=60)
TEXTS = st.lists(WORDS | LONG, max_size=6)
COLUMNS = st.integers(8, 40)


def wrapped(text: str, columns: int) -> tuple[str, Wrapper]:
    wrapper = Wrapper(columns)
    return wrapper.feed(text) + wrapper.flush(), wrapper


@given(TEXTS, COLUMNS)
def test_any_chunking_gives_the_same_rows(pieces: list[str], columns: int) -> None:
    wrapper = Wrapper(columns)
    written = "".join(map(wrapper.feed, pieces)) + wrapper.flush()
    whole, reference = wrapped("".join(pieces), columns)
    assert written == whole
    assert (wrapper.rows, wrapper.row) == (reference.rows, reference.row)


@given(TEXTS, COLUMNS)
def test_rows_fit_and_are_counted(pieces: list[str], columns: int) -> None:
    written, wrapper = wrapped("".join(pieces), columns)
    rows = written.split("\n")
    assert all(cells(row) < columns for row in rows)
    assert (wrapper.rows, wrapper.row) == (len(rows) - 1, rows[-1])


@given(TEXTS, COLUMNS)
def test_a_terminal_agrees_on_the_rows(pieces: list[str], columns: int) -> None:
    written, wrapper = wrapped("".join(pieces), columns)
    screen = pyte.Screen(columns, 400)
    screen.set_mode(pyte.modes.LNM)
    pyte.Stream(screen).feed(written)
    assert screen.cursor.y == wrapper.rows


@given(TEXTS, COLUMNS)
def test_nothing_is_lost_but_white_space(pieces: list[str], columns: int) -> None:
    text = "".join(pieces)
    assert "".join(wrapped(text, columns)[0].split()) == "".join(text.split())


def test_words_are_kept_whole_and_marks_with_their_words() -> None:
    text = (
        "The quick brown fox jumps. 对话的内容：“你好”，说（不知道）。\n\n  indented\n" + "x" * 25
    )
    assert wrapped(text, 20)[0].split("\n") == [
        "The quick brown fox",
        "jumps. 对话的内容：",
        "“你好”，说（不知",
        "道）。",
        "",
        "  indented",
        "x" * 19,
        "x" * 6,
    ]


@pytest.mark.parametrize("glyph", ["👩‍👩‍👧", "👍🏽", "❤️‍🔥", "1️⃣", "🇩🇪", "🏳️‍🌈"])
def test_a_glyph_of_several_characters_is_never_parted(glyph: str) -> None:
    for columns in range(9, 24):
        wrapper = Wrapper(columns)
        written = "".join(map(wrapper.feed, f"中{glyph}文 {glyph} {glyph}" * 4)) + wrapper.flush()
        assert written.count(glyph) == 12


def test_a_word_is_held_back_until_it_is_clear_where_it_stands() -> None:
    wrapper = Wrapper(12)
    assert wrapper.feed("seven let") == "seven"
    assert wrapper.feed("ters and") == "\nletters"
    assert wrapper.flush() == " and"


@pytest.mark.parametrize(
    ("text", "width", "clipped"), [("abc", 5, "abc"), ("中文字", 5, "中文"), ("a中文", 2, "a")]
)
def test_clip(text: str, width: int, clipped: str) -> None:
    assert clip(text, width) == clipped
