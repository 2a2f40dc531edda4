"""Card puzzles, as one of the kinds.

Easy and medium ones have the announcement's dialogue, or its beginning, about 8 to 12 and 13 to 20
cards; hard ones have others, where either of the two may begin, or two cards were picked.
"""

import random
from typing import Final, TypeAlias

from qwq_cli.puzzles.cards.answers import answered
from qwq_cli.puzzles.cards.generator import random_hand, random_puzzle, stages
from qwq_cli.puzzles.cards.puzzle import RANKS, SUITS, Card, Puzzle, card_name
from qwq_cli.puzzles.cards.solver import solve
from qwq_cli.puzzles.cards.talk import Talk, solve_talk
from qwq_cli.puzzles.cards.talk_making import random_talk, spoilt_talk
from qwq_cli.puzzles.cards.talk_words import parse, write_talk
from qwq_cli.puzzles.cards.wording import pose as put_into_words
from qwq_cli.puzzles.kind import Kind, Posed, Setting
from qwq_cli.puzzles.words import WORDINGS, Language

Answer: TypeAlias = tuple[Card, ...]
"""The card, or the two cards in the order of suits and ranks."""

_SIZES: Final = {"easy": (8, 12), "medium": (13, 20), "hard": (8, 20)}


def _sorted(cards: tuple[Card, ...]) -> Answer:
    return tuple(sorted(cards, key=lambda c: (SUITS.index(c.suit), RANKS.index(c.rank))))


def pose(rng: random.Random, setting: Setting) -> Posed[Puzzle | Talk, Answer]:
    """A new puzzle with one answer."""
    lang, wording = setting.lang, setting.wording
    if setting.difficulty == "hard":
        talk, world = random_talk(rng)
        return Posed(write_talk(talk, lang, wording, rng), talk, _sorted(world), setting)
    statements = 4 if wording == "announcement" else None
    puzzle = random_puzzle(rng, cards=_SIZES[setting.difficulty], statements=statements)
    answer = stages(puzzle).answers(puzzle.statements)
    return Posed(put_into_words(puzzle, lang, rng, wording=wording).text, puzzle, answer, setting)


def spoil(rng: random.Random, setting: Setting) -> Posed[Puzzle | Talk, Answer]:
    """A new puzzle with no answer, or several."""
    lang, wording = setting.lang, setting.wording
    if setting.difficulty == "hard":
        talk = spoilt_talk(rng)
        return Posed(write_talk(talk, lang, wording, rng), talk, None, setting)
    while True:
        hand = random_hand(rng, rng.randint(*_SIZES[setting.difficulty]))
        if hand is None:
            continue
        puzzle = Puzzle(hand)
        if len(stages(puzzle).answers(puzzle.statements)) != 1:
            text = put_into_words(puzzle, lang, rng, wording=wording).text
            return Posed(text, puzzle, None, setting)


def solve_any(puzzle: Puzzle | Talk) -> tuple[Answer, ...]:
    """Every card, or every two, that the dialogue leaves possible."""
    if isinstance(puzzle, Talk):
        return tuple(_sorted(world) for world in solve_talk(puzzle))
    return tuple((card,) for card in solve(puzzle))


def read(answer: str, puzzle: Puzzle | Talk) -> Answer | None:
    """The last card that is named and not denied, or the last two."""
    count = puzzle.picked if isinstance(puzzle, Talk) else 1
    found = tuple(answered(answer, count))[-count:]
    return _sorted(found) if len(found) == count else None


def say(answer: Answer, lang: Language) -> str:
    """`方块5`; `5 of Diamonds and Queen of Hearts`."""
    return ("和" if lang == "zh" else " and ").join(card_name(card, lang) for card in answer)


CARDS: Final[Kind[Puzzle | Talk, Answer]] = Kind(
    name="cards",
    about="card puzzles: P knows the rank, Q the suit, and they talk",
    pose=pose,
    spoil=spoil,
    parse=parse,
    solve=solve_any,
    read=read,
    say=say,
    wordings=WORDINGS,
)
