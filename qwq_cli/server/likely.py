"""Log-probabilities: recorded beside a generation, since events don't carry them, and told in
OpenAI's two forms.

Knows engines' tokens, and where an answer stands among them. Does not know who asks.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from qwq_cli.engines.base import Decoding, Engine, Prompt, Step, Token
from qwq_cli.events import Answer, Event, Rewound
from qwq_cli.request import Message, Sampling

_PUT_IN = Token("")


@dataclass(frozen=True, slots=True)
class Placed:
    """A token of an answer, and where in it its text begins and ends, in characters."""

    token: Token
    start: int
    end: int


class Recorder:
    """The tokens of one generation that stand; and a log for one who reads it from another thread
    while it goes on: tokens of the answer, and for each rewind how much of the answer stands.
    """

    def __init__(self) -> None:
        self.tokens: list[Token] = []
        self.log: list[Placed | int] = []
        """Only grows; it is never behind the events that were told."""
        self._ends: list[int] = []
        """For each token, where its text ends."""
        self._begin: int | None = None
        """Where the answer begins; None where there is none."""
        self._end = 0
        """Where the answer ends, as far as it was told."""

    def add(self, token: Token) -> None:
        """One more."""
        self.tokens.append(token)
        self._ends.append((self._ends[-1] if self._ends else 0) + len(token.text))

    def cut(self, keep: int) -> None:
        """Only the first so many stand."""
        del self.tokens[keep:], self._ends[keep:]

    def see(self, event: Event) -> None:
        """What was made of the tokens so far; to be told before anybody else is."""
        match event:
            case Answer(text=text) if text:
                self._answer(text)
            case Rewound(answer_chars=chars):
                self.log.append(chars)
                self._begin = self._begin if chars else None
                self._end = (self._begin or 0) + chars
            case _:
                pass

    def _answer(self, text: str) -> None:
        if self._begin is None:
            # What was just told is what stands last.
            begin = "".join(token.text for token in self.tokens).rfind(text)
            if begin < 0:
                return
            self._begin = self._end = begin
        first = bisect_right(self._ends, self._end)
        self._end += len(text)
        for at in range(first, bisect_right(self._ends, self._end)):
            token, end = self.tokens[at], self._ends[at] - self._begin
            if token.text:
                self.log.append(Placed(token, max(end - len(token.text), 0), end))

    def within(self, answer: str) -> list[Token]:
        """Those that the answer is made of; none where it stands nowhere among them."""
        text = "".join(token.text for token in self.tokens)
        start = text.rfind(answer)
        if start < 0:
            return []
        found: list[Token] = []
        at = 0
        for token in self.tokens:
            at += len(token.text)
            if token.text and at > start and at - len(token.text) < start + len(answer):
                found.append(token)
        return found


class Recorded:
    """An engine whose one generation is recorded."""

    def __init__(self, engine: Engine, recorder: Recorder) -> None:
        self._engine = engine
        self._recorder = recorder
        self.facts = engine.facts

    def render(self, messages: tuple[Message, ...]) -> Prompt:
        return self._engine.render(messages)

    def start(
        self, prompt: Prompt, sampling: Sampling, max_tokens: int | None
    ) -> "RecordedDecoding":
        return RecordedDecoding(self._engine.start(prompt, sampling, max_tokens), self._recorder)

    def close(self) -> None:
        """It is another's to close."""


class RecordedDecoding:
    """As the decoding in it, and writes down what stands."""

    def __init__(self, decoding: Decoding, recorder: Recorder) -> None:
        self._decoding = decoding
        self._recorder = recorder
        self.progress = decoding.progress

    def __iter__(self) -> Iterator[Step]:
        for step in self._decoding:
            if isinstance(step, Token):
                self._recorder.add(step)
            yield step

    def rewind(self, keep: int, then: str = "", sampling: Sampling | None = None) -> int:
        added = self._decoding.rewind(keep, then, sampling)
        self._recorder.cut(keep)
        for token in [*[_PUT_IN] * (added - 1), Token(then)][:added]:
            self._recorder.add(token)
        return added

    def close(self) -> None:
        self._decoding.close()


def of_chat(tokens: Sequence[Token]) -> dict[str, Any]:
    """The form of `/v1/chat/completions`. What qwq itself put in counts as certain."""
    return {
        "content": [
            {
                **_one(token.text, token.logprob or 0.0),
                "top_logprobs": [_one(text, logprob) for text, logprob in token.likely],
            }
            for token in tokens
        ],
        "refusal": None,
    }


def _one(text: str, logprob: float) -> dict[str, Any]:
    return {"token": text, "logprob": logprob, "bytes": list(text.encode(errors="replace"))}


def of_text(tokens: Sequence[Token], start: int = 0) -> dict[str, Any]:
    """The form of `/v1/completions`; `start`: where in the text the first one begins."""
    offsets = [start]
    for token in tokens:
        offsets.append(offsets[-1] + len(token.text))
    return {
        "tokens": [token.text for token in tokens],
        "token_logprobs": [token.logprob or 0.0 for token in tokens],
        "top_logprobs": [dict(token.likely) for token in tokens],
        "text_offset": offsets[:-1],
    }
