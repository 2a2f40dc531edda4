"""Truth tables, row by row, and in each row the formula from inside out."""

from collections.abc import Iterator
from typing import Any, Final

from qwq_cli.puzzles.truth.puzzle import (
    CLASSES,
    OPS,
    Class,
    Formula,
    Joined,
    Not,
    Puzzle,
    Variable,
    rows,
    solve,
    value,
    variables,
    write,
)
from qwq_cli.puzzles.truth.words import read_formula
from qwq_cli.puzzles.words import Language
from training.thoughts.forms import NUMBER, Field, Form, Scene, Step, Thought, Values, choice, same

_TRUTH: Final = choice(("真", "true"), ("假", "false"))
_FORMULA: Final[Field[Formula]] = Field(
    {"zh": r"[^：，]+", "en": r"[^:,]+"},
    read=lambda text, _: read_formula(text),
    write=lambda formula, _: write(formula),
    other=Not,
)
_OP: Final = same("[∧∨→↔]", lambda op: OPS[OPS.index(op) - 1])


def _read_row(text: str, lang: Language) -> tuple[tuple[str, bool], ...]:
    pairs = (part.split("=") for part in text.split("，" if lang == "zh" else ", "))
    return tuple((name, _TRUTH.read(word, lang)) for name, word in pairs)


def _write_row(row: tuple[tuple[str, bool], ...], lang: Language) -> str:
    pairs = (f"{name}={_TRUTH.write(true, lang)}" for name, true in row)
    return ("，" if lang == "zh" else ", ").join(pairs)


_ROW: Final[Field[tuple[tuple[str, bool], ...]]] = Field(
    {"zh": r"[^：]+", "en": r"[^:]+"},
    _read_row,
    _write_row,
    other=lambda row: row[:-1],
)
_CLASS: Final[Field[Class]] = Field(
    {"zh": "永真式|永假式|可真可假", "en": "a tautology|a contradiction|contingent"},
    read=lambda text, lang: next(c for c, word in CLASSES[lang].items() if word == text),
    write=lambda kind, lang: CLASSES[lang][kind],
    other=lambda kind: "contingent" if kind != "contingent" else "tautology",
)


def parts(formula: Formula) -> list[Formula]:
    """Everything that has to be evaluated, the inner ones first, each once; no variables."""
    match formula:
        case Variable():
            return []
        case Not(of):
            return [*parts(of), formula]
        case Joined(_, left, right):
            return list(dict.fromkeys([*parts(left), *parts(right), formula]))


def _table(puzzle: Puzzle) -> list[dict[str, bool]]:
    """The rows that the puzzle is about."""
    given = dict(puzzle.given)
    table = rows(variables(puzzle.formula))
    return [row for row in table if all(row[n] == given.get(n, row[n]) for n in row)]


def _row(scene: Scene[Puzzle], v: Values) -> bool:
    return dict(v["row"]) in _table(scene.puzzle) and dict(v["row"]) not in [
        dict(said["row"]) for said in scene.all("row")
    ]


def _now(scene: Scene[Puzzle]) -> dict[str, bool]:
    row = scene.last("row")
    assert row is not None
    return dict(row["row"])


def _part(scene: Scene[Puzzle], formula: Any) -> bool:  # noqa: ANN401 - whatever was read
    return formula in parts(scene.puzzle.formula)


def _not(scene: Scene[Puzzle], v: Values) -> bool:
    formula, row = v["f"], _now(scene)
    if not isinstance(formula, Not) or not _part(scene, formula):
        return False
    return v["x"] == value(formula.of, row) and v["v"] != v["x"]


def _joined(scene: Scene[Puzzle], v: Values) -> bool:
    formula, row = v["f"], _now(scene)
    if not isinstance(formula, Joined) or not _part(scene, formula):
        return False
    return (v["x"], v["op"], v["y"], v["v"]) == (
        value(formula.left, row),
        formula.op,
        value(formula.right, row),
        value(formula, row),
    )


