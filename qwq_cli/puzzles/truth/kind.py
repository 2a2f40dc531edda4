"""Truth tables, as one of the kinds."""

from typing import Final

from qwq_cli.puzzles.kind import Kind
from qwq_cli.puzzles.truth.answers import read
from qwq_cli.puzzles.truth.puzzle import Answer, Puzzle, say, solve
from qwq_cli.puzzles.truth.reading import parse
from qwq_cli.puzzles.truth.words import pose, spoil

TRUTH: Final[Kind[Puzzle, Answer]] = Kind(
    name="truth",
    about="truth tables of small formulas",
    pose=pose,
    spoil=spoil,
    parse=parse,
    solve=solve,
    read=read,
    say=say,
)
