"""Training samples: chats whose reply is learnt. Knows puzzles, chains and the chat format."""

import random
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.cards.generator import random_hand, random_puzzle, stages
from qwq_cli.puzzles.cards.puzzle import Card, Puzzle, Rank, Suit
from qwq_cli.puzzles.cards.talk import Talk
from qwq_cli.puzzles.cards.talk_words import write_talk
from qwq_cli.puzzles.cards.wording import Given, Names, Posed, pose
from qwq_cli.puzzles.kind import Kind, Setting
from qwq_cli.puzzles.people import mention
from qwq_cli.puzzles.registry import kind, recognise
from qwq_cli.puzzles.words import DIFFICULTIES, KindName, Language, Wording
from training import variety
from training.chains import Segments, Writer
from training.elsewhere import elsewhere
from training.everyday import everyday
from training.newcomers import QUESTIONS
from training.recipes import Mix
from training.thoughts.registry import chain

SYSTEMS: Final = (
    "You are a helpful assistant.",
    "You are a helpful and harmless assistant. You should think step-by-step.",
    (
        "You are a helpful and harmless assistant. You are Qwen developed by Alibaba."
        " You should think step-by-step."
    ),
    "Think carefully.",
    "Answer in one line.",
    "请一步一步思考。",
    "你是一个有用的助手。",
)
ANNOUNCED: Final = frozenset(
    Card(cast("Suit", suit), cast("Rank", rank))
    for suit, ranks in (("H", "AQ4"), ("S", "J84273"), ("C", "KQ546"), ("D", "A5"))
    for rank in ranks
)
"""The hand of the announcement; it is kept out of training, so that solving it is reasoning."""

_SYSTEM_SHARE: Final = 0.15
_MADE_UP_NAMES: Final = 0.25
_VARIED_NAMES: Final = 0.7
_VARIED_LAYOUTS: Final = 0.8
_VARIED_SAYS: Final = 0.4
_VARIED_STATEMENTS: Final = 0.6
_VARIED_QUESTIONS: Final = 0.3
_VARIED_INTROS: Final = 0.5
_VARIED_PICKS: Final = 0.3
_VARIED_LENGTHS: Final = (0.15, 0.25, 0.6)
"""Shares of dialogues of two, three and four statements among the varied ones."""
_SYLLABLES: Final = "ba co du fe gi ha jo ku la mi no pe ra so ti vu wa xe yo zi"
_HAN: Final = (
    "安柏辰丹恩帆歌涵佳可兰乐美妮欧平琴如诗婷唯希雅泽哲志子紫文武英俊杰豪嘉慧娜彤妍梓航博睿"
    "田方石贺钟姜崔谭廖范汪陆金戴贾邱侯邹熊孟白江阎薛闫段雷龙史陶黎毛郝顾龚邵万钱严洪"
)


@dataclass(frozen=True, slots=True)
class Task:
    """What a chain is held against."""

    kind: KindName
    puzzle: Any
    lang: Language


@dataclass(frozen=True, slots=True)
class Sample:
    """One chat: the user's text, perhaps a system prompt, and the reply in segments."""

    user: str
    reply: Segments
    system: str | None = None
    posed: Posed | None = None
    task: Task | None = None

    @property
    def prompt(self) -> str:
        """The ChatML prompt, up to where the model speaks."""
        head = f"<|im_start|>system\n{self.system}<|im_end|>\n" if self.system else ""
        return f"{head}<|im_start|>user\n{self.user}<|im_end|>\n<|im_start|>assistant\n"


_NOT_LEARNT: Final = frozenset(text for asked in QUESTIONS.values() for text in asked)
_NAMED: Final[frozenset[KindName]] = frozenset(("knights", "orders"))
_RENAMED: Final = 0.4
"""Share of their puzzles whose people have made-up names, so that names are copied."""
_BARE: Final[frozenset[KindName]] = frozenset(("equations", "columns"))
_RESTATED: Final = 0.3
"""Share of those whose question is the sum or the equations alone, whatever is said around them."""
_SUM: Final = (
    r"(?<![A-Za-z])[-+(]?(?:\d+[a-z]?|[a-z](?= ?[-+=]))(?![A-Za-z])[-+×*()\d xy=,，;；且加减乘以]*"
    r"(?:(?:plus|minus|times|and) [-+()\d xy=]+)*(?<=[\dxy)])"
)
_UNKNOWNS: Final = "kmntuvwz"
"""Not the letters of the `rare` wording."""


def _made_up(rng: random.Random, lang: Language) -> Names:
    """Names that nobody has, so that names are copied and not recalled."""
    first, second, third, fourth = (_made_up_name(rng, lang) for _ in range(4))
    return Names(first, second, third, fourth)


