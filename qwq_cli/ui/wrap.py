"""Running text into rows of a terminal, word by word, append-only.

Knows how wide characters are and where a line may be broken; marks of styles (`marks`) take no
cells and are carried from row to row. Does not know a terminal, colours or events. It breaks every
row itself and never counts a glyph too narrow, so that a row here is a row on the screen: that is
what makes taking text back safe.
"""

import re
from copy import copy
from unicodedata import category, east_asian_width

from qwq_cli.ui.marks import MARKS, PLAIN, look_after, mark

_WIDE = (
    "\u1100-\u115f\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\uac00-\ud7a3\uf900-\ufaff"
    "\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\U0001f300-\U0001faff\U00020000-\U0003fffd"
)
_OPENING = "（《「『【〈〔“‘"
_CLOSING = "，。、；：？！）》」』】〉〕”’…—～"
_GLYPH = rf"[{_WIDE}](?:[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]|\u200d.?)*"
"""A wide character with what joins it to one glyph: a colour of skin, or more characters."""
_PIECE = re.compile(
    r"(?P<space>[ \t\n]+)"
    rf"|(?P<word>[{_OPENING}{MARKS}]*"
    rf"(?:{_GLYPH}|[^ \t\n{_WIDE}{_OPENING}{_CLOSING}]+(?:(?<=\u200d){_GLYPH})?)?"
    rf"[{_CLOSING}{MARKS}]*)"
)
_MARK = re.compile(f"[{MARKS}]")
_EMOJI_PRESENTATION = "\ufe0f"
_SEEN = "\u00ad\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u08e2"
"""Of the characters that control formats those that many terminals show."""
_NEWER = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]")
"""Where a Unicode newer than Python's has new emoji."""
_TAB = 8
NARROWEST = 8
"""Columns below which rows can't be counted on."""


class _Widths(dict[str, int]):
    """Cells of each character, looked up once."""

    def __missing__(self, char: str) -> int:
        kind = category(char)
        if char == _EMOJI_PRESENTATION or char in _SEEN:
            width = 1  # it widens the character before it, on some terminals
        elif kind == "Cn" and _NEWER.match(char):
            width = 2  # an emoji that the terminal may know
        elif kind in {"Mn", "Me", "Cf", "Cc", "Zl", "Zp"} or _MARK.match(char):
            width = 0
        else:
            width = 2 if east_asian_width(char) in {"W", "F"} else 1
        self[char] = width
        return width


_widths = _Widths()


def cells(text: str) -> int:
    """The most cells that the text takes on one row."""
    return len(text) if text.isascii() else sum(map(_widths.__getitem__, text))


def clip(text: str, width: int) -> str:
    """As much of the text as fits into `width` cells."""
    if cells(text) <= width:
        return text
    taken = 0
    for at, char in enumerate(text):
        taken += _widths[char]
        if taken > width:
            return text[:at]
    return text


