"""A server from its start to its end. Knows uvicorn, and how one ends without losing anything."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import uvicorn
from uvicorn.server import Server as Uvicorn

from qwq_cli.server.app import make_app
from qwq_cli.server.connection import Connection
from qwq_cli.server.door import OPEN_DOOR, Door
from qwq_cli.server.generating import USUAL, Limits
from qwq_cli.server.hosted import Hosted
from qwq_cli.server.listening import Where
from qwq_cli.server.pool import Pool

_MOST_CONNECTIONS = 2048
_FAR_S, _LEAST_S = 60.0, 0.05
_LET_GO_S = 10.0
"""How long generations that were ended may take to end."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How it is served: where, to whom, how many at once, and how many may wait for them.
    `grace_s`: how long those that run may go on at the end.
    """

    where: Where
    door: Door = OPEN_DOOR
    parallel: int = 8
    queue: int = 256
    grace_s: float = 30.0
    limits: Limits = USUAL


class Serving:
    """One server. `stop` may be called from anywhere, a signal handler included."""

    def __init__(self, hosted: Hosted, manner: Manner) -> None:
        self._hosted = hosted
        self._manner = manner
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._stopped = False

    def run(self, listener: socket.socket) -> bool:
        """Serve those who come to a socket that listens, until `stop`.

        Returns whether every generation has let go of its engine, which may be closed only then.
        """
        return asyncio.run(self._serve(listener))

    def stop(self) -> None:
        """End it: nobody new, a time of grace for those who are served, then no more."""
        self._stopped = True
        if self._loop is not None and self._stopping is not None:
            with contextlib.suppress(RuntimeError):  # over already
                self._loop.call_soon_threadsafe(self._stopping.set)

    async def _serve(self, listener: socket.socket) -> bool:
        manner = self._manner
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        if self._stopped:  # by a signal, before there was a loop
            self._stopping.set()
        pool = Pool(manner.parallel, manner.queue, self._loop)
        app = make_app(self._hosted, pool, door=manner.door, limits=manner.limits)
        server = _quiet(app, manner.limits.head_s)
        serving = asyncio.ensure_future(server.serve(sockets=[listener]))
        try:
            stop = asyncio.ensure_future(self._stopping.wait())
            idle = asyncio.ensure_future(_idle(pool, manner.limits.idle_s))
            await asyncio.wait({serving, stop, idle}, return_when=asyncio.FIRST_COMPLETED)
            stop.cancel()
            idle.cancel()
            pool.close()
            # Nobody new, at once: who comes now finds nobody here, and whoever may starts another.
            for listening in server.servers:
                listening.close()
            server.should_exit = True
            await asyncio.wait({serving}, timeout=manner.grace_s)
        finally:
            pool.close(now=True)
            server.should_exit = True
            done, _ = await asyncio.wait({serving}, timeout=_LET_GO_S)
            if not done:
                server.force_exit = True
                await asyncio.wait({serving}, timeout=_LET_GO_S)
        if serving.done():
            serving.result()
        return await asyncio.get_running_loop().run_in_executor(None, pool.join, _LET_GO_S)


async def _idle(pool: Pool, idle_s: float | None) -> None:
    """Return when there has been nothing to do for so long; never, for None."""
    while True:
        if idle_s is not None and pool.idle_s >= idle_s:
            return
        left = _FAR_S if idle_s is None else idle_s - pool.idle_s
        await asyncio.sleep(min(max(left, _LEAST_S), _FAR_S))


class _Server(Uvicorn):
    """Uvicorn's, without its own ways with signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _quiet(app: object, head_s: float) -> _Server:
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL + 1)
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        http=partial(Connection, head_s=head_s),  # type: ignore[arg-type]
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_keep_alive=30,
        h11_max_incomplete_event_size=65_536,
    )
    return _Server(config)
