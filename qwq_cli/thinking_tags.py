"""The tags of thinking, and where in a text they are marks. Knows lines, not models."""

from typing import Final

OPEN: Final = "<think>"
CLOSE: Final = "</think>"
_QUOTES: Final = "`\"'“”‘’"


class TagFinder:
    """Tells whether the tags in a text are marks, or the text is only about them.

    Feed it the lines. An opening tag is a mark where the text begins with it. A closing one is none
    in a code fence, between backticks or quotes, or as a word of its own in the middle of a line.
    """

    def __init__(self) -> None:
        self.tagged = False
        """Whether a mark was found."""
        self._begun = self._fenced = False

    def feed(self, line: str) -> None:
        """Take in one line, without its end."""
        bare = line.strip()
        self._fenced ^= bare.startswith("```")
        opens = not self._begun and bare.startswith(OPEN)
        self.tagged = self.tagged or opens or (not self._fenced and _closes(bare))
        self._begun = self._begun or bool(bare)


def _closes(line: str) -> bool:
    place = line.find(CLOSE)
    if place < 0 or line[0] in "{[\"'":
        return False
    before, behind = line[:place], line[place + len(CLOSE) :]
    if not before or not behind:
        return True
    quoted = before[-1] in _QUOTES or behind[0] in _QUOTES
    return not quoted and not (before[-1].isspace() and behind[0].isspace())
