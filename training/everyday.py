"""Questions of every kind as people type them: small numbers, short sentences, names they know.

The generators under `qwq_cli/puzzles/` draw what is worth reasoning about; a newcomer asks `2+2`
first. What is drawn here is read by the kinds' own readers before it is learnt from. Knows words
alone; nothing here is drawn from the `rare` wordings.
"""

import itertools
import random
import re
from collections.abc import Callable
from typing import Final

from qwq_cli.puzzles.kind import Setting
from qwq_cli.puzzles.orders.puzzle import Relation
from qwq_cli.puzzles.orders.words import SCALES
from qwq_cli.puzzles.people import NAMES, listed
from qwq_cli.puzzles.registry import kind
from qwq_cli.puzzles.words import Difficulty, KindName, Language
from training import everyday_words as words
from training import variety

_MOST_DIGITS: Final = (3, 4, 3, 1)
"""Weights of numbers of one to four digits."""
_UNKNOWNS: Final = "x" * 6 + "yzanm"
"""Mostly x; none of the `rare` wording's."""
_RELATIONS: Final[tuple[Relation, ...]] = (
    "age",
    "age",
    "height",
    "height",
    "speed",
    "weight",
    "wealth",
)


def everyday(rng: random.Random, lang: Language, name: KindName) -> str:
    """A question of that kind; it may have no answer, or not be read as one at all."""
    return _ASKED[name](rng, lang)


def _number(rng: random.Random, weights: tuple[int, ...] = _MOST_DIGITS) -> int:
    digits = rng.choices(range(1, len(weights) + 1), weights)[0]
    if digits > 1 and rng.random() < 0.15:
        return rng.randint(1, 9) * int(10 ** (digits - 1)) + rng.choice((0, 0, 0, -1))
    return rng.randint(10 ** (digits - 1) if digits > 1 else 0, 10**digits - 1)


def _sum(rng: random.Random, lang: Language) -> str:
    op = rng.choice("++-×")
    if op == "×":
        a, b = _number(rng, (4, 4, 2)), _number(rng, (7, 1))
    else:
        a, b = _number(rng), _number(rng)
        if op == "-":
            a, b = max(a, b), min(a, b)
            if rng.random() < 0.25:  # borrowed through zeros
                digits = rng.randint(2, 4)
                a = rng.choice((1, 1, 1, 2, 3, 5, 7, 9)) * 10 ** (digits - 1)
                b = rng.randint(1, min(a - 1, 10 ** rng.randint(1, digits)))
    sign = rng.choice(words.TIMES) if op == "×" else op
    text = rng.choice(words.SUMS[lang])
    return text.format(a=a, b=b, op=sign, word=rng.choice(words.WORDS[lang][op]))


def _equation(rng: random.Random, lang: Language) -> str:
    x = rng.choice(_UNKNOWNS)
    value, a = rng.randint(-9, 20), rng.choice((1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10))
    b, d = rng.randint(1, 30), rng.randint(1, 9)
    times = "" if a == 1 and rng.random() < 0.7 else str(a)
    forms = (
        f"{times}{x}+{b}={a * value + b}",
        f"{times}{x}-{b}={a * value - b}",
        f"{b}+{times}{x}={a * value + b}",
        f"{b}-{times}{x}={b - a * value}",
        f"{a + 1}{x}={(a + 1) * value}",
        f"{a + 1}{x}={(a + 1) * value}",
        f"{a * value + b}={times}{x}+{b}",
        f"{times}{x}-{a * value}=0",
        f"{a + 1}({x}+{d})={(a + 1) * (value + d)}",
        f"{a + 1}({x}-{d})={(a + 1) * (value - d)}",
        f"{a + d}{x}+{b}={d}{x}+{a * value + b}",
    )
    e = rng.choice(forms).replace("--", "+").replace("+-", "-")
    spaced = rng.random()
    if spaced < 0.4:
        e = e.replace("=", " = ")
    if spaced < 0.3:
        e = re.sub(r"(?<=[\w)])([-+])", r" \1 ", e)
    return rng.choice(words.EQUATIONS[lang]).format(e=e, x=x)


def _remainder(rng: random.Random, lang: Language) -> str:
    m = rng.choice((2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12))
    n = _number(rng, (1, 4, 3, 1)) if rng.random() < 0.8 else m * rng.randint(0, 40)
    return rng.choice(words.REMAINDERS[lang]).format(n=n, m=m)


def _people(rng: random.Random, lang: Language, count: int) -> tuple[str, ...]:
    draw = rng.random()
    if draw < 0.12:
        return tuple("ABCDE"[:count])
    if draw < 0.2:
        return tuple(rng.sample("EFGHKLMNPQRSTUVWXYZ", count))
    if draw < 0.5:
        return _unknown(rng, lang, count)
    pool = words.GIVEN_NAMES[lang] if draw < 0.8 else NAMES[lang]["common"]
    return tuple(rng.sample(pool, count))


def _unknown(rng: random.Random, lang: Language, count: int) -> tuple[str, ...]:
    """Names that no list has; now and then they share a sign, as 白马 and 黑马 do."""
    if lang == "en":
        drawn = [variety.words(rng, lang).split()[0].capitalize() for _ in range(count)]
    else:
        before = rng.choice(("", "", "小", "老", "大", "阿", variety.han(rng, 1)))
        after = rng.choice(("", "", "", "宝", "马", "先生", "老师", variety.han(rng, 1)))
        many = rng.choice((1, 1, 2)) + (not before and not after)
        drawn = [before + variety.han(rng, many) + after for _ in range(count)]
    return tuple(drawn) if len(set(drawn)) == count else _unknown(rng, lang, count)


