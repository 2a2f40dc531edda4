"""Text to words, whatever its chunks: the units that the detector compares.

Knows characters and lines. A word is a run of letters, a number, one Han, kana or hangul
character, or one sign; blanks part words and count only in long runs, so that an indent that grows
makes no difference. A number that leads its line (`12.`, `Step 12:`, `第12步`) counts as `#`,
whatever its value: those counters rise in loops as they do in lists.
"""

import re
from sys import intern
from typing import Final, NamedTuple

_EASTERN: Final = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\U00020000-\U0003134f"
_WORD: Final = re.compile(
    rf"\s{{32}}|\n|[{_EASTERN}]|[^\W\d_{_EASTERN}]{{1,16}}|\d{{1,8}}|[^\w\s]|_"
)
_BLANKS: Final = 32
_LEADING: Final = 3
"""How far a line's counter may stand behind its start: a word counts 2, a Han character 1."""
_INSIDE: Final = 9
_LONGEST_FENCE: Final = 4096
"""Words; a fence that is not closed by then was never meant as one."""
_ENDS: Final = frozenset(".!?。！？")


class Place(NamedTuple):
    """What the reader knows of where it stands: all of its state but the text in hand."""

    lead: int = 0
    """How much of the line has come: 0 nothing, up to `_LEADING` a counter may follow."""
    ticks: int = 0
    fenced: int = 0
    """Words inside the code fence so far; 0 outside."""
    table: bool = False
    opening: bool = True
    """Whether the next word begins a line or a sentence."""


class Word(NamedTuple):
    """One word: its text, folded, and its offsets. `masked`: a counter. `protected`: it stands in
    a code fence or a table, where repetition is usual. `opens`: a sentence or a line begins here.
    """

    text: str
    start: int
    end: int
    place: Place
    """Where the reader stood after it."""
    masked: bool = False
    protected: bool = False
    opens: bool = False


START: Final = Place()
_INLINE: Final = Place(lead=_INSIDE, ticks=_INSIDE, opening=False)
"""Where most words stand."""
_PLACES: Final[dict[tuple[int, int, int, bool, bool], Place]] = {_INLINE: _INLINE}


class Reader:
    """Feed it text; it gives the words that no more text can change."""

    def __init__(self, offset: int = 0, place: Place = START) -> None:
        """`offset`: of the text's first character; `place`: what stands before it."""
        self._offset = offset
        self._place = place
        self._pending = ""

    def feed(self, text: str) -> list[Word]:
        """The words that are certain by now; what may yet grow is held back."""
        self._pending = pending = self._pending + text
        size = len(pending)
        settled = len(pending.rstrip())
        if size - settled >= _BLANKS:
            settled += (size - settled) // _BLANKS * _BLANKS
        words: list[Word] = []
        done, base, place = 0, self._offset, self._place
        for match in _WORD.finditer(pending, 0, settled):
            start, end = match.span()
            if end == size:
                break  # it may go on
            done, piece = end, match[0]
            if piece == "\n":
                place = Place(fenced=place.fenced)
                continue
            if place is _INLINE and piece not in _ENDS:
                word = Word(intern(piece.lower()), base + start, base + end, place)
            else:
                word = _read(piece, base + start, place)
                place = word.place
            words.append(word)
        if done:
            self._pending, self._offset, self._place = pending[done:], base + done, place
        return words

    def flush(self) -> list[Word]:
        """The last word, which nothing follows."""
        piece = self._pending.strip()
        if not piece:
            return []
        words = self.feed(" ")
        self._pending = ""
        return words


def _place(state: tuple[int, int, int, bool, bool]) -> Place:
    """One record for all words where the reader stands alike; there are a few hundred, but for
    those in fences, whose words are counted.
    """
    place = _PLACES.get(state)
    if place is None:
        place = Place(*state)
        if not place.fenced:
            _PLACES[state] = place
    return place


def _read(piece: str, start: int, place: Place) -> Word:
    """One word where it matters what stands before it."""
    lead, ticks, fenced, table, opening = place
    masked = False
    first = piece[0]
    if first.isalpha():
        lead += 1 if len(piece) == 1 and first > "\u3000" else 2
        ticks = _INSIDE
    elif first.isdigit():
        masked = lead <= _LEADING and not table and not fenced
        lead = ticks = _INSIDE
    elif first.isspace():
        if "\n" in piece:
            lead, ticks, table = 0, 0, False
    elif not lead and not ticks and first == "|":
        table = True
    elif not lead and first == "`" and ticks < _INSIDE:
        ticks += 1
        if ticks == 3:  # noqa: PLR2004 - three make a fence
            fenced = 0 if fenced else 1
    if fenced:
        fenced = fenced + 1 if fenced < _LONGEST_FENCE else 0
    after = _place((lead if lead <= _LEADING else _INSIDE, ticks, fenced, table, piece in _ENDS))
    text = "#" if masked else intern(piece.lower())
    return Word(text, start, start + len(piece), after, masked, fenced > 0 or table, opening)
