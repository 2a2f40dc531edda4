"""The stages that a generation's text runs through, in one: text to events.

Knows guards, the splitter and the language watch, and counts what they gave out. Does not know
engines, nor what is done about what they found.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, TypeAlias, TypeVar

from qwq_cli.events import Answer, Thinking
from qwq_cli.request import ThinkingStyle
from qwq_cli.stream.guard import Guard, Guards, Verdict
from qwq_cli.stream.language import Wanted
from qwq_cli.stream.loops.cycles import CycleDetector
from qwq_cli.stream.reasoning_signs import loops_in_reasoning, shows_reasoning
from qwq_cli.stream.splitter import Piece, Splitter, make_splitter
from qwq_cli.stream.watch import LanguageWatch, Turn

_Reply = TypeVar("_Reply")
Place: TypeAlias = Literal["thinking", "answer", "unknown"]
"""unknown: text that a missing mark may yet turn out to be either."""


@dataclass(slots=True)
class _Watched:
    """A guard, and where in the text it began to watch. One that fails is told of in `faults` and
    asked no more: that is no fault of the text.
    """

    guard: Guard | None
    faults: list[str]
    since: int = 0
    until: int = -1
    """Up to where it watched; if it missed some text, a fresh one watches from there on."""

    def watch(self, text: str, at: int) -> Verdict | None:
        """The guard's verdict on a text at this offset, in offsets of the whole text."""
        if at != self.until:
            self.renew(at)
        self.until = at + len(text)
        found = self._ask(lambda guard: guard.watch(text))
        if found is None or not self.since:
            return found
        return replace(
            found,
            start=self.since + found.start,
            repeat_at=self.since + found.repeat_at,
            detected_at=self.since + found.detected_at,
        )

    def expect(self, found: Verdict) -> None:
        """Tell a guard that knows what to do with it that this loop was rewound."""
        start, repeat_at = found.start - self.since, found.repeat_at - self.since
        self._ask(
            lambda guard: (
                guard.expect(start, repeat_at) if isinstance(guard, CycleDetector) else None
            )
        )

    def renew(self, at: int) -> None:
        """A fresh guard, for the text from this offset on."""
        self.guard = self._ask(lambda guard: guard.fresh())
        self.since = self.until = at

    def _ask(self, question: Callable[[Guard], _Reply]) -> _Reply | None:
        if self.guard is None:
            return None
        try:
            return question(self.guard)
        except Exception as error:  # noqa: BLE001 - a guard's fault is no fault of the text
            self.faults.append(_fault(self.guard, error))
            self.guard = None
            return None


