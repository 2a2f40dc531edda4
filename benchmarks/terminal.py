"""A child on a pseudo-terminal of a given size, and what it wrote there. Knows no benchmark."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence


def run_on_terminal(
    command: Sequence[str], env: Mapping[str, str], columns: int, rows: int
) -> bytes:
    """All that the child wrote, its stdout and stderr as a terminal gets them.

    It has no stdin. Raises CalledProcessError, with the bytes, if it fails.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env={**env, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
    ) as child:
        os.close(theirs)
        written = bytearray()
        while chunk := _read(ours):
            written += chunk
    os.close(ours)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command, bytes(written))
    return bytes(written)


def _read(terminal: int) -> bytes:
    """What there is; nothing once the child has gone, which Linux tells by an error."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""
