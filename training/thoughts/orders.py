"""Orderings: people by letters, clues as signs, then the first one of those who are left.

Names are replaced by letters in the order in which they are mentioned, so that a small model need
not copy them at every step. A clue is said with its names before its letters, and the place that is
asked for before who has it: each is one look-up.
"""

from collections.abc import Iterator
from typing import Final

from qwq_cli.puzzles.orders.puzzle import Puzzle, solve
from qwq_cli.puzzles.words import Language
from training.thoughts.forms import LETTER, NUMBER, Field, Form, Scene, Step, Thought, Values
from training.thoughts.forms import listed as list_of

LETTERS: Final = "ABCDEFGH"
NAME: Final[Field[str]] = Field(
    {"zh": "[^，。：]+?", "en": "[^,:]+?"},
    read=lambda text, _: text,
    write=lambda name, _: name,
    other=lambda name: name + name,
)
_NAMED: Final[Field[str]] = Field(
    {"zh": "[^，。：>]+", "en": "[^,:>]+"}, NAME.read, NAME.write, NAME.other
)
_PEOPLE: Final = list_of(LETTER)


def _name(puzzle: Puzzle, letter: str) -> str:
    return puzzle.names[LETTERS.index(letter)]


def _called(scene: Scene[Puzzle], v: Values) -> bool:
    return _name(scene.puzzle, v["x"]) == v["name"]


def _clue(scene: Scene[Puzzle], v: Values) -> bool:
    pair = _name(scene.puzzle, v["a"]), _name(scene.puzzle, v["b"])
    return pair == (v["more"], v["less"]) and pair in scene.puzzle.clues


def _placed(scene: Scene[Puzzle]) -> list[str]:
    return [v["x"] for v in scene.all("first")]


def _remaining(scene: Scene[Puzzle]) -> list[str]:
    return [x for x in LETTERS[: len(scene.puzzle.names)] if x not in _placed(scene)]


def _ahead(puzzle: Puzzle, letter: str, left: list[str]) -> tuple[str, ...]:
    """Who of those left is greater, by a clue."""
    return tuple(
        other for other in left if (_name(puzzle, other), _name(puzzle, letter)) in puzzle.clues
    )


def _left(scene: Scene[Puzzle], v: Values) -> bool:
    return v["who"] == tuple(_remaining(scene))


def _behind(scene: Scene[Puzzle], v: Values) -> bool:
    left = _remaining(scene)
    who = _ahead(scene.puzzle, v["x"], left)
    return v["x"] in left and bool(who) and v["who"] == who


def _first(scene: Scene[Puzzle], v: Values) -> bool:
    """Nobody left is ahead, and of everyone else who is left somebody is."""
    left = _remaining(scene)
    nobody = [x for x in left if not _ahead(scene.puzzle, x, left)]
    shown = {one["x"] for one in scene.all("behind", since="left")}
    return (
        nobody == [v["x"]] and shown >= set(left) - {v["x"]} and (v["k"] == len(_placed(scene)) + 1)
    )


def _order(scene: Scene[Puzzle], v: Values) -> bool:
    return len(_placed(scene)) == len(scene.puzzle.names) and v["who"] == tuple(_placed(scene))


def _place(puzzle: Puzzle) -> int | None:
    """Which place from the front is asked for; None where the whole order is."""
    if isinstance(puzzle.ask, str):
        return None
    return puzzle.ask if puzzle.ask > 0 else len(puzzle.names) + 1 + puzzle.ask


def _asked(scene: Scene[Puzzle], v: Values) -> bool:
    place, placed = _place(scene.puzzle), _placed(scene)
    if place is None or scene.last("order") is None:
        return False
    return place == v["k"] and placed[place - 1] == v["x"]


def _turned(scene: Scene[Puzzle], v: Values) -> bool:
    order = scene.last("order")
    return order is not None and scene.puzzle.ask == "up" and v["who"] == order["who"][::-1]


def _so(scene: Scene[Puzzle], v: Values) -> bool:
    needed = {"down": "order", "up": "turned"}.get(str(scene.puzzle.ask), "asked")
    return scene.last(needed) is not None and solve(scene.puzzle) == (v["names"],)


