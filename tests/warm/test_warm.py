"""Models that stay loaded, with real processes and the real quill, as a person meets them."""

import json
import os
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from qwq_cli.weights.catalogue import find_weights
from tests.cli.conftest import Done, Qwq

pytestmark = pytest.mark.slow
AS_QWQ_0 = "import sys, qwq_cli; qwq_cli.__version__ = '0.0.0'; from qwq_cli.cli.main import run; "
AS_QWQ_0 += "raise SystemExit(run(sys.argv[1:]))"
FOR_LONG = ("红桃A " * 40, "--temperature", "0", "--loops", "off")
"""Out of its depth quill goes in circles, up to the end of the context."""


@dataclass(frozen=True, slots=True)
class Home(Qwq):
    """qwq in a home of its own, whose path is short enough for sockets."""

    settings: dict[str, str] = field(default_factory=lambda: {"QWQ_WARM": "on"})

    @property
    def env(self) -> dict[str, str]:
        return Qwq.env.fget(self) | self.settings  # type: ignore[attr-defined, no-any-return]

    def states(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self("ps", "--json").out)
        return found

    def pid(self) -> int:
        (state,) = self.states()
        return int(state["pid"])

    def ask(self, *arguments: str, env: dict[str, str] | None = None) -> Done:
        return self("ask", "--example", "cards", "--final", *arguments, env=env)

    @property
    def folder(self) -> Path:
        return self.home / ".local" / "state" / "qwq" / "warm"


@pytest.fixture
def home() -> Iterator[Home]:
    folder = Path(tempfile.mkdtemp(prefix="q", dir="/tmp"))
    found = Home(folder)
    yield found
    found("stop", "--all")
    shutil.rmtree(folder)


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def record(done: Done) -> dict[str, Any]:
    """What `--json` wrote, without what differs from run to run."""
    assert done.code == 0, done.err
    told: dict[str, Any] = json.loads(done.out)
    # How much a server still holds of an earlier prompt is its own business.
    for usage in ("cached_tokens", "recomputed_tokens"):
        del told["usage"][usage]
    return {key: value for key, value in told.items() if key not in {"id", "timings"}}


def test_two_questions_share_one_process(home: Home) -> None:
    first = home.ask()
    assert first.out == "方块5\n"
    assert "quill stays loaded for 10 min 00 s" in first.err
    pid = home.pid()
    assert home.ask() == Done(0, "方块5\n", "")
    (state,) = home.states()
    assert (state["pid"], state["model"], state["state"]) == (pid, "quill", "idle")
    assert state["memory"] > 10**7
    assert 0 < state["ends_in_s"] <= 600
    assert "quill" in home("ps").out
    stopped = home("stop", "quill")
    assert (stopped.code, stopped.out) == (0, "")
    assert stopped.err.startswith("qwq: stopped quill (")
    until(lambda: not psutil.pid_exists(pid))
    assert home("ps") == Done(0, "", "qwq: no model is warm\n")
    assert home("ps", "--json").out == "[]\n"


def test_a_flag_goes_before_the_setting(home: Home) -> None:
    assert home.ask("--no-warm") == Done(0, "方块5\n", "")
    assert home.states() == []
    off = {"QWQ_WARM": "off"}
    assert "quill stays loaded" in home.ask("--warm", env=off).err
    pid = home.pid()
    talked = home("chat", "--no-history", "--warm", stdin="/example\n", env=off)
    assert (talked.code, talked.out.strip()) == (0, "方块5"), talked.err
    assert home.pid() == pid
    home("ask", "--warm", "--no-warm", "--example", "cards", env=off)  # the last one counts
    assert home.pid() == pid


def test_with_none_there(home: Home) -> None:
    assert home("ps") == Done(0, "", "qwq: no model is warm\n")
    assert home("stop", "--all") == Done(0, "", "qwq: no model is warm\n")
    home("stop").failed(66, "no model is warm")
    home("stop", "x").failed(66, "no warm model is called 'x'")
    home("stop", "x", "--all").failed(2, "--all and a model exclude each other")


def test_an_answer_is_that_of_a_model_loaded_here(home: Home) -> None:
    """Settings of the environment and the file go with the question, and to nobody else's."""
    line = ("ask", "--example", "cards", "--json", "-q")
    here = {"QWQ_WARM": "off"}
    (home.home / "qwq.toml").write_text("budget = 30\n")
    for more in (("--budget", "20", "--language", "en"), ()):
        assert record(home(*line, *more)) == record(home(*line, *more, env=here))
    (home.home / "qwq.toml").unlink()
    assert record(home(*line)) == record(home(*line, env=here))


