"""Events and errors as JSON objects, and back: for `--jsonl`, logs, and what servers stream.

An object has the event's name in lower case under `event`, and its fields by name; that of an error
has its class, and its phrases. Knows every event's fields and their types. Does not know how JSON
is written, nor who reads it.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from functools import cache
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

from qwq_cli import errors
from qwq_cli.errors import BadInputError, QwqError
from qwq_cli.events import Event

NAME = "event"
"""The key that an event's name stands under."""


SHUTTING_DOWN = "shutting_down"
"""The code of a server's refusal when it is about to end; another may be started in its place."""


def encode(event: Event) -> dict[str, Any]:
    """The event as an object."""
    record: dict[str, Any] = {NAME: type(event).__name__.lower()}
    for name in event.__slots__:
        value = getattr(event, name)
        nested = is_dataclass(value) and not isinstance(value, type)
        record[name] = asdict(value) if nested else value
    return record


def decode(record: object) -> Event:
    """The event that an object means. What it has besides the event's fields is passed over, so
    that a newer qwq may say more.

    Raises BadInputError for what is no object, an event that is not known, a field that is missing,
    or one of the wrong type.
    """
    if not isinstance(record, Mapping):
        raise _no_event("it is no object")
    kind = _kinds().get(str(record.get(NAME)))
    if kind is None:
        raise _no_event(f"'{record.get(NAME)}' is the name of none")
    try:
        return cast("Event", _built(kind, record))
    except ValueError as error:
        raise _no_event(str(error)) from None


def encode_error(error: QwqError) -> dict[str, str]:
    """The error as an object."""
    kind = next(kind for kind in type(error).__mro__ if kind.__module__ == errors.__name__)
    return {"kind": kind.__name__, "what": error.what, "why": error.why, "todo": error.todo}


def decode_error(record: object) -> QwqError:
    """The error that an object means; one without a kind of its own where that says too little."""
    told = record if isinstance(record, Mapping) else {}
    kind = getattr(errors, str(told.get("kind")), QwqError)
    if not (isinstance(kind, type) and issubclass(kind, QwqError)):
        kind = QwqError
    what, why, todo = (str(told.get(name) or "") for name in ("what", "why", "todo"))
    return kind(what or "something failed", why, todo)


def _no_event(why: str) -> BadInputError:
    return BadInputError("that is no event", why)


@cache
def _kinds() -> dict[str, type]:
    return {kind.__name__.lower(): kind for kind in get_args(Event)}


@cache
def _types(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _built(kind: type, record: Mapping[str, object]) -> object:
    types = _types(kind)
    found = {
        field.name: _checked(record[field.name], types[field.name], field.name)
        for field in fields(kind)
        if field.name in record
    }
    try:
        return kind(**found)
    except TypeError as error:  # it names the fields that are missing
        raise ValueError(str(error).partition(") ")[2] or str(error)) from None


def _checked(value: object, wanted: Any, name: str) -> object:  # noqa: ANN401 - a type is any object
    """The value, if it is what is wanted; raises ValueError."""
    for one in _alternatives(wanted):
        if is_dataclass(one):
            if isinstance(value, Mapping) and _fits(value, cast("type", one)):
                return _built(cast("type", one), value)
        elif get_origin(one) is Literal:
            if value in get_args(one):
                return value
        elif one is float:
            if isinstance(value, int | float) and not isinstance(value, bool):
                return float(value)
        elif type(value) is one:
            return value
    raise ValueError(f"its '{name}' is of another kind")


def _alternatives(wanted: Any) -> tuple[Any, ...]:  # noqa: ANN401
    """The types of a union; a type that is none by itself."""
    return (wanted,) if get_origin(wanted) is Literal else get_args(wanted) or (wanted,)


def _fits(record: Mapping[str, object], kind: type) -> bool:
    """Whether an object is meant to be of this kind, which its first field tells."""
    return fields(kind)[0].name in record or not record
