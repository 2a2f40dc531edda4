"""From a kind's name to the kind, and from a text to the kind whose puzzle it is.

Loads a kind when it is asked for.
"""

from typing import Any, Final

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.kind import SEE_ONE, Kind, OtherKindError
from qwq_cli.puzzles.words import KINDS, KindName

LONGEST: Final = 10_000
"""Characters of a puzzle; searching a text for one takes a time that grows with its square."""


def kind(name: KindName) -> Kind[Any, Any]:  # noqa: PLR0911 - one for each kind
    """The kind of that name."""
    match name:
        case "cards":
            from qwq_cli.puzzles.cards.kind import CARDS

            return CARDS
        case "knights":
            from qwq_cli.puzzles.knights.kind import KNIGHTS

            return KNIGHTS
        case "orders":
            from qwq_cli.puzzles.orders.kind import ORDERS

            return ORDERS
        case "equations":
            from qwq_cli.puzzles.equations.kind import EQUATIONS

            return EQUATIONS
        case "columns":
            from qwq_cli.puzzles.columns import COLUMNS

            return COLUMNS
        case "remainders":
            from qwq_cli.puzzles.remainders import REMAINDERS

            return REMAINDERS
        case "truth":
            from qwq_cli.puzzles.truth.kind import TRUTH

            return TRUTH


def recognise(text: str) -> tuple[Kind[Any, Any], Any]:
    """The kind whose puzzle `text` is, and the puzzle.

    Raises BadInputError for a malformed one, for what no kind can read, and for one that is longer
    than `LONGEST`.
    """
    if len(text) > LONGEST:
        why = f"it has {len(text):,} characters, and a puzzle at most {LONGEST:,}"
        raise BadInputError("not a puzzle that qwq knows", why, "give the puzzle alone")
    for name in KINDS:
        one = kind(name)
        try:
            return one, one.parse(text)
        except OtherKindError:
            continue
    raise BadInputError("not a puzzle that qwq knows", "none of its kinds can read it", SEE_ONE)
