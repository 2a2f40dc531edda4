"""Text that is safe on a terminal: everything that could steer it is dropped.

Knows control characters and escape sequences (ECMA-48, and what xterm adds to it). Does not know
where the text comes from, nor whether a terminal is there: off a terminal nobody calls it.

Dropped: C0 but newline and tab, DEL, C1 (as decoded U+0080 to U+009F), carriage returns, the
controls of bidirectional text, and escape sequences whole: CSI, OSC, DCS, APC, PM, SOS and the
short ones. Nothing that was dropped is ever the beginning of something that passes: no ESC and no
C1 comes out, so what remains is text, whatever it says.
"""

import re
from enum import Enum, auto

LONGEST_STRING = 4096
"""Characters after which an unterminated sequence is given up, so that it can't hide an answer."""

_SPECIAL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but \t and \n, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"  # bidirectional controls
)
_STRING_END = re.compile("[\x07\x18\x1a\x1b\x9c]")  # BEL, CAN, SUB, ESC (of ESC \), ST


class _State(Enum):
    GROUND = auto()
    ESCAPE = auto()
    CSI = auto()
    STRING = auto()
    STRING_ESCAPE = auto()


_INTRODUCERS = {
    "\x1b": _State.ESCAPE,
    "\x9b": _State.CSI,
    "\x90": _State.STRING,  # DCS
    "\x98": _State.STRING,  # SOS
    "\x9d": _State.STRING,  # OSC
    "\x9e": _State.STRING,  # PM
    "\x9f": _State.STRING,  # APC
}
_AFTER_ESCAPE = {"[": _State.CSI, "\x1b": _State.ESCAPE} | dict.fromkeys("]PX^_", _State.STRING)


class Sanitiser:
    """A filter over a stream of text: any chunking of the same text gives the same output.

    Nothing is held back: what is safe comes out of the `feed` that brought it.
    """

    def __init__(self) -> None:
        self._state = _State.GROUND
        self._inside = 0

    def feed(self, text: str) -> str:
        """The next piece, without what a terminal would obey."""
        if self._state is _State.GROUND and not _SPECIAL.search(text):
            return text
        kept: list[str] = []
        at = 0
        while at < len(text):
            if self._state is _State.GROUND:
                at = self._ground(text, at, kept)
            elif self._state is _State.STRING:
                at = self._string(text, at)
            else:
                at = self._sequence(text, at)
        return "".join(kept)

    def flush(self) -> str:
        """The end: nothing was held back, and an open sequence ends here."""
        self._state = _State.GROUND
        return ""

    def _ground(self, text: str, at: int, kept: list[str]) -> int:
        found = _SPECIAL.search(text, at)
        if found is None:
            kept.append(text[at:])
            return len(text)
        kept.append(text[at : found.start()])
        self._state = _INTRODUCERS.get(found.group(), _State.GROUND)
        self._inside = 0
        return found.end()

    def _string(self, text: str, at: int) -> int:
        """Inside OSC and its like: on to the end, or to the bound."""
        bound = at + LONGEST_STRING - self._inside
        found = _STRING_END.search(text, at, bound)
        if found is None:
            self._inside += len(text[at:bound])
            if self._inside >= LONGEST_STRING:
                self._state = _State.GROUND
            return min(bound, len(text))
        self._inside += found.end() - at
        self._state = _State.STRING_ESCAPE if found.group() == "\x1b" else _State.GROUND
        return found.end()

    def _sequence(self, text: str, at: int) -> int:
        """One character of a short sequence. One that does not belong is read afresh."""
        char = text[at]
        self._inside += 1
        if self._state is _State.STRING_ESCAPE:
            self._state = _State.GROUND if char == "\\" else _State.ESCAPE
            return at + (char == "\\")
        if self._state is _State.ESCAPE and char in _AFTER_ESCAPE:
            self._state = _AFTER_ESCAPE[char]
            self._inside = 0
            return at + 1
        last_parameter = "\x2f" if self._state is _State.ESCAPE else "\x3f"
        if "\x20" <= char <= last_parameter and self._inside < LONGEST_STRING:
            return at + 1
        self._state = _State.GROUND
        return at + ("\x20" <= char <= "\x7e")


def sanitise(text: str) -> str:
    """A whole text, safe on a terminal."""
    return Sanitiser().feed(text)


def one_line(text: str) -> str:
    """A message that holds foreign names or contents, safe and on one line."""
    return " ".join(sanitise(text).split())
