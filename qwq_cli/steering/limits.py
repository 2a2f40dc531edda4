"""When thinking has to end, so that an answer is still possible. Knows counts of tokens."""

from dataclasses import dataclass
from typing import Final, Literal

_LEAST_ROOM: Final = 256
"""Tokens in all; with fewer there is no sense in keeping some for an answer."""
_MOST_KEPT: Final = 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """`budget`: tokens for thinking, None without a bound; `room`: tokens for everything."""

    budget: int | None
    room: int

    @property
    def last(self) -> int:
        """How many tokens may be written before the rest is kept for the answer: all but a
        quarter of the room, and of a large room all but 1,024; of a very small one all.
        """
        return self.room - min(_MOST_KEPT, self.room // 4) if self.room >= _LEAST_ROOM else 0

    def spent(self, thinking: int, written: int, *, sure: bool) -> Literal["budget", "room"] | None:
        """Whether the thinking has to end, and why. `sure`: it is known to be thinking; what may
        be an answer without a mark is ended only by a budget that a person set.
        """
        if self.budget is not None and thinking >= self.budget:
            return "budget"
        return "room" if sure and 0 < self.last <= written else None
