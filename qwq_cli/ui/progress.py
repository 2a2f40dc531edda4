"""How far something long is: one line that is written anew. Knows numbers and a stream."""

from time import monotonic

from qwq_cli.ui.output import Output
from qwq_cli.ui.status import duration

FRAME_S = 0.1
_SETTLED_S = 2.0
"""Before this a speed says little."""


class _Row:
    """A line on a terminal, nothing off it. `erases`: the terminal can."""

    def __init__(self, output: Output, *, erases: bool) -> None:
        self._output = output
        self._shown = output.tty and erases
        self._next = 0.0
        self._drawn = False

    def due(self, now: float) -> bool:
        """Whether it is time for the next one."""
        return self._shown and now >= self._next

    def draw(self, line: str, now: float) -> None:
        """Write it over the last one."""
        self._next = now + FRAME_S
        self._output.write(f"\r{line[: self._output.size()[0] - 1]}\x1b[K")
        self._drawn = True

    def close(self) -> None:
        """Leave the row empty."""
        if self._drawn:
            self._output.write("\r\x1b[K")
            self._drawn = False


class Progress:
    """Of a download. `erases`: the terminal can."""

    def __init__(self, output: Output, name: str, total_bytes: int, *, erases: bool) -> None:
        self._row = _Row(output, erases=erases)
        self._name = name
        self._total = total_bytes
        self._begun = monotonic()
        self._begun_at: int | None = None

    def at(self, done_bytes: int) -> None:
        """So many bytes are here."""
        if self._begun_at is None:
            self._begun_at = done_bytes
        now = monotonic()
        if self._row.due(now):
            came, passed = done_bytes - self._begun_at, now - self._begun
            self._row.draw(told(self._name, done_bytes, self._total, came, passed), now)

    def close(self) -> None:
        """Leave the row empty."""
        self._row.close()


class Count:
    """Of many things of one kind, `before` of which were done already. `erases`: the terminal
    can.
    """

    def __init__(self, output: Output, total: int, before: int, *, erases: bool) -> None:
        self._row = _Row(output, erases=erases)
        self._total = total
        self._before = before
        self._begun = monotonic()

    def at(self, done: int, failed: int) -> None:
        """So many are done, those that failed included."""
        now = monotonic()
        if self._row.due(now):
            came = done - self._before
            self._row.draw(counted(done, self._total, failed, came, now - self._begun), now)

    def close(self) -> None:
        """Leave the row empty."""
        self._row.close()


def counted(done: int, total: int, failed: int, came: int, seconds: float) -> str:
    """`1,204 of 10,000 · 12 % · 3 failed · 4.1 a second · 35 min 12 s left`, without what isn't
    known.
    """
    line = f"{done:,} of {total:,} · {100 * done // total} %"
    if failed:
        line += f" · {failed:,} failed"
    if seconds < _SETTLED_S or came <= 0:
        return line
    return f"{line} · {pace(came, seconds)} · {duration((total - done) * seconds / came)} left"


def pace(came: int, seconds: float) -> str:
    """`4.1 a second`, or `3.2 s each`."""
    if came >= seconds:
        return f"{came / seconds:,.1f} a second"
    return f"{duration(seconds / came)} each"


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
