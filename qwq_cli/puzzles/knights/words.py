"""Knights and knaves put into words, in Chinese and in English. Knows nothing of reading them."""

import random
from dataclasses import dataclass
from typing import Final

from qwq_cli.puzzles.kind import Posed, Setting
from qwq_cli.puzzles.knights import making
from qwq_cli.puzzles.knights.puzzle import Claim, Puzzle, Role, Roles
from qwq_cli.puzzles.people import draw_names, listed
from qwq_cli.puzzles.words import Language, Wording


@dataclass(frozen=True, slots=True)
class Phrases:
    """All that can be said in one wording of one language. `roles` are pairs of what knights and
    knaves are called; intros have `{names}`, `{knight}`, `{knave}`, `{n}`; claims `{a}` (who it is
    about), `{role}`, and `{k}`.
    """

    roles: tuple[tuple[str, str], ...]
    intros: tuple[str, ...]
    says: tuple[str, ...]
    one: tuple[str, ...]
    several: tuple[str, ...]
    some: tuple[str, ...]
    same: tuple[str, ...]
    differ: tuple[str, ...]
    count: tuple[str, ...]
    """Where `{k}` is not 1, in a language that has a plural."""
    questions: tuple[str, ...]
    single: tuple[str, ...] = ()
    """For `{k}` of 1; () where `count` will do."""


_ZH: Final = Phrases(
    roles=(("骑士", "无赖"), ("骑士", "无赖"), ("老实人", "骗子")),
    intros=(
        "岛上的人不是{knight}就是{knave}，{knight}只说真话，{knave}只说假话。{names}住在岛上。",
        "{names}这{n}个人各是{knight}或{knave}。{knight}总说真话，{knave}总说假话。",
        "有{n}个人，{names}，每人要么是{knight}（只讲真话），要么是{knave}（只讲假话）。",
        "你遇到了{names}。他们中的{knight}永远说真话，{knave}永远说假话。",
        "已知{names}都是岛民，岛民分为说真话的{knight}和说假话的{knave}。",
        "逻辑题，{knight}说的都是真话，{knave}说的都是假话，{names}各是其中一种。",
    ),
    says=("{name}说：“{claim}。”", "{name}：“{claim}。”", "{name}表示：“{claim}。”"),
    one=("{a}是{role}", "{a}是个{role}"),
    several=("{a}都是{role}", "{a}全是{role}"),
    some=("{a}中至少有一个{role}", "{a}里至少有一个是{role}"),
    same=("{a}是同一类人", "{a}是同类"),
    differ=("{a}不是同一类人", "{a}不是同类"),
    count=("{a}中恰好有{k}个{role}", "{a}里正好有{k}个{role}"),
    questions=("他们各是什么人？", "请问每个人是什么身份？", "谁是{knight}，谁是{knave}？"),
)
_ZH_RARE: Final = Phrases(
    roles=(("君子", "小人"), ("诚实者", "说谎者")),
    intros=(
        "某镇上{knight}句句属实，{knave}句句是谎。今天来的是{names}。",
        "考考你，{names}当中，{knight}从不撒谎，{knave}从不讲真话。",
        "传说里有{n}位客人{names}，凡是{knight}必讲实话，凡是{knave}必讲谎话。",
    ),
    says=("{name}答道：“{claim}！”", "{name}开口道：“{claim}。”"),
    one=("{a}就是{role}", "我敢说{a}是{role}"),
    several=("{a}统统都是{role}",),
    some=("{a}当中至少一人是{role}",),
    same=("{a}的身份相同",),
    differ=("{a}的身份不同",),
    count=("{a}当中不多不少{k}人是{role}",),
    questions=("试判断每个人的身份。", "请说出各人的身份。"),
)
_EN: Final = Phrases(
    roles=(("knight", "knave"), ("knight", "knave"), ("truth-teller", "liar")),
    intros=(
        (
            "On an island everyone is either a {knight}, who always tells the truth, or a {knave},"
            " who always lies. You meet {names}."
        ),
        (
            "{names} are each a {knight} or a {knave}. A {knight} only says what is true, a {knave}"
            " only what is false."
        ),
        "There are {n} people: {names}. Every {knight} tells the truth and every {knave} lies.",
        "Each {knight} always speaks the truth and each {knave} always lies. Here are {names}.",
        (
            "You come across {names}; each is a {knight} (always truthful) or a {knave} (always"
            " lying)."
        ),
    ),
    says=('{name} says: "{claim}."', '{name}: "{claim}."', '{name} says, "{claim}."'),
    one=("{a} {is} a {role}",),
    several=("{a} are {all} {role}s",),
    some=("At least one of {a} is a {role}", "There is at least one {role} among {a}"),
    same=("{a} are the same kind", "{a} are of the same kind"),
    differ=("{a} are different kinds", "{a} are of different kinds"),
    count=("Exactly {k} of {a} are {role}s", "There are exactly {k} {role}s among {a}"),
    single=("Exactly {k} of {a} is a {role}", "There is exactly {k} {role} among {a}"),
    questions=(
        "What is each of them?",
        "Who is a {knight} and who is a {knave}?",
        "Find out what everyone is.",
    ),
)
_EN_RARE: Final = Phrases(
    roles=(("saint", "sinner"), ("truther", "fibber")),
    intros=(
        (
            "In a far valley a {knight} never lies and a {knave} never does anything else. Meet"
            " {names}."
        ),
        (
            "A riddle about {names}: whoever is a {knight} is honest in every word, whoever is a"
            " {knave} in none."
        ),
    ),
    says=('{name} replied: "{claim}!"', '{name} told me: "{claim}."'),
    one=("I tell you that {a} {is} a {role}", "For sure {a} {is} a {role}"),
    several=("{a}, {all} of them, are {role}s",),
    some=("No fewer than one of {a} is a {role}",),
    same=("{a} are alike",),
    differ=("{a} are not alike",),
    count=("The number of {role}s among {a} is {k}",),
    questions=("Sort them out.", "Say of each person what they are."),
)
PHRASES: Final[dict[Language, dict[Wording, Phrases]]] = {
    "zh": {"announcement": _ZH, "common": _ZH, "rare": _ZH_RARE},
    "en": {"announcement": _EN, "common": _EN, "rare": _EN_RARE},
}


