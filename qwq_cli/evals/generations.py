"""What models wrote, in a file: one record a line, found by its key.

A file may hold runs of several models and kinds; of several records of one key the last one counts.
Knows the records' frame; does not know how they are graded.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from qwq_cli.batch.journal import Journal
from qwq_cli.errors import BadInputError, NotFoundError, QwqError
from qwq_cli.puzzles.words import DIFFICULTIES, KINDS, LANGUAGES, WORDINGS

Record: TypeAlias = Mapping[str, Any]

_BEGINS: Final = b'{"key": '
_FRAME: Final = {"key", "item", "run", "question", "answer", "final", "finish_reason", "error"}
_SORTS: Final[Mapping[str, tuple[str, ...]]] = {
    "kind": KINDS,
    "lang": LANGUAGES,
    "difficulty": DIFFICULTIES,
    "wording": WORDINGS,
}
_WHOLE: Final = ("seed", "number", "unsolvable")
_TEXTS: Final = ("key", "question", "answer")
_OBJECTS: Final = ("run", "usage", "timings", "language")
_COUNTS: Final = (
    ("usage", "reasoning_tokens"),
    ("usage", "answer_tokens"),
    ("timings", "total_s"),
)


def _read(data: bytes) -> Record:
    """The record that a line is; raises ValueError, with the reason, for what is none."""
    try:
        record = json.loads(data)
    except (ValueError, RecursionError):
        raise ValueError("it is no JSON") from None
    if not isinstance(record, dict) or not record.keys() >= _FRAME:
        raise ValueError("it is no record of qwq eval")
    if not _is_item(record["item"]):
        raise ValueError("its item is none that is known")
    texts = all(isinstance(record[name], str) for name in _TEXTS)
    maybe = all(isinstance(record[name], str | None) for name in ("final", "finish_reason"))
    objects = all(isinstance(record.get(name, {}), dict) for name in _OBJECTS)
    if not texts or not maybe or not objects or not _counts(record):
        raise ValueError("it is damaged")
    return record


def _is_item(item: object) -> bool:
    return (
        isinstance(item, dict)
        and all(item.get(name) in choices for name, choices in _SORTS.items())
        and all(isinstance(item.get(name), int) for name in _WHOLE)
    )


def _counts(record: Record) -> bool:
    """Whether what is added up can be, and the run says of which model it is."""
    counts = (record.get(place, {}).get(name, 0) for place, name in _COUNTS)
    return "model" in record["run"] and all(isinstance(count, int | float) for count in counts)


@dataclass(frozen=True, slots=True)
class Line:
    """A record as it is kept: one line of JSON without its end."""

    key: str
    text: str
    failed: bool


class Generations:
    """The file while it is written. A context manager."""

    def __init__(self, path: Path) -> None:
        """Open it, or make it; find out what is there, and mend its end.

        Raises BadInputError where it holds anything else (nothing is changed then), BusyError where
        another process writes into it, QwqError where it can't be opened or is no file.
        """
        if path.exists() and not path.is_file():
            raise QwqError(f"can't keep generations in {path}", "it is no file", "name another")
        self.done: set[str] = set()
        """The keys of what was generated without a fault."""
        self.seeds: dict[str, int] = {}
        """The seed of each kind that was asked last."""
        self._new = not path.exists()
        self._journal = Journal(path, _BEGINS)
        try:
            self._journal.read(self._take)
        except BaseException:
            self._journal.close()
            raise

    def __enter__(self) -> "Generations":  # noqa: PYI034 - Self costs 15 ms before Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of it; a new file that nothing came into goes again."""
        self._journal.close()
        if self._new and not self.done and not self._journal.path.stat().st_size:
            self._journal.path.unlink()

    def add(self, lines: Sequence[Line]) -> None:
        """Append records; they are on the disk when this returns."""
        self._journal.append("".join(f"{line.text}\n" for line in lines).encode())
        self.done.update(line.key for line in lines if not line.failed)

    def _take(self, data: bytes, number: int, offset: int) -> None:
        del offset
        try:
            record = _read(data)
        except ValueError as error:
            raise self._journal.foreign(number, str(error)) from None
        if record["error"] is None:
            self.done.add(record["key"])
        self.seeds[record["item"]["kind"]] = record["item"]["seed"]


def generations(path: Path) -> Iterator[Record]:
    """The records of a file that is only read, the last one of each key; half a line at the end is
    passed over.

    Raises NotFoundError without the file, BadInputError where it holds anything else.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NotFoundError(
            f"can't read {path}", error.strerror or "", "check its name and rights"
        ) from error
    found: dict[str, Record] = {}
    *whole, rest = data.split(b"\n")
    for number, line in enumerate(whole, 1):
        try:
            record = _read(line)
        except ValueError as error:
            raise BadInputError(f"{path}:{number} can't be graded", str(error)) from None
        found[record["key"]] = record
    if not found:
        raise BadInputError(f"{path} holds no generations", "it is cut off" if rest else "")
    yield from found.values()
