"""Linear equations made and put into words, in Chinese and in English, and read."""

import random
import re
from fractions import Fraction
from typing import Final

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.equations.puzzle import (
    MOST_UNKNOWNS,
    Equation,
    Part,
    Puzzle,
    Side,
    Values,
    simple,
    unknowns,
    write,
)
from qwq_cli.puzzles.kind import OtherKindError, Posed, Setting
from qwq_cli.puzzles.numerals import NUMBER, around, plain, plain_question, stands_alone, without
from qwq_cli.puzzles.words import Difficulty, Language, Wording

PHRASES: Final[dict[Language, dict[Wording, tuple[str, ...]]]] = {
    "zh": {
        "common": (
            "解方程：{e}",
            "解方程 {e}，求{x}。",
            "如果{e}，{x}是多少？",
            "已知{e}，求{x}的值。",
            "请一步一步解：{e}",
            "方程 {e} 的解是什么？",
        ),
        "rare": ("{x}取什么值时 {e} 成立？", "帮我算算{x}，条件是 {e}。"),
    },
    "en": {
        "common": (
            "Solve {e}.",
            "Solve for {x}: {e}",
            "If {e}, what is {x}?",
            "Find {x}, given that {e}.",
            "What is the solution of {e}?",
            "Solve step by step: {e}",
        ),
        "rare": ("For which {x} does {e} hold?", "Work out {x} from {e}, please."),
    },
}
_AND: Final[dict[Language, tuple[str, ...]]] = {
    "zh": ("，", "；", " 且 "),
    "en": (" and ", ", ", "; "),
}
_LETTERS: Final[dict[Wording, tuple[str, ...]]] = {
    "announcement": ("x", "y"),
    "common": ("x", "y"),
    "rare": ("p", "q"),
}

# ------------------------------------------------------------------------------- made, written


def _not_zero(rng: random.Random, least: int, most: int) -> int:
    return rng.choice([n for n in range(least, most + 1) if n])


def _easy(rng: random.Random, x: str, value: int) -> tuple[Equation, ...]:
    a, b = rng.randint(2, 9), _not_zero(rng, -20, 20)
    return (Equation(simple(((a, x), (b, ""))), simple(((a * value + b, ""),))),)


def _medium(rng: random.Random, x: str, value: int) -> tuple[Equation, ...]:
    if rng.random() < 0.5:  # noqa: PLR2004 - half each
        a, b = rng.randint(2, 9), _not_zero(rng, -9, 9)
        inside = Part(((1, x), (b, "")), a)
        return (Equation((inside,), simple(((a * (value + b), ""),))),)
    a, b, d = rng.randint(3, 12), _not_zero(rng, -20, 20), rng.randint(1, 9)
    d = d if d != a else a - 1
    right = ((d, x), (a * value + b - d * value, ""))
    return (Equation(simple(((a, x), (b, ""))), simple(term for term in right if term[0])),)


def _hard(
    rng: random.Random, names: tuple[str, ...], values: tuple[int, int]
) -> tuple[Equation, ...]:
    x, y = names
    while True:
        a, b, c, d = (_not_zero(rng, -6, 6) for _ in range(4))
        if a > 0 and c > 0 and a * d != b * c:
            break
    rows = ((a, b), (c, d))
    return tuple(
        Equation(simple(((p, x), (q, y))), simple(((p * values[0] + q * values[1], ""),)))
        for p, q in rows
    )


def _draw(rng: random.Random, setting: Setting) -> tuple[Puzzle, Values]:
    names = _LETTERS[setting.wording]
    value = _not_zero(rng, -12, 12) if setting.difficulty != "easy" else rng.randint(1, 12)
    if setting.difficulty == "hard":
        other = _not_zero(rng, -9, 9)
        answer = ((names[0], Fraction(value)), (names[1], Fraction(other)))
        return Puzzle(_hard(rng, names, (value, other))), answer
    make = _easy if setting.difficulty == "easy" else _medium
    return Puzzle(make(rng, names[0], value)), ((names[0], Fraction(value)),)


