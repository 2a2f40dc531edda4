"""Text that says little new for long: restarts, paraphrases, the same answer again and again.

A running sum in the manner of E. S. Page's CUSUM (1954). A word that ends a run of words which
stood before adds to it, one that ends a new run takes away more, a word never seen takes away a
lot (near copies that say something new: cases, lists, genealogies), another announcement of an
answer adds. A sign or a number behind another adds nothing: matrices and sums repeat themselves.
The sum never falls below 0; when it reaches `LIMIT` the text circles, and where it last left 0 it
began to. No window is chosen and no length of a cycle assumed.

A quotation is not circling: of one long verbatim copy of one earlier passage only the first
`_QUOTED` words count; of what had stood twice, all.

The values were chosen on 28 looping traces, 28 texts with legitimate repetition and 450 natural
traces of QwQ-32B-Preview. The largest sums: loops at least 155, legitimate texts at most 115 (and
all but one at most 51), natural traces at most 72.
"""

from typing import Final, NamedTuple

from qwq_cli.stream.guard import Verdict
from qwq_cli.stream.loops.memory import GRAM, Memory, Seen
from qwq_cli.stream.loops.reading import Word

LIMIT: Final = 135.0
_ONCE: Final = 0.7
"""What a run that stood once before adds; one that stood twice adds 1."""
_NEW_RUN: Final = 1.7
_NEW_WORD: Final = 20.0
_ANSWER: Final = 5.0
_QUOTED: Final = 40
_SNAP: Final = 60
"""Words within which the cut moves to the beginning of a line or a sentence."""
_RESTART: Final = 24
"""Words in a row, copied from one place, that make a restart of what is else a paraphrase."""


_ANNOUNCING: Final = frozenset(("answer", "boxed", "案"))
"""The words that announce an answer (of 答案 the second half)."""


class Sum(NamedTuple):
    """The running sum, and what it is made of since it last left 0."""

    value: float = 0.0
    since: int = 0
    """The index of the word with which it left 0."""
    before: int = -1
    """Where the last run stood before."""
    copied: int = 0
    """How many words in a row were copied from one place."""
    longest: int = 0
    answers: int = 0


NOTHING: Final = Sum()


def step(total: Sum, word: Word, seen: Seen, memory: Memory, *, rowing: bool) -> Sum:
    """The sum after one more word, which `memory` holds already. `rowing`: it is one of a few that
    repeat at once, which adds nothing.
    """
    stood, twice, new = seen
    if stood < 0 and total is NOTHING:
        return total  # nearly every word of a text that goes on
    value, since, before, copied, longest, answers = total
    if not value:
        since, longest, answers = memory.size - 1, 0, 0
    copied = 0 if stood < 0 else copied + 1 if stood == before + 1 else 1
    signs = not memory[memory.size - 2].text[0].isalpha()
    if stood < 0:
        value -= _NEW_RUN
    elif word.protected or rowing or (signs and not word.text[0].isalpha()):
        pass
    elif twice:
        value += 1.0
    elif copied <= _QUOTED:
        value += _ONCE
    if new:
        value -= _NEW_WORD
    elif word.text in _ANNOUNCING and not word.protected and _announces(word.text, memory):
        value += _ANSWER
        answers += 1
    if value <= 0:
        return NOTHING if stood < 0 else Sum(before=stood, copied=copied)
    return Sum(value, since, stood, copied, max(longest, copied), answers)


def _announces(text: str, memory: Memory) -> bool:
    return text != "案" or memory[memory.size - 2].text == "答"


def verdict(total: Sum, memory: Memory, detected_at: int, limit: float) -> Verdict:
    """What was found, given a sum over `limit`."""
    # The run that made the sum leave 0 began a few words earlier.
    repeat = max(0, total.since - GRAM + 1)
    for index in range(repeat, min(repeat + _SNAP, memory.size - 1)):
        if memory[index].opens:
            repeat = index
            break
    start = _origin(repeat, memory)
    kind = "paraphrase"
    if total.answers * _ANSWER * 3 >= limit:
        kind = "answers"
    elif total.longest >= _RESTART:
        kind = "restart"
    sure = min(1.0, 0.5 + total.value / (4 * limit))
    return Verdict(
        kind,
        start=memory[start].start,
        repeat_at=memory[repeat].start,
        detected_at=detected_at,
        sure=sure,
    )


def _origin(repeat: int, memory: Memory) -> int:
    """Where what stands at `repeat` stood before."""
    for index in range(repeat + GRAM - 1, min(repeat + _SNAP, memory.size)):
        stood = memory.stood(index)
        if stood >= 0:
            return max(0, stood - (index - repeat))
    return repeat