def test_faults_are_those_of_a_model_loaded_here(home: Home) -> None:
    quill = find_weights("quill").path.read_bytes()
    (home.home / "cut.gguf").write_bytes(quill[: len(quill) // 2])
    cases: list[tuple[str, ...]] = [
        ("-m", "no-such-model", "x"),
        ("-m", "none.gguf", "x"),
        ("-m", "cut.gguf", "x"),
        ("x " * 30_000,),
        ("--max-tokens", "3", "x"),
    ]
    for arguments in cases:
        warm = home("ask", "-q", *arguments)
        here = home("ask", "-q", *arguments, env={"QWQ_WARM": "off"})
        assert (warm.code, warm.out) == (here.code, here.out)
        assert warm.err.replace(str(home.home) + "/", "") == here.err
        assert warm.code > 2


def test_a_model_is_the_one_that_would_be_loaded_here(home: Home) -> None:
    """A path is understood as it is here, and a name is no folder of that name."""
    shutil.copy(find_weights("quill").path, home.home / "mine.gguf")
    (home.home / "quill").mkdir()
    for name in ("~/mine.gguf", "./mine.gguf", "quill"):
        assert home.ask(env={"QWQ_MODEL": name}).out == "方块5\n"
    assert {state["model"] for state in home.states()} == {"mine", "quill"}


def test_a_question_of_any_size(home: Home) -> None:
    large = "数数看，" * 600_000
    arguments = ("ask", "-q", "-f", "large.txt", "?")
    (home.home / "large.txt").write_text(large, "utf-8")
    home("config", "set", "warm", "on")
    warm = home(*arguments)
    assert "is too long" in warm.err
    assert warm == home(*arguments, env={"QWQ_WARM": "off"})


def begun(home: Home, *arguments: str) -> "subprocess.Popen[bytes]":
    """An answer that goes on for long, and has begun."""
    process = home.start("ask", "--jsonl", *FOR_LONG, *arguments, stdin=subprocess.DEVNULL)
    assert process.stdout is not None
    while b'"thinking"' not in (line := process.stdout.readline()):
        assert line, process.communicate()
    return process


def test_a_crash_is_explained_and_the_next_one_starts_anew(home: Home) -> None:
    home.ask()
    pid = home.pid()
    with begun(home) as process:
        os.kill(pid, signal.SIGSTOP)
        os.kill(pid, signal.SIGKILL)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert b"the model's warm server ended in the middle of the answer" in err
    assert b"Traceback" not in err
    last = json.loads(out.splitlines()[-1])
    assert (last["event"], last["reason"]) == ("finished", "error")
    partial = home("history", "show", "last", "--json")
    assert json.loads(partial.out)["turns"][-1]["reasoning"]
    assert home.ask().out == "方块5\n"
    assert home.pid() != pid


def test_ctrl_c_ends_the_generation_there(home: Home) -> None:
    home.ask()
    pid = home.pid()
    with begun(home) as process:
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    last = json.loads(out.splitlines()[-1])
    assert (last["event"], last["reason"]) == ("finished", "interrupted")
    assert last["usage"]["reasoning_tokens"] > 0
    until(lambda: home.states()[0]["state"] == "idle")
    assert home.pid() == pid


def test_a_socket_that_nobody_listens_on(home: Home) -> None:
    home.ask()
    os.kill(home.pid(), signal.SIGKILL)
    until(lambda: home.states() == [])
    (name,) = [path.name for path in home.folder.glob("*.log")]
    stale = home.folder / name.replace(".log", ".sock")
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(stale))
    assert home.ask().out == "方块5\n"
    assert home.pid()
    os.kill(home.pid(), signal.SIGKILL)
    until(lambda: home.states() == [])
    assert list(home.folder.glob("*.sock")) == []


def test_several_starts_give_one_server(home: Home) -> None:
    line = ("ask", "--example", "cards", "--final")
    processes = [home.start(*line, stdin=subprocess.DEVNULL) for _ in range(4)]
    ends = [process.communicate(timeout=60) for process in processes]
    assert [out.decode() for out, _ in ends] == ["方块5\n"] * 4
    assert sum(b"stays loaded" in err for _, err in ends) == 1
    assert home.pid()


def test_it_ends_by_itself(home: Home) -> None:
    short = {"QWQ_KEEP_ALIVE": "1"}
    assert home.ask(env=short).out == "方块5\n"
    pid = home.pid()
    until(lambda: home.states() == [])
    until(lambda: not psutil.pid_exists(pid))
    assert list(home.folder.glob("*.sock")) == []
    assert home.ask(env=short).out == "方块5\n"


def test_asked_just_as_it_ends_by_itself(home: Home) -> None:
    short = {"QWQ_KEEP_ALIVE": "1"}
    assert home.ask(env=short).out == "方块5\n"
    for late in (0.7, 0.75, 0.8, 0.85):
        time.sleep(late)  # and as long as a process takes to begin
        asked = home.ask("-q", env=short)
        assert (asked.code, asked.out) == (0, "方块5\n"), asked.err


def test_another_load_is_another_server(home: Home) -> None:
    assert home.ask().code == home.ask(env={"QWQ_CONTEXT": "1500"}).code == 0
    states = home.states()
    assert len({state["pid"] for state in states}) == 2
    home("stop", "quill").failed(2, "several are meant", states[0]["name"])
    assert home("stop", states[0]["name"]).code == 0
    assert [state["name"] for state in home.states()] == [states[1]["name"]]
    assert home("stop", "--all").code == 0
    assert home.states() == []


@contextmanager
def older(home: Home) -> Iterator[int]:
    """A server of an older qwq, in the place of ours."""
    home.ask()
    (state,) = home.states()
    assert home("stop").code == 0
    path = home.folder / f"{state['name']}.sock"
    command = [sys.executable, "-c", AS_QWQ_0, "serve", "--socket", str(path)]
    with subprocess.Popen(command, env=home.env, stderr=subprocess.DEVNULL) as process:
        until(lambda: [state["version"] for state in home.states()] == ["0.0.0"])
        assert home.pid() == process.pid
        yield process.pid
        process.kill()


def test_an_older_version_makes_way(home: Home) -> None:
    with older(home) as pid:
        assert home.ask().out == "方块5\n"
        (state,) = home.states()
        assert state["version"] != "0.0.0"
        assert state["pid"] != pid


class _Busy(socketserver.StreamRequestHandler):
    """A server of an older qwq that answers somebody."""

    def handle(self) -> None:
        while self.rfile.readline().strip():
            pass
        told = json.dumps({"status": "ok", "version": "0.0.0", "running": 1}).encode()
        head = f"HTTP/1.1 200 OK\r\nqwq-version: 0.0.0\r\ncontent-length: {len(told)}\r\n\r\n"
        with suppress(OSError):  # whoever only wanted to see that it is there
            self.wfile.write(head.encode() + told)


def test_but_not_while_it_is_at_work(home: Home) -> None:
    home.ask()
    (state,) = home.states()
    assert home("stop").code == 0
    path = home.folder / f"{state['name']}.sock"
    with socketserver.ThreadingUnixStreamServer(str(path), _Busy) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        home.ask().failed(75, "is of another qwq: it is 0.0.0, this is ", "it is busy")
        assert [state["state"] for state in home.states()] == ["answering 1"]
        server.shutdown()


def test_a_conversation_goes_on_where_it_had_ended_by_itself(home: Home) -> None:
    with home.start("chat", "--plain") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"x\n")
        process.stdin.flush()
        assert process.stdout.readline()
        pid = home.pid()
        assert home("stop").code == 0
        process.stdin.write(b"y\n")
        process.stdin.close()
        assert process.stdout.read()
    assert process.returncode == 0
    assert home.pid() != pid


def test_a_home_too_deep_for_sockets_has_them_elsewhere(home: Home) -> None:
    deep = Home(home.home, settings=home.settings | {"XDG_STATE_HOME": str(home.home / ("d" * 90))})
    assert deep.ask().out == "方块5\n"
    (state,) = deep.states()
    folder = Path(state["log"]).parent
    assert folder.stat().st_mode & 0o777 == 0o700
    assert deep("stop").code == 0
    shutil.rmtree(folder)
    folder.symlink_to(home.home)
    deep.ask().failed(69, "the model can't be kept warm", "is not yours")
    folder.unlink()


def test_where_nothing_can_be_kept(home: Home) -> None:
    (home.home / "file").touch()
    env = {"XDG_STATE_HOME": str(home.home / "file")}
    home.ask(env=env).failed(69, "the model can't be kept warm", "Not a directory")


def test_quill_is_kept_only_where_that_is_set(home: Home) -> None:
    assert home.ask(env={"QWQ_WARM": "auto"}) == Done(0, "方块5\n", "")
    assert not home.folder.exists()
