"""Styles as single characters of a private plane, so that styled text is a plain string.

A mark says how the text after it looks, up to the next one. Marks take no cells and can be cut,
wrapped and counted like any character; `dressed` turns them into what a terminal obeys. Content
never holds one: `unmarked` sees to that. Knows colours, no content and no terminal.

A look is a number: attributes in its low five bits, one of the terminal's own eight colours above.
Only those are used, so that the palette is the one that a person chose for their terminal.
"""

import re
from functools import cache

BOLD, DIM, ITALIC, UNDERLINE, STRIKE = 1, 2, 4, 8, 16
RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN = (number << 5 for number in range(1, 7))
PLAIN = 0

_ATTRIBUTES = {BOLD: "1", DIM: "2", ITALIC: "3", UNDERLINE: "4", STRIKE: "9"}
_COLOURS = 0b1110_0000
_FIRST = 0x100000
MARKS = f"{chr(_FIRST)}-{chr(_FIRST + 0xFF)}"
"""The characters that are marks, as a range within a regular expression's class."""

_MARK = re.compile(f"[{MARKS}]")


def mark(look: int) -> str:
    """The character from which on text has this look."""
    return chr(_FIRST + look)


def styled(text: str, look: int, after: int = PLAIN) -> str:
    """The text in one look, and another one after it; text may bring looks of its own."""
    return f"{mark(look)}{text}{mark(after)}" if text and look != after else text


def look_after(text: str, before: int) -> int:
    """The look in force where the text ends."""
    if text.isascii():
        return before
    last = max(text, default="")
    if last < chr(_FIRST):
        return before
    found = _MARK.findall(text)
    return ord(found[-1]) - _FIRST if found else before


def unmarked(text: str) -> str:
    """The text with nothing in it that could be taken for a mark."""
    return text if text.isascii() else _MARK.sub("\ufffd", text)


def bare(text: str) -> str:
    """The text without its marks."""
    return text if text.isascii() else _MARK.sub("", text)


def dressed(text: str) -> str:
    """The text with its marks as escape sequences; plain at its start, and at its end if the last
    mark says so.
    """
    return text if text.isascii() else _MARK.sub(_sequence_of, text)


def _sequence_of(found: re.Match[str]) -> str:
    return _sequence(ord(found.group()) - _FIRST)


@cache
def _sequence(look: int) -> str:
    codes = ["0", *(code for bit, code in _ATTRIBUTES.items() if look & bit)]
    if look & _COLOURS:
        codes.append(str(30 + ((look & _COLOURS) >> 5)))
    return f"\x1b[{';'.join(codes)}m"
