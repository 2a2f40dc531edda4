"""EXL2 weights from the command line: `qwq ask -m FOLDER`, as a user and as a script run it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.measure import ROOT
from tests.exl2.conftest import QUILL
from tests.terminal import Process

pytestmark = pytest.mark.exl2

COMMAND = [sys.executable, "-m", "tests.exl2.command"]
ASK = [*COMMAND, "ask", "--example", "cards", "-m", str(QUILL)]


def env(home: Path, **settings: str) -> dict[str, str]:
    """A home of its own; the stand-in for the kernels writes a cache that is not quantised."""
    usual = {"HOME": str(home), "PATH": "/usr/bin:/bin", "TERM": "xterm", "QWQ_CACHE": "fp16"}
    return {**usual, "PYTHONPATH": str(ROOT), **settings}


def run(command: list[str], home: Path, **settings: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command,
        env=env(home, **settings),
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_on_a_terminal_it_tells_how_far_loading_is(tmp_path: Path) -> None:
    process = Process(ASK, env(tmp_path), size=(100, 40))
    assert process.end(60) == 0
    written = process.written.decode()
    parts = 2 * json.loads((QUILL / "config.json").read_text())["num_hidden_layers"] + 3
    assert f"Loading weights onto the GPU · 1 of {parts} parts" in written
    assert f"Loading weights onto the GPU · {parts} of {parts} parts" in written
    assert "Loading" not in process.terminal.text
    assert "方块5" in process.terminal.text


@pytest.mark.parametrize(
    "settings",
    [
        {"QWQ_DRAFT": "ngram"},
        {"QWQ_DRAFT": str(QUILL), "QWQ_CONTEXT": "1024"},
    ],
    ids=["n-gram", "draft model"],
)
def test_down_a_pipe_goes_the_answer_alone(tmp_path: Path, settings: dict[str, str]) -> None:
    done = run([*ASK, "--json"], tmp_path, **settings)
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert (told["final"], told["engine"], told["finish_reason"]) == ("方块5", "ExLlamaV2", "stop")
