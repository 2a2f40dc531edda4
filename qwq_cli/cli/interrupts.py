"""SIGINT and SIGTERM: the first ends things cleanly, the second leaves at once.

Knows signals. Does not know what is being ended: whoever can end cleanly says how.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
SIGNALLED = 128
"""Added to a signal's number it makes the exit code that shells use: 130, 143."""


class Interrupted(BaseException):
    """A signal came where nothing was to be kept. No `Exception`: nobody mends it."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.code = SIGNALLED + signum


class Interrupts:
    """Listens from `listen` on. A signal that was ignored when qwq started stays ignored."""

    def __init__(self) -> None:
        self.code: int | None = None
        """The exit code for the signal that came, None while none did."""
        self._heard: list[int] = []
        self._end: Callable[[], None] | None = None
        self._leaving: list[Callable[[], None]] = []

    def on_leaving(self, act: Callable[[], None]) -> None:
        """Call this before a second signal leaves at once; it must be safe in a handler."""
        self._leaving.append(act)

    def listen(self) -> None:
        """From here on a signal raises Interrupted, or ends what `ending` covers."""
        for signum in _SIGNALS:
            if signal.getsignal(signum) is not signal.SIG_IGN:
                signal.signal(signum, self._hear)
                self._heard.append(signum)

    @contextmanager
    def ending(self, end: Callable[[], None]) -> Iterator[None]:
        """Within it the first signal calls `end`, which must be safe in a signal handler."""
        self._end = end
        try:
            yield
        finally:
            self._end = None

    @contextmanager
    def deadly(self) -> Iterator[None]:
        """Within it a signal kills, as if nobody listened: for calls that hold Python up long."""
        for signum in self._heard:
            signal.signal(signum, signal.SIG_DFL)
        try:
            yield
        finally:
            for signum in self._heard:
                signal.signal(signum, self._hear)

    def leave(self, code: int) -> NoReturn:
        """End the process here and now, where a thread that can't be ended would keep it."""
        os._exit(code)

    def _hear(self, signum: int, frame: FrameType | None) -> None:
        del frame
        if self.code is not None:
            for act in self._leaving:
                act()
            os._exit(SIGNALLED + signum)
        self.code = SIGNALLED + signum
        if self._end is None:
            raise Interrupted(signum)
        self._end()
