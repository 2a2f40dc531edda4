r"""Formulas in LaTeX as text that can be read: `\frac{a+b}{2} \leq x^2` is `(a+b)/2 ≤ x²`.

Knows LaTeX's mathematics, as far as models write it, and Unicode. Does not know where formulas
stand in a text. What it does not know stays as it was written, so nothing is ever lost; a formula
that can't be read at all stays as a whole.
"""

import re
from collections.abc import Callable
from unicodedata import normalize

from qwq_cli.ui.markdown import symbols
from qwq_cli.ui.markdown.matrices import BRACKETS, on_one_row, stacked
from qwq_cli.ui.marks import BOLD, GREEN, styled

_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_WORDY = re.compile(r"[^\W_]")
_COMPOUND = re.compile(r"[\s+\-=/*·×÷±∓<>≤≥,]")
_GROUP = re.compile(r"\([^()]*\)")
_RELATIONS = "=<>"
_DEEPEST = 30
"""Groups within groups; what is deeper is no formula that a person wrote."""
_LINED = {"align", "aligned", "alignat", "gather", "gathered", "split", "eqnarray", "equation"}
_LINED |= {"multline", "displaymath", "math", "dcases*"}
ENVIRONMENTS = frozenset({*_LINED, *BRACKETS, *(f"{name}*" for name in {*_LINED, *BRACKETS})})
"""The environments that are formulas by themselves."""


def mathematics(source: str, *, display: bool = False) -> str:
    """A formula, without what encloses it, as marked text; on several rows only if `display`."""
    try:
        return _Reader(source, display=display).whole()
    except _UnreadableError:
        return source if display else " ".join(source.split())


class _UnreadableError(ValueError):
    """Groups don't match, or are too deep."""


