"""What a guard over a stream of text is asked, and how it answers. Knows characters, no tokens.

A guard takes nothing back itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class Verdict:
    """A loop. Offsets are characters from the beginning of the text that the guard was given:
    the first copy starts at `start`, the second at `repeat_at`, and at `detected_at` it was
    plain. `sure` is between 0 and 1.
    """

    kind: str
    start: int
    repeat_at: int
    detected_at: int
    sure: float = 1.0


class Guard(Protocol):
    """Watches one text go by. It has no undo: after text was taken back, what still stands is
    replayed into a fresh one.
    """

    def watch(self, text: str) -> Verdict | None:
        """Take in the next text, in any chunks; the verdict does not depend on them. After the
        first verdict a guard is of no more use.
        """
        ...

    def fresh(self) -> "Guard":
        """One that has seen nothing, with the same settings."""
        ...


class Guards(NamedTuple):
    """Those of the thinking, and those of an answer and of text that may be one. None: those that
    know what the prompt lets an answer repeat.
    """

    thinking: Sequence[Guard] = ()
    answer: Sequence[Guard] | None = None
