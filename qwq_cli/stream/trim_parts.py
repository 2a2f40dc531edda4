"""A text without its loops, part by part: reasoning by the detector's rules, an answer by its own.

Knows marks of reasoning, characters and offsets. Does not know where a text comes from.

Of an answer whole copies are removed, and only where repetition is certain, so that every other
character stays. The detector reads what is kept, so trimming the result again changes nothing.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain
from typing import Final, Literal, Protocol, TypeAlias

from qwq_cli.request import ThinkingStyle
from qwq_cli.stream.guard import Verdict
from qwq_cli.stream.headings import LONGEST, heading_end
from qwq_cli.stream.loops.cycles import CycleDetector
from qwq_cli.stream.loops.detector import Sensitivity
from qwq_cli.stream.loops.runs import BLOCK, HELD, fences_odd
from qwq_cli.stream.reasoning_signs import shows_reasoning
from qwq_cli.stream.splitter import Kind, Splitter, make_splitter
from qwq_cli.stream.trim import Found, Trimmer
from qwq_cli.thinking_tags import TagFinder

Part: TypeAlias = Literal["answer", "thinking"]
_AT_ONCE: Final = 1 << 16
_SHOWN: Final = 8_000
"""Characters at either end of a text that show whether it is reasoning."""


class AnyTrimmer(Protocol):
    """Feed it a text in any chunks and flush it: what it returns is the text less its loops."""

    loops: list[Found]

    def feed(self, text: str) -> str:
        """More text; returns what is certainly kept."""
        ...

    def flush(self) -> str:
        """The end of the text; returns the rest of what is kept."""
        ...


def make_trimmer(
    part: Part | None, style: ThinkingStyle = "none", sensitivity: Sensitivity = "normal"
) -> AnyTrimmer:
    """The trimmer for a text that is all of one part, or None for one whose marks tell its parts.

    `style`: how the text marks them; `none`: all is answer. `sensitivity`: in the thinking.
    """
    if part == "thinking":
        return Trimmer(sensitivity)
    if part == "answer" or style == "none":
        return AnswerTrimmer()
    return PartsTrimmer(style, sensitivity)


class AnswerTrimmer:
    """Removes the copies of what repeats exactly, beyond what anybody writes.

    Offsets are those of the result, unless they are said to be of the text that was fed.
    """

    def __init__(self) -> None:
        self.loops: list[Found] = []
        self._detector = CycleDetector()
        self._read_from = 0
        """Where the detector began to read."""
        self._given = 0
        """Where `_held` begins: what is kept, was read, and is not given out yet."""
        self._held = ""
        self._fenced = False
        """Whether it begins in a code fence."""
        self._loop: Verdict | None = None
        """The loop that the text is in, and below, its first copy."""
        self._copy = ""
        self._repeated = 0
        """How many characters follow the first copy like further ones."""
        self._shifts: list[tuple[int, int]] = [(0, 0)]
        """From which offset on the fed text's offsets are larger, and by how much."""

    def feed(self, text: str) -> str:
        """More text; returns what is certainly kept."""
        given = []
        for start in range(0, len(text), _AT_ONCE):
            rest = text[start : start + _AT_ONCE]
            while rest:
                rest = self._read(rest) if self._loop is None else self._follow(rest, self._loop)
            given.append(self._give())
        return "".join(given)

    def flush(self) -> str:
        """The end of the text; returns the rest of what is kept."""
        if self._loop is not None:
            self._note(self._loop, self._repeated)
        given, self._held = self._held, ""
        return given

    def _read(self, text: str) -> str:
        """Read on; returns what stands behind the place where a loop is certain."""
        self._held += text
        found = self._detector.watch(text)
        if found is None:
            return ""
        base = self._read_from
        self._loop = loop = Verdict(
            found.kind, base + found.start, base + found.repeat_at, base + found.detected_at
        )
        start, second, end = (
            offset - self._given for offset in (loop.start, loop.repeat_at, loop.detected_at)
        )
        rest = self._held[end:]
        self._copy, self._repeated = self._held[start:second], end - second
        self._held = self._held[:second]
        return rest

    def _follow(self, text: str, loop: Verdict) -> str:
        """Pass over what repeats the loop; returns what is to be read after it."""
        copy, size = self._copy, len(self._copy)
        turn = self._repeated % size
        expected = ((copy[turn:] + copy[:turn]) * (len(text) // size + 1))[: len(text)]
        if text == expected:
            self._repeated += len(text)
            return ""
        pairs = enumerate(zip(text, expected, strict=True))
        same = next(place for place, (is_, was) in pairs if is_ != was)
        self._repeated += same
        over = self._repeated % size
        self._note(loop, self._repeated - over)
        # The detector is to be as if it had read the result alone.
        again, self._held = self._held + copy[:over] + text[same:], ""
        self._loop, self._detector = None, CycleDetector(fenced=self._fenced)
        self._read_from = self._given
        return again

    def _note(self, loop: Verdict, removed: int) -> None:
        """Keep a record of a loop of which so many characters are removed."""
        second = loop.repeat_at
        known = min(second + removed, loop.detected_at)
        end = self._fed(known) + second + removed - known
        start, repeat_at, seen = map(self._fed, (loop.start, second, loop.detected_at))
        self.loops.append(Found(loop.kind, start, repeat_at, min(seen, end), end, loop.sure))
        before = [shift for shift in self._shifts if shift[0] < second]
        behind = [(at - removed, by + removed) for at, by in self._shifts if at > second + removed]
        self._shifts = [*before, (second, end - second), *behind]

    def _fed(self, offset: int) -> int:
        """An offset of the text that was fed."""
        place = bisect_right(self._shifts, offset, key=lambda shift: shift[0]) - 1
        return offset + self._shifts[place][1]

    def _give(self) -> str:
        """What is kept whatever follows, and what no later state of the detector depends on."""
        if self._loop is not None or len(self._held) < 8 * HELD:
            return ""
        end = self._given + len(self._held) - 4 * HELD
        run_start = self._detector.run_start
        if run_start is not None:
            end = min(end, self._read_from + run_start - 2 * HELD)
        count = max(0, end - self._given) // BLOCK * BLOCK
        given, self._held = self._held[:count], self._held[count:]
        self._given += count
        self._fenced ^= fences_odd(given)
        return given


class PartsTrimmer:
    """A text with marks: each of its parts through a trimmer of its own, the marks as they are."""

    def __init__(self, style: ThinkingStyle, sensitivity: Sensitivity) -> None:
        self.loops: list[Found] = []
        self._sensitivity: Sensitivity = sensitivity
        self._splitter: Splitter = make_splitter(style, reasons_first=True)
        self._fed = 0
        self._part: Kind | None = None
        self._part_at = 0
        self._trimmer: AnyTrimmer | None = None

    def feed(self, text: str) -> str:
        """More text; returns what is certainly kept."""
        return "".join(self._take(kind, piece) for kind, piece in self._splitter.feed(text))

    def flush(self) -> str:
        """The end of the text; returns the rest of what is kept."""
        pieces = self._splitter.flush(stopped=False)
        return "".join(self._take(kind, piece) for kind, piece in pieces) + self._close()

    def _take(self, kind: Kind, text: str) -> str:
        given = ""
        if kind != self._part:
            given, self._part, self._part_at = self._close(), kind, self._fed
            if kind != "marker":
                part: Part = "thinking" if kind == "thinking" else "answer"
                self._trimmer = make_trimmer(part, sensitivity=self._sensitivity)
        self._fed += len(text)
        return given + (text if self._trimmer is None else self._trimmer.feed(text))

    def _close(self) -> str:
        """The rest of the part in hand, its loops in offsets of the whole text."""
        trimmer, self._trimmer = self._trimmer, None
        if trimmer is None:
            return ""
        rest, at = trimmer.flush(), self._part_at
        self.loops += [
            replace(
                loop,
                start=at + loop.start,
                repeat_at=at + loop.repeat_at,
                detected_at=at + loop.detected_at,
                end=at + loop.end,
            )
            for loop in trimmer.loops
        ]
        return rest


def marks_of(chunks: Iterable[str]) -> ThinkingStyle:
    """How a whole text marks its reasoning: by tags, by a final-answer heading behind text that
    shows reasoning, or not at all (`none`).
    """
    before, line = "", ""
    headed, tags = False, TagFinder()
    for chunk in chain(chunks, ("\n",)):
        line += chunk
        *lines, line = line.split("\n")
        for each in lines:
            tags.feed(each)
            headed = headed or (
                heading_end(each[:LONGEST], ended=True) > 0 and shows_reasoning(before)
            )
            before += "" if headed else f"{each}\n"
        if tags.tagged:
            return "tags"
        if len(line) > _AT_ONCE:
            before, line = before + line[:-_SHOWN], line[-_SHOWN:]
        if len(before) > 4 * _SHOWN:
            before = before[:_SHOWN] + before[-_SHOWN:]
    return "headings" if headed else "none"
