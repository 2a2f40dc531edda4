"""The last words that went by, and where each run of six of them stood before.

Knows words, counts and indices. Memory is bounded: what is more than `REACH` words back is as if
it had never been, at once, whenever the room is really freed.

Words are held in rings: the place of a word is its index modulo their size. One that comes takes
the room of one that goes, so Python's memory neither grows nor has to be searched for garbage.
"""

from bisect import bisect_left
from typing import Final, TypeAlias

from qwq_cli.stream.loops.reading import Word

REACH: Final = 8_192
"""Words; about as many tokens. No repetition is looked for further back."""
HELD: Final = 2 * REACH
"""Words: what goes round now may have begun that far back, and its first copy as far before."""
RING: Final = HELD - 1
"""What an index is masked with for its place."""
GRAM: Final = 6
"""Words in a row that count as a repetition when they stood before."""


Seen: TypeAlias = tuple[int, bool, bool]
"""What was known when a word came: where the run of `GRAM` words that it ends stood last (-1
nowhere), whether it had stood twice, and whether the word itself is new."""


class Memory:
    """Words by index, counted from the first one of the text."""

    def __init__(self) -> None:
        self.size = 0
        """How many words went by."""
        self.base = 0
        """The index of the first word that is still held."""
        self._grams: dict[int, int] = {}
        """Hash of a run -> the index of its last end."""
        self._twice: set[int] = set()
        """Those that stood before that, too."""
        self._last: dict[str, int] = {}
        self._recent: tuple[str, ...] = ()
        self._words: list[Word] = []
        self._hashes: list[int] = []
        """For each held word: the hash of the run that it ends."""
        self._entries: list[int | None] = []
        """What was known of that: 2 * the index of its last end + whether it stood before."""
        self._lasts: list[int | None] = []
        """What `_last` had said of the word."""

    def add(self, word: Word) -> Seen:
        """Take one word in."""
        index = self.size
        if index - self.base == HELD:
            self._forget()
        self.size = index + 1
        oldest = index - REACH
        text = word.text
        last = self._last.get(text)
        self._last[text] = index
        run = (*self._recent, text)
        gram, entry = 0, None
        if len(run) == GRAM:
            self._recent = run[1:]
            gram = hash(run)
            before = self._grams.get(gram)
            self._grams[gram] = index
            if before is not None:
                entry = 2 * before + (gram in self._twice)
        else:
            self._recent = run
        place = index & RING
        if place == len(self._words):
            self._words.append(word)
            self._hashes.append(gram)
            self._entries.append(entry)
            self._lasts.append(last)
        else:
            self._words[place] = word
            self._hashes[place] = gram
            self._entries[place] = entry
            self._lasts[place] = last
        new = last is None or last < oldest
        if entry is None:
            return -1, False, new
        if entry >> 1 < oldest:
            self._twice.discard(gram)
            return -1, False, new
        self._twice.add(gram)
        return entry >> 1, entry & 1 == 1, new

    def knows(self, run: tuple[str, ...]) -> bool:
        """Whether this run of `GRAM` words is held."""
        return hash(run) in self._grams

    def rewind(self, size: int) -> None:
        """Forget all words but the first `size`, which must not be fewer than `base`."""
        for index in range(self.size - 1, size - 1, -1):
            place = index & RING
            text, gram = self._words[place].text, self._hashes[place]
            entry, last = self._entries[place], self._lasts[place]
            self._twice.discard(gram)
            if entry is not None and entry >> 1 >= self.base:
                self._grams[gram] = entry >> 1
                if entry & 1:
                    self._twice.add(gram)
            else:
                self._grams.pop(gram, None)
            if last is not None and last >= self.base:
                self._last[text] = last
            else:
                del self._last[text]
        self.size = size
        self._recent = self.tail()

    def __getitem__(self, index: int) -> Word:
        """The word of that index, or the oldest one held if that is gone."""
        return self._words[max(self.base, index) & RING]

    def tail(self) -> tuple[str, ...]:
        """The texts of the last words, one less than make a run."""
        first = max(self.base, self.size - GRAM + 1)
        return tuple(self[index].text for index in range(first, self.size))

    def starting(self, offset: int) -> int:
        """The index of the first word that starts at this character or behind it."""
        held = range(self.base, self.size)
        return self.base + bisect_left(held, offset, key=lambda index: self[index].start)

    def stood(self, index: int) -> int:
        """Where the run that ends with this word had stood before; -1 nowhere."""
        entry = self._entries[index & RING] if index >= self.base else None
        return -1 if entry is None else entry >> 1

    def match_back(self, index: int, period: int, limit: int) -> int:
        """How many words, up to `index` and with it, equal those `period` before; at most
        `limit`.
        """
        words = self._words
        last = max(index - limit, self.base + period - 1)
        at = index
        while at > last and words[at & RING].text == words[(at - period) & RING].text:
            at -= 1
        return index - at

    def _forget(self) -> None:
        """The oldest word, and what the tables say of it, where that is the last they know."""
        index = self.base
        place = index & RING
        gram, text = self._hashes[place], self._words[place].text
        if self._grams.get(gram) == index:
            del self._grams[gram]
            self._twice.discard(gram)
        if self._last[text] == index:
            del self._last[text]
        self.base = index + 1
