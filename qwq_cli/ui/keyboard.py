"""The keyboard of the terminal that is written to: silent while text comes, listened to on demand.

Knows the terminal's modes, and gives them back. Does not know what a key means. Typed characters
are not echoed into the text, which would move its rows; they stay where they are, for the shell's
next prompt, unless somebody listens. Nothing is touched where the terminal is not ours: in the
background, behind a redirection, under a shell that stopped us. Signals are still the terminal's
business: Ctrl-C and Ctrl-Z do what they always do.
"""

import os
import select
import termios
from contextlib import suppress
from typing import Any

_LOCAL, _CONTROLS = 3, 6
"""Where the local modes and the control characters stand in a terminal's attributes."""
_MOST = 1024
"""Bytes that are read at once."""


class Keyboard:
    """Of the terminal behind this descriptor. `restore` must be called, and may be at any time."""

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal
        self._keys: int | None = None
        self._before: list[Any] | None = None
        self._wanted: int | None = None
        self._over = False
        self.lost = False
        """Whether others had the terminal since this was last looked at; to be taken back by who
        looks."""

    def poll(self, *, listens: bool) -> bytes:
        """Keep it silent; the keys that came, if somebody `listens`. Never waits."""
        if self._over or not self._is_ours():
            return b""
        try:
            self._set(termios.ECHO | (termios.ICANON if listens else 0))
            return self._pressed() if listens else b""
        except (OSError, termios.error):  # it went away
            return b""

    def restore(self) -> None:
        """As it was. Nothing is touched after this."""
        self._over = True
        if self._before is not None and self._is_ours():
            with suppress(OSError, termios.error):  # it went away
                termios.tcsetattr(self._terminal, termios.TCSANOW, self._before)
        self._before = None
        keys, self._keys = self._keys, None
        if keys is not None:
            os.close(keys)

    def _is_ours(self) -> bool:
        """Whether it controls this process, which is in its foreground."""
        try:
            return os.tcgetpgrp(self._terminal) == os.getpgrp()
        except OSError:
            return False

    def _set(self, silenced: int) -> None:
        """Turn these local modes off and the other way on, where it is not so: a shell that let us
        go on has set its own.
        """
        now = termios.tcgetattr(self._terminal)
        if self._before is None:
            self._before = termios.tcgetattr(self._terminal)
        self.lost = self.lost or self._wanted not in {None, now[_LOCAL]}
        self._wanted = local = self._before[_LOCAL] & ~silenced
        if now[_LOCAL] == local:
            return
        now[_LOCAL] = local
        now[_CONTROLS] = list(self._before[_CONTROLS])
        if silenced & termios.ICANON:
            now[_CONTROLS][termios.VMIN], now[_CONTROLS][termios.VTIME] = 1, 0
        termios.tcsetattr(self._terminal, termios.TCSANOW, now)

    def _pressed(self) -> bytes:
        if self._keys is None:
            self._keys = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        ready, _, _ = select.select([self._keys], [], [], 0)
        return os.read(self._keys, _MOST) if ready else b""
