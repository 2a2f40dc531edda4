"""From a kind to its chains: written for a puzzle, and checked step by step in any text."""

from typing import Any, Final

from qwq_cli.puzzles.cards.puzzle import Puzzle as CardPuzzle
from qwq_cli.puzzles.cards.wording import Names, Posed
from qwq_cli.puzzles.registry import kind
from qwq_cli.puzzles.words import KindName, Language
from training import chains
from training.thoughts import forms
from training.thoughts.cards import CARDS
from training.thoughts.columns import COLUMNS
from training.thoughts.equations import EQUATIONS
from training.thoughts.forms import HEADINGS, Fault, Thought, conclusion
from training.thoughts.knights import KNIGHTS
from training.thoughts.orders import ORDERS
from training.thoughts.remainders import REMAINDERS
from training.thoughts.talks import TALKS
from training.thoughts.truth import TRUTH

_THOUGHTS: Final[dict[KindName, Thought[Any]]] = {
    "cards": TALKS,
    "knights": KNIGHTS,
    "orders": ORDERS,
    "equations": EQUATIONS,
    "columns": COLUMNS,
    "remainders": REMAINDERS,
    "truth": TRUTH,
}


def thought(name: KindName, puzzle: Any) -> Thought[Any]:  # noqa: ANN401 - a kind's own
    """How a puzzle is reasoned through."""
    return CARDS if isinstance(puzzle, CardPuzzle) else _THOUGHTS[name]


def chain(name: KindName, puzzle: Any, lang: Language) -> str:  # noqa: ANN401 - a kind's own
    """The chain of thought and the answer, or that there is none, or several."""
    if isinstance(puzzle, CardPuzzle):
        return _classic(puzzle, lang)
    one = kind(name)
    lines = _THOUGHTS[name].lines(puzzle, lang)
    answer = conclusion(one.solve(puzzle), one, lang)
    return "\n".join([*lines, "", HEADINGS[lang], "", answer])


def _classic(puzzle: CardPuzzle, lang: Language) -> str:
    """The first edition's chain, with the usual words for suits."""
    from qwq_cli.puzzles.cards.puzzle import SUIT_WORDS

    suits = {suit: words[0] for suit, words in SUIT_WORDS[lang].items()}
    return chains.chain(Posed(puzzle, lang, "common", "", Names("", "", "", ""), suits))


def faults(name: KindName, puzzle: Any, text: str, lang: Language) -> list[Fault]:  # noqa: ANN401
    """What is false in a chain, whoever wrote it; nothing where all of it is true."""
    return forms.faults(thought(name, puzzle), kind(name), puzzle, text, lang)
