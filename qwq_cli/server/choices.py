"""One choice of an answer, out of events: what a client that can only append is sent.

Knows events and stop strings. Does not know the form in which it is sent.

A client adds up what it gets, and nothing can be taken back from it. So the answer is sent a little
behind: text that repeats what stands before it in the answer is held until it goes another way, and
where the repeat is then taken back, it was never sent. Thinking is sent at once, since it is there
to be watched; a line tells where some of it was taken back. What was sent of an answer and is taken
back after all (the first copy, where a loop is left by another way; a sentence in another language)
stays with the client: `unsaid` counts it.
"""

from dataclasses import dataclass
from typing import Final

from qwq_cli.engines.base import Token
from qwq_cli.events import (
    Answer,
    Event,
    Finished,
    Noticed,
    Prefill,
    Rewound,
    Started,
    Steered,
    Thinking,
)
from qwq_cli.server.likely import Placed, Recorder
from qwq_cli.stream.transcript import Transcript

TAKEN_BACK: Final = "\n\n[taken back: it went in circles]\n\n"
_COPY: Final = 40
"""Characters that make a repeat; at least as far behind is the answer sent."""


@dataclass(frozen=True, slots=True)
class Delta:
    """What is to be sent on: texts, or an event to be told as it is. `likely`: the tokens that the
    content is made of, where they are wanted.
    """

    reasoning: str = ""
    content: str = ""
    event: Event | None = None
    likely: tuple[Placed, ...] = ()


class Choice:
    """Feed it every event; it says what to send."""

    def __init__(
        self,
        stops: tuple[str, ...] = (),
        *,
        holds: bool = True,
        recorder: Recorder | None = None,
    ) -> None:
        """`holds`: something may be taken back. `recorder`: has its tokens."""
        self._recorder = recorder
        self.transcript = Transcript()
        self.stopped = False
        """Whether a stop string ended it; nothing that follows counts."""
        self.content = ""
        """The answer as it stands."""
        self.tokens = 0
        """Tokens so far that stand in what was sent or is held."""
        self.prompt_tokens = 0
        self.unsaid = 0
        """Characters of the answer that were sent, and taken back."""
        self._stops = stops
        self._stop_margin = max(map(len, stops), default=1) - 1
        self._holds = holds
        self._sent = 0
        self._copy_from: int | None = None
        self._read = 0
        """How much of the recorder's log was read; below, the tokens in it that were not sent."""
        self._unsent: list[Placed] = []

    @property
    def finished(self) -> Finished | None:
        """Its end, where the model came to one."""
        return self.transcript.finished

    @property
    def likely(self) -> list[Token] | None:
        """The tokens of its answer, with their probabilities; None where nobody wants them."""
        return None if self._recorder is None else self._recorder.within(self.content)

    def take(self, event: Event) -> list[Delta]:
        """What follows from an event."""
        if self.stopped and not isinstance(event, Finished):
            return []
        self.transcript.add(event)
        deltas: list[Delta] = []
        match event:
            case Thinking(text=text, tokens=tokens):
                self.tokens += tokens
                deltas = [Delta(reasoning=text)]
            case Answer(text=text, tokens=tokens):
                self.tokens += tokens
                deltas = self._answer(text)
            case Rewound():
                deltas = self._rewind(event)
            case Started(prompt_tokens=count):
                self.prompt_tokens = count
            case Steered() | Noticed():
                deltas = [Delta(event=event)]
            case Finished(usage=usage):
                # Some servers behind us count a prompt only at the end.
                self.prompt_tokens = self.prompt_tokens or usage.prompt_tokens
                deltas = self.flush()
            case Prefill():
                pass
        return deltas

    def _answer(self, text: str) -> list[Delta]:
        before = len(self.content)
        self.content += text
        found = self._stop_at(max(before - self._stop_margin, 0))
        if found is not None:
            self.content = self.content[:found]
            self.stopped = True
            return self.flush()
        end = min(self._settled(), len(self.content) - self._stop_margin)
        while self._holds and end > self._sent and self.content[end - 1].isspace():
            end -= 1  # where a first copy is kept, it ends before what parts it from the second
        return self._send(end)

    def _stop_at(self, start: int) -> int | None:
        places = [self.content.find(stop, start) for stop in self._stops]
        return min((place for place in places if place >= 0), default=None)

    def _settled(self) -> int:
        """How much of the answer won't be taken back for a repeat."""
        if not self._holds:
            return len(self.content)
        content = self.content
        end = len(content) - _COPY
        place = content.rfind(content[end:], 0, len(content) - 1) if end > 0 else -1
        if place < 0:
            self._copy_from = None
            return end
        if self._copy_from is None:
            start = end
            while place > 0 and start > self._sent and content[place - 1] == content[start - 1]:
                place, start = place - 1, start - 1
            self._copy_from = start
        return self._copy_from

    def _rewind(self, event: Rewound) -> list[Delta]:
        if self._recorder is not None:
            self._read_log()
            self._read += 1  # what tells there of this event
            self._unsent = [one for one in self._unsent if one.end <= event.answer_chars]
        self.content = self.content[: event.answer_chars]
        self.tokens -= event.trimmed_tokens
        self._copy_from = None
        deltas = [Delta(event=event)]
        if self._sent > event.answer_chars:
            self.unsaid += self._sent - event.answer_chars
            self._sent = event.answer_chars
        elif not event.answer_chars and event.loop is not None:
            deltas.append(Delta(reasoning=TAKEN_BACK))
        return deltas

    def flush(self) -> list[Delta]:
        """What is held: nothing more will be taken back."""
        return self._send(len(self.content), last=True)

    def _send(self, end: int, *, last: bool = False) -> list[Delta]:
        if self._recorder is not None:
            self._read_log()
            if not last:  # whole tokens only, so that a piece has those of its own text
                end = max((one.end for one in self._unsent if one.end <= end), default=0)
        if end <= self._sent:
            return []
        text = self.content[self._sent : end]
        self._sent = end
        sent = [one for one in self._unsent if one.start < end]
        self._unsent = self._unsent[len(sent) :]
        return [Delta(content=text, likely=tuple(sent))]

    def _read_log(self) -> None:
        """Up to the next rewind, of which the event is yet to come."""
        log = [] if self._recorder is None else self._recorder.log
        while self._read < len(log):
            one = log[self._read]
            if not isinstance(one, Placed):
                break
            self._unsent.append(one)
            self._read += 1
