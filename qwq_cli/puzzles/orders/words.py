"""Orderings made and put into words, in Chinese and in English. Knows nothing of reading them."""

import itertools
import random
from dataclasses import dataclass
from typing import Final

from qwq_cli.puzzles.kind import Posed, Setting
from qwq_cli.puzzles.orders.puzzle import Answer, Ask, Puzzle, Relation
from qwq_cli.puzzles.people import draw_names, listed
from qwq_cli.puzzles.words import Difficulty, Language, Wording

_PEOPLE: Final[dict[Difficulty, tuple[int, int]]] = {
    "easy": (3, 3),
    "medium": (4, 5),
    "hard": (6, 7),
}
_SPARE: Final[dict[Difficulty, int]] = {"easy": 0, "medium": 1, "hard": 2}
"""How many clues at most that follow from the others."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What one relation is called: more, less, most, least, and `as ... as`."""

    more: str
    less: str
    most: str
    least: str
    plain: str


SCALES: Final[dict[Language, dict[Relation, Scale]]] = {
    "zh": {
        "age": Scale("大", "小", "最大", "最小", "大"),
        "height": Scale("高", "矮", "最高", "最矮", "高"),
        "speed": Scale("快", "慢", "最快", "最慢", "快"),
        "weight": Scale("重", "轻", "最重", "最轻", "重"),
        "wealth": Scale("富", "穷", "最富", "最穷", "富"),
    },
    "en": {
        "age": Scale("older", "younger", "oldest", "youngest", "old"),
        "height": Scale("taller", "shorter", "tallest", "shortest", "tall"),
        "speed": Scale("faster", "slower", "fastest", "slowest", "fast"),
        "weight": Scale("heavier", "lighter", "heaviest", "lightest", "heavy"),
        "wealth": Scale("richer", "poorer", "richest", "poorest", "rich"),
    },
}
ORDINALS: Final[dict[Language, tuple[str, ...]]] = {
    "zh": ("", "", "第二", "第三", "第四", "第五", "第六", "第七", "第八"),
    "en": ("", "", "second ", "third ", "fourth ", "fifth ", "sixth ", "seventh ", "eighth "),
}


@dataclass(frozen=True, slots=True)
class Phrases:
    """One wording of one language. `a` is greater than `b` in every clue."""

    intros: tuple[str, ...]
    clues: tuple[str, ...]
    who: tuple[str, ...]
    order: tuple[str, ...]


_ZH: Final = Phrases(
    intros=("", "{names}在一起比较。", "有{n}个人，{names}。", "已知：", "请看下面的线索。"),
    clues=("{a}比{b}{more}。", "{a}比{b}{more}。", "{b}比{a}{less}。", "{a}要比{b}{more}。"),
    who=("谁{most}？", "请问谁{most}？", "其中{most}的是谁？"),
    order=("请从{more}到{less}排列他们。", "从{more}到{less}依次是谁？"),
)
_ZH_RARE: Final = Phrases(
    intros=("考考你：", "一家子里有{names}这{n}口人。"),
    clues=("{b}没有{a}{plain}。", "和{a}相比，{b}更{less}。", "论起来{a}比{b}还{more}些。"),
    who=("试问{most}的究竟是哪位？",),
    order=("把他们从{more}到{less}排成一列。",),
)
_EN: Final = Phrases(
    intros=("", "{names} compare themselves.", "There are {n} people: {names}.", "Given:"),
    clues=("{a} is {more} than {b}.", "{a} is {more} than {b}.", "{b} is {less} than {a}."),
    who=("Who is the {most}?", "Which of them is the {most}?"),
    order=("List them from {most} to {least}.", "Give the order from {most} to {least}."),
)
_EN_RARE: Final = Phrases(
    intros=("A riddle for you.", "In one family live {names}, {n} in all."),
    clues=(
        "{b} is not as {plain} as {a}.",
        "Compared with {a}, {b} is {less}.",
        "It is known that {a} is {more} than {b}.",
    ),
    who=("Name the {most} one.",),
    order=("Line them up from {most} to {least}.",),
)
PHRASES: Final[dict[Language, dict[Wording, Phrases]]] = {
    "zh": {"announcement": _ZH, "common": _ZH, "rare": _ZH_RARE},
    "en": {"announcement": _EN, "common": _EN, "rare": _EN_RARE},
}

# ------------------------------------------------------------------------------- made, written


