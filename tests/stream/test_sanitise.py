"""What a model writes can't steer a terminal, however it is cut into pieces."""

import sys
import unicodedata
from codecs import getincrementaldecoder

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.stream.sanitise import LONGEST_STRING, Sanitiser, one_line, sanitise

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
PAYLOADS = {
    # Operating system commands
    "clipboard (OSC 52), by BEL": ("a\x1b]52;c;cm0gLXJm\x07b", "ab"),
    "clipboard (OSC 52), by ST": ("a\x1b]52;c;cm0gLXJm\x1b\\b", "ab"),
    "clipboard, read back": ("a\x1b]52;c;?\x07b", "ab"),
    "clipboard, in C1": ("a\x9d52;c;cm0gLXJm\x9cb", "ab"),
    "clipboard, C1 begun and ESC ended": ("a\x9d52;c;cm0=\x1b\\b", "ab"),
    "title (OSC 0)": ("a\x1b]0;pwned\x07b", "ab"),
    "title (OSC 2), over lines": ("a\x1b]2;one\ntwo\x07b", "ab"),
    "icon (OSC 1)": ("a\x1b]1;x\x07b", "ab"),
    "folder (OSC 7)": ("a\x1b]7;file:///etc\x07b", "ab"),
    "link (OSC 8)": ("\x1b]8;;https://evil.example\x07text\x1b]8;;\x07", "text"),
    "link (OSC 8), by ST, with an id": ("\x1b]8;id=1;x://y\x1b\\t\x1b]8;;\x1b\\", "t"),
    "notification (OSC 9)": ("a\x1b]9;you won\x07b", "ab"),
    "notification (OSC 777)": ("a\x1b]777;notify;x;y\x07b", "ab"),
    "palette (OSC 4)": ("a\x1b]4;1;rgb:00/00/00\x07b", "ab"),
    "colour of the text (OSC 10)": ("a\x1b]10;#000000\x07b", "ab"),
    "colour of the ground (OSC 11), asked": ("a\x1b]11;?\x07b", "ab"),
    "a prompt (OSC 133)": ("a\x1b]133;A\x07b", "ab"),
    "picture of iTerm (OSC 1337)": ("a\x1b]1337;File=inline=1:AAAA\x07b", "ab"),
    "command of the Linux console (OSC P)": ("a\x1b]P0000000b", "a"),
    "an empty one": ("a\x1b]\x07b", "ab"),
    "one in another": ("a\x1b]0;x\x1b]52;c;eA==\x07b", "ab"),
    # Other strings
    "device control (DCS)": ('a\x1bP$q"p\x1b\\b', "ab"),
    "device control in C1": ("a\x90$q\x9cb", "ab"),
    "tmux's way through (DCS)": ("a\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\b", "ab"),
    "sixel over lines": ("a\x1bPq#0;2;0;0;0\n#0~~@@vv\n\x1b\\b", "ab"),
    "keys (DECUDK)": ("a\x1bP1;1|17/6c73\x1b\\b", "ab"),
    "what terminfo knows (XTGETTCAP)": ("a\x1bP+q544e\x1b\\b", "ab"),
    "program command (APC), a picture of kitty": ("a\x1b_Gf=24;AAAA\x1b\\b", "ab"),
    "program command in C1": ("a\x9fGf=24;AAAA\x9cb", "ab"),
    "privacy message (PM)": ("a\x1b^hidden\x1b\\b", "ab"),
    "start of string (SOS)": ("a\x1bXhidden\x1b\\b", "ab"),
    "start of string in C1": ("a\x98hidden\x9cb", "ab"),
    "title of screen (ESC k)": ("a\x1bktitle\x1b\\b", "atitleb"),
    "a sequence in a string": ("a\x1b]0;x\x1b[31mb", "ab"),
    "a string that CAN ends": ("a\x1b]0;x\x18b", "ab"),
    "a string that SUB ends": ("a\x1b]0;x\x1ab", "ab"),
    # Control sequences
    "colours (CSI)": ("a\x1b[1;31mred\x1b[0mb", "aredb"),
    "colours with colons": ("a\x1b[38:2::1:2:3mb", "ab"),
    "text that can't be seen": ("a\x1b[8mhidden\x1b[28mb", "ahiddenb"),
    "cursor and erase": ("a\x1b[2J\x1b[H\x1b[1Ab", "ab"),
    "erase what has scrolled away": ("a\x1b[3Jb", "ab"),
    "another screen": ("a\x1b[?1049hb\x1b[?1049l", "ab"),
    "the mouse": ("a\x1b[?1003;1006hb", "ab"),
    "pastes in brackets": ("a\x1b[?2004hb", "ab"),
    "synchronised output that never ends": ("a\x1b[?2026hb", "ab"),
    "keys of kitty": ("a\x1b[>1ub", "ab"),
    "a region that scrolls": ("a\x1b[1;1rb", "ab"),
    "insert mode": ("a\x1b[4hb", "ab"),
    "the keyboard locked (KAM)": ("a\x1b[2hb", "ab"),
    "report of the cursor": ("a\x1b[6nb", "ab"),
    "report of the terminal (DA)": ("a\x1b[c\x1b[>c\x1b[=cb", "ab"),
    "report of the title": ("a\x1b[21tb", "ab"),
    "the window moved": ("a\x1b[3;0;0t\x1b[8;1;1tb", "ab"),
    "to the printer": ("a\x1b[5ib\x1b[4i", "ab"),
    "the last character again": ("a\x1b[9999999bb", "ab"),
    "a soft reset": ("a\x1b[!pb", "ab"),
    "the shape of the cursor": ("a\x1b[5 qb", "ab"),
    "CSI in C1": ("a\x9b31mb", "ab"),
    "CSI with a control in it": ("a\x1b[3\x071mb", "a1mb"),
    "CSI with a newline in it": ("a\x1b[3\n1mb", "a\n1mb"),
    "a CSI that a Han character breaks": ("\x1b[3中", "中"),
    "a CSI in a CSI": ("a\x1b[3\x1b[31mb", "ab"),
    # Short ones
    "reset (RIS)": ("a\x1bcb", "ab"),
    "cursor kept and fetched": ("a\x1b7b\x1b8c", "abc"),
    "a row up (RI), down (IND), next (NEL)": ("a\x1bMb\x1bDc\x1bEd", "abcd"),
    "the whole screen of E (DECALN)": ("a\x1b#8b", "ab"),
    "character set": ("a\x1b(0qqq\x1b(Bb", "aqqqb"),
    "character set, shifted (SO, SI)": ("a\x0eq\x0fb", "aqb"),
    "8-bit controls on (S8C1T)": ("a\x1b Gb", "ab"),
    "another encoding (DOCS)": ("a\x1b%@b\x1b%G", "ab"),
    "an escape at the end": ("ab\x1b", "ab"),
    "two escapes": ("a\x1b\x1b[31mb", "ab"),
    "an escape before a Han character": ("\x1b中", "中"),
    # Single controls
    "carriage returns": ("safe\rrm -rf\r\nnext", "saferm -rf\nnext"),
    "backspaces": ("rm -rf\b\b\b\b\b\bls", "rm -rfls"),
    "bell and NUL": ("a\x07\x00b", "ab"),
    "an answer to ENQ": ("a\x05b", "ab"),
    "vertical tab and form feed": ("a\x0bb\x0cc", "abc"),
    "XON and XOFF": ("a\x11\x13b", "ab"),
    "DEL, NEL, IND": ("a\x7f\x85\x84b", "ab"),
    "single shifts": ("a\x8e\x8fb", "ab"),
    "bidirectional controls": (f"a{BIDI}b", "ab"),
    "source that lies": ("if x:\u202e \u2066# end\u2069 \u2066return", "if x: # end return"),
    # What passes
    "what looks like an escape": ("^[[31m \\x1b[31m \\033[0m", "^[[31m \\x1b[31m \\033[0m"),
    "markup of rich's": ("[red]x[/red] [/INST] [link=x]", "[red]x[/red] [/INST] [link=x]"),
    "what is plain": ("tab\there\nnew line, 中文 é 👩‍👩 ½", "tab\there\nnew line, 中文 é 👩‍👩 ½"),
}
assert len(PAYLOADS) >= 60
NASTY = st.text(
    st.sampled_from("\x1b\x1b\x9b\x9d\x90[]P_^X\\\x07\x18\x9c();?0123mHJ~ab \n\r\t\x08中\u202e")
)


