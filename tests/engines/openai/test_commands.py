"""qwq with a model on a server, as a person runs it: by its command, in a home of its own."""

import json
import signal
import stat
import threading

import pytest

from qwq_cli.endpoint import Endpoint
from tests.cli.conftest import Qwq
from tests.engines.openai.conftest import Play, streamed, told

CARDS = ("ask", "--example", "cards")


@pytest.fixture
def qwq(tmp_path_factory: pytest.TempPathFactory) -> Qwq:
    return Qwq(tmp_path_factory.mktemp("home"))


def test_a_question_to_a_server(qwq: Qwq, llama: Endpoint) -> None:
    done = qwq(
        *CARDS,
        "-m",
        "openai/quill",
        "--base-url",
        llama.url,
        "--final",
        env={"QWQ_API_KEY": llama.key},
    )
    assert (done.code, done.out) == (0, "方块5\n"), done.err
    kept = [path for path in qwq.home.rglob("*") if path.is_file()]
    assert not [path for path in kept if llama.key.encode() in path.read_bytes()]


def test_a_budget_is_kept_there(qwq: Qwq, llama: Endpoint) -> None:
    """The answer is asked for by going on from a text of ours."""
    url = {"QWQ_API_KEY": llama.key, "QWQ_BASE_URL": llama.root, "QWQ_MODEL": "openai"}
    done = qwq(*CARDS, "--budget", "30", "--json", env=url)
    record = json.loads(done.out)
    assert record["engine"] == "llama-server"
    assert record["usage"]["prompt_tokens"] > 100
    assert record["usage"]["reasoning_tokens"] <= 60
    assert llama.key not in done.out + done.err


def test_what_is_missing_is_said(qwq: Qwq, llama: Endpoint) -> None:
    ask = (*CARDS, "-m", "openai/quill")
    qwq(*ask).failed(78, "give --base-url")
    qwq(*ask, "--base-url", llama.url).failed(78, "wants a key", "set QWQ_API_KEY")
    qwq(*ask, "--base-url", "http://127.0.0.1:9").failed(69, "no server at", "start it")
    qwq(*ask, "--base-url", "nowhere").failed(78, "is no address")


def test_a_model_that_is_not_there(qwq: Qwq, play: Play) -> None:
    cards = [{"id": "a", "owned_by": "sglang"}, {"id": "b", "owned_by": "sglang"}]
    server = play({"/v1/models": [told({"data": cards})]})
    qwq("ask", "-m", "openai/c", "--base-url", server.endpoint.url, "?").failed(66, "it has a, b")


@pytest.mark.parametrize(
    "line", ['base_url = "http://evil.example"', 'api_key = "hush"', 'proxy = "http://u:hush@e"']
)
def test_a_project_does_not_say_where_questions_go(qwq: Qwq, line: str) -> None:
    (qwq.home / ".qwq.toml").write_text(f"{line}\n", encoding="utf-8")
    done = qwq(*CARDS)
    done.failed(78, ".qwq.toml:1", "a project's file may not set", "qwq config set")
    assert "hush" not in done.err


def test_a_key_that_is_set_is_never_shown(qwq: Qwq) -> None:
    done = qwq("config", "set", "api_key", "hush-hush")
    assert done.code == 0
    assert "hush" not in done.out + done.err
    file = qwq("config", "path").out.strip()
    assert qwq.home in (path := qwq.home / file).parents
    assert 'api_key = "hush-hush"' in path.read_text("utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for form in ((), ("--json",)):
        for proxy in ("http://me:hush@proxy", "http://me:hu/sh@proxy", "me:hush@proxy"):
            shown = qwq("config", "show", *form, env={"QWQ_PROXY": proxy})
            assert "hush" not in shown.out + shown.err
            assert "me:" not in shown.out + shown.err
            assert "***@proxy" in shown.out


def test_a_server_with_a_name_is_set_and_shown(qwq: Qwq, llama: Endpoint) -> None:
    for name, value in (("base_url", llama.root), ("api_key", llama.key), ("model", "quill")):
        done = qwq("config", "set", f"servers.box.{name}", value)
        assert (done.code, done.out) == (0, ""), done.err
        assert llama.key not in done.err
    assert qwq(*CARDS, "-m", "box", "--final").out == "方块5\n"
    shown = json.loads(qwq("config", "show", "--json").out)
    assert shown["servers.box.base_url"]["value"] == llama.root
    assert shown["servers.box.api_key"]["value"] == "***"
    assert "servers.box.model " in qwq("config", "show").out
    qwq("config", "set", "servers.box.timeout", "soon").failed(2, "timeout must be a number")
    qwq("config", "unset", "servers.box.base_url").failed(2, "unset servers.box as a whole")
    assert qwq("config", "unset", "servers.box").code == 0
    assert "servers.box" not in qwq("config", "show").out


def test_a_server_with_a_name_wants_a_key_of_its_own(qwq: Qwq, play: Play) -> None:
    """No other is sent there, so to set another would be of no use."""
    server = play({"/v1/models": [told({"error": {"message": "no"}}, 401)] * 2})
    assert qwq("config", "set", "servers.box.base_url", server.endpoint.url).code == 0
    done = qwq("ask", "-m", "box", "?", env={"QWQ_API_KEY": "mine"})
    done.failed(78, "wants a key: no; set servers.box.api_key_env or api_key, by `qwq config set`")
    assert qwq("config", "set", "servers.box.api_key", "its").code == 0
    qwq("ask", "-m", "box", "?").failed(78, "refuses the key: no; mend servers.box.api_key_env")


def test_an_interrupt_ends_at_once_and_keeps_the_partial(qwq: Qwq, play: Play) -> None:
    told_all, go = threading.Event(), threading.Event()
    chunk = {"choices": [{"index": 0, "delta": {"content": "So far"}, "finish_reason": None}]}
    reply = streamed(chunk, done=False)

    def hold(_: object) -> None:
        told_all.set()
        go.wait(50)

    reply.then = hold
    server = play({"/v1/chat/completions": [reply]})
    url = server.endpoint.url
    process = qwq.start("ask", "-m", "openai/m", "--base-url", url, "--jsonl", "?")
    assert process.stdin is not None
    process.stdin.close()
    assert told_all.wait(50)
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(2)]
    process.send_signal(signal.SIGINT)
    rest = process.stdout.read()
    process.stdout.close()
    assert process.stderr is not None
    process.stderr.close()
    assert process.wait(50) == 130
    go.set()
    assert b"So far" in b"".join(lines)
    assert b'"interrupted"' in rest
