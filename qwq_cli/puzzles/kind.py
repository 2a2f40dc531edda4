"""The one protocol that every kind of puzzle keeps. Knows no kind.

Generator and solver of a kind share nothing but the puzzle, so that each checks the other; the
reader never sees what the writer meant.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.words import Difficulty, Language, Wording

P = TypeVar("P")
A = TypeVar("A")

SEE_ONE: Final = "see `qwq puzzle new --help` for the kinds there are"


class OtherKindError(BadInputError):
    """A text that is no puzzle of this kind at all, though it may be one of another."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(what, why, SEE_ONE)


_HEAD: Final = re.compile(r"\s*([^\n]{1,100}?)[ \t]*\n[ \t]*\n")
_BEFORE_IT: Final = re.compile(
    r"(?:the|a|final|answer|solution|card|sum|product|difference|result|remainder|number|smallest|is|it"
    r"|its|答案|结果|余数|这张牌|是|为|等于)*"
)
_CONCLUDES: Final = re.compile(
    r"\b(?:so(?! (?:it|this|both) (?:works?|checks?|holds?|is|are))|therefore|thus|hence"
    r"|answer|result|wait|actually|together|but|however)\b"
    r"|所以|因此|故|综上|答案|结果|不对|但|然而|不过",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What puzzle is wanted."""

    difficulty: Difficulty = "easy"
    lang: Language = "en"
    wording: Wording = "common"


@dataclass(frozen=True, slots=True)
class Posed(Generic[P, A]):
    """A puzzle as a question. `answer` is what its generator knows from making it; None where it
    was made to have none, or several.
    """

    text: str
    puzzle: P
    answer: A | None
    setting: Setting


@dataclass(frozen=True, slots=True)
class Kind(Generic[P, A]):
    """How puzzles of one kind are made, read and solved, and how their answers are read.

    `pose` makes one with one answer, `spoil` one that has none or several; it is None where a kind
    has no such puzzles. `parse` raises OtherKindError for what is no puzzle of this kind,
    BadInputError for one that is malformed. `solve` gives every answer, or two of them where they
    are endless. `read` gives the answer that a text in either language names, None without one;
    `say` is what one calls an answer.
    """

    name: str
    about: str
    pose: Callable[[random.Random, Setting], Posed[P, A]]
    spoil: Callable[[random.Random, Setting], Posed[P, A]] | None
    parse: Callable[[str], P]
    solve: Callable[[P], tuple[A, ...]]
    read: Callable[[str, P], A | None]
    say: Callable[[A, Language], str]
    wordings: tuple[Wording, ...] = ("common", "rare")

    def check(self, puzzle: P, answer: str) -> "Verdict[A]":
        """Hold an answer, in any words, against the puzzle."""
        head = self.head(answer, puzzle)
        return Verdict(self.read(answer, puzzle) if head is None else head, self.solve(puzzle))

    def head(self, answer: str, puzzle: P) -> A | None:
        """What stands alone in the first paragraph, if nothing is concluded in those behind."""
        first = _HEAD.match(answer)
        if first is None or "\\boxed" in answer or _CONCLUDES.search(answer, first.end()):
            return None
        given = self.read(first[1], puzzle)
        line = _bare(first[1])
        said = () if given is None else (self.say(given, "zh"), self.say(given, "en"))
        for words in (_bare(one.removeprefix("a ")) for one in said):
            if line.endswith(words) and _BEFORE_IT.fullmatch(line.removesuffix(words)):
                return given
        return None


def _bare(text: str) -> str:
    """Letters and digits alone."""
    return re.sub(r"[\W_]+", "", text.lower())


@dataclass(frozen=True, slots=True)
class Verdict(Generic[A]):
    """`given` is what was read in the answer, None if there is nothing; `solutions` are all the
    answers that the puzzle has.
    """

    given: A | None
    solutions: tuple[A, ...]

    @property
    def right(self) -> bool:
        """The puzzle has one solution and the answer is it."""
        return self.solutions == (self.given,)
