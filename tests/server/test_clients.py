"""Many clients, and bad ones: those who wait, vanish, stall, dawdle, and want too much.

The engine is a scripted one, whose pace is known, and the order of things is made by events.
"""

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import httpx
import pytest

from qwq_cli.engines.base import Prompt, Step, Token
from qwq_cli.engines.scripted import Script, Scripted, ScriptedDecoding
from qwq_cli.errors import BusyError, QwqError
from qwq_cli.request import Sampling
from qwq_cli.server.generating import Limits
from qwq_cli.server.pool import Pool
from tests.server.conftest import Client, asked, events_of, play, short_tempered

CHAT = "/v1/chat/completions"
ANSWER = Script(takes=("Hm.\n\n**Final Answer**\n\n5",))


class Gated(Scripted):
    """Says its first token, and the others when the gate is opened. Tells how many there are."""

    def __init__(self, script: Script = ANSWER) -> None:
        super().__init__(script)
        self.gate = threading.Event()
        self.asked_for: list[str] = []
        self.living = 0
        self._lock = threading.Lock()

    def start(self, prompt: Prompt, sampling: Sampling, max_tokens: int | None) -> "GatedDecoding":
        with self._lock:
            self.asked_for.append(prompt.parts[-2].text)
            self.living += 1
        decoding = super().start(prompt, sampling, max_tokens)
        decoding.__class__ = GatedDecoding
        assert isinstance(decoding, GatedDecoding)
        return decoding

    def died(self) -> None:
        with self._lock:
            self.living -= 1


class GatedDecoding(ScriptedDecoding):
    dead = False

    def __iter__(self) -> Iterator[Step]:
        engine = self._engine
        assert isinstance(engine, Gated)
        first = True
        for step in super().__iter__():
            yield step
            if first and isinstance(step, Token):
                first = False
                while not (engine.gate.wait(0.02) or self._closed):
                    pass

    def close(self) -> None:
        super().close()
        if not self.dead:
            self.dead = True
            assert isinstance(self._engine, Gated)
            self._engine.died()