def _text(rng: random.Random, setting: Setting, puzzle: Puzzle) -> str:
    spaced = setting.lang == "en" and rng.random() < 0.7  # noqa: PLR2004 - a share
    written = [write(equation) for equation in puzzle.equations]
    if spaced:
        written = [re.sub(r"(?<=[\w)])([+=-])", r" \1 ", one) for one in written]
    joined = rng.choice(_AND[setting.lang]).join(written)
    names = (" 和 " if setting.lang == "zh" else " and ").join(puzzle.unknowns)
    return rng.choice(PHRASES[setting.lang][setting.wording]).format(e=joined, x=names)


def pose(rng: random.Random, setting: Setting) -> Posed[Puzzle, Values]:
    """New equations with one solution, in whole numbers."""
    puzzle, answer = _draw(rng, setting)
    return Posed(_text(rng, setting, puzzle), puzzle, answer, setting)


_SPOILT_SIZE: Final[dict[Difficulty, int]] = {"easy": 9, "medium": 20, "hard": 6}


def spoil(rng: random.Random, setting: Setting) -> Posed[Puzzle, Values]:
    """Equations that contradict themselves, or that are true of endlessly many values."""
    x, y = _LETTERS[setting.wording]
    size = _SPOILT_SIZE[setting.difficulty]
    a, b, c = rng.randint(2, 9), _not_zero(rng, -size, size), _not_zero(rng, -size, size)
    off = rng.choice((0, 0, 1, rng.randint(1, 9)))
    if setting.difficulty == "hard":
        one = Equation(simple(((a, x), (b, y))), simple(((c, ""),)))
        times = rng.choice((2, 3, -2))
        right = simple(((times * c + off, ""),))
        puzzle = Puzzle((one, Equation(simple(((times * a, x), (times * b, y))), right)))
    else:
        right = simple(term for term in ((a, x), (b + off, "")) if term[0])
        puzzle = Puzzle((Equation(simple(((a, x), (b, ""))), right),))
    return Posed(_text(rng, setting, puzzle), puzzle, None, setting)


# --------------------------------------------------------------------------------------- read

