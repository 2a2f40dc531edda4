"""Linear equations, as one of the kinds."""

from typing import Final

from qwq_cli.puzzles.equations.answers import read
from qwq_cli.puzzles.equations.puzzle import Puzzle, Values, say, solve
from qwq_cli.puzzles.equations.words import parse, pose, spoil
from qwq_cli.puzzles.kind import Kind

EQUATIONS: Final[Kind[Puzzle, Values]] = Kind(
    name="equations",
    about="linear equations, in one unknown or two",
    pose=pose,
    spoil=spoil,
    parse=parse,
    solve=solve,
    read=read,
    say=say,
)
