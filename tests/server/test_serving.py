"""`qwq serve` as others meet it: a process that answers, and ends well."""

import json
import os
import signal
import stat
from pathlib import Path

import httpx
import pytest

from qwq_cli import __version__
from qwq_cli.codec import decode, decode_error
from qwq_cli.errors import NotFoundError
from qwq_cli.events import Answer, Finished, Started, Thinking
from qwq_cli.puzzles.examples import CARDS
from tests.cli.conftest import Qwq
from tests.server.conftest import ASKED, Serve, Served, events_of

CHAT = "/v1/chat/completions"


def test_it_says_how_it_is(served: Served) -> None:
    with served.client() as client:
        reply = client.get("/health")
        assert reply.status_code == 200
        assert reply.headers["qwq-version"] == __version__
        told = reply.json()
        assert (told["status"], told["version"], told["model"]) == ("ok", __version__, "quill")
        (model,) = client.get("/v1/models").json()["data"]
        assert (model["id"], model["owned_by"], model["max_model_len"]) == ("quill", "qwq", 2048)
        assert client.get("/v1/models/quill").json() == model
        assert client.get("/v1/models/other").status_code == 404


def test_an_answer_whole_and_in_pieces(served: Served) -> None:
    with served.client() as client:
        whole = client.post(CHAT, json=ASKED).json()
        asked = {**ASKED, "stream": True, "stream_options": {"include_usage": True}}
        events = events_of(client.post(CHAT, json=asked).text)
    message = whole["choices"][0]["message"]
    assert message["content"].strip() == "方块5"
    assert whole["choices"][0]["finish_reason"] == "stop"
    assert whole["usage"]["completion_tokens_details"]["reasoning_tokens"] > 100
    *pieces, usage = events
    deltas = [piece["choices"][0]["delta"] for piece in pieces]
    assert deltas[0] == {"role": "assistant", "content": ""}
    for name in ("content", "reasoning_content"):
        assert "".join(delta.get(name, "") for delta in deltas) == message[name]
    assert pieces[-1]["choices"][0]["finish_reason"] == "stop"
    counts = ("prompt_tokens", "completion_tokens", "total_tokens", "completion_tokens_details")
    assert [usage["usage"][name] for name in counts] == [whole["usage"][name] for name in counts]


def test_our_own_stream_is_that_of_jsonl(served: Served) -> None:
    with served.client() as client:
        reply = client.post("/v1/reason", json=ASKED)
        assert reply.headers["content-type"].startswith("application/x-ndjson")
        events = [decode(json.loads(line)) for line in reply.text.splitlines()]
        wrong = client.post("/v1/reason", json={**ASKED, "model": "other"})
    assert isinstance(events[0], Started)
    assert any(isinstance(event, Thinking) for event in events)
    assert "".join(e.text for e in events if isinstance(e, Answer)).strip() == "方块5"
    assert isinstance(events[-1], Finished)
    assert events[-1].final == "方块5"
    assert wrong.status_code == 404
    error = decode_error(wrong.json()["error"]["qwq"])
    assert isinstance(error, NotFoundError)
    assert "'other'" in str(error)


