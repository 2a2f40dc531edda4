"""Dialogues of any length and order in words, and read out of them. Knows no solution.

The reader finds out who was told what, and who says what, by the names: those of whoever speaks,
and next to which of them a text speaks of ranks and of suits.
"""

import itertools
import random
import re
from dataclasses import dataclass, replace
from typing import Final

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.cards.parse import hand, statements
from qwq_cli.puzzles.cards.puzzle import Knower, Puzzle, Says
from qwq_cli.puzzles.cards.talk import Line, Talk, classic
from qwq_cli.puzzles.cards.wording import PHRASES, Given, pose
from qwq_cli.puzzles.kind import SEE_ONE
from qwq_cli.puzzles.words import Language, Wording

MOST_CARDS: Final = {1: 52, 2: 20}
"""What is tried in a moment, by how many cards were picked."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """What a dialogue needs that the announcement's has not. `still`: somebody still does not
    know; the rest is for two cards.
    """

    still: tuple[str, ...]
    picks: tuple[str, ...]
    says: dict[Says, tuple[str, ...]]
    questions: tuple[str, ...]


_ZH: Final = Phrases(
    still=("我也不知道。", "我还是不知道。", "我仍然不知道。", "我还是猜不出来。"),
    picks=(
        "{H}从中抽出两张，把两张牌的点数告诉{P}，把两张牌的花色告诉{Q}，都不分先后。",
        "{H}选了其中两张，只让{P}知道这两张的点数，只让{Q}知道这两张的花色，不说顺序。",
    ),
    says={
        "ignorant": ("我不知道是哪两张。", "我不知道。", "我推不出来。"),
        "knew": ("我知道你不知道。", "我早就知道你不知道。"),
        "knows": ("现在我知道了。", "这下我知道了。", "我知道是哪两张了。"),
    },
    questions=("请问：这两张牌是什么？", "是哪两张牌？"),
)
_ZH_RARE: Final = Phrases(
    still=("我依旧不清楚。", "到现在我也不知道。"),
    picks=("{H}摸出两张，对{P}耳语了两个点数，又对{Q}耳语了两个花色。",),
    says={
        "ignorant": ("我不清楚是哪两张。",),
        "knew": ("我料到你不知道。",),
        "knows": ("既然这样，我知道是哪两张了。",),
    },
    questions=("究竟是哪两张？",),
)
_EN: Final = Phrases(
    still=("I don't know either.", "I still don't know.", "I still can't tell."),
    picks=(
        " {cH} picks two of them and tells {P} both ranks and {Q} both suits, in no order.",
        " {cH} takes two cards. {P} learns only the two ranks, {Q} only the two suits.",
    ),
    says={
        "ignorant": ("I don't know which two they are.", "I don't know.", "I can't tell."),
        "knew": ("I knew that you didn't know.", "I knew you could not know."),
        "knows": ("Now I know.", "Now I know them.", "Then I know which two they are."),
    },
    questions=("What are the two cards?", "Which two cards are they?"),
)
_EN_RARE: Final = Phrases(
    still=("Even now I have no idea.", "I am not sure yet."),
    picks=(" {cH} hides two cards. Only {P} hears their ranks, and only {Q} hears their suits.",),
    says={
        "ignorant": ("I have no idea which two.",),
        "knew": ("I was sure that you don't know.",),
        "knows": ("In that case I know both.",),
    },
    questions=("So which two were hidden?",),
)
TALKS: Final[dict[Language, dict[Wording, Phrases]]] = {
    "zh": {"announcement": _ZH, "common": _ZH, "rare": _ZH_RARE},
    "en": {"announcement": _EN, "common": _EN, "rare": _EN_RARE},
}

# ------------------------------------------------------------------------------------ written


def _statements(
    talk: Talk, lang: Language, wording: Wording, rng: random.Random
) -> tuple[str, ...]:
    own, shared = TALKS[lang][wording], PHRASES[lang][wording].statements
    texts = []
    for number, line in enumerate(talk.lines):
        if number and line.says == "ignorant":
            options = own.still
        elif talk.picked > 1:
            options = own.says[line.says]
        else:
            again = line.says == "knows" and talk.lines[number - 1].says == "knows"
            options = shared[{"ignorant": 0, "knew": 1, "knows": 3 if again else 2}[line.says]]
        texts.append(rng.choice(options))
    return tuple(texts)


def write_talk(
    talk: Talk, lang: Language, wording: Wording, rng: random.Random, given: Given | None = None
) -> str:
    """Put a dialogue into words; all randomness comes from `rng`. Of what is `given`, who speaks
    and what is said are the dialogue's own.
    """
    given = replace(
        given or Given(),
        statements=_statements(talk, lang, wording, rng),
        speakers=tuple(line.speaker for line in talk.lines),
    )
    if talk.picked > 1:
        own = TALKS[lang][wording]
        pick, question = rng.choice(own.picks), rng.choice(own.questions)
        given = replace(given, pick=pick, question=question)
    return pose(Puzzle(talk.cards), lang, rng, wording=wording, given=given).text


# --------------------------------------------------------------------------------------- read

_TITLE: Final = re.compile(r"\b(Mr|Mrs|Ms|Dr)\. ")
_RANKS: Final = re.compile(r"点数|数字|\branks?\b|\bvalue\b|\bnumber\b", re.IGNORECASE)
_SUITS: Final = re.compile(r"花色|\bsuits?\b", re.IGNORECASE)
_CLAUSE: Final = re.compile(r"[，。；：:,.;\n（）()]|\b(?:and|while|but)\b")
_TWO: Final = re.compile(
    r"两张|两个(?:点数|花色)|\b(?:pick|take|hide|draw|choose)\w* two\b|\bboth (?:ranks|suits)\b"
    r"|\btwo (?:cards|ranks|suits)\b",
    re.IGNORECASE,
)
_COUNTED: Final = re.compile(
    r"[ \t]*[（(]?两张|[ \t]*[，,（(]?一?共有?两张|[ \t]*\(two cards\)", re.IGNORECASE
)
"""Behind the last suit's ranks: how many they are, and not how many were picked."""
_OF_ONESELF: Final = re.compile(
    r"[:：“\"「]\s*(?:(?:yes|now|well|then|oh),? )?(?:I\b|我)", re.IGNORECASE
)
"""Somebody speaks, and no story tells it."""
_BEFORE_NAMES: Final = ' \t\n"”」，,。.!！-•【[“'


