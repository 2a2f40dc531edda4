"""What may stand within a text of Markdown, each thing read as soon as it is complete.

Knows emphasis, code, formulas, links and the rest. Does not know streams, blocks, rows or widths.

Emphasis is read more as it is meant than CommonMark reads it: beside Chinese characters and marks
two stars always open or close, and a star between figures is a product. Whatever is not closed
within `LONGEST` characters, or by the end, is text as it stands.
"""

import html
import re
from dataclasses import dataclass

from qwq_cli.stream.sanitise import sanitise
from qwq_cli.ui.markdown.mathematics import ENVIRONMENTS, closing, mathematics
from qwq_cli.ui.markdown.partial import LONGEST, Found, Partial
from qwq_cli.ui.marks import BOLD, CYAN, DIM, ITALIC, STRIKE, UNDERLINE, mark, styled, unmarked

LONGEST_FORMULA = 6000
"""The same for a formula on rows of its own."""
CODE = CYAN
_SPECIAL = re.compile(r"[\\`$*_~!\[<&]|https?://|h(?:t(?:t(?:p(?:s(?::/?)?|:/?)?)?)?)?\Z")
_LONGEST_URL = 900
_BOTH = 3
"""Stars that are emphasis and strong at once."""
_URL = re.compile(rf"https?://[^\s<>*`|）】》」，。；]{{0,{_LONGEST_URL}}}")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^\s<>]*)>|<br ?/?>", re.IGNORECASE)
_AUTOLINK_BEGUN = re.compile(r"<[a-zA-Z/][^\s<>]*(?: /?)?\Z|<\Z")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_ENTITY_BEGUN = re.compile(r"&#?[A-Za-z0-9]{0,31}\Z")
_NAMED = re.compile(r"\\(?:begin|boxed)(?![A-Za-z])|\\(?:b(?:e(?:g(?:in?)?)?|o(?:x(?:ed?)?)?)?)?\Z")
_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_FIGURE = re.compile(r"[A-Za-z0-9)]")
_OF_A_LINK = re.compile(r"\\.|[\[\]()\n]", re.DOTALL)


@dataclass(slots=True)
class Place:
    """Where in a text a reader stands. `before`: the character before it. `begun`: something
    stands on its line. `own_row`: just above is a formula on rows of its own.
    """

    before: str = " "
    begun: bool = False
    own_row: bool = False


def read(text: str, look: int = 0) -> str:
    """A whole text as marked text; what is plain in it has that look."""
    reader = Reader(text, Place(), look, final=True)
    reader.read()
    return "".join(reader.shown)