def _circle(scene: Scene[Puzzle], v: Values) -> bool:
    """Of everyone who is left somebody is ahead."""
    shown = {one["x"] for one in scene.all("behind", since="left")}
    return v["who"] == tuple(_remaining(scene)) and shown >= set(v["who"])


def _either(scene: Scene[Puzzle], v: Values) -> bool:
    left = _remaining(scene)
    nobody = tuple(x for x in left if not _ahead(scene.puzzle, x, left))
    shown = {one["x"] for one in scene.all("behind", since="left")}
    complete = scene.last("left") is not None and shown >= set(left) - set(nobody)
    return complete and v["who"] == nobody and len(nobody) > 1 and len(solve(scene.puzzle)) > 1


FORMS: Final[dict[str, Form[Puzzle]]] = {
    "call": Form(
        "记{name}为{x}", "Call {name} {x}", {"name": NAME, "x": LETTER}, _called, ("name",)
    ),
    "clue": Form(
        "{more}>{less}：{a}>{b}",
        "{more}>{less}: {a}>{b}",
        {"more": _NAMED, "less": _NAMED, "a": LETTER, "b": LETTER},
        _clue,
        ("more", "less"),
    ),
    "left": Form("剩下{who}：", "Left are {who}:", {"who": _PEOPLE}, _left, ("who",)),
    "behind": Form(
        "{x}前面有{who}",
        "{x} has {who} ahead",
        {"x": LETTER, "who": _PEOPLE},
        _behind,
        ("who",),
    ),
    "first": Form(
        "{x}前面没有人，排第{k}",
        "{x} has nobody ahead, so {x} is number {k}",
        {"x": LETTER, "k": NUMBER},
        _first,
        ("x", "k"),
    ),
    "order": Form("顺序：{who}", "The order: {who}", {"who": _PEOPLE}, _order, ("who",)),
    "asked": Form(
        "问的是第{k}，就是{x}",
        "Asked is number {k}, which is {x}",
        {"k": NUMBER, "x": LETTER},
        _asked,
        ("k", "x"),
    ),
    "turned": Form(
        "倒过来：{who}", "The other way round: {who}", {"who": _PEOPLE}, _turned, ("who",)
    ),
    "so": Form("所以是{names}。", "So it is {names}.", {"names": list_of(NAME)}, _so, ("names",)),
    "circle": Form(
        "{who}前面都有人，互相矛盾，没有这样的顺序。",
        "{who} all have somebody ahead, which cannot be, so there is no such order.",
        {"who": _PEOPLE},
        _circle,
        ("who",),
    ),
    "either": Form(
        "{who}前面都没有人，分不出先后，所以不止一个答案。",
        "{who} have nobody ahead, so either may be first, and there are several answers.",
        {"who": _PEOPLE},
        _either,
        ("who",),
    ),
}


def steps(puzzle: Puzzle, lang: Language) -> Iterator[Step]:
    """Person by person to the order; or to why there is none, or several."""
    del lang
    letters = dict(zip(puzzle.names, LETTERS, strict=False))
    for name, letter in letters.items():
        yield "call", {"name": name, "x": letter}
    for greater, less in puzzle.clues:
        names = {"more": greater, "less": less}
        yield "clue", {**names, "a": letters[greater], "b": letters[less]}
    left = list(letters.values())
    order: list[str] = []
    while left:
        yield "left", {"who": tuple(left)}
        nobody = []
        for letter in left:
            who = _ahead(puzzle, letter, left)
            if who:
                yield "behind", {"x": letter, "who": who}
            else:
                nobody.append(letter)
        if not nobody:
            yield "circle", {"who": tuple(left)}
            return
        if len(nobody) > 1:
            yield "either", {"who": tuple(nobody)}
            return
        order.append(nobody[0])
        left.remove(nobody[0])
        yield "first", {"x": nobody[0], "k": len(order)}
    yield "order", {"who": tuple(order)}
    place = _place(puzzle)
    if place is not None:
        yield "asked", {"k": place, "x": order[place - 1]}
    elif puzzle.ask == "up":
        yield "turned", {"who": tuple(reversed(order))}
    yield "so", {"names": solve(puzzle)[0]}


ORDERS: Final[Thought[Puzzle]] = Thought(FORMS, steps)
