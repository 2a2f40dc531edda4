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
from qwq_cli.puzzles.numerals import (
    NOTHING_YET,
    NUMBER,
    around,
    begins_alone,
    ends_alone,
    plain_question,
    without,
)
from qwq_cli.puzzles.remainder_answers import read_number, read_yes
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


def _pattern(text: str) -> re.Pattern[str]:
    """With N1, M1, R2 for the number, the divisor and the remainder, each in one of the ways."""
    return re.compile(re.sub(r"\b([NMR])(\d\d?)\b", _group, text), re.IGNORECASE | re.MULTILINE)


def _group(match: re.Match[str]) -> str:
    return f"(?P<{match[1].lower()}{match[2]}>{NUMBER})"


_REMAINDER: Final = _pattern(
    rf"(?:N1) ?(?:除以|÷|/|mod|%|modulo|模|divided by) ?(?:M1){NOTHING_YET}"
    r"|(?:N2) is divided by (?:M2)|of (?:N3) divided by (?:M3)"
    r"|(?:N6) ?被 ?(?:M6) ?除|(?:N7) ?对 ?(?:M7) ?[取求](?=[模余])"
    r"|\bdivid(?:e|ing) (?:N8) by (?:M8)"
    r"|\bdoes (?:N9) (?:leave|give|have) (?:when|if) (?:it is )?divided by (?:M9)"
    r"|(?:N4) ?按 ?(?:M4) ?个一组|Put (?:N5) \w+ into \w+ of (?:M5)"
)
_DIVISIBLE: Final = _pattern(
    r"(?:N1) ?(?:能不能|能否|能|可以|是否能|是不是能|是否可以)被 ?(?:M1) ?(?:整除|除尽)"
    r"|(?:M2) ?(?:能不能|能否?|可以|是否能)?整除 ?(?:N2)"
    r"|(?:N0) ?除以 ?(?:M0) ?(?:能不能|能否|能)除尽"
    r"|(?:M10) ?(?:是|是否是|是不是) ?(?:N10) ?的[因约]数"
    r"|(?:N3) ?(?:是|是否是|是不是) ?(?:M3) ?的倍数"
    r"|(?:N4)[^\W\d]{1,20}?分给(?:M4)"
    r"|(?:\bIs |^ ?)(?:N5) (?:evenly |exactly )?divisible by (?:M5)"
    r"|(?:Does|Can) (?:M6) divide (?:N6)"
    r"|Is (?:M11) an? (?:factor|divisor) of (?:N11)"
    r"|Is (?:N7) a multiple of (?:M7)"
    r"|Can (?:N8) \w+ be shared equally among (?:M8)"
    r"|Can (?:N9) be (?:evenly |exactly )?divided (?:evenly |exactly )?by (?:M9)"
)
_WHEN: Final = r"(?:when|if|upon|on) (?:it is )?(?:divided|division)"
_LETTER: Final = r"(?<![\w*+\-/^)·×])(?<![\d*+\-/^)·×] )[a-z]"
_CONDITIONS: Final = _pattern(
    r"(?:除以|被|每|用) ?(?:M1)(?: ?除| ?个?(?:分?一[数组份]))? ?[也都]?"
    r"(?:[余剩]|余数[是为]) ?(?:R1)"
    rf"|(?:remainder (?:of )?|, |\band )(?:R2) {_WHEN} by (?:M2)|\bno remainder {_WHEN} by (?:M8)"
    r"|divided by (?:M7),? (?:it |an? (?:certain )?number |the number )?"
    r"(?:leaves|(?:leaves|gives|has) (?:a )?remainder(?: of)?) (?:R7)"
    r"|除以 ?(?:M9) ?(?:没有余数|无余数|[刚正恰]?好?(?:能够?)?(?:整除|除尽))"
    rf"|{_LETTER} ?(?:mod|%) ?(?:M0) ?= ?(?:R0)|{_LETTER} ?≡ ?(?:R9) ?\(? ?mod (?:M4)\)?"
    r"|groups of (?:M3) leaves? (?:R3)"
    r"|(?<!不)(?:能|可以)被 ?(?:M10) ?整除|(?<!不)是 ?(?:M5) ?的倍数"
    r"|(?<!not )(?<!n't )\b(?:divisible by|a multiple of) (?:M6)"
)
_LEAST: Final = re.compile(r"最[小少]|至少|\b(?:smallest|least)\b", re.IGNORECASE)
_LEFT: Final = re.compile(r"余|剩|模|\bremainder\b|\bleft\b|\bmod|%", re.IGNORECASE)
_UNREAD: Final = re.compile(
    r"\d|整除|进制|倍数|位的?数|[一二两三四五]位|[奇偶质素双单]数|[两二三]个数|倍(?!数)|[的之][和积差]|平方|最大|第[二三]小|大于|小于|超过|以[上下内]|商(?![店场人品])"
    r"|\b(?:divisible|divides?|multiples?|greater|larger|bigger|more than|less than|smaller than"
    r"|above|below|between|exceed\w*|odd|even|prime|squared?|squares|digits?|two-digit|three-digit|largest"
    r"|greatest|second|quotient|twice|binary|hexadecimal|doubled?|triple|half|sum|product|difference)\b",
    re.IGNORECASE,
)
"""What asks for more than has been read."""
_WHAT: Final = "not a question that can be answered"


