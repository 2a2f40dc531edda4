"""The last words that went by, and where each run of six of them stood before.

Knows words, counts and indices. Memory is bounded: what is more than `REACH` words back is as if
it had never been, at once, whenever the room is really freed.
"""

from typing import Final, TypeAlias

from qwq_cli.stream.loops.reading import Word

REACH: Final = 8_192
"""Words; about as many tokens. No repetition is looked for further back."""
GRAM: Final = 6
"""Words in a row that count as a repetition when they stood before."""


Seen: TypeAlias = tuple[int, bool, bool]
"""What was known when a word came: where the run of `GRAM` words that it ends stood last (-1
nowhere), whether it had stood twice, and whether the word itself is new."""


class Memory:
    """Words by index, counted from the first one of the text."""

    def __init__(self) -> None:
        self.words: list[Word] = []
        self.base = 0
        """The index of the first word that is still held."""
        self._grams: dict[int, int] = {}
        """Hash of a run -> 2 * index of its last end + whether it stood before that."""
        self._last: dict[str, int] = {}
        self._recent: tuple[str, ...] = ()
        self._undo: list[tuple[int, int | None, int | None]] = []
        """For each held word: the hash, and what both tables said before."""

    @property
    def size(self) -> int:
        """How many words went by."""
        return self.base + len(self.words)

    def add(self, word: Word) -> Seen:
        """Take one word in."""
        words = self.words
        index = self.base + len(words)
        oldest = index - REACH
        words.append(word)
        text = word.text
        last = self._last.get(text)
        self._last[text] = index
        new = last is None or last < oldest
        run = (*self._recent, text)
        if len(run) < GRAM:
            self._recent = run
            self._undo.append((0, None, last))
            return -1, False, new
        self._recent = run[1:]
        gram = hash(run)
        entry = self._grams.get(gram)
        self._undo.append((gram, entry, last))
        if len(words) > 3 * REACH:
            self._forget()
        if entry is None or entry >> 1 < oldest:
            self._grams[gram] = 2 * index
            return -1, False, new
        self._grams[gram] = 2 * index + 1
        return entry >> 1, entry & 1 == 1, new

    def knows(self, run: tuple[str, ...]) -> bool:
        """Whether this run of `GRAM` words is held."""
        return hash(run) in self._grams

    def rewind(self, size: int) -> None:
        """Forget all words but the first `size`, which must not be fewer than `base`."""
        while self.size > size:
            text = self.words.pop().text
            gram, entry, last = self._undo.pop()
            if entry is not None:
                self._grams[gram] = entry
            elif gram:
                self._grams.pop(gram, None)
            if last is not None:
                self._last[text] = last
            else:
                del self._last[text]
        self._recent = tuple(word.text for word in self.words[1 - GRAM :])

    def __getitem__(self, index: int) -> Word:
        """The word of that index, or the oldest one held if that is gone."""
        return self.words[max(0, index - self.base)]

    def stood(self, index: int) -> int:
        """Where the run that ends with this word had stood before; -1 nowhere."""
        entry = self._undo[index - self.base][1] if index >= self.base else None
        return -1 if entry is None else entry >> 1

    def match_back(self, index: int, period: int, limit: int) -> int:
        """How many words, up to `index` and with it, equal those `period` before; at most
        `limit`.
        """
        words, place = self.words, index - self.base
        limit = min(limit, place - period + 1)
        count = 0
        while count < limit and words[place - count].text == words[place - count - period].text:
            count += 1
        return count

    def _forget(self) -> None:
        cut = len(self.words) - 2 * REACH
        del self.words[:cut], self._undo[:cut]
        self.base += cut
        self._grams = {
            gram: entry for gram, entry in self._grams.items() if entry >> 1 >= self.base
        }
        self._last = {text: last for text, last in self._last.items() if last >= self.base}
