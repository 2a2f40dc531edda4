"""How others tell a loop, each rule in our own words, as guards. All of them end the generation.

Where they count a model's tokens, the chunks that they are fed count as tokens here.

- Ollama, `llm/server.go`: the same token, blanks at its ends aside, more than 30 times in a row.
- vLLM, pull request 52677 (proposed): a pattern of 4 to 128 tokens, three times in a row, within
  the last 512 tokens.
- Whisper, `decoding.py` and `transcribe.py`: a text that zlib makes more than 2.4 times smaller is
  taken for a failed one. There a text is a segment of half a minute; here it is the last 3,000
  characters, looked at whenever 100 more have come.
"""

import zlib
from collections import deque
from typing import Final

from qwq_cli.stream.guard import Verdict


class SameToken:
    """Ollama's rule."""

    MOST: Final = 30

    def __init__(self) -> None:
        self._last = ""
        self._repeats = 0
        self._chars = 0
        self._first = (0, 0)
        """Where the run's first two tokens start."""

    def fresh(self) -> "SameToken":
        return SameToken()

    def watch(self, text: str) -> Verdict | None:
        start, self._chars = self._chars, self._chars + len(text)
        token = text.strip()
        if token != self._last:
            self._last, self._repeats, self._first = token, 0, (start, self._chars)
            return None
        self._repeats += 1
        if self._repeats <= self.MOST:
            return None
        return Verdict("run", *self._first, detected_at=self._chars)


class ShortPeriod:
    """vLLM's proposal. For each period that is under way it counts the tokens that equal the one a
    period before; which periods those are, the places of the newest token's equals tell.
    """

    SHORTEST, LONGEST, COPIES, WINDOW = 4, 128, 3, 512

    def __init__(self) -> None:
        self._count = 0
        self._chars = 0
        self._starts: deque[int] = deque(maxlen=self.WINDOW)
        """Of the last tokens, in characters."""
        self._recent: deque[str] = deque()
        """As many tokens as the longest period has."""
        self._where: dict[str, deque[int]] = {}
        """Where each of them stands."""
        self._runs: dict[int, int] = {}

    def fresh(self) -> "ShortPeriod":
        return ShortPeriod()

    def watch(self, text: str) -> Verdict | None:
        here, self._count = self._count, self._count + 1
        self._starts.append(self._chars)
        self._chars += len(text)
        places, runs = self._where.setdefault(text, deque()), self._runs
        self._runs = {here - at: runs.get(here - at, 0) + 1 for at in places}
        places.append(here)
        self._recent.append(text)
        if len(self._recent) > self.LONGEST:
            self._forget(self._recent.popleft())
        for period, run in self._runs.items():
            if period >= self.SHORTEST and run >= period * (self.COPIES - 1):
                start, second = self._starts[-3 * period], self._starts[-2 * period]
                return Verdict("exact", start, second, detected_at=self._chars)
        return None

    def _forget(self, token: str) -> None:
        places = self._where[token]
        places.popleft()
        if not places:
            del self._where[token]


class Compressible:
    """Whisper's rule on a window that moves."""

    RATIO, WINDOW, EVERY = 2.4, 3000, 100

    def __init__(self) -> None:
        self._recent = ""
        self._chars = 0
        self._looked_at = 0

    def fresh(self) -> "Compressible":
        return Compressible()

    def watch(self, text: str) -> Verdict | None:
        self._recent += text
        self._chars += len(text)
        if self._chars < self.WINDOW or self._chars - self._looked_at < self.EVERY:
            return None
        self._looked_at = self._chars
        self._recent = self._recent[-self.WINDOW :]
        raw = self._recent.encode("utf-8", "surrogatepass")
        if len(raw) <= self.RATIO * len(zlib.compress(raw)):
            return None
        start = self._chars - self.WINDOW
        return Verdict("compressible", start, start, detected_at=self._chars)
