"""The paths that generate: a body comes in, generations are run, and an answer goes out.

Knows the order of things. What a request says, what its answer looks like, who runs it and how it
is sent are others' business.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any, Literal

from starlette.types import Receive, Scope, Send

from qwq_cli.cancel import Cancel
from qwq_cli.events import Event, Finished, Started
from qwq_cli.server import asks
from qwq_cli.server.asks import Ask, Wanted
from qwq_cli.server.choices import Choice
from qwq_cli.server.faults import RefusedError, fault_of
from qwq_cli.server.fields import read_object
from qwq_cli.server.hosted import Hosted
from qwq_cli.server.likely import Recorder
from qwq_cli.server.metrics import Metrics
from qwq_cli.server.pool import Exchange, Pool, Told, Work
from qwq_cli.server.replies import WAITING, Form, fault_line, line
from qwq_cli.server.sending import GoneError, Stream, send_json, unless_gone

SSE = "text/event-stream; charset=utf-8"
LINES = "application/x-ndjson; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Limits:
    """`head_s`, `body_s` and `body_bytes`: how long a request's head and body may take to come, and
    how long its body may be. `beat_s`: how often a client that waits is told that somebody is
    there; with the first of these the time is over in which a fault can have a status of its own.
    `stall_s`: how long a client may take nothing. `hang_s`: how long none of the generations may
    make any progress before the engine is said to hang. `idle_s`: how long there may be nothing to
    do before the server ends by itself; None is for ever.
    """

    body_bytes: int = 4 * 2**20
    body_s: float = 30.0
    head_s: float = 15.0
    beat_s: float = 15.0
    stall_s: float = 60.0
    hang_s: float = 120.0
    idle_s: float | None = None


USUAL = Limits()


@dataclass(frozen=True, slots=True)
class House:
    """What all requests share."""

    hosted: Hosted
    pool: Pool
    metrics: Metrics
    limits: Limits

    def submit(
        self, wanted: Sequence[Ask], who: str, recorders: Sequence[Recorder | None] = (None,)
    ) -> Exchange:
        """Have them run, each with its recorder."""
        works = [self._work(*one) for one in zip(wanted, recorders, strict=True)]
        return self.pool.submit(works, who)

    def _work(self, ask: Ask, recorder: Recorder | None) -> Work:
        def run(cancel: Cancel) -> Iterator[Event]:
            for event in ask.run(self.hosted, cancel, recorder):
                self.metrics.see(event)
                if recorder is not None:
                    recorder.see(event)
                yield event

        return run


class Generating:
    """A path that takes a POST and generates, as an ASGI application."""

    def __init__(self, house: House, kind: Literal["chat", "text", "events"]) -> None:
        self._house = house
        self._kind = kind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer it; raises what is to be told, and GoneError."""
        house = self._house
        body = read_object(await read_body(scope, receive, house.limits))
        who = _who(scope)
        if self._kind == "events":
            ask = asks.reason(body, house.hosted)
            await self._stream(house.submit([ask], who), Lines(), (scope, receive, send))
            return
        read = asks.chat if self._kind == "chat" else asks.completion
        wanted = read(body, house.hosted)
        recorders = [Recorder() if wanted.likely else None for _ in wanted.asks]
        exchange = house.submit(wanted.asks, f"{who} {wanted.user}", recorders)
        choices = [Choice(wanted.stops, recorder=recorder) for recorder in recorders]
        form = Form(self._kind, house.hosted.name, choices, copies=wanted.copies)
        answer = Pieces(form, choices, wanted, exchange)
        if wanted.stream:
            await self._stream(exchange, answer, (scope, receive, send))
            return
        try:
            await unless_gone(receive, answer.collect())
        finally:
            house.pool.leave(exchange)
        await send_json(send, answer.form.whole())

    async def _stream(
        self, exchange: Exchange, answer: "Lines | Pieces", asgi: tuple[Scope, Receive, Send]
    ) -> None:
        scope, receive, send = asgi
        house = self._house
        leave = partial(house.pool.leave, exchange)
        try:
            async with contextlib.aclosing(exchange.batches(house.limits.beat_s)) as batches:
                first = await unless_gone(receive, _beginning(batches))
                pieces = _all_pieces(answer, first, batches)
                media = LINES if self._kind == "events" else SSE
                stream = Stream(pieces, media, leave, stall_s=house.limits.stall_s)
                await stream(scope, receive, send)
        finally:
            leave()