class _Reader:
    """Reads a formula from left to right into text.

    `tight`: inside an index or exponent, where operators have no blanks around them.
    """

    def __init__(self, source: str, *, display: bool, depth: int = 0) -> None:
        self._source = source
        self._at = 0
        self._display = display
        self._depth = depth
        self._out = ""
        self._tight = False
        self._apart = False
        """What comes next must not touch what stands: a name or a fraction."""

    def whole(self) -> str:
        """All of it."""
        while self._at < len(self._source):
            self._next()
        return self._out.strip(" ").strip("\n")

    # ----------------------------------------------------------------------------- one thing

    def _next(self) -> None:
        char = self._source[self._at]
        if char == "\\":
            self._command()
            return
        self._at += 1
        if char in "^_":
            self._script(char)
        elif char == "{":
            self._at -= 1
            self._put(self._argument(tight=self._tight))
        elif char == "}":
            raise _UnreadableError
        elif char == "'":
            self._out = self._out.rstrip() + "′"
        elif char in "~&" or char.isspace():
            self._blank()
        elif char in _RELATIONS:
            self._operator(char)
        elif char == ")":
            self._out = self._out.rstrip(" ")
            self._put(char)
        else:
            self._put(char)

    def _put(self, text: str) -> None:
        if self._apart and text and _WORDY.match(text):
            self._blank()
        self._apart = False
        self._out += text

    def _blank(self) -> None:
        if self._out and not self._out[-1].isspace() and self._out[-1] != "(" and not self._tight:
            self._out += " "

    def _operator(self, sign: str) -> None:
        self._apart = False
        begun = self._out.rstrip(" ")
        if self._tight:
            self._out += sign
        elif not begun or begun[-1] in "([{,^_/\n" or (sign in "±∓" and begun[-1] in "=≈≤≥<>"):
            self._out += sign if sign in "±∓" else f"{sign} "
        else:
            self._out = f"{begun} {sign} "

    # ----------------------------------------------------------------------------- arguments

    def _argument(self, *, tight: bool = False) -> str:
        """The next group, or the next single thing, read."""
        self._skip_blanks()
        if not self._source.startswith("{", self._at):
            return self._single(tight=tight)
        return self._read(self._raw(), tight=tight)

    def _single(self, *, tight: bool) -> str:
        if self._at >= len(self._source):
            return ""
        found = _COMMAND.match(self._source, self._at)
        if found is None:
            self._at += 1
            return self._source[self._at - 1]
        start = self._at
        inner = _Reader(self._source, display=False, depth=self._depth + 1)
        inner._at, inner._tight = start, tight
        inner._deeper()
        inner._next()
        self._at = inner._at
        return inner._out.strip()

    def _raw(self) -> str:
        """The next group as it is written, without its braces; "" where there is none."""
        self._skip_blanks()
        if not self._source.startswith("{", self._at):
            return ""
        end = closing(self._source, self._at)
        if end < 0:
            raise _UnreadableError
        start, self._at = self._at + 1, end + 1
        return self._source[start:end]

    def _option(self) -> str:
        """What stands in square brackets here, "" where nothing does."""
        if not self._source.startswith("[", self._at):
            return ""
        end = self._source.find("]", self._at)
        if end < 0:
            return ""
        start, self._at = self._at + 1, end + 1
        return self._source[start:end]

    def _read(self, source: str, *, tight: bool = False, display: bool = False) -> str:
        inner = _Reader(source, display=display, depth=self._depth + 1)
        inner._deeper()
        inner._tight = tight
        return inner.whole()

    def _deeper(self) -> None:
        if self._depth > _DEEPEST:
            raise _UnreadableError

    def _skip_blanks(self) -> None:
        while self._at < len(self._source) and self._source[self._at].isspace():
            self._at += 1

    # ------------------------------------------------------------------------------ commands

    def _script(self, sign: str) -> None:
        """An exponent or index: in Unicode's own characters where it has them all."""
        text = self._argument(tight=True)
        table = symbols.RAISED if sign == "^" else symbols.LOWERED
        self._out = self._out.rstrip(" ")
        if text and all(char in table for char in text):
            self._out += "".join(table[char] for char in text)
        elif text:
            plain = len(text) == 1 or text.isalnum()
            self._out += f"{sign}{text}" if plain else f"{sign}({text})"
            self._apart = plain

    def _command(self) -> None:
        found = _COMMAND.match(self._source, self._at)
        if found is None:  # a backslash that ends it
            self._at += 1
            self._put("\\")
            return
        self._at = found.end()
        name = found.group(1)
        if name.isalpha():
            self._skip_blanks()
        if name in _COMMANDS:
            _COMMANDS[name](self)
        elif name in symbols.OPERATORS:
            self._operator(symbols.OPERATORS[name])
        elif name in symbols.LETTERS:
            self._put(symbols.LETTERS[name])
        elif name in symbols.SPACES:
            self._blank()
        elif name in symbols.NOTHING:
            if name in {"left", "right"} and self._source.startswith(".", self._at):
                self._at += 1
        else:
            self._other(name)

    def _other(self, name: str) -> None:
        if name in symbols.NAMES:
            self._name(name)
        elif name in symbols.VERBATIM:
            self._put(re.sub(r"\\([%$&#_{}])", r"\1", self._raw().replace("~", " ")))
        elif name == "operatorname":
            self._at += self._source.startswith("*", self._at)
            self._name(self._argument())
        elif name in symbols.WRAPPERS:
            self._put(self._argument(tight=self._tight))
        elif name in symbols.ACCENTS:
            self._accent(symbols.ACCENTS[name])
        elif not name.isalnum():
            self._put(name)  # an escaped character
        else:
            self._put(f"\\{name}")
            while self._source.startswith("{", self._at):
                self._put(f"{{{self._raw()}}}")
            self._apart = True

    def _name(self, name: str) -> None:
        if self._out and _WORDY.match(self._out[-1]):
            self._blank()
        self._put(name)
        self._apart = True

    def _accent(self, accent: str) -> None:
        text = self._argument()
        if accent == "\u0338":  # a stroke through the sign after it
            self._operator(normalize("NFC", text + accent))
        else:
            self._put(normalize("NFC", "".join(char + accent for char in text)))

    def fraction(self) -> None:
        above, below = (_enclosed(self._argument()) for _ in range(2))
        if self._apart or (self._out and _WORDY.match(self._out[-1])):
            self._blank()
        self._put(f"{above}/{below}")
        self._apart = True

    def root(self) -> None:
        degree = self._option()
        signs = {"": "√", "2": "√", "3": "∛", "4": "∜"}
        if degree not in signs and all(char in symbols.RAISED for char in degree):
            signs[degree] = "".join(symbols.RAISED[char] for char in degree) + "√"
        under = self._argument()
        simple = under.isalnum() and under.isascii()
        text = under if simple or len(under) == 1 else f"({under})"
        self._put(f"{signs.get(degree, f'({degree})√')}{text}")

    def binomial(self) -> None:
        self._put(f"C({self._argument()}, {self._argument()})")

    def box(self) -> None:
        self._put(styled(self._argument() or "□", BOLD | GREEN))

    def struck(self) -> None:
        text = self._argument()
        self._put("".join(symbols.DOUBLE_STRUCK.get(char, char) for char in text))

    def modulo(self) -> None:
        self._blank()
        self._put(f"(mod {self._argument()})")

    def mod(self) -> None:
        self._operator("mod")

    def tag(self) -> None:
        self._put(f"  ({self._raw()})")

    def drop(self) -> None:
        self._raw()

    def space(self) -> None:
        self._raw()
        self._blank()

    def coloured(self) -> None:
        self._raw()
        self._put(self._argument(tight=self._tight))

    def over(self) -> None:
        above, base = self._argument(tight=True), self._argument()
        self._put(f"{base}^({above})")

    def under(self) -> None:
        below, base = self._argument(tight=True), self._argument()
        self._put(f"{base}_({below})")

    def arrow(self) -> None:
        self._option()
        text = self._argument()
        self._operator(f"—{text}→" if text else "→")

    def new_row(self) -> None:
        self._option()
        self._skip_blanks()
        if self._display:
            self._out = f"{self._out.rstrip(' ')}\n"
        else:
            self._blank()

    def environment(self) -> None:
        name = self._raw()
        if name.startswith(("array", "alignat")):
            self._raw()
        end = _end_of(self._source, self._at, name)
        body, self._at = self._source[self._at : end], end + len(f"\\end{{{name}}}")
        kind = name.rstrip("*")
        rows = [
            [self._read(cell) for cell in _split(row, "&")]
            for row in _split(body, "\\\\")
            if row.strip()
        ]
        if kind not in BRACKETS:
            lines = [" ".join(filter(None, cells)) for cells in rows]
            self._put(("\n" if self._display else " ").join(lines))
        elif self._display and len(rows) > 1:
            if self._out.strip():
                self._out = f"{self._out.rstrip()}\n"
            self._out += stacked(rows, kind)
            self._skip_blanks()
            if self._at < len(self._source):
                self._out += "\n"
        else:
            self._put(on_one_row(rows, kind))