async def until(condition: Any) -> None:
    """Wait for it; a test that waits too long fails by its own means."""
    for _ in range(2000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("that did not come")


def test_who_comes_when_too_many_wait_is_sent_away_and_told_when_to_come_back() -> None:
    engine = Gated()

    async def scene(client: Client, pool: Pool) -> None:
        served = [asyncio.ensure_future(client.post(CHAT, json=asked())) for _ in range(5)]
        await until(lambda: (pool.running, pool.waiting) == (2, 3))
        refused = await client.post(CHAT, json=asked())
        assert refused.status_code == HTTPStatus.TOO_MANY_REQUESTS
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert refused.json()["error"]["type"] == "rate_limit_error"
        too_many = await client.post(CHAT, json=asked(n=3))
        assert too_many.status_code == HTTPStatus.TOO_MANY_REQUESTS
        engine.gate.set()
        replies = await asyncio.gather(*served)
        assert [reply.status_code for reply in replies] == [200] * 5
        assert (await client.post(CHAT, json=asked())).status_code == 200

    play(engine, scene, parallel=2, queue=3)
    assert engine.living == 0


def test_more_answers_than_there_is_ever_room_for() -> None:
    """To come again later would be of no use."""

    async def scene(client: Client, _: Pool) -> None:
        reply = await client.post(CHAT, json=asked(n=6))
        assert reply.status_code == 400
        assert "6 answers at once" in reply.json()["error"]["message"]
        assert "retry-after" not in reply.headers

    play(Gated(), scene, parallel=2, queue=3)


def test_one_with_many_requests_does_not_hold_up_another() -> None:
    engine = Gated()

    async def scene(client: Client, pool: Pool) -> None:
        greedy = []
        for number in range(6):
            body = asked(f"greedy {number}", user="greedy")
            greedy.append(asyncio.ensure_future(client.post(CHAT, json=body)))
            await until(lambda: pool.running + pool.waiting == len(greedy))
        modest = asyncio.ensure_future(client.post(CHAT, json=asked("modest", user="modest")))
        await until(lambda: pool.waiting == 6)
        engine.gate.set()
        await asyncio.gather(*greedy, modest)

    play(engine, scene, parallel=1, queue=16)
    assert engine.asked_for[0] == "greedy 0"
    assert engine.asked_for.index("modest") <= 2
    assert [text for text in engine.asked_for if text != "modest"] == [
        f"greedy {number}" for number in range(6)
    ]


@pytest.mark.parametrize("stream", [False, True])
def test_who_leaves_frees_a_place_at_once(stream: bool) -> None:
    engine = Gated()
    with short_tempered(engine) as address:
        crowd = [socket.create_connection(address) for _ in range(5)]
        body = json.dumps(asked(stream=stream)).encode()
        head = f"POST {CHAT} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(body)}\r\n\r\n"
        health = f"http://localhost:{address[1]}/health"
        for connection in crowd:
            connection.sendall(head.encode() + body)
        wait_for(lambda: counts(health) == (2, 3))
        for connection in crowd[:4]:
            connection.close()
        wait_for(lambda: counts(health) == (1, 0))
        assert engine.living == 1
        crowd[4].close()
        wait_for(lambda: counts(health) == (0, 0))
        assert engine.living == 0


def counts(health: str) -> tuple[int, int]:
    told = httpx.get(health, trust_env=False).json()
    return told["running"], told["waiting"]


def wait_for(condition: Any) -> None:
    for _ in range(2000):
        if condition():
            return
        threading.Event().wait(0.01)
    raise AssertionError("that did not come")


def test_who_takes_nothing_is_dropped_and_holds_up_nobody() -> None:
    engine = Scripted(Script(takes=(["all work and no play " * 50] * 5000,), style="none"))
    with short_tempered(engine, stall_s=0.4) as address:
        url = f"http://localhost:{address[1]}"
        with socket.socket() as stalled:
            stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            stalled.connect(address)
            body = json.dumps(asked(stream=True, loops="off", language="off")).encode()
            stalled.sendall(
                f"POST {CHAT} HTTP/1.1\r\nhost: localhost\r\n"
                f"content-length: {len(body)}\r\n\r\n".encode()
                + body
            )
            assert b"200 OK" in stalled.recv(100)
            quick = httpx.post(url + CHAT, json=asked(max_tokens=5), trust_env=False, timeout=60)
            assert quick.status_code == 200
            left = "qwq_clients_gone_total 1.0"
            wait_for(lambda: left in httpx.get(f"{url}/metrics", trust_env=False).text)
            assert counts(f"{url}/health") == (0, 0)
            assert b"[DONE]" not in everything(stalled)


def everything(connection: socket.socket) -> bytes:
    """What still comes, until the other end is gone."""
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while data := connection.recv(65_536):
            found += data
    return found


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /health HT",
        f"POST {CHAT} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\n12345".encode(),
    ],
    ids=["nothing", "half a head", "half a body"],
)
def test_who_dawdles_is_shown_out(sent: bytes) -> None:
    with short_tempered(Scripted(ANSWER), head_s=0.2, body_s=0.2) as address:
        with socket.create_connection(address, timeout=30) as slow:
            slow.sendall(sent)
            assert b" 408 " in everything(slow).splitlines()[0]
        with httpx.Client(base_url=f"http://localhost:{address[1]}", trust_env=False) as client:
            for _ in range(3):  # a connection that is used again has its time again
                assert client.get("/health").status_code == 200


def test_a_byte_now_and_then_does_not_buy_more_time() -> None:
    with short_tempered(Scripted(ANSWER), head_s=0.3) as address, socket.socket() as slow:
        slow.connect(address)
        slow.settimeout(0.01)
        reply = b""
        for byte in b"GET /health HTTP/1.1\r\nx: " + b"y" * 10_000:
            try:
                slow.send(bytes([byte]))
                reply += slow.recv(1000)
            except TimeoutError:
                continue
            except OSError:
                break
            if reply:
                break
        assert b" 408 " in reply or not reply


