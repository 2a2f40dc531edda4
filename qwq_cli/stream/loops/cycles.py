"""Exact repetition in an answer: the same characters, over and over, beyond what anybody writes.

Cutting a right answer costs a user's data, and missing a loop costs tokens. So this detector waits
for certainty: it compares characters, and any difference ends a run. Rows that differ by a counter
or a value are therefore progress, however many there are.

How much must repeat depends on three things. A long cycle needs a third copy. Data (code, tables,
lists, JSON, zeros) may repeat twice as long as prose. An answer may also repeat what its
prompt asks for or repeats itself.

Knows runs of characters. Does not know which part of an output it reads, nor what follows from a
detection.

Measured on 161 texts that repeat for good reason: the longest exact repeat that nobody asked for
has 1,117 tokens (rows of zeros), in prose 566.
"""

import re
from typing import Final

from qwq_cli.stream.guard import Verdict
from qwq_cli.stream.loops.patience import USUAL, Patience
from qwq_cli.stream.loops.runs import BLOCK, Run, RunFinder, density

_PROSE, _PROSE_IN_ALL = 1_600, 2_700
_DATA, _DATA_IN_ALL = 3_000, 4_200
"""Tokens that must repeat, without the first copy and with it: a long cycle needs fewer."""
_THIRD_COPY: Final = 1.1
"""Lengths of the cycle that must repeat at least: the third copy begins like the second."""
_AGAIN: Final = 120
"""Tokens that suffice where the same cycle was rewound just before."""
_LEAST: Final = 1_024
"""Characters; a shorter repeat is not measured, since even single digits are no more tokens."""
_FORMULA: Final = re.compile(r"\$[^$\n]{1,200}\$|\\\([^\n]{1,200}?\\\)|\\\[[^\]]{1,400}\\\]")
_SIGN: Final = re.compile(r"[{}\[\]<>|=/#]|[,(](?=\S)")
_SIGNS_IN_DATA: Final = 0.08
_LETTERS_IN_DATA: Final = 0.5
"""Shares of the written characters: data have more signs, or fewer letters, than prose ever has."""
_ROW: Final = re.compile(r"[ \t]*(?:[-*+•>#|]|\(?\w{1,3}[.)、])[ \t]|[ \t]{2,}\S")
"""The beginning of a list item, a heading, a table row or an indented line."""
_SENTENCE_ENDS: Final = tuple(".!?…。！？:：\"'”’」』)*")
_SHORT: Final = 60
"""Characters of a line of verse, of a list without marks, or of a form."""
_SENTENCE_END: Final = re.compile(r"[.!?][\"')*]*\s+(?=\S)|[。！？][”’」』]?")


class CycleDetector:
    """A guard for answers; its verdicts are of the kind `exact`."""

    def __init__(self, patience: Patience = USUAL, *, fenced: bool = False) -> None:
        """`patience`: what the prompt lets an answer repeat. `fenced`: whether the text begins in a
        code fence.
        """
        self._patience = patience
        self._finder = RunFinder(fenced=fenced)
        self._pending = ""
        self._run: Run | None = None
        """The run of which the next two are true."""
        self._bound = 0
        """The offset at which the run is certain, or is to be measured."""
        self._measured = False

    @property
    def run_start(self) -> int | None:
        """Where the first copy of what now repeats begins; None where nothing does."""
        run = self._finder.run
        return None if run is None else run.start

    def fresh(self) -> "CycleDetector":
        return CycleDetector(self._patience)

    def watch(self, text: str) -> Verdict | None:
        self._pending = pending = self._pending + text
        at = 0
        verdict = None
        while verdict is None and len(pending) - at >= BLOCK:
            verdict = self._look(pending[at : at + BLOCK])
            at += BLOCK
        if at:
            self._pending = pending[at:]
        return verdict

    def expect(self, start: int, repeat_at: int) -> None:
        """The text was rewound to where a second copy began, or shortly before. If the model writes
        the same copy again, a few tokens are certain.
        """
        self._finder.feed(self._pending)
        self._pending = ""
        self._finder.follow(Run(repeat_at - start, start))
        self._run = run = self._finder.run
        if run is not None:
            self._measured = True
            self._bound = run.repeat_at + int(_AGAIN / density(self._finder.cycle(run)))

    def _look(self, block: str) -> Verdict | None:
        finder = self._finder
        finder.feed(block)
        run = finder.run
        if run is None:
            return None
        if run is not self._run:
            self._run, self._measured = run, False
            self._bound = run.repeat_at + _LEAST
        if finder.end >= self._bound and not self._measured:
            self._measured = True
            self._bound = run.repeat_at + self._enough(run)
        if finder.end < self._bound:
            return None
        start = run.start + _best_start(finder.cycle(run))
        return Verdict("exact", start, start + run.period, finder.end)

    def _enough(self, run: Run) -> int:
        """How many characters must repeat, the first copy not counted."""
        cycle = self._finder.cycle(run)
        tokens_a_char = density(cycle)
        period = run.period * tokens_a_char
        data = self._finder.in_fence(run) or is_data(cycle)
        least, in_all = (_DATA, _DATA_IN_ALL) if data else (_PROSE, _PROSE_IN_ALL)
        certain = max(min(least, in_all - period), _THIRD_COPY * period)
        return int(max(certain, self._patience.tokens(period)) / tokens_a_char)


def is_data(cycle: str) -> bool:
    """Whether a cycle is of a structure: few letters, many signs, or lines of no sentences."""
    plain = _FORMULA.sub("x", cycle) if "$" in cycle or "\\" in cycle else cycle
    written = len(plain) - sum(map(str.isspace, plain))
    letters = sum(map(str.isalpha, plain))
    if letters < _LETTERS_IN_DATA * written:
        return True
    if len(_SIGN.findall(plain + plain[:1])) >= max(1, _SIGNS_IN_DATA * written):
        return True
    # Once more in front, so that the line that a cycle begins in is whole.
    lines = [line for line in (cycle + cycle).split("\n")[1:-1] if line.strip()]
    return bool(lines) and 2 * sum(map(_is_row, lines)) >= len(lines)


def _is_row(line: str) -> bool:
    if _ROW.match(line):
        return True
    return len(line) <= _SHORT and not line.rstrip().endswith(_SENTENCE_ENDS)


def _best_start(cycle: str) -> int:
    """Copies are alike wherever they are parted: best where a paragraph, line, sentence begins."""
    wrapped = cycle[-2:] + cycle
    for mark in ("\n\n", "\n"):
        place = wrapped.find(mark)
        if place >= 0:
            return (place + len(mark) - 2) % len(cycle)
    found = _SENTENCE_END.search(cycle)
    return found.end() % len(cycle) if found else 0