def _whole(scene: Scene[Puzzle], v: Values) -> bool:
    """A row's value, after every part of the formula has been evaluated in it."""
    said = [one["f"] for form in ("not", "joined") for one in scene.all(form, since="row")]
    formula = scene.puzzle.formula
    again = bool(scene.all("whole", since="row"))
    done = set(said) >= set(parts(formula))
    return done and not again and v["v"] == value(formula, _now(scene))


def _counted(scene: Scene[Puzzle]) -> tuple[int, int]:
    """How many rows are true and false; ValueError before all have been worked out."""
    said = [v["v"] for v in scene.all("whole")]
    if len(said) != len(_table(scene.puzzle)):
        raise ValueError(len(said))
    return sum(said), len(said) - sum(said)


def _settled(scene: Scene[Puzzle], v: Values) -> bool:
    _counted(scene)
    return scene.puzzle.ask == "value" and solve(scene.puzzle) == (v["v"],)


def _open(scene: Scene[Puzzle], v: Values) -> bool:
    return (
        scene.puzzle.ask == "value" and (v["t"], v["f"]) == _counted(scene) and v["t"] * v["f"] > 0
    )


def _count(scene: Scene[Puzzle], v: Values) -> bool:
    return scene.puzzle.ask == "count" and v["t"] == _counted(scene)[0]


def _class(scene: Scene[Puzzle], v: Values) -> bool:
    counts = (v["t"], v["f"]) == _counted(scene)
    return scene.puzzle.ask == "class" and counts and solve(scene.puzzle) == (v["c"],)


FORMS: Final[dict[str, Form[Puzzle]]] = {
    "row": Form("{row}时：", "Where {row}:", {"row": _ROW}, _row, ("row",)),
    "not": Form(
        "{f}：非{x}={v}",
        "{f}: not {x} = {v}",
        {"f": _FORMULA, "x": _TRUTH, "v": _TRUTH},
        _not,
        ("f", "x", "v"),
    ),
    "joined": Form(
        "{f}：{x}{op}{y}={v}",
        "{f}: {x} {op} {y} = {v}",
        {"f": _FORMULA, "x": _TRUTH, "op": _OP, "y": _TRUTH, "v": _TRUTH},
        _joined,
        ("f", "x", "op", "y", "v"),
    ),
    "whole": Form("这一行为{v}。", "This row is {v}.", {"v": _TRUTH}, _whole, ("v",)),
    "value": Form("所以它为{v}。", "So it is {v}.", {"v": _TRUTH}, _settled, ("v",)),
    "open": Form(
        "真{t}行，假{f}行，所以定不下来。",
        "True in {t} rows, false in {f}, so it is not settled.",
        {"t": NUMBER, "f": NUMBER},
        _open,
        ("t", "f"),
    ),
    "count": Form("真{t}行。", "True in {t} rows.", {"t": NUMBER}, _count, ("t",)),
    "class": Form(
        "真{t}行，假{f}行，所以是{c}。",
        "True in {t} rows, false in {f}, so it is {c}.",
        {"t": NUMBER, "f": NUMBER, "c": _CLASS},
        _class,
        ("t", "f", "c"),
    ),
}


def steps(puzzle: Puzzle, lang: Language) -> Iterator[Step]:
    """Every row that the puzzle is about, then what follows."""
    del lang
    found = []
    for row in _table(puzzle):
        yield "row", {"row": tuple(row.items())}
        for part in parts(puzzle.formula):
            if isinstance(part, Not):
                yield "not", {"f": part, "x": value(part.of, row), "v": value(part, row)}
            elif isinstance(part, Joined):
                yield (
                    "joined",
                    {
                        "f": part,
                        "x": value(part.left, row),
                        "op": part.op,
                        "y": value(part.right, row),
                        "v": value(part, row),
                    },
                )
        found.append(value(puzzle.formula, row))
        yield "whole", {"v": found[-1]}
    counts = {"t": sum(found), "f": len(found) - sum(found)}
    solutions = solve(puzzle)
    if puzzle.ask == "count":
        yield "count", {"t": counts["t"]}
    elif puzzle.ask == "class":
        yield "class", {**counts, "c": solutions[0]}
    elif len(solutions) == 1:
        yield "value", {"v": solutions[0]}
    else:
        yield "open", counts


TRUTH: Final[Thought[Puzzle]] = Thought(FORMS, steps)
