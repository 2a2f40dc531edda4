"""How far a download is, in a line."""

import io

import pytest

from qwq_cli.ui.output import Output
from qwq_cli.ui.progress import Progress, counted, size, told


@pytest.mark.parametrize(
    ("done", "came", "seconds", "line"),
    [
        (0, 0, 0.0, "m  0 bytes of 17.1 GB · 0 %"),
        (3_210_000_000, 10, 1.0, "m  3.2 GB of 17.1 GB · 19 %"),
        (
            8_550_000_000,
            450_000_000,
            10.0,
            "m  8.6 GB of 17.1 GB · 50 % · 45 MB/s · 3 min 10 s left",
        ),
        (17_100_000_000, 1, 9.0, "m  17.1 GB of 17.1 GB · 100 % · 0 MB/s · 0.0 s left"),
    ],
)
def test_what_is_not_known_is_not_told(done: int, came: int, seconds: float, line: str) -> None:
    assert told("m", done, 17_100_000_000, came, seconds) == line


@pytest.mark.parametrize(
    ("done", "failed", "came", "seconds", "line"),
    [
        (0, 0, 0, 9.0, "0 of 1,000 · 0 %"),
        (10, 0, 10, 1.0, "10 of 1,000 · 1 %"),
        (510, 3, 10, 5.0, "510 of 1,000 · 51 % · 3 failed · 2.0 a second · 4 min 05 s left"),
        (510, 0, 10, 320.0, "510 of 1,000 · 51 % · 32.0 s each · 4 h 21 min left"),
        (1000, 0, 10, 5.0, "1,000 of 1,000 · 100 % · 2.0 a second · 0.0 s left"),
    ],
)
def test_how_far_many_are(done: int, failed: int, came: int, seconds: float, line: str) -> None:
    assert counted(done, 1000, failed, came, seconds) == line


def test_sizes_are_powers_of_ten() -> None:
    assert [size(count) for count in (9, 1500, 2_400_000)] == ["9 bytes", "1.5 kB", "2.4 MB"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_has_one_line_that_goes_away() -> None:
    stream = Terminal()
    progress = Progress(Output(stream, "stderr"), "m", 1000, erases=True)
    progress.at(100)
    progress.at(200)  # too soon to be drawn
    progress.close()
    progress.close()
    assert stream.getvalue() == "\rm  100 bytes of 1.0 kB · 10 %\x1b[K\r\x1b[K"


@pytest.mark.parametrize(("stream", "erases"), [(io.StringIO(), True), (Terminal(), False)])
def test_nothing_moves_where_nothing_can_be_erased(stream: io.StringIO, erases: bool) -> None:
    progress = Progress(Output(stream, "stderr"), "m", 1000, erases=erases)
    progress.at(100)
    progress.close()
    assert stream.getvalue() == ""
