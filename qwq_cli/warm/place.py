"""Where a warm server is: a socket, a log and a lock for each model and how it is loaded.

Knows names and files. Does not know whether anybody is there.
"""

import hashlib
import json
import os
import re
import socket
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

_LONGEST_FOLDER = 55
"""Bytes. A socket's address has room for a hundred, and its name takes up to forty-one."""
_SHORT = Path("/tmp")  # noqa: S108 - the folder in it is private, and looked at before it is used
_LOG_LINES = 3
_LOG_BYTES = 8192


@dataclass(frozen=True, slots=True)
class Load:
    """What is to be loaded, and how; another value is another server. `model` is a name, or an
    absolute path. `parallel`: how many questions at once; None leaves it to the server.
    """

    model: str
    context: int | None = None
    cache: str = "auto"
    draft: str = "off"
    parallel: int | None = None

    @property
    def name(self) -> str:
        """Of its files: told apart by all of it, and by the machine, since homes may be shared."""
        told = json.dumps([socket.gethostname(), *astuple(self)])
        digest = hashlib.sha256(told.encode()).hexdigest()[:10]
        called = re.sub(r"[^a-z0-9.]+", "-", Path(self.model).name.lower())[:24].strip("-.")
        return f"{called or 'model'}-{digest}"


@dataclass(frozen=True, slots=True)
class Place:
    """A server's files: in a folder that only their user may enter."""

    folder: Path
    name: str

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.folder / f"{self.name}.sock"

    @property
    def log(self) -> Path:
        """What it told since it was started."""
        return self.folder / f"{self.name}.log"

    @property
    def lock(self) -> Path:
        """Held while it is found or started."""
        return self.folder / f"{self.name}.lock"

    def last_words(self) -> str:
        """The end of its log, on one line; "" for none."""
        try:
            with self.log.open("rb") as file:
                file.seek(max(self.log.stat().st_size - _LOG_BYTES, 0))
                lines = file.read().decode(errors="replace").split("\n")
        except OSError:
            return ""
        told = [line.strip() for line in lines if line.strip()]
        return " / ".join(told[-_LOG_LINES:])


def folder_for(folder: Path) -> Path:
    """The folder itself, or, where its path is too long for sockets, a short one for it alone."""
    path = os.fsencode(folder)
    if len(path) <= _LONGEST_FOLDER:
        return folder
    return _SHORT / f"qwq-{os.geteuid()}-{hashlib.sha256(path).hexdigest()[:10]}"


def places(folder: Path) -> Iterator[Place]:
    """Where there is a socket, whoever may be behind it."""
    for path in sorted(folder.glob("*.sock")):
        yield Place(folder, path.stem)
