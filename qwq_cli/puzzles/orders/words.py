"""Orderings made and put into words, in Chinese and in English; read, and answers read."""

import itertools
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.kind import OtherKindError, Posed, Setting
from qwq_cli.puzzles.orders.puzzle import MOST_PEOPLE, Answer, Ask, Puzzle, Relation
from qwq_cli.puzzles.people import NAME, draw_names, listed, mention
from qwq_cli.puzzles.words import Difficulty, Language, Wording, language

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


# --------------------------------------------------------------------------------------- read

_MORE: Final = {s.more: (r, 1) for by in SCALES.values() for r, s in by.items()}
_LESS: Final = {s.less: (r, -1) for by in SCALES.values() for r, s in by.items()}
_PLAIN: Final = {s.plain: (r, 1) for by in SCALES.values() for r, s in by.items()}
_ENDS: Final = {s.most: (r, 1) for by in SCALES.values() for r, s in by.items()} | {
    s.least: (r, -1) for by in SCALES.values() for r, s in by.items()
}
_ZH_MORE: Final = "[大小高矮快慢重轻富穷]"
_EN_MORE: Final = "|".join(word for word in (*_MORE, *_LESS) if word.isascii())
_EN_PLAIN: Final = "|".join(word for word in _PLAIN if word.isascii())
_EN_ENDS: Final = "|".join(word for word in _ENDS if word.isascii())
_EN_NTH: Final = "|".join(word.strip() for word in ORDINALS["en"] if word)
_EDGE: Final = r"(?:^|(?<=[\s。，；：,;.:]))(?:论起来|已知|因为|而且|另外|其中)?"
_CLUES: Final = re.compile(
    rf"{_EDGE}(?P<a1>{NAME})要?比(?P<b1>{NAME})(?:还要?|更)?(?P<zh>{_ZH_MORE})"
    rf"|{_EDGE}(?P<b2>{NAME})没有?(?P<a2>{NAME})(?P<zh_not>{_ZH_MORE})"
    rf"|{_EDGE}[和与跟](?P<b3>{NAME})相?比，(?P<a3>{NAME})更?(?P<zh_than>{_ZH_MORE})"
    rf"|\b(?P<a4>{NAME}) is (?P<en>{_EN_MORE}) than (?P<b4>{NAME})(?!\w)"
    rf"|\b(?P<b5>{NAME}) is (?:not|n't) (?:as|so) (?P<en_not>{_EN_PLAIN}) as (?P<a5>{NAME})(?!\w)"
    rf"|\bCompared (?:with|to) (?P<b6>{NAME}), (?P<a6>{NAME}) is (?P<en_than>{_EN_MORE})"
)
_FROM_TO: Final = re.compile(
    rf"从(?P<zh>最?{_ZH_MORE})到(?P<zh_to>最?{_ZH_MORE})"
    rf"|from (?:the )?(?P<en>{_EN_ENDS}) to (?:the )?(?P<en_to>{_EN_ENDS})"
)
_WHO: Final = re.compile(
    rf"(?:最|第(?P<zh_nth>[二三四五六七八]))(?P<zh>{_ZH_MORE})"
    rf"|(?P<en_nth>{_EN_NTH})? ?\b(?P<en>{_EN_ENDS})\b"
)


def _steps(word: str) -> tuple[Relation, int]:
    """Which relation a word belongs to, and whether it is more (1) or less (-1)."""
    found = {**_PLAIN, **_LESS, **_MORE, **_ENDS}
    return found[word if word in found else word.removeprefix("最")]


def _compared(text: str) -> Iterator[tuple[str, str, Relation, int]]:
    """Every clue: greater, less, what it is about, and where its words end."""
    for match in _CLUES.finditer(text):
        place = next(n for n in range(1, 7) if match[f"a{n}"])
        word = next(
            match[g] for g in ("zh", "zh_not", "zh_than", "en", "en_not", "en_than") if match[g]
        )
        relation, sign = _steps(word)
        first, second = match[f"a{place}"], match[f"b{place}"]
        greater, less = (first, second) if sign > 0 else (second, first)
        yield greater, less, relation, match.end()


def _read_ask(question: str) -> Ask | None:
    """What is asked, in what stands behind the clues."""
    if match := _FROM_TO.search(question):
        return "down" if _steps(match["zh"] or match["en"])[1] > 0 else "up"
    match = _WHO.search(question)
    if match is None:
        return None
    sign = _steps(match["zh"] or match["en"])[1]
    lang = language(match[0])
    nth = "第" + match["zh_nth"] if match["zh_nth"] else (match["en_nth"] or "")
    ordinals = [word.strip() for word in ORDINALS[lang]]
    return sign * (ordinals.index(nth) if nth else 1)


def parse(text: str) -> Puzzle:
    """Read the puzzle in `text`.

    Raises OtherKindError without a comparison, BadInputError without a question, for comparisons of
    several things, and for more people than can be tried.
    """
    found = list(_compared(text))
    if not found:
        raise OtherKindError("not a puzzle of order", "nobody is compared with anybody")
    what = "not a puzzle of order that can be solved"
    if len({relation for *_, relation, _ in found}) > 1:
        raise BadInputError(what, "it compares several things", "ask about one of them")
    clues = tuple((greater, less) for greater, less, *_ in found)
    names = tuple(sorted({name for pair in clues for name in pair}, key=text.index))
    if len(names) > MOST_PEOPLE:
        raise BadInputError(
            what, f"{len(names)} people are more than {MOST_PEOPLE}", "leave some out"
        )
    ask = _read_ask(text[found[-1][-1] :])
    if ask is None:
        raise BadInputError(what, "nothing is asked behind the comparisons", "ask who is the most")
    if isinstance(ask, int) and abs(ask) > len(names):
        raise BadInputError(what, f"it has only {len(names)} people", "ask for one of them")
    return Puzzle(names, found[0][2], clues, ask)


def read(answer: str, puzzle: Puzzle) -> Answer | None:
    """The last name in the answer, or where an order is asked for all of them as they come last."""
    found = re.findall(mention(puzzle.names), answer)
    if isinstance(puzzle.ask, int):
        return (found[-1],) if found else None
    last = tuple(found[-len(puzzle.names) :])
    return last if set(last) == set(puzzle.names) else None
