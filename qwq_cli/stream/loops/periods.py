"""A block of words that follows itself, whole: the second copy right behind the first.

Knows words and where they stood before. Copies with something else between them are no loop: a
model may quote.
"""

from typing import Final, NamedTuple

from qwq_cli.stream.guard import Verdict
from qwq_cli.stream.loops.memory import GRAM, Memory, Seen
from qwq_cli.stream.loops.reading import Word

LEAST: Final = 200
"""Words that must repeat; shorter repeats are refrains, rows and lists."""
_SHORT: Final = 8
"""A period of fewer words is asked for twice as many, or `_SHORT_CHARS`: rows of zeros have it."""
_SHORT_CHARS: Final = 1000
_SAME_CHARS: Final = 280
"""One word over and over: longer than any ruled line, and each character may be a token."""
PLAIN: Final = 40
"""Words of a run that are believed where the text circles besides."""
_COPIES_PROTECTED: Final = 4
"""Copies before it counts in code and tables, where lines may well be the same."""
_LOOK_BACK: Final = 32
"""A match this long is followed back to where it began, up to `_FARTHEST` words and a period."""
_FARTHEST: Final = 600


class Run(NamedTuple):
    """How many words up to here equal those `period` before."""

    period: int = 0
    length: int = 0

    @property
    def rowing(self) -> bool:
        """Whether a few words repeat at once, as in a row of zeros."""
        return self.length > 0 and self.period < _SHORT


NO_RUN: Final = Run()


def step(run: Run, word: Word, seen: Seen, memory: Memory) -> Run:
    """The run after one more word, which `memory` holds already."""
    period, length = run
    if length:
        index = memory.size - 1
        if memory[index - period].text == word.text:
            length += 1
            if length == _LOOK_BACK:
                # It may have begun before the run of words that it was found by.
                length = max(length, memory.match_back(index, period, _FARTHEST + period))
            return Run(period, length)
    before = seen[0]
    return NO_RUN if before < 0 else Run(memory.size - 1 - before, GRAM)


def enough(run: Run, word: Word, memory: Memory, scale: float) -> bool:
    """Whether a run, whose second copy is whole, is a loop; `word` is its last one."""
    period, length = run
    if word.protected:
        return length >= (_COPIES_PROTECTED - 1) * period and length >= 2 * LEAST * scale
    if not run.rowing:
        return length >= LEAST * scale
    repeated = word.end - memory[memory.size - length].start
    if period == 1:
        return repeated >= _SAME_CHARS * scale
    return length >= 2 * LEAST * scale or repeated >= _SHORT_CHARS * scale


def verdict(run: Run, memory: Memory, detected_at: int) -> Verdict:
    """What was found, given a run that is long enough."""
    last = memory.size - 1
    second = last - run.length + 1
    # Copies are alike wherever they are parted: best where a line or a sentence begins.
    opening = range(second, min(second + run.period, last))
    second = next((index for index in opening if memory[index].opens), second)
    first, repeat = memory[second - run.period], memory[second]
    if run.period * 2 <= GRAM:
        kind = "run"
    else:
        shift = repeat.start - first.start
        pairs = ((memory[i], memory[i - run.period]) for i in range(second, last + 1))
        same = all(a.start - b.start == shift and not a.masked for a, b in pairs)
        kind = "exact" if same else "near"
    return Verdict(kind, start=first.start, repeat_at=repeat.start, detected_at=detected_at)