def _ordering(rng: random.Random, lang: Language) -> str:
    names = list(_people(rng, lang, rng.choice((2, 3, 3, 3, 3, 3, 4))))
    if names[:2] != ["A", "B"]:
        rng.shuffle(names)
    relation = rng.choice(_RELATIONS)
    scale = SCALES[lang][relation]
    said = {"more": scale.more, "less": scale.less, "most": scale.most, "least": scale.least}
    pairs = list(itertools.pairwise(names))
    if rng.random() < 0.5:
        pairs = [pair[::-1] for pair in reversed(pairs)] if rng.random() < 0.3 else pairs
    else:
        rng.shuffle(pairs)
    if rng.random() < 0.06:  # a contradiction, or too little
        pairs = [(names[-1], names[0]), *pairs] if rng.random() < 0.5 else pairs[:-1] or pairs
    clues = [rng.choice(words.COMPARED[lang]).format(a=a, b=b, **said) for a, b in pairs]
    joined = (
        ("，", "，", "。", "，而", "；") if lang == "zh" else (", ", ", and ", ". ", ". ", "; ")
    )
    ends = ("。", "，", "。\n", "；") if lang == "zh" else (". ", ". ", ".\n", "; ")
    if rng.random() < 0.3:
        said |= {"more": scale.less, "less": scale.more, "most": scale.least, "least": scale.most}
    question = rng.choice(words.WHO[lang] if rng.random() < 0.8 else words.ORDER[lang]).format(
        **said
    )
    opening = rng.choice(words.OPENINGS[lang]) if rng.random() < 0.25 else ""
    return opening + rng.choice(joined).join(clues) + rng.choice(ends) + question


def _roles(rng: random.Random, lang: Language) -> str:
    """Claims as the generator words them, between another beginning and another question."""
    one = kind("knights")
    difficulty: Difficulty = "easy" if rng.random() < 0.8 else "medium"
    make = one.spoil if one.spoil and rng.random() < 0.05 else one.pose
    posed = make(rng, Setting(difficulty, lang))
    names = posed.puzzle.names
    others = _people(rng, lang, len(names))
    renamed = dict(zip(names, others, strict=True))
    pattern = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    text = re.sub(pattern, lambda found: renamed[found[0]], posed.text)
    someone = "|".join(sorted(map(re.escape, others), key=len, reverse=True))
    first = re.search(rf"(?:{someone})(?:说：|：|表示：| says[:,] |: )[“\"]", text)
    if first is None:
        return ""
    said = text[first.start() : max(text.rfind("”"), text.rfind('"')) + 1]
    knight, knave = rng.choice(words.ROLES[lang])
    for old in ("骑士", "老实人", "truth-teller", "knight"):
        said = said.replace(old, knight)
    for old in ("无赖", "骗子", "liar", "knave"):
        said = said.replace(old, knave)
    fill = {"knight": knight, "knave": knave, "names": listed(others, lang)}
    opening = rng.choice(words.ISLAND[lang]).format(**fill)
    if rng.random() < 0.3:
        opening += ("" if lang == "zh" else " ") + rng.choice(words.ISLAND[lang]).format(**fill)
    question = rng.choice(words.ROLES_ASKED[lang]).format(**fill)
    between = rng.choice(("", "", "\n") if lang == "zh" else (" ", " ", "\n"))
    return between.join((opening, said, question))


def _formula(rng: random.Random, lang: Language) -> str:
    p, q = rng.choice(("pq", "pq", "pq", "qp", "AB", "PQ", "ab", "qr"))
    formula = rng.choice(words.FORMULAS).format(p=p, q=q)
    draw = rng.random()
    if draw < 0.25:
        formula = _in_words(rng, lang, formula)
    elif draw < 0.6:
        formula = formula.replace(" ", "")
    ask = rng.random()
    if ask < 0.4:
        return rng.choice(words.CLASSES[lang]).format(f=formula)
    if ask < 0.6:
        return rng.choice(words.COUNTED[lang]).format(f=formula)
    used = [name for name in (p, q) if name in formula]
    truths = ("假", "真") if lang == "zh" else ("false", "true")
    equals = rng.choice(("{}为{}", "{}是{}", "{}={}") if lang == "zh" else ("{} is {}", "{} = {}"))
    comma = rng.choice(("，", "、") if lang == "zh" else (" and ", ", "))
    given = comma.join(equals.format(name, rng.choice(truths)) for name in used)
    return rng.choice(words.VALUED[lang]).format(f=formula, g=given)


def _in_words(rng: random.Random, lang: Language, formula: str) -> str:
    space = "" if lang == "zh" else " "
    for sign, options in words.SIGNS[lang].items():
        formula = formula.replace(sign, rng.choice(options) + (space if sign == "¬" else ""))
    return formula if space else formula.replace(" ", "")


_ASKED: Final[dict[KindName, Callable[[random.Random, Language], str]]] = {
    "knights": _roles,
    "orders": _ordering,
    "equations": _equation,
    "columns": _sum,
    "remainders": _remainder,
    "truth": _formula,
}
