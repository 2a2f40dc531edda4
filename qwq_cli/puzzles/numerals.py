"""Numbers and signs as people and models write them. Knows no kind of puzzle.

A parser asks whether what it matched stands alone, so that it drops no part of a longer term; a
grader asks which number an answer comes to.
"""

import re
from fractions import Fraction
from typing import Final

MOST_DIGITS: Final = 100
"""A longer number is none that anyone works with here, and Python reads no more than 4,300."""
NUMBER: Final = rf"(?<!\d)\d{{1,{MOST_DIGITS}}}(?!\d)"
"""A whole number, whole: without the guards a long one would be tried at each of its digits."""

NOTHING_YET: Final = r"(?: ?=(?= ?(?:$|[?？_多几]))[ ?？_]*)?"
"""An equals sign, if any, with nothing behind it but the question; for re.MULTILINE."""

_SIGNS: Final = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    # Full-width stops stay: a comma between two numbers would join them.
    | {sign: sign for sign in "，：；？！"}
    | dict.fromkeys("−–‐‑‒﹣", "-")
    | dict.fromkeys("∙⋅", "·")
    | dict.fromkeys("✕✖⨯", "×")
    | {"∗": "*", "’": "'", "\u200b": None}
)
_LATEX: Final[tuple[tuple[str, str], ...]] = (
    (r"\\[dt]?frac ?\{ ?(-?) ?(\d+) ?\} ?\{ ?(\d+) ?\}", r"\1\2/\3"),
    (r"\\(?:begin|end)\{\w+\}|(?<!/)\\[()\[\]]|\\(?:left|right)(?![a-z])|\\[;!]|\$", " "),
    (r"(?<=\d)(?:\{,\}|\\,)(?=\d)", ","),
    (r"\\,", " "),
    (r"\\times(?![a-z])", "×"),
    (r"\\cdot(?![a-z])", "·"),
    (r"\\div(?![a-z])", "÷"),
    (r"\\(?:text|mathrm|mathbf)\{([^{}]*)\}", r"\1"),
    (r"\\\\", "\n"),
)
_ITEM: Final = re.compile(r"^ ?(?:> ?)*(?:[*•◦] |\(?\d{1,2}[.)] |\d{1,2}、)", re.MULTILINE)
"""What stands before an item of a list; not a dash, which may be a minus."""
_BOLD: Final = re.compile(r"(?<![\w*)])\*\*([^*\n]{1,300})\*\*(?![\w*(])")


def plain(text: str) -> str:
    """In ASCII digits and signs, with one blank between words, no commas inside numbers, and no
    LaTeX around them.
    """
    text = text.translate(_SIGNS)
    if "\\" in text or "$" in text:
        for pattern, put in _LATEX:
            text = re.sub(pattern, put, text)
    text = re.sub(r"[ \t\u00a0\u2000-\u200a\u202f\u3000]+", " ", text)
    text = re.sub(r" ?\n\s*", "\n", text)
    return re.sub(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])", lambda m: m[0].replace(",", ""), text)


def plain_question(text: str) -> str:
    """As `plain`, without what stands before the items of a list, and nothing bold."""
    return _BOLD.sub(r"\1", _ITEM.sub("", plain(text)))


def without(text: str, found: list[re.Match[str]]) -> str:
    """What is left of a text, with a semicolon where something was found."""
    rest, end = "", 0
    for match in found:
        rest += text[end : match.start()] + ";"
        end = match.end()
    return rest + text[end:]


def around(text: str, start: int, end: int) -> str:
    """A place in a text, to show to a person."""
    return " ".join(text[max(0, start - 12) : min(end, start + 60) + 12].split())


# -------------------------------------------------------------------------------- standing alone

