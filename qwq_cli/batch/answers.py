"""The file of a batch's answers: a journal of records, each of one of the questions.

While it runs, records stand in the order in which they came; at the end they are put into the order
of their questions. Where there are several of one question the last one counts.

Knows which questions have a record. Does not know how records come about.
"""

import contextlib
import json
import os
import stat
import tempfile
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from qwq_cli.batch.journal import Journal
from qwq_cli.batch.lines import Lines
from qwq_cli.errors import QwqError, UsageError

OPEN: Final = 0
ANSWERED: Final = 1
FAILED: Final = 2

_BEGINS = b'{"id": '
_NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Record:
    """What became of the question at a place; `text` is one line of JSON without its end."""

    place: int
    failed: bool
    text: str


class Answers:
    """The records of `lines` in one file. A context manager."""

    def __init__(self, path: Path, lines: Lines) -> None:
        """Open the file, or make it; find out what is done, and mend its end.

        Raises BadInputError where it is not the file of these questions (nothing is changed then),
        BusyError where another process is at work on it, QwqError where it can't be opened.
        """
        self.path = path
        self._lines = lines
        self.states = bytearray(len(lines))
        """For each question OPEN, ANSWERED or FAILED."""
        self._offsets = array("q", [_NOWHERE]) * len(lines)
        self._in_order = True
        self._last = _NOWHERE
        self._journal = Journal(path, _BEGINS)
        try:
            self._journal.read(self._take)
        except BaseException:
            self._journal.close()
            raise

    def __enter__(self) -> "Answers":  # noqa: PYI034 - Self costs 15 ms before Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        self._journal.close()

    def add(self, records: Sequence[Record]) -> int:
        """Append records; they are on the disk when this returns. Returns how many they are.

        Raises QwqError where they can't be written; the file then ends as it did before.
        """
        taken = [(each, each.text.encode() + b"\n") for each in records]
        offset = self._journal.append(b"".join(data for _, data in taken))
        for each, data in taken:
            self._note(each.place, FAILED if each.failed else ANSWERED, offset)
            offset += len(data)
        return len(taken)

    def put_in_order(self) -> None:
        """In the order of the questions, one record each: a new file in the old one's place.

        Raises QwqError where there is no room for it; the old one is then as it was.
        """
        if self._in_order:
            return
        try:
            self._replace()
        except OSError as error:
            raise QwqError(
                f"{self.path} is not in the order of its questions",
                error.strerror or "",
                "all records are in it, and the same command tries again",
            ) from error

    def _replace(self) -> None:
        path = self.path.resolve()
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                for offset in self._offsets:
                    if offset != _NOWHERE:
                        file.write(self._journal.line_at(offset))
                file.flush()
                os.fsync(file.fileno())
                os.fchmod(file.fileno(), stat.S_IMODE(path.stat().st_mode))
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    # ------------------------------------------------------------------------------- what is there

    def _take(self, data: bytes, number: int, offset: int) -> None:
        try:
            record = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise self._journal.foreign(number, "it is no JSON") from error
        if not isinstance(record, dict) or not {"id", "question", "error"} <= record.keys():
            raise self._journal.foreign(number, "it is no record")
        place = self._place(record)
        if record["error"] and not record["question"] and not self._is_unreadable(place):
            self._in_order = False  # a line that could not be read has been mended since
            return
        if place is None:
            raise self._journal.foreign(number, f"it answers {record['id']!r}, which is not asked")
        if record["question"] != self._lines[place].question:
            raise self._journal.foreign(number, f"{record['id']!r} asks something else now")
        self._note(place, FAILED if record["error"] else ANSWERED, offset)

    def _place(self, record: Mapping[str, Any]) -> int | None:
        id_ = record["id"]
        return self._lines.place(id_) if isinstance(id_, str | int) else None

    def _is_unreadable(self, place: int | None) -> bool:
        """Whether a line is there that has no question to read."""
        return place is not None and not self._lines[place].question

    def _note(self, place: int, state: int, offset: int) -> None:
        self._in_order = self._in_order and place > self._last
        self._last = place
        self.states[place] = state
        self._offsets[place] = offset


def refuse_same(path: Path, other: str) -> None:
    """Raise UsageError where both are one file."""
    with contextlib.suppress(OSError):
        if path.samefile(other):
            raise UsageError(f"{other} can't be both", "", "name another file for the answers")


class Piped:
    """The records for a pipe, which can't be put in order later: each waits for those before it.
    `places`: the questions whose records will come, in order.
    """

    def __init__(self, write: Callable[[str], None], places: Iterator[int]) -> None:
        self._write = write
        self._places = places
        self._next = next(places, _NOWHERE)
        self._waiting: dict[int, str] = {}

    def add(self, records: Sequence[Record]) -> int:
        """Write those whose turn it is; returns how many. Raises what `write` raises."""
        self._waiting |= {each.place: each.text for each in records}
        ready: list[str] = []
        while self._next in self._waiting:
            ready.append(self._waiting.pop(self._next))
            self._next = next(self._places, _NOWHERE)
        self._put(ready)
        return len(ready)

    def rest(self) -> None:
        """At the end: those that still wait, for records that won't come any more."""
        waiting, self._waiting = self._waiting, {}
        self._put([text for _, text in sorted(waiting.items())])

    def _put(self, texts: Sequence[str]) -> None:
        if not texts:
            return
        try:
            self._write("".join(f"{text}\n" for text in texts))
        except BaseException:
            self._waiting.clear()  # nobody takes them
            raise
