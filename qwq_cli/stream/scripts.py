r"""Text to the words that show which language runs in it. Knows scripts and signs, no meaning.

Set aside: formulae ($..$, \(..\), \[..\]), code (fences, backticks), quotes, addresses, what is
no plain word (`print(x)`, `x_1`), single letters, and capitalised words, which may be names.
"""

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

Script: TypeAlias = Literal[
    "han", "kana", "hangul", "latin", "cyrillic", "greek", "arabic", "hebrew", "thai", "devanagari"
]
_RANGES: Final[tuple[tuple[Script, str], ...]] = (
    ("latin", "a-zA-Z\u00c0-\u024f\u1e00-\u1eff"),
    ("cyrillic", "\u0400-\u052f"),
    ("greek", "\u0370-\u03ff\u1f00-\u1fff"),
    ("arabic", "\u0600-\u06ff\u0750-\u077f"),
    ("hebrew", "\u0590-\u05ff"),
    ("devanagari", "\u0900-\u097f"),
)
_SINGLE: Final[tuple[tuple[Script, str], ...]] = (
    ("han", "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f"),
    ("kana", "\u3041-\u30fa\u30fc-\u30ff"),
    ("hangul", "\uac00-\ud7a3"),
    ("thai", "\u0e00-\u0e7f"),
)
"""Scripts whose every character counts as a word."""
_EASTERN: Final = "".join(letters for _, letters in _SINGLE)
_OF_CHARACTER: Final = [(re.compile(f"[{letters}]"), script) for script, letters in _SINGLE]
_OF_WORD: Final = [
    (re.compile(rf"[(*_\"'‘’]*[{letters}][{letters}'’-]+[)*_\"'‘’,;:.!?…]*"), script)
    for script, letters in _RANGES
]
_FULL_STOPS: Final = "。！？!?…"
_PIECE: Final = re.compile(
    rf"(?P<code>`{{1,8}})|(?P<math>\${{1,2}}|\\[()\[\]])|(?P<quote>[\"“”„«»「」『』《》])"
    rf"|(?P<address>(?:https?|ftp)://[^\s{_EASTERN}]{{1,190}})|(?P<line>\n)|(?P<one>[{_EASTERN}])"
    rf"|(?P<stop>[。！？])|(?P<word>\\?[^\s`$\"“”„«»「」『』《》\\{_EASTERN}\u3000-\u303f\uff00-\uffef]{{1,199}})"
    r"|(?P<escape>\\\Z)|(?P<other>.)",
    re.DOTALL,
)
_GROWS: Final = frozenset({"code", "math", "address", "word", "escape"})
"""Pieces that more text may change while they stand at the end."""
_OPENS: Final = {
    "\\(": "\\)",
    "\\[": "\\]",
    "“": "”",
    "„": "”“",
    "«": "»",
    "「": "」",
    "『": "』",
    "《": "》",
}
_LONG: Final = ("```", "$$", "\\]")
"""What ends an aside that may span lines; every other ends with its line at the latest."""
_LONGEST_ASIDE: Final = 4000
"""Characters; what was opened and is not closed by then was not meant so."""


class Running(NamedTuple):
    """A word of running text: its script, its weight, and where its sentence begins."""

    script: Script
    weight: float
    sentence: int


class ScriptReader:
    """Feed it text in any chunks; it gives the words that no more text can change."""

    def __init__(self, offset: int = 0) -> None:
        """`offset`: of the text's first character."""
        self._pending = ""
        self._offset = offset
        self._sentence = offset
        self._opening = True
        """Whether the next word begins a sentence."""
        self._closer = ""
        """What ends the aside that the text is in; "" outside."""
        self._aside_at = 0

    def feed(self, text: str) -> Iterator[Running]:
        """The words of running text, in order."""
        self._pending = pending = self._pending + text
        base, done = self._offset, 0
        found: list[Running] = []
        for match in _PIECE.finditer(pending):
            kind, piece = str(match.lastgroup), match[0]
            if match.end() == len(pending) and kind in _GROWS:
                break
            done = match.end()
            running = self._piece(kind, piece, base + match.start())
            if running is not None:
                found.append(running)
        self._pending, self._offset = pending[done:], base + done
        return iter(found)

    def _piece(self, kind: str, piece: str, at: int) -> Running | None:
        if self._closer and at - self._aside_at > _LONGEST_ASIDE:
            self._closer = ""
        if kind == "line":
            if not self._closer.startswith(_LONG):
                self._closer = ""
            self._opening = True
        elif self._closer:
            if piece == self._closer or (kind == "quote" and piece in self._closer):
                self._closer = ""
        elif kind in {"code", "math", "quote"}:
            self._begin(at)
            self._aside_at = at
            self._closer = _OPENS.get(piece, "" if piece in {"\\)", "\\]"} else piece)
        elif kind == "stop":
            self._opening = True
        elif kind in {"one", "word", "address"}:
            self._begin(at)
            return self._word(kind, piece)
        return None

    def _begin(self, at: int) -> None:
        if self._opening:
            self._sentence, self._opening = at, False

    def _word(self, kind: str, piece: str) -> Running | None:
        if kind == "one":
            script = next(script for letter, script in _OF_CHARACTER if letter.match(piece))
            return Running(script, 1.0, self._sentence)
        sentence = self._sentence
        if piece.endswith((".", "!", "?", "…", ".)", '."')):
            self._opening = True
        bare = piece.lstrip("(*_\"'‘’")
        if kind == "address" or (bare[:1].isupper() and bare[:1] != "I"):
            return None
        for pattern, script in _OF_WORD:
            if pattern.fullmatch(piece):
                return Running(script, 1.5, sentence)
        return None
