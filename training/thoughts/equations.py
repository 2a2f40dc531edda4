"""Linear equations, one operation on both sides a line; two of them by elimination.

What is added or subtracted is worked out between the operation and the equation that it gives, so
that the numbers stand side by side before their sum is said.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, TypeAlias

from qwq_cli.puzzles.equations.puzzle import Equation, Part, Puzzle, Side, simple, solve, write
from qwq_cli.puzzles.equations.words import read_equations
from qwq_cli.puzzles.words import Language
from training.thoughts.forms import NUMBER, Field, Form, Scene, Step, Thought, Values, same

Line: TypeAlias = dict[str, Fraction]
"""Coefficients by unknown, "" for the number; none of them is 0."""
NUMBERS: Final = "①②③④⑤⑥⑦⑧⑨"


@dataclass(frozen=True, slots=True)
class Operation:
    """What is done on both sides: `+`, `-`, `×` or `÷`, and the term."""

    op: str
    term: tuple[int, str]


_DOES: Final[dict[Language, dict[str, str]]] = {
    "zh": {"+": "加上", "-": "减去", "×": "乘以", "÷": "除以"},
    "en": {"+": "add", "-": "subtract", "×": "multiply by", "÷": "divide by"},
}


def line(side: Side) -> Line:
    """What a side comes to."""
    found: Line = {}
    for part in side:
        for coefficient, name in part.spread():
            found[name] = found.get(name, Fraction(0)) + coefficient
    return {name: value for name, value in found.items() if value}


def _plus(one: Line, times: Fraction | int, other: Line) -> Line:
    names = {*one, *other}
    sums = {n: one.get(n, Fraction(0)) + times * other.get(n, Fraction(0)) for n in names}
    return {name: value for name, value in sums.items() if value}


def _done(side: Line, operation: Operation) -> Line:
    coefficient, name = operation.term
    if operation.op in "+-":
        return _plus(side, 1 if operation.op == "+" else -1, {name: Fraction(coefficient)})
    if name or coefficient == 0:
        raise ValueError(operation)
    factor = Fraction(coefficient) if operation.op == "×" else 1 / Fraction(coefficient)
    return {name: value * factor for name, value in side.items()}


def worked(left: Line, right: Line, operation: Operation) -> Equation:
    """What adding or subtracting a term comes to on the side where it does not cancel: numbers on
    the right, an unknown on the left.
    """
    coefficient, name = operation.term
    before = int((left if name else right).get(name, 0))
    change = coefficient if operation.op == "+" else -coefficient
    after = before + change
    terms = ((before, name if before else ""), (change, name))
    return Equation(simple(terms), simple(((after, name if after else ""),)))


def tidy(left: Line, right: Line) -> Equation:
    """Unknowns before numbers, by name; ValueError for a coefficient that is no whole number."""

    def side(one: Line) -> Side:
        if any(value.denominator != 1 for value in one.values()):
            raise ValueError(one)
        names = sorted(one, key=lambda name: (name == "", name))
        return simple((int(one[n]), n) for n in names) or simple(((0, ""),))

    return Equation(side(left), side(right))


# -------------------------------------------------------------------------------------- fields


def _read_equation(text: str, lang: Language) -> Equation:
    del lang
    (found,) = read_equations(text)
    if write(found) != text:
        raise ValueError(text)
    return found


def _read_operation(text: str, lang: Language) -> Operation:
    sign = next(op for op, word in _DOES[lang].items() if text.startswith(word))
    term = text.removeprefix(_DOES[lang][sign]).strip()
    negative, digits = term.startswith("-"), term.lstrip("-")
    name = digits[-1] if digits[-1:].isalpha() else ""
    size = int(digits.removesuffix(name) or 1)
    return Operation(sign, (-size if negative else size, name))


def _write_operation(operation: Operation, lang: Language) -> str:
    coefficient, name = operation.term
    term = name if name and coefficient == 1 else f"{coefficient}{name}"
    return f"{_DOES[lang][operation.op]}{'' if lang == 'zh' else ' '}{term}"


_EQUATION: Final[Field[Equation]] = Field(
    {"zh": r"[^，。：]+=[^，。：]+", "en": r"[^,;.: ]+=[^,;.: ]+"},
    _read_equation,
    lambda equation, _: write(equation),
    other=lambda e: Equation(e.left, (*e.right, Part(((1, ""),)))),
)
_OPERATION: Final[Field[Operation]] = Field(
    {lang: rf"(?:{'|'.join(words.values())}) ?-?\w+" for lang, words in _DOES.items()},
    _read_operation,
    _write_operation,
    other=lambda o: Operation(o.op, (o.term[0] + 1, o.term[1])),
)
_WHICH: Final = same(f"[{NUMBERS}]", lambda n: NUMBERS[(NUMBERS.index(n) + 1) % 9])
_NAME: Final = same("[a-z]", lambda name: "a" if name != "a" else "b")


# --------------------------------------------------------------------------------------- truth


def _same(one: Equation, left: Line, right: Line) -> bool:
    return line(one.left) == left and line(one.right) == right


def _known(scene: Scene[Puzzle], which: str) -> Equation:
    """The equation of that number; StopIteration is no fault of a chain, so KeyError."""
    for _, values in scene.said:
        if values.get("n") == which:
            equation: Equation = values["f"]
            return equation
    raise KeyError(which)


def _next(scene: Scene[Puzzle], which: str) -> bool:
    """Equations are numbered as they come."""
    count = sum("n" in values for _, values in scene.said)
    return NUMBERS.index(which) == count


def _given(scene: Scene[Puzzle], v: Values) -> bool:
    place = len(scene.all("given"))
    return _next(scene, v["n"]) and v["f"] == scene.puzzle.equations[place]


def _opened(scene: Scene[Puzzle], v: Values) -> bool:
    e = _known(scene, v["e"])
    plain = all(part.factor is None for part in (*v["f"].left, *v["f"].right))
    return _next(scene, v["n"]) and plain and _same(v["f"], line(e.left), line(e.right))


def _operated(scene: Scene[Puzzle], v: Values) -> bool:
    e = _known(scene, v["e"])
    left, right = _done(line(e.left), v["do"]), _done(line(e.right), v["do"])
    return _next(scene, v["n"]) and _same(v["f"], left, right)


def _added(scene: Scene[Puzzle], v: Values) -> bool:
    e, operation = _known(scene, v["e"]), v["do"]
    if operation.op not in "+-" or v["s"] != worked(line(e.left), line(e.right), operation):
        return False
    return _operated(scene, v)


def _combined(sign: int, scene: Scene[Puzzle], v: Values) -> bool:
    e, d = _known(scene, v["e"]), _known(scene, v["d"])
    left = _plus(line(e.left), sign, line(d.left))
    right = _plus(line(e.right), sign, line(d.right))
    return _next(scene, v["n"]) and _same(v["f"], left, right)


def _put_in(scene: Scene[Puzzle], v: Values) -> bool:
    e, name, value = _known(scene, v["e"]), v["x"], Fraction(v["v"])
    if not any((known["x"], known["v"]) == (name, value) for known in scene.all("so")):
        return False
    left, right = line(e.left), line(e.right)
    for side in (left, right):
        factor = side.pop(name, Fraction(0))
        number = side.pop("", Fraction(0)) + factor * value
        if number:
            side[""] = number
    return _next(scene, v["n"]) and _same(v["f"], left, right)


def _reached(scene: Scene[Puzzle], v: Values) -> bool:
    """An equation that was reached says so, and it is the solution."""
    wanted = ({v["x"]: Fraction(1)}, {"": Fraction(v["v"])} if v["v"] else {})
    reached = [values["f"] for _, values in scene.said if "n" in values]
    shown = any((line(f.left), line(f.right)) == wanted for f in reached)
    (values,) = solve(scene.puzzle)
    return shown and (v["x"], v["v"]) in values


def _checked(scene: Scene[Puzzle], v: Values) -> bool:
    """Both sides of a given equation, at the solution."""
    (values,) = solve(scene.puzzle)
    at = {"": Fraction(1), **dict(values)}
    e = _known(scene, v["e"])
    both = [sum((k * at[x] for x, k in line(s).items()), Fraction(0)) for s in (e.left, e.right)]
    done = {one["x"] for one in scene.all("so")} == set(scene.puzzle.unknowns)
    return done and both == [v["l"], v["r"]]


def _never(scene: Scene[Puzzle], v: Values) -> bool:
    form = _known(scene, v["e"]).form()
    return not form[0] and form[1] != 0


def _always(scene: Scene[Puzzle], v: Values) -> bool:
    form = _known(scene, v["e"]).form()
    return not form[0] and form[1] == 0 and len(solve(scene.puzzle)) > 1


_STEP: Final[dict[str, Field[Any]]] = {"e": _WHICH, "n": _WHICH, "f": _EQUATION}
FORMS: Final[dict[str, Form[Puzzle]]] = {
    "given": Form("{n}：{f}", "{n}: {f}", {"n": _WHICH, "f": _EQUATION}, _given, ("n", "f")),
    "open": Form(
        "{e}去括号，得{n}：{f}", "{e} without brackets, {n}: {f}", _STEP, _opened, ("n", "f")
    ),
    "add": Form(
        "{e}两边{do}，{s}，得{n}：{f}",
        "{e}, {do} on both sides, {s}, {n}: {f}",
        {**_STEP, "do": _OPERATION, "s": _EQUATION},
        _added,
        ("do", "s", "n", "f"),
    ),
    "scale": Form(
        "{e}两边{do}，得{n}：{f}",
        "{e}, {do} on both sides, {n}: {f}",
        {**_STEP, "do": _OPERATION},
        lambda scene, v: v["do"].op in "×÷" and _operated(scene, v),
        ("do", "n", "f"),
    ),
    "minus": Form(
        "{e}减{d}，得{n}：{f}",
        "{e} minus {d}, {n}: {f}",
        {**_STEP, "d": _WHICH},
        lambda scene, v: _combined(-1, scene, v),
        ("n", "f"),
    ),
    "plus": Form(
        "{e}加{d}，得{n}：{f}",
        "{e} plus {d}, {n}: {f}",
        {**_STEP, "d": _WHICH},
        lambda scene, v: _combined(1, scene, v),
        ("n", "f"),
    ),
    "put": Form(
        "把{x}={v}代入{e}，得{n}：{f}",
        "Put {x}={v} into {e}, {n}: {f}",
        {**_STEP, "x": _NAME, "v": NUMBER},
        _put_in,
        ("x", "v", "n", "f"),
    ),
    "so": Form("所以{x}={v}。", "So {x}={v}.", {"x": _NAME, "v": NUMBER}, _reached, ("x", "v")),
    "check": Form(
        "检查{e}：左边{l}，右边{r}，相等。",
        "Check {e}: left {l}, right {r}, equal.",
        {"e": _WHICH, "l": NUMBER, "r": NUMBER},
        _checked,
        ("l", "r"),
    ),
    "never": Form(
        "{e}不成立，所以没有解。",
        "{e} is never true, so there is no solution.",
        {"e": _WHICH},
        _never,
    ),
    "always": Form(
        "{e}总成立，所以解不止一个。",
        "{e} is always true, so there are several solutions.",
        {"e": _WHICH},
        _always,
    ),
}

# ------------------------------------------------------------------------------------- written


class _Writer:
    """Numbers equations as they come."""

    def __init__(self) -> None:
        self.count = 0
        self.latest = Equation((), ())

    def step(self, form: str, left: Line, right: Line, **values: object) -> Step:
        self.latest = tidy(left, right)
        return self.numbered(form, self.latest, **values)

    def numbered(self, form: str, equation: Equation, **values: object) -> Step:
        self.count += 1
        self.latest = equation
        return form, {**values, "n": NUMBERS[self.count - 1], "f": equation}

    @property
    def number(self) -> str:
        """The latest one's."""
        return NUMBERS[self.count - 1]

    def sides(self) -> tuple[Line, Line]:
        return line(self.latest.left), line(self.latest.right)

    def do(self, op: str, coefficient: Fraction, name: str) -> Step:
        """The operation on the latest equation; adding and subtracting a positive term."""
        if op == "-" and coefficient < 0:
            op, coefficient = "+", -coefficient
        operation = Operation(op, (int(coefficient), name))
        left, right = self.sides()
        done = _done(left, operation), _done(right, operation)
        if op in "+-":
            s = worked(left, right, operation)
            return self.step("add", *done, e=self.number, do=operation, s=s)
        return self.step("scale", *done, e=self.number, do=operation)

    def alone(self, name: str) -> Iterator[Step]:
        """From the latest equation, in one unknown, to its value, where there is one."""
        left, right = self.sides()
        if right.get(name):
            yield self.do("-", right[name], name)
        if self.sides()[0].get(""):
            yield self.do("-", self.sides()[0][""], "")
        left, right = self.sides()
        if left.get(name):
            if left[name] != 1:
                yield self.do("÷", left[name], "")
            value = self.sides()[1].get("", Fraction(0))
            yield "so", {"x": name, "v": int(value)}
        else:
            yield "never" if right.get("") else "always", {"e": self.number}


