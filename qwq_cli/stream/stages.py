"""The stages that a generation's text runs through, in one: text to events.

Knows guards, the splitter and the language watch, and counts what they gave out. Does not know
engines, nor what is done about what they found.
"""

from collections.abc import Callable, Sequence

from qwq_cli.events import Answer, Thinking
from qwq_cli.request import ThinkingStyle
from qwq_cli.stream.guard import Guard, Verdict
from qwq_cli.stream.language import Wanted
from qwq_cli.stream.splitter import Piece, Splitter, make_splitter
from qwq_cli.stream.watch import LanguageWatch, Turn


class Stages:
    """Fed a text token by token, and texts of ours between; has no undo.

    Thinking and answer are watched apart, for loops as for languages: an answer may well say
    again what was thought.
    """

    def __init__(
        self,
        style: ThinkingStyle,
        *,
        opens_thinking: bool | None,
        guards: Sequence[Guard],
        language: Wanted | None,
    ) -> None:
        """`language`: the one that is expected; None looks for no other."""
        self._style = style
        self._new: Callable[[], Stages] = lambda: Stages(
            style,
            opens_thinking=opens_thinking,
            guards=guards,
            language=language and language._replace(sure=self.insists),
        )
        self._guards = [guard.fresh() for guard in guards]
        self._guarded_from = 0
        """Where the guards began to watch, in characters."""
        self.splitter: Splitter = make_splitter(style, opens_thinking=opens_thinking)
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
        return self._new()

    def watch(self, text: str) -> Verdict | None:
        """Ask each guard; all of them see every text, before it is fed."""
        found = None
        for guard in self._guards:
            found = guard.watch(text) or found
        if found is None or not self._guarded_from:
            return found
        base = self._guarded_from
        return Verdict(
            found.kind,
            base + found.start,
            base + found.repeat_at,
            base + found.detected_at,
            found.sure,
        )

    def rearm(self, at: int) -> None:
        """Fresh guards, for the text that comes after the character `at`."""
        self._guards = [guard.fresh() for guard in self._guards]
        self._guarded_from = at

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
        self.splitter = make_splitter(self._style, opens_thinking=opens_thinking)
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
        if self._watch is not None:
            self.turns += self._watch.flush()
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
            self.rearm(self.answer_at)
            self.watch("".join(self.answer))
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
        if self._watch is not None:
            self.turns += self._watch.flush()
            self._watch = LanguageWatch(self._language, self._given, at_once=self.insists)

    def _look(self, text: str, *, ours: bool) -> None:
        if ours:
            self._pass_over(text)
        elif self._watch is not None:
            self.turns += self._watch.feed(text)

    def _pass_over(self, text: str) -> None:
        """Markers and texts of ours are in no language, but count."""
        if self._watch is not None:
            self.turns += self._watch.skip(len(text))
