"""Layouts, names, statements and asides on no list, so that reading is learnt, not recalled.

Nothing here is drawn from, or equal to, what the `rare` wording uses: that one stays unseen. Knows
words and signs only.
"""

import itertools
import random
from collections.abc import Callable
from functools import partial
from typing import Final

from qwq_cli.puzzles.cards.phrases import CardLayout
from qwq_cli.puzzles.cards.wording import PHRASES, Names
from qwq_cli.puzzles.words import Language

_ODD_SHARE: Final = 0.2
_SINGLES: Final = 0.5
_BLANK_SINGLES: Final = 0.25
_SUIT_LAST: Final = 0.25
_UNSEEN: Final = frozenset("【】是—*[]")
"""Signs of the `rare` layouts."""
_STAR: Final = "*"
"""Where it is in no card puzzle, it means a product alone, and a list that has it is not read. It
begins no line with a space behind it, as it does in the `rare` layouts.
"""
_STARS: Final = 0.12
_ODD: Final = [
    sign
    for block in (
        range(0x21, 0x30),
        range(0x3A, 0x41),
        range(0x5B, 0x61),
        range(0x7B, 0x7F),
        range(0xA1, 0xBF),
        range(0x2010, 0x2040),
        range(0x2190, 0x21C0),
        range(0x2500, 0x2530),
        range(0x25A0, 0x25E0),
        range(0x3001, 0x3020),
        range(0xFF01, 0xFF10),
    )
    for sign in map(chr, block)
    if sign not in _UNSEEN and sign.isprintable() and sign not in "{}\u3000"
]
# fmt: off
_OPEN: Final = (
    "", "", "", "", "- ", "• ", "> ", "· ", "（", "《", "<", "+ ", "# ", "(",
)
_MIDDLE_ZH: Final = (
    "", "", "：", ":", ": ", "有", "含", "包括", "里有", "→", "=", " | ", " ", "》", "）", ">",
    "类：", "花色：", "的牌有", ") ",
)
_MIDDLE_EN: Final = (
    " ", ": ", ":", " = ", " -> ", " | ", " has ", " with ", " (", "> ", ") ", " cards: ", ", ",
    " – ",
)
_BETWEEN: Final = (
    " ", " ", "; ", "；", "\n", "\n", "，", " / ", " | ", "。", ". ", "  ", "、", "\n\n", " + ",
    ",\n",
)
_RANKS: Final = (
    "、", "、", ", ", ", ", ",", " ", " ", "，", "/", " / ", "|", " | ", "-", "·", ". ", " & ",
)
_BLANKS_BETWEEN: Final[dict[Language, tuple[str, ...]]] = {
    "zh": ("，", "，", "、", "；", "。", ", "),
    "en": (", ", ", ", "; ", ". ", ","),
}
_SINGLE_ZH: Final = (
    "{suit}{rank}", "{suit}{rank}", "{suit} {rank}", "{suit}的{rank}", "{suit}-{rank}",
    "（{suit}{rank}）",
)
_SINGLE_EN: Final = (
    "{rank} of {suit}", "{rank} of {suit}", "{rank} of {suit}", "the {rank} of {suit}",
    "{suit} {rank}", "{suit}-{rank}", "({suit} {rank})",
)
_SINGLE_BETWEEN: Final = (
    "、", ", ", ", ", " ", " / ", "\n", " + ", " | ", ",", "。", ". ", " & ", "\n- ",
)
_BULLETS: Final = (
    "", "- ", "+ ", "• ", "> ", "# ", "## ", "× ", "÷ ", "= ", "1. ", "1) ", "(1) ", "a) ", "-- ",
    "o ", "x ", "→ ", "✓ ", "■ ", "◆ ", "● ", "○ ", "★ ", "☆ ", "? ", "\t", "    ",
)
_TITLES: Final = (
    "", "", "", "", "Mr. ", "Mrs. ", "Ms. ", "Dr. ", "Player ", "Agent ", "Brother ", "Aunt ",
    "King ", "Master ", "Old ", "Little ",
)
_TITLES_ZH: Final = (
    "", "", "", "", "先生", "女士", "同学", "医生", "师傅", "大哥", "姑娘", "将军", "队长",
)
_TITLES_BEFORE_ZH: Final = (
    "", "", "", "小", "老", "大",
)
_SYLLABLES: Final = (  # noqa: SIM905 - a list of them would fill the page
    "a ba be bo ca ce cho da de di do e el fa fe fra ga ge go gra ha he i ja jo ka ke ki la le li"
    " lo ma me mi mo na ne no o pa pe phi po ra re ri ro sa se sha si so ta te tha ti to u va ve"
    " vi wa we wo ya yo za ze zu"
).split()
_FINALS: Final = (
    "", "", "n", "s", "l", "r", "t", "ck", "m", "d", "x",
)
# fmt: on
_TAILS_ZH: Final = ("", "", "的", "是哪一张", "是哪张牌", "这张牌", "它是什么")
_TAILS_EN: Final = ("", "", " it", " the card", " which one it is", " that one", " what it is")
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
COMMON_HAN: Final = (
    "的一是不了在人有我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去过家学对可里"
    "后小心多天而能好都然没日起还发成事只作当想看文无开手用主行方又如前所本见经头面公同已老从动两长"
    "样现分将外但身些高意进把法实回理美月明种声全工话情部正定问力机给等几很最间新打位因重走电第门次"
)
"""Signs that people use most."""


