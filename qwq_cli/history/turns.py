"""Turns and conversations as records, and events as JSON. Know no database.

A turn's events are its raw record: replayed into a `Transcript` they give what stands, and in
their order what was written and taken back. A newer qwq may have written fields and events that
this one does not know; they are passed over.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from itertools import groupby
from typing import Any, get_args

from qwq_cli.events import (
    Answer,
    Event,
    Loop,
    Prefill,
    Switch,
    Thinking,
    Timings,
    Usage,
)
from qwq_cli.stream.transcript import Transcript

_EVENTS = {kind.__name__.lower(): kind for kind in get_args(Event)}


@dataclass(frozen=True)
class Turn:
    """One question and what came of it. Times: milliseconds since 1970.

    `ended_ms` None: it was broken off (or is still going), and the events are those until then.
    """

    id: str
    conversation: str
    parent: str | None
    question: str
    system: str | None
    settings: Mapping[str, Any]
    model: str
    engine: str
    begun_ms: int
    ended_ms: int | None
    events: tuple[Event, ...]

    @cached_property
    def transcript(self) -> Transcript:
        """What the events amount to."""
        transcript = Transcript()
        for event in self.events:
            transcript.add(event)
        return transcript

    @property
    def raw(self) -> str:
        """All text in the order in which it was generated, discarded text included."""
        return self.transcript.written


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns of one conversation. `line`: those from the first to the one to go on from."""

    id: str
    title: str | None
    turns: tuple[Turn, ...]
    line: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """One conversation in a list; `final`, `model` and `reason` of the turn to go on from."""

    id: str
    title: str
    """Given by a person, or else the first question."""
    turns: int
    begun_ms: int
    touched_ms: int
    model: str
    reason: str | None
    """Why that turn ended; None: it was broken off, or is still going."""
    final: str | None


def line_to(turns: Mapping[str, Turn], head: str) -> tuple[Turn, ...]:
    """From the first turn to the head, by each one's parent."""
    line: list[Turn] = []
    turn = turns.get(head)
    while turn is not None and turn not in line[-1:]:
        line.append(turn)
        turn = turns.get(turn.parent) if turn.parent is not None else None
    return tuple(reversed(line))


def joined(events: Iterable[Event]) -> list[Event]:
    """The same events, texts that follow each other as one; without those of progress."""
    wanted = (event for event in events if not isinstance(event, Prefill))
    together: list[Event] = []
    for _, group in groupby(enumerate(wanted), _kind):
        stretch = [event for _, event in group]
        first = stretch[0]
        if isinstance(first, Thinking | Answer) and len(stretch) > 1:
            together.append(_one(stretch))
        else:
            together += stretch
    return together


def _kind(numbered: tuple[int, Event]) -> tuple[object, ...]:
    """Alike for texts that may be joined, and for nothing else."""
    number, event = numbered
    if isinstance(event, Thinking):
        return (Thinking, event.ours)
    if isinstance(event, Answer):
        return (Answer, event.ours, event.again)
    return (number,)


def _one(stretch: Sequence[Event]) -> Event:
    texts = [event for event in stretch if isinstance(event, Thinking | Answer)]
    first, text = texts[0], "".join(event.text for event in texts)
    tokens = sum(event.tokens for event in texts)
    if isinstance(first, Thinking):
        return Thinking(text, tokens=tokens, ours=first.ours)
    return Answer(text, again=first.again, tokens=tokens, ours=first.ours)


def written(events: Iterable[Event]) -> str:
    """Events as JSON, for `read`."""
    named = [[type(event).__name__.lower(), asdict(event)] for event in events]
    text = json.dumps(named, ensure_ascii=False, separators=(",", ":"))
    # Half of a surrogate pair is no UTF-8; written with backslashes it is JSON for the same.
    return text.encode(errors="backslashreplace").decode()


def read(text: str) -> list[Event]:
    """What `written` wrote. Raises ValueError for anything else."""
    return [event for name, values in json.loads(text) if (event := _event(name, values))]


def _event(name: str, values: Mapping[str, Any]) -> Event | None:
    kind = _EVENTS.get(name)
    if kind is None:
        return None
    event: Event = _made(kind, values)
    return event


def _made(kind: Any, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - of whatever class is given
    known = {field.name for field in fields(kind)}
    return kind(**{key: _value(key, value) for key, value in values.items() if key in known})


def _value(key: str, value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    kinds = {"loop": Loop, "switch": Switch, "usage": Usage, "timings": Timings}
    kind = kinds.get(key) or (Loop if "repeat_at" in value else Switch)
    return _made(kind, value)