@pytest.mark.parametrize(("text", "shown"), PAYLOADS.values(), ids=PAYLOADS)
def test_payloads(text: str, shown: str) -> None:
    """However it is cut, also within a character's bytes."""
    assert sanitise(text) == shown
    for at in range(len(text) + 1):
        stream = Sanitiser()
        assert stream.feed(text[:at]) + stream.feed(text[at:]) + stream.flush() == shown
    stream, decoder = Sanitiser(), getincrementaldecoder("utf-8")()
    data = text.encode()
    assert (
        "".join(stream.feed(decoder.decode(data[at : at + 1])) for at in range(len(data))) == shown
    )


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


@pytest.mark.parametrize("opening", ["\x1b]52;c;", "\x1bP", "\x9d", "\x1b[", "\x1b_G", "\x1b("])
def test_what_never_ends_takes_no_memory(opening: str) -> None:
    """Four megabytes of it: text comes out again, and nothing grows meanwhile."""
    stream = Sanitiser()
    stream.feed(opening)
    piece = "1;2;" * 256
    before = _size(stream)
    came = 0
    for _ in range(4096):
        came += len(stream.feed(piece))
        assert _size(stream) <= before
    assert came >= 4096 * len(piece) - LONGEST_STRING


def _size(stream: Sanitiser) -> int:
    """Bytes that it holds on to."""
    return sum(map(sys.getsizeof, vars(stream).values()))


def test_a_message_is_one_safe_line() -> None:
    assert one_line("no model\n  named \x1b]0;x\x07evil\r\n") == "no model named evil"
