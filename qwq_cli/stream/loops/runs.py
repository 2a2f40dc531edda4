r"""Where a text repeats itself exactly: the same characters at one distance.

Knows characters, and about how many tokens they are. Does not know how much repetition is a loop.
"""

import re
from typing import Final, NamedTuple

LONGEST: Final = 16_384
"""Characters; a longer cycle is not found."""
BLOCK: Final = 64
"""Characters from one look to the next, counted from the beginning, whatever the chunks."""
_NEEDLE: Final = 48
"""Characters that must have stood before to make a cycle probable."""
HELD: Final = LONGEST + _NEEDLE + BLOCK
"""Characters on which the state depends, besides those of the run in hand."""

_EASTERN: Final = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_TOKEN: Final = re.compile(
    rf"[{_EASTERN}]| ?[^\W\d_{_EASTERN}]{{1,8}}|\d| ?[^\w\s]{{1,2}}|_{{1,3}}|\n{{1,4}}"
    r"|[^\S\n]{1,16}"
)
_CHARS_A_TOKEN: Final = 4
_BLANKS: Final = re.compile(r"\s{2,}")
_SAMPLE: Final = 1_024
_FENCE: Final = re.compile(r"^[ \t]*(?:```|~~~)", re.MULTILINE)


class Run(NamedTuple):
    """The text repeats itself at the distance `period`; the first copy begins at `start`.

    Both are characters, `start` counted from the beginning of the text.
    """

    period: int
    start: int

    @property
    def repeat_at(self) -> int:
        """Where the second copy begins."""
        return self.start + self.period


class RunFinder:
    """Feed it blocks of BLOCK characters, the last one of a text may be shorter."""

    def __init__(self, *, fenced: bool = False) -> None:
        """`fenced`: whether the text begins in a code fence."""
        self.end = 0
        """How many characters it was fed."""
        self.run: Run | None = None
        """The run in which the text ends; of several the one with the shortest period."""
        self._text = ""
        """The last characters: as many as a run and its first copy may have."""
        self._base = 0
        self._fenced = fenced
        """Whether the first character held stands in a code fence."""

    def feed(self, block: str) -> None:
        """Take in one block."""
        if len(self._text) >= 3 * HELD:
            self._forget()
        before = len(self._text)
        self._text += block
        self.end += len(block)
        run = self.run
        if run is not None:
            first = max(before, run.repeat_at - self._base)
            stood = self._text[first - run.period : len(self._text) - run.period]
            if self._text[first:] == stood:
                return
            self.run = None
        self._search()

    def follow(self, run: Run) -> None:
        """Take a run for one that more of the text may follow, if all of its first copy is held."""
        self.run = run if run.start >= self._base and run.start < self.end else None

    def cycle(self, run: Run) -> str:
        """One copy of what repeats, from `run.start` on."""
        last = self._text[-run.period :]
        turn = (run.start - self.end) % run.period
        return last[turn:] + last[:turn]

    def in_fence(self, run: Run) -> bool:
        """Whether the second copy begins in a code fence."""
        before = self._text[: max(0, run.repeat_at - self._base)]
        return self._fenced ^ fences_odd(before)

    def _search(self) -> None:
        """Does the text end as it did before? Then follow both ends back to where they differ."""
        text, size = self._text, len(self._text)
        needle = text[-_NEEDLE:]
        found = text.rfind(needle, max(0, size - HELD), size - 1)
        if found < 0 or len(needle) < _NEEDLE:
            return
        period = size - _NEEDLE - found
        self.run = Run(period, self.end - _same_back(text, period) - period)

    def _forget(self) -> None:
        """Drop the oldest text, whole lines where there are some."""
        keep = len(self._text) - 2 * HELD
        cut = self._text.rfind("\n", 0, keep) + 1 or keep
        self._fenced ^= fences_odd(self._text[:cut])
        self._text = self._text[cut:]
        self._base += cut


def fences_odd(text: str) -> bool:
    """Whether a text that begins outside a code fence ends inside of one."""
    return len(_FENCE.findall(text)) % 2 == 1


def _same_back(text: str, period: int) -> int:
    """How many characters at the end of `text` equal those a `period` before: from _NEEDLE on, up
    to HELD, so that it does not depend on how much is held.
    """
    size = len(text)
    low, high, most = _NEEDLE, 2 * _NEEDLE, min(HELD, size - period)
    while high <= most and text[size - high :] == text[size - high - period : size - period]:
        low, high = high, 2 * high
    high = min(high, most + 1)
    while high - low > 1:
        middle = (low + high) // 2
        if text[size - middle :] == text[size - middle - period : size - period]:
            low = middle
        else:
            high = middle
    return low


def density(cycle: str) -> float:
    """About how many tokens a character of a repeating text has, rather too many than too few:
    tokenisers differ by a third.
    """
    sample = cycle * (1 + _SAMPLE // len(cycle)) if len(cycle) < _SAMPLE else cycle
    shortest = len(_BLANKS.sub(" ", sample)) / _CHARS_A_TOKEN
    return max(len(_TOKEN.findall(sample)), shortest) / len(sample)


def longest_repeat(text: str) -> float:
    """About how many tokens of a text repeat exactly what stands right before them, at most."""
    finder = RunFinder()
    most, longest = 0, ""
    for at in range(0, len(text), BLOCK):
        finder.feed(text[at : at + BLOCK])
        run = finder.run
        if run is not None and finder.end - run.repeat_at > most:
            most, longest = finder.end - run.repeat_at, finder.cycle(run)
    return most * density(longest) if longest else 0.0