_STOPS: Final = frozenset(":;,.?!\"'`#~，、：；。？！“”‘’「」『』《》【】…—①②③④⑤⑥⑦⑧⑨")
_PAIRS: Final = {"(": ")", "[": "]", "{": "}", "'": "'"}
_OPERATORS: Final = frozenset("+-*/×÷·^=%")
_WORDS: Final = r"plus|minus|times|over(?! the)|mod|modulo|divided|multiplied|less"
_BEFORE: Final = re.compile(
    rf"\b(?:{_WORDS}|by|half|twice|double|thrice)\Z"
    r"|(?:%|\b(?:half|thirds?|quarters?|percent|squares?|cube|root|sum|product|difference|quotient))"
    r" of\Z",
    re.IGNORECASE,
)
_AFTER: Final = re.compile(rf"(?:{_WORDS}|squared|cubed|percent|factorial)\b", re.IGNORECASE)
_HAN_BEFORE: Final = re.compile(r"(?:[加减乘除]|除以|乘以|分之|加上|减去)$")
_HAN_AFTER: Final = re.compile(
    r"[加减乘除万亿千百]|分之|的?[一两二三四五六七八九十]*(?:倍|平方|立方|次方)|的一半|取?模"
)


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether nothing beside `text[start:end]` belongs to it: no sign, no number, no letter.

    Blanks at its ends are no part of it, nor are brackets around all of it.
    """
    start += len(text[start:end]) - len(text[start:end].lstrip(" "))
    end -= len(text[start:end]) - len(text[start:end].rstrip(" "))
    while True:
        left, right = text[:start].rstrip(" "), text[end:].lstrip(" ")
        if not (left and right and _PAIRS.get(left[-1]) == right[0]):
            return begins_alone(text, start) and ends_alone(text, end)
        start, end = len(left) - 1, len(text) - len(right) + 1


def begins_alone(text: str, start: int) -> bool:
    """Whether nothing before `text[start:]` belongs to it."""
    left = text[:start].rstrip(" ")
    if not left or left.endswith("\n"):
        return left.rstrip()[-1:] not in _OPERATORS
    last, adjacent = left[-1], len(left) == start
    if re.match(r"[A-Za-z]", last) or _is_han(last):
        return _is_a_word(left[-20:], text, start) and _sign_is_near(text, start)
    if last == "." and adjacent:
        return False
    return last in _STOPS | {"{"} and not (last == "," and adjacent and left[-2:-1].isdigit())


def _is_a_word(left: str, text: str, start: int) -> bool:
    """Whether what ends `left` is a word, and none for an operation."""
    if _is_han(left[-1]):
        return not _HAN_BEFORE.search(left)
    word = re.split(r"[^A-Za-z]", left)[-1]
    if text[start - 1] != " " or _BEFORE.search(left):
        return False
    return len(word) > 1 or (text[start].isdigit() and word not in "xX")


def _sign_is_near(text: str, start: int) -> bool:
    """Whether a sign is no dash: one with blanks on both sides may stand for a word."""
    return not re.match(r"[-+] ", text[start : start + 2])


def ends_alone(text: str, end: int) -> bool:
    """Whether nothing behind `text[:end]` belongs to it."""
    right = text[end:].lstrip(" ")
    if not right or right.startswith("\n"):
        return right.lstrip()[:1] not in _OPERATORS - {"-"}
    first, adjacent = right[0], text[end] != " "
    if word := re.match(r"[A-Za-z]+", right[:20]):
        known = len(word[0]) > 1 or word[0] in "aAI"
        return known and not adjacent and not _AFTER.match(right)
    if _is_han(first):
        return not _HAN_AFTER.match(right)
    if first in ".,":
        return not right[1:2].isdigit()
    return first in _STOPS | {"}"} and not (first in "!'" and adjacent)


def _is_han(char: str) -> bool:
    return "一" <= char <= "鿿"


# ------------------------------------------------------------------------------------- answers

_BOXED: Final = re.compile(r"\\boxed ?\{((?:[^{}]|\{[^{}]*\})*)\}")
_CHECK: Final = re.compile(
    r"\b(?:check|verify|verifying|verification|proof)\b|验算|检验|验证|检查|核对",
    re.IGNORECASE | re.ASCII,
)
_SO: Final = re.compile(
    r"(?:\b(?:so|therefore|thus|hence|answer)\b|所以|因此|答案|故)[^\n]*\d",
    re.IGNORECASE | re.ASCII,
)
_STATED: Final = re.compile(
    r"(?:[=≈:：为是得]|等于|\b(?:is|are|be|equals)\b|^)[\s(]*(?:-|负)? ?\d[\d./]*\W*$",
    re.IGNORECASE,
)
_STATED_WITHIN: Final = 80
_NUMBER: Final = re.compile(
    r"(?P<sign>- ?|负 ?|\b(?:minus|negative) )?(?<![A-Za-z\d.])"
    r"(?P<size>\d{1,300}(?:\.\d{1,99})?(?: ?/ ?\d{1,300})?)(?![A-Za-z\d%]|\.\d| ?/ ?\d)",
    re.IGNORECASE | re.ASCII,
)
_ANSWER: Final = re.compile(
    r"(?:\banswer|答案|得数)(?: ?[:：=]| ?\bis\b| ?[是为])[\s:：*]*", re.IGNORECASE | re.ASCII
)
_WORKED: Final = re.compile(r" ?[-+*/×÷·^=] ?[\d(]")


def conclusion(answer: str) -> str:
    """What an answer comes to, in plain signs: what is boxed, else all of it but for a check."""
    boxed = _BOXED.findall(answer)
    text = plain("; ".join(boxed) if boxed else re.sub(r"\*\*|__|`", "", answer))
    text = re.sub(r"\.{3,}", "…", text)  # before a remainder, and no decimal point
    text = re.sub(r"(?<![\d.])\d{1,3}(?: \d{3})+(?!\d)", lambda m: m[0].replace(" ", ""), text)
    for check in _CHECK.finditer(text):
        head = text[: check.start()]
        near = head[-_STATED_WITHIN:]
        if _STATED.search(near) and not _SO.search(text, check.end()):
            return head
    return text


def last_number(answer: str) -> Fraction | None:
    """The number that is called the answer, else the last one; None where its sign is unclear."""
    text = conclusion(answer)
    for marked in reversed(list(_ANSWER.finditer(text))):
        number = _NUMBER.match(text, marked.end())
        if number and not _WORKED.match(text, number.end()):
            return number_of(number)
    found = list(_NUMBER.finditer(text))
    return number_of(found[-1]) if found else None


def last_whole(answer: str) -> int | None:
    """The last number, where it is whole."""
    number = last_number(answer)
    return int(number) if number is not None and number.denominator == 1 else None


def number_of(match: re.Match[str]) -> Fraction | None:
    """What a match of a number is worth: a dash behind a term is no sign of the number."""
    try:
        size = Fraction(match["size"].replace(" ", ""))
    except ZeroDivisionError:
        return None
    before = match.string[max(0, match.start() - 20) : match.start()].rstrip(" ")
    if re.search(r"(?:\bnot|n't|不是|≠)\Z", before, re.IGNORECASE):
        return None
    if match["sign"] is None or re.search(r"[\d)]\Z|(?<![A-Za-z'])[A-Za-z]\Z", before):
        return size
    if match["sign"] == "- ":
        named = re.search(r"(?:[=≈:：是为得]|等于|\b(?:is|are|be|equals))\Z", before, re.IGNORECASE)
        return -size if not before or named else None
    hyphen = match["sign"] == "-" and re.search(r"[A-Za-z]$", match.string[: match.start()][-1:])
    return None if hyphen else -size


def value(text: str) -> Fraction | None:
    """The number that begins a text, unless it is only the beginning of something longer."""
    number = _NUMBER.match(text.strip(" *"))
    if number is None:
        return None
    rest = number.string[number.end() :].lstrip(" ")
    return number_of(number) if not rest or rest[0].isalpha() or rest[0] in _STOPS else None