async def _beginning(batches: AsyncIterator[list[Told]]) -> list[Told]:
    """What is said until there is more than that generations start, or until the first beat.

    Raises a fault that comes before: it has a status of its own. A server behind this one refuses
    a request only after its generation has started here.
    """
    begun: list[Told] = []
    async for told in batches:
        begun += told
        for _, event in told:
            if isinstance(event, Exception):
                raise event
            if not isinstance(event, Started):
                return begun
        if not told:
            break
    return begun


async def _all_pieces(
    answer: "Lines | Pieces", first: list[Told], batches: AsyncIterator[list[Told]]
) -> AsyncIterator[bytes]:
    """An answer's pieces, and a sign of life where there is none for long."""
    yield answer.opening()
    yield answer.pieces(first) if first else answer.beat
    async for told in batches:
        piece = answer.pieces(told) if told else answer.beat
        if piece:
            yield piece
    yield answer.closing()


class Lines:
    """Events as they are, a line each."""

    beat = b"\n"

    def opening(self) -> bytes:
        """Nothing comes before them."""
        return b""

    def pieces(self, told: list[Told]) -> bytes:
        """What was said, as lines."""
        return b"".join(
            fault_line(fault_of(event)) if isinstance(event, Exception) else line(event)
            for _, event in told
        )

    def closing(self) -> bytes:
        """Nothing comes after them."""
        return b""


class Pieces:
    """An answer of OpenAI's form, in the making."""

    beat = WAITING

    def __init__(
        self, form: Form, choices: Sequence[Choice], wanted: Wanted, exchange: Exchange
    ) -> None:
        self.form = form
        self._choices = choices
        self._wanted = wanted
        self._exchange = exchange
        if wanted.stream:
            self.form.streamed(counts=wanted.counts)

    async def collect(self) -> None:
        """All of it; raises what went wrong."""
        async for told in self._exchange.batches():
            for place, event in told:
                if isinstance(event, Exception):
                    raise event
                self._take(place, event)

    def opening(self) -> bytes:
        """What comes first."""
        return self.form.opening()

    def pieces(self, told: list[Told]) -> bytes:
        """What was said, as pieces."""
        found: list[bytes] = []
        for place, event in told:
            if isinstance(event, Exception):
                found += self.form.pieces(place, self._choices[place].flush())
                found.append(self.form.fault(event))
                continue
            found += self.form.pieces(place, self._take(place, event))
            if isinstance(event, Finished):
                found.append(self.form.ending(place))
        return b"".join(found)

    def closing(self) -> bytes:
        """What comes last."""
        return self.form.closing(usage=self._wanted.usage)

    def _take(self, place: int, event: Event) -> list[Any]:
        choice = self._choices[place]
        deltas = choice.take(event)
        if choice.stopped:
            self._exchange.jobs[place].cancel.set()
        return deltas


# ------------------------------------------------------------------------------------- the request


async def read_body(scope: Scope, receive: Receive, limits: Limits) -> bytes:
    """All of it; raises RefusedError where it is too large or takes too long, and GoneError."""
    for name, value in scope["headers"]:
        if name == b"content-length" and int(value) > limits.body_bytes:
            raise _too_large(limits)
    try:
        return await asyncio.wait_for(_whole_body(receive, limits), limits.body_s)
    except asyncio.TimeoutError:
        raise RefusedError(
            HTTPStatus.REQUEST_TIMEOUT, f"the body did not come within {limits.body_s:g} s"
        ) from None


async def _whole_body(receive: Receive, limits: Limits) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise GoneError
        body += message.get("body", b"")
        if len(body) > limits.body_bytes:
            raise _too_large(limits)
        if not message.get("more_body"):
            return bytes(body)


def _too_large(limits: Limits) -> RefusedError:
    return RefusedError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"the body is too large: {limits.body_bytes:,} bytes are the most",
    )


def _who(scope: Scope) -> str:
    """Whose turn it is to be, among those who wait."""
    client = scope.get("client")
    return str(client[0]) if client else ""
