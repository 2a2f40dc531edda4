"""How far a generation is: what was waited for, read, thought and taken back, as lines of parts.

Knows events and times that it is given. Does not know the screen, nor a clock.
"""

from qwq_cli.events import Prefill, Rewound, Started, Thinking
from qwq_cli.stream.sanitise import one_line
from qwq_cli.ui.status import duration, fitted, pace, reading

_PATIENCE_S = 0.3
"""A wait shorter than this is not worth a line."""
_SETTLED_S = 1.0
"""Before this a speed says little."""
_BY_WORTH = (0, 4, 1, 3, 2)
"""Which parts of a thought's line are shown where not all fit: how to open it comes second."""


class Tally:
    """Counts, from the time `now` on. `model`: its name, for while it loads."""

    def __init__(self, model: str, now: float) -> None:
        self._waiting_for = f"Loading {one_line(model)}"
        self._since = now
        self._prefill: Prefill | None = None
        self._read_from = (now, 0)
        self._tokens = self._gone = self._loops = 0

    def started(self, event: Started, now: float) -> None:
        """The prompt is being read."""
        self._waiting_for, self._since = f"Reading {event.prompt_tokens:,} tokens", now

    def read(self, event: Prefill, now: float) -> None:
        """So much of it is read."""
        if self._prefill is None:
            self._read_from = (now, event.done)
        self._prefill = event

    def thinks(self, now: float) -> None:
        """The thinking begins."""
        self._since = now

    def thought(self, event: Thinking) -> None:
        """More of it."""
        self._tokens += event.tokens

    def rewound(self, event: Rewound) -> None:
        """Some of it was taken back."""
        self._tokens = max(0, self._tokens - event.trimmed_tokens)
        self._gone += event.trimmed_tokens
        self._loops += event.loop is not None

    def pace(self, verb: str, now: float) -> list[str]:
        """The parts of a line on the thinking."""
        return pace(verb, now - self._since, self._tokens, self._gone, self._loops)

    def thinking(self, now: float, width: int, hint: str) -> str:
        """The line that lives while it thinks; `hint`: how to open it."""
        return fitted([*self.pace("Thinking", now), hint], width, _BY_WORTH)

    def waiting(self, now: float, width: int) -> str:
        """What is waited for, "" while that is hardly worth a line."""
        seconds = now - self._since
        if seconds < _PATIENCE_S:
            return ""
        if self._prefill is None:
            return fitted([self._waiting_for, duration(seconds)], width, range(2))
        done, total = self._prefill.done, self._prefill.total
        return fitted(reading(done, total, seconds, self._ahead(now)), width, range(4))

    def _ahead(self, now: float) -> float | None:
        """Seconds until the prompt is read, where its pace is known."""
        since, already = self._read_from
        if self._prefill is None or now - since < _SETTLED_S or self._prefill.done <= already:
            return None
        rate = (self._prefill.done - already) / (now - since)
        return (self._prefill.total - self._prefill.done) / rate
