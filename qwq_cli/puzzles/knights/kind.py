"""Knights and knaves, as one of the kinds."""

from typing import Final

from qwq_cli.puzzles.kind import Kind
from qwq_cli.puzzles.knights.puzzle import Puzzle, Roles, say, solve
from qwq_cli.puzzles.knights.reading import parse, read
from qwq_cli.puzzles.knights.words import pose, spoil

KNIGHTS: Final[Kind[Puzzle, Roles]] = Kind(
    name="knights",
    about="knights and knaves: who tells the truth?",
    pose=pose,
    spoil=spoil,
    parse=parse,
    solve=solve,
    read=read,
    say=say,
)