def _word(rng: random.Random) -> str:
    return "".join(rng.choices(_SYLLABLES, k=rng.randint(1, 3))) + rng.choice(_FINALS)


def _han(rng: random.Random, count: int) -> str:
    return "".join(chr(rng.randint(0x4E00, 0x9FA5)) for _ in range(count))


def han(rng: random.Random, count: int) -> str:
    """Signs that say nothing together, half the time of those that people use most: a model has
    tokens of its own for many of these, and must not take them for words that it knows.
    """
    if rng.random() < 0.5:
        return _han(rng, count)
    return "".join(rng.choices(COMMON_HAN, k=count))


def name(rng: random.Random, lang: Language) -> str:
    """A name that need not exist."""
    if lang == "zh":
        core = (
            rng.choice(_LETTERS) if rng.random() < 0.2 else _han(rng, rng.choice((1, 1, 2, 2, 3)))
        )
        return rng.choice(_TITLES_BEFORE_ZH) + core + rng.choice(_TITLES_ZH)
    core = rng.choice(_LETTERS) if rng.random() < 0.3 else _word(rng).capitalize()
    return rng.choice(_TITLES) + core


def names(rng: random.Random, lang: Language) -> Names:
    """Four different names."""
    drawn: list[str] = []
    while len(drawn) < 4:
        one = name(rng, lang)
        if one not in drawn:
            drawn.append(one)
    return Names(*drawn)


def _sign(rng: random.Random, usual: tuple[str, ...]) -> str:
    if rng.random() < _ODD_SHARE:
        return rng.choice((" ", "")) + rng.choice(_ODD) + rng.choice((" ", ""))
    return rng.choice(usual)


def layout(
    rng: random.Random, lang: Language, points: float = 0.0, blanks: float = 0.0
) -> CardLayout:
    """A way to write a hand: suit by suit, or card by card; never one of the `rare` wording.

    `points` is the share of those with a suit a line, each behind a sign or a number; `blanks` that
    of those in one line whose ranks only blanks part, or whose cards stand behind a semicolon.
    """
    while True:
        draw = rng.random() if points or blanks else 1.0
        if draw < points:
            drawn = _points(rng, lang)
        elif draw < points + blanks:
            drawn = _blanks(rng, lang)
        else:
            drawn = _layout(rng, lang)
        if drawn not in PHRASES[lang]["rare"].layouts:
            return drawn


def _layout(rng: random.Random, lang: Language) -> CardLayout:
    zh = lang == "zh"
    if rng.random() < _SINGLES:
        return CardLayout(rng.choice(_SINGLE_ZH if zh else _SINGLE_EN), _sign(rng, _SINGLE_BETWEEN))
    if rng.random() < _SUIT_LAST:
        joint = rng.choice(("的", "是", " ") if zh else (" of ", " of ", " of the ", " in "))
        return CardLayout(f"{{ranks}}{joint}{{suit}}", _sign(rng, _BETWEEN[2:]), _sign(rng, _RANKS))
    opening = _sign(rng, _OPEN)
    middle = _sign(rng, _MIDDLE_ZH if zh else _MIDDLE_EN)
    closing = rng.choice(("", "", "", "", ")", "）", ".", "等"))
    return CardLayout(
        f"{opening}{{suit}}{middle}{{ranks}}{closing}", _sign(rng, _BETWEEN), _sign(rng, _RANKS)
    )


def _blanks(rng: random.Random, lang: Language) -> CardLayout:
    """What parts the suits parts the ranks in most other layouts: here a blank alone does."""
    zh = lang == "zh"
    if rng.random() < _BLANK_SINGLES:
        single = rng.choice(_SINGLE_ZH if zh else _SINGLE_EN)
        return CardLayout(single, rng.choice(("；", "; ", ";", " ; ", ";\n")))
    opening = _sign(rng, _OPEN)
    middle = _sign(rng, _MIDDLE_ZH if zh else _MIDDLE_EN)
    between = rng.choice(_BLANKS_BETWEEN[lang])
    return CardLayout(f"{opening}{{suit}}{middle}{{ranks}}", between, rng.choice((" ", " ", "  ")))


