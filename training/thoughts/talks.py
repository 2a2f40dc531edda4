"""Dialogues of any length and order: after each line, what each view of its speaker leaves.

Whoever knows the rank is called P, whoever knows the suit Q, as in the chains for the announced
dialogue.
"""

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from qwq_cli.puzzles.cards.kind import say, solve_any
from qwq_cli.puzzles.cards.puzzle import RANKS, SUIT_WORDS, Card, Knower, Rank, Says, Suit
from qwq_cli.puzzles.cards.talk import Talk, World, sees, stages
from qwq_cli.puzzles.words import Language
from training.thoughts.forms import (
    NUMBER,
    Field,
    Form,
    Scene,
    Step,
    Thought,
    Values,
    choice,
    listed,
)

View: TypeAlias = tuple[str, ...]
"""What somebody was told of a world: its ranks, or its suits."""

_SUIT_OF: Final[dict[str, Suit]] = {
    words[0]: suit for by in SUIT_WORDS.values() for suit, words in by.items()
}
_PICKED: Final = "+"


def _suit_pattern(lang: Language) -> str:
    return "|".join(words[0] for words in SUIT_WORDS[lang].values())


def _read_world(text: str, lang: Language) -> World:
    del lang
    world = []
    for one in text.split(_PICKED):
        suit = next(word for word in _SUIT_OF if one.startswith(word))
        rank: Rank = next(r for r in RANKS if r == one.removeprefix(suit).strip())
        world.append(Card(_SUIT_OF[suit], rank))
    return tuple(world)


def _write_world(world: World, lang: Language) -> str:
    gap = "" if lang == "zh" else " "
    return _PICKED.join(f"{SUIT_WORDS[lang][suit][0]}{gap}{rank}" for suit, rank in world)


def _other_world(world: World) -> World:
    first = world[0]
    return (Card(first.suit, "2" if first.rank != "2" else "3"), *world[1:])


_RANK: Final = "10|[2-9AJQK]"
_CARD: Final[dict[Language, str]] = {
    "zh": f"(?:{_suit_pattern('zh')})(?:{_RANK})",
    "en": f"(?:{_suit_pattern('en')}) (?:{_RANK})",
}
_WORLD: Final[Field[World]] = Field(
    {lang: rf"{card}(?:\+{card})*" for lang, card in _CARD.items()},
    _read_world,
    _write_world,
    _other_world,
)
_WORLDS: Final = listed(_WORLD)


def _read_view(text: str, lang: Language) -> View:
    del lang
    return tuple(_SUIT_OF.get(part, part) for part in text.split(_PICKED))


def _write_view(view: View, lang: Language) -> str:
    words: dict[str, str] = {suit: names[0] for suit, names in SUIT_WORDS[lang].items()}
    return _PICKED.join(part if part in RANKS else words[part] for part in view)


def _view_pattern(lang: Language) -> str:
    one = f"(?:{_suit_pattern(lang)}|{_RANK})"
    return rf"{one}(?:\+{one})*"


_VIEW: Final[Field[View]] = Field(
    {"zh": _view_pattern("zh"), "en": _view_pattern("en")},
    _read_view,
    _write_view,
    other=lambda view: ("2" if view[0] != "2" else "3", *view[1:]),
)
_ONE: Final = choice(("只有一种", "only one"), ("不止一种", "more than one"))
_KEEP: Final = choice(("保留", "keep"), ("排除", "drop"))
_SPEAKER: Final[Field[Knower]] = Field(
    {"zh": "[PQ]", "en": "[PQ]"},
    read=lambda text, _: "rank" if text == "P" else "suit",
    write=lambda who, _: "P" if who == "rank" else "Q",
    other=lambda who: "suit" if who == "rank" else "rank",
)
_SAID: Final[dict[Language, dict[Says, str]]] = {
    "zh": {"ignorant": "不知道", "knew": "早知道对方不知道", "knows": "知道了"},
    "en": {
        "ignorant": "does not know",
        "knew": "knew that the other does not know",
        "knows": "knows now",
    },
}
_SAYS: Final[Field[Says]] = Field(
    {lang: "|".join(by.values()) for lang, by in _SAID.items()},
    read=lambda text, lang: next(says for says, word in _SAID[lang].items() if word == text),
    write=lambda says, lang: _SAID[lang][says],
    other=lambda says: "knows" if says != "knows" else "ignorant",
)


