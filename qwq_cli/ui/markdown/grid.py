"""Tables: lines with strokes between cells into rows of aligned columns.

Knows how tables are written and how wide their cells are. Does not know the screen's rows. The
widths are decided once, by the rows there are then; rows that come later are broken to fit, so
that nothing has to be drawn again.
"""

import re

from qwq_cli.ui.markdown.spans import read
from qwq_cli.ui.marks import BOLD, DIM, styled
from qwq_cli.ui.wrap import Wrapper, cells

ROWS_TO_MEASURE = 16
"""Rows by which the widths are decided; a table of fewer is measured whole."""
_GAP = "  "
_NARROWEST = 4
_READABLE = 8
"""Cells that a column has at least, if its text takes as many; else rows become lists."""
_DELIMITERS = re.compile(r" {0,3}\|?(?: *:?-+:? *\|)* *:?-+:? *\|? *$")
_STROKE = re.compile(r"(?<!\\)((?:\\\\)*)\||(`+)[^`]*\2")


def is_row(line: str) -> bool:
    """Whether a line may be a table's."""
    return line.lstrip(" ").startswith("|")


def is_delimiters(line: str) -> bool:
    """Whether it is the line below a table's head."""
    return "|" in line and "-" in line and _DELIMITERS.match(line) is not None


class Grid:
    """A table with its head; lay out, then row by row. `width`: cells that a row may take."""

    def __init__(self, head: str, delimiters: str, width: int) -> None:
        self._head = _cells(head)
        self._right = [mark.strip().endswith(":") for mark in _cells(delimiters)]
        self._centred = [mark.strip().startswith(":") for mark in _cells(delimiters)]
        self._width = width
        self._widths: list[int] = []
        self._columns_fit = True
        self._listed = False
        self.lines: list[str] = []
        """Rows that came before the widths were decided."""

    @property
    def laid_out(self) -> bool:
        """Whether the widths are decided."""
        return bool(self._widths)

    def lay_out(self) -> list[str]:
        """Decide the widths; the lines of the head and of all rows so far."""
        rows = [_cells(line) for line in self.lines]
        natural = _natural([self._head, *rows])
        self._widths = _fitted(natural, self._width)
        self._columns_fit = sum(self._widths) + self._gaps <= self._width and all(
            width >= min(wish, _READABLE) for width, wish in zip(self._widths, natural, strict=True)
        )
        shown = [styled(cell, BOLD) for cell in self._read(self._head, BOLD)]
        if self._columns_fit:
            rule = _GAP.join("─" * width for width in self._widths)
            shown = [*self._row(shown), styled(rule, DIM)]
        elif rows:
            shown = []
        for row in rows:
            shown += self._row(self._read(row))
        self.lines = []
        return shown

    def row(self, line: str) -> list[str]:
        """The lines of one more row."""
        return self._row(self._read(_cells(line)))

    @property
    def _gaps(self) -> int:
        return len(_GAP) * (len(self._head) - 1)

    def _read(self, row: list[str], look: int = 0) -> list[str]:
        columns = len(self._head)
        return [read(cell, look) for cell in (row + [""] * columns)[:columns]]

    def _row(self, row: list[str]) -> list[str]:
        if not self._columns_fit:
            return self._list(row)
        columns = [
            _wrapped(cell, width).split("\n") for cell, width in zip(row, self._widths, strict=True)
        ]
        lines = []
        for number in range(max(map(len, columns))):
            padded = [
                self._padded(column[number] if number < len(column) else "", at)
                for at, column in enumerate(columns)
            ]
            lines.append(_GAP.join(padded).rstrip(" "))
        return lines

    def _list(self, row: list[str]) -> list[str]:
        """A row whose columns don't fit side by side: its cells one below the other, named."""
        lines = [""] if self._listed else []
        self._listed = True
        for name, cell in zip(self._read(self._head, BOLD), row, strict=True):
            if cell:
                parts = (styled(name, BOLD), cell) if name else (cell,)
                lines += _wrapped(_GAP.join(parts), self._width).split("\n")
        return lines

    def _padded(self, text: str, column: int) -> str:
        room = self._widths[column] - cells(text)
        right = column < len(self._right) and self._right[column]
        left = column >= len(self._centred) or self._centred[column] or not right
        before = 0 if not right else room // 2 if left else room
        return " " * before + text + " " * (room - before)


def _cells(line: str) -> list[str]:
    """The cells of a line; a stroke in code or behind a backslash parts nothing."""
    parts, start = [], 0
    for found in _STROKE.finditer(line):
        if found.group(2) is None:
            parts.append(line[start : found.end() - 1])
            start = found.end()
    parts.append(line[start:])
    if not parts[0].strip():
        del parts[0]
    if len(parts) > 1 and not parts[-1].strip():
        del parts[-1]
    return [part.strip().replace("\\|", "|") for part in parts]


def _natural(rows: list[list[str]]) -> list[int]:
    """What each column's cells take."""
    return [
        max([_NARROWEST, *(_widest(read(row[at])) for row in rows if at < len(row))])
        for at in range(len(rows[0]))
    ]


def _fitted(natural: list[int], width: int) -> list[int]:
    """The width of each column: what its cells take, the widest made narrower until all fit."""
    widths = natural
    room = width - len(_GAP) * (len(widths) - 1)
    while sum(widths) > room and max(widths) > _NARROWEST:
        widest = max(widths)
        second = max([each for each in widths if each < widest], default=_NARROWEST)
        many = widths.count(widest)
        surplus = sum(widths) - room
        narrower = max(second, widest - -(-surplus // many), _NARROWEST)
        widths = [min(each, narrower) for each in widths]
    return widths


def _widest(text: str) -> int:
    return max(map(cells, text.split("\n")))


def _wrapped(text: str, width: int) -> str:
    wrapper = Wrapper(width + 1, narrowest=_NARROWEST)
    return wrapper.feed(text) + wrapper.flush()
