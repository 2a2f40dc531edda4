"""Ends that come from outside: Ctrl-C, SIGTERM, a reader that went away."""

import json
import os
import signal
import subprocess

import pytest

from tests.cli.conftest import Qwq
from tests.terminal import Process


def begun(qwq: Qwq, *arguments: str) -> "subprocess.Popen[bytes]":
    """A slow run whose thinking is under way: its first words are on stderr."""
    line = ("ask", "-q", "x", "--reasoning", "stderr", *arguments)
    process = qwq.slow().start(*line, stdin=subprocess.DEVNULL)
    assert process.stderr is not None
    assert process.stderr.read(12) == b"Thought numb"
    return process


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_with_the_partial_object(qwq: Qwq, signum: int, code: int) -> None:
    with begun(qwq, "--json") as process:
        process.send_signal(signum)
        out, err = process.communicate(timeout=20)
    assert process.returncode == code
    assert b"Traceback" not in err
    record = json.loads(out)
    assert record["finish_reason"] == "interrupted"
    assert record["reasoning"].startswith("Thought numb")
    assert record["final"] is None


def test_a_signal_while_reading_ends_at_once(qwq: Qwq) -> None:
    with qwq.start("ask", "--json") as process:
        assert process.stdin is not None
        process.stdin.write(b"half a quest")
        process.stdin.flush()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.7)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.communicate() == (b"", b"")


def test_a_second_signal_leaves_at_once(qwq: Qwq) -> None:
    """Even if the first one can't end it: here the reader of its output has stopped."""
    code = (
        "import signal, sys, threading\n"
        "from qwq_cli.cli.interrupts import Interrupts\n"
        "interrupts = Interrupts()\n"
        "interrupts.listen()\n"
        "with interrupts.ending(lambda: None):\n"
        "    print('ready', flush=True)\n"
        "    threading.Event().wait()\n"
    )
    program = Qwq(qwq.home, (qwq.command[0], "-c", code))
    with program.start() as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130


def test_a_signal_that_was_ignored_stays_ignored(qwq: Qwq) -> None:
    slow = qwq.slow("It is short.\n\n**Final Answer**\n\n42")
    deaf = Qwq(qwq.home, ("/bin/sh", "-c", 'trap "" INT; exec "$@"', "sh", *slow.command))
    line = ("ask", "-q", "x", "--reasoning", "stderr")
    with deaf.start(*line, stdin=subprocess.DEVNULL) as process:
        assert process.stderr is not None
        assert process.stderr.read(2) == b"It"
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)
    assert (process.returncode, out.decode().split()[-1]) == (0, "42")


def test_ctrl_c_on_a_terminal_keeps_what_was_thought(qwq: Qwq) -> None:
    slow = qwq.slow()
    process = Process([*slow.command, "ask", "-q", "x"], slow.env)
    process.until(lambda terminal: "number 2" in terminal.text)
    subprocess.run(["kill", "-INT", str(process.pid)], check=True)  # noqa: S607
    assert process.end() == 130
    rows = process.terminal.rows
    assert rows[0].startswith("Thought number 0 goes on.")
    assert rows[-1].endswith("· interrupted")
    assert process.terminal.screen.cursor.x == 0
    assert process.terminal.screen.cursor.attrs == process.terminal.screen.default_char


@pytest.mark.parametrize(
    "arguments", [("--jsonl",), ("--stream", "--reasoning", "show"), ("--jsonl", "-q")]
)
def test_a_closed_pipe_is_quiet(qwq: Qwq, arguments: tuple[str, ...]) -> None:
    line = ("ask", "-q", "x", *arguments)
    with qwq.slow().start(*line, stdin=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("ask", "--example", "cards")])
def test_a_reader_that_never_read_is_quiet_too(qwq: Qwq, arguments: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with qwq.start(*arguments, stdin=subprocess.DEVNULL, stdout=writer) as process:
        os.close(writer)
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 141
