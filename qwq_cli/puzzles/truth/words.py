"""Formulas made and put into words, in Chinese and in English.

The generator keeps each formula's column of truth values as bits while it builds the formula; the
solver knows nothing of that.
"""

import random
from dataclasses import dataclass
from typing import Final

from qwq_cli.puzzles.kind import Posed, Setting
from qwq_cli.puzzles.truth.formula import read_formula as read_formula  # noqa: PLC0414 - given on
from qwq_cli.puzzles.truth.puzzle import (
    OPS,
    Answer,
    Ask,
    Class,
    Formula,
    Joined,
    Not,
    Op,
    Puzzle,
    Variable,
    solve,
    write,
)
from qwq_cli.puzzles.words import Difficulty, Language, Wording

_NAMES: Final[dict[Difficulty, str]] = {"easy": "pq", "medium": "pq", "hard": "pqr"}
_ASKS: Final[dict[Difficulty, tuple[Ask, ...]]] = {
    "easy": ("value",),
    "medium": ("count", "class", "value"),
    "hard": ("count", "class"),
}
_JOINS: Final[dict[Difficulty, int]] = {"easy": 1, "medium": 2, "hard": 3}
_NEGATED: Final = 0.3


@dataclass(frozen=True, slots=True)
class Phrases:
    """`{f}` is the formula, `{g}` what is given. `signs` are other ways to write ¬ ∧ ∨ → ↔."""

    value: tuple[str, ...]
    count: tuple[str, ...]
    sort: tuple[str, ...]
    equals: tuple[str, ...]
    comma: str
    signs: tuple[dict[str, str], ...]


_PLAIN: Final[dict[str, str]] = {}
_ZH: Final = Phrases(
    value=(
        "已知{g}，求 {f} 的真值。",
        "设{g}，{f} 是真还是假？",
        "当{g}时，公式 {f} 为真还是为假？",
    ),
    count=(
        "公式 {f} 的真值表里有几行为真？",
        "{f} 在多少种赋值下为真？",
        "列出 {f} 的真值表，其中有几行是真？",
    ),
    sort=("公式 {f} 是永真式、永假式，还是可真可假？", "判断 {f} 是永真式、永假式还是可真可假。"),
    equals=("{p}为{v}", "{p}={v}"),
    comma="，",
    signs=(_PLAIN, _PLAIN, {"¬": "非", "∧": "且", "∨": "或"}),
)
_ZH_RARE: Final = Phrases(
    value=("倘若{g}，那么 {f} 究竟是真是假？",),
    count=("让 {f} 为真的取值组合一共几组？",),
    sort=("{f} 属于永真式、永假式、可真可假中的哪一类？",),
    equals=("{p}是{v}的",),
    comma="而",
    signs=({"¬": "!", "∧": "&", "∨": "|", "→": "->", "↔": "<->"},),
)
_EN: Final = Phrases(
    value=(
        "Given {g}, is {f} true or false?",
        "If {g}, what is the truth value of {f}?",
        "Let {g}. Is the formula {f} true or false?",
    ),
    count=(
        "In how many rows of its truth table is {f} true?",
        "How many assignments make {f} true?",
        "Write the truth table of {f}. In how many rows is it true?",
    ),
    sort=(
        "Is {f} a tautology, a contradiction or contingent?",
        "Tell whether {f} is a tautology, a contradiction or contingent.",
    ),
    equals=("{p} is {v}", "{p} = {v}"),
    comma=" and ",
    signs=(_PLAIN, _PLAIN, {"¬": "not ", "∧": " and ", "∨": " or "}),
)
_EN_RARE: Final = Phrases(
    value=("Assume that {g}. Which truth value has {f}?",),
    count=("Count the lines of the table where {f} holds.",),
    sort=("To which class belongs {f}: tautology, contradiction, contingent?",),
    equals=("{p}: {v}",),
    comma=", ",
    signs=({"¬": "~", "∧": " & ", "∨": " | ", "→": " -> ", "↔": " <-> "},),
)
PHRASES: Final[dict[Language, dict[Wording, Phrases]]] = {
    "zh": {"announcement": _ZH, "common": _ZH, "rare": _ZH_RARE},
    "en": {"announcement": _EN, "common": _EN, "rare": _EN_RARE},
}