# A space is taken by one part alone, and a sum has no more terms than anyone writes: with two ways
# to take each space, a long sum that is no equation would be tried in 2 to the power of its length.
# In `Is x = 4 a solution?` the letter is a word.
_TERM: Final = rf"(?:{NUMBER}(?: ?[*·×])?(?: ?(?!(?<= )a [A-Za-z]{{2}})[a-z])?|[a-z])(?![a-z])"
_SUM: Final = rf"[-+]? ?{_TERM}(?: ?[-+] ?{_TERM}){{0,30}}"
_BRACKET: Final = rf"(?:{NUMBER}(?: ?[*·×])? ?)?\( ?{_SUM} ?\)"
_SIDE: Final = rf"[-+]? ?(?:{_BRACKET}|{_TERM})(?: ?[-+] ?(?:{_BRACKET}|{_TERM})){{0,30}}"
_EQUATION: Final = re.compile(
    rf"(?<![\w.)])(?P<left>{_SIDE}) ?= ?(?P<right>{_SIDE})(?![\w(^/])", re.ASCII
)
_PART: Final = re.compile(
    rf"(?P<sign>[-+]?)(?:(?P<factor>\d*)\((?P<inside>{_SUM})\)|(?P<size>\d*)(?P<name>[a-z]?))"
)
_CAPITAL: Final = re.compile(
    r"(?<=\d)[A-Z](?![A-Za-z])|(?<![A-Za-z])[A-Z](?= ?[-+=)])"
    r"|(?<=[-+=(])[A-Z](?![A-Za-z])|(?<=[-+=(] )[A-Z](?![A-Za-z])"
)
_LOGIC: Final = re.compile(
    r"[∧∨¬→↔⇒⇔&]|->|true or false|\btruth\b|tautolog|永真|重言|真值|真还是", re.IGNORECASE
)
_UNREAD: Final = re.compile(
    r"(?P<asked>\b[a-z] ?= ?(?:[?？_]|多少|几|\( ?\)|\s*\Z))|[=<>≤≥≠≈]"
    r"|\d ?[a-z](?![A-Za-z])|\b[a-z] ?[-+*/×÷^²³] ?[\da-z(]|(?<![\w-])-[a-z](?![\w-])",
    re.ASCII,
)
"""What is no equation and yet has to do with one: an inequality, `2x+1`."""
_OF_THEM: Final = (
    r"squared?|cubed?|times|twice|thrice|doubled?|half|sum|product|difference|ratio|average|absolute"
    r"|reciprocal"
)
_OF_THEM_ZH: Final = r"平方|立方|绝对值|相反数|倒数|一半|[两二三四五六]倍|乘积|[的之][和差积商]"
_FURTHER: Final = re.compile(
    rf"\b(?:what|find|calculate|compute|determine|give)\b[^.;?\n]{{0,40}}\b(?:{_OF_THEM})\b"
    rf"|(?:求|计算|算出)[^。;；？?\n]{{0,20}}(?:{_OF_THEM_ZH})|(?:{_OF_THEM_ZH})[是为]?(?:多少|几)"
    r"|\bis [a-z] (?:an? )?(?:even|odd|prime|integer|positive|negative|greater|larger|less)\b"
    r"|[a-z] ?是(?:不是)?(?:[奇偶质素整正负]数)|; ?(?:or|或者?) ?;|\b(?:not|unless|except) ;"
    r"|\bhow many\b|; ?(?:is (?:not )?)?(?:an?|the) (?:solution|root)\b|的解[吗么]|(?:几|多少)个?解"
    r"|\b(?:slope|intercepts?|plot|graph|integrate|derivative|parallel|perpendicular|axis|a line)\b"
    r"|斜率|截距|图像|图象|导数|平行|垂直|轴"
    r"|; ?(?:satisf|solves\b|是否|能否|是不是)"
    r"|\b(?:check|verify|whether) (?:if |that |whether )?;",
    re.IGNORECASE | re.ASCII,
)
"""What asks for something else than the unknowns, or joins equations otherwise than by `and`."""
_SOUGHT: Final = re.compile(
    r"(?:(?:\b(?:solve for|find|what is)|; for)(?: the value of)? |求 ?"
    r"|(?<![A-Za-z])(?=[a-z] ?= ?[?？]))(?!a [a-z])([a-z])(?![A-Za-z'])",
    re.IGNORECASE,
)
"""An unknown that is asked for."""
_BOUNDS: Final = re.compile(
    r"\b(?:integers?|whole|natural|positive|equal|same|differ\w*|opposites?|consecutive|twice|times"
    r"|double|half|more|less|greater|larger|bigger|smaller)\b"
    r"|整数|自然数|相等|一样|相反|相差|倍|[比与和跟].{0,4}[大小多少]",
    re.IGNORECASE,
)
"""What may choose from endlessly many solutions."""
_TOLD: Final = (
    r"(?<![A-Za-z'])[{names}](?![A-Za-z']) ?(?:(?:is|was|equals?|exceeds|be)\b|比|不?[是为]|等于)"
    r"(?:(?!\b(?:and|what)\b|多少|几|什么)[^,.;:，。；：?？\n]){{0,40}}?"
    r"(?:\d|(?<![A-Za-z'])[{names}](?![A-Za-z']))"
)
"""An unknown is compared in words with a number, or with another one."""
_FUNCTION: Final = re.compile(r"\b(?:sin|cos|tan|cot|log|ln|lg|exp|sqrt|abs) ?\Z", re.IGNORECASE)
_WHAT: Final = "not an equation that can be read"
_REWORD: Final = "write it with whole numbers, brackets and the signs +, -, × and = only"


def _number(sign: str, size: str) -> int:
    return (-1 if sign == "-" else 1) * int(size or 1)


def _read_terms(text: str) -> tuple[tuple[int, str], ...]:
    return tuple(
        (_number(m["sign"], m["size"]), m["name"])
        for m in _PART.finditer(text)
        if m["size"] or m["name"]
    )


def _read_side(text: str) -> Side:
    parts = []
    for match in _PART.finditer(re.sub(r"[ *·×]", "", text)):
        if match["inside"]:
            terms = _read_terms(match["inside"])
            parts.append(Part(terms, _number(match["sign"], match["factor"])))
        elif match["size"] or match["name"]:
            parts.append(Part(((_number(match["sign"], match["size"]), match["name"]),)))
    return tuple(parts)


