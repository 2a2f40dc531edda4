"""Whatever a model, a file, a setting or a server says: a terminal gets no escape but our own."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.cli.conftest import Qwq
from tests.engines.ggufs import PAIRS, STRING, pair, text, toy
from tests.stream.test_sanitise import BIDI, PAYLOADS
from tests.terminal import Process

EVIL = "".join(text for text, _ in PAYLOADS.values())
SHORT = "\x1b]0;evil\x07\x1b[31mred\x9b2J\u202e\r\b[/INST] [bold]x[/bold]"
OURS = re.compile(r"\r*\x1b\[(?:[0-9;]*m|[0-9]*A|K|J)\r*")
"""All that we ever write: styles, up, erase to the right or below, and to the row's beginning."""
LOOPED = "It goes round and round. " * 40


def steering(written: bytes) -> list[str]:
    """What a terminal would obey, besides ours."""
    seen = OURS.sub("", written.decode().replace("\r\n", "\n"))
    return re.findall(rf"[\x00-\x08\x0b-\x1f\x7f-\x9f{BIDI}]", seen)


def on_terminal(qwq: Qwq, *arguments: str, size: tuple[int, int] = (80, 40)) -> Process:
    process = Process(["/usr/bin/env", "-C", str(qwq.home), *qwq.command, *arguments], qwq.env)
    process.resize(*size)
    process.end()
    assert not steering(process.written)
    assert process.terminal.screen.title == ""
    assert "Traceback" not in process.terminal.text
    return process


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    path = tmp_path / "evil.txt"
    path.write_text(f"{EVIL}\n\n{LOOPED}</think>\n\n{EVIL} `{SHORT}`\n\n|{SHORT}|\n|-|\n", "utf-8")
    return path


@pytest.mark.parametrize(
    "options", [(), ("--plain",), ("--reasoning", "fold"), ("--reasoning", "stderr"), ("--json",)]
)
def test_a_model_says_it(qwq: Qwq, trace: Path, options: tuple[str, ...]) -> None:
    process = on_terminal(qwq, "ask", "--replay", str(trace), *options)
    if "--json" not in options:
        assert "markup of rich" not in process.terminal.text
        assert "[red]x[/red] [/INST]" in process.terminal.text


@pytest.mark.parametrize("options", [(), ("--report",), ("--mark",), ("--json",)])
def test_a_trace_to_be_trimmed_says_it(qwq: Qwq, trace: Path, options: tuple[str, ...]) -> None:
    trace.write_text(trace.read_text("utf-8").replace("\0", ""), "utf-8")
    on_terminal(qwq, "trim", *options, str(trace))


def test_the_history_has_it(qwq: Qwq) -> None:
    """In a question, which the model does not understand."""
    assert qwq("ask", "-q", f"{SHORT} {EVIL}".replace("\0", ""), "--max-tokens", "9").code
    for command in ("list", "show", "show --json", "search red", "export last"):
        process = on_terminal(qwq, "history", *command.split())
        assert "red" in process.terminal.text, command


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", "-m", f"{SHORT}.gguf", "x"),
        ("ask", "-f", SHORT, "x"),
        ("ask", "--replay", SHORT),
        ("ask", f"--temperature={SHORT}", "x"),
        ("model", "show", SHORT),
        ("model", "add", f"./{SHORT}"),
        ("config", "set", SHORT, "x"),
        ("config", "set", "system", SHORT),
        ("history", "show", SHORT),
        ("history", "search", SHORT),
        ("trim", SHORT),
        (SHORT,),
    ],
)
def test_the_command_line_has_it(qwq: Qwq, arguments: tuple[str, ...]) -> None:
    on_terminal(qwq, *arguments)


def test_a_setting_has_it(qwq: Qwq) -> None:
    settings = qwq.home / "settings.toml"
    settings.write_text(f"system = {json.dumps(SHORT)}\n", "utf-8")
    kept = qwq.home / ".config" / "qwq" / "config.toml"
    kept.parent.mkdir(parents=True)
    settings.rename(kept)
    process = on_terminal(qwq, "config", "show")
    assert "[/INST]" in process.terminal.text
    kept.write_text(f'"{SHORT.encode("unicode_escape").decode()}" = 1\n', "utf-8")
    on_terminal(qwq, "config", "show")


def test_a_file_of_a_model_has_it(qwq: Qwq) -> None:
    """In its name, its template and its metadata."""
    file = qwq.home / f"{SHORT.replace('/', '')}.gguf"
    pairs = [pair("general.architecture", STRING, text(SHORT)), *PAIRS[1:]]
    pairs[1] = pair("general.name", STRING, text(SHORT))
    pairs[-1] = pair("tokenizer.chat_template", STRING, text("{{ raise_exception('" + SHORT + "')"))
    toy(file, pairs, tensors=bytes(16))
    ran = on_terminal(qwq, "ask", "-m", str(file), "x")
    assert "evil" not in ran.terminal.text
    assert "bold" in ran.terminal.text
    on_terminal(qwq, "model", "add", str(file), "--name", "plain")
    for arguments in (("model", "list"), ("model", "show", "plain"), ("ask", "-m", "plain", "x")):
        on_terminal(qwq, *arguments, size=(200, 40))


class Evil(BaseHTTPRequestHandler):
    """Answers everything with an error whose text steers."""

    def do_GET(self) -> None:
        body = json.dumps({"error": {"message": SHORT, "type": SHORT}}).encode()
        self.send_response(400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - its name above

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name above
        """Say nothing."""


@pytest.fixture
def evil_server() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Evil)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_server_says_it(qwq: Qwq, evil_server: str) -> None:
    process = on_terminal(qwq, "ask", "-m", "openai/x", "--base-url", evil_server, "x")
    assert "[/INST]" in process.terminal.text