# --------------------------------------------------------------------------------------- truth


def _turn_number(scene: Scene[Talk]) -> int:
    """Of the line that is being worked out; 0 before the first."""
    return len(scene.all("turn"))


def _groups(worlds: Iterable[World], knower: Knower) -> dict[View, list[World]]:
    groups: dict[View, list[World]] = {}
    for world in worlds:
        groups.setdefault(sees(world, knower), []).append(world)
    return groups


def _other(knower: Knower) -> Knower:
    return "suit" if knower == "rank" else "rank"


def _all(scene: Scene[Talk], v: Values) -> bool:
    return v["worlds"] == scene.puzzle.worlds()


def _turn(scene: Scene[Talk], v: Values) -> bool:
    number = _turn_number(scene)
    line = scene.puzzle.lines[number]
    done = number == 0 or bool(scene.all("left", since="turn"))
    return done and (v["k"], v["who"], v["says"]) == (number + 1, line.speaker, line.says)


def _group(scene: Scene[Talk], v: Values) -> bool:
    number = _turn_number(scene)
    line = scene.puzzle.lines[number - 1]
    worlds = _groups(stages(scene.puzzle)[number - 1], line.speaker).get(v["view"], [])
    alone = len(worlds) == 1
    return (
        number > 0
        and line.says != "knew"
        and v["worlds"] == tuple(worlds)
        and (v["one"], v["keep"]) == (alone, alone == (line.says == "knows"))
    )


def _maybe(scene: Scene[Talk], v: Values) -> bool:
    """What the other one would see of a world, and whether that gives it away, at the start."""
    number = _turn_number(scene)
    line = scene.puzzle.lines[number - 1]
    other = _groups(scene.puzzle.worlds(), _other(line.speaker))
    (world,) = (w for w in scene.puzzle.worlds() if w == v["world"])
    seen = sees(world, _other(line.speaker))
    mine = sees(world, line.speaker)
    alone = len(other[seen]) == 1
    return number > 0 and (v["view"], v["seen"], v["one"]) == (mine, seen, alone)


def _verdict(scene: Scene[Talk], v: Values) -> bool:
    """On a view, by what has been shown of its worlds."""
    line = scene.puzzle.lines[_turn_number(scene) - 1]
    shown = {one["world"]: one["one"] for one in scene.all("maybe", since="turn")}
    worlds = _groups(scene.puzzle.worlds(), line.speaker)[v["view"]]
    gives_away = any(shown.get(world) for world in worlds)
    complete = gives_away or set(shown) >= set(worlds)
    return line.says == "knew" and complete and v["keep"] != gives_away


def _left(scene: Scene[Talk], v: Values) -> bool:
    """After every view of the speaker had its verdict."""
    number = _turn_number(scene)
    before, after = stages(scene.puzzle)[number - 1 : number + 1]
    judged = {o["view"] for form in ("group", "verdict") for o in scene.all(form, since="turn")}
    views = set(_groups(before, scene.puzzle.lines[number - 1].speaker))
    return number > 0 and judged >= views and v["worlds"] == after


def _so(scene: Scene[Talk], v: Values) -> bool:
    talk = scene.puzzle
    done = _turn_number(scene) == len(talk.lines) and bool(scene.all("left", since="turn"))
    return done and [v["answer"]] == [say(a, scene.lang) for a in solve_any(talk)]


def _none(scene: Scene[Talk], v: Values) -> bool:
    del v
    return [left["worlds"] for left in scene.all("left", since="turn")] == [()]


def _several(scene: Scene[Talk], v: Values) -> bool:
    left = [len(left["worlds"]) for left in scene.all("left", since="turn")]
    return _turn_number(scene) == len(scene.puzzle.lines) and left == [v["k"]] and v["k"] > 1


