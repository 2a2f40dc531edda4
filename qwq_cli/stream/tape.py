"""What has been written so far, token by token, the model's and ours. Knows no text's meaning."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple


class Stretch(NamedTuple):
    """A token's text, or a text of ours as a whole."""

    text: str
    ours: bool


class Tape:
    """The texts of all tokens, and where each one ends, in characters.

    A text of ours is many tokens of which only the last one bears text: it can be taken back only
    as a whole, like the tokens of which a character is made.
    """

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._ends: list[int] = []
        self._ours: dict[int, int] = {}
        """For the last token of each text of ours, how many tokens the text has."""

    def __len__(self) -> int:
        """Tokens, ours included."""
        return len(self._texts)

    @property
    def chars(self) -> int:
        """Characters, ours included."""
        return self._ends[-1] if self._ends else 0

    @property
    def inserted(self) -> int:
        """Tokens of ours."""
        return sum(self._ours.values())

    @property
    def ends_ours(self) -> bool:
        """Whether nothing of the model's follows the last text of ours."""
        return len(self._texts) - 1 in self._ours

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._texts)

    def add(self, text: str) -> None:
        """One more token of the model's; "" while a character is incomplete."""
        self._texts.append(text)
        self._ends.append((self._ends[-1] if self._ends else 0) + len(text))

    def insert(self, text: str, tokens: int) -> None:
        """A text of ours, which the engine counts as that many tokens."""
        for _ in range(tokens - 1):
            self.add("")
        self.add(text)
        self._ours[len(self._texts) - 1] = tokens

    def tokens_within(self, chars: int) -> int:
        """How many tokens lie within the first `chars` characters and end with a whole one.

        One more of the model's counts if only blanks of it lie beyond: its sign may end a sentence.
        """
        count = bisect_right(self._ends, chars)
        if count < len(self._ends) and count not in self._ours:
            beyond = self._ends[count] - chars
            if beyond < len(self._texts[count]) and self._texts[count][-beyond:].isspace():
                return count + 1
        while count and not self._texts[count - 1]:
            count -= 1
        return count

    def cut(self, keep: int) -> int:
        """Keep the first `keep` tokens; how many of the model's were dropped."""
        dropped = len(self._texts) - keep
        del self._texts[keep:], self._ends[keep:]
        for place in [place for place in self._ours if place >= keep]:
            dropped -= self._ours.pop(place)
        return dropped

    def stretches(self) -> Iterator[Stretch]:
        """All of it again, in order."""
        ours = {silent for at, count in self._ours.items() for silent in range(at - count + 1, at)}
        for place, text in enumerate(self._texts):
            if place not in ours:
                yield Stretch(text, place in self._ours)
