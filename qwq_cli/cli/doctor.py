"""`qwq doctor`: whether everything that qwq stands on is here and goes together."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from qwq_cli.cli.shell import Shell

HELP = """\
Look at what qwq stands on, and say what mends what is wrong.

Exit code 0 if nothing is wrong. What only a GPU needs is not missed on a machine without one.
"""
WRONG = 1


def doctor(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> int:
    """Look, and show what was found."""
    from qwq_cli.cli import diagnosing, modelling
    from qwq_cli.ui.diagnosis import show
    from qwq_cli.ui.records import to_json

    shell: Shell = context.obj
    checks = diagnosing.diagnose()
    if json:
        shell.out.write(to_json(diagnosing.record(checks)) + "\n")
    else:
        lines = [(check.state, check.name, check.says, check.todo) for check in checks]
        show(shell.out, lines, styled=modelling.styled())
    return 0 if diagnosing.well(checks) else WRONG
