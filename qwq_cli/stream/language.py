"""Which language a text is mostly in, by its script and its commonest words. Knows no model."""

import re
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["zh", "ja", "ko", "en"]

_SAMPLE = 20_000
"""Characters looked at: enough to tell, and a bound on the time."""
_KANA = re.compile("[\u3041-\u30ff]")
_HANGUL = re.compile("[\u1100-\u11ff\uac00-\ud7a3]")
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003134f]")
_WORD = re.compile(r"[^\W\d_]+")
_COMMON = (
    "a an and are as at be but by can for from has have he i if in is it its no not of on or "
    "she so that the then there they this to was we which will with you"
)
_ENGLISH = frozenset(_COMMON.split())
_ENGLISH_SHARE = 0.15
"""Of running English about 40 % are such words; terse reasoning has fewer."""


def language_of(text: str) -> Language | None:
    """The language in which most of the text is, None where that can't be told.

    A Han character counts as a word. Japanese is known by its kana, which no Chinese text has.
    """
    sample = text[:_SAMPLE]
    han, kana, hangul = (len(script.findall(sample)) for script in (_HAN, _KANA, _HANGUL))
    latin = [word for word in _WORD.findall(sample) if word.isascii()]
    eastern = han + kana + hangul
    if eastern and eastern >= len(latin):
        if kana * 5 >= eastern:
            return "ja"
        return "ko" if hangul > han else "zh"
    english = sum(word.lower() in _ENGLISH for word in latin)
    return "en" if english and english >= _ENGLISH_SHARE * len(latin) else None
