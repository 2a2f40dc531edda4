"""Arithmetic by columns: the digits by places, then one column a line.

Larger factors are taken digit by digit, and the rows added.
"""

import operator
from collections.abc import Iterator
from typing import Any, Final

from qwq_cli.puzzles.columns import Op, Puzzle
from qwq_cli.puzzles.words import Language
from training.thoughts.forms import NUMBER, Field, Form, Scene, Step, Thought, Values, same

PLACES: Final[dict[Language, tuple[str, ...]]] = {
    "zh": ("个", "十", "百", "千", "万", "十万", "百万", "千万", "亿", "十亿", "百亿", "千亿"),
    "en": (
        *("ones", "tens", "hundreds", "thousands", "ten thousands", "hundred thousands"),
        *("millions", "ten millions", "hundred millions", "billions", "ten billions"),
        "hundred billions",
    ),
}
_WORK: Final = {"+": operator.add, "-": operator.sub, "×": operator.mul}

_PLACE: Final[Field[int]] = Field(
    {
        lang: "|".join(sorted((f"{w}位" if lang == "zh" else w for w in words), key=len)[::-1])
        for lang, words in PLACES.items()
    },
    read=lambda text, lang: PLACES[lang].index(text.removesuffix("位")),
    write=lambda place, lang: PLACES[lang][place] + ("位" if lang == "zh" else ""),
    other=lambda place: place + 1,
)
_OP: Final = same(r"[-+×]", lambda op: "+" if op != "+" else "-")


def _read_digits(text: str, lang: Language) -> tuple[tuple[int, int], ...]:
    parts = (part.rsplit(" ", 1) for part in text.split("、" if lang == "zh" else ", "))
    return tuple((_PLACE.read(place, lang), int(digit)) for place, digit in parts)


def _write_digits(digits: tuple[tuple[int, int], ...], lang: Language) -> str:
    written = (f"{_PLACE.write(place, lang)} {digit}" for place, digit in digits)
    return ("、" if lang == "zh" else ", ").join(written)


_DIGITS: Final[Field[tuple[tuple[int, int], ...]]] = Field(
    {"zh": r"[^：]+", "en": r"[^:]+"}, _read_digits, _write_digits, lambda digits: digits[::-1]
)


def digits(number: int) -> list[int]:
    """The last digit first."""
    return [int(digit) for digit in reversed(str(number))]


def _at(number: int, place: int) -> int:
    return number // 10**place % 10


def _spread(scene: Scene[Puzzle], v: Values) -> bool:
    del scene
    return bool(v["d"] == tuple(enumerate(digits(v["n"]))))


def _known(scene: Scene[Puzzle], number: int) -> bool:
    """Whether a number came out before."""
    return number in {v["r"] for form in ("result", "shift") for v in scene.all(form)}


def _begins(scene: Scene[Puzzle], v: Values) -> bool:
    """The puzzle itself, a row of its product, or the sum of rows."""
    puzzle = scene.puzzle
    if (v["a"], v["op"], v["b"]) == (puzzle.a, puzzle.op, puzzle.b):
        return True
    if puzzle.op != "×":
        return False
    if v["op"] == "×":
        return v["a"] == puzzle.a and v["b"] in digits(puzzle.b)
    return v["op"] == "+" and _known(scene, v["a"]) and _known(scene, v["b"])


def _carry(a: int, op: Op, b: int, place: int) -> int:
    """What comes over from the places below; of a difference, what was borrowed."""
    low = 10**place
    if op == "+":
        return (a % low + b % low) // low
    if op == "-":
        return int(a % low < b % low)
    return (a % low) * b // low


def _column(scene: Scene[Puzzle], v: Values, op: Op) -> bool:
    """One column of the calculation that was begun last."""
    now = scene.last("begin")
    if now is None or now["op"] != op:
        return False
    a, b, place = now["a"], now["b"], v["p"]
    if op == "×":
        return (v["x"], v["y"], v["c"]) == (_at(a, place), b, _carry(a, op, b, place))
    return (v["x"], v["y"], v["c"]) == (_at(a, place), _at(b, place), _carry(a, op, b, place))