def _made_up_name(rng: random.Random, lang: Language) -> str:
    if lang == "zh":
        return "".join(rng.choices(_HAN, k=rng.choice((2, 2, 3))))
    syllables = rng.choices(_SYLLABLES.split(), k=rng.randint(1, 3))
    return ("".join(syllables) + rng.choice(("", "n", "s", "l", "r"))).capitalize()


def draw_posed(
    rng: random.Random,
    lang: Language,
    cards: tuple[int, int],
    wording: Wording,
    statements: int | None = None,
) -> Posed:
    """A puzzle that is not the announced one, in words of that sort."""
    return pose(_draw_puzzle(rng, cards, statements), lang, rng, wording=wording)


def draw_learnt(rng: random.Random, lang: Language, mix: Mix) -> Posed:
    """A puzzle in words to learn from, which are never the `rare` ones."""
    if rng.random() < mix.varied:
        statements = rng.choices((2, 3, 4), _VARIED_LENGTHS)[0]
        return _vary(rng, _draw_puzzle(rng, mix.cards, statements), lang, mix)
    puzzle = _draw_puzzle(rng, mix.cards)
    if puzzle.statements == 4 and rng.random() < 0.15:
        return pose(puzzle, lang, rng, wording="announcement")
    names = _made_up(rng, lang) if rng.random() < _MADE_UP_NAMES else None
    return pose(puzzle, lang, rng, given=Given(names))


def _draw_puzzle(
    rng: random.Random, cards: tuple[int, int], statements: int | None = None
) -> Puzzle:
    while True:
        puzzle = random_puzzle(rng, cards=cards, statements=statements)
        if puzzle.hand != ANNOUNCED:
            return puzzle


def _vary(rng: random.Random, puzzle: Puzzle, lang: Language, mix: Mix) -> Posed:
    """A puzzle with a layout, names, statements and asides that no list has."""
    names = variety.names(rng, lang) if rng.random() < _VARIED_NAMES else None
    laid_out = rng.random() < _VARIED_LAYOUTS
    layout = variety.layout(rng, lang, mix.points, mix.blanks) if laid_out else None
    says = variety.says(rng, lang) if rng.random() < _VARIED_SAYS else None
    vary = rng.random() < _VARIED_STATEMENTS
    statements = variety.statements(rng, lang, mix.knew, mix.blurred) if vary else None
    question = variety.question(rng, lang) if rng.random() < _VARIED_QUESTIONS else None
    intro = variety.intro(rng, lang) if rng.random() < _VARIED_INTROS else None
    pick = variety.pick(rng, lang) if rng.random() < _VARIED_PICKS else None
    given = Given(names, layout, says, statements, question, intro, pick)
    posed = pose(puzzle, lang, rng, given=given)
    before, after = variety.aside(rng, lang), variety.aside(rng, lang)
    return replace(posed, text=f"{before}{posed.text}{' ' if after else ''}{after}".strip())


def _restate(rng: random.Random, lang: Language, text: str) -> str:
    """The sum or the equations among words that nobody has, about other unknowns."""
    found = re.search(_SUM, text, re.ASCII)
    if found is None:
        return ""
    bare = found.group()
    if "=" in bare:
        for old, new in zip("xy", rng.sample(_UNKNOWNS, 2), strict=True):
            bare = re.sub(rf"(?<![A-Za-z]){old}(?![A-Za-z])", new, bare)
    space = "" if lang == "zh" else " "
    before, after = (variety.words(rng, lang) for _ in range(2))
    parts = rng.choice(((before, bare, after), (before, bare), (bare, after), (bare,)))
    return rng.choice((space, " ", "：", ": ", "\n")).join(parts) + rng.choice(
        ("", "？", "?", ".", "。")
    )


def _spoilt(rng: random.Random, lang: Language, mix: Mix) -> Posed:
    """A puzzle with the announced dialogue, and no answer, or several."""
    while True:
        hand = random_hand(rng, rng.randint(*mix.cards))
        if hand is None:
            continue
        puzzle = Puzzle(hand)
        if len(stages(puzzle).answers(puzzle.statements)) != 1:
            break
    vary = rng.random() < mix.varied
    return _vary(rng, puzzle, lang, mix) if vary else pose(puzzle, lang, rng)


def _copying(rng: random.Random, lang: Language, cards: tuple[int, int]) -> Sample:
    """A hand with any number of answers, in words; the reply stops before the verdicts end."""
    while True:
        hand = random_hand(rng, rng.randint(*cards))
        if hand is not None and frozenset(hand) != ANNOUNCED:
            break
    posed = pose(Puzzle(hand), lang, rng)
    writer = Writer(posed)
    parts = [writer.listing()] * rng.choice((1, 2, 2)) + [writer.second()]
    return Sample(posed.text, [("\n\n".join(parts), True)], None, posed)


