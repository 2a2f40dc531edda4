"""What goes wrong between here and a server, by what a server really sends or a socket does."""

import json
import re
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from qwq_cli.endpoint import Endpoint
from qwq_cli.engines.base import Token
from qwq_cli.engines.openai.client import TRIES, BrokenOffError, Call, Client
from qwq_cli.engines.openai.decoding import RemoteDecoding
from qwq_cli.engines.openai.engine import OpenAIServer
from qwq_cli.engines.openai.faults import refusal, retry_after
from qwq_cli.errors import (
    BusyError,
    ConfigError,
    QwqError,
    UnavailableError,
)
from qwq_cli.request import Message, Sampling
from tests.engines.openai.conftest import Play, Player, Reply, streamed, told

CHAT = "/v1/chat/completions"
SECRET = "sk-very-secret"  # noqa: S105 - of nobody
HERE = Endpoint("http://h:1/v1", SECRET)

REFUSALS = json.loads(Path(__file__).with_name("refusals.json").read_text("utf-8"))
"""What servers send, as they document it or as it stands in reports of their users."""


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case["server"])
def test_refusals(case: dict[str, Any]) -> None:
    body = case["body"] if isinstance(case["body"], str) else json.dumps(case["body"])
    error = refusal(case["status"], body.encode(), HERE, ("a", "b"))
    assert type(error).__name__ == case["error"]
    assert re.search(case["says"], str(error))
    assert SECRET not in str(error)
    assert len(str(error)) < 600


def test_a_server_without_a_key_says_how_to_set_one() -> None:
    error = refusal(401, b"", Endpoint("http://h:1/v1"), ())
    assert str(error).endswith("set QWQ_API_KEY, or api_key in your own configuration file")


def test_when_to_come_again() -> None:
    soon = datetime.now(timezone.utc) + timedelta(seconds=30)
    assert 25 < (retry_after({"retry-after": format_datetime(soon)}) or 0) <= 30
    assert retry_after({"retry-after": "2.5"}) == 2.5
    assert retry_after({"retry-after": "-3"}) == 0
    assert [retry_after({"retry-after": text}) for text in ("", "soon", "nan")] == [None] * 3


# --------------------------------------------------------------------------------- over a socket


def chunk(content: str, finish: str | None = None) -> dict[str, object]:
    return {"choices": [{"index": 0, "delta": {"content": content}, "finish_reason": finish}]}


def start(server: Player) -> RemoteDecoding:
    engine = OpenAIServer(server.endpoint, "m")
    return engine.start(engine.render((Message("user", "?"),)), Sampling(), None)


def texts(decoding: RemoteDecoding) -> list[str]:
    return [step.text for step in decoding if isinstance(step, Token)]


ENDS = {
    "in the middle": (streamed(chunk("So"), done=False), "broke off in the middle of a text"),
    "in a line": (streamed(chunk("So"), b'data: {"choi', done=False), "broke off in the middle"),
    "before its length": (
        Reply(streamed(chunk("So"), done=False).pieces, kind="text/event-stream", cut=True),
        "broke off in the middle",
    ),
    "no JSON": (streamed(chunk("So"), b"data: {oops\n\n"), r"no JSON: \{oops"),
    "no object": (streamed(chunk("So"), b"data: [1]\n\n"), "no object"),
    "no UTF-8": (streamed(chunk("So"), b"data: \xff\xff\n\n"), "not UTF-8"),
    "too deep": (streamed(chunk("So"), b"data: " + b"[" * 100_000 + b"\n\n"), "no JSON"),
    "an error": (
        streamed(chunk("So"), {"error": {"message": "CUDA out of memory", "code": 500}}),
        "failed in the middle of a text: CUDA out of memory",
    ),
    "llama.cpp's error line": (
        streamed(chunk("So"), b'error: {"code": 500, "message": "slot gone"}\n\n'),
        "slot gone",
    ),
}


