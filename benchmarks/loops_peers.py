"""How others tell a loop, each rule in our own words, as guards. All of them end the generation.

Where they count a model's tokens, the chunks that they are fed count as tokens here.

- Ollama, `llm/llama_server.go`: the same token, blanks at its ends aside, more than 100 times in a
  row (since 0.34.1, pull request 18374; more than 30 times before).
- vLLM, `repetition_detection` (since 0.17, pull request 35451): the text ends in `min_count` copies
  of a pattern of `min_pattern_size` to `max_pattern_size` tokens. The request names the three.
  Pull request 52677 (proposed) recommends 4 to 128 tokens, 4 times; it began with 3 times.
- llama.cpp, pull request 26039 (closed): the same rule, with 16 to 1,024 tokens, 4 times.
- Whisper, `decoding.py` and `transcribe.py`: a text that zlib makes more than 2.4 times smaller is
  taken for a failed one. There a text is a segment of half a minute; here it is the last 3,000
  characters, looked at whenever 100 more have come.
"""

import zlib
from collections import deque
from typing import Final

from qwq_cli.stream.guard import Guard, Verdict


class SameToken:
    """Ollama's rule."""

    MOST: Final = 100

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
    """The rule of vLLM and llama.cpp: the text ends in `copies` of `shortest` to `longest` tokens.

    For each period under way it counts the tokens that equal the one a period before. A period is
    under way once the newest few tokens stand a period before as well; an index of them tells.
    """

    SEED: Final = 8
    """So many tokens are looked up. Fewer start more periods that end at once, which costs time."""

    def __init__(self, shortest: int, longest: int, copies: int) -> None:
        self._shortest, self._longest, self._copies = shortest, longest, copies
        self._count = 0
        self._chars = 0
        self._starts: deque[int] = deque(maxlen=longest * copies)
        """Of the newest tokens, in characters."""
        self._recent: deque[str] = deque(maxlen=longest)
        # No longer than what the shortest period needs, so that the index misses none.
        self._seed: deque[str] = deque(maxlen=min(self.SEED, shortest * (copies - 1)))
        self._seeds: deque[tuple[str, ...]] = deque()
        """One for each recent token: the tokens up to it."""
        self._ends: dict[tuple[str, ...], deque[int]] = {}
        """Which recent tokens each seed ended at."""
        self._runs: dict[int, int] = {}

    def fresh(self) -> "ShortPeriod":
        return ShortPeriod(self._shortest, self._longest, self._copies)

    def watch(self, text: str) -> Verdict | None:
        recent, runs = self._recent, self._runs
        self._starts.append(self._chars)
        self._chars += len(text)
        if runs:
            runs = {period: run + 1 for period, run in runs.items() if recent[-period] == text}
            self._runs = runs
        recent.append(text)
        self._begin(text)
        others = self._copies - 1
        ended = [period for period, run in runs.items() if run >= period * others]
        if not ended:
            return None
        start, second = -min(ended) * self._copies, -min(ended) * others
        return Verdict("exact", self._starts[start], self._starts[second], self._chars)

    def _begin(self, token: str) -> None:
        """Start the periods at which the newest tokens stood before."""
        here, self._count = self._count, self._count + 1
        self._seed.append(token)
        seed = tuple(self._seed)
        ends = self._ends.setdefault(seed, deque())
        if len(seed) == self._seed.maxlen:
            for at in ends:
                if here - at >= self._shortest:
                    self._runs.setdefault(here - at, len(seed))
        ends.append(here)
        self._seeds.append(seed)
        if len(self._seeds) > self._longest:
            self._forget(self._seeds.popleft())

    def _forget(self, seed: tuple[str, ...]) -> None:
        ends = self._ends[seed]
        ends.popleft()
        if not ends:
            del self._ends[seed]


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


PEERS: Final[dict[str, Guard]] = {
    "vLLM x3": ShortPeriod(4, 128, 3),
    "vLLM x4": ShortPeriod(4, 128, 4),
    "llama.cpp": ShortPeriod(16, 1024, 4),
    "Ollama": SameToken(),
}
"""Those that end a generation token by token, as they are now."""