# ---------------------------------------------------------------------------------------- made


@dataclass(frozen=True, slots=True)
class _Column:
    """A formula and its truth values, a bit for each row."""

    formula: Formula
    bits: int


def _letter(names: str, place: int) -> _Column:
    """A variable; its bit in row n is the place's bit of n."""
    rows = 1 << len(names)
    bits = sum((row >> place & 1) << row for row in range(rows))
    return _Column(Variable(names[place]), bits)


def _joined(op: Op, left: _Column, right: _Column, full: int) -> _Column:
    bits = {
        "∧": left.bits & right.bits,
        "∨": left.bits | right.bits,
        "→": (full ^ left.bits) | right.bits,
        "↔": full ^ left.bits ^ right.bits,
    }[op]
    return _Column(Joined(op, left.formula, right.formula), bits)


def _built(rng: random.Random, difficulty: Difficulty) -> tuple[_Column, str]:
    """A formula with each variable in it, joined one by one."""
    names = _NAMES[difficulty]
    full = (1 << (1 << len(names))) - 1
    leaves = list(range(len(names)))
    leaves += rng.choices(leaves, k=_JOINS[difficulty] + 1 - len(leaves))
    rng.shuffle(leaves)

    def perhaps_not(column: _Column) -> _Column:
        if rng.random() < _NEGATED:
            return _Column(Not(column.formula), full ^ column.bits)
        return column

    columns = [perhaps_not(_letter(names, place)) for place in leaves]
    while len(columns) > 1:
        at = rng.randrange(len(columns) - 1)
        both = _joined(rng.choice(OPS), columns[at], columns[at + 1], full)
        last = len(columns) == 2  # noqa: PLR2004 - the two that are left
        columns[at : at + 2] = [both if last else perhaps_not(both)]
    return columns[0], names


def _class(bits: int, full: int) -> Class:
    return "tautology" if bits == full else "contingent" if bits else "contradiction"


def _draw(rng: random.Random, difficulty: Difficulty) -> tuple[Puzzle, Answer]:
    column, names = _built(rng, difficulty)
    ask = rng.choice(_ASKS[difficulty])
    rows = 1 << len(names)
    if ask == "count":
        return Puzzle(column.formula, ask), column.bits.bit_count()
    if ask == "class":
        return Puzzle(column.formula, ask), _class(column.bits, (1 << rows) - 1)
    row = rng.randrange(rows)
    given = tuple((name, bool(row >> place & 1)) for place, name in enumerate(names))
    return Puzzle(column.formula, ask, given), bool(column.bits >> row & 1)


def _text(rng: random.Random, setting: Setting, puzzle: Puzzle) -> str:
    phrases = PHRASES[setting.lang][setting.wording]
    signs = rng.choice(phrases.signs)
    formula = "".join(signs.get(sign, sign) for sign in write(puzzle.formula))
    options = {"value": phrases.value, "count": phrases.count, "class": phrases.sort}[puzzle.ask]
    equals = rng.choice(phrases.equals)
    truths = ("假", "真") if setting.lang == "zh" else ("false", "true")
    given = phrases.comma.join(equals.format(p=name, v=truths[v]) for name, v in puzzle.given)
    return rng.choice(options).format(f=formula, g=given)


def pose(rng: random.Random, setting: Setting) -> Posed[Puzzle, Answer]:
    """A new formula with a question."""
    puzzle, answer = _draw(rng, setting.difficulty)
    return Posed(_text(rng, setting, puzzle), puzzle, answer, setting)


def spoil(rng: random.Random, setting: Setting) -> Posed[Puzzle, Answer]:
    """A question for a truth value that what is given does not settle."""
    while True:
        column, names = _built(rng, setting.difficulty)
        given = tuple((name, rng.random() < 0.5) for name in names)  # noqa: PLR2004 - half each
        left_out = rng.randrange(len(names))
        puzzle = Puzzle(column.formula, "value", given[:left_out] + given[left_out + 1 :])
        if len(solve(puzzle)) > 1:
            return Posed(_text(rng, setting, puzzle), puzzle, None, setting)
