"""The lines of a batch: questions as JSON, each with what it wants otherwise than the rest.

Knows which fields a line has. Does not know what is done with it. A line that can't be read is a
line all the same, with a fault. Only where each line begins is kept in memory.
"""

import json
import os
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final, TypeAlias, cast, get_args

from qwq_cli.errors import BadInputError
from qwq_cli.request import Message, Role
from qwq_cli.settings import KEYS, Value

Id: TypeAlias = str | int

OVERRIDES: Final = (
    "system",
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "presence_penalty",
    "dry_multiplier",
    "xtc_probability",
    "seed",
    "max_tokens",
    "budget",
    "loops",
    "loop_sensitivity",
    "rescues",
    "language",
)
"""The settings that a line may have of its own."""
LONGEST_LINE = 2**24
"""Bytes; more than any context holds."""
_FIELDS = {"id", "question", "messages", *OVERRIDES}
_ROLES = get_args(Role)
_MOST_NAMED = 8
_BOM = b"\xef\xbb\xbf"


class _BadLineError(ValueError):
    """Why a line can't be asked."""


@dataclass(frozen=True, slots=True)
class Line:
    """`number` counts all lines of the file from 1. `messages` end with the question. `overrides`
    are settings by name, `strange` are fields that mean nothing. `fault`: why it can't be asked, ""
    if it can.
    """

    number: int
    id: Id
    messages: tuple[Message, ...] = ()
    overrides: Mapping[str, Value] = field(default_factory=dict)
    strange: tuple[str, ...] = ()
    fault: str = ""

    @property
    def question(self) -> str:
        """The last message."""
        return self.messages[-1].content if self.messages else ""


def read_line(data: bytes, number: int) -> Line:
    """The line that some bytes mean; never raises."""
    try:
        record = _record(data)
    except ValueError as error:
        return Line(number, number, fault=str(error))
    id_: Id = number
    messages: tuple[Message, ...] = ()
    try:
        id_ = _id(record, number)
        messages = _messages(record)
        overrides = _overrides(record)
    except ValueError as error:
        return Line(number, id_, messages, fault=str(error))
    return Line(number, id_, messages, overrides, tuple(record.keys() - _FIELDS))


def _record(data: bytes) -> dict[str, Any]:
    if len(data) > LONGEST_LINE:
        raise _BadLineError(f"it is longer than {LONGEST_LINE:,} bytes")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise _BadLineError(f"it is not UTF-8: byte {error.start + 1:,} of the line") from None
    try:
        record = json.loads(text)
    except RecursionError:
        raise _BadLineError("it is no JSON: too deep") from None
    except json.JSONDecodeError as error:
        raise _BadLineError(f"it is no JSON: {error.msg}, at character {error.pos + 1:,}") from None
    except ValueError:
        raise _BadLineError("it is no JSON for a number in it") from None
    if not isinstance(record, dict):
        raise _BadLineError("it is no JSON object")
    return record


def _id(record: Mapping[str, object], number: int) -> Id:
    id_ = record.get("id")
    if id_ is None:
        return number
    if isinstance(id_, bool) or not isinstance(id_, str | int):
        raise _BadLineError("its id is neither a text nor a whole number")
    return _text(id_, "id") if isinstance(id_, str) else id_


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise _BadLineError(f"its {name} is no text")
    if not value.strip():
        raise _BadLineError(f"its {name} is empty")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _BadLineError(f"its {name} has half a character") from None
    return value


def _messages(record: Mapping[str, object]) -> tuple[Message, ...]:
    question, listed = record.get("question"), record.get("messages")
    if question is not None and listed is not None:
        raise _BadLineError("it has both question and messages")
    if listed is None:
        if question is None:
            raise _BadLineError("it has no question and no messages")
        return (Message("user", _text(question, "question")),)
    if not isinstance(listed, list) or not listed:
        raise _BadLineError("its messages are no list of messages")
    messages = tuple(_message(each) for each in listed)
    if messages[-1].role != "user":
        raise _BadLineError("the last of its messages is not the user's")
    if record.get("system") is not None and messages[0].role == "system":
        raise _BadLineError("it has two system prompts")
    return messages


def _message(value: object) -> Message:
    if not isinstance(value, dict):
        raise _BadLineError("one of its messages is no object")
    role = value.get("role")
    if role not in _ROLES:
        raise _BadLineError(f"a message's role is none of {', '.join(_ROLES)}")
    return Message(cast("Role", role), _text(value.get("content"), "message's content"))


def _overrides(record: Mapping[str, object]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name in OVERRIDES:
        if (value := record.get(name)) is not None:
            found[name] = KEYS[name].checked(value)
            if isinstance(value, str) and name == "system":
                _text(value, name)
    if record.get("model") is not None:
        raise _BadLineError("it names a model, and all lines go to the one of -m")
    return found


class Lines:
    """The lines of a file that can be read anywhere; `name` is for errors. Lines with nothing in
    them are passed over, but counted. May be used from any thread.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        """Read it once, to its end.

        Raises BadInputError where two lines have the same id, and where there is no question.
        """
        self._file = file
        self._name = name
        self._numbers, self._offsets = array("q"), array("q")
        self._places: dict[str, int] = {}
        self.passed_over: tuple[str, ...] = ()
        """Fields that mean nothing, some of them."""
        sound = 0
        strange: set[str] = set()
        for line, offset in self._read():
            sound += not line.fault
            self._add(line, offset)
            if len(strange) < _MOST_NAMED:
                strange.update(line.strange)
        self.passed_over = tuple(sorted(strange))[:_MOST_NAMED]
        if not sound:
            first = (
                f"line {self._numbers[0]:,}: {self[0].fault}" if self._numbers else "it is empty"
            )
            raise BadInputError(f"{name} holds no question", first, "write one JSON object a line")

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[Line]:
        return (self[place] for place in range(len(self)))

    def __getitem__(self, place: int) -> Line:
        """By its place among the lines that have something in them."""
        if not 0 <= place < len(self._numbers):
            raise IndexError(place)
        data = b""
        while not data.endswith(b"\n") and len(data) <= LONGEST_LINE:
            more = os.pread(self._file.fileno(), 65_536, self._offsets[place] + len(data))
            if not more:
                break
            data += more[: more.find(b"\n") + 1 or len(more)]
        return read_line(data, self._numbers[place])

    def place(self, id_: Id) -> int | None:
        """Where the line of this id is, None if nowhere."""
        return self._places.get(str(id_))

    def _add(self, line: Line, offset: int) -> None:
        place = len(self._numbers)
        other = self._places.setdefault(str(line.id), place)
        if other != place:
            raise BadInputError(
                f"{self._name}:{line.number}",
                f"the id {line.id!r} is that of line {self._numbers[other]:,}, too",
                "give each its own",
            )
        self._numbers.append(line.number)
        self._offsets.append(offset)

    def _read(self) -> Iterator[tuple[Line, int]]:
        number = offset = 0
        while data := self._file.readline(LONGEST_LINE + 1):
            number += 1
            begins, offset = offset, offset + len(data)
            if number == 1 and data.startswith(_BOM):
                begins, data = begins + len(_BOM), data.removeprefix(_BOM)
            rest = data
            while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
                rest = self._file.readline(LONGEST_LINE + 1)
                offset += len(rest)
            if data.strip():
                yield read_line(data, number), begins
