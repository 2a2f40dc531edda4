"""The shape of a wording: what can be said at each place of a puzzle. Knows no language.

Templates hold `{S}` (who listens), `{P}` (who learns the rank), `{Q}` (who learns the suit), `{H}`
(who picks the card), `{n}` (how many cards) and `{cards}`; `{cH}` is `{H}` with a capital.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CardLayout:
    """How a hand is written. `one` has `{suit}` and `{ranks}`, or `{suit}` and `{rank}` where each
    card is written by itself; `between` joins suits (or cards), `ranks` joins ranks.
    """

    one: str
    between: str
    ranks: str = ""


@dataclass(frozen=True, slots=True)
class Cast:
    """Names: `triples` of listener, P and Q that belong together, or three drawn from `singles`."""

    hosts: tuple[str, ...]
    triples: tuple[tuple[str, str, str], ...]
    singles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrases:
    """All that can be said in one wording of one language; one entry of each is drawn.

    `says` pairs what stands before and after a statement, with `{name}`; `between` joins the
    statements and the question. `questions` come after the dialogue.
    """

    cast: Cast
    layouts: tuple[CardLayout, ...]
    intros: tuple[str, ...]
    picks: tuple[str, ...]
    asks: tuple[str, ...]
    leads: tuple[str, ...]
    says: tuple[tuple[str, str], ...]
    statements: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    questions: tuple[str, ...]
    between: tuple[str, ...]
