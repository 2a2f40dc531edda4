"""Who an answer says it is, and the order that it gives. Knows no solution."""

import re
from typing import Final

from qwq_cli.puzzles.orders.puzzle import Answer, Puzzle, Relation
from qwq_cli.puzzles.orders.reading import (
    BEHIND,
    EN_NAMES,
    FROM_TO,
    HANS,
    NTH,
    NUMERALS,
    ZH_MORE,
    steps,
)
from qwq_cli.puzzles.orders.words import SCALES
from qwq_cli.puzzles.people import mention, without_reasons

_OBJECTS: Final = re.compile(rf"(?:than|as) {EN_NAMES}|比{HANS}(?={BEHIND}{ZH_MORE})")
_SIGN_BETWEEN: Final = re.compile(r"(?<![-=])[<>＜＞]")
_BETWEEN: Final = re.compile(
    r"(?:[\W\d]|\b(?:and|then|next|followed by|finally|lastly)\b"
    r"|然后|其次|接着|最后|依次|再|和|是)+",
    re.IGNORECASE,
)
"""Between the names of a list."""
_CONCLUDES: Final = re.compile(
    r"\b(?:so|therefore|thus|hence|wait|actually|correction|answer)\b|所以|因此|故|不对|等等|答案",
    re.IGNORECASE,
)


def _denials(one: str) -> str:
    """A pattern of people of whom it is said that they are not what is asked for."""
    return (
        rf"(?:\b[Nn]ot|不是|而非) ?{one}|\b[Nn]either {one} n?or {one}"
        rf"|{one}(?: (?:is|was) not| (?:is|was)n['’]t| cannot be| can['’]t be|不可能是?|并?不是)"
    )


def _superlative(puzzle: Puzzle, ask: int) -> str:
    """A pattern of what is asked for, in both languages."""
    scales = [SCALES[lang][puzzle.relation] for lang in ("zh", "en")]
    zh, en = (scale.most if ask > 0 else scale.least for scale in scales)
    place = abs(ask)
    if place > 1:
        zh = f"第(?:{NUMERALS[place - 1]}|{place}){zh.removeprefix('最')}"
        en = rf"(?:{NTH[place - 1]}|{place}(?:st|nd|rd|th))[ -]{en}"
    else:
        en = rf"(?<!second )(?<!third ){en}"
    middle = (
        r"|(?:in the )?middle|(?:在|排在)?中间" if 2 * place - 1 == len(puzzle.names) > 1 else ""
    )
    return f"(?:{en}|{zh}{middle})"


def _said_so(answer: str, puzzle: Puzzle, ask: int) -> list[str]:
    """Whoever an answer calls what is asked for: `Alice is the oldest`, `最大的是小明`."""
    one, what = mention(puzzle.names), _superlative(puzzle, ask)
    before = rf"(?P<a>{one})(?: is| would be|就?是)?(?: therefore| thus| then)?(?: the)? ?{what}"
    behind = (
        rf"{what}(?: (?:one|person|of (?:them|all|the \w+)))?的?人?"
        rf"(?: is|就?是|[:：])[ *]*(?P<b>{one})"
    )
    found = re.finditer(f"{before}|{behind}", answer, re.IGNORECASE)
    return [match["a"] or match["b"] for match in found]


def _headline(answer: str, one: str) -> str | None:
    """Who stands alone at the beginning, if nothing is concluded behind."""
    head = re.match(
        r"\W*(?:(?:the )?(?:final )?answer(?: is|:)*\W*|it(?:'s| is| must be) "
        r"|答案[是为:：]*\W*|是)?"
        rf"(?P<who>{one})[*_ }}]*(?:[.。\n;；]"
        r"|[,，] ?(?:because|since|as|who|which|between|after|with|being"
        r"|因为|由于|即))",
        answer,
        re.IGNORECASE,
    )
    if head is None or re.match(rf"\W*{one}\W*(?:[,.、\n]|$)", answer[head.end() :]):
        return None
    return None if _CONCLUDES.search(answer, head.end()) else head["who"]


