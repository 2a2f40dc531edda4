"""Remainders, divisibility, and the least number with given remainders. Knows no way of working.

The generator builds numbers up from quotients and remainders; the solver divides, and tries.
"""

import math
import random
import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.kind import Kind, OtherKindError, Posed, Setting
from qwq_cli.puzzles.words import Language, Wording

Ask: TypeAlias = Literal["remainder", "divisible", "least"]
Answer: TypeAlias = int | bool
Conditions: TypeAlias = tuple[tuple[int, int], ...]
"""Pairs of a divisor and the remainder that it leaves."""

_MOST_TRIES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Puzzle:
    """remainder, divisible: of `number` divided by `divisor`. least: the least positive number that
    keeps to the conditions.
    """

    ask: Ask
    number: int = 0
    divisor: int = 0
    conditions: Conditions = ()


@dataclass(frozen=True, slots=True)
class Phrases:
    """`{n}` is the number, `{m}` the divisor, `{c}` the conditions, each a `condition`."""

    remainder: tuple[str, ...]
    divisible: tuple[str, ...]
    least: tuple[str, ...]
    condition: str
    joined: str


_ZH: Final = Phrases(
    remainder=(
        "{n}除以{m}的余数是多少？",
        "{n} ÷ {m} 余几？",
        "求{n}除以{m}所得的余数。",
        "{n} mod {m} 是多少？",
    ),
    divisible=("{n}能被{m}整除吗？", "{m}能整除{n}吗？", "{n}是{m}的倍数吗？"),
    least=(
        "一个数{c}，这个数最小是多少？",
        "求最小的正整数，它{c}。",
        "有一个正整数{c}，最小是几？",
    ),
    condition="除以{m}余{r}",
    joined="，",
)
_ZH_RARE: Final = Phrases(
    remainder=("把{n}按{m}个一组来分，会剩下几个？",),
    divisible=("{n}个苹果分给{m}个人，能正好分完吗？",),
    least=("今有物不知其数，{c}，问物至少几何？",),
    condition="每{m}个一数剩{r}个",
    joined="，",
)
_EN: Final = Phrases(
    remainder=(
        "What is the remainder when {n} is divided by {m}?",
        "Find the remainder of {n} divided by {m}.",
        "{n} mod {m} = ?",
        "What is {n} mod {m}?",
    ),
    divisible=(
        "Is {n} divisible by {m}?",
        "Does {m} divide {n}?",
        "Is {n} a multiple of {m}?",
    ),
    least=(
        "Find the smallest positive number that {c}.",
        "A number {c}. What is the smallest it can be?",
        "What is the least positive integer that {c}?",
    ),
    condition="leaves remainder {r} when divided by {m}",
    joined=" and ",
)
_EN_RARE: Final = Phrases(
    remainder=("Put {n} eggs into boxes of {m}; how many are left over?",),
    divisible=("Can {n} coins be shared equally among {m} people?",),
    least=("Some eggs {c}. At least how many eggs are there?",),
    condition="counted in groups of {m} leave {r} over",
    joined=" and ",
)
PHRASES: Final[dict[Language, dict[Wording, Phrases]]] = {
    "zh": {"announcement": _ZH, "common": _ZH, "rare": _ZH_RARE},
    "en": {"announcement": _EN, "common": _EN, "rare": _EN_RARE},
}

# ------------------------------------------------------------------------------------- solver


def solve(puzzle: Puzzle) -> tuple[Answer, ...]:
    """The answer; none where the conditions contradict each other."""
    if puzzle.ask == "remainder":
        return (puzzle.number % puzzle.divisor,)
    if puzzle.ask == "divisible":
        return (puzzle.number % puzzle.divisor == 0,)
    least, step = 0, 1
    for divisor, remainder in puzzle.conditions:
        tried = (least + step * times for times in range(divisor))
        found = next((n for n in tried if n % divisor == remainder), None)
        if found is None:
            return ()
        least, step = found, math.lcm(step, divisor)
    return (least or step,)