_ANSWER: Final[Field[str]] = Field(
    {"zh": ".+", "en": ".+"},
    read=lambda text, _: text,
    write=lambda text, _: text,
    other=lambda text: text[::-1],
)
_NOTHING: Final = listed(_WORLD, empty=("没有", "nothing"))
FORMS: Final[dict[str, Form[Talk]]] = {
    "roles": Form(
        "记知道点数的人为P，知道花色的人为Q。",
        "Call the one who knows the rank P, the one who knows the suit Q.",
        {},
        lambda scene, _: bool(scene.puzzle.lines),
    ),
    "all": Form("可能的：{worlds}", "Possible: {worlds}", {"worlds": _WORLDS}, _all, ("worlds",)),
    "turn": Form(
        "第{k}句，{who}{says}：",
        "Line {k}, {who} {says}:",
        {"k": NUMBER, "who": _SPEAKER, "says": _SAYS},
        _turn,
        ("k", "who", "says"),
    ),
    "group": Form(
        "{view}：{worlds}，{one}，{keep}",
        "{view}: {worlds}, {one}, {keep}",
        {"view": _VIEW, "worlds": _WORLDS, "one": _ONE, "keep": _KEEP},
        _group,
        ("view", "worlds", "one", "keep"),
    ),
    "maybe": Form(
        "{view}：若是{world}，对方看到{seen}，{one}",
        "{view}: if {world}, the other sees {seen}, {one}",
        {"view": _VIEW, "world": _WORLD, "seen": _VIEW, "one": _ONE},
        _maybe,
        ("view", "world", "seen", "one"),
    ),
    "verdict": Form(
        "{view}：{keep}", "{view}: {keep}", {"view": _VIEW, "keep": _KEEP}, _verdict, ("keep",)
    ),
    "left": Form("剩下：{worlds}", "Left: {worlds}", {"worlds": _NOTHING}, _left, ("worlds",)),
    "so": Form("所以是{answer}。", "So it is {answer}.", {"answer": _ANSWER}, _so, ("answer",)),
    "none": Form(
        "什么都不剩，所以没有答案。", "Nothing is left, so there is no answer.", {}, _none
    ),
    "several": Form(
        "还剩{k}种，所以不止一个答案。",
        "{k} are left, so there are several answers.",
        {"k": NUMBER},
        _several,
        ("k",),
    ),
}

# ------------------------------------------------------------------------------------- written


def _knew(talk: Talk, before: tuple[World, ...], speaker: Knower) -> Iterator[Step]:
    """View by view: would the other one have known? The first world that tells settles it."""
    others = _groups(talk.worlds(), _other(speaker))
    at_first = _groups(talk.worlds(), speaker)
    for view in _groups(before, speaker):
        keep = True
        for world in at_first[view]:
            seen = sees(world, _other(speaker))
            alone = len(others[seen]) == 1
            yield "maybe", {"view": view, "world": world, "seen": seen, "one": alone}
            if alone:
                keep = False
                break
        yield "verdict", {"view": view, "keep": keep}


def steps(talk: Talk, lang: Language) -> Iterator[Step]:
    """Line by line to what is left."""
    yield "roles", {}
    yield "all", {"worlds": talk.worlds()}
    found = stages(talk)
    for number, line in enumerate(talk.lines):
        before, after = found[number], found[number + 1]
        yield "turn", {"k": number + 1, "who": line.speaker, "says": line.says}
        if line.says == "knew":
            yield from _knew(talk, before, line.speaker)
        else:
            for view, worlds in _groups(before, line.speaker).items():
                one = len(worlds) == 1
                keep = one == (line.says == "knows")
                yield "group", {"view": view, "worlds": tuple(worlds), "one": one, "keep": keep}
        yield "left", {"worlds": after}
        if not after:
            yield "none", {}
            return
    answers = solve_any(talk)
    if len(answers) == 1:
        yield "so", {"answer": say(answers[0], lang)}
    else:
        yield "several", {"k": len(answers)}


TALKS: Final[Thought[Talk]] = Thought(FORMS, steps)
