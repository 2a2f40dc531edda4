r"""Text to the words that show which language runs in it. Knows scripts and signs, no meaning.

Set aside: lines that are no prose, formulae ($..$, \(..\), \[..\], environments), code in
backticks, quotes, addresses, what is no plain word (`print(x)`, `x_1`), single letters, and
capitalised words, which may be names.
"""

import re
from typing import Final, Literal, NamedTuple, TypeAlias

from qwq_cli.request import Language
from qwq_cli.stream.prose import Lines, head_of

Script: TypeAlias = Literal[
    "han", "kana", "hangul", "latin", "cyrillic", "greek", "arabic", "hebrew", "thai", "devanagari"
]
RANGES: Final[dict[Script, str]] = {
    "latin": "a-zA-Z\u00c0-\u024f\u1e00-\u1eff",
    "cyrillic": "\u0400-\u052f",
    "greek": "\u0370-\u03ff\u1f00-\u1fff",
    "arabic": "\u0600-\u06ff\u0750-\u077f",
    "hebrew": "\u0590-\u05ff",
    "devanagari": "\u0900-\u097f",
}
SINGLE: Final[dict[Script, str]] = {
    "han": "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f",
    "kana": "\u3041-\u30fa\u30fc-\u30ff",
    "hangul": "\uac00-\ud7a3",
    "thai": "\u0e00-\u0e7f",
}
"""Scripts whose every character counts as a word."""
_OTHERS: Final[dict[Language, frozenset[Script]]] = {
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
_LATIN: Final[frozenset[Script]] = frozenset({"latin"})
_EASTERN: Final = "".join(SINGLE.values())
_OF_WORD: Final = [
    (re.compile(rf"[(*_\"'‘’]*[{letters}][{letters}'’-]+[)*_\"'‘’,;:.!?…]*"), script)
    for script, letters in RANGES.items()
]
_PIECE: Final = re.compile(
    rf"(?P<word>(?:\\(?![()\[\]]))?[^\s`$\"“”„«»「」『』《》\\{_EASTERN}\u3000-\u303f\uff00-\uffef│┃║]{{1,199}})"
    + "".join(f"|(?P<{script}>[{letters}]+)" for script, letters in SINGLE.items())
    + r"|(?P<other>[ ,，、：；]+)|(?P<stop>[。！？])|(?P<line>\n)"
    r"|(?P<code>`{1,8})|(?P<math>\${1,2}|\\[()\[\]])|(?P<quote>[\"“”„«»「」『』《》])"
    r"|(?P<cell>[\t｜│┃║])|(?P<escape>\\\Z)|(?P<sign>.)",
    re.DOTALL,
)
_ADDRESS: Final = ("http://", "https://", "ftp://")
_GROWS: Final = frozenset({"code", "math", "word", "escape"})
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
_ENVIRONMENT: Final = re.compile(r"\\begin\{([^{}]{1,30})\}")
_LONG: Final = ("```", "$$", "\\]", "\\end")
"""What ends an aside that may span lines; every other ends with its line at the latest."""
_LONGEST_ASIDE: Final = 4000
"""Characters; what was opened and is not closed by then was not meant so."""
_BATCH: Final = 32
"""Characters that are read together, which costs a third of reading token by token."""

Sign: TypeAlias = Literal["line", "block", "void"]
"""line: a line of prose has ended. block: so has a block. void: the words of this line so far
stand in a table.
"""


class Running(NamedTuple):
    """A word of running text, or several: their script and weight, and where the sentence begins.

    Of a script whose characters are words, each character weighs 1.
    """

    script: Script
    weight: float
    sentence: int


def scripts_of(language: Language | None) -> frozenset[Script]:
    """The scripts that a language is written in."""
    return frozenset() if language is None else _OTHERS.get(language, _LATIN)


class ScriptReader:
    """Feed it text in any chunks; it gives what no more text can change, some of it late."""

    def __init__(self, offset: int = 0) -> None:
        """`offset`: of the text's first character."""
        self._pending = ""
        self._offset = offset
        self._lines = Lines()
        self._begins = True
        """Whether a line begins, of which it is not known yet what it is."""
        self._apart = False
        """Whether the line is no prose."""
        self._sentence = offset
        self._opening = True
        """Whether the next word begins a sentence."""
        self._closer = ""
        """What ends the aside that the text is in; "" outside."""
        self._aside_at = 0

    @property
    def end(self) -> int:
        """The offset behind the text so far."""
        return self._offset + len(self._pending)

    def feed(self, text: str) -> list[Running | Sign]:
        """The words of running text and the signs between them, in order."""
        self._pending += text
        if len(self._pending) < _BATCH and "\n" not in text:
            return []
        return self._read(ended=False)

    def flush(self) -> list[Running | Sign]:
        """The rest, after which the text has ended."""
        return [*self._read(ended=True), "block"]

    def _read(self, *, ended: bool) -> list[Running | Sign]:
        found: list[Running | Sign] = []
        pending, at = self._pending, 0
        while at < len(pending):
            if self._begins:
                head = head_of(pending, at, ended=ended)
                if head is None:
                    break
                self._begin_line(head, self._offset + at, found)
            if self._apart:
                end = pending.find("\n", at) + 1
                at, self._begins = end or len(pending), end > 0
            else:
                done = self._prose(pending, at, found, ended=ended)
                if done == at:
                    break
                at = done
        self._pending = pending[at:]
        self._offset += at
        return found

    def _begin_line(self, head: str, at: int, found: list[Running | Sign]) -> None:
        self._begins, self._opening = False, True
        if self._closer and at - self._aside_at <= _LONGEST_ASIDE and not self._fences(head):
            self._apart = False  # inside a formula signs mean something else
            return
        self._closer = ""
        kind = self._lines.kind(head)
        self._apart = kind != "prose"
        if kind == "blank":
            found.append("block")

    def _fences(self, head: str) -> bool:
        """Whether a fence begins so, which no formula outlasts."""
        return self._closer[0] != "`" and head.lstrip(" \t").startswith("```")

    def _prose(self, pending: str, start: int, found: list[Running | Sign], *, ended: bool) -> int:
        """Read a line of prose as far as it is certain; where that ends."""
        base, done = self._offset, start
        for match in _PIECE.finditer(pending, start):
            kind, end = str(match.lastgroup), match.end()
            if kind in _GROWS and end == len(pending) and not ended:
                break
            done = end
            if kind == "other":
                continue
            at = base + match.start()
            if kind == "line":
                self._begins = True
                if not self._closer.startswith(_LONG):
                    self._closer = ""
                found.append("line")
                break
            if self._closer:
                self._inside(kind, match[0], at)
            else:
                self._outside(kind, match[0], at, found)
        return done

    def _inside(self, kind: str, piece: str, at: int) -> None:
        """A piece of an aside."""
        closer = self._closer
        closes = piece == closer or (kind == "quote" and piece in closer)
        if kind == "word" and closer.startswith("\\end"):
            closes = piece.startswith(closer)
        if closes or at - self._aside_at > _LONGEST_ASIDE:
            self._closer = ""

    def _outside(self, kind: str, piece: str, at: int, found: list[Running | Sign]) -> None:
        if kind == "word":
            self._word(piece, at, found)
        elif kind in {"code", "math", "quote"}:
            self._begin_sentence(at)
            self._aside_at = at
            self._closer = _OPENS.get(piece, "" if piece in {"\\)", "\\]"} else piece)
        elif kind == "stop":
            self._opening = True
        elif kind == "cell":
            found.append("void")
        elif kind in SINGLE:
            self._begin_sentence(at)
            script: Script = kind
            found.append(Running(script, float(len(piece)), self._sentence))

    def _begin_sentence(self, at: int) -> None:
        if self._opening:
            self._sentence, self._opening = at, False

    def _word(self, piece: str, at: int, found: list[Running | Sign]) -> None:
        self._begin_sentence(at)
        sentence = self._sentence
        if piece.endswith((".", "!", "?", "…", ".)", '."')):
            self._opening = True
        first = piece.lstrip("(*_\"'‘’")[:1]
        if piece == "|":
            found.append("void")
        elif piece[0] == "\\":
            environment = _ENVIRONMENT.match(piece)
            if environment is not None:
                self._aside_at, self._closer = at, f"\\end{{{environment[1]}}}"
        elif not (first.isupper() and first != "I") and not piece.startswith(_ADDRESS):
            script = next((script for word, script in _OF_WORD if word.fullmatch(piece)), None)
            if script is not None:
                found.append(Running(script, 1.5, sentence))