def _one(puzzle: Puzzle) -> Iterator[Step]:
    writer, equation = _Writer(), puzzle.equations[0]
    yield writer.numbered("given", equation)
    if any(part.factor is not None for part in (*equation.left, *equation.right)):
        yield writer.step("open", line(equation.left), line(equation.right), e=writer.number)
    yield from writer.alone(puzzle.unknowns[0])


def _two(puzzle: Puzzle) -> Iterator[Step]:
    """Eliminate the second unknown; the equations are ax + by = c."""
    writer, (x, y) = _Writer(), puzzle.unknowns
    lines = []
    for equation in puzzle.equations:
        yield writer.numbered("given", equation)
        lines.append(writer.sides())
    factors = [abs(left[y]) for left, _ in reversed(lines)]
    scaled: list[tuple[str, Line, Line]] = []
    for place, ((left, right), factor) in enumerate(zip(lines, factors, strict=True)):
        number = NUMBERS[place]
        if factor != 1:
            times = Operation("×", (int(factor), ""))
            sides = _done(left, times), _done(right, times)
            yield writer.step("scale", *sides, e=number, do=times)
            scaled.append((writer.number, *sides))
        else:
            scaled.append((number, left, right))
    (e, left, right), (d, other, value) = scaled
    alike = left[y] == other[y]
    sign = -1 if alike else 1
    combined = _plus(left, sign, other), _plus(right, sign, value)
    yield writer.step("minus" if alike else "plus", *combined, e=e, d=d)
    if not combined[0]:
        yield "never" if combined[1] else "always", {"e": writer.number}
        return
    yield from writer.alone(x)
    found = dict(solve(puzzle)[0])
    left, right = lines[0]
    known = left[x] * found[x]
    put: Line = {y: left[y], "": known} if known else {y: left[y]}
    yield writer.step("put", put, right, e=NUMBERS[0], x=x, v=int(found[x]))
    yield from writer.alone(y)


def steps(puzzle: Puzzle, lang: Language) -> Iterator[Step]:
    """To the values, and a check of each equation; or to why there is no one solution."""
    del lang
    yield from _one(puzzle) if len(puzzle.equations) == 1 else _two(puzzle)
    solutions = solve(puzzle)
    if len(solutions) != 1:
        return
    at = {"": Fraction(1), **dict(solutions[0])}
    for place, equation in enumerate(puzzle.equations):
        left, right = (
            int(sum((k * at[x] for x, k in line(side).items()), Fraction(0)))
            for side in (equation.left, equation.right)
        )
        yield "check", {"e": NUMBERS[place], "l": left, "r": right}


EQUATIONS: Final[Thought[Puzzle]] = Thought(FORMS, steps)
