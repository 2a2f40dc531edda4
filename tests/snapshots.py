"""What a terminal shows, as a text that can be read, kept and compared.

`pytest --update-snapshots` writes the files anew; `git diff` then shows what has changed. Below the
rows stands, for each row that has any, how its cells look: `d` dim, `b` bold, `i` slanted, `u`
underlined, `s` struck through; coloured ones by the colour's capital.
"""

from pathlib import Path
from typing import Any

import pytest

from tests.terminal import KeepingScreen, Terminal

FOLDER = Path(__file__).with_name("ui") / "snapshots"
_DIM, _NO_DIM = 2, 22
_GREY = "8b92a0"


class Dimming(KeepingScreen):
    """A screen that knows dim text, as a grey: pyte's own does not."""

    def select_graphic_rendition(self, *attributes: int, **options: Any) -> None:  # noqa: ANN401
        super().select_graphic_rendition(*attributes, **options)
        if _DIM in attributes:
            super().select_graphic_rendition(38, 2, *bytes.fromhex(_GREY))


def terminal(columns: int, lines: int) -> Terminal:
    """One whose looks can be read."""
    return Terminal(columns, lines, Dimming)


def read(shown: Terminal) -> str:
    """All rows, those that have scrolled away too, and their looks."""
    screen = shown.screen
    rows = [*screen.above, *(screen.buffer[at] for at in range(screen.lines))]
    rows = rows[: len(shown.rows)]
    away = len(shown.scrolled)
    texts = [f"{text} " if text else "" for text in shown.rows]
    lines = [f"{'^' if at < away else '|'} {text}".rstrip() for at, text in enumerate(texts)]
    for number, row in enumerate(rows):
        looks = "".join(_look(row[at]) for at in range(screen.columns) if row[at].data).rstrip()
        if looks:
            lines.append(f"{number + 1:3} {looks}")
    return "\n".join([*lines, f"cursor {screen.cursor.y + 1},{screen.cursor.x + 1}", ""])


def _look(cell: Any) -> str:  # noqa: ANN401 - pyte has no types
    if cell.fg not in {"default", _GREY}:
        return str(cell.fg)[0].upper()
    attributes = {
        "b": cell.bold,
        "i": cell.italics,
        "u": cell.underscore,
        "s": cell.strikethrough,
        "d": cell.fg == _GREY,
    }
    return next((name for name, there in attributes.items() if there), " ")


def check(name: str, shown: str, request: pytest.FixtureRequest) -> None:
    """It is what the file of that name says; or write the file."""
    path = FOLDER / f"{name}.txt"
    if request.config.getoption("--update-snapshots"):
        path.write_text(shown, "utf-8")
    assert path.is_file(), f"no {path}: run pytest --update-snapshots, and look at it"
    assert shown == path.read_text("utf-8")