def read_equations(text: str) -> tuple[Equation, ...]:
    """Every equation that a text holds, whatever stands beside it."""
    return tuple(_equation(match) for match in _EQUATION.finditer(plain(text)))


def _equation(match: re.Match[str]) -> Equation:
    return Equation(_read_side(match["left"]), _read_side(match["right"]))


_LABEL: Final = re.compile(
    r"(?<=[\da-z)])[,.，。]? ?\((?P<n>\d)\)(?= ?[,.;，。；]? ?(?:\n|\Z|and\b|[a-z\d(-]))"
)
_BACKWARDS: Final = re.compile(
    r"(?<![\w^)*×·/.])(?<![)*×·/^] )(?P<what>[a-z]|\([^()=\n]{1,80}\)) ?[*×·] ?(?P<by>\d{1,99})"
    r"(?! ?[*×·/^÷(])(?![\w.])"
)


def _usual(text: str) -> str:
    """With `3x` for x × 3, and without the numbers of equations behind them: (1), (2)."""
    labels = [int(label["n"]) for label in _LABEL.finditer(text)]
    if len(labels) > 1 and labels == list(range(1, len(labels) + 1)):
        text = _LABEL.sub(";", text)
    return _BACKWARDS.sub(r"\g<by>\g<what>", text)


def parse(text: str) -> Puzzle:
    """Read the equations in `text`.

    Raises OtherKindError without any, BadInputError for more unknowns than can be asked for, and
    for an equation with a part that can't be read.
    """
    text = _usual(_CAPITAL.sub(lambda m: m[0].lower(), plain_question(text)))
    found = list(_EQUATION.finditer(text))
    equations = tuple(map(_equation, found))
    names = unknowns(equations)
    if not names or _LOGIC.search(text):
        raise OtherKindError("not a linear equation", "no equation with an unknown is in it")
    _refuse_more(text, found)
    if len(names) > MOST_UNKNOWNS:
        why = f"{len(names)} unknowns are more than {MOST_UNKNOWNS}"
        raise BadInputError("not an equation that can be solved here", why, "leave some out")
    return Puzzle(equations)


def _refuse_more(text: str, found: list[re.Match[str]]) -> None:
    """BadInputError where an equation is only a part of one, or one is not read at all."""
    for match in found:
        start, end = match.span()
        if not stands_alone(text, start, end):
            why = f"there is more to “{around(text, start, end)}” than can be read"
            raise BadInputError(_WHAT, why, _REWORD)
        if len(found) > 1 and match[0].lstrip().startswith("- ") and _begins_line(text, start):
            why = "a dash before an equation may be a minus or the mark of a list"
            raise BadInputError(_WHAT, why, "leave it out, or leave out the blank behind it")
        if function := _FUNCTION.search(text[:start]):
            raise BadInputError(_WHAT, f"“{function[0].strip()}” is not linear", _REWORD)
    rest = without(text, found)
    _refuse_another_question(rest, unknowns(map(_equation, found)), len(found))
    more = next((m for m in _UNREAD.finditer(rest) if not m["asked"]), None)
    if more:
        raise BadInputError(_WHAT, f"“{around(rest, *more.span())}” can't be read", _REWORD)


def _refuse_another_question(rest: str, names: tuple[str, ...], equations: int) -> None:
    """BadInputError where more is asked than what the unknowns are."""
    more = _FURTHER.search(rest)
    if asked := next((m for m in _SOUGHT.finditer(rest) if m[1].lower() not in names), None):
        why = f"“{asked[0].strip()}” asks for what is in no equation"
        raise BadInputError(_WHAT, why, "ask for the unknowns")
    letters = "".join(set(names) & set("pqrstuvwxyz"))
    more = more or re.search(_TOLD.format(names="".join(names)), rest)
    if letters:  # of others a word might be made
        more = more or re.search(rf"(?<![A-Za-z'])[{letters}]{{2,4}}(?![A-Za-z])", rest)
    if len(names) > equations:
        more = more or _BOUNDS.search(rest)
    if more:
        why = f"“{around(rest, *more.span())}” asks for something else than the unknowns"
        raise BadInputError(_WHAT, why, "ask for these alone")


def _begins_line(text: str, start: int) -> bool:
    return not text[:start].rpartition("\n")[2].strip()
