"""Rows of cells in brackets: matrices and cases, over several rows of the screen or on one.

Knows widths and brackets, no LaTeX but the environments' names.
"""

from qwq_cli.ui.wrap import cells

BRACKETS = {
    "matrix": ("", ""),
    "smallmatrix": ("", ""),
    "array": ("", ""),
    "pmatrix": ("⎛⎜⎝(", "⎞⎟⎠)"),
    "bmatrix": ("⎡⎢⎣[", "⎤⎥⎦]"),
    "Bmatrix": ("⎧⎪⎩{", "⎫⎪⎭}"),
    "vmatrix": ("||||", "||||"),
    "Vmatrix": ("‖‖‖‖", "‖‖‖‖"),
    "cases": ("⎧⎪⎩{", ""),
    "dcases": ("⎧⎪⎩{", ""),
    "rcases": ("", "⎫⎪⎭}"),
}
"""By environment, on the left and on the right: the bracket's top, middle and bottom, and one row's
alone.
"""


def stacked(rows: list[list[str]], kind: str) -> str:
    """One row below the other, their columns aligned, in brackets as high as they are."""
    width = max(map(len, rows))
    columns = [max(cells(row[at]) for row in rows if at < len(row)) for at in range(width)]
    lines = []
    for number, row in enumerate(rows):
        padded = [
            text + " " * (column - cells(text))
            for text, column in zip(row + [""] * (width - len(row)), columns, strict=True)
        ]
        left, right = (_part(bracket, number, len(rows)) for bracket in BRACKETS[kind])
        lines.append(f"{left}{'  '.join(padded)}{right}" if right else f"{left}{'  '.join(padded)}")
    return "\n".join(line.rstrip() for line in lines)


def on_one_row(rows: list[list[str]], kind: str) -> str:
    """`(1 2; 3 4)`."""
    between = ", " if "cases" in kind else " "
    text = "; ".join(between.join(filter(None, row)) for row in rows)
    left, right = (bracket[-1:] for bracket in BRACKETS[kind])
    return f"{left}{text}{right}"


def _part(bracket: str, number: int, rows: int) -> str:
    if not bracket:
        return ""
    at = 0 if number == 0 else 2 if number == rows - 1 else 1
    sign = bracket[at] if rows > 1 else bracket[-1]
    return f"{sign} " if bracket[0] in "⎛⎡⎧|‖" else f" {sign}"