def _points(rng: random.Random, lang: Language) -> CardLayout:
    """A suit a line, mostly behind one of many signs, so that none of them means an end."""
    usual = _MIDDLE_ZH if lang == "zh" else _MIDDLE_EN
    sign = _any_sign(rng) * rng.choice((1, 1, 1, 2)) if rng.random() < 0.7 else ""
    opening = sign or rng.choice(_BULLETS)
    if opening not in ("", _STAR) and rng.random() < 0.7:
        opening += " "
    middle = rng.choice(usual)
    if rng.random() < 0.5:
        middle = rng.choice(("", " ")) + _any_sign(rng) + rng.choice(("", " ", " "))
    ranks = _sign(rng, _RANKS)
    if rng.random() < 0.1:
        ranks = rng.choice((" ", "")) + _any_sign(rng) + rng.choice((" ", ""))
    between = rng.choice(("\n", "\n", "\n", "\n\n", "\n  ", ";\n", "；\n"))
    if rng.random() < 0.1:
        between = rng.choice((" ", "")) + _any_sign(rng) + rng.choice((" ", "", "\n"))
    return CardLayout(f"{opening}{{suit}}{middle}{{ranks}}", between, ranks)


def _any_sign(rng: random.Random) -> str:
    return _STAR if rng.random() < _STARS else rng.choice(_ODD)


def words(rng: random.Random, lang: Language) -> str:
    """A sentence of words that nobody has, without its end."""
    if lang == "zh":
        return _han(rng, rng.randint(2, 12))
    return " ".join(_word(rng) for _ in range(rng.randint(1, 7))).capitalize()


def statements(
    rng: random.Random, lang: Language, knew: float = 0.0, blurred: float = 0.0
) -> tuple[str, ...]:
    """Four things to say. Half of them mean nothing, so that who speaks has to be counted.

    `knew` is the share of second ones that say in made-up words that the other does not know, and
    of last ones that say so that the speaker knows as well. `blurred` is the share of first, third
    and last ones that are known but for a word or two; with it, third ones vary as last ones do.
    """
    said = []
    for options in PHRASES[lang]["common"].statements:
        draw, line, end = (
            rng.random(),
            rng.choice(options),
            rng.choice("。！…" if lang == "zh" else ".!…"),
        )
        space = "" if lang == "zh" else " "
        if draw < 0.5:
            line = words(rng, lang) + end
        elif draw < 0.7:
            line = f"{words(rng, lang)}{'，' if lang == 'zh' else ', '}{line}"
        elif draw < 0.8:
            line = f"{line}{space}{words(rng, lang)}{end}"
        said.append(line)
    if knew and rng.random() < knew:
        said[1] = _unlike_rare(partial(_knew, rng, lang), lang)
    for place in (0, 2, 3) if blurred else ():
        if rng.random() < blurred:
            line = rng.choice(PHRASES[lang]["common"].statements[place])
            said[place] = _unlike_rare(partial(_blurred, rng, lang, line), lang)
    if blurred and rng.random() < knew:
        said[2] = _unlike_rare(partial(_now, rng, lang), lang)
    if blurred and rng.random() < knew:
        said[3] = _unlike_rare(partial(_as_well, rng, lang), lang)
    return tuple(said)


def _unlike_rare(make: Callable[[], str], lang: Language) -> str:
    """The first line that is none of the `rare` wording's."""
    kept_out = set(itertools.chain(*PHRASES[lang]["rare"].statements))
    return next(line for line in iter(make, None) if line not in kept_out)


def _blurred(rng: random.Random, lang: Language, line: str) -> str:
    """The line with a word or two exchanged for such as nobody has, or with one more."""
    space = "" if lang == "zh" else " "
    parts, end = list(line[:-1]) if lang == "zh" else line[:-1].split(), line[-1]
    at = rng.randrange(len(parts))
    put = han(rng, rng.randint(1, 3)) if lang == "zh" else _word(rng)
    parts[at : at + rng.choice((0, 1, 1, 2))] = [put]
    text = space.join(parts)
    return text[0].upper() + text[1:] + end


