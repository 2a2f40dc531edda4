"""Does a text go over to another language? Knows scripts; two languages of one script are one here.

A running sum, as for loops: each word of another script adds its weight, each of the text's own
takes more away. A foreign word, a name or a title so never counts; a whole sentence does.

Blocks in two languages by turns (a word and its translation, line by line) are no switch. Only at
its end is a block known to be none, so a turn is told there, unless it is wanted at once.
"""

from math import ceil
from typing import Final, NamedTuple

from qwq_cli.request import Language
from qwq_cli.stream.scripts import SINGLE, Running, Script, ScriptReader, Sign, scripts_of

LIMIT: Final = 16.0
"""Weights: sixteen Han characters or eleven Latin words, without many others between them."""
_BACK: Final = 1.5
_KANA_SHARE: Final = 0.2
_LEAST_OWN: Final = 2.0
_LEAST_OTHER: Final = 3.0
"""Weights that make a line one in two languages: a word or two in each."""
_MIXED_LINES: Final = 2
_CHANGES: Final = 3
"""Of such lines, or of changes from line to line, so many make a block one in two languages."""

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


class _Sum(NamedTuple):
    """How far a text has gone over, as it stood where a line began."""

    language: Language | None
    weight: float
    since: int
    seen: dict[Script, float]
    turn: Turn | None


class LanguageWatch:
    """Feed it a text in any chunks; the turn that it finds does not depend on them. It tells of
    the first one, and of no more.
    """

    def __init__(
        self, language: Language | None, offset: int = 0, *, at_once: bool = False
    ) -> None:
        """`language`: the text's own; None takes the first that is plain. `offset`: of the text's
        first character. `at_once`: tell a turn when it is plain, else when its block has ended.
        """
        self._reader = ScriptReader(offset)
        self._at_once = at_once
        self._told = False
        self._language = language
        self._own = scripts_of(language)
        self._sum = 0.0
        self._since = offset
        self._seen: dict[Script, float] = {}
        """The weights of other scripts since the sum left 0."""
        self._turn: Turn | None = None
        """What was found in this block and is not told yet."""
        self._before = _Sum(language, 0.0, offset, {}, None)
        self._line_own = self._line_other = 0.0
        self._mixed = self._changes = 0
        self._last_own: bool | None = None
        """Whether the block's last line with words was mostly in its own language."""

    def feed(self, text: str) -> list[Turn]:
        """The turn, if it is certain by now."""
        return [] if self._told else self._take(self._reader.feed(text))

    def flush(self) -> list[Turn]:
        """The turn that the end of the text makes certain."""
        return [] if self._told else self._take(self._reader.flush())

    def skip(self, length: int) -> list[Turn]:
        """The same where so many characters come that are to be passed over."""
        turns = self.flush()
        self._reader = ScriptReader(self._reader.end + length)
        return turns

    def _take(self, read: list[Running | Sign]) -> list[Turn]:
        for item in read:
            turn = self._sign(item) if isinstance(item, str) else self._words(item)
            if turn is not None:
                self._told = True
                return [turn]
        return []

    # --------------------------------------------------------------------------------- words

    def _words(self, words: Running) -> Turn | None:
        script, weight, sentence = words
        if script in self._own:
            self._line_own += weight
            if self._sum:
                self._sum = max(0.0, self._sum - _BACK * weight)
            return None
        if self._turn is not None:
            self._line_other += weight
            return None
        if not self._sum:
            self._since = sentence
            self._seen.clear()
        # Of a run of characters, only those that it takes: it may come in parts as well.
        part = weight if script not in SINGLE else min(weight, ceil(LIMIT - self._sum))
        self._line_other += part
        self._sum += part
        self._seen[script] = self._seen.get(script, 0.0) + part
        turn = self._found() if self._sum >= LIMIT else None
        if turn is None and part < weight:
            return self._words(Running(script, weight - part, sentence))
        return turn

    def _found(self) -> Turn | None:
        """Another language is plain: the turn to it, if that is told at once."""
        was, now = self._language, self._likely()
        self._sum = 0.0
        if was is None:
            self._language, self._own = now, scripts_of(now)
            return None
        self._turn = Turn(was, now, self._since)
        return self._turn if self._at_once else None

    def _likely(self) -> Language:
        script = max(self._seen, key=self._seen.__getitem__)
        if script == "han" and self._seen.get("kana", 0.0) >= _KANA_SHARE * sum(
            self._seen.values()
        ):
            return "ja"
        return _LIKELY[script]

    # --------------------------------------------------------------------- lines and blocks

    def _sign(self, sign: Sign) -> Turn | None:
        if sign == "void":
            self._restore()
            self._line_own = self._line_other = 0.0
            return None
        self._end_line()
        return self._end_block() if sign == "block" else None

    def _end_line(self) -> None:
        own, other = self._line_own, self._line_other
        if not own and not other:
            return
        self._line_own = self._line_other = 0.0
        mostly_own = own > other
        self._changes += self._last_own is (not mostly_own)
        self._last_own = mostly_own
        if own >= _LEAST_OWN and other >= _LEAST_OTHER:
            self._mixed += 1
            if self._turn is None:
                self._restore()
        self._before = _Sum(self._language, self._sum, self._since, {**self._seen}, self._turn)

    def _restore(self) -> None:
        """Take back what the words of this line added."""
        self._language, self._sum, self._since, seen, self._turn = self._before
        self._own, self._seen = scripts_of(self._language), {**seen}

    def _end_block(self) -> Turn | None:
        by_turns = self._mixed >= _MIXED_LINES or self._changes >= _CHANGES
        turn, self._turn = self._turn, None
        self._mixed = self._changes = 0
        self._last_own = None
        self._before = self._before._replace(turn=None)
        return None if by_turns else turn
