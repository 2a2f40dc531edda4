"""The cards that an answer names, and which of them it stands by. Knows no solution."""

import re
from collections.abc import Iterator
from typing import Final

from qwq_cli.puzzles.cards.parse import EN_SUIT, RANK, RANKS, SUIT, SUITS, mentions
from qwq_cli.puzzles.cards.puzzle import SUIT_SIGNS, SUIT_WORDS, Card, Suit
from qwq_cli.puzzles.people import without_reasons

_NOT: Final = re.compile(
    r"(?:不(?:可?能)?是|并非|而非|"
    r"(?:\b(?:can)?not|n['’]t|\brather than|\binstead of)(?: be)?(?: the| an?)?)[ *]*\Z",
    re.IGNORECASE,
)


_HAN_RANKS: Final = {sign: str(rank) for rank, sign in enumerate("二三四五六七八九十", 2)}
_HAN_RANK: Final = re.compile(
    rf"({SUIT})的?([{''.join(_HAN_RANKS)}])(?![一{''.join(_HAN_RANKS)}张])"
)
_NO_OF: Final = re.compile(rf"({RANK})[ ]+(?i:({EN_SUIT}))")


def _as_puzzles_say(answer: str) -> str:
    """With `方块五` as 方块5 and `5 diamonds` as 5 of diamonds, which in a puzzle may be counts."""
    answer = _HAN_RANK.sub(lambda found: found[1] + _HAN_RANKS[found[2]], answer)
    return _NO_OF.sub(r"\1 of \2", answer)


_LETTERS: Final[dict[str, Suit]] = {"H": "H", "S": "S", "C": "C", "D": "D"}
_SHORT: Final = re.compile(r"\W*(10|[2-9AJQK])([HSCD])\W*")
_ASIDE: Final = re.compile(
    r"[^.;。；\n]*\b(?:ruled out|excluded|eliminated|impossible)\b"
    r"|(?:排除|除去|除掉|\b(?:ruling out|excluding|eliminating)\b)[^。.;；\n]*",
    re.IGNORECASE,
)
"""What speaks of other cards."""
_FIRST: Final = re.compile(r"\s*([^.。;；\n]{1,100})(?:[.。;；\n]|$)")
_CONCLUDES: Final = re.compile(
    r"\b(?:so|therefore|thus|hence|must|wait|actually|answer|(?:card|it) is|it.s)\b"
    r"|所以|因此|故|答案|不对|等等|应该|只能|牌是|就是",
    re.IGNORECASE,
)


def _without_latex(answer: str) -> str:
    r"""With `♦` for `\diamondsuit`, and no more of LaTeX than its words."""
    for suit, sign in SUIT_SIGNS.items():
        word = SUIT_WORDS["en"][suit][1].lower()
        answer = re.sub(rf"\\{word}(?:suit)?(?![a-z])", sign, answer)
    answer = re.sub(r"\\(?:text(?:bf|it)?|mathrm|mathbf)\{([^{}]*)\}", r" \1 ", answer)
    return (
        re.sub(rf"([\dAJQK])[ ]+(?=[{''.join(SUIT_SIGNS.values())}])", r"\1", answer)
        if ("\\" in answer)
        else answer
    )


def _apart_from_suit(text: str) -> Iterator[Card]:
    """The one rank and the one suit that stand anywhere in a text without a card: `方块，5`."""
    suits = {SUITS[word.lower()] for word in re.findall(rf"(?i:{SUIT})", text)}
    ranks = {RANKS[word.lower()] for word in re.findall(RANK, text) if word.lower() in RANKS}
    if len(suits) == len(ranks) == 1:
        yield Card(suits.pop(), ranks.pop())


def answered(text: str, picked: int = 1) -> Iterator[Card]:
    """Every card that an answer names and does not say that it is not that one, reasons aside.

    Where one was picked and one is named alone at the beginning, it is the only one, if nothing is
    concluded behind.
    """
    text = _without_latex(text)
    if short := _SHORT.fullmatch(text):
        yield Card(_LETTERS[short[2]], RANKS[short[1].lower()])
        return
    if next(mentions(text), None) is None:
        text = _as_puzzles_say(text)
    if next(mentions(text), None) is None:
        yield from _apart_from_suit(text)
        return
    without = without_reasons(text)
    bare = next((b for b in (_ASIDE.sub("", without), without) if next(mentions(b), None)), text)
    cards = _not_denied(bare)
    first = _FIRST.match(bare)
    named = _not_denied(first[1]) if first else []
    alone = first and picked == 1 and len(set(named)) == 1
    if first and alone and not _CONCLUDES.search(bare, first.end()):
        cards = named
    yield from cards


def _not_denied(text: str) -> list[Card]:
    return [
        one.card
        for one in mentions(text)
        if not _NOT.search(text[max(0, one.start - 30) : one.start])
    ]
