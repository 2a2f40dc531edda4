"""Knights and knaves: people by letters, then every case until something contradicts itself."""

import itertools
from collections.abc import Iterator
from typing import Final

from qwq_cli.puzzles.knights.puzzle import ROLE_WORDS, ROLES, Claim, Puzzle, Role, solve
from qwq_cli.puzzles.words import Language
from training.thoughts.forms import (
    LETTER,
    NUMBER,
    Field,
    Form,
    Scene,
    Step,
    Thought,
    Values,
    choice,
)
from training.thoughts.orders import LETTERS, NAME

_TRUTH: Final = choice(("真", "true"), ("假", "false"))
_ROLE: Final[Field[Role]] = Field(
    {"zh": "骑士|无赖", "en": "a knight|a knave"},
    read=lambda text, lang: next(r for r, word in ROLE_WORDS[lang].items() if word == text),
    write=lambda role, lang: ROLE_WORDS[lang][role],
    other=lambda role: "knave" if role == "knight" else "knight",
)
_FITS: Final = choice(("符合", "which fits"), ("矛盾", "which cannot be"))


def _read_case(text: str, lang: Language) -> tuple[Role, ...]:
    comma, verb = ("，", "是") if lang == "zh" else (", ", " is ")
    pairs = [part.split(verb) for part in text.split(comma)]
    if [letter for letter, _ in pairs] != list(LETTERS[: len(pairs)]):
        raise ValueError(text)
    return tuple(_ROLE.read(word, lang) for _, word in pairs)


def _write_case(case: tuple[Role, ...], lang: Language) -> str:
    comma, verb = ("，", "是") if lang == "zh" else (", ", " is ")
    pairs = zip(LETTERS, case, strict=False)
    return comma.join(f"{letter}{verb}{_ROLE.write(role, lang)}" for letter, role in pairs)


_CASE: Final[Field[tuple[Role, ...]]] = Field(
    {"zh": r"[^：。]+", "en": r"[^:.]+"},
    _read_case,
    _write_case,
    other=lambda case: (_ROLE.other(case[0]), *case[1:]),
)


def _claimed(claim: Claim, lang: Language) -> str:
    """A claim in letters: `B是无赖`, `A、B同类`, `A、B、C中恰好2个骑士`."""
    who = ("、" if lang == "zh" else ", ").join(LETTERS[place] for place in claim.who)
    role = ROLE_WORDS[lang][claim.role].removeprefix("a ")
    plural = "" if claim.count == 1 else "s"
    zh = {
        "all": f"{who}都是{role}" if len(claim.who) > 1 else f"{who}是{role}",
        "some": f"{who}中至少1个{role}",
        "same": f"{who}同类",
        "differ": f"{who}不同类",
        "count": f"{who}中恰好{claim.count}个{role}",
    }
    en = {
        "all": f"{who} are {role}s" if len(claim.who) > 1 else f"{who} is a {role}",
        "some": f"at least 1 {role} in {who}",
        "same": f"{who} are the same",
        "differ": f"{who} are different",
        "count": f"exactly {claim.count} {role}{plural} in {who}",
    }
    return (zh if lang == "zh" else en)[claim.op]


_CLAIM: Final[Field[str]] = Field(
    {"zh": ".+", "en": ".+"},
    read=lambda text, _: text,
    write=lambda text, _: text,
    other=lambda text: text + "!",
)


def _called(scene: Scene[Puzzle], v: Values) -> bool:
    return scene.puzzle.names[LETTERS.index(v["x"])] == v["name"]


def _said(scene: Scene[Puzzle], v: Values) -> bool:
    speaker = LETTERS.index(v["x"])
    claims = [_claimed(claim, scene.lang) for who, claim in scene.puzzle.claims if who == speaker]
    return v["claim"] in claims


def _case(scene: Scene[Puzzle], v: Values) -> bool:
    tried = [one["case"] for one in scene.all("case")]
    return len(v["case"]) == len(scene.puzzle.names) and v["case"] not in tried


