"""Draw the README's pictures: real runs of the real quill on a terminal, as SVG.

Runs qwq on a pseudo-terminal, lets a terminal emulator read what it writes, and draws the screen
that it would show, cell by cell. One picture is of the card puzzle from Qwen's announcement; the
other is of a puzzle without an answer, over which quill's first edition goes in circles: before the
first loop is taken back, and in the end. Of what qwq writes only the words are known that it tells
a loop with.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import pyte

from benchmarks.measure import clean_environment
from benchmarks.terminal import run_on_terminal

CARDS = "qwq ask --example cards"
FIRST = "training/first/quill.gguf"
"""quill's first edition, which goes in circles over what the present one notices."""
CIRCLES = f"qwq puzzle new --unsolvable --seed 17 | qwq ask -m {FIRST} --temperature 0 --seed 5"
FOLDER = Path(__file__).parent
TOLD = b"a loop was taken back"
FROM = "So the card is"
"""Where both halves of the second picture begin: what comes before is the same."""
COLUMNS, ROWS = 96, 200
CELL, LINE, MARGIN, TOP, GAP = 8.4, 21, 20, 44, 16
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
{panels}
</svg>
"""
PANEL = """<g transform="translate(0 {top})"><rect width="{width}" height="{height}" rx="8"
 fill="{background}"/><g fill="#4b515c"><circle cx="20" cy="18" r="5"/><circle cx="38" cy="18"
 r="5"/><circle cx="56" cy="18" r="5"/></g><text x="{middle}" y="23" fill="#{dim}"
 text-anchor="middle">{title}</text>
{lines}
</g>"""


class Panel(NamedTuple):
    """A terminal's rows from the first one on, under a command or a title, "" for none."""

    command: str
    title: str
    screen: "Screen"
    first: int


class Style(NamedTuple):
    """How a run of cells looks, and whether its characters are two cells wide."""

    colour: str
    bold: bool
    wide: bool
    slanted: bool = False


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
        return Style(colour, cell.bold, wide, cell.italics)

    for look, group in groupby(range(COLUMNS), style):
        columns = list(group)
        text = "".join(cells[column].data for column in columns)
        if text.strip():
            indent = len(text) - len(text.lstrip())
            text = text.strip()
            yield columns[indent], len(text) * (1 + look.wide), text, look


def draw(panels: Sequence[Panel], title: str) -> str:
    """The panels, one below the other."""
    drawn, top = [], 0
    width = round(COLUMNS * CELL + 2 * MARGIN)
    for panel in panels:
        lines = list(_lines(panel))
        height = TOP + LINE * _rows(panel) + MARGIN
        drawn.append(
            PANEL.format(
                top=top,
                width=width,
                middle=width // 2,
                height=height,
                background=BACKGROUND,
                dim=DIM,
                title=escape(panel.title),
                lines="\n".join(lines),
            )
        )
        top += height + GAP
    return FRAME.format(
        width=width,
        height=top - GAP,
        size=SIZE,
        wide=WIDE_SIZE,
        title=escape(title),
        panels="\n".join(drawn),
    )


def _rows(panel: Panel) -> int:
    screen = panel.screen
    last = screen.cursor.y - (not screen.cursor.x)
    return last - panel.first + 1 + 2 * bool(panel.command)


def _lines(panel: Panel) -> Iterator[str]:
    if panel.command:
        command = f"$ {panel.command}"
        yield text_element(0, 0, len(command), command, Style(PLAIN, bold=False, wide=False))
    for row in range(panel.first, panel.screen.cursor.y + 1):
        for column, cells, text, look in runs(panel.screen, row):
            place = row - panel.first + 2 * bool(panel.command)
            yield text_element(place, column, cells, text, look)


def text_element(row: int, column: int, cells: int, text: str, look: Style) -> str:
    """One run of text, stretched to the cells that it takes, whatever font draws it."""
    style = "font-weight: bold; " * look.bold + "font-style: italic" * look.slanted
    attributes = ' class="wide"' * look.wide + (f' style="{style}"' if style else "")
    return (
        f'<text x="{MARGIN + column * CELL:.1f}" y="{TOP + row * LINE + SIZE}"'
        f' textLength="{cells * CELL:.1f}" fill="{look.colour}"{attributes}>{escape(text)}</text>'
    )


def before(written: bytes) -> bytes:
    """What was written before the first loop was taken back: up to where the cursor goes up."""
    return written[: [up.start() for up in re.finditer(rb"\x1b\[\d+A", written.split(TOLD)[0])][-1]]


def row_of(screen: Screen, text: str) -> int:
    """The first row that begins so."""
    return next(row for row, shown in enumerate(screen.display) if shown.startswith(text))


def main() -> None:
    """Run, read, draw."""
    with clean_environment() as env:
        cards, circles = (
            run_on_terminal(("sh", "-c", command), env, COLUMNS, ROWS)
            for command in (CARDS, CIRCLES)
        )
    (FOLDER / "cards.svg").write_text(draw([Panel(CARDS, "", read(cards), 0)], CARDS), "utf-8")
    screens = read(before(circles)), read(circles)
    titles = "quill goes in circles", "a moment later"
    panels = [
        Panel("", title, screen, row_of(screen, FROM))
        for title, screen in zip(titles, screens, strict=True)
    ]
    (FOLDER / "loops.svg").write_text(draw(panels, CIRCLES), "utf-8")
    print(*FOLDER.glob("*.svg"), file=sys.stderr)


if __name__ == "__main__":
    main()