# ------------------------------------------------------------------------------------ written


def _who(claim: Claim, speaker: int, names: tuple[str, ...], lang: Language) -> str:
    """Who a claim is about, as the speaker calls them."""
    if len(claim.who) == len(names) and claim.op not in {"same", "differ"}:
        return "我们" if lang == "zh" else "us"
    me = "我" if lang == "zh" else "I"
    called = [names[place] for place in claim.who if place != speaker]
    mine = [me] if speaker in claim.who else []
    return listed([*mine, *called] if lang == "zh" else [*called, *mine], lang)


def _write(claim: Claim, speaker: int, names: tuple[str, ...], write: "_Writing") -> str:
    about = _who(claim, speaker, names, write.lang)
    role = write.roles[claim.role]
    if claim.op == "all":
        options = write.phrases.one if len(claim.who) == 1 else write.phrases.several
    else:
        options = getattr(write.phrases, claim.op)
        if claim.op == "count" and claim.count == 1:
            options = write.phrases.single or options
    if write.lang == "en" and about == "us" and claim.op == "all":
        about = "we"
    text = write.rng.choice(options).format(
        a=about,
        role=role,
        k=claim.count,
        all="both" if len(claim.who) == 2 else "all",  # noqa: PLR2004 - both are two
        **{"is": "am" if about == "I" else "is"},
    )
    return text[0].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class _Writing:
    """What stays the same in one puzzle."""

    lang: Language
    phrases: Phrases
    roles: dict[Role, str]
    rng: random.Random


def _text(puzzle: Puzzle, setting: Setting, rng: random.Random) -> str:
    phrases = PHRASES[setting.lang][setting.wording]
    knight, knave = rng.choice(phrases.roles)
    write = _Writing(setting.lang, phrases, {"knight": knight, "knave": knave}, rng)
    fill = {
        "names": listed(puzzle.names, setting.lang),
        "n": str(len(puzzle.names)),
        "knight": knight,
        "knave": knave,
    }
    says = rng.choice(phrases.says)
    lines = [
        says.format(name=puzzle.names[who], claim=_write(claim, who, puzzle.names, write))
        for who, claim in puzzle.claims
    ]
    between = rng.choice(("\n", "\n\n", "" if setting.lang == "zh" else " "))
    question = rng.choice(phrases.questions).format(**fill)
    return between.join([rng.choice(phrases.intros).format(**fill), *lines, question])


def pose(rng: random.Random, setting: Setting) -> Posed[Puzzle, Roles]:
    """A new puzzle with one answer."""
    claims, roles = making.draw(rng, setting.difficulty)
    names = draw_names(rng, setting.lang, setting.wording, len(claims))
    puzzle = Puzzle(names, claims)
    answer = tuple(zip(names, roles, strict=True))
    return Posed(_text(puzzle, setting, rng), puzzle, answer, setting)


def spoil(rng: random.Random, setting: Setting) -> Posed[Puzzle, Roles]:
    """A new puzzle with no answer, or several."""
    claims = making.spoil(rng, setting.difficulty)
    puzzle = Puzzle(draw_names(rng, setting.lang, setting.wording, len(claims)), claims)
    return Posed(_text(puzzle, setting, rng), puzzle, None, setting)
