"""The keyboard while a model thinks: Tab opens the thought, no echo, and it is given back."""

import os
import signal
import subprocess
import termios

import pytest

from tests.cli.conftest import Qwq
from tests.terminal import CONTROLLED, Process

CTRL_C, TAB = b"\x03", b"\t"
FOLD = ("--reasoning", "fold")


class Watched(Process):
    """A slow run on a terminal that controls it."""

    def __init__(self, qwq: Qwq, *arguments: str, stdin: int | None = None) -> None:
        slow = qwq.slow()
        command = [*CONTROLLED, *slow.command, "ask", "x", *arguments]
        super().__init__(command, slow.env, size=(80, 16), stdin=stdin)
        self.before = self.modes

    @property
    def silenced(self) -> set[str]:
        """Which of the modes that matter are off now."""
        names = ("ECHO", "ICANON", "ISIG")
        return {name for name in names if not self.modes[3] & getattr(termios, name)}


@pytest.fixture(params=["terminal", "pipe"])
def stdin(request: pytest.FixtureRequest) -> int | None:
    return None if request.param == "terminal" else subprocess.DEVNULL


def test_tab_opens_the_thought_and_folds_it(qwq: Qwq, stdin: int | None) -> None:
    process = Watched(qwq, *FOLD, stdin=stdin)
    process.until(lambda terminal: "Tab opens it" in terminal.text)
    process.type(b"nonsense" + TAB)
    process.until(lambda terminal: "Thought number 3 " in terminal.text)
    assert process.silenced == {"ECHO", "ICANON"}
    assert "Tab opens" not in process.terminal.text
    assert "nonsense" not in process.terminal.text
    process.type(TAB)
    process.until(lambda terminal: "Tab opens it" in terminal.text)
    assert "Thought number" not in process.terminal.text
    process.type(CTRL_C)
    process.until(lambda terminal: "interrupted" in terminal.text)
    process.until(lambda _: process.modes == process.before)
    assert process.end() == 130
    assert "qwq history show last" in process.terminal.text


def test_what_is_typed_is_left_for_the_shell(qwq: Qwq) -> None:
    """Where nothing is folded nobody listens, but no echo tears the text either."""
    process = Watched(qwq)
    process.until(lambda terminal: "number 1" in terminal.text)
    assert process.silenced == {"ECHO"}
    process.type(b"typed ahead\n")
    process.until(lambda terminal: "number 6" in terminal.text)
    process.type(CTRL_C)
    process.until(lambda terminal: "interrupted" in terminal.text)
    process.until(lambda _: process.modes == process.before)
    assert "typed ahead" not in process.terminal.text
    assert process.end() == 130


@pytest.mark.parametrize("arguments", [FOLD, ()])
def test_a_kill_gives_the_keyboard_back(qwq: Qwq, arguments: tuple[str, ...]) -> None:
    process = Watched(qwq, *arguments)
    process.until(lambda terminal: "Th" in terminal.text)
    process.until(lambda _: bool(process.silenced))
    os.kill(process.pid, signal.SIGTERM)
    process.until(lambda terminal: "interrupted" in terminal.text)
    process.until(lambda _: process.modes == process.before)
    assert process.end() == 143


def test_who_reads_a_pipe_has_the_keyboard_alone(qwq: Qwq) -> None:
    slow = qwq.slow()
    shell = ["/bin/sh", "-c", '"$@" | cat', "sh", *slow.command, "ask", "x", *FOLD]
    process = Process([*CONTROLLED, *shell], slow.env, size=(80, 16))
    process.until(lambda terminal: "Thinking" in terminal.text)
    assert "Tab" not in process.terminal.text
    assert process.modes[3] & termios.ECHO
    process.type(CTRL_C)
    process.end()
