"""Thinking apart from answer, in a stream of text, whatever its chunks.

Knows how models mark where their answer begins. Does not know tokens, engines or events.
Every splitter has `feed` and `flush`; the pieces that they return, joined (but for those of kind
`again`), are the text that was fed: nothing is lost, and markers are pieces of their own.
"""

from typing import Literal, NamedTuple, Protocol, TypeAlias

from qwq_cli.request import ThinkingStyle
from qwq_cli.stream.final import closing_part, last_box
from qwq_cli.stream.headings import heading_end, may_become_heading
from qwq_cli.stream.reasoning_signs import shows_reasoning

Kind: TypeAlias = Literal["thinking", "answer", "marker", "again"]
"""marker: a tag or a heading, with the blanks behind it. again: an answer that was given as
thinking before, because nothing marked it."""


class Piece(NamedTuple):
    """A stretch of text and what it is."""

    kind: Kind
    text: str


class Splitter(Protocol):
    """Fed a text in any chunks; `flush` ends it."""

    @property
    def thinking(self) -> bool:
        """Whether what comes next is thinking, as far as one can tell."""
        ...

    @property
    def sure(self) -> bool:
        """Whether there is thinking at all; else what counts as it may turn out to be answer."""
        ...

    @property
    def headed(self) -> bool:
        """Whether the answer began under a heading."""
        ...

    def feed(self, text: str) -> list[Piece]:
        """What is certain by now; a marker half written is held back."""
        ...

    def flush(self, *, stopped: bool) -> list[Piece]:
        """The rest. `stopped`: the model ended by itself, so its thought is whole."""
        ...


def make_splitter(
    style: ThinkingStyle, *, opens_thinking: bool | None = None, reasons_first: bool = False
) -> Splitter:
    """The splitter for a style; `auto` counts as `none`.

    `opens_thinking`: for tags, whether the prompt ended inside the thinking (None: it does not
    say, so a first tag may be missing). `reasons_first`: for headings, whether what stands before
    one is always thinking.
    """
    if style == "headings":
        return HeadingSplitter(reasons_first=reasons_first)
    if style == "tags":
        return TagSplitter(opens_thinking=opens_thinking)
    return PlainSplitter()


def blank_lead(text: str) -> int:
    """How many characters of blank lines a text begins with, one blank before its first word
    included. A longer indent belongs to its first line.
    """
    blanks = len(text) - len(text.lstrip())
    lines = text.rfind("\n", 0, blanks) + 1
    return blanks if blanks - lines <= 1 else lines


def _whole(text: str) -> str:
    """A text without blank lines around it."""
    return text[blank_lead(text) :].rstrip()


class PlainSplitter:
    """No thinking apart: all is answer."""

    thinking = False
    sure = True
    headed = False

    def feed(self, text: str) -> list[Piece]:
        return [Piece("answer", text)] if text else []

    def flush(self, *, stopped: bool) -> list[Piece]:  # noqa: ARG002 - the protocol's
        return []


class _Holder:
    """What both marking splitters do: hold text back, and give it out as one kind or another."""

    def __init__(self, *, thinking: bool) -> None:
        self.thinking = thinking
        self.sure = True
        self.headed = False
        self._begun = False
        """Whether a word of what this state holds has come, after tags and blanks."""
        self._held = ""
        self._thought: list[str] = []

    def _give(self, pieces: list[Piece], count: int) -> None:
        text, self._held = self._held[:count], self._held[count:]
        if text:
            pieces.append(Piece("thinking" if self.thinking else "answer", text))
            if self.thinking:
                self._thought.append(text)

    def _mark(self, pieces: list[Piece], count: int) -> None:
        text, self._held = self._held[:count], self._held[count:]
        if text:
            pieces.append(Piece("marker", text))