@pytest.mark.parametrize("name", ENDS)
def test_streams_that_end_badly_keep_what_came(play: Play, name: str) -> None:
    reply, message = ENDS[name]
    decoding = start(play({CHAT: [reply]}))
    found: list[str] = []
    with pytest.raises(QwqError, match=message):
        found.extend(step.text for step in decoding if isinstance(step, Token))
    assert found == ["So"]


def test_odd_but_good_streams(play: Play) -> None:
    """Signs of life, fields nobody asked for, two choices' worth of nothing, reasons that are none,
    no [DONE].
    """
    reply = streamed(
        b": ping\n\n",
        {"choices": []},
        {"choices": [{"delta": None}]},
        {"choices": [{"delta": {"content": ["odd"]}}]},
        {"choices": [{"delta": "x"}]},
        chunk("数", ""),
        {"choices": [{"delta": {}, "finish_reason": ["stop"]}]},
        {**chunk("!"), "usage": {"prompt_tokens": None, "completion_tokens": float("nan")}},
        chunk("", "stop"),
        done=False,
    )
    decoding = start(play({CHAT: [reply]}))
    assert texts(decoding) == ["数", "!"]
    assert decoding.progress.stop == "stop"


def test_an_end_without_the_empty_line(play: Play) -> None:
    reply = streamed(chunk("51", "stop"), b"data: [DONE]\n", done=False)
    assert texts(start(play({CHAT: [reply]}))) == ["51"]


def test_a_busy_server_is_tried_again(play: Play) -> None:
    busy = told({"error": {"message": "busy"}}, 429, retry_after="0")
    down = told({"error": {"message": "busy"}}, 503, retry_after="0")
    server = play({CHAT: [busy, down, streamed(chunk("51", "stop"))]})
    assert texts(start(server)) == ["51"]
    assert len(server.bodies(CHAT)) == 3


def test_a_server_that_stays_busy(play: Play) -> None:
    server = play({CHAT: [told({"error": {"message": "full"}}, 429, retry_after="0")]})
    decoding = start(server)
    with pytest.raises(BusyError, match="full"):
        texts(decoding)
    assert len(server.bodies(CHAT)) == TRIES


def test_a_long_wait_is_for_the_person_to_decide(play: Play) -> None:
    server = play({CHAT: [told({"error": {"message": "full"}}, 503, retry_after="3600")]})
    with pytest.raises(BusyError, match="full"):
        texts(start(server))
    assert len(server.bodies(CHAT)) == 1


def test_what_is_no_openai_server(play: Play) -> None:
    page = Reply([b"<html>Hello</html>"], kind="text/html")
    with pytest.raises(UnavailableError, match=r"no OpenAI-compatible server: it sent text/html"):
        OpenAIServer(play({"/v1/models": [page]}).endpoint, "m")
    with pytest.raises(UnavailableError, match="no OpenAI-compatible server"):
        texts(start(play({CHAT: [page]})))
    with pytest.raises(QwqError, match="went wrong"):
        texts(start(play({CHAT: [told({"error": {"message": "went wrong"}})]})))


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def test_nobody_there() -> None:
    endpoint = Endpoint(f"http://127.0.0.1:{free_port()}/v1")
    with pytest.raises(UnavailableError, match=r"no server at .*; start it, or check --base-url"):
        OpenAIServer(endpoint, "m")


def test_a_name_that_nobody_has() -> None:
    with pytest.raises(UnavailableError, match="no server at"):
        OpenAIServer(Endpoint("http://no-such-host.invalid/v1"), "m")


@pytest.mark.parametrize("host", ["a..b", "a" * 70, "xn--zzzz--", "ü..de", "h\x7f"])
def test_a_name_that_nobody_can_have(host: str) -> None:
    with pytest.raises(ConfigError, match=r"can't be a host's: .*; mend base_url or proxy"):
        OpenAIServer(Endpoint(f"http://{host}/v1"), "m")


