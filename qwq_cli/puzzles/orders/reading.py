"""Orderings read out of their texts. Knows words; asks the solver only whether
a puzzle that says how much somebody is older is settled without that.

Comparisons are read by their form, wherever they stand. What is left of a text then must not
compare anybody any more: else something would have been passed over.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.kind import OtherKindError
from qwq_cli.puzzles.orders.names import REWORD, WHAT, names_of, refuse_one_of_a_kind
from qwq_cli.puzzles.orders.puzzle import Ask, Puzzle, Relation, solve
from qwq_cli.puzzles.orders.words import SCALES
from qwq_cli.puzzles.people import half_width, mention, stranger

_MORE: Final = {s.more: (r, 1) for by in SCALES.values() for r, s in by.items()}
_LESS: Final = {s.less: (r, -1) for by in SCALES.values() for r, s in by.items()}
_PLAIN: Final = {s.plain: (r, 1) for by in SCALES.values() for r, s in by.items()}
_ENDS: Final = {s.most: (r, 1) for by in SCALES.values() for r, s in by.items()} | {
    s.least: (r, -1) for by in SCALES.values() for r, s in by.items()
}
ZH_MORE: Final = "[大小高矮快慢重轻富穷]"
_EN_MORE: Final = "(?i:" + "|".join(word for word in (*_MORE, *_LESS) if word.isascii()) + ")"
_EN_PLAIN: Final = "(?i:" + "|".join(word for word in _PLAIN if word.isascii()) + ")"
_EN_ENDS: Final = "(?i:" + "|".join(word for word in _ENDS if word.isascii()) + ")"

# ------------------------------------------------------------------------------------- people

_HAN: Final = r"(?:[A-Z]\w*?|(?:(?![和与跟比不没])[一-鿿]){1,4}?)"
HANS: Final = rf"{_HAN}(?:[、和与跟]{_HAN}){{0,6}}"
_NO_NAME: Final = (
    r"(?!(?:If|And|But|Since|That|Also|While|Given|Suppose|Because|Then|So|Now|When|Whereas|Though"
    r"|Although|Finally|Compared|Who|Which|Both|Either|Neither|Nor|Or|Not|Only|Unlike|Like) [A-Z])"
)
_EN: Final = rf"{_NO_NAME}(?:(?:Mr|Mrs|Ms|Dr)\. )?[A-Z][\w-]*(?: (?!Is\b)[A-Z][\w-]*){{0,2}}"
_NO_SUBJECT: Final = r"(?=[.,;:!?)。，；！？）\n]|$| (?:and|but|by|in|who|while)\b)"
EN_NAMES: Final = rf"(?:both )?{_EN}(?![\w'’-])(?:(?:,? and|,) {_EN}{_NO_SUBJECT}){{0,6}}"
_EN_SUBJECTS: Final = rf"{_EN}(?:, {_EN}){{0,6}},? and {_EN}"

# -------------------------------------------------------------------------------- comparisons

_EDGE: Final = (
    r"(?:^|(?<=[\s。，；：,;.:？！?!（）()“”\"「」【】①-⑳*-])"
    r"|(?<=[大小高矮快慢重轻富穷])(?=(?:而且?|但是?|并?且)[一-鿿]))"
    r"(?:论起来|今年|现在|已知|因为|由于|另外|其中|如果|假如|假设|而且|并且|同时|但是|而|但|且)?"
)
_ABOUT: Final = (
    "跑得|走得|长得|游得|骑得|开得|的?(?:年龄|年纪|岁数|身高|个子|个头|体重|速度|财富)(?:要|都)?"
)
_STRESS: Final = "都|也|又|还|却|则|就|确实|明显|今年|现在|目前"
_NO_OBJECT: Final = "较|身高|年龄|年纪|体重|个子|大小|高矮|高低|快慢|轻重|贫富|速度|财富"
_THAN: Final = rf"比(?!{_NO_OBJECT})"
BEHIND: Final = rf"(?:{_ABOUT}|都|全都|还要?|更加?|要|来得|稍微?|略微?){{0,3}}"
_TAIL: Final = (
    r"(?:一些|些|一点儿?|点儿?|得多|多了|很多|许多|不少|了|[一二两三四五六七八九十几半]+"
    r"(?:岁|厘米|公分|公斤|斤|米|个月)半?)?(?![一-鿿](?<![而但且并]))"
)
_VERB: Final = r"(?:is|was|runs|ran|walks|swims|swam|drives|rides|can (?:run|walk|swim))"
_VERBS: Final = r"(?:are|were|run|walk|swim|drive|ride)"
_MUCH: Final = (
    r"(?:\d{1,4}(?:\.\d{1,2})?|an?|one|two|three|four|five|six|seven|eight|nine|ten|several|a few)"
    r" (?:(?:full|whole) )?"
    r"(?:years?|months?|weeks?|days?|cm|centimet(?:er|re)s?|met(?:er|re)s?|m|inch(?:es)?|feet"
    r"|foot|kg|kilos?|kilograms?|pounds?|lbs?|minutes?|seconds?|dollars?)"
)
_VERY: Final = rf"(?:(?:also|even|much|far|slightly|both|all|a (?:bit|little)|{_MUCH}) )?"
_AMOUNT: Final = re.compile(
    rf"{ZH_MORE} ?(?:\d|[一二两三四五六七八九十半]+(?:岁|厘米|公分|公斤|斤|米|个月))"
    rf"|\b{_MUCH} {_EN_MORE}\b|\bby {_MUCH}\b"
)
_PLAINER: Final = (
    (re.compile(r"\bweighs? more than\b"), "is heavier than"),
    (re.compile(r"\bweighs? less than\b"), "is lighter than"),
    (re.compile(r"\bhas more money than\b"), "is richer than"),
    (re.compile(r"\bhas less money than\b"), "is poorer than"),
)
_CLUES: Final = re.compile(
    rf"{_EDGE}(?P<a1>{HANS})(?:{_ABOUT})?(?:{_STRESS})?要?{_THAN}(?P<b1>{HANS}){BEHIND}"
    rf"(?P<w1>{ZH_MORE}){_TAIL}"
    rf"|{_EDGE}(?P<a2>{_HAN})(?:{_ABOUT})?(?:{_STRESS})?(?P<not2>没有?|不如)(?P<b2>{HANS})"
    rf"(?:{_ABOUT}|那么|这么){{0,2}}(?P<w2>{ZH_MORE}){_TAIL}"
    rf"|{_EDGE}[和与跟](?P<b3>{HANS})相?比，(?P<a3>{_HAN})(?:{_ABOUT})?(?:要|更|还)?"
    rf"(?P<w3>{ZH_MORE}){_TAIL}"
    rf"|\b(?P<a4>{_EN}) {_VERB} {_VERY}(?P<w4>{_EN_MORE}) than (?P<b4>{EN_NAMES})"
    rf"|\b(?P<a5>{_EN_SUBJECTS}) {_VERBS} {_VERY}(?P<w5>{_EN_MORE}) than (?P<b5>{EN_NAMES})"
    rf"|\b(?P<a6>{_EN}) (?:is|was)(?P<not6> not|n['’]t) (?:as|so) (?P<w6>{_EN_PLAIN}) as"
    rf" (?P<b6>{EN_NAMES})"
    rf"|\b[Cc]ompared (?:with|to) (?P<b7>{EN_NAMES}),"
    rf" (?P<a7>{_EN}) is (?P<w7>{_EN_MORE})\b(?! than)"
)
_GOES_ON: Final = re.compile(
    rf"[，,、]?(?:但是?|而且|而|且|又|也|并且|同时)?(?:也|又)?要?{_THAN}(?P<b1>{HANS}){BEHIND}"
    rf"(?P<w1>{ZH_MORE}){_TAIL}"
    rf"|(?:,? (?:and|but|yet)|,) (?:{_VERB} )?{_VERY}(?P<w2>{_EN_MORE}) than (?P<b2>{EN_NAMES})"
)
"""Of the same person, right behind a comparison: `and younger than Carol`."""
_HELD, _NAMED = "\0", "\1"
"""They stand for a comparison that has been read, and for one of the people."""


@dataclass(frozen=True, slots=True)
class _Compared:
    """Who is greater than whom, and in what."""

    greater: str
    less: str
    relation: Relation


def steps(word: str) -> tuple[Relation, int]:
    """Which relation a word belongs to, and whether it is more (1) or less (-1)."""
    found = {**_PLAIN, **_LESS, **_MORE, **_ENDS}
    word = word.lower()
    return found[word if word in found else word.removeprefix("最")]


def _several(names: str) -> list[str]:
    """The people in a list."""
    if names.isascii() or re.search(r" and |, ", names):
        return re.split(r",? and |, ", names.removeprefix("both "))
    return re.split(r"[、和与跟]", names)


def _pairs(subjects: str, objects: str, word: str, sign: int) -> Iterator[_Compared]:
    relation, step = steps(word)
    for one in _several(subjects):
        for other in _several(objects):
            greater, less = (one, other) if sign * step > 0 else (other, one)
            yield _Compared(greater, less, relation)


def _compared(text: str) -> tuple[list[_Compared], str]:
    """Every comparison, and the text with a sign in the place of each."""
    found: list[_Compared] = []
    left, at = "", 0
    while match := _CLUES.search(text, at):
        n = next(n for n in range(1, 8) if match[f"a{n}"])
        sign = -1 if match["not2"] or match["not6"] else 1
        found += _pairs(match[f"a{n}"], match[f"b{n}"], match[f"w{n}"], sign)
        left, at = left + text[at : match.start()] + _HELD, match.end()
        while more := _GOES_ON.match(text, at):
            m = 1 if more["b1"] else 2
            found += _pairs(match[f"a{n}"], more[f"b{m}"], more[f"w{m}"], 1)
            at = more.end()
    return found, left + text[at:]


# ---------------------------------------------------------------------------------- what is asked

NUMERALS: Final = "一二三四五六七八九十"
NTH: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
FROM_TO: Final = re.compile(
    rf"[从由自](?P<zh>最?{ZH_MORE})[到至](?P<zh_to>最?{ZH_MORE})"
    rf"|(?:\bfrom )?(?:\bthe )?\b(?P<en>{_EN_ENDS}) to (?:the )?(?P<en_to>{_EN_ENDS})\b"
    rf"|\b(?P<first>{_EN_ENDS})(?: one| person)? first\b"
)
_WHO: Final = re.compile(
    rf"(?P<back>倒数)?(?:第(?P<zh_nth>[{NUMERALS}]|\d+)|最)(?P<zh>{ZH_MORE})"
    rf"|(?:(?P<en_nth>[\w'’]+)[ -])?\b(?P<en>{_EN_ENDS})\b"
)
_ORDINAL: Final = re.compile(
    r"倒数|第[一二三四五六七八九十\d]|\b\d+(?:st|nd|rd|th)\b"
    r"|\b(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|next)\b",
    re.IGNORECASE,
)
_BEFORE_MOST: Final = frozenset(
    "the is are was who's who’s who very and or them be absolute overall".split()  # noqa: SIM905
)
_ASKING: Final = re.compile(
    r"谁|哪|什么人|说出|找出|\b(?:who|who['’]s|which|whose|name|find|tell|say|what)\b",
    re.IGNORECASE,
)
_OR: Final = re.compile(r"\bor\b|或者?|还是", re.IGNORECASE)
_SENTENCE: Final = re.compile(r"[。.!！?？;；\n]")
_DENIED: Final = re.compile(
    r"不|没|除|\b(?:not|neither|nor|except|but|besides)\b|n['’]t\b", re.IGNORECASE
)


def _unread(what: str) -> BadInputError:
    return BadInputError(WHAT, f"can't read `{what.strip(' ,，').replace(_HELD, '…')}`", REWORD)


def _place(match: re.Match[str]) -> int:
    """1 for the most, 2 for the second; raises BadInputError for an ordinal that is none."""
    if match["zh"]:
        nth = match["zh_nth"] or "1"
        place = int(nth) if nth.isdecimal() else NUMERALS.index(nth) + 1
    else:
        nth = (match["en_nth"] or "the").lower()
        counted = re.fullmatch(r"(\d+)(?:st|nd|rd|th)", nth)
        if counted:
            place = int(counted[1])
        elif nth in NTH:
            place = NTH.index(nth) + 1
        elif nth in _BEFORE_MOST:
            place = 1
        else:
            raise _unread(match[0])
    if place == 0:
        raise _unread(match[0])
    return place


def _read_order(match: re.Match[str], relation: Relation) -> Ask:
    """From which end an order is asked for."""
    start, sign = steps(match["zh"] or match["en"] or match["first"])
    end = match["zh_to"] or match["en_to"]
    if start != relation or (end and steps(end) != (relation, -sign)):
        raise _unread(match[0])
    return "down" if sign > 0 else "up"


def _read_who(match: re.Match[str], relation: Relation) -> Ask:
    """Who is asked for."""
    about, sign = steps(match["zh"] or match["en"])
    if about != relation:
        raise BadInputError(WHAT, f"`{match[0].strip()}` is not what is compared", REWORD)
    return (-sign if match["back"] else sign) * _place(match)


def _read_sentence(text: str, relation: Relation, names: tuple[str, ...]) -> tuple[list[Ask], str]:
    """What a sentence asks for, and the rest of it."""
    asks = [_read_order(match, relation) for match in FROM_TO.finditer(text)]
    rest = FROM_TO.sub(" ", text)
    who = [_read_who(match, relation) for match in _WHO.finditer(rest)]
    rest = _WHO.sub(" ", rest)
    others = re.sub(mention(names), _NAMED, rest)
    if (asks or who) and (_ORDINAL.search(others) or _DENIED.search(others)):
        raise _unread(text)
    if who and _NAMED in others and not _ASKING.search(others):
        raise _unread(text)  # a clue in another form: Alice is the oldest
    if who and _HELD not in rest and 0 < len(set(re.findall(mention(names), rest))) < len(names):
        raise _unread(text)  # of some of them only
    return asks + who, rest


def _read_ask(text: str, relation: Relation, names: tuple[str, ...]) -> tuple[Ask | None, str]:
    """What is asked, and the text without the sentences that ask it.

    Raises BadInputError for several questions, or one about another thing than was compared.
    """
    asks: list[Ask] = []
    left = []
    for sentence in _SENTENCE.split(text):
        found, rest = _read_sentence(sentence, relation, names)
        asks += found
        # Whom the question is about may be listed in it: Alice, Bob or Carol.
        left.append(_OR.sub(",", rest) if found and _HELD not in rest else rest)
    if len(set(asks)) > 1:
        raise BadInputError(WHAT, "it asks for several things", "ask for one of them")
    return asks[0] if asks else None, "\n".join(left)


# ------------------------------------------------------------------------------ what is passed by

_HARMLESS: Final = re.compile(
    rf"比(?:{_NO_OBJECT}|一比|如|赛|例|方说)|[对相]比"
    rf"|没有(?:任何|哪)?两?个?人[一-鿿]{{0,4}}(?:一样|相同){ZH_MORE}?"
    r"|小(?:朋友|学|组|孩|伙)|大(?:家|小|学|人)|身高|高(?:矮|低|度|中|个子)|快慢|轻重|体重|重量|贫富"
)
_COMPARING: Final = re.compile(
    rf"比|一样{ZH_MORE}|\b(?:than|(?:as|so) {_EN_PLAIN} as|{_EN_MORE}|{_EN_ENDS}"
    r"|either|neither|unless|unlike)\b"
    r"|\0 ?(?:if|when(?:ever)?|provided|last|next|yesterday|tomorrow|in (?:\d|the))\b"
    r"|(?-i:[A-Z])\w+ (?:is|are|was|does|do)(?:n['’]t| not| too| as well)\b",
    re.IGNORECASE,
)
_OF_PEOPLE: Final = re.compile(
    rf"{ZH_MORE}|或|不|没|一样|相同|同岁|同龄|之间|介于|前面|后面|除|假的|错的|并非|谎"
    rf"|\b(?:{_EN_PLAIN}|or|nor|not|same|equal|between|twins?|except|before|after|behind"
    r"|so (?:is|was|are|does|do)|too|as well"
    r"|says?|thinks?|believes?|claims?|guess\w*|hopes?|false|untrue|wrong|doubts?|denies|nobody)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
"""What would compare people if it stood next to their names."""
_PART: Final = re.compile(r"[，,：:。.!！?？;；\n]")
_COUNT: Final = re.compile(
    r"(\d+|[两二三四五六七八]|\b(?:two|three|four|five|six|seven|eight)\b) ?"
    r"(?:个?(?:人|小?朋友|同学|孩子)|口人|位|(?:people|persons|friends|children|kids|siblings)\b)",
    re.IGNORECASE,
)
_COUNTED: Final = {word: n for n, word in enumerate("一二三四五六七八", 1)} | {
    word: n
    for n, word in enumerate("two three four five six seven eight".split(), 2)  # noqa: SIM905
}
_COUNTED["两"] = 2


def _check_left(left: str, names: tuple[str, ...]) -> None:
    """Raises BadInputError where what is left compares people, or is about more of them."""
    left = _HARMLESS.sub("", left)
    other = stranger(left, names)
    if other:
        raise BadInputError(
            WHAT, f"nobody is compared with {other}", "compare them or leave them out"
        )
    for part in _PART.split(left):
        rest = re.sub(mention(names), _NAMED, part)
        about = _HELD in rest or _NAMED in rest
        if _COMPARING.search(rest) or (about and _OF_PEOPLE.search(rest)):
            raise _unread(part)
    count = _COUNT.search(left)
    if count:
        said = count[1].lower()
        number = int(said) if said.isdecimal() else _COUNTED[said]
        if number != len(names):
            why = f"it speaks of {count[1]} people, but compares {len(names)}"
            raise BadInputError(WHAT, why, "correct one of them")


def parse(text: str) -> Puzzle:
    """Read the puzzle in `text`.

    Raises OtherKindError without a comparison; BadInputError without a question, for comparisons of
    several things or in a form that can't be read, and for more people than can be tried.
    """
    text = half_width(text)
    for pattern, put in _PLAINER:
        text = pattern.sub(put, text)
    found, left = _compared(text)
    if not found:
        raise OtherKindError("not a puzzle of order", "nobody is compared with anybody")
    relation = found[0].relation
    if any(one.relation != relation for one in found):
        raise BadInputError(WHAT, "it compares several things", "ask about one of them")
    clues = tuple((one.greater, one.less) for one in found)
    names = names_of(clues, text)
    refuse_one_of_a_kind(text)
    ask, left = _read_ask(left, relation, names)
    _check_left(left, names)
    if ask is None:
        raise BadInputError(WHAT, "nothing is asked about the order", "ask who is the most")
    if isinstance(ask, int) and abs(ask) > len(names):
        raise BadInputError(WHAT, f"it has only {len(names)} people", "ask for one of them")
    puzzle = Puzzle(names, relation, clues, ask)
    if _AMOUNT.search(text) and len(solve(puzzle)) > 1:
        why = "it depends on how much more somebody is"
        raise BadInputError(WHAT, why, "compare everybody whom it depends on")
    return puzzle