class TagSplitter(_Holder):
    """`<think>...</think>`: the first tag given by the prompt, written, doubled or missing.

    Where the prompt does not say and the model writes no first tag, its text counts as thinking
    until a closing tag comes; if none comes, all of it was the answer.
    """

    def __init__(self, *, opens_thinking: bool | None) -> None:
        super().__init__(thinking=opens_thinking is not False)
        self.sure = opens_thinking is True
        self._closed = False

    def feed(self, text: str) -> list[Piece]:
        # Nearly every chunk of a long thought or answer ends here.
        if self._begun and not self._held:
            if not self.thinking:
                return [Piece("answer", text)] if text else []
            if "<" not in text:
                self._thought.append(text)
                return [Piece("thinking", text)] if text else []
        self._held += text
        pieces: list[Piece] = []
        while self._step(pieces):
            pass
        return pieces

    def flush(self, *, stopped: bool) -> list[Piece]:
        pieces: list[Piece] = []
        if not self._begun and self._held.isspace():
            self._mark(pieces, len(self._held))
        self._begun = self._begun or bool(self._held)
        self._give(pieces, len(self._held))
        if stopped and (self.thinking or not self._begun):
            thought = "".join(self._thought)
            answer = closing_part(thought) if self.sure else _whole(thought)
            if answer:
                pieces.append(Piece("again", answer))
        return pieces

    def _step(self, pieces: list[Piece]) -> bool:
        """Settle the beginning of what is held; False when more text is needed."""
        if self._begun and not self.thinking:
            self._give(pieces, len(self._held))
            return False
        if not self._begun:
            return self._begin(pieces)
        at = self._held.find(_CLOSE)
        if at < 0:
            self._give(pieces, len(self._held) - _overlap(self._held, _CLOSE))
            return False
        self._give(pieces, at)
        self._mark(pieces, len(_CLOSE))
        self.thinking = self._begun = False
        self.sure = self._closed = True
        return True

    def _begin(self, pieces: list[Piece]) -> bool:
        """Blanks and tags before the first word: an opening tag starts (or only doubles) the
        thinking, a closing one ends it (or only doubles the end).
        """
        blanks = len(self._held) - len(self._held.lstrip())
        rest = self._held[blanks:]
        for tag in (_OPEN, _CLOSE):
            if rest.startswith(tag):
                self._mark(pieces, blanks + len(tag))
                self.thinking = tag == _OPEN and (self.thinking or not self._closed)
                self.sure = self.sure or tag == _OPEN
                self._closed = self._closed or tag == _CLOSE
                return True
        if not rest or _OPEN.startswith(rest) or _CLOSE.startswith(rest):
            return False
        self._mark(pieces, blank_lead(self._held))
        self._begun = True
        return True


_OPEN, _CLOSE = "<think>", "</think>"


def _overlap(text: str, marker: str) -> int:
    """How many characters at the end of `text` may begin `marker`."""
    for count in range(min(len(marker) - 1, len(text)), 0, -1):
        if text.endswith(marker[:count]):
            return count
    return 0


class HeadingSplitter(_Holder):
    """The answer begins at the first final-answer heading. Without one the thinking stays
    thinking, because nobody can know in a stream which box is the last. In the end a text that
    shows no reasoning was the answer; of a thought its end serves as the answer, a second time.
    """

    def __init__(self, *, reasons_first: bool = False) -> None:
        """`reasons_first`: the text is thinking, whatever it shows."""
        super().__init__(thinking=True)
        self._reasons_first = reasons_first
        self._at_line_start = True
        self._examined = 0
        """How many characters of the held line were found to be no heading yet."""

    def feed(self, text: str) -> list[Piece]:
        # Nearly every chunk ends here: in the answer, or in the middle of a line of thought.
        if self._begun:
            return [Piece("answer", text)] if text else []
        if not self._at_line_start and "\n" not in text:
            self._thought.append(text)
            return [Piece("thinking", text)] if text else []
        self._held += text
        pieces: list[Piece] = []
        while self._held and self._step(pieces):
            pass
        return pieces

    def flush(self, *, stopped: bool) -> list[Piece]:
        pieces: list[Piece] = []
        if self.thinking and heading_end(self._held, ended=True):
            self._turn(pieces, len(self._held))
        if not self._held.strip() and not self.thinking and not self._begun:
            self._mark(pieces, len(self._held))
        self._give(pieces, len(self._held))
        if stopped and not self._begun:
            thought = "".join(self._thought)
            reasons = self._reasons_first or last_box(thought) or shows_reasoning(thought)
            answer = closing_part(thought) if reasons else _whole(thought)
            if answer:
                pieces.append(Piece("again", answer))
        return pieces

    def _step(self, pieces: list[Piece]) -> bool:
        """Settle the beginning of what is held; False when more text is needed."""
        if not self.thinking:
            self._begun = bool(self._held.strip())
            if self._begun:
                self._mark(pieces, blank_lead(self._held))
                self._give(pieces, len(self._held))
            return False
        line, newline, _ = self._held.partition("\n")
        if self._at_line_start:
            return self._settle_line(pieces, line, ended=bool(newline))
        self._give(pieces, len(line) + len(newline))
        self._at_line_start = bool(newline)
        return True

    def _settle_line(self, pieces: list[Piece], line: str, *, ended: bool) -> bool:
        """Is it a heading? Each longer beginning of the line is asked, and the first that can
        tell decides, so that the answer is the same whatever the chunks.
        """
        for count in range(self._examined + 1, len(line) + 1):
            end = heading_end(line[:count], ended=False)
            if end:
                self._turn(pieces, end)
                return True
            if not may_become_heading(line[:count]):
                self._at_line_start = False
                self._examined = 0
                return True
        self._examined = len(line)
        if not ended:
            return False
        self._examined = 0
        if heading_end(line, ended=True):
            self._turn(pieces, len(line))
        else:
            self._at_line_start = False
        return True

    def _turn(self, pieces: list[Piece], count: int) -> None:
        """The first `count` characters held are the heading: from here on it is answer."""
        self._mark(pieces, count)
        self.thinking = False
        self.headed = True
