"""Running text into rows of a terminal, word by word, append-only.

Knows how wide characters are and where a line may be broken. Does not know a terminal, colours or
events. It breaks every row itself and never counts a glyph too narrow, so that a row here is a
row on the screen: that is what makes taking text back safe.
"""

import re
from unicodedata import category, east_asian_width

_WIDE = (
    "\u1100-\u115f\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\uac00-\ud7a3\uf900-\ufaff"
    "\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\U0001f300-\U0001faff\U00020000-\U0003fffd"
)
_OPENING = "（《「『【〈〔“‘"
_CLOSING = "，。、；：？！）》」』】〉〕”’…—～"
_PIECE = re.compile(
    r"(?P<space>[ \t\n]+)"
    rf"|(?P<word>[{_OPENING}]*(?:[{_WIDE}]|[^ \t\n{_WIDE}{_OPENING}{_CLOSING}]+)?[{_CLOSING}]*)"
)
_EMOJI_PRESENTATION = "\ufe0f"
_TAB = 8
NARROWEST = 8
"""Columns below which rows can't be counted on."""


class _Widths(dict[str, int]):
    """Cells of each character, looked up once."""

    def __missing__(self, char: str) -> int:
        if char == _EMOJI_PRESENTATION:
            width = 1  # it widens the character before it, on some terminals
        elif category(char) in {"Mn", "Me", "Cf", "Cc", "Zl", "Zp"}:
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
    something follows it, so that no row and no text ends in blanks.
    """

    def __init__(self, columns: int) -> None:
        self._limit = max(columns, NARROWEST) - 1
        self.rows = 0
        """Line breaks that were written."""
        self.row = ""
        """What stands on the current row."""
        self._column = 0
        self._space = ""
        self._word = ""
        self._out: list[str] = []
        self._begun = False
        self._opened = 0  # rows that `open_row` opened below the last text

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

    def _taken(self) -> str:
        written = "".join(self._out)
        self._out.clear()
        return written

    def _break(self) -> None:
        self._out.append("\n")
        self.rows += 1
        self.row = ""
        self._column = 0

    def _write(self, text: str, width: int) -> None:
        self._out.append(text)
        self.row += text
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
            space = space.rpartition("\n")[2]
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


def wrapped(text: str, columns: int) -> str:
    """A whole text, in rows of fewer than `columns` cells."""
    wrapper = Wrapper(columns)
    return wrapper.feed(text) + wrapper.flush()
