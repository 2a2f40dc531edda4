"""A formula that is read from its signs, or from the words for them. Knows no question."""

import re
from typing import Final

from qwq_cli.puzzles.truth.puzzle import OPS, Formula, Joined, Not, Variable

_LATEX: Final[tuple[tuple[str, str], ...]] = (
    (r"\\(?:land|wedge)(?![a-z])", "∧"),
    (r"\\(?:lor|vee)(?![a-z])", "∨"),
    (r"\\(?:neg|lnot|sim)(?![a-z])", "¬"),
    (r"\\(?:to|(?:long)?rightarrow|implies|(?:Long)?[rR]ightarrow)(?![a-z])", "→"),
    (r"\\(?:(?:long)?leftrightarrow|iff|(?:Long)?[lL]eftrightarrow)(?![a-z])", "↔"),
)
MOST_TOKENS: Final = 300
"""More of them could be nested more deeply than Python can follow."""

_SIGNS: Final[dict[str, str]] = {
    **dict.fromkeys(("¬", "~", "!", "非", "not", "NOT"), "¬"),
    **dict.fromkeys(("∧", "&", "&&", "且", "并且", "and", "AND", "/\\"), "∧"),
    **dict.fromkeys(("∨", "|", "||", "或", "或者", "or", "OR", "\\/"), "∨"),
    **dict.fromkeys(("→", "->", "=>", "⇒", "implies", "IMPLIES", "蕴含", "蕴涵"), "→"),
    **dict.fromkeys(("↔", "<->", "<=>", "⇔", "iff", "IFF", "if and only if", "当且仅当"), "↔"),
}
NOT: Final = r"(?:[¬~!非]|(?:not|NOT)\b)"
WORD: Final = (
    r"(?:\bif and only if\b|\b(?:and|or|implies|iff|AND|OR|IMPLIES|IFF)\b"
    r"|当且仅当|蕴[含涵]|并且|或者|[且或])"
)
"""What joins two formulas in words."""
BINARY: Final = rf"(?:<->|<=>|->|=>|&&?|\|\|?|/\\|\\/|[∧∨→↔⇒⇔]|{WORD})"
LETTER: Final = r"(?<![A-Za-z])[a-zA-Z](?![A-Za-z])"
_TOKEN: Final = re.compile(rf"\s*({NOT}|{BINARY}|[()（）]|{LETTER})")
RUN: Final = re.compile(rf"(?:\s*(?:{NOT}|{BINARY}|[()（）]|{LETTER}))+")


def without_latex(text: str) -> str:
    r"""With `∧` for `\land`."""
    for pattern, sign in _LATEX:
        text = re.sub(pattern, f" {sign} ", text)
    return text


class _Reader:
    """Recursive descent over the tokens of one formula; raises ValueError where it is none."""

    def __init__(self, text: str) -> None:
        self.tokens = [_SIGNS.get(t, t) for t in _TOKEN.findall(text)]
        self.at = 0
        if len(self.tokens) > MOST_TOKENS:
            raise ValueError(len(self.tokens))

    def whole(self) -> Formula:
        formula = self.joined(0)
        if self.at < len(self.tokens):
            raise ValueError(self.tokens[self.at])
        return formula

    def joined(self, level: int) -> Formula:
        """Everything that binds like `OPS[level]`, or more; → to the right, others to the left."""
        if level == len(OPS):
            return self.single()
        left = self.joined(level + 1)
        while self.at < len(self.tokens) and self.tokens[self.at] == OPS[level]:
            self.at += 1
            right = self.joined(level if OPS[level] == "→" else level + 1)
            left = Joined(OPS[level], left, right)
        return left

    def single(self) -> Formula:
        sign = self.tokens[self.at] if self.at < len(self.tokens) else ""
        self.at += 1
        if sign == "¬":
            return Not(self.single())
        if sign in {"(", "（"}:
            formula = self.joined(0)
            if self.tokens[self.at : self.at + 1] not in ([")"], ["）"]):
                raise ValueError(sign)
            self.at += 1
            return formula
        if re.fullmatch(r"[a-zA-Z]", sign):
            return Variable(sign)
        raise ValueError(sign)


def read_formula(text: str) -> Formula:
    """The formula that a text is; ValueError, of whatever does not belong, if it is none."""
    return _Reader(text).whole()
