"""Servers to talk to: llama.cpp's own in a process of its own, and one that plays recordings."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from qwq_cli.endpoint import Endpoint
from qwq_cli.engines.openai.engine import OpenAIServer
from tests.engines.openai.llama_server import KEY

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def llama() -> Iterator[Endpoint]:
    """Quill on llama.cpp's server."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.engines.openai.llama_server"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        yield Endpoint(f"{process.stdout.readline().strip()}/v1", KEY, patience_s=120)
        assert process.stdin is not None
        process.stdin.close()


@dataclass
class Reply:
    """What a server answers: a status, headers, and the pieces that it sends one by one.

    `then`: called after the pieces, while the client still listens, with what writes to it. `cut`:
    the connection ends there, although more was announced.
    """

    pieces: list[bytes]
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "application/json"
    then: Callable[[Callable[[bytes], object]], object] | None = None
    cut: bool = False


def told(value: object, status: int = 200, **headers: str) -> Reply:
    """A JSON reply."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply([json.dumps(value).encode()], status, named)


def streamed(*events: object, done: bool = True) -> Reply:
    """Events as servers send them; texts and bytes as they are."""
    pieces: list[bytes] = []
    for event in events:
        if isinstance(event, bytes):
            pieces.append(event)
        else:
            pieces.append(f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode())
    if done:
        pieces.append(b"data: [DONE]\n\n")
    return Reply(pieces, kind="text/event-stream; charset=utf-8")


Asked = tuple[str, dict[str, Any], dict[str, str]]


class Player(ThreadingHTTPServer):
    """A server that answers each path with its replies in turn, the last one for ever, and keeps
    what it was asked: path, body and headers.
    """

    daemon_threads = False
    """So that closing it waits for them, and none of them runs on into the next test."""

    def __init__(self, replies: dict[str, list[Reply]]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies = replies
        self.asked: list[Asked] = []

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(f"http://127.0.0.1:{self.server_address[1]}/v1", "k3y", patience_s=120)

    def bodies(self, path: str) -> list[dict[str, Any]]:
        """What was asked at a path."""
        return [body for where, body, _ in self.asked if where == path]


class _Handler(BaseHTTPRequestHandler):
    server: Player

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self._answer(json.loads(body))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""

    def _answer(self, body: dict[str, Any]) -> None:
        self.server.asked.append((self.path, body, dict(self.headers.items())))
        replies = self.server.replies.get(self.path, [told({"detail": "Not Found"}, 404)])
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        self.send_response(reply.status)
        self.send_header("content-type", reply.kind)
        if reply.cut:
            self.send_header("content-length", "1000000")
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            for piece in reply.pieces:
                self.wfile.write(piece)
                self.wfile.flush()
            if reply.then is not None:
                reply.then(self.wfile.write)
        except OSError:  # the client has left
            pass
        self.close_connection = True


Play = Callable[[dict[str, list[Reply]]], Player]


@pytest.fixture
def play() -> Iterator[Play]:
    """Start a server that plays what it is given."""
    players: list[Player] = []

    def start(replies: dict[str, list[Reply]]) -> Player:
        players.append(Player(replies))
        threading.Thread(target=players[-1].serve_forever, args=(0.02,), daemon=True).start()
        return players[-1]

    yield start
    for player in players:
        player.shutdown()
        player.server_close()


@pytest.fixture(scope="module")
def quill(llama: Endpoint) -> Iterator[OpenAIServer]:
    engine = OpenAIServer(llama, "quill", style="headings")
    yield engine
    engine.close()
