"""Text as roff: pages of `man(7)` in plain ASCII, read alike by groff and mandoc.

Knows roff's special characters and the few macros that a page here needs. Knows no command.
"""

import re
from collections.abc import Iterable
from textwrap import wrap

_WIDTH = 79
_SPECIAL = {
    "\\": r"\(rs",
    "-": r"\-",  # a minus, as one types it; a bare one may come out as a hyphen
    "'": r"\(aq",
    "`": r"\(ga",
    "^": r"\(ha",
    "~": r"\(ti",
    '"': r"\(dq",
}


def escaped(text: str) -> str:
    """A text with nothing in it that roff would obey, wherever in a line it comes to stand."""
    return "".join(_SPECIAL.get(letter) or _plain(letter) for letter in text)


def _plain(letter: str) -> str:
    return letter if letter.isascii() else f"\\[u{ord(letter):04X}]"


def bold(text: str) -> str:
    """What one types."""
    return rf"\fB{escaped(text)}\fR"


def italic(text: str) -> str:
    """What stands for something else."""
    return rf"\fI{escaped(text)}\fR"


def prose(text: str) -> str:
    """A paragraph; what is `in backticks` in it, and what looks like an option, becomes bold."""
    parts = re.split(r"`([^`]+)`|(?<![\w-])(--?[a-z][a-z-]*)", text)
    return lines(
        "".join(
            bold(part) if place % 3 else escaped(part)
            for place, part in enumerate(parts)
            if part is not None
        )
    )


def lines(marked: str) -> str:
    """Text that is escaped already, over several lines; none of them begins with a full stop."""
    broken = wrap(marked, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(_guarded(line) for line in broken)


def _guarded(line: str) -> str:
    return rf"\&{line}" if line.startswith(".") else line


def section(title: str, body: Iterable[str]) -> str:
    """A section; nothing where nothing is in it."""
    text = "\n".join(body)
    return f".SH {escaped(title)}\n{text}\n" if text else ""


def paragraphs(texts: Iterable[str]) -> str:
    """Paragraphs of prose, one under the other."""
    return "\n.PP\n".join(prose(text) for text in texts)


def tagged(tag: str, text: str) -> str:
    """A paragraph under a tag, which is escaped already."""
    return f".TP\n{_guarded(tag)}\n{prose(text)}"


def verbatim(block: str) -> str:
    """Lines as they are, in a fixed font where there is one."""
    body = "\n".join(_guarded(escaped(line)) for line in block.splitlines())
    return f".RS 4\n.EX\n{body}\n.EE\n.RE"