_COMMANDS: dict[str, Callable[[_Reader], None]] = {
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac"), _Reader.fraction),
    **dict.fromkeys(("binom", "dbinom", "tbinom"), _Reader.binomial),
    **dict.fromkeys(("boxed", "fbox"), _Reader.box),
    **dict.fromkeys(("mathbb", "Bbb"), _Reader.struck),
    **dict.fromkeys(("pmod", "pod"), _Reader.modulo),
    **dict.fromkeys(("label", "phantom", "vspace", "vphantom", "hphantom"), _Reader.drop),
    **dict.fromkeys(("overset", "stackrel"), _Reader.over),
    **dict.fromkeys(("textcolor", "colorbox"), _Reader.coloured),
    **dict.fromkeys(("xrightarrow", "xlongrightarrow"), _Reader.arrow),
    **dict.fromkeys(("\\", "newline", "cr"), _Reader.new_row),
    "sqrt": _Reader.root,
    "bmod": _Reader.mod,
    "tag": _Reader.tag,
    "color": _Reader.drop,
    "hspace": _Reader.space,
    "underset": _Reader.under,
    "begin": _Reader.environment,
}


def closing(text: str, at: int) -> int:
    """Where the group that opens at `at` is closed, -1 where it isn't."""
    depth = 0
    for found in re.finditer(r"\\.|[{}]", text[at:], re.DOTALL):
        if found.group() == "{":
            depth += 1
        elif found.group() == "}":
            depth -= 1
            if depth == 0:
                return at + found.start()
    return -1


def _enclosed(text: str) -> str:
    """In brackets, where a stroke beside it would be read with a part of it only."""
    return f"({text})" if _COMPOUND.search(_GROUP.sub("", _GROUP.sub("", text))) else text


def _end_of(source: str, at: int, name: str) -> int:
    """Where the environment that began before `at` ends."""
    depth = 1
    for found in re.finditer(rf"\\(begin|end)\{{{re.escape(name)}\}}", source[at:]):
        depth += 1 if found.group(1) == "begin" else -1
        if depth == 0:
            return at + found.start()
    raise _UnreadableError


def _split(source: str, sign: str) -> list[str]:
    """The parts between a sign, where it stands in no group and no environment of its own."""
    parts, start, depth = [], 0, 0
    pattern = r"\\begin\{|\\end\{|\\\\(?:\[[^\]]*\])?|\\.|[{}&]"
    for found in re.finditer(pattern, source, re.DOTALL):
        what = found.group()
        if what.endswith("{"):
            depth += 1 if what == "{" else (2 if "begin" in what else 0)
        elif what == "}":
            depth -= 1
        elif depth == 0 and what.startswith(sign):
            parts.append(source[start : found.start()])
            start = found.end()
    return [*parts, source[start:]]