def _clues(
    rng: random.Random, order: tuple[str, ...], difficulty: Difficulty
) -> list[tuple[str, str]]:
    """Neighbours in any order, and a few that follow from them."""
    clues = list(itertools.pairwise(order))
    pairs = [pair for pair in itertools.combinations(order, 2) if pair not in clues]
    clues += rng.sample(pairs, min(len(pairs), rng.randint(0, _SPARE[difficulty])))
    rng.shuffle(clues)
    return clues


def _ask(rng: random.Random, people: int) -> Ask:
    if rng.random() < 0.3:  # noqa: PLR2004 - a share
        return "down"
    place: int = rng.choice((1, 1, *range(2, people)))
    return place if rng.random() < 0.6 else -place  # noqa: PLR2004 - a share


def _drawn(rng: random.Random, setting: Setting) -> tuple[tuple[str, ...], Relation, Ask]:
    """An order, what it is an order of, and what is asked about it."""
    count = rng.randint(*_PEOPLE[setting.difficulty])
    order = draw_names(rng, setting.lang, setting.wording, count)
    return order, rng.choice(tuple(SCALES["en"])), _ask(rng, count)


def _answer(order: tuple[str, ...], ask: Ask) -> Answer:
    if isinstance(ask, str):
        return order if ask == "down" else tuple(reversed(order))
    return (order[abs(ask) - 1] if ask > 0 else order[len(order) + ask],)


def _text(
    rng: random.Random,
    setting: Setting,
    clues: list[tuple[str, str]],
    ask: Ask,
    relation: Relation,
) -> str:
    phrases = PHRASES[setting.lang][setting.wording]
    scale = SCALES[setting.lang][relation]
    names = sorted({name for pair in clues for name in pair})
    more = {"more": scale.more, "less": scale.less, "plain": scale.plain}
    ends = {"most": scale.most, "least": scale.least}
    if isinstance(ask, int):
        nth = ORDINALS[setting.lang][abs(ask)]
        most = scale.most if ask > 0 else scale.least
        ends["most"] = nth + (most if setting.lang == "en" or not nth else most.removeprefix("最"))
    space = "" if setting.lang == "zh" else " "
    intro = rng.choice(phrases.intros).format(names=listed(names, setting.lang), n=len(names))
    lines = [rng.choice(phrases.clues).format(a=a, b=b, **more) for a, b in clues]
    question = rng.choice(phrases.order if isinstance(ask, str) else phrases.who)
    between = rng.choice(("\n", space, space))
    parts = [intro, *lines, question.format(**more, **ends)]
    return between.join(part for part in parts if part)


def _posed(
    rng: random.Random,
    setting: Setting,
    clues: list[tuple[str, str]],
    asked: tuple[Relation, Ask],
    answer: Answer | None,
) -> Posed[Puzzle, Answer]:
    relation, ask = asked
    text = _text(rng, setting, clues, ask, relation)
    names = {name for pair in clues for name in pair}
    order = tuple(sorted(names, key=text.index))
    # As the text says it: two names of which one holds the other would be told apart here.
    return Posed(text, Puzzle(order, relation, tuple(clues), ask), answer, setting)


def pose(rng: random.Random, setting: Setting) -> Posed[Puzzle, Answer]:
    """A new puzzle with one answer."""
    order, relation, ask = _drawn(rng, setting)
    clues = _clues(rng, order, setting.difficulty)
    return _posed(rng, setting, clues, (relation, ask), _answer(order, ask))


def spoil(rng: random.Random, setting: Setting) -> Posed[Puzzle, Answer]:
    """A new puzzle that contradicts itself, or lacks the clue about the one that is asked for."""
    order, relation, ask = _drawn(rng, setting)
    clues = _clues(rng, order, setting.difficulty)
    if rng.random() < 0.5:  # noqa: PLR2004 - half each
        first, *_, last = order
        clues.insert(rng.randint(0, len(clues)), (last, first))
    else:
        place = 1 if isinstance(ask, str) else abs(ask) if ask > 0 else len(order) + ask + 1
        one = order[place - 1]
        other = order[place] if place < len(order) else order[place - 2]
        clues = _clues(rng, order, "easy")  # none that would follow from the others
        clues = [pair for pair in clues if set(pair) != {one, other}]
        # Who is in no clue any more is in none of the text either: tie them to the far end.
        for lone in {one, other} - {name for pair in clues for name in pair}:
            far = order[-1] if lone in order[:2] else order[0]
            clues.append((lone, far) if lone in order[:2] else (far, lone))
    return _posed(rng, setting, clues, (relation, ask), None)