class Reader(Partial):
    """Reads a text from left to right as far as it is complete: `at` says how far it came."""

    def __init__(self, text: str, place: Place, look: int, *, final: bool) -> None:
        """`final`: no text comes after it. `place` is kept up to date."""
        super().__init__(text, final=final)
        self._before = place.before
        self._place = place
        self._look = look
        self.at = 0
        self.shown: list[str] = []

    def read(self) -> None:
        """To the end, or raise OpenError at the first thing that is open."""
        text = self._text
        while self.at < len(text):
            special = _SPECIAL.search(text, self.at)
            if special is None:
                self._show(text[self.at :], len(text))
                return
            if special.start() > self.at:
                self._show(text[self.at : special.start()], special.start())
            if len(special.group()) > 1 or special.group() == "h":
                self._address(special)
                continue
            found = self._construct(special.start())
            if found is None:
                self._show(text[self.at], self.at + 1)
            elif found.own_rows:
                self._show_on_own_rows(found)
            else:
                self._show(found.shown, found.end)

    # -------------------------------------------------------------------------------- showing

    def _show(self, text: str, end: int) -> None:
        place = self._place
        if place.own_row:
            text = text.lstrip(" ")
            place.own_row = not text
            if text and text[0] not in "\n.,;:，。；：、":
                text = "\n" + text
        self.shown.append(text)
        self._pass(end)
        line = text.rpartition("\n")[2] if "\n" in text else text
        place.begun = (place.begun and line is text) or bool(line.strip())

    def _show_on_own_rows(self, found: Found) -> None:
        if self._place.begun or self._place.own_row:
            self.shown.append("\n")
        self.shown.append(found.shown)
        self._pass(found.end)
        self._place.begun = self._place.own_row = True

    def _pass(self, end: int) -> None:
        self._place.before = self._text[end - 1]
        self.at = end

    def _address(self, special: re.Match[str]) -> None:
        """A bare address, in which nothing is markup; it is not known to be one to its end."""
        found = _URL.match(self._text, special.start())
        grows = found is None or len(found.group()) < _LONGEST_URL
        if grows and (found or special).end() == len(self._text):
            self._wait(self.at, "")
        end = special.end() if found is None else found.end()
        self._show(self._text[self.at : end], end)

    # ----------------------------------------------------------------------------- constructs

    def _construct(self, at: int) -> Found | None:
        """What begins here, None if it is only a character."""
        readers = {
            "*": self._emphasis,
            "_": self._emphasis,
            "`": self._code,
            "\\": self._backslash,
            "$": self._dollars,
            "~": self._strike,
            "<": self._angle,
            "&": self._entity,
        }
        return readers.get(self._text[at], self._link)(at)

    def _code(self, at: int) -> Found | None:
        size = self._run(at)
        end = self._closing_ticks(at + size, size, at + LONGEST)
        if end < 0:
            self._wait(at, "`")
            return Found(self._text[at : at + size], at + size)
        inner = self._text[at + size : end].replace("\n", " ")
        if inner.strip() and inner[0] == inner[-1] == " ":
            inner = inner[1:-1]
        return Found(styled(inner, CODE | self._look, self._look), end + size)

    def _closing_ticks(self, at: int, size: int, bound: int) -> int:
        for found in re.finditer("`+", self._text[at:bound]):
            if found.end() - found.start() == size:
                if at + found.end() == len(self._text) < bound and not self._final:
                    return -1  # it may yet grow longer
                return at + found.start()
        return -1

    def _strike(self, at: int) -> Found | None:
        size = self._run(at)
        signs = self._text[at : at + size]
        if signs != "~~" or self._peek(at + size).isspace():
            return Found(signs, at + size)
        end = self._text.find("~~", at + 2, at + LONGEST)
        if end < 0:
            self._wait(at, "~")
            return Found(signs, at + 2)
        look = self._look | STRIKE
        inner = read(self._text[at + 2 : end], look)
        return Found(styled(inner, look, self._look), end + 2)

    def _emphasis(self, at: int) -> Found | None:
        size = self._run(at)
        plain = Found(self._text[at : at + size], at + size)
        if size > _BOTH or not self._opens(at, size):
            return plain
        end = self._emphasis_end(at, size)
        if end < 0:
            return plain
        look = self._look | (0, ITALIC, BOLD, BOLD | ITALIC)[size]
        inner = read(self._text[at + size : end], look)
        return Found(styled(inner, look, self._look), end + size)

    def _opens(self, at: int, size: int) -> bool:
        """Whether stars or underscores here may begin something."""
        before, after = self._text[at - 1] if at else self._before, self._peek(at + size)
        if after.isspace():
            return False
        if self._text[at] == "_":
            return not before.isalnum()
        return not (_FIGURE.match(before) and (_FIGURE.match(after) or after == "("))

    def _emphasis_end(self, at: int, size: int) -> int:
        """Where the run that closes it begins, -1 for nowhere."""
        char, text, bound = self._text[at], self._text, at + LONGEST
        place = at + size
        inner = False  # the other of emphasis and strong is open within
        while place < min(bound, len(text)):
            found = re.compile(rf"[{char}`\\\n]").search(text, place, bound)
            if found is None:
                break
            place = found.start()
            if text[place] == "\n" and text.startswith("\n", place + 1):
                return -1
            if text[place] != char:
                place = self._skipped(place, bound)
                continue
            run = self._run(place)
            closes = not text[place - 1].isspace() and self._closes(place + run, char)
            if closes and run in {size, _BOTH}:
                return place + (run - size if inner else 0)
            if run == _BOTH - size:
                inner = not inner
            place += run
        self._wait(at, char + "\n")
        return -1

    def _closes(self, after: int, char: str) -> bool:
        return char == "*" or not self._peek(after).isalnum()

    def _skipped(self, at: int, bound: int) -> int:
        """The place behind a piece of code, an escaped character or a formula."""
        text = self._text
        if text[at] == "`":
            size = self._run(at)
            end = self._closing_ticks(at + size, size, bound)
            if end < 0:
                if bound > len(text):
                    self._wait(at, "`\n")
                return at + size
            return end + size
        if text[at] == "\\":
            close = {"(": "\\)", "[": "\\]"}.get(self._peek(at + 1))
            end = text.find(close, at + 2, bound) if close else -1
            if close and end < 0 and bound > len(text):
                self._wait(at, ")]\n")
            return end + 2 if end >= 0 else at + 2
        return at + 1

    # ------------------------------------------------------------------------------ formulas

    def _backslash(self, at: int) -> Found | None:
        after = self._peek(at + 1)
        if after in "([":
            close = "\\)" if after == "(" else "\\]"
            return self._formula(at, at + 2, close, display=after == "[")
        if after in _PUNCTUATION:
            return Found(after, at + 2)
        named = _NAMED.match(self._text, at)
        if named is None:
            return None
        if named.group() in {"\\begin", "\\boxed"}:
            return self._named(at, named.end())
        self._wait(at, "")  # it is only the beginning of such a name
        return None

    def _named(self, at: int, brace: int) -> Found | None:
        """A box by itself, or an environment; its first group begins at `brace`."""
        if self._peek(brace) != "{":
            return None
        end = closing(self._text[: at + LONGEST], brace)
        if end < 0:
            self._wait(at, "}")
            return None
        if self._text.startswith("\\boxed", at):
            return Found(self._mathematics(self._text[at : end + 1]), end + 1)
        return self._environment(at, self._text[brace + 1 : end])

    def _environment(self, at: int, name: str) -> Found | None:
        if name not in ENVIRONMENTS:
            return None
        close = f"\\end{{{name}}}"
        end = self._text.find(close, at, at + LONGEST_FORMULA)
        if end < 0:
            self._wait(at, "}", longest=LONGEST_FORMULA)
            return None
        end += len(close)
        shown = self._mathematics(self._text[at:end], display=True)
        return Found(shown, end, own_rows=True)

    def _formula(self, at: int, start: int, close: str, *, display: bool) -> Found | None:
        longest = LONGEST_FORMULA if display else LONGEST
        end = self._text.find(close, start, at + longest)
        if end < 0:
            self._wait(at, close[-1], longest=longest)
            return Found(self._text[at:start], start)
        shown = self._mathematics(self._text[start:end], display=display)
        return Found(shown, end + len(close), own_rows=display)

    def _mathematics(self, source: str, *, display: bool = False) -> str:
        shown = mathematics(source, display=display)
        if display:
            shown = "\n".join(f"  {row}" for row in shown.split("\n"))
        return f"{shown}{mark(self._look)}" if self._look else shown

    def _dollars(self, at: int) -> Found | None:
        """Formulas in dollars; one dollar may also be money."""
        if self._peek(at + 1) == "$":
            return self._formula(at, at + 2, "$$", display=True)
        if self._peek(at + 1).isspace():
            return None
        end = at + 1
        while True:
            found = re.compile(r"[$\n]|\\.").search(self._text, end, at + LONGEST)
            if found is None:
                self._wait(at, "$\n")
                return None
            end = found.end()
            if found.group() == "\n":
                return None
            if found.group() == "$":
                break
        if self._text[end - 2].isspace() or self._peek(end).isdecimal():
            return None
        return Found(self._mathematics(self._text[at + 1 : end - 1]), end)

    # --------------------------------------------------------------------------------- others

    def _link(self, at: int) -> Found | None:
        """A link or a picture, as its text and its address: nothing that could be clicked."""
        start = at
        if self._text[at] == "!":
            if self._peek(at + 1) != "[":
                return None
            start = at + 1
        end = self._bracket(start, "[]")
        if end < 0 or self._peek(end + 1) != "(":
            return None
        stop = self._bracket(end + 1, "()")
        if stop < 0:
            return None
        text = read(self._text[start + 1 : end], self._look | UNDERLINE)
        address = self._text[end + 2 : stop].split(" ")[0].strip("<>")
        shown = styled(text, self._look | UNDERLINE, self._look)
        if address not in {self._text[start + 1 : end], ""}:
            shown += styled(f" ({address})", self._look | DIM, self._look)
        return Found(shown, stop + 1)

    def _bracket(self, at: int, pair: str) -> int:
        """Where the bracket at `at` is closed on the same line, -1 for nowhere."""
        depth = 0
        for found in _OF_A_LINK.finditer(self._text, at, at + LONGEST):
            if found.group() == pair[0]:
                depth += 1
            elif found.group() == pair[1]:
                depth -= 1
                if not depth:
                    return found.start()
            elif found.group() == "\n":
                return -1
        self._wait(at, pair[1] + "\n")
        return -1

    def _angle(self, at: int) -> Found | None:
        found = _AUTOLINK.match(self._text, at)
        if found is not None:
            link = found.group(1)
            shown = styled(link, self._look | UNDERLINE, self._look) if link else "\n"
            return Found(shown, found.end())
        if _AUTOLINK_BEGUN.match(self._text, at):
            self._wait(at, "")
        return None

    def _entity(self, at: int) -> Found | None:
        found = _ENTITY.match(self._text, at)
        if found is not None:
            text = unmarked(sanitise(html.unescape(found.group())))
            return Found(text.replace("\n", " "), found.end())
        if _ENTITY_BEGUN.match(self._text, at):
            self._wait(at, "")
        return None
