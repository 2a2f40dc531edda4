"""Does a text go over to another language? Knows scripts; two languages of one script are one here.

A running sum, as for loops: each word of another script adds its weight, each of the text's own
takes more away. A foreign word, a name or a title so never counts; a whole sentence does.
"""

from collections import Counter
from typing import Final, NamedTuple

from qwq_cli.request import Language
from qwq_cli.stream.scripts import Script, ScriptReader

LIMIT: Final = 16.0
"""Weights: sixteen Han characters or eleven Latin words, without many others between them."""
_BACK: Final = 1.5
_KANA_SHARE: Final = 0.2

_SCRIPTS: Final[dict[Language, frozenset[Script]]] = {
    "zh": frozenset({"han"}),
    "ja": frozenset({"han", "kana"}),
    "ko": frozenset({"hangul"}),
    "ru": frozenset({"cyrillic"}),
    "uk": frozenset({"cyrillic"}),
    "el": frozenset({"greek"}),
    "ar": frozenset({"arabic"}),
    "he": frozenset({"hebrew"}),
    "th": frozenset({"thai"}),
    "hi": frozenset({"devanagari"}),
}
"""All others are written in Latin letters."""
_LATIN: Final[frozenset[Script]] = frozenset({"latin"})
_LIKELY: Final[dict[Script, Language]] = {
    "han": "zh",
    "kana": "ja",
    "hangul": "ko",
    "latin": "en",
    "cyrillic": "ru",
    "greek": "el",
    "arabic": "ar",
    "hebrew": "he",
    "thai": "th",
    "devanagari": "hi",
}


class Turn(NamedTuple):
    """From `was` to `now`, in the sentence that starts at the character `at`."""

    was: Language
    now: Language
    at: int


class LanguageWatch:
    """Feed it a text in any chunks; the turns that it finds do not depend on them."""

    def __init__(self, language: Language | None, offset: int = 0) -> None:
        """`language`: the text's own; None takes the first that is plain. `offset`: of the text's
        first character.
        """
        self._reader = ScriptReader(offset)
        self._language = language
        self._own = _scripts(language)
        self._sum = 0.0
        self._since = offset
        self._seen: Counter[Script] = Counter()
        """The words of other scripts since the sum left 0."""

    def feed(self, text: str) -> list[Turn]:
        """The turns that are plain by now."""
        turns: list[Turn] = []
        for script, weight, sentence in self._reader.feed(text):
            if script in self._own:
                if self._sum:
                    self._sum = max(0.0, self._sum - _BACK * weight)
                continue
            if not self._sum:
                self._since = sentence
                self._seen.clear()
            self._sum += weight
            self._seen[script] += 1
            if self._sum >= LIMIT:
                was, now = self._language, self._likely()
                self._language, self._own, self._sum = now, _scripts(now), 0.0
                if was is not None:
                    turns.append(Turn(was, now, self._since))
        return turns

    def _likely(self) -> Language:
        script, _ = self._seen.most_common(1)[0]
        kana = self._seen["kana"]
        if script == "han" and kana >= _KANA_SHARE * self._seen.total():
            return "ja"
        return _LIKELY[script]


def _scripts(language: Language | None) -> frozenset[Script]:
    return frozenset() if language is None else _SCRIPTS.get(language, _LATIN)
