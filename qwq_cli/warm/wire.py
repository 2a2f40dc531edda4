"""HTTP over a Unix socket, as far as our own server needs it. Knows no model, and no event.

The standard library's client, since another one takes longer to import than a warm answer to begin.
"""

import contextlib
import http.client
import json
import os
import socket
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SOL_LOCAL, _LOCAL_PEERPID = 0, 2  # (macOS)


class GoneError(Exception):
    """Nobody is there, or not any more; the text says how that showed."""


class SilentError(Exception):
    """Somebody is there, and says nothing within the time."""


@dataclass(frozen=True, slots=True)
class Said:
    """A whole reply; `record` is None where it is no JSON object."""

    status: int
    version: str
    record: dict[str, Any] | None


class Wire:
    """One exchange. `close` may be called from anywhere, a signal handler included."""

    def __init__(self, path: Path, timeout_s: float | None) -> None:
        """Connect; raises GoneError, and SilentError where too many wait there already."""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout_s)
        self._response: http.client.HTTPResponse | None = None
        try:
            self._socket.connect(os.fspath(path))
        except (BlockingIOError, TimeoutError) as error:
            self._socket.close()
            raise SilentError("too many wait there") from error
        except OSError as error:
            self._socket.close()
            raise GoneError(error.strerror or str(error)) from error

    def __enter__(self) -> "Wire":  # noqa: PYI034 - Self costs 15 ms before Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        if self._response is not None:
            self._response.close()
        self._socket.close()

    @property
    def pid(self) -> int | None:
        """Whose process listens there, where the system tells."""
        try:
            if sys.platform == "darwin":
                told = self._socket.getsockopt(_SOL_LOCAL, _LOCAL_PEERPID, 4)
                return int(struct.unpack("i", told)[0])
            told = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            return int(struct.unpack("3i", told)[0])
        except (OSError, AttributeError):
            return None

    def ask(self, path: str, body: object = None) -> Said:
        """Ask for a page, or post something; raises GoneError and SilentError."""
        return self.rest(self.send(path, body))

    def send(self, path: str, body: object = None) -> http.client.HTTPResponse:
        """The same, with the reply not read yet."""
        connection = http.client.HTTPConnection("qwq")
        connection.sock = self._socket
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        with self._mapped():
            # Who refuses a body may stop reading it, and has said why.
            with contextlib.suppress(BrokenPipeError):
                connection.request("GET" if content is None else "POST", path, content)
            self._response = response = connection.getresponse()
        return response

    def lines(self, response: http.client.HTTPResponse) -> Iterator[bytes]:
        """A reply's lines, as they come; raises GoneError where it breaks off."""
        while True:
            with self._mapped():
                line = response.readline()
            if not line:
                return
            if not line.endswith(b"\n"):
                raise GoneError("it broke off in the middle of a line")
            if line.strip():
                yield line

    def rest(self, response: http.client.HTTPResponse) -> Said:
        """A reply, read to its end; raises GoneError and SilentError."""
        with self._mapped():
            data = response.read()
        try:
            record = json.loads(data)
        except ValueError:
            record = None
        version = response.headers.get("qwq-version", "")
        return Said(response.status, version, record if isinstance(record, dict) else None)

    def close(self) -> None:
        """Break it off: whoever reads is woken, and may read no more."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    @contextlib.contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError as error:
            raise SilentError("it says nothing") from error
        except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
            raise GoneError(str(error) or type(error).__name__) from error
