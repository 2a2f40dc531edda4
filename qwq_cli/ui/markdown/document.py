"""A text of Markdown into rows, while it comes: each row once, as soon as it can't change any more.

Knows lines and the blocks that they make. Does not know terminals: rows are marked text. Line
breaks are kept as they were written, unlike in a browser: models mean them. The cost of a
character does not grow with the text: lines of code, rows of a table and words of a paragraph are
done with one by one; what is still open is held back and shown as it is (`tail`) until then.
"""

import re

from qwq_cli.ui.markdown.code import Highlighter
from qwq_cli.ui.markdown.containers import (
    RULE,
    Container,
    Quote,
    descend,
    enter,
    signs,
    stripped,
    without,
)
from qwq_cli.ui.markdown.grid import ROWS_TO_MEASURE, Grid, is_delimiters, is_row
from qwq_cli.ui.markdown.inline import Inline
from qwq_cli.ui.markdown.spans import read
from qwq_cli.ui.marks import BOLD, CYAN, DIM, UNDERLINE, mark, styled
from qwq_cli.ui.wrap import Wrapper

_LONGEST_LINE = 2000
"""Characters after which a line is not waited for to its end."""
_SHOWN = 400
"""Characters of what is held back that are shown, its last ones."""
_BARELY = 8
"""So few signs at the beginning of a line are not shown before it is clear what they are."""
_UNCLEAR = re.compile(r"[\s>\-*+_=#|`~:$\\0-9.)(\[\]]*(?:\[[xX](?:\] ?)?)?")
_WHOLE = re.compile(r" {0,3}(?:#{1,6} |```|~~~|\|)")
_HEADING = re.compile(r" {0,3}(#{1,6})(?: +(.*?))??(?: +#+)? *$")
_FENCE = re.compile(r"( *)(`{3,}|~{3,}) *([^`]*)$")
_HEADINGS = (BOLD | UNDERLINE | CYAN, BOLD | CYAN, BOLD, BOLD, BOLD, BOLD)
_CODE_INDENT = 4
_RULE = 40


class _Fence:
    """A piece of code that is open."""

    def __init__(self, found: re.Match[str]) -> None:
        indent, self._signs, language = found.groups()
        self.indent = len(indent)
        words = language.split()
        self.highlighter = Highlighter(words[0] if words else "")

    def is_closed_by(self, line: str) -> bool:
        """Whether this line is its end."""
        line = line.strip()
        return line.startswith(self._signs) and not line.strip(self._signs[0])


