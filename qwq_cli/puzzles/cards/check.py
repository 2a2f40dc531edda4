"""Whether an answer is right. Knows how answers are written; leaves the truth to the solver."""

from dataclasses import dataclass

from qwq_cli.puzzles.cards.answers import answered
from qwq_cli.puzzles.cards.puzzle import Card, Puzzle
from qwq_cli.puzzles.cards.solver import solve


@dataclass(frozen=True, slots=True)
class Verdict:
    """`given` is the card read in the answer, None if there is none; `solutions` are all the cards
    that the puzzle leaves possible. It is right if the card given is the only solution.
    """

    given: Card | None
    solutions: tuple[Card, ...]

    @property
    def right(self) -> bool:
        """The puzzle has one solution and the answer is it."""
        return self.solutions == (self.given,)


def read_card(answer: str) -> Card | None:
    """The card that an answer in Chinese or English names, and does not deny: the last one."""
    return next(reversed(list(answered(answer))), None)


def check(puzzle: Puzzle, answer: str) -> Verdict:
    """Hold an answer against the puzzle."""
    return Verdict(read_card(answer), solve(puzzle))