class Wrapper:
    """Wraps a stream of text. Any chunking gives the same rows, once flushed.

    An unfinished word is held back until it is clear on which row it stands; white space until
    something follows it, so that no row and no text ends in blanks. Every row is whole in itself:
    it begins plain and ends plain, unless text goes on there in the look that is in force.
    """

    def __init__(self, columns: int, narrowest: int = NARROWEST) -> None:
        """Rows are at least as wide as on a terminal of `narrowest` columns, at least 3."""
        self._widest = self._limit = max(columns, narrowest) - 1
        self.rows = 0
        """Line breaks that were written."""
        self.row = ""
        """What stands on the current row."""
        self.look = PLAIN
        """The look in force where the text ends."""
        self._column = 0
        self._first = self._rest = ""
        self._space = ""
        self._word = ""
        self._out: list[str] = []
        self._begun = False
        self._opened = 0  # rows that `open_row` opened below the last text

    def indent(self, first: str, rest: str) -> None:
        """Begin the next row with `first` and those after it with `rest`, of the same width; so
        that text keeps half of a row, both are cut where they are wider than that.
        """
        room = self._widest // 2
        self._first, self._rest = (_cut(sign, room) for sign in (first, rest))
        self._limit = self._widest - max(cells(self._first), cells(self._rest))

    @property
    def room(self) -> int:
        """The cells that text may take on a row, beside its indent."""
        return self._limit

    def copy(self) -> "Wrapper":
        """Another one in the same state, to try text on."""
        twin = copy(self)
        twin._out = []  # noqa: SLF001 - its own class
        return twin

    def verbatim(self, text: str) -> str:
        """A whole line as it is, blanks and all, on rows of its own; broken where it must be."""
        written = self.open_row(1)
        width = cells(text)
        while width > self._limit:
            row = clip(text, self._limit)
            self._write(row, cells(row))
            self._break()
            text = text[len(row) :]
            width = cells(text)
        self._write(text, width)
        return written + self._taken()

    def feed(self, text: str) -> str:
        """More text; returns what to write now, line breaks and all."""
        text = self._word + text
        self._word = ""
        end = len(text)
        at = 0
        while at < end:
            found = _PIECE.match(text, at)
            if found is None or found.end() == at:  # a lone mark of no class: a word of its own
                piece, space = text[at], False
            else:
                piece, space = found.group(), found.lastgroup == "space"
            at += len(piece)
            if space:
                self._space += piece
            elif at == end:
                self._word = self._put_full_rows(piece)
            else:
                self._put(piece)
        return self._taken()

    def flush(self) -> str:
        """The end of a text: the held word comes out, held white space is dropped."""
        if self._word:
            self._put(self._word)
        self._word = self._space = ""
        return self._taken()

    def open_row(self, rows: int) -> str:
        """Flush, and go on at least `rows` below the last text; at once where there is none."""
        written = self.flush()
        while self._begun and self._opened < rows:
            self._break()
            self._opened += 1
        return written + self._taken()

    def restart(self) -> str:
        """Go on with the same text on a row of its own; at once where nothing stands on this."""
        if self.row:
            self._break()
            self._opened = 1
            self._space = ""
        return self._taken()

    def _taken(self) -> str:
        written = "".join(self._out)
        self._out.clear()
        return written

    def _break(self) -> None:
        self._out.append("\n" if self.look == PLAIN else f"{mark(PLAIN)}\n")
        self.rows += 1
        self.row = ""
        self._column = 0

    def _write(self, text: str, width: int) -> None:
        if not self.row:
            start = self._first if self.look == PLAIN else self._first + mark(self.look)
            self._first = self._rest
            text = start + text if text else start.rstrip(" ")
        self._out.append(text)
        self.row += text
        self.look = look_after(text, self.look)
        self._column += width
        self._begun, self._opened = True, 0

    def _put(self, word: str) -> None:
        """A word that is complete, after the white space that was held."""
        word = self._put_full_rows(word)
        gap = self._gap(cells(word))
        if gap:
            self._write(gap, len(gap))
        self._write(word, cells(word))

    def _put_full_rows(self, word: str) -> str:
        """Of a word wider than a row all but its last row, which is returned: it may yet grow."""
        if cells(word) <= self._limit:
            return word
        self._gap(self._limit)
        while cells(word) > self._limit:
            row = clip(word, self._limit)
            self._write(row, cells(row))
            self._break()
            word = word[len(row) :]
        return word

    def _gap(self, width: int) -> str:
        """Make room for `width` cells: break the row where it must be; else the blanks before."""
        space, self._space = self._space, ""
        if self._opened or not self._begun:
            space = "" if self._opened and space == " " else space.rpartition("\n")[2]
        elif "\n" in space:
            for _ in range(space.count("\n")):
                self._break()
            space = space.rpartition("\n")[2]
        gap = self._expanded(space)
        if self._column == 0:
            return gap[: self._limit - width]
        if self._column + len(gap) + width > self._limit:
            self._break()
            return ""
        return gap

    def _expanded(self, space: str) -> str:
        if "\t" not in space:
            return space
        column = self._column
        for char in space:
            column += _TAB - column % _TAB if char == "\t" else 1
        return " " * (column - self._column)


def _cut(sign: str, width: int) -> str:
    """What begins a row, cut to a width, and plain after it."""
    return sign if cells(sign) <= width else f"{clip(sign, width)}{mark(PLAIN)}"


def wrapped(text: str, columns: int) -> str:
    """A whole text, in rows of fewer than `columns` cells."""
    wrapper = Wrapper(columns)
    return wrapper.feed(text) + wrapper.flush()