class Document:
    """Feed it text, sanitised; it writes rows through the wrapper and gives what to write now.

    Any chunking gives the same rows, once flushed, and what was given is never taken back.
    """

    def __init__(self, wrapper: Wrapper) -> None:
        self._wrapper = wrapper
        self._inline = Inline()
        self._containers: list[Container] = []
        self._fence: _Fence | None = None
        self._grid: Grid | None = None
        self._head = ""  # a line that may be a table's head: the next one tells
        self._raw: list[str] = []  # the lines of a table that is not laid out yet
        self._line = ""  # the line that has come so far, while it is not clear what it is
        self._in_text = False  # within a line of text
        self._paragraph = False  # the last line was text, and the next one may go on with it
        self._blank = False  # a blank line came since the last row

    def feed(self, text: str) -> str:
        """More text; returns the rows that are certain now."""
        written: list[str] = []
        while text:
            part, broken, text = text.partition("\n")
            if self._in_text:
                written.append(self._wrapper.feed(self._inline.feed(part)))
                self._in_text = not broken
                continue
            self._line += part
            if self._comes_whole() and len(self._line) >= _LONGEST_LINE:
                text = self._line[_LONGEST_LINE:] + broken + text
                broken, self._line = "", self._line[:_LONGEST_LINE]
            elif not broken and self._comes_whole():
                break
            line, self._line = self._line, ""
            written.append(self._begin(line, ended=bool(broken)))
        return "".join(written)

    def flush(self) -> str:
        """The end, or a pause: all that was held back comes out, as it stands."""
        line, self._line = self._line, ""
        written = self._begin(line, ended=False) if line.strip() else ""
        written += self._end_text() + self._end_table(for_good=False)
        return written + self._wrapper.flush()

    def resume(self) -> None:
        """Go on after others have written."""
        self._wrapper.indent(*signs(self._containers))

    def tail(self) -> str:
        """What is held back, as the rows that would follow; "" where it is hardly worth it."""
        held = self._inline.held[-_SHOWN:]
        if held[:1].isalnum():
            held = ""  # a word that may yet turn out an address
        lines = [*self._raw, self._head] if self._head else self._raw
        begun = self._line
        if not self._fence and len(begun) < _BARELY and _UNCLEAR.fullmatch(begun):
            begun = ""
        if not (held or lines or begun):
            return ""
        screen = self._wrapper.copy()
        shown = screen.feed(held) + screen.flush()
        if not self._fence and self._blank and (lines or begun):
            shown += screen.open_row(2)
        for line in [*lines, begun] if begun else lines:
            shown += screen.verbatim(self._code(line) if self._fence else line[-_SHOWN:])
        return shown

    # --------------------------------------------------------------------------------- lines

    def _comes_whole(self) -> bool:
        """Whether the end of the line must be seen before it is clear what it is."""
        line = self._line[:_LONGEST_LINE]
        if self._inline.in_formula:
            return False
        if self._fence or self._grid or _UNCLEAR.fullmatch(line):
            return True
        depth, rest = descend(line, self._containers)
        entered, rest = enter(rest, self._containers[:depth])
        indented = not (entered or self._paragraph) and self._is_indented(rest)
        return indented or _WHOLE.match(rest) is not None

    def _begin(self, line: str, *, ended: bool) -> str:
        """A line, or so much of one that it is clear what it is."""
        if self._inline.in_formula:
            self._in_text = not ended
            return self._wrapper.feed(self._inline.feed("\n" + line))
        if self._fence:
            return self._code_line(self._fence, line)
        line = line.expandtabs(_CODE_INDENT)
        depth, rest = descend(line, self._containers)
        if not rest.strip():
            return self._blank_line(depth)
        entered, rest = enter(rest, self._containers[:depth])
        table = None if entered or depth < len(self._containers) else self._table(rest)
        if table is not None:
            return table
        written = self._end_table()
        if self._paragraph and not entered and not self._is_block(rest):
            self._in_text = not ended
            return written + self._wrapper.feed(self._inline.feed("\n" + rest.lstrip(" ")))
        written += self._end_text()
        self._containers[depth:] = entered
        return written + self._block(rest, ended=ended)

    def _blank_line(self, depth: int) -> str:
        written = self._end_text() + self._end_table()
        self._blank = True
        quote = next(
            (at for at, each in enumerate(self._containers) if isinstance(each, Quote)), None
        )
        if quote is not None and quote >= depth:
            del self._containers[quote:]
        return written

    def _is_block(self, rest: str) -> bool:
        return bool(_WHOLE.match(rest) or RULE.match(rest))

    def _is_indented(self, rest: str) -> bool:
        return rest.startswith(" " * _CODE_INDENT) and not self._containers

    def _block(self, rest: str, *, ended: bool) -> str:
        """The first line of a block in the containers that are open now."""
        heading, fence = _HEADING.match(rest), _FENCE.match(rest)
        if heading:
            return self._heading(len(heading.group(1)), heading.group(2) or "")
        if is_row(rest) and ended:
            self._head = rest.strip()
            return ""
        if not rest.strip():  # an item that is empty so far
            return ""
        if fence:
            self._fence = _Fence(fence)
            line = styled(rest.strip(), DIM)
        elif RULE.match(rest):
            line = styled("─" * min(self._wrapper.room, _RULE), DIM)
        elif self._is_indented(rest):
            line = rest[_CODE_INDENT:]
        else:
            self._in_text, self._paragraph = not ended, True
            return self._open() + self._wrapper.feed(self._inline.feed(rest.lstrip(" ")))
        return self._open() + self._wrapper.verbatim(line)

    def _open(self, apart: int = 1) -> str:
        """Go on to where the next block begins."""
        written = self._wrapper.open_row(2 if self._blank else apart)
        self._blank = False
        self._wrapper.indent(*signs(self._containers))
        return written

    # -------------------------------------------------------------------------------- blocks

    def _end_text(self) -> str:
        """The paragraph that is open is at its end."""
        self._paragraph = False
        return self._wrapper.feed(self._inline.flush())

    def _heading(self, level: int, text: str) -> str:
        look = _HEADINGS[level - 1]
        written = self._open(apart=2)
        shown = f"{mark(look)}{read(text, look)}{mark(0)}" if text else ""
        return written + self._wrapper.feed(shown) + self._wrapper.flush()

    def _code(self, line: str) -> str:
        """A line of code without what the containers and the fence put before it."""
        indent = self._fence.indent if self._fence else 0
        return stripped(without(line, self._containers), indent).expandtabs(_CODE_INDENT)

    def _code_line(self, fence: _Fence, line: str) -> str:
        line = self._code(line)
        if fence.is_closed_by(line):
            self._fence = None
            return self._wrapper.verbatim(styled(line.strip(), DIM))
        return self._wrapper.verbatim(fence.highlighter.line(line.rstrip()))

    def _table(self, rest: str) -> str | None:
        """A line that may be a table's; None where it is none."""
        if self._head:
            if not is_delimiters(rest):
                return None
            self._raw = [self._head, rest.strip()]
            written = self._open()
            self._grid = Grid(self._head, rest, self._wrapper.room)
            self._head = ""
            return written
        if self._grid is None or not is_row(rest):
            return None
        if self._grid.laid_out:
            return self._rows(self._grid.row(rest))
        self._grid.lines.append(rest)
        self._raw.append(rest.strip())
        return self._lay_out() if len(self._grid.lines) == ROWS_TO_MEASURE else ""

    def _lay_out(self) -> str:
        self._raw = []
        return self._rows(self._grid.lay_out()) if self._grid else ""

    def _rows(self, rows: list[str]) -> str:
        return "".join(map(self._wrapper.verbatim, rows))

    def _end_table(self, *, for_good: bool = True) -> str:
        """No row follows, or at least not before something else is shown."""
        if self._head:
            head, self._head = self._head, ""
            self._paragraph = True
            return self._open() + self._wrapper.feed(self._inline.feed(head))
        written = self._lay_out() if self._grid and not self._grid.laid_out else ""
        if for_good:
            self._grid = None
        return written
