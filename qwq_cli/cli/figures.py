"""The figures of a benchmark on a stream: a table, or one JSON object. Knows no benchmark.

Off a terminal a table has all columns, always the same, with their names on top. On a terminal it
has to fit: what is the same in all rows stands once above it, and counts that are 0 are left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qwq_cli.config import current_place, terminal
from qwq_cli.stream.sanitise import one_line, sanitise
from qwq_cli.ui.records import to_json
from qwq_cli.ui.tables import show

if TYPE_CHECKING:
    from qwq_cli.cli.shell import Shell
    from qwq_cli.evals.report import Report, Row


@dataclass(frozen=True, slots=True)
class Form:
    """How the figures are shown."""

    json: bool
    wrong: bool
    quiet: bool


_CAPTION = ("model", "kind", "wording")
_COUNTS = ("wrong", "silent", "failed", "cut", "looped", "mixed")


def show_figures(found: "Report", form: Form, shell: "Shell") -> None:
    """Write them, and with `form.wrong` every answer that is not right."""
    if form.json:
        record = found.as_json()
        if form.wrong:
            record["wrong"] = _mistakes(found)
        shell.out.write(to_json(record) + "\n")
        return
    rows = [_cells(row) for row in found.rows]
    styled = terminal(current_place().environ).styled
    if shell.out.tty:
        caption, heads = _fitted(rows)
        shell.out.write(f"{one_line(caption)}\n" if caption else "")
        show(shell.out, heads, [[row[head] for head in heads] for row in rows], styled=styled)
    else:
        heads = list(rows[0])
        show(shell.out, heads, [heads, *([*row.values()] for row in rows)], styled=styled)
    if form.wrong:
        for each in _mistakes(found):
            said = one_line(str(each["given"] or each["outcome"]))
            shell.out.write(
                f"\n{sanitise(str(each['question']))}\n-> {said} (it is {each['truth']})\n"
            )


def _fitted(rows: Sequence[Mapping[str, str]]) -> tuple[str, list[str]]:
    """What stands above the table, and which columns it has."""
    same = [head for head in _CAPTION if len({row[head] for row in rows}) == 1]
    empty = [head for head in _COUNTS if all(row[head] == "0" for row in rows)]
    caption = " · ".join(rows[0][head] for head in same)
    return caption, [head for head in rows[0] if head not in {*same, *empty}]


def _cells(row: "Row") -> dict[str, str]:
    low, high = row.interval
    counts = (row.wrong, row.silent, row.failed, row.truncated, row.looped, row.mixed)
    return {
        "model": row.model,
        "kind": f"{row.kind}, unsolvable" if row.unsolvable else row.kind,
        "lang": row.lang,
        "difficulty": row.difficulty,
        "wording": row.wording,
        "right": f"{row.right}/{row.total}",
        "%": f"{100 * row.right / row.total:.1f}",
        "95 %": f"{100 * low:.1f}-{100 * high:.1f}",
        **dict(zip(_COUNTS, map(str, counts), strict=True)),
        "tokens": f"{row.tokens / row.total:.0f}",
    }


def _mistakes(found: "Report") -> list[dict[str, object]]:
    return [
        {
            "question": record["question"],
            "reasoning": record.get("reasoning"),
            "answer": record["answer"],
            "outcome": grade.outcome,
            "given": grade.given,
            "truth": grade.truth,
        }
        for record, grade in found.mistakes
    ]
