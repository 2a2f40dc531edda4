"""Draw the README's picture: a real run of the card puzzle on a terminal, as SVG.

Runs `qwq ask --example cards` on a pseudo-terminal, lets a terminal emulator read what it writes,
and draws the screen that it would show, cell by cell. Knows nothing of what qwq writes.
"""

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import pyte

from benchmarks.measure import clean_environment
from benchmarks.terminal import run_on_terminal

COMMAND = ("qwq", "ask", "--example", "cards")
PICTURE = Path(__file__).with_name("cards.svg")
COLUMNS, ROWS = 96, 200
CELL, LINE, MARGIN, TOP = 8.4, 21, 20, 44
SIZE, WIDE_SIZE = 14, 16.4
BACKGROUND, PLAIN, DIM = "#16181d", "#e4e6eb", "8b92a0"
COLOURS = {
    "black": "#3b4048",
    "red": "#e06c75",
    "green": "#98c379",
    "brown": "#e5c07b",
    "blue": "#61afef",
    "magenta": "#c678dd",
    "cyan": "#56b6c2",
    "white": "#d7dae0",
}
FRAME = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"
 aria-label="{title}">
<style>text {{ font: {size}px "DejaVu Sans Mono", Menlo, Consolas, "Noto Sans Mono CJK SC",
 "PingFang SC", "Microsoft YaHei", monospace; white-space: pre }}
.wide {{ font-size: {wide}px }}</style>
<rect width="{width}" height="{height}" rx="8" fill="{background}"/>
<g fill="#4b515c"><circle cx="20" cy="18" r="5"/><circle cx="38" cy="18" r="5"/>
<circle cx="56" cy="18" r="5"/></g>
{lines}
</svg>
"""


class Style(NamedTuple):
    """How a run of cells looks, and whether its characters are two cells wide."""

    colour: str
    bold: bool
    wide: bool


class Screen(pyte.Screen):
    """A screen that shows dim text as grey: pyte itself does not know dim."""

    def select_graphic_rendition(self, *attributes: int, **options: Any) -> None:  # noqa: ANN401
        """Dim on (2) and off (22, which ends bold too) become colours."""
        for attribute in attributes:
            if attribute == 2:
                super().select_graphic_rendition(38, 2, *bytes.fromhex(DIM))
            elif attribute == 22:
                super().select_graphic_rendition(39)
        super().select_graphic_rendition(*attributes, **options)


def read(written: bytes) -> Screen:
    """The screen after these bytes; it is high enough that nothing has scrolled away."""
    screen = Screen(COLUMNS, ROWS)
    pyte.ByteStream(screen).feed(written)
    if screen.cursor.y >= ROWS - 1:
        message = f"The run filled more than {ROWS} lines"
        raise SystemExit(message)
    return screen


def runs(screen: Screen, row: int) -> Iterator[tuple[int, int, str, Style]]:
    """Neighbouring cells that look alike: (first column, cells, text, style)."""
    cells = screen.buffer[row]

    def style(column: int) -> Style:
        cell = cells[column]
        wide = not cell.data or (column + 1 < COLUMNS and not cells[column + 1].data)
        colour = COLOURS.get(cell.fg, PLAIN if cell.fg == "default" else f"#{cell.fg}")
        return Style(colour, cell.bold, wide)

    for look, group in groupby(range(COLUMNS), style):
        columns = list(group)
        text = "".join(cells[column].data for column in columns)
        if text.strip():
            indent = len(text) - len(text.lstrip())
            text = text.strip()
            yield columns[indent], len(text) * (1 + look.wide), text, look


def draw(screen: Screen) -> str:
    """The picture: the command on its first line, then every line of the screen."""
    command = "$ " + " ".join(COMMAND)
    lines = [text_element(0, 0, len(command), command, Style(PLAIN, bold=False, wide=False))]
    for row in range(screen.cursor.y + 1):
        for column, cells, text, look in runs(screen, row):
            lines.append(text_element(row + 2, column, cells, text, look))
    return FRAME.format(
        width=round(COLUMNS * CELL + 2 * MARGIN),
        height=TOP + LINE * (screen.cursor.y + 2) + MARGIN,
        size=SIZE,
        wide=WIDE_SIZE,
        background=BACKGROUND,
        title=escape(" ".join(COMMAND)),
        lines="\n".join(lines),
    )


def text_element(row: int, column: int, cells: int, text: str, look: Style) -> str:
    """One run of text, stretched to the cells that it takes, whatever font draws it."""
    attributes = ' class="wide"' * look.wide + ' font-weight="bold"' * look.bold
    return (
        f'<text x="{MARGIN + column * CELL:.1f}" y="{TOP + row * LINE + SIZE}"'
        f' textLength="{cells * CELL:.1f}" fill="{look.colour}"{attributes}>{escape(text)}</text>'
    )


def main() -> None:
    """Run, read, draw."""
    with clean_environment() as env:
        written = run_on_terminal(COMMAND, env, COLUMNS, ROWS)
    PICTURE.write_text(draw(read(written)), "utf-8")
    print(PICTURE, file=sys.stderr)


if __name__ == "__main__":
    main()
