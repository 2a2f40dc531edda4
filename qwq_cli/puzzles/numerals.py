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

NOTHING_YET: Final = r"(?: ?=(?= ?(?:$|[?？_□多几]|\( ?\)))(?: ?\( ?\)|[ ?？_□]*))?"
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
    (r"(?<=\d)(?:\{,\}(?:\\!)?|,\\!|\\,)(?=\d)", ","),
    (r"&(?= ?=)|(?<==)&", ""),
    (r"\\(?:begin|end)\{\w+\*?\}(?:\{[lcr| ]+\})?|\\(?:left|right)(?![a-z]) ?(?:\\[{}]|\.)", " "),
    (r"(?<!/)\\[()\[\]]|\\(?:left|right)(?![a-z])|\\[;!]|\$", " "),
    (r"\\,", " "),
    (r"\\times(?![a-z])", "×"),
    (r"\\cdot(?![a-z])", "·"),
    (r"\\div(?![a-z])", "÷"),
    (r"\\approx(?![a-z])", "≈"),
    (r"\\equiv(?![a-z])", "≡"),
    (r"\\[bp]?mod(?![a-z]) ?(?:\{(\d+)\})?", r" mod \1"),
    (r"\\(?:text|mathrm|mathbf)\{([^{}]*)\}", r"\1"),
    (r"\\\\", "\n"),
)
_FRACTION: Final = re.compile(
    r"(?:(?<![\d.])(?P<whole>\d{1,9}) ?)?\\[dt]?frac ?"
    r"(?:\{ ?(?P<sign>-?) ?(?P<over>\d+) ?\}|(?P<one>\d)) ?"
    r"(?:\{ ?(?P<under>\d+) ?\}|(?P<other>\d)(?!\d))"
)
_ITEM: Final = re.compile(
    r"^ ?(?:> ?)*(?:[*•◦] |\(?(?:\d{1,2}[.)]|[a-h]\)) |\d{1,2}、"
    r"|(?:第 ?\d{1,3} ?题|(?:题目?|Q|Question|Problem|Exercise) ?\d{1,3})(?: ?[.:：、)]|\n) ?)",
    re.MULTILINE | re.IGNORECASE,
)
"""What stands before an item of a list; not a dash, which may be a minus."""
_BOLD: Final = re.compile(r"(?<![\w*)])\*\*([^*\n]{1,300})\*\*(?![\w*(])")


def plain(text: str) -> str:
    """In ASCII digits and signs, with one blank between words, no commas inside numbers, and no
    LaTeX around them.
    """
    text = text.translate(_SIGNS)
    if "\\" in text or "$" in text or "{,}" in text:
        text = _FRACTION.sub(_fraction, text)
        for pattern, put in _LATEX:
            text = re.sub(pattern, put, text)
    text = re.sub(r"[ \t\u00a0\u2000-\u200a\u202f\u3000]+", " ", text)
    text = re.sub(r" ?\n\s*", "\n", text)
    return re.sub(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])", lambda m: m[0].replace(",", ""), text)


