"""A text without its loops: the detector as a filter. Knows characters and words, no engine.

Where a loop is found, its first copy stays and everything from the second one on is taken out, as
far as the text goes on repeating; then the detector goes back to where it was before the second
copy, and reads on with what comes after the loop. So it ends in the state that reading the result
would leave it in, and trimming the result again changes nothing.
"""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from qwq_cli.stream.guard import Verdict
from qwq_cli.stream.loops.detector import LoopDetector, Sensitivity
from qwq_cli.stream.loops.memory import GRAM, Memory
from qwq_cli.stream.loops.reading import Reader, Word

_TRUST: Final = 60
"""How sure one is, after a verdict, that the loop goes on: a word that repeats adds 1, up to this;
a new one takes 2 away. At 0 it is over, since the last word at which this stood."""
_AT_ONCE: Final = 1 << 16
_SENTENCE: Final = 30
"""Words that may be kept before the first new one, so that its sentence is whole."""


@dataclass(frozen=True, slots=True)
class Found:
    """A loop that was taken out: offsets in characters of the text that was fed.

    The first copy starts at `start`; what stands from `repeat_at` to `end` was taken out.
    """

    kind: str
    start: int
    repeat_at: int
    detected_at: int
    end: int
    confidence: float


class _Follower:
    """Where does the loop end? Asks of each word whether its run was seen, and remembers none."""

    def __init__(self, memory: Memory, at: int) -> None:
        self._memory = memory
        self._recent = memory.tail()
        self.trust = _TRUST
        self.resume_at = at
        """Where to read on if it is over."""
        self._sentence = (at, _SENTENCE + 1)
        """The offset of the last beginning of a sentence, and how many words ago it was."""
        self._first_new = at
        self._fell = 0

    @property
    def over(self) -> bool:
        """Whether what comes is new for good."""
        return self.trust <= 0

    @property
    def needs(self) -> int:
        """The offset from which text may be resumed, at the earliest."""
        offset, ago = self._sentence
        return min(offset, self.resume_at) if ago <= _SENTENCE else self.resume_at

    def step(self, word: Word) -> None:
        """Take in one word."""
        run = (*self._recent, word.text)
        self._recent = run[1:]
        known = self._memory.knows(run)
        offset, ago = self._sentence
        self._sentence = (word.start, 0) if word.opens else (offset, ago + 1)
        if known:
            self.trust = min(_TRUST, self.trust + 1)
            if self.trust == _TRUST:
                self.resume_at = word.end
                self._fell = 0
            return
        if self.trust == _TRUST:
            offset, ago = self._sentence
            self.resume_at = offset if ago <= _SENTENCE else word.start
            self._first_new = word.start
        self._fell += 1
        self.trust -= 2

    def settle(self) -> None:
        """The text has ended: a word or two that are new need no sentence around them."""
        if self.trust < _TRUST and self._fell < GRAM:
            self.resume_at = self._first_new


