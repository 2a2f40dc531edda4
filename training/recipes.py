"""What is learnt in which stage of which run: shares of kinds, sizes and wordings. Draws nothing.

Four recipes. `cards` is the first edition's: the same few cards over and over, then whole puzzles
with hands that grow; its samples depend on their seed alone and don't change. `kinds` is the second
one's: all kinds, the easy ones first, and puzzles that have no answer, or several. `polish` is that
of the later runs, and `settle` that of the very last one.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from qwq_cli.puzzles.words import KindName


@dataclass(frozen=True, slots=True)
class Mix:
    """One stage of the curriculum: hand sizes and shares. `until` is a share of all tokens."""

    until: float
    cards: tuple[int, int]
    copying: float = 0.0
    slips: float = 0.0
    strangers: float = 0.0
    varied: float = 0.0
    """Share of puzzles whose layout, names and asides are made up."""
    points: float = 0.0
    """Share of made-up layouts with a suit a line, each behind some sign."""
    knew: float = 0.0
    """Share of made-up dialogues whose second line says in made-up words that Q knew it; with
    `blurred` also of those whose last one says so that Q knows as well."""
    blurred: float = 0.0
    """Share of made-up lines of the first, third and last place that are known but for a word."""
    blanks: float = 0.0
    """Share of made-up layouts whose ranks only blanks part, or whose cards semicolons do."""
    talks: float = 0.2
    """Share of card puzzles of the later editions with another dialogue than the announced one."""
    everyday: float = 0.0
    """Share of the other kinds' questions that are what people type."""
    nonsense: float = 0.0
    """Share of other questions that are of made-up words and numbers."""
    kinds: tuple[tuple[KindName, float], ...] = ()
    """Weights; () is the first edition, which knows card puzzles alone."""
    difficulties: tuple[float, float, float] = (1.0, 0.0, 0.0)
    """Weights of easy, medium and hard ones, of kinds other than the announced card puzzle."""
    unsolvable: float = 0.0
    """Share of those that have no answer, or several, and whose chain finds that."""


CURRICULUM: Final = (
    Mix(0.04, (4, 10), copying=0.6),
    Mix(0.10, (5, 12), copying=0.2),
    Mix(0.20, (6, 16), copying=0.05, strangers=0.01),
    Mix(2.00, (8, 20), slips=0.05, strangers=0.02),
)

WIDENING: Final = (Mix(2.00, (8, 20), slips=0.04, strangers=0.03, varied=0.7),)
"""The second run, which starts from the first one's weights."""

_ALL: Final[tuple[tuple[KindName, float], ...]] = (
    ("cards", 6.0),
    ("knights", 1.5),
    ("orders", 1.5),
    ("equations", 1.5),
    ("columns", 1.5),
    ("remainders", 1.5),
    ("truth", 1.5),
)
"""Card puzzles have the longest chains and the hardest goal, so they are two fifths."""
KINDS_CURRICULUM: Final = (
    Mix(0.04, (4, 10), copying=0.6),
    Mix(0.12, (5, 12), copying=0.2, kinds=_ALL),
    Mix(0.30, (6, 16), copying=0.05, strangers=0.01, kinds=_ALL, difficulties=(0.7, 0.3, 0.0)),
    Mix(
        2.00,
        (8, 20),
        slips=0.05,
        strangers=0.03,
        kinds=_ALL,
        difficulties=(0.5, 0.3, 0.2),
        unsolvable=0.05,
    ),
)
_GROWN: Final[tuple[tuple[KindName, float], ...]] = (
    ("cards", 2.4),
    ("knights", 0.8),
    ("orders", 4.5),
    ("equations", 8.0),
    ("columns", 2.0),
    ("remainders", 2.2),
    ("truth", 1.0),
)
"""For weights that know card puzzles already. Kinds with short chains get more samples; by tokens,
card puzzles are a third."""
_GROWING: Final = Mix(2.00, (8, 20), slips=0.04, strangers=0.04, varied=0.6, kinds=_GROWN)
KINDS_WIDENING: Final = (
    replace(_GROWING, until=0.15, difficulties=(0.85, 0.15, 0.0)),
    replace(_GROWING, until=0.45, difficulties=(0.72, 0.23, 0.05), unsolvable=0.04),
    replace(_GROWING, difficulties=(0.72, 0.22, 0.06), unsolvable=0.06),
)
_POLISHED: Final[tuple[tuple[KindName, float], ...]] = (
    ("cards", 8.0),
    ("knights", 2.2),
    ("orders", 4.0),
    ("equations", 6.0),
    ("columns", 2.6),
    ("remainders", 3.0),
    ("truth", 2.4),
)
POLISH: Final = (
    replace(
        _GROWING,
        varied=0.75,
        points=0.3,
        knew=0.45,
        blurred=0.4,
        blanks=0.12,
        everyday=0.45,
        nonsense=0.25,
        kinds=_POLISHED,
        difficulties=(0.72, 0.23, 0.05),
        unsolvable=0.05,
    ),
)
"""Almost three fifths of the tokens are card puzzles, most of them in made-up layouts, of which the
runs before saw too few to keep what the first edition could read.
"""
SETTLE: Final = (replace(POLISH[0], varied=0.6, blanks=0.3, talks=0.14, strangers=0.07),)
"""What ends the runs, at a low rate: more of the announcement's words, and of common ones, and of
what the runs before had learnt least: ranks parted by blanks, and questions that are no puzzles.
"""
REINFORCED: Final = Mix(
    2.00,
    (8, 20),
    varied=0.6,
    kinds=_GROWN,
    difficulties=(0.15, 0.75, 0.1),
    unsolvable=0.1,
)
"""What reinforcement tries: where some chains are true and some are not."""
Recipe: TypeAlias = Literal["cards", "kinds", "polish", "settle"]
RECIPES: Final[dict[Recipe, tuple[tuple[Mix, ...], tuple[Mix, ...]]]] = {
    "cards": (CURRICULUM, WIDENING),
    "kinds": (KINDS_CURRICULUM, KINDS_WIDENING),
    "polish": (POLISH, POLISH),
    "settle": (SETTLE, SETTLE),
}
"""The stages of each recipe's first run, and of the run that widens what it can read."""
