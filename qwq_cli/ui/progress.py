"""How far a download is: one line that is written anew. Knows numbers and a stream."""

from time import monotonic

from qwq_cli.stream.sanitise import one_line
from qwq_cli.ui.output import Output
from qwq_cli.ui.status import duration
from qwq_cli.ui.wrap import clip

FRAME_S = 0.1
_SETTLED_S = 2.0
"""Before this a speed says little."""


class Progress:
    """A line on a terminal, nothing off it. `erases`: the terminal can."""

    def __init__(self, output: Output, name: str, total_bytes: int, *, erases: bool) -> None:
        self._output = output
        self._name = one_line(name)
        self._total = total_bytes
        self._shown = output.tty and erases
        self._begun = monotonic()
        self._begun_at: int | None = None
        self._next = 0.0
        self._drawn = False

    def at(self, done_bytes: int) -> None:
        """So many bytes are here."""
        if self._begun_at is None:
            self._begun_at = done_bytes
        now = monotonic()
        if not self._shown or now < self._next:
            return
        self._next = now + FRAME_S
        passed = now - self._begun
        line = told(self._name, done_bytes, self._total, done_bytes - self._begun_at, passed)
        self._output.write(f"\r{clip(line, self._output.size()[0] - 1)}\x1b[K")
        self._drawn = True

    def close(self) -> None:
        """Leave the row empty."""
        if self._drawn:
            self._output.write("\r\x1b[K")
            self._drawn = False


def told(name: str, done: int, total: int, came: int, seconds: float) -> str:
    """`qwq-32b  3.2 GB of 17.1 GB · 18 % · 45 MB/s · 5 min 08 s left`, without what isn't known."""
    share = done / total if total else 1.0
    line = f"{name}  {size(done)} of {size(total)} · {100 * share:.0f} %"
    if seconds < _SETTLED_S or came <= 0:
        return line
    speed = came / seconds
    return f"{line} · {speed / 1e6:,.0f} MB/s · {duration((total - done) / speed)} left"


def size(count: int) -> str:
    """`17.1 GB`, `350 MB`, `12 kB`: powers of ten, as the hub counts."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= scale:
            return f"{count / scale:.1f} {unit}"
    return f"{count} bytes"