def test_a_completion_is_the_prompt_gone_on_with(served: Served) -> None:
    asked = {"prompt": f"<|im_start|>user\n{CARDS}<|im_end|>\n<|im_start|>assistant\n"}
    with served.client() as client:
        whole = client.post("/v1/completions", json=asked).json()
        both = client.post(
            "/v1/completions", json={"prompt": ["红桃", "方块"], "max_tokens": 3, "seed": 1}
        )
    assert whole["object"] == "text_completion"
    assert whole["choices"][0]["text"].rstrip().endswith("方块5")
    assert [choice["index"] for choice in both.json()["choices"]] == [0, 1]
    assert both.json()["usage"]["completion_tokens"] == 6


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_private_socket_and_an_end(serve: Serve, tmp_path: Path, signum: signal.Signals) -> None:
    path = tmp_path / "folder" / "qwq.sock"
    server = serve("--socket", str(path), "--parallel", "1")
    assert server.address == str(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert f"curl --unix-socket {path} http://qwq/v1/chat" in server.greeting
    with server.client() as client:
        assert client.get("/health").json()["parallel"] == 1
    Qwq(tmp_path)("serve", "--socket", str(path)).failed(75, "a server listens on", "already")
    os.kill(server.process.pid, signum)
    assert server.wait() == (0, "")
    assert not path.exists()


def test_what_has_begun_is_ended_well(serve: Serve) -> None:
    server = serve("--port", "0", "--parallel", "1")
    with server.client() as client:
        asked = {**ASKED, "stream": True}
        with client.stream("POST", CHAT, json=asked) as reply:
            pieces = reply.iter_text()
            text = next(pieces)
            os.kill(server.process.pid, signal.SIGTERM)
            text += "".join(pieces)
    content = "".join(event["choices"][0]["delta"].get("content", "") for event in events_of(text))
    assert content.strip() == "方块5"
    assert server.wait() == (0, "")
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.address}/health", trust_env=False)


def test_a_stale_socket_is_taken_over(serve: Serve, tmp_path: Path) -> None:
    import socket

    path = tmp_path / "qwq.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    server = serve("--socket", str(path), "--parallel", "1")
    with server.client() as client:
        assert client.get("/health").status_code == 200
    server.end()


def test_where_it_may_not_listen(tmp_path: Path, served: Served) -> None:
    qwq = Qwq(tmp_path)
    qwq("serve", "--host", "0.0.0.0").failed(2, "can be reached from elsewhere", "QWQ_SERVE_KEY")  # noqa: S104
    port = served.address.rpartition(":")[2]
    qwq("serve", "--port", port).failed(69, f"can't listen at 127.0.0.1, port {port}", "--port")
    (tmp_path / "file").write_text("mine")
    qwq("serve", "--socket", "file").failed(2, "is no socket")
    assert (tmp_path / "file").read_text() == "mine"
    (tmp_path / "empty").write_text("\n")
    qwq("serve", "--key-file", "empty").failed(78, "is empty")
    qwq("serve", "--key-file", "~/empty").failed(78, f"{tmp_path}/empty is empty")
    qwq("serve", "--host", "a..localhost").failed(69, "can't listen at a..localhost", "--host")


@pytest.mark.parametrize("option", ["--grace", "--keep-alive"])
def test_seconds_that_are_no_number(tmp_path: Path, option: str) -> None:
    Qwq(tmp_path)("serve", option, "nan").failed(2, f"'{option}': nan is no number")


@pytest.mark.parametrize("option", ["--socket", "--key-file"])
def test_a_home_of_nobody(tmp_path: Path, option: str) -> None:
    done = Qwq(tmp_path)("serve", option, "~nobody-at-all/x")
    done.failed(2, "can't find ~nobody-at-all/x", "home")


def test_a_model_in_a_home_of_nobody(tmp_path: Path) -> None:
    Qwq(tmp_path)("serve", "-m", "~nobody-at-all/x.gguf").failed(66, "can't find ~nobody-at-all")


def test_a_key(serve: Serve) -> None:
    server = serve("--port", "0", "--parallel", "1", env={"QWQ_SERVE_KEY": "s3cret"})
    assert "s3cret" not in server.greeting
    with server.client() as client:
        assert client.get("/health").status_code == 200
        refused = client.get("/v1/models")
        assert refused.status_code == 401
        assert refused.json()["error"]["code"] == "invalid_api_key"
        for told in ("Bearer wrong", "Basic s3cret", "Bearer s3cret2", "s3cret", "Bearer \xff"):
            named = {b"Authorization": told.encode("latin-1")}
            reply = client.get("/v1/models", headers=named)
            assert reply.status_code == 401
            assert "s3cret" not in reply.text
        known = {"Authorization": "Bearer s3cret"}
        assert client.get("/v1/models", headers=known).status_code == 200
        assert client.get("/metrics", headers=known).status_code == 200
    assert server.end() == (0, "")
