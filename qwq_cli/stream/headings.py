"""The lines with which a model without tags announces its answer, in English and Chinese.

Knows what such a line looks like, whole and half written. Does not know what comes after it.
QwQ-32B-Preview writes `**Final Answer**`, its published Chinese sample `最终答案`; the other forms
are what chat models write for the same thing: a `#` heading, a colon, the answer behind a bold
heading on the same line.
"""

import re

_WORDS = ("final answer", "the final answer", "最终答案", "最後答案", "最終答案", "最后答案")
_LEAD = re.compile(r"[ \t]*(?:#{1,6}[ \t]*)?(?:\*\*|__)?[ \t]*")
_TAIL = re.compile(r"[ \t]*[:：]?[ \t]*(?:\*\*|__|\*|_)?[ \t]*[:：]?[ \t]*")
_ALTERNATIVES = "|".join(sorted(_WORDS, key=len, reverse=True))
_WHOLE = re.compile(
    rf"{_LEAD.pattern}(?:{_ALTERNATIVES})[ \t]*[:：]?[ \t]*(?:\*\*|__)?[ \t]*[:：]?[ \t]*",
    re.IGNORECASE,
)
_INLINE = re.compile(
    rf"[ \t]*(?:#{{1,6}}[ \t]*)?(?:\*\*|__)[ \t]*(?:{_ALTERNATIVES})[ \t]*"
    r"(?:[:：][ \t]*(?:\*\*|__)|(?:\*\*|__)[ \t]*[:：])[ \t]*(?=\S)",
    re.IGNORECASE,
)
_STARTS = frozenset(" \t#*_" + "".join(word[0] + word[0].upper() for word in _WORDS))

LONGEST = 60
"""Characters; a longer line is no heading."""


def heading_end(line: str, *, ended: bool) -> int:
    """How many characters of `line` are an answer heading; 0 if it is none.

    `ended`: the line is whole. Of an unfinished line only a bold heading with a colon counts,
    with the answer's first character behind it.
    """
    if ended:
        whole = _WHOLE.fullmatch(line)
        if whole:
            return whole.end()
    inline = _INLINE.match(line)
    return inline.end() if inline else 0


def may_become_heading(line: str) -> bool:
    """Whether more text could make this unfinished line a heading."""
    if not line:
        return True
    if line[0] not in _STARTS or len(line) > LONGEST:
        return False
    lead = _LEAD.match(line)
    rest = line[lead.end() if lead else 0 :].lower()
    if not rest or rest in {"*", "_"}:
        return True
    for word in _WORDS:
        if word.startswith(rest):
            return True
        if rest.startswith(word) and _TAIL.fullmatch(rest, len(word)):
            return True
    return False
