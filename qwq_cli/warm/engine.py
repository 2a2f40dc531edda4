"""A warm model, as whoever asks it sees it: its facts, and the events of an answer.

Knows our server's paths and records. Does not know who asks, nor how an answer is shown.

An answer is generated where the model is, guards and all, and its events come here as they are.
Closing the connection ends the generation.
"""

import json
from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict, dataclass
from time import monotonic
from typing import Any

from qwq_cli.cancel import Cancel
from qwq_cli.codec import SHUTTING_DOWN, decode, decode_error
from qwq_cli.engines.base import Decoding, ModelFacts, Prompt
from qwq_cli.errors import BadInputError, BusyError, QwqError, UnavailableError
from qwq_cli.events import Answer, Event, Finished, Rewound, Started, Thinking, Timings, Usage
from qwq_cli.request import Message, Request, Sampling, Steering, ThinkingStyle
from qwq_cli.settings import Sensitivity
from qwq_cli.warm.keeper import Keeper, pass_time
from qwq_cli.warm.wire import GoneError, SilentError, Wire

_SILENT_S = 60.0
"""Of a server that sends a sign of life every fifteen seconds."""
_AGAIN = 3
_PAUSE_S = 0.1


@dataclass(frozen=True, slots=True)
class Told:
    """What a server tells of its model."""

    facts: ModelFacts
    sampling: Sampling


class Warm:
    """An engine in another process. Its generations run there, so `events` is what it is asked by;
    closing it here leaves it warm.
    """

    def __init__(self, keeper: Keeper) -> None:
        """Find it or start it; raises what loading it here would."""
        self._keeper = keeper
        begun = monotonic()
        self.started = keeper.ready()
        self.load_s = monotonic() - begun if self.started else 0.0
        told = self._told()
        self.facts = told.facts
        self.sampling = told.sampling

    def events(
        self, request: Request, steering: Steering, sensitivity: Sensitivity, cancel: Cancel
    ) -> Generator[Event]:
        """What happens while it answers. Where the server has gone meanwhile, another is started.

        Raises QwqError kinds, as `generate` does; QwqError where the server ends in the middle.
        """
        body = _body(request, steering, sensitivity)
        for attempt in range(_AGAIN):
            begun = False
            try:
                for event in self._stream(body, cancel):
                    begun = True
                    yield event
            except GoneError as error:
                if begun:
                    raise self._broke_off(str(error)) from error
                if cancel.is_set():
                    return
                if attempt == _AGAIN - 1:
                    raise self._broke_off(str(error)) from error
            else:
                return
            pass_time(_PAUSE_S)
            self._keeper.ready()

    def render(self, messages: tuple[Message, ...]) -> Prompt:
        """Only there."""
        raise UnavailableError("a warm model renders nothing here", f"{len(messages)} messages")

    def start(self, prompt: Prompt, sampling: Sampling, max_tokens: int | None) -> Decoding:
        """Only there."""
        del prompt, sampling, max_tokens
        raise UnavailableError("a warm model generates in a process of its own")

    def close(self) -> None:
        """It stays as long as it is kept alive."""

    # --------------------------------------------------------------------------------- the server

    def _told(self) -> Told:
        try:
            with self._keeper.wire(_SILENT_S) as wire:
                return _told(wire.ask("/v1/models").record)
        except (GoneError, SilentError, KeyError, IndexError, TypeError, ValueError) as error:
            raise QwqError(
                "the model's warm server gives no sense", str(error), "`qwq stop` it"
            ) from error

    def _stream(self, body: dict[str, Any], cancel: Cancel) -> Iterator[Event]:
        count = _Count()
        try:
            with self._keeper.wire(_SILENT_S) as wire:
                cancel.on_set(wire.close)
                for event in self._read(wire, body):
                    count.see(event)
                    yield event
        except (GoneError, SilentError) as error:
            if cancel.is_set():
                yield count.interrupted()
                return
            if isinstance(error, SilentError):
                raise QwqError(
                    "the model's warm server fell silent",
                    f"nothing came for {_SILENT_S:g} s",
                    "`qwq ps` shows it, `qwq stop` ends it",
                ) from error
            raise

    def _read(self, wire: Wire, body: dict[str, Any]) -> Iterator[Event]:
        response = wire.send("/v1/reason", body)
        if response.status != 200:  # noqa: PLR2004 - that is what OK is
            error = (wire.rest(response).record or {}).get("error")
            if isinstance(error, dict) and error.get("code") == SHUTTING_DOWN:
                raise GoneError("it was about to end")
            raise _refusal(error)
        for line in wire.lines(response):
            record = json.loads(line)
            if record.get("event") == "error":
                raise decode_error(record)
            yield decode(record)
            if record["event"] == "finished":
                return
        raise GoneError("the stream has no end")

    def _broke_off(self, how: str) -> QwqError:
        words = self._keeper.place.last_words()
        why = f"its log ends with: {words}" if words else how
        return QwqError(
            "the model's warm server ended in the middle of the answer",
            why,
            "ask again, and a new one is started",
        )


class _Count:
    """What stands so far, for an end that the server does not tell."""

    def __init__(self) -> None:
        self._begun = monotonic()
        self._first: float | None = None
        self._prompt = self._thinking = self._answer = self._trimmed = 0

    def see(self, event: Event) -> None:
        """Take one event in."""
        match event:
            case Started(prompt_tokens=prompt):
                self._prompt = prompt
            case Thinking(tokens=tokens):
                self._thinking += tokens
            case Answer(tokens=tokens):
                self._answer += tokens
            case Rewound(trimmed_tokens=tokens):
                self._trimmed += tokens
                rest = max(tokens - self._answer, 0)
                self._answer -= tokens - rest
                self._thinking = max(self._thinking - rest, 0)
            case _:
                pass
        if self._first is None and isinstance(event, Thinking | Answer):
            self._first = monotonic() - self._begun

    def interrupted(self) -> Finished:
        """The end of what was broken off here."""
        usage = Usage(self._prompt, self._thinking, self._answer, self._trimmed)
        total = monotonic() - self._begun
        first = total if self._first is None else self._first
        return Finished("interrupted", None, usage, Timings(first_token_s=first, total_s=total))


def _body(request: Request, steering: Steering, sensitivity: str) -> dict[str, Any]:
    return {
        "messages": [asdict(message) for message in request.messages],
        "sampling": _given(request.sampling),
        "steering": _given(steering),
        "loop_sensitivity": sensitivity,
        "max_tokens": request.max_tokens,
    }


def _given(record: Sampling | Steering) -> dict[str, Any]:
    return {name: value for name, value in asdict(record).items() if value is not None}


def _refusal(error: object) -> QwqError:
    if not isinstance(error, dict):
        return QwqError("the model's warm server refused, and does not say why")
    if isinstance(error.get("qwq"), dict):
        return decode_error(error["qwq"])
    kind: Callable[[str], QwqError] = BadInputError
    if error.get("type") in {"server_error", "rate_limit_error"}:
        kind = BusyError
    return kind(str(error.get("message")))


def _told(record: dict[str, Any] | None) -> Told:
    entry = (record or {})["data"][0]
    ours = entry["qwq"]
    style: ThinkingStyle = ours["style"]
    facts = ModelFacts(
        name=str(ours["model"]),
        engine=str(ours["engine"]),
        context_tokens=int(entry["max_model_len"]),
        style=style,
        rewinds=bool(ours["rewinds"]),
        reasons_first=bool(ours.get("reasons_first")),
    )
    return Told(facts, Sampling(**ours["sampling"]))
