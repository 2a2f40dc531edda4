"""Where a server listens: a socket of this user's alone, or an address. Knows sockets and files.

A socket file is 0600 in a folder that is 0700. One that nobody listens on any more is taken over;
one that somebody does is not.
"""

import contextlib
import fcntl
import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qwq_cli.endpoint import is_here
from qwq_cli.errors import BusyError, QwqError, UnavailableError, UsageError

_LONGEST_PATH = 100
"""Bytes of a path that fit into a socket's address everywhere."""
_BACKLOG = 1024


@dataclass(frozen=True, slots=True)
class Where:
    """A path, or a host and a port; port 0 means any that is free."""

    host: str = "127.0.0.1"
    port: int = 0
    path: Path | None = None

    @property
    def private(self) -> bool:
        """Whether only this machine's own users can reach it."""
        return self.path is not None or is_here(self.host)


@contextmanager
def listening(where: Where) -> Iterator[socket.socket]:
    """A socket that listens, until the end.

    Raises UsageError (a path that is too long, or no socket's), BusyError (somebody listens there
    already), UnavailableError (an address that is none of this machine's, or not for us).
    """
    if where.path is not None:
        with _file(where.path) as listener:
            yield listener
        return
    with contextlib.closing(_address(where)) as listener:
        yield listener


def address_of(where: Where, listener: socket.socket) -> str:
    """What a client is told: a URL, or the path of a socket."""
    if where.path is not None:
        return str(where.path)
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _address(where: Where) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            where.host, where.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise UnavailableError(
            f"can't listen at {where.host}", error.strerror or str(error), "mend --host"
        ) from error
    except UnicodeError as error:  # no name of a host has such parts
        raise UnavailableError(
            f"can't listen at {where.host}", str(error), "mend --host"
        ) from error
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if isinstance(error, PermissionError):
            why, todo = "that port is not for you", "take one above 1023 with --port"
        else:
            why, todo = error.strerror or str(error), "take another with --port (0: any free one)"
        raise UnavailableError(
            f"can't listen at {where.host}, port {where.port}", why, todo
        ) from error
    return listener


@contextmanager
def _file(path: Path) -> Iterator[socket.socket]:
    if len(os.fsencode(path)) > _LONGEST_PATH:
        raise UsageError(
            f"{path} is too long for a socket",
            f"{_LONGEST_PATH} bytes are the most",
            "take a shorter one with --socket",
        )
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with contextlib.closing(listener):
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _alone_in(path.parent):
                _make_way(path)
                before = os.umask(0o177)
                try:
                    listener.bind(os.fspath(path))
                finally:
                    os.umask(before)
                listener.listen(_BACKLOG)
            mine = _which(path)
        except OSError as error:
            raise QwqError(f"can't make the socket {path}", error.strerror or str(error)) from error
        try:
            yield listener
        finally:
            with contextlib.suppress(OSError):
                if _which(path) == mine:  # not another's that took its place
                    path.unlink()


def _which(path: Path) -> tuple[int, int]:
    """What tells a file from another that stands there later, whose number may be the same."""
    found = path.stat()
    return found.st_ino, found.st_ctime_ns


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Nobody else begins to listen in the folder meanwhile: two who both find a dead socket there
    would remove each other's.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _make_way(path: Path) -> None:
    """Remove a socket that nobody listens on; raises for one that somebody does, and for what is
    none.
    """
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise UsageError(f"{path} is no socket", "", "take another path with --socket")
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as probe:
        probe.settimeout(2)
        try:
            probe.connect(os.fspath(path))
        except (ConnectionRefusedError, FileNotFoundError):
            path.unlink(missing_ok=True)
            return
        except OSError:
            pass
    raise BusyError(f"a server listens on {path} already", "", "stop it, or take another --socket")
