"""When a line that was typed is the whole of it. Pure text; knows no keys and no terminal."""

import re
from dataclasses import dataclass
from typing import Protocol

_FENCE = re.compile(r" {0,3}(`{3,})(.*)")
_BACKSLASHES = re.compile(r"\\*\Z")


class ClearedError(KeyboardInterrupt):
    """A text that stood at the prompt was given up; without one it is a KeyboardInterrupt."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What could stand instead of the last `replaces` characters; `about` says what it is."""

    text: str
    replaces: int
    about: str = ""


class Reader(Protocol):
    """Where a person's texts come from, one by one."""

    def read(self, text: str = "", *, edit: bool = False) -> str:
        """The next text; `text` stands there already, to be changed; `edit`: in the editor.

        Raises EOFError at the end, and KeyboardInterrupt where it is given up.
        """
        ...

    def fault(self) -> str | None:
        """What a person should know of it, told once."""
        ...

    def interrupt(self, *, leave: bool) -> None:
        """End a `read` that waits, as Ctrl-D or Ctrl-C do; safe in a signal handler."""
        ...


def goes_on(text: str) -> bool:
    """Whether Enter begins another line here: in an open fence, and after a backslash."""
    return continued(text) or fence_is_open(text)


def continued(text: str) -> bool:
    """Whether the text ends in a backslash that no other one makes a plain character."""
    found = _BACKSLASHES.search(text)
    return found is not None and len(found.group()) % 2 == 1


def fence_is_open(text: str) -> bool:
    """Whether a fence of three backticks or more begins and does not end."""
    fence = ""
    for line in text.split("\n"):
        found = _FENCE.fullmatch(line)
        if found is None:
            continue
        ticks, rest = found.groups()
        if not fence:
            fence = "" if "`" in rest else ticks
        elif len(ticks) >= len(fence) and not rest.strip():
            fence = ""
    return bool(fence)