class Trimmer:
    """Feed it a text in any chunks, flush it; joined, what it returns is the text less its loops.

    Holds back what may yet be taken out, so memory is bounded; `loops` are those found so far.
    """

    def __init__(self, sensitivity: Sensitivity = "normal") -> None:
        self.loops: list[Found] = []
        self.fed_chars = 0
        self.kept_chars = 0
        self._detector = LoopDetector(sensitivity)
        self._reader = Reader()
        self._held = ""
        """What is kept but not given out; it starts at `kept_chars` of the result."""
        self._follower: _Follower | None = None
        self._verdict: Verdict | None = None
        self._cut = 0
        """The index of the first word to be taken out."""
        self._tail = ""
        """While a loop goes on: what was read last, from `_tail_at` of the result on."""
        self._tail_at = 0
        self._cycle = ""
        """While an exact loop goes on: the period that is expected next, character by character."""
        self._to_read = 0
        self._skipped = 0
        """Characters of this loop that were compared with `_cycle` and never read."""
        self._shifts: list[tuple[int, int]] = [(0, 0)]
        """From which offset of the result on the fed text's offsets are larger, by how much."""

    def feed(self, text: str) -> str:
        """More text; returns what is certainly kept."""
        given = []
        for start in range(0, len(text), _AT_ONCE):
            self._feed(text[start : start + _AT_ONCE])
            given.append(self._give())
        return "".join(given)

    def flush(self) -> str:
        """The end of the text; returns the rest of what is kept."""
        words = self._reader.flush()
        while True:
            rest = self._take(words)
            follower = self._follower
            if rest is None and follower is not None:
                follower.settle()
                rest = self._resume(follower)
            if rest is None:
                break
            words = self._reader.feed(rest) + self._reader.flush()
        held, self._held = self._held, ""
        self.kept_chars += len(held)
        return held

    def _feed(self, text: str) -> None:
        self.fed_chars += len(text)
        if self._cycle:
            text = self._skip(text)
        self._hold(text)
        words = self._reader.feed(text)
        while (rest := self._take(words)) is not None:
            words = self._reader.feed(rest)

    def _hold(self, text: str) -> None:
        if self._follower is None:
            self._held += text
        else:
            self._tail += text

    def _take(self, words: list[Word]) -> str | None:
        """Take words in; returns text that is to be read anew, after a loop has ended."""
        for word in words:
            follower = self._follower
            if follower is None:
                verdict = self._detector.step(word)
                if verdict is not None:
                    self._begin(verdict)
                continue
            follower.step(word)
            if follower.over:
                return self._resume(follower)
        if self._follower is not None:
            drop = self._follower.needs - self._tail_at
            self._tail, self._tail_at = self._tail[drop:], self._tail_at + drop
        return None

    def _skip(self, text: str) -> str:
        """Pass over whole periods of an exact loop, a hundred times as fast as by reading them;
        but the first period is read, so that its sentences are known.
        """
        cycle, size = self._cycle, len(self._cycle)
        expected = (cycle * (len(text) // size + 1))[: len(text)]
        same = len(text)
        if text == expected:
            turn = same % size
            self._cycle = cycle[turn:] + cycle[:turn]
        else:
            pairs = enumerate(zip(text, expected, strict=True))
            same = next(place for place, (is_, was) in pairs if is_ != was)
            self._cycle = ""
        read = min(same, self._to_read)
        self._to_read -= read
        passed = (same - read) // size * size
        self._skipped += passed
        return text[:read] + text[read + passed :]

    def _begin(self, verdict: Verdict) -> None:
        """A loop was found: hold no more of it than may be needed."""
        memory = self._detector.memory
        self._cut = max(memory.starting(verdict.repeat_at), memory.base + 2)
        self._verdict = verdict
        self._follower = _Follower(memory, verdict.detected_at)
        self._tail = self._held[verdict.detected_at - self.kept_chars :]
        self._tail_at = verdict.detected_at
        if verdict.kind in {"exact", "run"}:
            period, copies = verdict.repeat_at - verdict.start, verdict.start - self.kept_chars
            loop = self._held[copies:]
            if loop[period:] == loop[:-period]:
                self._cycle = loop[-period:]
                self._to_read = max(0, period - len(self._tail))
        self._held = self._held[: memory[self._cut].start - self.kept_chars]

    def _resume(self, follower: _Follower) -> str:
        """Take the loop out and go back to before it; returns what is to be read from there."""
        verdict, memory = self._verdict, self._detector.memory
        assert verdict is not None  # noqa: S101 - a follower comes with its verdict
        cut_at, rest = memory[self._cut].start, self._tail[follower.resume_at - self._tail_at :]
        resumed = self._fed(follower.resume_at) + self._skipped
        if rest.isspace() and self._held.endswith(rest):  # the text's last line has ended already
            resumed, rest = resumed + len(rest), ""
        self.loops.append(
            Found(
                verdict.kind,
                start=self._fed(verdict.start),
                repeat_at=self._fed(cut_at),
                detected_at=self._fed(verdict.detected_at),
                end=resumed,
                confidence=round(verdict.sure, 3),
            )
        )
        while self._shifts[-1][0] >= cut_at and len(self._shifts) > 1:
            self._shifts.pop()
        self._shifts.append((cut_at, resumed - cut_at))
        # The last word that stays may go on in what follows, so it is read again.
        before = memory[self._cut - 2]
        self._detector.rewind(self._cut - 1)
        self._reader = Reader(before.end, before.place)
        self._follower = self._verdict = None
        self._tail = self._cycle = ""
        self._skipped = 0
        self._held += rest
        return self._held[before.end - self.kept_chars :]

    def _fed(self, offset: int) -> int:
        """An offset in the fed text, from one in the result as it stood."""
        place = bisect_right(self._shifts, offset, key=lambda shift: shift[0]) - 1
        return offset + self._shifts[max(0, place)][1]

    def _give(self) -> str:
        memory = self._detector.memory
        if self._follower is not None or not memory.base:
            return ""
        sure = memory[memory.base].start - self.kept_chars
        given, self._held = self._held[:sure], self._held[sure:]
        self.kept_chars += len(given)
        return given


def trim(text: str, sensitivity: Sensitivity = "normal") -> tuple[str, list[Found]]:
    """A whole text without its loops, and what was taken out."""
    trimmer = Trimmer(sensitivity)
    kept = trimmer.feed(text) + trimmer.flush()
    return kept, trimmer.loops