def _says(scene: Scene[Puzzle], v: Values) -> bool:
    """The next claim, in the case that is being tried."""
    now = scene.last("case")
    assert now is not None
    speaker, claim = scene.puzzle.claims[len(scene.all("says", since="case"))]
    true = claim.holds(now["case"])
    role = now["case"][speaker]
    return (v["x"], v["v"], v["role"], v["fits"]) == (
        LETTERS[speaker],
        true,
        role,
        true == (role == "knight"),
    )


def _outcomes(scene: Scene[Puzzle]) -> dict[tuple[Role, ...], bool]:
    """Every case that was followed to its end, and whether it holds."""
    found: dict[tuple[Role, ...], bool] = {}
    claims = len(scene.puzzle.claims)
    fits: list[bool] = []
    case: tuple[Role, ...] | None = None
    for form, values in scene.said:
        if form == "case":
            case, fits = values["case"], []
        elif form == "says" and case is not None:
            fits.append(values["fits"])
            if not values["fits"]:
                found[case] = False
            elif len(fits) == claims and all(fits):
                found[case] = True
    return found


def _whole(scene: Scene[Puzzle]) -> list[tuple[Role, ...]]:
    """The cases that hold; ValueError before all have been tried."""
    outcomes = _outcomes(scene)
    if len(outcomes) != 2 ** len(scene.puzzle.names):
        raise ValueError(len(outcomes))
    return [case for case, holds in outcomes.items() if holds]


def _only(scene: Scene[Puzzle], v: Values) -> bool:
    return _whole(scene) == [v["case"]]


def _none(scene: Scene[Puzzle], v: Values) -> bool:
    del v
    return _whole(scene) == []


def _several(scene: Scene[Puzzle], v: Values) -> bool:
    return len(_whole(scene)) == v["k"] > 1


FORMS: Final[dict[str, Form[Puzzle]]] = {
    "call": Form(
        "记{name}为{x}", "Call {name} {x}", {"name": NAME, "x": LETTER}, _called, ("name",)
    ),
    "claim": Form(
        "{x}说：{claim}", "{x} says: {claim}", {"x": LETTER, "claim": _CLAIM}, _said, ("claim",)
    ),
    "case": Form("设{case}：", "Suppose {case}:", {"case": _CASE}, _case),
    "says": Form(
        "{x}的话为{v}，{x}是{role}，{fits}",
        "what {x} says is {v}, {x} is {role}, {fits}",
        {"x": LETTER, "v": _TRUTH, "role": _ROLE, "fits": _FITS},
        _says,
        ("x", "v", "role", "fits"),
    ),
    "only": Form(
        "只有这种情况成立：{case}。",
        "Only this case holds: {case}.",
        {"case": _CASE},
        _only,
        ("case",),
    ),
    "none": Form(
        "没有一种情况成立，所以没有答案。", "No case holds, so there is no answer.", {}, _none
    ),
    "several": Form(
        "有{k}种情况成立，所以不止一个答案。",
        "{k} cases hold, so there are several answers.",
        {"k": NUMBER},
        _several,
        ("k",),
    ),
}


def steps(puzzle: Puzzle, lang: Language) -> Iterator[Step]:
    """Every case up to its first contradiction, then what holds."""
    for name, letter in zip(puzzle.names, LETTERS, strict=False):
        yield "call", {"name": name, "x": letter}
    for speaker, claim in puzzle.claims:
        yield "claim", {"x": LETTERS[speaker], "claim": _claimed(claim, lang)}
    for case in itertools.product(ROLES, repeat=len(puzzle.names)):
        yield "case", {"case": case}
        for speaker, claim in puzzle.claims:
            true, role = claim.holds(case), case[speaker]
            fits = true == (role == "knight")
            yield "says", {"x": LETTERS[speaker], "v": true, "role": role, "fits": fits}
            if not fits:
                break
    solutions = solve(puzzle)
    if len(solutions) == 1:
        yield "only", {"case": tuple(role for _, role in solutions[0])}
    elif solutions:
        yield "several", {"k": len(solutions)}
    else:
        yield "none", {}


KNIGHTS: Final[Thought[Puzzle]] = Thought(FORMS, steps)
