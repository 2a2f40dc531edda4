"""What is copied goes to the desktop's own program, else to the terminal."""

import base64
import io
from pathlib import Path

import pytest

from qwq_cli.errors import UnavailableError
from qwq_cli.ui import clipboard
from qwq_cli.ui.output import Output


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def program(folder: Path, name: str, code: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{code}\n")
    file.chmod(0o700)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where alone programs are found."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_a_program_of_the_desktop_takes_it(folder: Path) -> None:
    program(folder, "xclip", f"/bin/cat > {folder}/copied")
    screen = Screen()
    how = clipboard.copy("红桃\x1b", Output(screen, "x"), {"DISPLAY": ":0", "TERM": "xterm"})
    assert how == "by xclip"
    assert (folder / "copied").read_text("utf-8") == "红桃\x1b"
    assert not screen.getvalue()


@pytest.mark.parametrize("variable", ["SSH_CONNECTION", "SSH_TTY", "OTHER"])
def test_else_the_terminal_does(folder: Path, variable: str) -> None:
    """Over SSH even where there is a program, and where the program fails."""
    program(folder, "xclip", "exit 1" if variable == "OTHER" else "exit 0")
    screen = Screen()
    environ = {"DISPLAY": ":0", "TERM": "xterm", variable: "x"}
    assert "OSC 52" in clipboard.copy("text", Output(screen, "x"), environ)
    assert screen.getvalue() == f"\x1b]52;c;{base64.b64encode(b'text').decode()}\x07"


def test_it_may_be_impossible() -> None:
    with pytest.raises(UnavailableError, match="no clipboard"):
        clipboard.copy("text", Output(io.StringIO(), "x"), {"TERM": "xterm"})
    with pytest.raises(UnavailableError, match="no clipboard"):
        clipboard.copy("text", Output(Screen(), "x"), {"TERM": "dumb"})
    with pytest.raises(UnavailableError, match="/export"):
        clipboard.copy("x" * 80_000, Output(Screen(), "x"), {"TERM": "xterm"})
