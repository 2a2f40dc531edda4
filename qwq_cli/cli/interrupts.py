"""SIGINT, SIGTERM and SIGHUP: the first ends things cleanly, the second leaves at once.

Knows signals. Does not know what is being ended: whoever can end cleanly says how.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from types import FrameType
from typing import NoReturn

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SIGNALLED = 128
"""Added to a signal's number it makes the exit code that shells use: 130, 143, 129."""
CTRL_C = SIGNALLED + signal.SIGINT


@dataclass(frozen=True, slots=True)
class _Reaction:
    """What signals do. `end` None: the first one raises."""

    end: Callable[[], None] | None = None
    patience_s: float = 0.0


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
        self._reaction = _Reaction()
        self._since = 0.0
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

    def forget(self) -> None:
        """Go on as if no signal had come: what it ended was all that it was meant for."""
        self.code = None

    @contextmanager
    def ending(self, end: Callable[[], None], *, patience_s: float = 0.0) -> Iterator[None]:
        """Within it the first signal calls `end`, which must be safe in a signal handler. For
        `patience_s` after that another one only has its code. May stand in another, or around one.
        """
        with self._reacting(_Reaction(end, patience_s)):
            yield

    @contextmanager
    def raising(self) -> Iterator[None]:
        """Within it, inside an `ending`, a signal raises Interrupted again."""
        with self._reacting(_Reaction()):
            yield

    @contextmanager
    def _reacting(self, reaction: _Reaction) -> Iterator[None]:
        before, self._reaction = self._reaction, reaction
        try:
            yield
        finally:
            self._reaction = before

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
        reaction, before = self._reaction, self.code
        self.code = SIGNALLED + signum
        if before is not None and monotonic() - self._since < reaction.patience_s:
            return
        if before is not None:
            for act in self._leaving:
                act()
            os._exit(self.code)
        self._since = monotonic()
        if reaction.end is None:
            raise Interrupted(signum)
        reaction.end()
