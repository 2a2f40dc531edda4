"""What an answer about a formula says: a truth value, a number of rows, a class."""

import re
from typing import Final

from qwq_cli.puzzles.numerals import conclusion, last_whole
from qwq_cli.puzzles.truth.formula import without_latex
from qwq_cli.puzzles.truth.puzzle import Answer, Class, Puzzle, solve

# ---------------------------------------------------------------------------------- truth values

_BOTH: Final = re.compile(
    r"\btrue (?:or|and) false\b|真还是(?:[为是])?假|是真是假|真或假|可真可假|\bwhether [^.,;\n]*",
    re.IGNORECASE,
)
_OF_A_LETTER: Final = re.compile(
    r"(?<![∧∨→↔¬&|>~非且或])(?<![∧∨→↔¬&|>~非且或] )(?<!\bnot )"
    r"(?<!\b[a-z] and )(?<!\b[a-z] or )(?<!\) and )(?<!\) or )"
    r"(?<![A-Za-z])[a-z] ?(?:=|is|为|是|:|：) ?(?:not |不)?(?:true\b|false\b|[真假]|[TF01]\b)",
    re.IGNORECASE | re.ASCII,
)
"""What is said of one letter is no answer: a formula has a sign."""
_REASON: Final = re.compile(r"\b(?:since|because|as|given)\b|因为|由于|已知", re.IGNORECASE)
_SENTENCE: Final = re.compile(r"(?<=[.;!。；！\n])")
_SAYS: Final = r"(?:[=:：为是]|\b(?:is|to|equals)) ?"
_TRUTH: Final = re.compile(
    r"(?P<no>不[为是]真|非真|(?:\bnot|n't)(?: be)? true\b|\buntrue\b|不成立)"
    r"|(?P<yes>不[为是]假|(?:\bnot|n't)(?: be)? false\b)"
    rf"|(?P<false>假|\bfalse\b|{_SAYS}(?:(?-i:F)(?![A-Za-z])|0(?!\d))|\A\W*[F0]\W*\Z)"
    rf"|(?P<true>真(?!值)|\btrue\b|{_SAYS}(?:(?-i:T)(?![A-Za-z])|1(?!\d))|\A\W*[T1]\W*\Z)",
    re.IGNORECASE | re.ASCII,
)


_VERDICT: Final = re.compile(
    r"\A\W*(?:(?:so|thus|therefore|所以|因此)[,，]? ?)?"
    r"(?:the )?(?:final )?(?:answer|truth value|value|formula|statement|proposition|expression|it"
    r"|答案|真值|公式)?"
    r"(?:'s| is)?\W*[是为]?(?P<said>true|false|真|假)的?(?= ?(?:[.。;；!\n(]|$))",
    re.IGNORECASE,
)
_CONCLUDES: Final = re.compile(
    r"\b(?:so|therefore|thus|hence|wait|actually|correction|no)\b|所以|因此|故|不对|等等|应该",
    re.IGNORECASE,
)
_IN_GENERAL: Final = re.compile(
    r"\b(?:an?|any) (?:conjunction|disjunction|implication|(?:bi)?conditional|negation|and|or)\b"
    r"(?:\.(?=\d)|[^.;\n])*|(?:合取|析取|蕴[含涵]|等价|否定|双条件)[式词]?[^。；;\n]*",
    re.IGNORECASE,
)
"""What is true of every formula with that sign."""


def _value(text: str) -> bool | None:
    """What is said first of all, if nothing is concluded later; else what is said last of anything
    but a letter, reasons aside. Yes is true where nothing else is said.
    """
    verdict = _VERDICT.match(text)
    if verdict and not _CONCLUDES.search(text, verdict.end()):
        return verdict["said"].lower() in {"true", "真"}
    found = _values(_IN_GENERAL.sub(" ", text)) or _values(text)
    if found:
        return found[-1] in {"yes", "true"}
    first = _FIRST.match(text)
    return None if first is None else first.lastgroup == "yes"


def _values(text: str) -> list[str | None]:
    """Everything that is said of anything but a letter, reasons aside."""
    text = _OF_A_LETTER.sub(" ", _BOTH.sub(" ", text))
    kept = ""
    for sentence in _SENTENCE.split(text):
        reason = _REASON.search(sentence)
        said = reason and _TRUTH.search(sentence, 0, reason.start())
        kept += sentence[: reason.start()] if reason and said else sentence
    return [match.lastgroup for match in _TRUTH.finditer(kept)]


# --------------------------------------------------------------------------------------- counts

_NUMBERS: Final = {
    word: str(number)
    for number, words in enumerate(
        ("zero none", "one", "two", "three", "four", "five", "six", "seven", "eight")
    )
    for word in words.split()
}
_WORD: Final = re.compile(
    rf"\b(?:{'|'.join(_NUMBERS)})\b"
    r"(?= (?:of|out|rows?|lines?|assignments?|cases?|ways?|combinations?)\b|\W*\Z)",
    re.IGNORECASE,
)
_HAN: Final = re.compile(r"[零一二两三四五六七八](?=[行种组个](?:[为是]?真|情况|赋值|\W*\Z))")
_ROWS: Final = r"(?<!\d)\d{1,9}(?!\d)"
_NOT_COUNTED: Final = re.compile(
    r"(?<=\d)(?: rows?)? ?(?:/|out of|of) ?(?:(?:the|its|all|a total of) )*"
    rf"(?:{_ROWS}|four|eight)\b"
    rf"|{_ROWS} ?[行种组个]?(?:情况|赋值)?[中里](?=\D{{0,80}}\d)"
    rf"|[共总][共有计]*{_ROWS} ?[行种组个](?! ?(?:使[其它]?|让[其它]?)?[为是]?[真假])"
    rf"|\btotal of {_ROWS}|{_ROWS}(?: rows?| assignments?)? (?:in total|altogether)"
    rf"|\brows? {_ROWS}(?:(?:, ?|,? and ){_ROWS})*|第{_ROWS}(?:[、,，和]{_ROWS})*行?",
    re.IGNORECASE | re.ASCII,
)
"""How many rows there are, and which ones."""


