"""A list of checks, one a line, with what to do below what is wrong. Knows states by name."""

from collections.abc import Sequence

from qwq_cli.stream.sanitise import one_line
from qwq_cli.ui.output import Output

MARKS = {"ok": "ok", "absent": "-", "wrong": "NO"}
_COLOURS = {"ok": "32", "absent": "2", "wrong": "1;31"}


def show(output: Output, lines: Sequence[tuple[str, str, str, str]], *, styled: bool) -> None:
    """`lines`: state, name, what was found, what to do ("" for nothing)."""
    width = max(len(name) for _, name, _, _ in lines)
    for state, name, says, todo in lines:
        mark = f"{MARKS[state]:2}"
        if output.tty and styled:
            mark = f"\x1b[{_COLOURS[state]}m{mark}\x1b[0m"
        output.write(f"{mark}  {name:{width}}  {one_line(says)}\n")
        if todo:
            output.write(f"    {'':{width}}  -> {one_line(todo)}\n")