def test_an_engine_that_hangs_is_found_out_and_one_that_goes_on_is_believed() -> None:
    engine = Gated()

    async def scene(client: Client, pool: Pool) -> None:
        waiting = asyncio.ensure_future(client.post(CHAT, json=asked()))
        await until(lambda: pool.running == 1 and pool.silent_s > 0.3)
        sick = await client.get("/health")
        assert sick.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert sick.json()["status"] == "the engine hangs"
        assert "qwq_up 0.0" in (await client.get("/metrics")).text
        engine.gate.set()
        assert (await waiting).status_code == 200
        assert (await client.get("/health")).json()["status"] == "ok"

    play(engine, scene, limits=Limits(hang_s=0.3))


def test_a_long_wait_is_bridged_by_signs_of_life() -> None:
    engine = Gated()

    async def scene(client: Client, pool: Pool) -> None:
        first = asyncio.ensure_future(client.post(CHAT, json=asked()))
        await until(lambda: pool.running == 1)
        waiting = [
            asyncio.ensure_future(client.post(path, json=asked(stream=True)))
            for path in (CHAT, "/v1/reason")
        ]
        await asyncio.sleep(0.3)
        engine.gate.set()
        await first
        chat, ours = await asyncio.gather(*waiting)
        assert ": waiting\n\n" in chat.text
        assert events_of(chat.text)[-1]["choices"][0]["finish_reason"] == "stop"
        assert ours.text.startswith("\n")
        assert json.loads(ours.text.splitlines()[-1])["event"] == "finished"

    play(engine, scene, parallel=1, limits=Limits(beat_s=0.05))


@pytest.mark.parametrize(
    ("fault", "status"),
    [(QwqError("it broke", "a wire"), 500), (BusyError("no memory"), 503)],
)
def test_faults_before_and_amid_the_text(fault: QwqError, status: int) -> None:
    early = Scripted(Script(takes=("abc",), fault=fault, style="none"))
    late = Scripted(Script(takes=("one two three",), fault=fault, fault_at=2, style="none"))

    async def whole(client: Client, pool: Pool) -> None:
        del pool
        reply = await client.post(CHAT, json=asked())
        assert reply.status_code == status
        assert reply.json()["error"]["message"] == str(fault)
        assert ("retry-after" in reply.headers) == (status == 503)

    async def streamed(client: Client, pool: Pool) -> None:
        del pool
        events = events_of((await client.post(CHAT, json=asked(stream=True))).text)
        assert events[-1]["error"]["message"] == str(fault)
        texts = [e["choices"][0]["delta"].get("content", "") for e in events[:-1]]
        lines = (await client.post("/v1/reason", json=asked())).text.splitlines()
        assert json.loads(lines[-1])["event"] == "error"
        assert json.loads(lines[-1])["what"] == fault.what
        assert "".join(texts) == "one two"

    play(early, whole)
    play(late, whole)
    play(late, streamed)


def test_a_fault_of_our_own_tells_nothing_of_the_inside(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Scripted):
        def start(self, *given: Any) -> Any:
            del given
            raise ZeroDivisionError("secret insides")

    async def scene(client: Client, pool: Pool) -> None:
        for stream in (False, True):
            reply = await client.post(CHAT, json=asked(stream=stream))
            assert reply.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
            assert "secret" not in reply.text
        del pool

    play(Broken(ANSWER), scene)
    assert "ZeroDivisionError" in caplog.text


def test_the_end_refuses_those_who_wait_and_ends_those_who_run() -> None:
    engine = Gated()

    async def scene(client: Client, pool: Pool) -> None:
        posts = [asyncio.ensure_future(client.post(CHAT, json=asked())) for _ in range(3)]
        await until(lambda: (pool.running, pool.waiting) == (1, 2))
        pool.close()
        late = await client.post(CHAT, json=asked())
        assert late.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert int(late.headers["retry-after"]) > 0
        pool.close(now=True)
        first, *others = await asyncio.gather(*posts)
        assert [reply.status_code for reply in others] == [503, 503]
        assert first.json()["choices"][0]["finish_reason"] == "length"
        assert first.json()["choices"][0]["qwq"]["finish_reason"] == "interrupted"

    play(engine, scene, parallel=1)
