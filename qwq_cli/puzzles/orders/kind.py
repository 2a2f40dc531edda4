"""Orderings, as one of the kinds."""

from typing import Final

from qwq_cli.puzzles.kind import Kind
from qwq_cli.puzzles.orders.answers import read
from qwq_cli.puzzles.orders.puzzle import Answer, Puzzle, say, solve
from qwq_cli.puzzles.orders.reading import parse
from qwq_cli.puzzles.orders.words import pose, spoil

ORDERS: Final[Kind[Puzzle, Answer]] = Kind(
    name="orders",
    about="orderings: who is the oldest, the third fastest, and so on",
    pose=pose,
    spoil=spoil,
    parse=parse,
    solve=solve,
    read=read,
    say=say,
)