def _fraction(match: re.Match[str]) -> str:
    r"""`16/3`, of `5\frac13` too."""
    over, under = match["over"] or match["one"], match["under"] or match["other"]
    if match["whole"] and not match["sign"] and len(over) + len(under) < MOST_DIGITS:
        over = str(int(match["whole"]) * int(under) + int(over))
        return f"{over}/{under}"
    return f"{match['whole'] or ''}{match['sign'] or ''}{over}/{under}"


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
_SIZES: Final = r"hundred|thousand|million|billion|dozen"
_BEFORE: Final = re.compile(
    rf"\b(?:{_WORDS}|by|half|twice|double|triple|thrice|negative|sqrt|root|log|ln|sin|cos|tan|max"
    r"|min|factorial of)\Z"
    r"|(?:%|\b(?:half|thirds?|quarters?|percent|squares?|cube|root|sum|product|difference|quotient))"
    r" of\Z",
    re.IGNORECASE,
)
_AFTER: Final = re.compile(
    rf"(?:{_WORDS}|{_SIZES}|squared|cubed|percent|factorial)\b", re.IGNORECASE
)
_HAN_BEFORE: Final = re.compile(r"(?:[加减乘除负]|零下|除以|乘以|分之|加上|减去)$")
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
    thousands = last == "," and adjacent and left[-2:-1].isdigit() and text[start].isdigit()
    return last in _STOPS | {"{"} and not thousands


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
    r"\b(?:(?:you|we) can |to )?(?:(?:double-?)?check|verify|verifying|verification|proof)\b"
    r"|验算|检验|验证|检查|核对",
    re.IGNORECASE | re.ASCII,
)
_SO: Final = re.compile(
    r"(?:\b(?:so|therefore|thus|hence|answer)\b|所以|因此|答案|故)[^\n]*\d",
    re.IGNORECASE | re.ASCII,
)
_STATED: Final = re.compile(
    r"(?:[=≈:：为是得]|等于|\b(?:is|are|be|equals)\b|['’]s\b|^)[\s(]*(?:-|负)? ?\d[\d./]*\W*$",
    re.IGNORECASE,
)
_STATED_WITHIN: Final = 80
_REASON: Final = re.compile(
    r"[(](?=[^()\n]{0,80}\d ?[-+*/×÷·=] ?\d)[^()\n]*[)]"
    r"|(?:\b(?:because|since|when you|is (?:the (?:smallest|least|difference|sum|product)|what))\b"
    r"|, as\b|因为|由于)(?:[^.;\n。；]|\.(?=\d))*",
    re.IGNORECASE | re.ASCII,
)
_GOES_ON: Final = re.compile(
    r"\b(?:so|therefore|thus|hence|answer|gives?|giving|total|result)\b|所以|因此|答案|故|结果|得|共",
    re.IGNORECASE,
)
"""In a reason: it comes to something of its own."""
_ROUNDED: Final = re.compile(
    r"(?<=\d)(?: ?[(]?≈|,? (?:or )?(?:about|approximately|roughly)|[，,]?约[等为]?于?)"
    r" ?-? ?\d+(?:\.\d+)?",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(
    r"(?P<sign>- ?|负 ?|\b(?:minus|negative) )?(?<![A-Za-z\d.])"
    r"(?P<size>\d{1,300}(?:\.\d{1,99})?(?: ?/ ?\d{1,300})?)(?![A-Za-z\d%]|\.\d| ?/ ?\d)",
    re.IGNORECASE | re.ASCII,
)
_ANSWER: Final = re.compile(
    r"(?:\banswer|答案|得数)(?: ?[:：=]| ?\bis\b| ?[是为])[\s:：*]*", re.IGNORECASE | re.ASCII
)
_NOT: Final = re.compile(r"(?:\bnot|n't|不是|≠) ?\Z", re.IGNORECASE)
_WORKED: Final = re.compile(r" ?[-+*/×÷·^=] ?[\d(]")


def conclusion(answer: str) -> str:
    """What an answer comes to, in plain signs: what is boxed, else all of it but for a check."""
    boxed = _BOXED.findall(answer)
    text = plain("; ".join(boxed) if boxed else re.sub(r"\*\*|__|`", "", answer))
    text = re.sub(r"\.{3,}", "…", text)  # before a remainder, and no decimal point
    text = re.sub(r"(?<![\d.])\d{1,3}(?: \d{3})+(?!\d)", lambda m: m[0].replace(" ", ""), text)
    for check in _CHECK.finditer(text):
        head = text[: check.start()]
        if _STATED.search(head[-_STATED_WITHIN:]) and not _SO.search(text, check.end()):
            return head
    return text


def unboxed(answer: str) -> str:
    r"""An answer with what stands in `\boxed{}` only."""
    return _BOXED.sub(r" \1 ", answer)


def _without_reasons(text: str) -> str:
    """A text without the reasons that stand behind a number which it states."""
    rest, end = "", 0
    for found in _REASON.finditer(text):
        near = text[max(end, found.start() - _STATED_WITHIN) : found.start()]
        if _STATED.search(near) and not _GOES_ON.search(found[0]):
            rest, end = rest + text[end : found.start()], found.end()
    return rest + text[end:]


def last_number(answer: str) -> Fraction | None:
    """The number that is called the answer, else the last one that is not denied, reasons aside;
    None where its sign is unclear.
    """
    text = _without_reasons(_ROUNDED.sub("", conclusion(answer)))
    for marked in reversed(list(_ANSWER.finditer(text))):
        number = _NUMBER.match(text, marked.end())
        if number and not _WORKED.match(text, number.end()):
            return number_of(number)
    found = [match for match in _NUMBER.finditer(text) if not _denied(match)]
    return number_of(found[-1]) if found else None


def _denied(match: re.Match[str]) -> bool:
    return _NOT.search(match.string[max(0, match.start() - 20) : match.start()]) is not None


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
    if _denied(match) or re.search(r"\^[ {]*\Z", before):
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
    bare = text.strip(" *{}")
    number = _NUMBER.match(bare[1:-1] if re.fullmatch(r"\([^()]*\)", bare) else bare)
    if number is None:
        return None
    rest = number.string[number.end() :].lstrip(" ")
    return number_of(number) if not rest or rest[0].isalpha() or rest[0] in _STOPS else None
