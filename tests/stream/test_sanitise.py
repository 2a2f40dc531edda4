"""What a model writes can't steer a terminal, however it is cut into pieces."""

import unicodedata

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.stream.sanitise import LONGEST_STRING, Sanitiser, one_line, sanitise

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
PAYLOADS = {
    "clipboard (OSC 52), by BEL": ("a\x1b]52;c;cm0gLXJm\x07b", "ab"),
    "clipboard (OSC 52), by ST": ("a\x1b]52;c;cm0gLXJm\x1b\\b", "ab"),
    "clipboard, in C1": ("a\x9d52;c;cm0gLXJm\x9cb", "ab"),
    "title (OSC 0)": ("a\x1b]0;pwned\x07b", "ab"),
    "link (OSC 8)": ("\x1b]8;;https://evil.example\x07text\x1b]8;;\x07", "text"),
    "device control (DCS)": ('a\x1bP$q"p\x1b\\b', "ab"),
    "sixel over lines": ("a\x1bPq#0;2;0;0;0\n#0~~@@vv\n\x1b\\b", "ab"),
    "program command (APC)": ("a\x1b_Gf=24;AAAA\x1b\\b", "ab"),
    "privacy message (PM)": ("a\x1b^hidden\x1b\\b", "ab"),
    "start of string (SOS)": ("a\x1bXhidden\x1b\\b", "ab"),
    "colours (CSI)": ("a\x1b[1;31mred\x1b[0mb", "aredb"),
    "cursor and erase": ("a\x1b[2J\x1b[H\x1b[1Ab", "ab"),
    "CSI in C1": ("a\x9b31mb", "ab"),
    "report of the cursor": ("a\x1b[6nb", "ab"),
    "reset (RIS)": ("a\x1bcb", "ab"),
    "character set": ("a\x1b(0qqq\x1b(Bb", "aqqqb"),
    "a sequence in a string": ("a\x1b]0;x\x1b[31mb", "ab"),
    "a string that CAN ends": ("a\x1b]0;x\x18b", "ab"),
    "an escape at the end": ("ab\x1b", "ab"),
    "an escape before a Han character": ("\x1b中", "中"),
    "a CSI that a Han character breaks": ("\x1b[3中", "中"),
    "carriage returns": ("safe\rrm -rf\r\nnext", "saferm -rf\nnext"),
    "backspaces": ("rm -rf\b\b\b\b\b\bls", "rm -rfls"),
    "bell and NUL": ("a\x07\x00b", "ab"),
    "DEL, NEL, IND": ("a\x7f\x85\x84b", "ab"),
    "bidirectional controls": (f"a{BIDI}b", "ab"),
    "what is plain": ("tab\there\nnew line, 中文 é 👩‍👩 ½", "tab\there\nnew line, 中文 é 👩‍👩 ½"),
}
NASTY = st.text(
    st.sampled_from("\x1b\x1b\x9b\x9d\x90[]P_^X\\\x07\x18\x9c();?0123mHJ~ab \n\r\t\x08中\u202e")
)


@pytest.mark.parametrize(("text", "shown"), PAYLOADS.values(), ids=PAYLOADS)
def test_payloads(text: str, shown: str) -> None:
    assert sanitise(text) == shown


@given(st.lists(NASTY | st.text()))
def test_any_chunking_gives_the_same(pieces: list[str]) -> None:
    stream = Sanitiser()
    assert "".join(map(stream.feed, pieces)) + stream.flush() == sanitise("".join(pieces))


@given(NASTY | st.text())
def test_nothing_that_steers_is_left(text: str) -> None:
    shown = sanitise(text)
    assert not [char for char in shown if unicodedata.category(char) == "Cc" and char not in "\n\t"]
    assert not set(shown) & set(BIDI)
    assert sanitise(shown) == shown


@given(NASTY)
def test_a_terminal_only_prints_it(text: str) -> None:
    """A real terminal's state after it is that after plain text: no title, no mode, no colour."""
    screen = pyte.Screen(40, 10)
    modes = set(screen.mode)
    pyte.Stream(screen).feed(sanitise(text))
    assert screen.title == screen.icon_name == ""
    assert screen.mode == modes
    assert screen.cursor.attrs == screen.default_char


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs"])))
def test_text_passes_unchanged(text: str) -> None:
    assert sanitise(text) == text


@given(st.integers(1, 97))
def test_an_unterminated_string_hides_a_bounded_stretch(size: int) -> None:
    """It is given up after LONGEST_STRING characters, in whatever pieces they come."""
    text = "\x1b]0;" + "x" * (LONGEST_STRING - 2) + "the answer"
    stream = Sanitiser()
    shown = "".join(stream.feed(text[at : at + size]) for at in range(0, len(text), size))
    assert shown == sanitise(text) == "the answer"


def test_a_message_is_one_safe_line() -> None:
    assert one_line("no model\n  named \x1b]0;x\x07evil\r\n") == "no model named evil"