def read(answer: str, puzzle: Puzzle) -> Answer | None:
    """Who is said to be what is asked for, else the last name; where an order is asked for, all of
    them as they come last. None for a name among others that may be meant as well.

    Reasons don't count, where anything else is said.
    """
    one = mention(puzzle.names)
    bare = without_reasons(answer)
    if not re.search(one, bare):
        bare = answer
    if isinstance(puzzle.ask, int):
        return _who(bare, puzzle, puzzle.ask)
    return _order(bare, puzzle)


def _who(bare: str, puzzle: Puzzle, ask: int) -> Answer | None:
    one = mention(puzzle.names)
    if re.search(rf"\b(?:whether|[Ee]ither) {one} or {one}|是{one}还是{one}", bare):
        return None
    bare = re.sub(_denials(one), "", bare)
    said = _said_so(bare, puzzle, ask)
    if said:
        return (said[-1],)
    if head := _headline(bare, one):
        return (head,)
    bare = _OBJECTS.sub("", bare)
    found = re.findall(one, bare)
    listed = re.search(
        rf"({one})(?:,? (?:and|or) |\s?[、,，/&>＞<＜]\s?|或者?|和)({one})\W*$", bare
    )
    return (found[-1],) if found and not (listed and listed[1] != listed[2]) else None


def _order(bare: str, puzzle: Puzzle) -> Answer | None:
    one = mention(puzzle.names)
    numbered = {
        int(n): who
        for n, who in re.findall(rf"(?:^|[\n|]) ?(\d)(?:[.)、]| ?\|) ?\W{{0,4}}({one})", bare)
    }
    if sorted(numbered) == list(range(1, len(puzzle.names) + 1)):
        bare = " > ".join(numbered[n] for n in sorted(numbered))
    place, last, text = _last_list(bare, puzzle)
    if set(last) != set(puzzle.names):
        return None
    signs = {"<" if sign in "<＜" else ">" for sign in _SIGN_BETWEEN.findall(text)}
    ends = [
        _said_so(bare, puzzle, ask)[-1:] for ask in ((1, -1) if puzzle.ask == "down" else (-1, 1))
    ]
    if all(ends) and [last[:1], last[-1:]] != [tuple(end) for end in ends]:
        (first,), (end,) = ends
        between = tuple(who for who in last if who not in {first, end})
        if (last[-1], last[0]) == (first, end):
            return last[::-1]
        return (first, *between, end) if len(between) == 1 else None
    if signs:
        turned = signs == {"<" if puzzle.ask == "down" else ">"}
    else:
        turned = _direction(bare[:place], puzzle.relation) == (
            "up" if puzzle.ask == "down" else "down"
        )
    return last[::-1] if turned else last


def _last_list(bare: str, puzzle: Puzzle) -> tuple[int, Answer, str]:
    """Where the last list of all begins, its names and its text; without one, the last names."""
    found = list(re.finditer(mention(puzzle.names), bare))
    count = len(puzzle.names)
    run: list[re.Match[str]] = []
    best = found[-count:]
    for match in found:
        if run and not _BETWEEN.fullmatch(bare, run[-1].end(), match.start()):
            run = []
        run.append(match)
        if len(run) == count and {m[0] for m in run} == set(puzzle.names):
            best = list(run)
    if not best:
        return 0, (), ""
    text = bare[best[0].start() : best[-1].end()]
    return best[0].start(), tuple(m[0] for m in best), text


def _direction(text: str, relation: Relation) -> str | None:
    """From which end a text says last that it lists them."""
    said = None
    for match in FROM_TO.finditer(text):
        about, sign = steps(match["zh"] or match["en"] or match["first"])
        if about == relation:
            said = "down" if sign > 0 else "up"
    return said
