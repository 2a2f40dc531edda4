"""Which lines of a text are plain prose, by how they begin. Knows Markdown's blocks, no language.

Not prose: tables, lists, quotations, headings, HTML, code that is fenced or indented. A list, a
table, a quotation and HTML last until a blank line, as in Markdown. A fence lasts until it closes.
"""

import re
from typing import Final, Literal, TypeAlias

LineKind: TypeAlias = Literal["prose", "aside", "blank"]

_HEAD: Final = 16
"""Characters behind the indentation that tell what a line is. No sign is longer."""
_LONGEST_HEAD: Final = 200
"""Characters of a line that may be a fence, or that begins with blanks: all of it counts."""
_FENCE_SIGNS: Final = ("`", "~")
_FENCE: Final = re.compile(r"(`{3,})[^`]*\Z|(~{3,})", re.DOTALL)
_LIST: Final = re.compile(
    r"(?:[-*+•·‣▪●○◦–—]|\d{1,4}[.)]|[a-zA-Z][.)]|\([a-zA-Z]{1,4}\))(?:\s|\Z)"
    r"|\d{1,4}(?:[、．]|\.(?=[^\s\d.]))|[（(][\d一二三四五六七八九十]{1,4}[）)]"
    r"|[一二三四五六七八九十]{1,3}、|[①-⑳❶-➓]|\[\^?\w{1,4}\]"
)
_OTHER_BLOCK: Final = re.compile(r">|[|│┃║]|[┌└├╔╚╠]|\+[-=]|</?[a-zA-Z]|<!|//|/\*")
"""Quotations, tables, HTML, and comments of code without a fence."""
_HEADING: Final = re.compile(r"#{1,6}(?:\s|\Z)")
_CODE_INDENT: Final = 4
_ITEM_INDENT: Final = 2
"""Blanks that make a paragraph behind a blank line a part of the list before it."""


class Lines:
    """Told how each line begins, in order, it says what the line is."""

    def __init__(self) -> None:
        self._fence = ""
        """The sign that closes the fence; "" outside."""
        self._block = False
        """Whether a block that is no prose lasts until the next blank line."""
        self._list = False
        """Whether that block, or the last one before blank lines, is a list."""

    @property
    def fenced(self) -> bool:
        """Whether the text is inside a fence."""
        return bool(self._fence)

    def kind(self, head: str) -> LineKind:
        """What a line is that begins so; `head` is from `head_of`."""
        bare = head.lstrip(" \t")
        if self._fence:
            signs = bare.rstrip()
            if len(signs) >= len(self._fence) and not signs.strip(self._fence[0]):
                self._fence = ""
            return "aside"
        if not bare.strip():
            self._block = False
            return "blank"
        indent = len(head[: len(head) - len(bare)].expandtabs(_CODE_INDENT))
        opened = _FENCE.match(bare)
        if opened is not None:
            self._fence = opened[1] or opened[2]
        if opened is not None or self._block:
            return "aside"
        if _LIST.match(bare) or (self._list and indent >= _ITEM_INDENT):
            self._block = self._list = True
            return "aside"
        self._list = False
        if _OTHER_BLOCK.match(bare):
            self._block = True
            return "aside"
        return "aside" if indent >= _CODE_INDENT or _HEADING.match(bare) else "prose"


def head_of(text: str, at: int, *, ended: bool) -> str | None:
    """How the line begins that starts `at`; None where more text may tell more.

    The same text gives the same head, however much of it stands behind it.
    """
    most = at + _LONGEST_HEAD
    end = text.find("\n", at, most)
    whole = end >= 0 or ended or len(text) >= most
    line = text[at : end if end >= 0 else most]
    bare = line.lstrip(" \t")
    if bare.startswith(_FENCE_SIGNS):
        return line if whole else None
    if len(bare) > _HEAD:
        return line[: len(line) - len(bare) + _HEAD]
    return line if whole else None