def _named(match: re.Match[str], letter: str) -> int:
    """The number in whichever group of that letter took part; 0 if none did, as in `divisible`."""
    groups = match.groupdict().items()
    return next((int(text) for name, text in groups if text and name[0] == letter), 0)


def parse(text: str) -> Puzzle:
    """Read the question in `text`.

    Raises OtherKindError for none, BadInputError for division by nothing, for remainders that no
    division leaves, and for what asks for more than can be read.
    """
    text = plain_question(text)
    found = list(_CONDITIONS.finditer(text))
    puzzle: Puzzle
    if found and _LEAST.search(text):
        puzzle = _least_of(tuple((_named(m, "m"), _named(m, "r")) for m in found))
    elif match := _DIVISIBLE.search(text) or _REMAINDER.search(text):
        found = [match]
        ask: Ask = "divisible" if match.re is _DIVISIBLE else "remainder"
        puzzle = Puzzle(ask, _named(match, "n"), _named(match, "m"))
    else:
        raise OtherKindError("not a question of remainders", "nothing is divided")
    _refuse_more(text, found, puzzle.ask)
    if puzzle.ask != "least" and puzzle.divisor == 0:
        raise BadInputError(_WHAT, "nothing can be divided by 0", "take another divisor")
    return puzzle


def _least_of(conditions: Conditions) -> Puzzle:
    for m, r in conditions:
        if m == 0:
            raise BadInputError(_WHAT, "nothing can be divided by 0", "take another divisor")
        if r >= m:
            raise BadInputError(_WHAT, f"{r} is no remainder of {m}", "correct one of them")
    if sum(m for m, _ in conditions) > _MOST_TRIES:
        raise BadInputError(_WHAT, "the divisors are too large", "take smaller ones")
    return Puzzle("least", conditions=conditions)


def _refuse_more(text: str, found: list[re.Match[str]], ask: Ask) -> None:
    """BadInputError where the text says or asks more than what was found in it."""
    if ask == "remainder" and not _LEFT.search(text):
        raise BadInputError(_WHAT, "it does not ask for a remainder", "ask for one")
    if ask != "least" and not _alone(found[0]):
        why = f"there is more to “{found[0][0]}” than two whole numbers"
        raise BadInputError(_WHAT, why, "work that out first")
    rest = without(text, found)
    more = _UNREAD.search(rest)
    if ask == "divisible":
        more = more or _LEFT.search(rest)
    if more:
        why = f"“{around(rest, *more.span())}” can't be read"
        raise BadInputError(_WHAT, why, "leave it out")


def _alone(match: re.Match[str]) -> bool:
    """Whether a number at an end of a match is all there."""
    start, end = match.span()
    begins = not match[0][0].isdigit() or begins_alone(match.string, start)
    return begins and (not match[0][-1].isdigit() or ends_alone(match.string, end))


_YES: Final[dict[bool, dict[Language, str]]] = {
    True: {"zh": "能", "en": "yes"},
    False: {"zh": "不能", "en": "no"},
}


def read(answer: str, puzzle: Puzzle) -> Answer | None:
    """Yes or no, where that is asked; else the number that it comes to."""
    if puzzle.ask == "divisible":
        return read_yes(answer)
    return read_number(answer, _CONDITIONS if puzzle.ask == "least" else None)


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
