"""How far a model is loaded, on a terminal and elsewhere."""

import io

import pytest

from qwq_cli.ui import loading
from qwq_cli.ui.loading import Loading, told
from qwq_cli.ui.output import Output
from tests.terminal import Terminal


class Screen(io.StringIO):
    """A stream that says it is a terminal, and shows itself on one."""

    def __init__(self) -> None:
        super().__init__()
        self.terminal = Terminal()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.terminal.feed(text)
        return super().write(text)


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    monkeypatch.setattr(loading, "_SOON_S", 0)
    return Screen()


def test_a_line_that_is_written_anew_and_goes(screen: Screen) -> None:
    with Loading(Output(screen, "stderr"), "qwq-32b", erases=True) as line:
        for done in (0, 12, 67):
            line.at(done, 67)
            assert f"Loading qwq-32b onto the GPU · {done} of 67 parts" in screen.terminal.text
            assert len(screen.terminal.visible) == 1
    assert screen.terminal.text == ""


def test_a_line_longer_than_the_terminal_is_cut(screen: Screen) -> None:
    with Loading(Output(screen, "stderr"), "m\x1b[2J" + "x" * 200, erases=True) as line:
        line.at(1, 2)
        line.at(2, 2)
        assert "\x1b[2J" not in screen.getvalue()
    assert len(screen.terminal.rows) <= 2


def test_nothing_off_a_terminal_nor_on_one_that_cannot_erase() -> None:
    pipe = io.StringIO()
    with Loading(Output(pipe, "stderr"), "m", erases=True) as line:
        line.at(1, 2)
    assert pipe.getvalue() == ""
    dumb = Screen()
    with Loading(Output(dumb, "stderr"), "m", erases=False) as line:
        line.at(1, 2)
    assert dumb.getvalue() == ""


def test_what_is_loaded_soon_needs_no_line() -> None:
    screen = Screen()
    with Loading(Output(screen, "stderr"), "m", erases=True) as line:
        line.at(1, 2)
    assert screen.getvalue() == ""


def test_a_terminal_that_went_away_stops_no_loading(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_text: str) -> int:
        raise BrokenPipeError

    with Loading(Output(screen, "stderr"), "m", erases=True) as line:
        line.at(1, 2)
        monkeypatch.setattr(screen, "write", gone)
        line.at(2, 2)
        line.at(2, 2)


def test_what_is_told() -> None:
    assert told("m", 12, 67, 3.14) == "Loading m onto the GPU · 12 of 67 parts · 3.1 s"
