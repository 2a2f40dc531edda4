"""A file of records, one a line, appended and whole whatever happens.

A record is on the disk before `append` returns. A process that is killed leaves half a line at
most, and a full disk leaves none: it is cut off, and the rest stands. Knows lines; does not know
what they say.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, TypeAlias

from qwq_cli.errors import BadInputError, BusyError, QwqError

Take: TypeAlias = Callable[[bytes, int, int], None]
"""What is done with a line that is there: its bytes, its number from 1, and where it begins."""


class Journal:
    """One file, which nobody else writes into meanwhile. `begins`: what every record begins with.
    Closing it lets go of it.
    """

    def __init__(self, path: Path, begins: bytes) -> None:
        """Open the file, or make it.

        Raises BusyError where another process is at work on it, QwqError where it can't be opened.
        """
        self.path = path
        self._begins = begins
        self._end = 0
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        except OSError as error:
            raise QwqError(f"can't write {path}", error.strerror or "", "name another") from error
        # No buffer that would hold on to what a full disk refused.
        self._reader: IO[bytes] = os.fdopen(self._descriptor, "rb")
        try:
            self._lock()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of it."""
        self._reader.close()

    def read(self, take: Take) -> None:
        """Hand over every line that is there, and mend the end. What `take` raises goes through,
        and nothing is changed then.

        Raises BadInputError where the last line is half of something that is no record.
        """
        end = number = 0
        rest = b""
        for data in self._reader:
            number += 1
            if not data.endswith(b"\n"):
                rest = data
                break
            take(data, number, end)
            end += len(data)
        self._end = self._mended(rest, number, end, take) if rest else end

    def append(self, data: bytes) -> int:
        """Write whole lines; returns where they begin.

        Raises QwqError where they can't be written; the file then ends as it did before.
        """
        try:
            self._write(data)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, self._end)
            raise QwqError(
                f"can't write {self.path}",
                error.strerror or "",
                "what is in it is whole, and the same command goes on",
            ) from error
        begin, self._end = self._end, self._end + len(data)
        return begin

    def line_at(self, offset: int) -> bytes:
        """The line that begins there."""
        self._reader.seek(offset)
        return self._reader.readline()

    def foreign(self, number: int, why: str) -> BadInputError:
        """That a line does not belong here."""
        return BadInputError(
            f"{self.path}:{number} does not belong to these questions",
            why,
            "name another file, or remove this one",
        )

    def _mended(self, rest: bytes, number: int, end: int, take: Take) -> int:
        """The last line has no end: it is whole but for its line break, or it is cut off."""
        if not rest.startswith(self._begins[: len(rest)]):
            raise self.foreign(number, "it is no record")
        try:
            json.loads(rest)
        except RecursionError:
            raise self.foreign(number, "it is no record") from None
        except ValueError:
            os.ftruncate(self._descriptor, end)
            return end
        take(rest, number, end)
        self._write(b"\n")
        return end + len(rest) + 1

    def _write(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._descriptor, data) :]
        os.fsync(self._descriptor)

    def _lock(self) -> None:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(
                f"{self.path} is in use", "another qwq writes into it", "wait, or name another file"
            ) from error
        except OSError:  # a file system without locks
            return