def test_a_proxy_with_a_name_that_nobody_can_have() -> None:
    with pytest.raises(ConfigError, match=r"can't be a host's: .*; mend base_url or proxy"):
        OpenAIServer(Endpoint("http://10.0.0.1/v1", proxy="http://a..b:1"), "m")


def test_a_silent_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = Endpoint(f"http://127.0.0.1:{silent.getsockname()[1]}/v1", patience_s=0.1)
        with pytest.raises(UnavailableError, match=r"does not answer: it was silent for 0\.1 s"):
            OpenAIServer(endpoint, "m")


def test_plain_http_where_tls_is_meant(play: Play) -> None:
    endpoint = play({}).endpoint
    with pytest.raises(UnavailableError, match="no server at https"):
        OpenAIServer(Endpoint(endpoint.url.replace("http:", "https:")), "m")


def test_certificates_and_proxies_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="mend ca_file"):
        OpenAIServer(Endpoint("https://h:1/v1", ca_file=str(tmp_path / "none.pem")), "m")
    with pytest.raises(ConfigError, match="mend proxy") as raised:
        OpenAIServer(Endpoint("http://h:1/v1", proxy="ftp://me:hush@p:1"), "m")
    assert "hush" not in str(raised.value)


def test_a_proxy_is_asked(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that is set; one of the environment's only by way of the settings."""
    proxy = play({"http://far.invalid/v1/models": [told({"data": [{"id": "m"}]})]})
    address = f"http://127.0.0.1:{proxy.server_address[1]}"
    assert OpenAIServer(Endpoint("http://far.invalid/v1", proxy=address)).facts.name == "m"
    monkeypatch.setenv("HTTP_PROXY", address)
    monkeypatch.setenv("http_proxy", address)
    with pytest.raises(UnavailableError, match="no server at"):
        OpenAIServer(Endpoint("http://far.invalid/v1"))


# ------------------------------------------------------------------------------------ broken off


def held(*events: object) -> tuple[Reply, threading.Event]:
    """A stream that goes on for as long as the event is not set."""
    go = threading.Event()
    reply = streamed(*events, done=False)
    reply.then = lambda _: go.wait(30)
    return reply, go


@pytest.mark.parametrize("by", ["thread", "same thread"])
def test_close_ends_a_silent_stream(play: Play, by: str) -> None:
    reply, go = held(chunk("So"))
    decoding = start(play({CHAT: [reply]}))
    iterator = iter(decoding)
    assert isinstance(next(iterator), Token)
    if by == "thread":
        closing = threading.Timer(0.02, decoding.close)
        closing.start()
    else:
        decoding.close()
    assert list(iterator) == []
    decoding.close()
    go.set()


def test_close_reaches_the_server(play: Play) -> None:
    """The connection ends, so that the server stops to generate."""
    noticed = threading.Event()
    reply = streamed(chunk("So"), done=False)

    def write_on(write: Callable[[bytes], object]) -> None:
        try:
            while True:
                write(b": ping\n\n")
        except OSError:
            noticed.set()

    reply.then = write_on
    decoding = start(play({CHAT: [reply]}))
    next(iter(decoding))
    decoding.close()
    assert noticed.wait(20)


def test_close_ends_the_wait_for_another_try(play: Play) -> None:
    server = play({CHAT: [told({"error": {"message": "full"}}, 503, retry_after="50")]})
    decoding = start(server)
    begun = time.monotonic()
    threading.Timer(0.05, decoding.close).start()
    assert texts(decoding) == []
    assert time.monotonic() - begun < 20


def test_a_call_that_was_broken_off_before_it_began(play: Play) -> None:
    server = play({"/v1/models": [told({"data": []})]})
    call = Call()
    call.break_off()
    call.break_off()
    with pytest.raises(BrokenOffError):
        Client(server.endpoint).get("models", call)
    assert server.asked == []
