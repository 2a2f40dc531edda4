"""A terminal of fixed size to test on: pyte's, fed by hand or by a process on a real one."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyte
from wcwidth import wcwidth

USUAL = (60, 16)
_PIECE = 512
"""Bytes."""
CONTROLLED = (
    sys.executable,
    "-c",
    """import fcntl, os, sys, termios
fcntl.ioctl(1, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])""",
)
"""Put before a command it makes the terminal the one that controls it, as a shell's is: keys are
signals then, and `/dev/tty` is there.
"""


class KeepingScreen(pyte.Screen):
    """Keeps the rows that scroll away. pyte's `HistoryScreen` can scroll back besides, and takes
    several times as long for everything. Answers where it is asked for the cursor's place, as
    terminals do.
    """

    answers: Callable[[str], None] | None = None

    def __init__(self, columns: int, lines: int) -> None:
        self.above: list[Mapping[int, Any]] = []
        super().__init__(columns, lines)

    def index(self) -> None:
        top, bottom = self.margins or (0, self.lines - 1)
        if self.cursor.y == bottom:
            self.above.append(self.buffer[top])
        super().index()

    def reset(self) -> None:
        self.above.clear()
        super().reset()

    def erase_in_display(self, how: int = 0, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        if how == 3:
            self.above.clear()
        super().erase_in_display(how, *args, **kwargs)

    def write_process_input(self, data: str) -> None:
        if self.answers is not None:
            self.answers(data)


class Terminal:
    """What a person would see, with what has scrolled away above it."""

    def __init__(
        self,
        columns: int = USUAL[0],
        lines: int = USUAL[1],
        kind: type[KeepingScreen] = KeepingScreen,
    ) -> None:
        self.screen = kind(columns, lines)
        self.screen.set_mode(pyte.modes.LNM)  # what a tty's ONLCR does
        self.stream = pyte.Stream(self.screen)

    def feed(self, text: str) -> None:
        self.stream.feed(text)

    @property
    def scrolled(self) -> list[str]:
        """The rows above the screen."""
        width = range(self.screen.columns)
        return ["".join(row[at].data for at in width).rstrip() for row in self.screen.above]

    @property
    def visible(self) -> list[str]:
        """The rows on the screen, without the empty ones at its end."""
        written = [number for number, row in self.screen.buffer.items() if row]
        rows = [self._row(number) for number in range(max(written, default=-1) + 1)]
        while rows and not rows[-1]:
            rows.pop()
        return rows

    def _row(self, number: int) -> str:
        """As pyte's own `display`, which looks at every cell there is, and takes its time."""
        row = self.screen.buffer[number]
        texts = []
        at, end = 0, max(row, default=-1) + 1
        while at < end:
            texts.append(text := row[at].data)
            at += 2 if text and wcwidth(text[0]) == 2 else 1
        return "".join(texts).rstrip()

    @property
    def rows(self) -> list[str]:
        return self.scrolled + self.visible

    @property
    def text(self) -> str:
        return "\n".join(self.rows)


class Process:
    """A command on a pseudo-terminal, its screen kept up to date by `until` and `end`."""

    def __init__(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        *,
        cwd: Path | None = None,
        size: tuple[int, int] = USUAL,
        stdin: int | None = None,
        stderr: int | None = None,
    ) -> None:
        """`stdin` and `stderr` are what subprocess takes; None is the terminal."""
        self.terminal = Terminal(*size)
        self.terminal.screen.reset_mode(pyte.modes.LNM)  # the tty does it
        self.written = b""
        self._unread = b""
        self._master, slave = pty.openpty()
        self.resize(*size)
        self._child = subprocess.Popen(
            command,
            env=dict(env),
            cwd=cwd,
            stdin=slave if stdin is None else stdin,
            stdout=slave,
            stderr=slave if stderr is None else stderr,
            start_new_session=True,
        )
        self._input = slave
        self.pid = self._child.pid
        self._decoder = pyte.ByteStream(self.terminal.screen)
        self.terminal.screen.answers = lambda data: self.type(data.encode())

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def type(self, keys: bytes) -> None:
        """What a person's keyboard sends."""
        os.write(self._master, keys)

    @property
    def modes(self) -> list[Any]:
        """How the terminal takes keys: what `stty -a` shows."""
        return termios.tcgetattr(self._input)

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._child.poll() is None

    def hang_up(self) -> None:
        """The terminal goes away, as when its window is closed."""
        os.close(self._input)
        os.close(self._master)

    def kill(self) -> None:
        """End it by force, if it has not ended."""
        if self.running:
            self._child.kill()
            self._child.wait()

    def wait(self, timeout_s: float = 20) -> int:
        """The exit code of one that was hung up on."""
        return self._child.wait(timeout_s)

    def until(self, seen: Callable[[Terminal], bool], timeout_s: float = 20) -> None:
        """Read until the screen shows what is waited for."""
        limit = time.monotonic() + timeout_s
        while not seen(self.terminal):
            assert time.monotonic() < limit, f"not seen; the screen:\n{self.terminal.text}"
            assert self._read() or seen(self.terminal), f"it ended:\n{self.terminal.text}"

    def end(self, timeout_s: float = 20) -> int:
        """Read to the end; the exit code, negative for a signal."""
        limit = time.monotonic() + timeout_s
        while self._read():
            assert time.monotonic() < limit, f"no end; the screen:\n{self.terminal.text}"
        code = self._child.wait(timeout_s)
        os.close(self._input)
        os.close(self._master)
        return code

    def _read(self) -> bool:
        """Take in what is there; false once the process has ended and all is read."""
        if self._unread:
            return self._show()
        ended = self._child.poll() is not None
        ready, _, _ = select.select([self._master], [], [], 0 if ended else 0.05)
        if ready:
            data = os.read(self._master, 65536)
            self.written += data
            self._unread = data
            return self._show()
        return not ended

    def _show(self) -> bool:
        """Some of what was read; in small pieces, so that what stood for a moment can be seen
        however late it is read.
        """
        shown, self._unread = self._unread[:_PIECE], self._unread[_PIECE:]
        self._decoder.feed(shown)
        return True