def _told(story: str) -> dict[Knower, list[str]]:
    """The clauses that speak of the rank alone, and those that speak of the suit alone."""
    found: dict[Knower, list[str]] = {"rank": [], "suit": []}
    for clause in _CLAUSE.split(story):
        rank, suit = bool(_RANKS.search(clause)), bool(_SUITS.search(clause))
        if rank != suit:
            found["rank" if rank else "suit"].append(clause)
    return found


def _shared(text: str, clause: str) -> int:
    """How many characters of the name with which `text` begins stand in the clause too."""
    length = 0
    while length < len(text) and text[: length + 1] in clause:
        length += 1
    while length and not _is_whole(text[:length], text, clause):
        length -= 1
    return length


def _is_whole(name: str, text: str, clause: str) -> bool:
    """Whether it ends no word's beginning in either: Mr. C is not in Mr. Clark."""
    if not re.match(r"[A-Za-z0-9]", name[-1]):
        return True
    alone = re.compile(rf"{re.escape(name)}(?![A-Za-z0-9])")
    return bool(alone.match(text) and alone.search(clause))


def _speaker(text: str, told: dict[Knower, list[str]]) -> Knower | None:
    """Who is named where `text` begins; None where that is neither of them, or both."""
    rank, suit = (
        max((_shared(text, clause) for clause in told[who]), default=0) for who in ("rank", "suit")
    )
    return None if rank == suit else "rank" if rank > suit else "suit"


def read_lines(dialogue: str) -> tuple[Line, ...]:
    """The statements in what stands behind the cards, from the first one on in which somebody does
    not know.

    Whoever is named right before a statement makes it, and without a name the one before goes on;
    the first one is the other one's of the second. Where nobody is named that the story tells of,
    whoever speaks first is taken to know the rank, and they take turns.

    Raises BadInputError where somebody says before that that he knows.
    """
    dialogue = _TITLE.sub(r"\1··", dialogue)
    every = list(statements(dialogue))
    said = list(itertools.dropwhile(lambda one: one.says != "ignorant", every))
    for one in every[: len(every) - len(said)]:
        if _OF_ONESELF.search(dialogue, max(0, one.start - 3), one.end):
            why = "the first who speaks of it knows the card, or what another one knows"
            raise BadInputError("not a card puzzle", why, SEE_ONE)
    if not said:
        return ()
    told = _told(dialogue[: said[0].start])
    between = itertools.pairwise(said)
    speakers = [
        _speaker(dialogue[before.end : one.end].lstrip(_BEFORE_NAMES), told)
        for before, one in between
    ]
    if not any(speakers):
        turns: tuple[Knower, Knower] = ("rank", "suit")
        return tuple(Line(turns[n % 2], one.says) for n, one in enumerate(said))
    second = next(speaker for speaker in speakers if speaker)
    lines = [Line("suit" if second == "rank" else "rank", "ignorant")]
    for speaker, one in zip(speakers, said[1:], strict=True):
        line = Line(speaker or lines[-1].speaker, one.says)
        if line != lines[-1]:
            lines.append(line)
    return tuple(lines)


def parse(text: str) -> Puzzle | Talk:
    """Read the puzzle in `text`: the announcement's dialogue, or a beginning of it, or another.

    Raises OtherKindError without cards, BadInputError, with the reason, for a malformed puzzle.
    """
    text = text.replace("**", "")
    cards, end = hand(text)
    lines = read_lines(text[end:])
    counted = _COUNTED.match(text, end)
    picked = 2 if _TWO.search(text, counted.end() if counted else end) else 1
    if picked == 1 and lines[:2] == classic(2):
        return Puzzle(cards, next(n for n in (4, 3, 2) if lines[:n] == classic(n)))
    if len(lines) < 2:  # noqa: PLR2004 - one statement alone settles nothing
        why = "no dialogue in which one does not know the card and the other answers that"
        raise BadInputError("not a card puzzle", why, SEE_ONE)
    if len(cards) > MOST_CARDS[picked]:
        why = f"{len(cards)} cards are more than {MOST_CARDS[picked]}"
        raise BadInputError("not a card puzzle that can be solved here", why, "leave some out")
    return Talk(cards, lines, picked)
