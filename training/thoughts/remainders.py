"""Remainders by long division, a digit a line; the least number by trying one after another."""

import math
from collections.abc import Iterator
from typing import Final

from qwq_cli.puzzles.remainders import Puzzle, solve
from qwq_cli.puzzles.words import Language
from training.thoughts.forms import NUMBER, Form, Scene, Step, Thought, Values, choice

_DIVIDES: Final = choice(("能", "it is divisible"), ("不能", "it is not divisible"))
_FITS: Final = choice(("对", "right"), ("不对", "wrong"))


def _begins(scene: Scene[Puzzle], v: Values) -> bool:
    return (v["n"], v["m"]) == (scene.puzzle.number, scene.puzzle.divisor)


def _brought_down(scene: Scene[Puzzle], v: Values) -> bool:
    """The next digit, behind what the digits before it leave."""
    now = scene.last("begin")
    done = len(scene.all("digit", since="begin"))
    assert now is not None
    text, m = str(now["n"]), now["m"]
    left = int(text[:done] or "0") % m
    down = int(text[done])
    value = 10 * left + down
    return (v["p"], v["d"], v["v"], v["m"]) == (left, down, value, m) and (
        (v["q"], v["r"]) == divmod(value, m)
    )


def _all_down(scene: Scene[Puzzle]) -> bool:
    now = scene.last("begin")
    return now is not None and len(scene.all("digit", since="begin")) == len(str(now["n"]))


def _remainder(scene: Scene[Puzzle], v: Values) -> bool:
    p = scene.puzzle
    return _all_down(scene) and p.ask == "remainder" and v["r"] == p.number % p.divisor


def _divisible(scene: Scene[Puzzle], v: Values) -> bool:
    p = scene.puzzle
    left = p.number % p.divisor
    return _all_down(scene) and p.ask == "divisible" and (v["r"], v["can"]) == (left, left == 0)


def _row(scene: Scene[Puzzle], v: Values) -> bool:
    """The numbers that are tried: those that keep to the largest divisor."""
    m, r = max(scene.puzzle.conditions)
    return (v["m"], v["r"], v["n"]) == (m, r, r or m)


def _tried(scene: Scene[Puzzle], v: Values) -> bool:
    conditions = dict(scene.puzzle.conditions)
    return (
        v["r"] == v["n"] % v["m"]
        and v["w"] == conditions.get(v["m"])
        and v["fits"] == (v["r"] == v["w"])
    )


def _refused(scene: Scene[Puzzle], below: int) -> bool:
    """Whether every number of the row below that one has been shown not to fit."""
    row = scene.last("row")
    if row is None:
        return False
    wrong = {v["n"] for v in scene.all("try") if not v["fits"]}
    return wrong >= set(range(row["n"], below, row["m"]))


def _least(scene: Scene[Puzzle], v: Values) -> bool:
    row = scene.last("row")
    shown = {(tried["n"], tried["m"]) for tried in scene.all("try") if tried["fits"]}
    needed = {(v["n"], m) for m, _ in scene.puzzle.conditions if row is None or m != row["m"]}
    return solve(scene.puzzle) == (v["n"],) and _refused(scene, v["n"]) and shown >= needed


def _nothing(scene: Scene[Puzzle], v: Values) -> bool:
    """From the least common multiple on, everything comes again."""
    again = math.lcm(*(m for m, _ in scene.puzzle.conditions))
    return solve(scene.puzzle) == () and v["n"] == again and _refused(scene, again + 1)


FORMS: Final[dict[str, Form[Puzzle]]] = {
    "begin": Form("算{n}÷{m}：", "Divide {n} by {m}:", {"n": NUMBER, "m": NUMBER}, _begins),
    "digit": Form(
        "余{p}，落下{d}，得{v}：{v}={m}×{q}+{r}",
        "Left {p}, bring down {d}, that is {v}: {v}={m}×{q}+{r}",
        dict.fromkeys(("p", "d", "v", "m", "q", "r"), NUMBER),
        _brought_down,
        ("p", "d", "v", "m", "q", "r"),
    ),
    "remainder": Form(
        "所以余数是{r}。", "So the remainder is {r}.", {"r": NUMBER}, _remainder, ("r",)
    ),
    "divisible": Form(
        "最后余{r}，所以{can}整除。",
        "In the end {r} is left, so {can}.",
        {"r": NUMBER, "can": _DIVIDES},
        _divisible,
        ("r", "can"),
    ),
    "row": Form(
        "除以{m}余{r}的数，从{n}起，每次加{m}：",
        "Numbers that leave {r} when divided by {m} begin with {n}; add {m} each time:",
        {"m": NUMBER, "r": NUMBER, "n": NUMBER},
        _row,
        ("r", "n"),
    ),
    "try": Form(
        "{n}：除以{m}余{r}，要余{w}，{fits}",
        "{n}: divided by {m} it leaves {r}, wanted is {w}, {fits}",
        {**dict.fromkeys(("n", "m", "r", "w"), NUMBER), "fits": _FITS},
        _tried,
        ("r", "w", "fits"),
    ),
    "least": Form("所以最小是{n}。", "So the least is {n}.", {"n": NUMBER}, _least, ("n",)),
    "nothing": Form(
        "到{n}为止都不对，以后只是重复，所以没有这样的数。",
        "Up to {n} all are wrong, and then they only repeat, so there is no such number.",
        {"n": NUMBER},
        _nothing,
        ("n",),
    ),
}


def _division(puzzle: Puzzle) -> Iterator[Step]:
    n, m = puzzle.number, puzzle.divisor
    yield "begin", {"n": n, "m": m}
    left = 0
    for digit in map(int, str(n)):
        value = 10 * left + digit
        quotient, rest = divmod(value, m)
        yield "digit", {"p": left, "d": digit, "v": value, "m": m, "q": quotient, "r": rest}
        left = rest
    if puzzle.ask == "remainder":
        yield "remainder", {"r": left}
    else:
        yield "divisible", {"r": left, "can": left == 0}


def _trying(puzzle: Puzzle) -> Iterator[Step]:
    largest, rest = max(puzzle.conditions)
    others = [pair for pair in puzzle.conditions if pair != (largest, rest)]
    yield "row", {"m": largest, "r": rest, "n": rest or largest}
    again = math.lcm(*(m for m, _ in puzzle.conditions))
    for n in range(rest or largest, again + 1, largest):
        fits = True
        for m, wanted in others:
            fits = n % m == wanted
            yield "try", {"n": n, "m": m, "r": n % m, "w": wanted, "fits": fits}
            if not fits:
                break
        if fits:
            yield "least", {"n": n}
            return
    yield "nothing", {"n": again}


def steps(puzzle: Puzzle, lang: Language) -> Iterator[Step]:
    """To the remainder, or to the first number that keeps to all conditions."""
    del lang
    return _trying(puzzle) if puzzle.ask == "least" else _division(puzzle)


REMAINDERS: Final[Thought[Puzzle]] = Thought(FORMS, steps)