def _sum(scene: Scene[Puzzle], v: Values) -> bool:
    total = v["x"] + v["y"] + v["c"]
    return _column(scene, v, "+") and (v["s"], v["w"], v["k"]) == (total, total % 10, total // 10)


def _difference(scene: Scene[Puzzle], v: Values) -> bool:
    left = v["x"] - v["y"] - v["c"]
    return _column(scene, v, "-") and (v["s"], v["w"], v["k"]) == (left, left % 10, int(left < 0))


def _product(scene: Scene[Puzzle], v: Values) -> bool:
    total = v["x"] * v["y"] + v["c"]
    return _column(scene, v, "×") and (v["s"], v["w"], v["k"]) == (total, total % 10, total // 10)


def _result(scene: Scene[Puzzle], v: Values) -> bool:
    """It is what the columns of the last calculation, or the rows of the product, have shown."""
    if v["r"] != _WORK[v["op"]](v["a"], v["b"]):
        return False
    now = scene.last("begin")
    if now is not None and (now["a"], now["op"], now["b"]) == (v["a"], v["op"], v["b"]):
        form = {"+": "sum", "-": "difference", "×": "product"}[v["op"]]
        places = {column["p"] for column in scene.all(form, since="begin")}
        width = len(str(v["a"])) if v["op"] == "×" else max(len(str(v["a"])), len(str(v["b"])))
        return places >= set(range(width))
    puzzle = scene.puzzle
    return (v["a"], v["op"], v["b"]) == (puzzle.a, "×", puzzle.b) and _known(scene, v["r"])


def _shift(scene: Scene[Puzzle], v: Values) -> bool:
    if not 0 < v["z"] <= len(str(v["r"])):
        return False
    shifted, rest = divmod(v["r"], 10 ** v["z"])
    return v["a"] * v["b"] == v["r"] and rest == 0 and _known(scene, shifted)


_COLUMN: Final[dict[str, Field[Any]]] = {
    "p": _PLACE,
    **dict.fromkeys(("x", "y", "c", "s", "w", "k"), NUMBER),
}
_WHOLE: Final[dict[str, Field[Any]]] = {"a": NUMBER, "op": _OP, "b": NUMBER, "r": NUMBER}
FORMS: Final[dict[str, Form[Puzzle]]] = {
    "digits": Form("{n}：{d}", "{n}: {d}", {"n": NUMBER, "d": _DIGITS}, _spread, ("n",)),
    "begin": Form(
        "算{a}{op}{b}：",
        "Take {a} {op} {b}:",
        {"a": NUMBER, "op": _OP, "b": NUMBER},
        _begins,
    ),
    "sum": Form(
        "{p}：{x}+{y}+{c}={s}，写{w}，进{k}",
        "{p}: {x}+{y}+{c}={s}, write {w}, carry {k}",
        _COLUMN,
        _sum,
        ("x", "y", "c", "s", "w", "k"),
    ),
    "difference": Form(
        "{p}：{x}-{y}-{c}={s}，写{w}，借{k}",
        "{p}: {x}-{y}-{c}={s}, write {w}, borrow {k}",
        _COLUMN,
        _difference,
        ("x", "y", "c", "s", "w", "k"),
    ),
    "product": Form(
        "{p}：{x}×{y}+{c}={s}，写{w}，进{k}",
        "{p}: {x}×{y}+{c}={s}, write {w}, carry {k}",
        _COLUMN,
        _product,
        ("x", "y", "c", "s", "w", "k"),
    ),
    "shift": Form(
        "添{z}个0：{a}×{b}={r}",
        "Append {z} zeros: {a} × {b} = {r}",
        {"z": NUMBER, "a": NUMBER, "b": NUMBER, "r": NUMBER},
        _shift,
        ("z", "b", "r"),
    ),
    "result": Form("所以{a}{op}{b}={r}。", "So {a} {op} {b} = {r}.", _WHOLE, _result, ("b", "r")),
}


def _columns(a: int, op: Op, b: int) -> Iterator[Step]:
    """One calculation: begun, column by column, and what comes out."""
    yield "begin", {"a": a, "op": op, "b": b}
    form = {"+": "sum", "-": "difference", "×": "product"}[op]
    carry = 0
    width = len(str(a)) if op == "×" else max(len(str(a)), len(str(b)))
    for place in range(width):
        x, y = _at(a, place), b if op == "×" else _at(b, place)
        s = x - y - carry if op == "-" else _WORK[op](x, y) + carry
        values = {"p": place, "x": x, "y": y, "c": carry, "s": s, "w": s % 10}
        carry = int(s < 0) if op == "-" else s // 10
        yield form, {**values, "k": carry}
    yield "result", {"a": a, "op": op, "b": b, "r": _WORK[op](a, b)}


def steps(puzzle: Puzzle, lang: Language) -> Iterator[Step]:
    """From the digits to the result. A difference must not be negative."""
    del lang
    a, op, b = puzzle.a, puzzle.op, puzzle.b
    for number in (a, b):
        yield "digits", {"n": number, "d": tuple(enumerate(digits(number)))}
    if op != "×" or b < 10:
        yield from _columns(a, op, b)
        return
    rows: list[int] = []
    for place, digit in enumerate(digits(b)):
        if digit == 0:
            continue
        yield from _columns(a, "×", digit)
        rows.append(a * digit * 10**place)
        if place:
            yield "shift", {"z": place, "a": a, "b": digit * 10**place, "r": rows[-1]}
    total = rows[0]
    for row in rows[1:]:
        yield from _columns(total, "+", row)
        total += row
    yield "result", {"a": a, "op": op, "b": b, "r": total}


COLUMNS: Final[Thought[Puzzle]] = Thought(FORMS, steps)