# ------------------------------------------------------------------------------- made, written


def _divided(rng: random.Random, setting: Setting) -> tuple[Puzzle, Answer]:
    """A number from its quotient and its remainder."""
    easy = setting.difficulty == "easy"
    divisor = rng.randint(2, 9 if easy else 12)
    most = 99 if easy else 9999
    quotient = rng.randint(10 // divisor + 1 if easy else 100 // divisor + 1, most // divisor - 1)
    remainder = rng.randrange(divisor)
    if rng.random() < 0.5:  # noqa: PLR2004 - half each
        return Puzzle("remainder", divisor * quotient + remainder, divisor), remainder
    if rng.random() < 0.5:  # noqa: PLR2004 - else most would not divide
        remainder = 0
    return Puzzle("divisible", divisor * quotient + remainder, divisor), remainder == 0


def _coprime(rng: random.Random) -> list[int]:
    while True:
        divisors = rng.sample(range(2, 12), rng.choice((2, 2, 3)))
        if math.lcm(*divisors) == math.prod(divisors):
            return divisors


def _least(rng: random.Random) -> tuple[Puzzle, Answer]:
    """Remainders of a known number; the divisors are coprime, so no smaller one has them."""
    divisors = _coprime(rng)
    number = rng.randint(1, math.prod(divisors))
    return Puzzle("least", conditions=tuple((m, number % m) for m in divisors)), number


def _text(rng: random.Random, setting: Setting, puzzle: Puzzle) -> str:
    phrases = PHRASES[setting.lang][setting.wording]
    conditions = phrases.joined.join(
        phrases.condition.format(m=m, r=r) for m, r in puzzle.conditions
    )
    options: tuple[str, ...] = getattr(phrases, puzzle.ask)
    return rng.choice(options).format(n=puzzle.number, m=puzzle.divisor, c=conditions)


def pose(rng: random.Random, setting: Setting) -> Posed[Puzzle, Answer]:
    """A new question."""
    puzzle, answer = _least(rng) if setting.difficulty == "hard" else _divided(rng, setting)
    return Posed(_text(rng, setting, puzzle), puzzle, answer, setting)


def spoil(rng: random.Random, setting: Setting) -> Posed[Puzzle, Answer]:
    """Conditions that contradict each other: two divisors with a common factor disagree on it."""
    common = rng.randint(2, 4)
    first, second = (common * factor for factor in rng.sample(range(1, 5), 2))
    number = rng.randint(1, first * second)
    other = number + rng.randint(1, common - 1)
    puzzle = Puzzle("least", conditions=((first, number % first), (second, other % second)))
    return Posed(_text(rng, setting, puzzle), puzzle, None, setting)


# --------------------------------------------------------------------------------------- read

_PAIR: Final = (
    r"(?P<n1>\d+) ?(?:除以|÷|mod|%|modulo) ?(?P<m1>\d+)"
    r"|(?P<n2>\d+) is divided by (?P<m2>\d+)|of (?P<n3>\d+) divided by (?P<m3>\d+)"
    r"|(?P<n4>\d+)按(?P<m4>\d+)个一组|Put (?P<n5>\d+) \w+ into \w+ of (?P<m5>\d+)"
)
_REMAINDER: Final = re.compile(_PAIR)
_DIVISIBLE: Final = re.compile(
    r"(?P<n1>\d+) ?(?:能不能|能否|能|可以|是否能|是不是能)被 ?(?P<m1>\d+) ?整除"
    r"|(?P<m2>\d+) ?(?:能否?|可以|是否能)?整除 ?(?P<n2>\d+)"
    r"|(?P<n3>\d+) ?(?:是|是否是|是不是) ?(?P<m3>\d+) ?的倍数"
    r"|(?P<n4>\d+)\w+?分给(?P<m4>\d+)"
    r"|Is (?P<n5>\d+) (?:evenly )?divisible by (?P<m5>\d+)|Does (?P<m6>\d+) divide (?P<n6>\d+)"
    r"|Is (?P<n7>\d+) a multiple of (?P<m7>\d+)"
    r"|Can (?P<n8>\d+) \w+ be shared equally among (?P<m8>\d+)"
)
_CONDITIONS: Final = re.compile(
    r"(?:除以|被|每) ?(?P<m1>\d+)(?: ?除| ?个一数)? ?[余剩] ?(?P<r1>\d+)"
    r"|remainder (?:of )?(?P<r2>\d+) (?:when|if) (?:it is )?divided by (?P<m2>\d+)"
    r"|groups of (?P<m3>\d+) leaves? (?P<r3>\d+)"
)
_LEAST: Final = re.compile(r"最小|至少|\b(?:smallest|least)\b", re.IGNORECASE)


def _named(match: re.Match[str], letter: str) -> int:
    """The number in whichever group of that letter took part."""
    return next(int(text) for name, text in match.groupdict().items() if text and name[0] == letter)


def parse(text: str) -> Puzzle:
    """Read the question in `text`.

    Raises OtherKindError for none, BadInputError for division by nothing, and for remainders that
    no division leaves.
    """
    what = "not a question that can be answered"
    puzzle: Puzzle
    conditions = tuple((_named(m, "m"), _named(m, "r")) for m in _CONDITIONS.finditer(text))
    if conditions and _LEAST.search(text):
        puzzle = Puzzle("least", conditions=conditions)
        for m, r in conditions:
            if r >= m:
                raise BadInputError(what, f"{r} is no remainder of {m}", "correct one of them")
        if math.lcm(*(m for m, _ in conditions)) > _MOST_TRIES**2:
            raise BadInputError(what, "the divisors are too large", "take smaller ones")
    elif match := _DIVISIBLE.search(text):
        puzzle = Puzzle("divisible", _named(match, "n"), _named(match, "m"))
    elif match := _REMAINDER.search(text):
        puzzle = Puzzle("remainder", _named(match, "n"), _named(match, "m"))
    else:
        raise OtherKindError("not a question of remainders", "nothing is divided")
    if puzzle.ask != "least" and puzzle.divisor == 0:
        raise BadInputError(what, "nothing can be divided by 0", "take another divisor")
    return puzzle


_YES: Final[dict[bool, dict[Language, str]]] = {
    True: {"zh": "能", "en": "yes"},
    False: {"zh": "不能", "en": "no"},
}
_YES_OR_NO: Final = re.compile(
    r"(?P<no>不能|不可以|不是|否|\bno\b|\bnot\b|n't\b|\bfalse\b)"
    r"|(?P<yes>能|可以|是|\byes\b|\bis\b|\bdoes\b|\bcan\b|\btrue\b)",
    re.IGNORECASE,
)


_CLAUSE: Final = re.compile(r"[，。；,.;!\n]")
_UNSURE: Final = re.compile(r"\b(?:know|sure|solve|guess|tell)\b|知道|确定|会做|猜", re.IGNORECASE)
"""Words of clauses that say no without saying that it is not divisible."""


def read(answer: str, puzzle: Puzzle) -> Answer | None:
    """Yes or no, where that is asked, no counting more; else the last number."""
    if puzzle.ask == "divisible":
        sure = " ".join(c for c in _CLAUSE.split(answer) if not _UNSURE.search(c))
        said = {match.lastgroup for match in _YES_OR_NO.finditer(sure)}
        return None if not said else "no" not in said
    found = re.findall(r"\d+", answer)
    return int(found[-1]) if found and len(found[-1]) < 100 else None  # noqa: PLR2004 - no number


def say(answer: Answer, lang: Language) -> str:
    """`能`, `no`, `17`."""
    return _YES[answer][lang] if isinstance(answer, bool) else str(answer)


REMAINDERS: Final[Kind[Puzzle, Answer]] = Kind(
    name="remainders",
    about="remainders, divisibility, the least number with given remainders",
    pose=pose,
    spoil=spoil,
    parse=parse,
    solve=solve,
    read=read,
    say=say,
)
