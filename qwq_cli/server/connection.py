"""One connection: uvicorn's, with an end to its patience. Knows uvicorn's HTTP protocol.

Who opens a connection and sends nothing, or half a request, or a byte now and then, is shown out.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle


class Connection(H11Protocol):
    """As uvicorn makes them. `head_s`: within which the head of a request has to be there."""

    def __init__(self, *args: Any, head_s: float, **options: Any) -> None:  # noqa: ANN401 - uvicorn's
        super().__init__(*args, **options)
        self._head_s = head_s
        self.app_state = {**self.app_state, "abort": self._abort}
        self._late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait_for_head(self) -> None:
        """Between requests a clock runs from the first byte on, which more bytes don't set back."""
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete:
            self._wait_no_more()
        elif self._late is None:
            self._late = self.loop.call_later(self._head_s, self._show_out)

    def _wait_no_more(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _show_out(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(
                b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
            )
            self.transport.close()

    def _abort(self) -> None:
        self.transport.abort()
