"""Tables: drawn on a terminal, plain columns off it. Knows cells, not what they mean."""

from collections.abc import Sequence

from qwq_cli.stream.sanitise import one_line
from qwq_cli.ui.output import Output


def plain(rows: Sequence[Sequence[str]]) -> str:
    """Columns apart by two blanks, one row a line: for `grep` and `awk`."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "".join(f"{line}\n" for line in lines)


def drawn(
    heads: Sequence[str], rows: Sequence[Sequence[str]], columns: int, *, styled: bool
) -> str:
    """A table as wide as its cells, at most `columns`; cells are shown as they are, never read."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*(Text(one_line(cell)) for cell in row))
    console = Console(
        width=columns,
        force_terminal=True,
        color_system="standard" if styled else None,
        no_color=not styled,
        highlight=False,
    )
    with console.capture() as captured:
        console.print(table)
    text = captured.get()
    return text if styled else Text.from_ansi(text).plain.rstrip() + "\n"


def show(
    output: Output, heads: Sequence[str], rows: Sequence[Sequence[str]], *, styled: bool
) -> None:
    """Write the table as fits the stream."""
    if output.tty:
        output.write(drawn(heads, rows, output.size()[0], styled=styled))
    else:
        output.write(plain(rows))
