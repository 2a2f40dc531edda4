"""Log-probabilities: recorded beside a generation, since events don't carry them, and told in
OpenAI's two forms.

Knows engines' tokens, and where an answer stands among them. Does not know who asks.
"""

from collections.abc import Iterator
from typing import Any

from qwq_cli.engines.base import Decoding, Engine, Prompt, Step, Token
from qwq_cli.request import Message, Sampling

_PUT_IN = Token("")


class Recorder:
    """The tokens of one generation that stand."""

    def __init__(self) -> None:
        self.tokens: list[Token] = []

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
                self._recorder.tokens.append(step)
            yield step

    def rewind(self, keep: int, then: str = "", sampling: Sampling | None = None) -> int:
        added = self._decoding.rewind(keep, then, sampling)
        tokens = self._recorder.tokens
        del tokens[keep:]
        if added:
            tokens += [*[_PUT_IN] * (added - 1), Token(then)]
        return added

    def close(self) -> None:
        self._decoding.close()


def of_chat(tokens: list[Token]) -> dict[str, Any]:
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


def of_text(tokens: list[Token]) -> dict[str, Any]:
    """The form of `/v1/completions`."""
    offsets = [0]
    for token in tokens:
        offsets.append(offsets[-1] + len(token.text))
    return {
        "tokens": [token.text for token in tokens],
        "token_logprobs": [token.logprob or 0.0 for token in tokens],
        "top_logprobs": [dict(token.likely) for token in tokens],
        "text_offset": offsets[:-1],
    }