class Stages:
    """Fed a text token by token, and texts of ours between; has no undo.

    Thinking and answer are watched apart, for loops as for languages: an answer may well say
    again what was thought. The guards watch the thinking. An answer may be what a user needs as it
    is, so only exact repetition counts in it, and in text whose place is unknown unless it shows
    reasoning.
    """

    def __init__(
        self,
        style: ThinkingStyle,
        *,
        opens_thinking: bool | None,
        guards: Guards,
        language: Wanted | None,
        reasons_first: bool = False,
    ) -> None:
        """`language`: the one that is expected; None looks for no other. `reasons_first`: as in
        `ModelFacts`.
        """
        self._style = style
        self._new = partial(
            Stages,
            style,
            opens_thinking=opens_thinking,
            guards=guards,
            language=language,
            reasons_first=reasons_first,
        )
        self.faults: list[str] = []
        """Which guards failed, and why; to be taken out by who reads it."""
        self._of_thinking = [_Watched(guard, self.faults) for guard in guards.thinking]
        self._of_answer = [_Watched(guard, self.faults) for guard in guards.answer or ()]
        self._reasons_first = reasons_first
        self._texts: list[str] = []
        """The text so far, as long as its place may be unknown."""
        self.splitter: Splitter = self._make_splitter(opens_thinking=opens_thinking)
        self.insists = language is not None and language.sure
        """Whether a switch in the answer is to be told at once, and not behind its block."""
        self._language = None if language is None else language.language
        self._watch = None if language is None else LanguageWatch(self._language)
        self.turns: list[Turn] = []
        """What the language watch found; to be taken out by who reads it."""
        self._fed = 0
        """Characters, those of markers included."""
        self._given = 0
        """Of these, those that came out again."""
        self._ours_end = 0
        """Where the last text of ours ends, and, below, where it begins."""
        self._ours_at = 0
        self.thinking_chars = 0
        self.answer_chars = 0
        self.thinking_tokens = 0
        self.answer_tokens = 0
        self.pending = 0
        """Tokens whose text was not given out yet."""
        self.answer_at: int | None = None
        """Where the answer begins, in characters; None in the thinking."""
        self.answer: list[str] = []

    def fresh(self) -> "Stages":
        """The same stages, with nothing seen."""
        stages = self._new()
        stages.insists = self.insists
        stages.faults += self.faults
        return stages

    def _make_splitter(self, *, opens_thinking: bool | None) -> Splitter:
        reasons = self._reasons_first
        return make_splitter(self._style, opens_thinking=opens_thinking, reasons_first=reasons)

    @property
    def place(self) -> Place:
        """What the next text is."""
        if not self.splitter.thinking:
            return "answer"
        known = self.splitter.sure and (self._style != "headings" or self._reasons_first)
        return "thinking" if known else "unknown"

    @property
    def reasons(self) -> bool:
        """Whether the text so far is thinking: known to be, or showing it."""
        place = self.place
        return place == "thinking" or (place == "unknown" and shows_reasoning(self._text))

    @property
    def _text(self) -> str:
        self._texts = ["".join(self._texts)]
        return self._texts[0]

    def watch(self, text: str) -> tuple[Verdict, Place] | None:
        """What the guards of the text's place find in it, before it is fed."""
        place = self.place
        if place == "unknown":
            self._texts.append(text)
        at = self._fed
        certain = _ask(self._of_answer, text, at) if place != "thinking" else None
        found = _ask(self._of_thinking, text, at) if place != "answer" else None
        if place == "unknown" and found is not None:
            if loops_in_reasoning(self._text, found.start):
                return found, "thinking"
            for each in self._of_thinking:
                each.renew(at + len(text))
            found = None
        found = found or certain
        return None if found is None else (found, place)

    def rearm(self, at: int) -> None:
        """Fresh guards, for the text that comes after the character `at`."""
        for each in (*self._of_thinking, *self._of_answer):
            each.renew(at)

    def expect(self, found: Verdict) -> None:
        """The text was rewound to the second copy of this loop, which the model may write again."""
        for each in self._of_answer:
            each.expect(found)

    def feed(self, text: str) -> list[Thinking | Answer]:
        """The events of one more token's text."""
        self.pending += 1
        self._fed += len(text)
        return self._events(self.splitter.feed(text)) if text else []

    def put_in(self, text: str) -> list[Thinking | Answer]:
        """The events of a text of ours, of which no token is counted here."""
        if self.watch(text) is not None:
            self.rearm(self._fed + len(text))
        self._ours_at = self._fed
        self._fed = self._ours_end = self._fed + len(text)
        return self._events(self.splitter.feed(text))

    def begin_anew(self, text: str, *, opens_thinking: bool | None) -> list[Thinking | Answer]:
        """The same for a text of ours behind which the model begins another one of its own, maybe
        with a thought of its own, in which it may say again what it thought before.
        """
        events = self.put_in(text) + self._events(self.splitter.flush(stopped=False))
        self.splitter = self._make_splitter(opens_thinking=opens_thinking)
        self.rearm(self._fed)
        return events

    def replay(self, text: str, *, ours: bool) -> None:
        """What was fed before; its events were told, and its loops dealt with."""
        if ours:
            self.put_in(text)
        else:
            if text and self.watch(text) is not None:
                self.rearm(self._fed + len(text))
            self.feed(text)

    def flush(self, *, stopped: bool) -> list[Thinking | Answer]:
        """The events of what was held back."""
        events = self._events(self.splitter.flush(stopped=stopped))
        if self.splitter.thinking:
            self.thinking_tokens += self.pending
        else:
            self.answer_tokens += self.pending
        self.pending = 0
        self._switches(LanguageWatch.flush)
        return events

    def _events(self, pieces: list[Piece]) -> list[Thinking | Answer]:
        events: list[Thinking | Answer] = []
        began = self.answer_at is not None
        for kind, text in pieces:
            if kind == "again":
                events.append(Answer(text, again=True, tokens=0))
                self.answer.append(text)
                continue
            if kind == "marker":
                self._pass_over(text)
            else:
                for part, ours in self._parted(text):
                    events.append(self._event(part, ours=ours, thinking=kind == "thinking"))
            self._given += len(text)
        if self.answer_at is not None and not began:
            self._texts.clear()
            self.rearm(self.answer_at)
            _ask(self._of_answer, "".join(self.answer), self.answer_at)
        return events

    def _parted(self, text: str) -> list[tuple[str, bool]]:
        """A piece in parts that are all the model's or all ours."""
        if self._given >= self._ours_end:
            return [(text, False)]
        begin, end = self._ours_at - self._given, self._ours_end - self._given
        cuts = (text[: max(begin, 0)], text[max(begin, 0) : end], text[end:])
        return [(part, place == 1) for place, part in enumerate(cuts) if part]

    def _event(self, text: str, *, ours: bool, thinking: bool) -> Thinking | Answer:
        tokens = 0 if ours else self.pending
        self.pending -= tokens
        if thinking:
            self._look(text, ours=ours)
            self.thinking_chars += len(text)
            self.thinking_tokens += tokens
            return Thinking(text, tokens, ours=ours)
        if self.answer_at is None:
            self.answer_at = self._given
            self._watch_answer()
        self._look(text, ours=ours)
        self.answer_chars += len(text)
        self.answer_tokens += tokens
        self.answer.append(text)
        return Answer(text, tokens=tokens, ours=ours)

    def _watch_answer(self) -> None:
        self._switches(LanguageWatch.flush)
        if self._watch is not None:
            self._watch = LanguageWatch(self._language, self._given, at_once=self.insists)

    def _look(self, text: str, *, ours: bool) -> None:
        if ours:
            self._pass_over(text)
        else:
            self._switches(lambda watch: watch.feed(text))

    def _pass_over(self, text: str) -> None:
        """Markers and texts of ours are in no language, but count."""
        self._switches(lambda watch: watch.skip(len(text)))

    def _switches(self, look: Callable[[LanguageWatch], list[Turn]]) -> None:
        """What the language watch finds; one that fails watches no more."""
        if self._watch is None:
            return
        try:
            self.turns += look(self._watch)
        except Exception as error:  # noqa: BLE001 - no fault of the text
            self.faults.append(_fault(self._watch, error))
            self._watch = None


def _ask(guards: list[_Watched], text: str, at: int) -> Verdict | None:
    """What the last of the guards that finds anything finds; all of them see the text."""
    found = None
    for each in guards:
        found = each.watch(text, at) or found
    return found


def _fault(guard: object, error: Exception) -> str:
    return f"{type(guard).__name__}: {type(error).__name__}: {error}"