def _tied(word: str, han: str) -> re.Pattern[str]:
    """A number of rows that are true, or false."""
    rows = r"(?: rows?| lines?| assignments?| times?)?"
    return re.compile(
        rf"\b{word}(?: rows?| lines?)?(?: ?[:=]| is| are| in| for| under| on)?"
        rf"(?: exactly| only| the| other| remaining)* {_ROWS}{rows}"
        rf"|{_ROWS}{rows}(?: are| is| gives?| yields?| makes? it| evaluates? to)? {word}\b"
        rf"|{_ROWS} ?[行种组个]?(?:情况)?[下是为]*{han}|{han}的?(?:行数?)?[有为是:：]? ?{_ROWS}",
        re.IGNORECASE | re.ASCII,
    )


_TIED: Final = {True: _tied("true", "真"), False: _tied("false", "假")}


def _count(text: str, *, counted: bool) -> int | None:
    """The number that is called the count, neither all rows nor the others."""
    text = _WORD.sub(lambda m: _NUMBERS[m[0].lower()], text)
    text = _HAN.sub(lambda m: str("零一二三四五六七八".find(m[0].replace("两", "二"))), text)
    bare = re.sub(r"\([^()]*\)", " ", text)
    text = bare if re.search(r"\d", bare) else text
    text = _NOT_COUNTED.sub(" ", text)
    tied = list(_TIED[counted].finditer(text))
    if tied:
        return int(re.findall(r"\d{1,9}", tied[-1][0])[-1])
    return last_whole(_TIED[not counted].sub(" ", text))


# -------------------------------------------------------------------------------------- classes

_KINDS: Final[dict[Class, str]] = {
    "tautology": r"永真|恒为?真|重言|tautolog(?:y|ous|ical)|always true",
    "contradiction": r"永假|恒为?假|矛盾|(?:self-)?contradict(?:ion|ory)|always false",
    "contingent": r"可真可假|可满足|偶真|有时真|contingen(?:t|cy)|sometimes true",
}
_CLASS: Final = re.compile(
    "|".join(f"(?P<{name}>{words})" for name, words in _KINDS.items()), re.IGNORECASE
)
_ANY: Final = f"(?:{'|'.join(_KINDS.values())})式?"
_DENIED: Final = re.compile(
    r"(?:\b(?:not|neither|nor|no|cannot|rather than)\b|n't\b|不是|并非|非|不可能是?|不属于)"
    rf"(?: be)?(?: an?)? ?{_ANY}"
    rf"(?:(?: or| nor|,)? ?(?:an? |也?不?是|也?非|、|或)?{_ANY})*",
    re.IGNORECASE,
)
_DEFINED: Final = re.compile(
    rf"(?:^|(?<=[.;。；，,:(\n] ))(?:while |whereas )?an? {_ANY}(?: formula)?"
    r" (?:would|must|has to|needs|requires|means|is (?:always|never|true|false|a formula))[^.;\n]*"
    rf"| ?[(]{_ANY}[)]",
    re.IGNORECASE,
)
"""What another class would be, or is."""
_FIRST: Final = re.compile(
    r"\W*(?:(?P<yes>yes\b|是(?!否)|对(?![于应任所每])|没错)|(?P<no>no\b|不是|不对|否))",
    re.IGNORECASE,
)


def _class(text: str, puzzle: Puzzle) -> Class | None:
    """The class that is said last and not denied; where one is asked for, yes and no do too."""
    undefined = _DEFINED.sub("", text)
    text = undefined if _CLASS.search(undefined) else text
    denied = {m.lastgroup for one in _DENIED.finditer(text) for m in _CLASS.finditer(one[0])}
    said = [m.lastgroup for m in _CLASS.finditer(_DENIED.sub(" ", text))]
    names: dict[str | None, Class] = {name: name for name in _KINDS}
    if said:
        return names[said[-1]]
    if {"tautology", "contradiction"} <= denied:
        return "contingent"
    first = _FIRST.match(text)
    if puzzle.asked is None or not (denied or first):
        return None
    if puzzle.asked in denied or (first and first.lastgroup == "no"):
        return _other(puzzle, puzzle.asked)
    return puzzle.asked if first else None


def _other(puzzle: Puzzle, asked: Class) -> Class:
    """No means any other class: the one that it is, unless it is the one that was asked for."""
    return next(c for c in (*solve(puzzle), *_KINDS) if c != asked and c in _KINDS)


def read(answer: str, puzzle: Puzzle) -> Answer | None:
    """True or false, a number, or a class, as the answer comes to it."""
    text = conclusion(without_latex(answer))
    if puzzle.ask == "count":
        return _count(text, counted=puzzle.counted)
    return _value(text) if puzzle.ask == "value" else _class(text, puzzle)
