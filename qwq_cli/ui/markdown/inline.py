"""Markdown within lines of text, as it comes: what is complete at once, what is open held back.

Knows a stream of text. Does not know what may stand in it (`spans`), nor blocks. What is open is
given up after a bounded length: so a text costs the same for each character, however long it is.
"""

from qwq_cli.ui.markdown.partial import LONGEST, OpenError
from qwq_cli.ui.markdown.spans import Place, Reader


class Inline:
    """Feed it text; it gives marked text, in the `look` of the text around emphasis."""

    def __init__(self, look: int = 0) -> None:
        self._look = look
        self.held = ""
        """What was fed and not yet given: it begins with something that is still open."""
        self._awaited = ""
        """Without one of these characters, what is held stays open."""
        self._place = Place()

    def feed(self, text: str) -> str:
        """More text; returns what is now certain."""
        self.held += text
        waits = bool(self._awaited) and len(self.held) <= LONGEST
        if waits and not any(char in text for char in self._awaited):
            return ""
        return self._read(final=False)

    def flush(self) -> str:
        """The end of the text: what is open is text as it stands."""
        shown = self._read(final=True)
        self._place = Place()
        return shown

    @property
    def in_formula(self) -> bool:
        """Whether a formula on rows of its own is open: lines that come are lines of it."""
        return self.held.startswith(("\\[", "$$", "\\begin{"))

    def _read(self, *, final: bool) -> str:
        """As much as can be read of what is held; that much is no longer held."""
        reader = Reader(self.held, self._place, self._look, final=final)
        self._awaited = ""
        try:
            reader.read()
        except OpenError as opened:
            self._awaited = opened.by
        self.held = self.held[reader.at :]
        return "".join(reader.shown)
