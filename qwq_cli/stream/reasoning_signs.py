"""Does a text show that it is reasoning? For text without marks, whose place nobody knows.

Knows how models deliberate, in English and Chinese: they address themselves, doubt and start over.
Does not know loops. On 478 traces of reasoning models 470 have three different signs; of 161
documents that repeat for good reason none has more than one.
"""

import re
from typing import Final

from qwq_cli.stream.loops.cycles import is_data

_SIGN: Final = re.compile(
    r"""\b(?:wait(?=[,.!…\s]|\Z)|h+mm+|alternatively|hold\ on|okay,|let\ me|what\ if|i\ think
    |let['’]?s\ (?:see|think|check|verify|consider|break|recheck|double|try)
    |i(?:['’]ll)?\ (?:need\ to|should|wonder)|so,?\ i\b|but\ (?:then|how|what|maybe)
    |is\ (?:that|this|it)\ (?:right|correct|possible)
    |(?:maybe|perhaps)\ (?:i|the|there|it|we|that|this)\b)
    |等等|等一下|嗯|让我|不对|会不会|难道|换(?:个|一个)(?:角度|思路|方法)|我(?:需要|得|应该|再|先|来)""",
    re.IGNORECASE | re.VERBOSE,
)
_DIFFERENT: Final = 3
_REACH: Final = 8_000
"""Characters of the text that count, at either end."""


def loops_in_reasoning(text: str, start: int) -> bool:
    """Whether a text shows reasoning, and so does what loops in it from `start` on: it is no data,
    which may be the result.
    """
    loop = text[start:]
    return shows_reasoning(text) and (not is_data(loop) or _SIGN.search(loop) is not None)


def shows_reasoning(text: str) -> bool:
    """Whether a text has at least three different signs of deliberation."""
    ends = text if len(text) <= 2 * _REACH else f"{text[:_REACH]}\n{text[-_REACH:]}"
    return len({found[0].lower() for found in _SIGN.finditer(ends)}) >= _DIFFERENT
