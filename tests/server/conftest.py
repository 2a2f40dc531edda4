"""`qwq serve` as a process of its own, and the application in this one, over the real quill."""

import asyncio
import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import pytest

from qwq_cli.engines.base import Engine
from qwq_cli.puzzles.examples import CARDS
from qwq_cli.request import Steering
from qwq_cli.server.app import make_app
from qwq_cli.server.door import Door
from qwq_cli.server.generating import Limits
from qwq_cli.server.hosted import Hosted
from qwq_cli.server.listening import Where, listening
from qwq_cli.server.pool import Pool
from qwq_cli.server.serving import Manner, Serving

ROOT = Path(__file__).parents[2]
ASKED = {"model": "quill", "messages": [{"role": "user", "content": CARDS}]}


class Served:
    """A running `qwq serve`. `address` is a URL, or a socket's path."""

    def __init__(self, home: Path, *options: str, env: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "qwq_cli", "serve", *options],
            cwd=home,
            env={"HOME": str(home), "PATH": "/usr/bin:/bin", **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        assert self.process.stderr is not None
        self.greeting = self.process.stderr.readline()
        found = re.search(r"is served at (\S+?)(?:/v1)?, \d+ at a time", self.greeting)
        if found is None:
            self.end()
            raise AssertionError(self.greeting)
        self.address = found.group(1)

    def client(self, **options: Any) -> httpx.Client:
        if self.address.startswith("/"):
            options["transport"] = httpx.HTTPTransport(uds=self.address)
            return httpx.Client(base_url="http://qwq", timeout=60, **options)
        return httpx.Client(base_url=self.address, timeout=60, trust_env=False, **options)

    def end(self) -> tuple[int, str]:
        """Stop it; its exit code, and what else it told."""
        self.process.terminate()
        return self.wait()

    def wait(self) -> tuple[int, str]:
        """Its exit code, and what else it told, when it has come to its end."""
        out, err = self.process.communicate(timeout=60)
        assert out == ""
        return self.process.returncode, err


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Quill on any port, four at a time."""
    server = Served(tmp_path_factory.mktemp("home"), "--port", "0", "--parallel", "4")
    yield server
    server.end()


Serve: TypeAlias = Callable[..., Served]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start others, with `tmp_path` as home; none of them outlives the test."""
    started: list[Served] = []

    def start(*options: str, env: dict[str, str] | None = None) -> Served:
        started.append(Served(tmp_path, *options, env=env))
        return started[-1]

    yield start
    for server in started:
        if server.process.poll() is None:
            server.process.kill()
            server.process.communicate()


Client: TypeAlias = httpx.AsyncClient
Scene: TypeAlias = Callable[[Client, Pool], Any]


def play(
    engine: Engine,
    scene: Scene,
    *,
    parallel: int = 2,
    queue: int = 8,
    door: Door | None = None,
    limits: Limits | None = None,
) -> Any:
    """Run a scene with a client of an application over an engine, in a loop of its own."""

    async def run() -> Any:
        pool = Pool(parallel, queue, asyncio.get_running_loop())
        hosted = Hosted(engine, engine.facts.name)
        app = make_app(hosted, pool, door=door or Door(), limits=limits or Limits())
        transport = httpx.ASGITransport(app)
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://qwq") as client:
                return await scene(client, pool)
        finally:
            pool.close(now=True)
            assert await asyncio.to_thread(pool.join, 30)

    return asyncio.run(run())


def asked(text: str = "?", **more: Any) -> dict[str, Any]:
    """A body."""
    return {"messages": [{"role": "user", "content": text}], **more}


@contextmanager
def short_tempered(
    engine: Engine, steering: Steering | None = None, **limits: float
) -> Iterator[tuple[str, int]]:
    """The address of a server over an engine, two at a time, in a thread of this process.

    `steering`: for requests that say nothing of it.
    """
    where = Where()
    manner = Manner(where, parallel=2, grace_s=1, limits=Limits(**limits))  # type: ignore[arg-type]
    hosted = Hosted(engine, engine.facts.name, steering=steering or Steering())
    server = Serving(hosted, manner)
    with listening(where) as listener:
        thread = threading.Thread(target=server.run, args=(listener,))
        thread.start()
        try:
            yield listener.getsockname()
        finally:
            server.stop()
            thread.join(60)
            assert not thread.is_alive()


def events_of(text: str) -> list[dict[str, Any]]:
    """The objects of a stream of server-sent events, which must end as it should."""
    blocks = [block for block in text.split("\n\n") if block and not block.startswith(":")]
    assert all(block.startswith("data: ") for block in blocks)
    assert blocks[-1] == "data: [DONE]"
    return [json.loads(block.removeprefix("data: ")) for block in blocks[:-1]]


@contextmanager
def streaming(client: httpx.Client, **body: Any) -> Iterator[httpx.Response]:
    """A chat that streams."""
    with client.stream("POST", "/v1/chat/completions", json={**ASKED, "stream": True, **body}) as r:
        yield r
