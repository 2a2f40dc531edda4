"""`qwq batch` as others run it: with the real quill, killed, interrupted, on bad input."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from qwq_cli.puzzles.cards.check import check
from qwq_cli.puzzles.cards.generator import random_puzzle
from qwq_cli.puzzles.cards.wording import pose
from tests.cli.conftest import Qwq
from tests.terminal import Process

PUZZLES = [random_puzzle(random.Random(seed), cards=(8, 10)) for seed in range(8)]


def write(path: Path, *records: object) -> Path:
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), "utf-8")
    return path


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """Eight card puzzles, each with its id."""
    texts = [pose(puzzle, "en", random.Random(1)).text for puzzle in PUZZLES]
    records = [{"id": f"p{n}", "question": text} for n, text in enumerate(texts)]
    return write(tmp_path / "in.jsonl", *records)


def read(text: str | Path) -> list[dict[str, Any]]:
    text = text if isinstance(text, str) else text.read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_puzzles_are_solved_in_order(qwq: Qwq, questions: Path) -> None:
    done = qwq("batch", "in.jsonl", "-o", "out.jsonl", "--concurrency", "3")
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("qwq: 8 questions: 8 answered, ")
    answers = read(questions.with_name("out.jsonl"))
    assert [answer["id"] for answer in answers] == [f"p{n}" for n in range(8)]
    assert [answer["line"] for answer in answers] == list(range(1, 9))
    assert all(answer["error"] is None for answer in answers)
    right = [check(p, a["answer"]).right for p, a in zip(PUZZLES, answers, strict=True)]
    assert sum(right) >= 7
    again = qwq("batch", "in.jsonl", "-o", "out.jsonl")
    assert again.err == "qwq: 8 questions: 8 answered, 8 of them before\n"


def test_a_record_is_that_of_ask(qwq: Qwq, tmp_path: Path) -> None:
    write(tmp_path / "in.jsonl", {"question": "hello", "seed": 1})
    (record,) = read(qwq("batch", "in.jsonl", "-q").out)
    alone = json.loads(qwq("ask", "--json", "-q", "--seed", "1", "hello").out)
    assert list(record) == [*alone, "line", "error"]
    assert (record["id"], record["line"], record["error"]) == (1, 1, None)
    for key in ("question", "answer", "reasoning", "final", "model", "finish_reason", "language"):
        assert record[key] == alone[key]


def test_down_a_pipe_they_come_in_order(qwq: Qwq, questions: Path) -> None:
    done = qwq("batch", "-n", "4", stdin=questions.read_bytes())
    assert done.code == 0
    assert [answer["id"] for answer in read(done.out)] == [f"p{n}" for n in range(8)]


@pytest.mark.slow
def test_killed_and_asked_again_it_is_as_if_it_had_not_been(qwq: Qwq, questions: Path) -> None:
    """Each question once: those that were on the disk when it was killed are as they were."""
    line = ("batch", "in.jsonl", "-q", "-n", "2", "-o")
    assert qwq(*line, "whole.jsonl").code == 0
    path = questions.with_name("out.jsonl")
    with qwq.start(*line, "out.jsonl", stdin=subprocess.DEVNULL) as process:
        while not (path.exists() and path.read_bytes().count(b"\n") >= 2):
            assert process.poll() is None
        process.kill()
    killed = path.read_bytes()
    before = [json.loads(each) for each in killed.splitlines() if each.endswith(b"}")]
    assert 2 <= len(before) < 8
    path.write_bytes(killed + b'{"id": "p7", "question": "torn')
    assert qwq(*line, "out.jsonl").code == 0
    after = {answer["id"]: answer for answer in read(path)}
    assert list(after) == [f"p{n}" for n in range(8)]
    assert all(after[answer["id"]] == answer for answer in before)
    same = [answer["final"] == after[answer["id"]]["final"] for answer in read(path)]
    assert all(same)
    finals = [answer["final"] for answer in read(questions.with_name("whole.jsonl"))]
    assert sum(a == b["final"] for a, b in zip(finals, after.values(), strict=True)) >= 7


def test_what_fails_is_recorded_and_the_rest_goes_on(qwq: Qwq, tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    good = b'{"id": "good", "question": "hello"}'
    long = json.dumps({"id": "long", "question": "x" * 100_000}).encode()
    short = json.dumps({"id": "short", "question": "hello", "max_tokens": 3}).encode()
    path.write_bytes(b"\n".join([b"{", b"", b"\xff", good, long, short]))
    done = qwq("batch", "in.jsonl", "-o", "out.jsonl")
    assert done.code == 1
    assert done.err.splitlines()[-1].startswith("qwq: 5 questions: 1 answered, 4 failed, ")
    answers = read(tmp_path / "out.jsonl")
    assert [(a["id"], a["error"] and a["error"]["code"]) for a in answers] == [
        (1, 65),
        (3, 65),
        ("good", None),
        ("long", 65),
        ("short", 3),
    ]
    assert answers[0]["error"]["message"].startswith("line 1 can't be asked: it is no JSON")
    assert answers[-1]["usage"]["reasoning_tokens"] > 0
    again = qwq("batch", "in.jsonl", "-o", "out.jsonl", "-q")
    assert (again.code, again.err) == (1, "")
    fixed = path.read_bytes().replace(b'"max_tokens": 3', b'"max_tokens": 300')
    path.write_bytes(fixed)
    retried = qwq("batch", "in.jsonl", "-o", "out.jsonl", "--retry")
    assert "2 answered, 3 failed, 1 of them before" in retried.err
    assert [a["id"] for a in read(tmp_path / "out.jsonl")] == [1, 3, "good", "long", "short"]


def test_a_line_s_own_settings_and_messages(qwq: Qwq, tmp_path: Path) -> None:
    """Down to what the engine is given: a system prompt, or none, costs tokens."""
    user = {"role": "user", "content": "hello"}
    system = {"role": "system", "content": "Be brief."}
    write(
        tmp_path / "in.jsonl",
        {"question": "hello"},
        {"messages": [user]},
        {"messages": [system, user]},
        {"question": "hello", "system": "Be brief."},
        {"messages": [user, {"role": "assistant", "content": "Yes?"}, user]},
        {"question": "hello", "max_tokens": 5},
    )
    answers = read(qwq("batch", "in.jsonl", "-q").out)
    prompts = [answer["usage"]["prompt_tokens"] for answer in answers]
    assert prompts[0] == prompts[1] == prompts[5] < prompts[2] == prompts[3]
    assert prompts[4] > prompts[0]
    assert answers[5]["usage"]["reasoning_tokens"] <= 5
    brief = read(qwq("batch", "in.jsonl", "-q", "--system", "Be brief.").out)
    assert [answer["usage"]["prompt_tokens"] for answer in brief[:4]] == [prompts[2]] * 4


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "says"),
    [
        (("none.jsonl",), "", 66, "can't read none.jsonl: No such file"),
        ((".",), "", 66, "can't read .: Is a directory"),
        ((), "", 65, "standard input holds no question: it is empty"),
        ((), "hello\n", 65, "line 1: it is no JSON"),
        ((), '{"question":"x","id":"a"}\n' * 2, 65, "standard input:2: the id 'a' is that of"),
        (("-o", "."), '{"question":"x"}', 1, "can't write .: Is a directory"),
        (("in", "-o", "in"), "", 2, "in can't be both"),
        (("-n", "0"), "", 2, "0 is not in the range"),
        (("-n", "65"), '{"question":"hello"}', 2, "65 generations at once are out of range"),
        (("-m", "none"), '{"question":"hello"}', 66, "none"),
        (("in", "-o", "other"), "", 65, "other:1 does not belong to these questions: it answers"),
    ],
)
def test_bad_input(
    qwq: Qwq, tmp_path: Path, arguments: tuple[str, ...], stdin: str, code: int, says: str
) -> None:
    write(tmp_path / "in", {"question": "x"})
    other = write(tmp_path / "other", {"id": "o", "question": "y", "error": None}).read_bytes()
    done = qwq("batch", "-q", *arguments, stdin=stdin)
    done.failed(code, says)
    assert (tmp_path / "other").read_bytes() == other


# Blocks of 1,024 bytes. Python would keep what it compiles, cut off, and fail on it later.
FULL = "export PYTHONDONTWRITEBYTECODE=1; ulimit -f 8; trap '' XFSZ; exec \"$@\""


def test_a_full_disk_loses_nothing(qwq: Qwq, questions: Path) -> None:
    tight = Qwq(qwq.home, ("bash", "-c", FULL, "bash", *qwq.command))
    line = ("batch", "in.jsonl", "-o", "out.jsonl", "-n", "1")
    done = tight(*line)
    assert done.code == 1
    last = done.err.splitlines()[-1]
    assert last.startswith("qwq: can't write out.jsonl: File too large; what is in it is whole")
    path = questions.with_name("out.jsonl")
    before = read(path)
    assert 0 < len(before) < 8
    assert qwq(*line).code == 0
    assert read(path)[: len(before)] == before
    assert len(read(path)) == 8


def test_where_there_is_no_room_for_what_is_piped_in(qwq: Qwq, questions: Path) -> None:
    tight = Qwq(qwq.home, ("bash", "-c", FULL, "bash", *qwq.command))
    done = tight("batch", "-q", stdin=questions.read_bytes() * 100)
    done.failed(1, "can't copy standard input into a temporary file: File too large", "TMPDIR")


def test_a_device_that_is_full(qwq: Qwq, questions: Path) -> None:
    del questions
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    done = qwq("batch", "in.jsonl", "-q", "-o", "/dev/full")
    done.failed(1, "can't write to /dev/full: No space left on device")


def test_a_reader_that_goes_away_ends_it(qwq: Qwq, questions: Path) -> None:
    del questions
    with qwq.start("batch", "in.jsonl", "-n", "1", stdin=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
    assert process.returncode == 141


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_keeps_what_is_done(qwq: Qwq, tmp_path: Path, signum: int, code: int) -> None:
    """The others are broken off at once: they would have gone on for minutes."""
    write(tmp_path / "in.jsonl", {"question": "x", "max_tokens": 2}, *[{"question": "x"}] * 5)
    slow = qwq.slow("Well. " * 10_000)
    line = ("batch", "in.jsonl", "-o", "out.jsonl", "-n", "3", "--loops", "off")
    path = tmp_path / "out.jsonl"
    with slow.start(*line, stdin=subprocess.DEVNULL) as process:
        while not (path.exists() and path.read_bytes()):
            assert process.poll() is None
        process.send_signal(signum)
        _, err = process.communicate(timeout=20)
    assert process.returncode == code
    assert "5 left: the same command goes on" in err.decode().splitlines()[-1]
    assert [answer["line"] for answer in read(path)] == [1]


def test_down_a_pipe_a_signal_keeps_what_is_done(qwq: Qwq, tmp_path: Path) -> None:
    """Also what is behind one that is not."""
    quick = {"question": "x", "max_tokens": 2}
    write(tmp_path / "in.jsonl", quick, {"question": "x"}, quick, quick)
    slow = qwq.slow("Well. " * 10_000)
    line = ("batch", "in.jsonl", "-n", "2", "--loops", "off")
    with slow.start(*line, stdin=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["id"] == 1
        threading.Event().wait(1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert [json.loads(line)["id"] for line in out.splitlines()] == [3, 4]
    last = err.decode().splitlines()[-1]
    assert "0 answered, 3 failed" in last
    assert last.endswith("; 1 left")


def test_progress_on_a_terminal(qwq: Qwq, tmp_path: Path) -> None:
    write(tmp_path / "in.jsonl", *[{"question": "x", "max_tokens": 60}] * 40)
    slow = qwq.slow("Well. " * 10_000)
    line = ("batch", str(tmp_path / "in.jsonl"), "-o", str(tmp_path / "out.jsonl"), "-n", "2")
    process = Process([*slow.command, *line, "--loops", "off"], slow.env)
    process.until(lambda terminal: "of 40 · " in terminal.text and " left" in terminal.text)
    os.kill(process.pid, signal.SIGINT)
    assert process.end() == 130
    rows = [row for row in process.terminal.rows if row.strip()]
    assert " of 40 · " not in process.terminal.text
    assert rows[-1].endswith("goes on") or "the same command" in " ".join(rows)


class _Refusing(BaseHTTPRequestHandler):
    """Lists a model, and answers as its server is told: with a text, or by breaking off."""

    replies: list[bytes]

    def do_GET(self) -> None:
        self._send(b'{"data": [{"id": "m"}]}', "application/json")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        reply = self.replies.pop(0) if self.replies else b""
        self._send(reply, "text/event-stream")

    def _send(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""


WHOLE = (
    b'data: {"choices": [{"delta": {"content": "**Final Answer**\\n\\n42"}}]}\n\n'
    b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'
)
HALF = b'data: {"choices": [{"delta": {"content": "Forty-"}}]}\n\n'


def test_a_server_that_breaks_off_is_asked_once_more(qwq: Qwq, tmp_path: Path) -> None:
    write(tmp_path / "in.jsonl", {"id": "a", "question": "x"}, {"id": "b", "question": "y"})
    handler = type("Handler", (_Refusing,), {"replies": [HALF, WHOLE, HALF, HALF]})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        done = qwq("batch", "in.jsonl", "-n", "1", "-m", "openai/m", "--base-url", url)
        server.shutdown()
    assert done.code == 1
    first, second = read(done.out)
    assert (first["answer"], first["error"]) == ("**Final Answer**\n\n42", None)
    assert second["answer"] == "Forty-"
    assert "broke off" in second["error"]["message"]


def test_a_server_that_is_down_asks_nothing(qwq: Qwq, tmp_path: Path) -> None:
    write(tmp_path / "in.jsonl", {"question": "x"})
    line = ("batch", "in.jsonl", "-o", "out.jsonl", "-q", "-m", "openai/m", "--base-url")
    qwq(*line, "http://127.0.0.1:9").failed(69, "http://127.0.0.1:9")
    assert read(tmp_path / "out.jsonl") == []


AWAY = """
import sys
from qwq_cli.batch import patience
from qwq_cli.cli.main import run
patience.tried.__defaults__ = ((0.01, 0.01),)
raise SystemExit(run(sys.argv[1:]))
"""


def test_a_server_that_goes_away_ends_it_and_it_goes_on_later(qwq: Qwq, tmp_path: Path) -> None:
    path = write(tmp_path / "in.jsonl", *[{"question": f"x {n}"} for n in range(4)])
    away = Qwq(qwq.home, (sys.executable, "-c", AWAY))
    handler = type("Handler", (_Refusing,), {"replies": [WHOLE] * 4})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    line = ["batch", str(path), "-n", "1", "-m", "openai/m", "-o", "out.jsonl", "--base-url"]
    line.append(f"http://127.0.0.1:{server.server_address[1]}")

    def serve(requests: int) -> None:
        for _ in range(requests):
            server.handle_request()
        server.server_close()

    serving = threading.Thread(target=serve, args=(4,))
    serving.start()
    done = away(*line)
    serving.join()
    assert done.code == 69
    assert "; qwq waits 10 ms" in done.err
    kept = read(tmp_path / "out.jsonl")
    assert 0 < len(kept) < 4
    assert all(answer["error"] is None for answer in kept)
