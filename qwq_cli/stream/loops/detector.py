"""Is this text going round in circles? Both layers as one guard. Knows words, no tokens."""

from typing import Final, Literal, TypeAlias

from qwq_cli.stream.guard import Verdict
from qwq_cli.stream.loops import circling, periods
from qwq_cli.stream.loops.circling import NOTHING, Sum
from qwq_cli.stream.loops.memory import RING, Memory
from qwq_cli.stream.loops.periods import NO_RUN, Run
from qwq_cli.stream.loops.reading import Reader, Word

Sensitivity: TypeAlias = Literal["low", "normal", "high"]
_SCALE: Final[dict[Sensitivity, float]] = {"low": 1.6, "normal": 1.0, "high": 0.7}


class LoopDetector:
    """A guard against loops of every kind that is told from the text alone.

    Verdicts are of the kinds `run` (a word or two, over and over), `exact` (a block that follows
    itself), `near` (the same but for counters and blanks), `restart`, `paraphrase` and `answers`
    (text that says nothing new: mostly copied, mostly said again, mostly announcing an answer).

    Every verdict depends on the text alone, not on how it was cut. It looks back `memory.REACH`
    words at most, and takes the same time for each.
    """

    def __init__(self, sensitivity: Sensitivity = "normal") -> None:
        """`low` waits 1.6 times as long as `normal` before it is sure, `high` 0.7 times."""
        self.sensitivity: Sensitivity = sensitivity
        self._scale = _SCALE[sensitivity]
        self._limit = circling.LIMIT * self._scale
        self._reader = Reader()
        self.memory = Memory()
        self._run = NO_RUN
        self._sum = NOTHING
        self._runs: list[Run] = []
        self._sums: list[Sum] = []
        """Both layers' states after each word that the memory holds."""

    def fresh(self) -> "LoopDetector":
        return LoopDetector(self.sensitivity)

    def watch(self, text: str) -> Verdict | None:
        for word in self._reader.feed(text):
            verdict = self.step(word)
            if verdict is not None:
                return verdict
        return None

    def step(self, word: Word) -> Verdict | None:
        """Take in one word."""
        memory = self.memory
        seen = memory.add(word)
        self._run = run = periods.step(self._run, word, seen, memory)
        self._sum = total = circling.step(self._sum, word, seen, memory, rowing=run.rowing)
        place = memory.size - 1 & RING
        if place == len(self._runs):
            self._runs.append(run)
            self._sums.append(total)
        else:
            self._runs[place], self._sums[place] = run, total
        circles = total.value >= self._limit
        if run.length >= run.period > 0 and (
            periods.enough(run, word, memory, self._scale)
            or (circles and run.length >= periods.PLAIN)
        ):
            return periods.verdict(run, memory, word.end)
        # A block whose second copy is half written tells better where it began, once that is whole.
        if circles and not run.period / 2 <= run.length < run.period:
            return circling.verdict(total, memory, word.end, self._limit)
        return None

    def rewind(self, size: int) -> None:
        """Go back to when only the first `size` words had come, which the memory must hold."""
        self.memory.rewind(size)
        self._run, self._sum = NO_RUN, NOTHING
        if size > self.memory.base:
            self._run, self._sum = self._runs[size - 1 & RING], self._sums[size - 1 & RING]