def _now(rng: random.Random, lang: Language) -> str:
    """Who spoke first knows now, in some words."""
    if lang == "zh":
        opening = rng.choice(
            ("", "现在", "现在", "这下", "那", "好，", han(rng, rng.randint(1, 2)))
        )
        can = rng.choice(("知道", "明白", "懂", "有数", "看出来", "算出来", "想到", "猜到"))
        tail = rng.choice(("", "", "", "这张牌", "是哪张"))
        return f"{opening}我{han(rng, rng.randint(0, 1))}{can}{tail}了" + rng.choice("。。！")
    opening = rng.choice(("", "Now ", "Now ", "Then ", "Well, ", f"{_word(rng).capitalize()}, "))
    can = rng.choice(("know", "know", "see", "understand", "can tell", "have found", _word(rng)))
    tail = rng.choice(("", " it", " the card", " which one", f" {_word(rng)}"))
    return f"{opening}I {can}{tail}" + rng.choice("..!")


def _as_well(rng: random.Random, lang: Language) -> str:
    """Who speaks last knows as well, or says no more than that they know."""
    if lang == "zh":
        opening = rng.choice(("", "", "", "那", "这样", han(rng, rng.randint(1, 3))))
        opening += rng.choice(("", "，")) if opening else ""
        can = rng.choice(("知道", "知道", "知道", "明白", "能确定", "猜到", "想到"))
        tail = rng.choice(("", "", "", "这张牌", "是哪张", "是什么牌"))
        return f"{opening}我{han(rng, rng.randint(0, 3))}{can}{tail}了" + rng.choice("。。！")
    opening = rng.choice(("", "", "And ", "Then ", "So ", f"{_word(rng).capitalize()} "))
    middle = rng.choice(("", f"{_word(rng)} ", f"{_word(rng)} {_word(rng)} "))
    known = rng.choice(("so do I", "so can I", "do I", "I know", "I know", "I can tell", "I do"))
    tail = rng.choice(("", "", " it", " the card", " which one", f" {_word(rng)}"))
    text = f"{opening}{middle}{known}{tail}"
    return text[0].upper() + text[1:] + rng.choice("..!")


def _knew(rng: random.Random, lang: Language) -> str:
    tail = rng.choice(_TAILS_ZH if lang == "zh" else _TAILS_EN)
    if lang == "zh":
        how = han(rng, rng.randint(1, 4)) + rng.choice(("", "", "，"))
        can = rng.choice(("不知道", "不知道", "不清楚", "猜不出", "不会知道", "不可能知道"))
        return f"我{how}你{can}{tail}" + rng.choice("。。！")
    how = " ".join(_word(rng) for _ in range(rng.randint(1, 3)))
    can = rng.choice(("don't know", "didn't know", "could not know", "can't know", "do not know"))
    return f"I {how} {rng.choice(('', '', 'that '))}you {can}{tail}" + rng.choice("..!")


def intro(rng: random.Random, lang: Language) -> str:
    """Words, the cards among them, and mostly how many there are."""
    space = "" if lang == "zh" else " "
    before = [words(rng, lang) for _ in range(rng.randint(0, 2))]
    if rng.random() < 0.7:
        before.insert(rng.randint(0, len(before)), "{n}")
    if rng.random() < 0.3:
        before.insert(rng.randint(0, len(before)), "{P}" + space + "{Q}")
    last = rng.choice((": ", "：", "\n", " ", ", ", "，", " (", "\n\n", "… "))
    end = rng.choice(("。", ".", "\n", ")", ";", "\n\n", "，" + words(rng, lang) + "。"))
    return space.join(before) + last + "{cards}" + end


def pick(rng: random.Random, lang: Language) -> str:
    """Words about who is told what; who speaks first knows the rank in every puzzle."""
    space = "" if lang == "zh" else " "
    parts = ["{P}", "{Q}", "{H}"]
    rng.shuffle(parts)
    mixed = [part for name in parts for part in (name, words(rng, lang))]
    return space + space.join(mixed) + rng.choice("。，" if lang == "zh" else ".,")


def question(rng: random.Random, lang: Language) -> str:
    """A question that nobody has asked yet."""
    return words(rng, lang) + rng.choice("？。：" if lang == "zh" else "?.:")


def aside(rng: random.Random, lang: Language) -> str:
    """A sentence that says nothing; most often none at all."""
    if rng.random() < 0.6:
        return ""
    return words(rng, lang) + rng.choice("。！？，：" if lang == "zh" else (". ", "! ", "? "))


def says(rng: random.Random, lang: Language) -> tuple[str, str]:
    """A way to say who speaks, with `{name}`, and what stands after the words."""
    quotes = (("", ""), ("", ""), ("“", "”"), ('"', '"'), ("「", "」"))
    before, after = rng.choice(quotes)
    verb = _han(rng, rng.randint(1, 3)) if lang == "zh" else f" {_word(rng)}s"
    return "{name}" + verb + rng.choice(("：", ": ", "，", ", ", " - ", "… ")) + before, after
