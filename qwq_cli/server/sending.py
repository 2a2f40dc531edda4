"""Brings answers to clients, and sees when one has gone, or takes nothing any more.

Knows ASGI. Does not know what an answer says.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from starlette.types import Receive, Scope, Send

from qwq_cli.server.faults import Fault
from qwq_cli.server.replies import compact

STALL_S = 60.0
"""A client that takes nothing for so long is dropped. Nobody waits for it meanwhile."""

_UNREAD = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}
"""What is said to a client while its request is not read to the end."""

Headers = Mapping[str, str]


class GoneError(Exception):
    """Raised where the client has left."""


async def gone(receive: Receive) -> None:
    """Return when the client has left; its request is read already."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def unless_gone(receive: Receive, wanted: Awaitable[Any]) -> Any:  # noqa: ANN401 - of its type
    """What is awaited; raises GoneError if the client leaves before."""
    task = asyncio.ensure_future(wanted)
    leaving = asyncio.ensure_future(gone(receive))
    try:
        await asyncio.wait({task, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise GoneError
        return task.result()
    finally:
        await _ended(task, leaving)


async def _ended(*tasks: "asyncio.Future[Any]") -> None:
    """Cancel them, and wait until they are."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class Stream:
    """A response in pieces, as an ASGI application. Ends early where the client leaves or stalls;
    `left` is called at the end, in any case.
    """

    def __init__(
        self,
        pieces: AsyncIterator[bytes],
        media_type: str,
        left: Callable[[], None],
        *,
        stall_s: float = STALL_S,
    ) -> None:
        self._pieces = pieces
        self._type = media_type
        self._left = left
        self._stall_s = stall_s
        self._sending_since: float | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        pump = asyncio.ensure_future(self._pump(send))
        leaving = asyncio.ensure_future(gone(receive))
        stalling = asyncio.ensure_future(self._stalled())
        try:
            await asyncio.wait({pump, leaving, stalling}, return_when=asyncio.FIRST_COMPLETED)
            if not pump.done():
                abort(scope)
                raise GoneError
            pump.result()
        finally:
            self._left()
            await _ended(pump, leaving, stalling)

    async def _pump(self, send: Send) -> None:
        loop = asyncio.get_running_loop()
        headers = {
            "content-type": self._type,
            "cache-control": "no-cache",
            "x-accel-buffering": "no",  # a proxy that keeps pieces back
        }
        await send({"type": "http.response.start", "status": 200, "headers": raw(headers)})
        try:
            async for piece in self._pieces:
                self._sending_since = loop.time()
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                self._sending_since = None
        finally:
            with contextlib.suppress(Exception):
                await self._pieces.aclose()  # type: ignore[attr-defined]
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _stalled(self) -> None:
        """Return when the client has taken nothing for too long."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._stall_s / 4)
            since = self._sending_since
            if since is not None and loop.time() - since > self._stall_s:
                return


def abort(scope: Scope) -> None:
    """Drop the connection at once, with what was not sent yet."""
    drop = scope.get("state", {}).get("abort")
    if drop is not None:
        drop()


def raw(headers: Headers) -> list[tuple[bytes, bytes]]:
    """Headers as ASGI wants them."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


async def send_json(
    send: Send, record: object, *, status: int = 200, headers: Headers | None = None
) -> None:
    """A whole response."""
    body = compact(record)
    known = {"content-type": "application/json", "content-length": str(len(body))}
    named = raw({**known, **(headers or {})})
    await send({"type": "http.response.start", "status": status, "headers": named})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def send_fault(send: Send, fault: Fault, *, headers: Headers | None = None) -> None:
    """An error as a whole response."""
    named = {**(headers or {})}
    if fault.status in _UNREAD:
        named["connection"] = "close"
    if fault.retry_s is not None:
        named["retry-after"] = str(fault.retry_s)
    await send_json(send, fault.body, status=int(fault.status), headers=named)
