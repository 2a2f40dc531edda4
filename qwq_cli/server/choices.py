"""One choice of an answer, built from events: the texts and events that its client receives.

Knows events and stop strings. Does not know the form in which they are sent.

A client adds up a stream, and text that was sent stays with it. Each text is sent at once, whether
it repeats earlier text or not. Only a possible beginning of a stop string waits, and a token of
which a part is still missing, where the client wants log-probabilities. `retracted_chars` counts
the characters of the answer that were sent and then rejected. In the reasoning, a line in brackets
marks each place where text was removed.
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

TAKEN_BACK: Final = "\n\n[removed: it repeated itself]\n\n"
_LONGEST_WAIT: Final = 200
"""Characters that may wait for the rest of their token; a recorder may lack that token."""


@dataclass(frozen=True, slots=True)
class Delta:
    """The next thing to send: texts, or an event as it is. `likely`: the tokens of the content,
    where the client wants them.
    """

    reasoning: str = ""
    content: str = ""
    event: Event | None = None
    likely: tuple[Placed, ...] = ()


class Choice:
    """Feed it every event; it returns what to send."""

    def __init__(self, stops: tuple[str, ...] = (), *, recorder: Recorder | None = None) -> None:
        """`recorder`: has the tokens of this generation; None where nobody wants them."""
        self._recorder = recorder
        self.transcript = Transcript()
        self.stopped = False
        """Whether a stop string ended it; later events but the last do not count."""
        self.tokens = 0
        """Tokens so far in the text that stands."""
        self.prompt_tokens = 0
        self.retracted_chars = 0
        """Characters of the answer that were sent and later rejected."""
        self._stops = stops
        self._margin = max(map(len, stops), default=1) - 1
        """The longest part of a stop string that may stand before it is complete."""
        self._chars = 0
        """Length of the answer that stands; a stop string may cut the transcript's."""
        self._sent = 0
        self._tail = ""
        """The end of the answer: the unsent text, and text before it where a stop may begin."""
        self._thought = 0
        """Characters of the reasoning that stands."""
        self._read = 0
        """Entries of the recorder's log that were read; below, the tokens in them not yet sent."""
        self._unsent: list[Placed] = []

    @property
    def content(self) -> str:
        """The answer as it stands, up to a stop string."""
        return self.transcript.answer[: self._chars]

    @property
    def finished(self) -> Finished | None:
        """Its last event, where that has come."""
        return self.transcript.finished

    @property
    def likely(self) -> list[Token] | None:
        """The tokens of its answer, with their probabilities; None where nobody wants them."""
        return None if self._recorder is None else self._recorder.within(self.content)

    def take(self, event: Event) -> list[Delta]:
        """Take one event in; returns what to send for it."""
        if self.stopped and not isinstance(event, Finished):
            return []
        self.transcript.add(event)
        deltas: list[Delta] = []
        match event:
            case Thinking(text=text, tokens=tokens):
                self.tokens += tokens
                self._thought += len(text)
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
                # Some servers count a prompt only at the end.
                self.prompt_tokens = self.prompt_tokens or usage.prompt_tokens
                deltas = self.flush()
            case Prefill():
                pass
        return deltas

    def flush(self) -> list[Delta]:
        """The text that still waits, at the end of the answer."""
        return self._send(self._chars, last=True)

    def _answer(self, text: str) -> list[Delta]:
        self._chars += len(text)
        self._tail += text
        places = [at for stop in self._stops if (at := self._tail.find(stop)) >= 0]
        if places:
            self.stopped = True
            self._cut(self._chars - len(self._tail) + min(places))
            return self.flush()
        opened = (_opened(self._tail, stop) for stop in self._stops)
        return self._send(self._chars - max(opened, default=0))

    def _rewind(self, event: Rewound) -> list[Delta]:
        if self._recorder is not None:
            self._read_log()
            self._read += 1  # the log's own entry for this event
            self._unsent = [one for one in self._unsent if one.end <= event.answer_chars]
        self.tokens -= event.trimmed_tokens
        self._cut(event.answer_chars)
        deltas = [Delta(event=event)]
        if event.thinking_chars < self._thought and event.loop is not None:
            deltas.append(Delta(reasoning=TAKEN_BACK))
        self._thought = event.thinking_chars
        return deltas

    def _cut(self, chars: int) -> None:
        """Keep the first `chars` characters of the answer, and count those sent beyond them."""
        self.retracted_chars += max(self._sent - chars, 0)
        self._sent = min(self._sent, chars)
        self._chars = chars
        self._tail = self.content[max(min(self._sent, chars - self._margin), 0) :]

    def _send(self, end: int, *, last: bool = False) -> list[Delta]:
        """The answer up to `end`, as far as its tokens are whole."""
        if self._recorder is not None:
            self._read_log()
            if not last:
                whole = max((one.end for one in self._unsent if one.end <= end), default=0)
                end = max(whole, end - _LONGEST_WAIT)
        if end <= self._sent:
            return []
        begin = self._chars - len(self._tail)
        text = self._tail[self._sent - begin : end - begin]
        self._sent = end
        self._tail = self._tail[max(min(end, self._chars - self._margin) - begin, 0) :]
        sent = [one for one in self._unsent if one.start < end]
        self._unsent = self._unsent[len(sent) :]
        return [Delta(content=text, likely=tuple(sent))]

    def _read_log(self) -> None:
        """Read up to the next rewind whose event has not come yet."""
        log = [] if self._recorder is None else self._recorder.log
        while self._read < len(log):
            one = log[self._read]
            if not isinstance(one, Placed):
                break
            self._unsent.append(one)
            self._read += 1


def _opened(text: str, stop: str) -> int:
    """How many characters at the end of `text` are a beginning of `stop`."""
    at = text.find(stop[0], max(len(text) - len(stop) + 1, 0))
    while at >= 0 and not stop.startswith(text[at:]):
        at = text.find(stop[0], at + 1)
    return len(text) - at if at >= 0 else 0