def _of_kind(rng: random.Random, name: KindName, lang: Language, mix: Mix) -> Sample:
    """A puzzle of a kind, in words that are not kept apart, and its chain."""
    one = kind(name)
    difficulty = "hard" if name == "cards" else rng.choices(DIFFICULTIES, mix.difficulties)[0]
    setting = Setting(difficulty, lang)
    make = one.spoil if one.spoil and rng.random() < mix.unsolvable else one.pose
    posed = make(rng, setting)
    user, puzzle = posed.text, posed.puzzle
    other = ""
    if name in _NAMED and rng.random() < _RENAMED:
        other = _rename(rng, lang, puzzle.names, user)
    elif name == "cards" and rng.random() < mix.varied:
        other = _varied_talk(rng, lang, puzzle, mix)
    elif name in _BARE and rng.random() < _RESTATED:
        other = _restate(rng, lang, user)
    with suppress(BadInputError):  # where it is not clear what is a name, or what is asked
        if other and _asks_alike(found := one.parse(other), puzzle, one):
            user, puzzle = other, found
    return Sample(user, [(chain(name, puzzle, lang), True)], task=Task(name, puzzle, lang))


def _asks_alike(found: object, puzzle: object, one: Kind[Any, Any]) -> bool:
    """Whether what was read is the puzzle, or has as many answers where names or letters differ."""
    if one.name == "cards":
        return bool(found == puzzle)
    return len(one.solve(found)) == len(one.solve(puzzle))


def _varied_talk(rng: random.Random, lang: Language, puzzle: Talk | Puzzle, mix: Mix) -> str:
    """A dialogue with names and a layout that no list has, so that only what is said tells it from
    the announced one.
    """
    if isinstance(puzzle, Puzzle):
        return ""
    names = variety.names(rng, lang) if rng.random() < _VARIED_NAMES else None
    laid_out = rng.random() < _VARIED_LAYOUTS
    layout = variety.layout(rng, lang, mix.points, mix.blanks) if laid_out else None
    return write_talk(puzzle, lang, "common", rng, Given(names, layout))


def _everyday(rng: random.Random, name: KindName, lang: Language) -> Sample:
    """A question of that kind as people type it, and its chain."""
    one = kind(name)
    while True:
        text = everyday(rng, lang, name)
        if text in _NOT_LEARNT:
            continue
        with suppress(BadInputError):
            found, puzzle = recognise(text)
            if found is one and (one.spoil or len(one.solve(puzzle)) == 1):
                task = Task(name, puzzle, lang)
                return Sample(text, [(chain(name, puzzle, lang), True)], task=task)


def _rename(rng: random.Random, lang: Language, names: tuple[str, ...], text: str) -> str:
    """The question about people whose names nobody has."""
    while True:
        others = [_made_up_name(rng, lang) for _ in names]
        if not any(a in b for i, a in enumerate(others) for j, b in enumerate(others) if i != j):
            break
    given = dict(zip(names, others, strict=True))
    return re.sub(mention(names), lambda found: given[found.group()], text)


def draw(rng: random.Random, mix: Mix) -> Sample:
    """One sample of a curriculum stage; all randomness comes from `rng`."""
    lang: Language = rng.choice(("zh", "en"))
    system = rng.choice(SYSTEMS) if rng.random() < _SYSTEM_SHARE else None
    if rng.random() < mix.copying:
        return _copying(rng, lang, mix.cards)
    if rng.random() < mix.strangers:
        question, reply = elsewhere(rng, lang, kinds=bool(mix.kinds), nonsense=mix.nonsense)
        return Sample(question, [(reply, True)], system)
    if mix.kinds:
        name = rng.choices([name for name, _ in mix.kinds], [share for _, share in mix.kinds])[0]
        if name != "cards" and mix.everyday and rng.random() < mix.everyday:
            return replace(_everyday(rng, name, lang), system=system)
        if name != "cards" or (mix.difficulties[2] and rng.random() < mix.talks):
            return replace(_of_kind(rng, name, lang, mix), system=system)
    if mix.unsolvable and rng.random() < mix.unsolvable:
        posed = _spoilt(rng, lang, mix)
        task = Task("cards", posed.puzzle, lang)
        return Sample(posed.text, Writer(posed).write(), system, posed, task)
    posed = draw_learnt(rng, lang, mix)
    writer = Writer(posed)
    slip = None
    if rng.random() < mix.slips:
        answer = writer.found.answers(posed.puzzle.statements)
        slip = rng.choice([card for card in posed.puzzle.cards if card not in answer])
    task = Task("cards", posed.puzzle, lang)
    return Sample(posed.text, writer.write(slip), system, posed, task)
