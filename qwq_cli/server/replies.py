"""Answers in OpenAI's forms: whole, or in pieces as server-sent events. Sends nothing.

Beside OpenAI's own fields, an answer has `reasoning_content` and `qwq`.

- In a whole answer, each choice's `qwq` has `finish_reason`, the `final` answer on one line, and
  `loops`, `interventions` and `switches`. Where text was discarded, `raw` has all of it, as it was
  generated.
- In a stream, `qwq` is an event (`rewound`, `steered`, `noticed`) in a piece without text. In the
  last piece of a choice it has `finish_reason`, `final` and `retracted_chars`: the number of
  characters of the answer that were sent and later rejected.

OpenAI has no word for an answer that a guard ended, or whose thinking ran out of tokens: its
`finish_reason` is `length`, and that of `qwq` says which.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from time import time
from typing import Any, Literal

from qwq_cli.codec import encode
from qwq_cli.engines.base import Token
from qwq_cli.events import Event, Finished, Timings, Usage
from qwq_cli.server.choices import Choice, Delta
from qwq_cli.server.faults import Fault, fault_of
from qwq_cli.server.likely import Placed, of_chat, of_text
from qwq_cli.stream.final import final_answer

DONE = b"data: [DONE]\n\n"
WAITING = b": waiting\n\n"
"""Says nothing to a client, but that somebody is there."""

_NO_END = Finished("interrupted", None, Usage(), Timings())


def compact(record: object) -> bytes:
    """JSON on one line."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


class Form:
    """The form of one answer with its choices. `kind` is the endpoint's."""

    def __init__(
        self,
        kind: Literal["chat", "text"],
        model: str,
        choices: Sequence[Choice],
        *,
        copies: int = 1,
    ) -> None:
        """`copies`: how many choices each prompt has; a prompt's tokens count once."""
        self._chat = kind == "chat"
        self._choices = choices
        self._copies = copies
        self._head = {
            "id": f"{'chatcmpl' if self._chat else 'cmpl'}-{os.urandom(12).hex()}",
            "object": "chat.completion" if self._chat else "text_completion",
            "created": int(time()),
            "model": model,
        }
        self._counts = False

    # -------------------------------------------------------------------------------- in pieces

    def streamed(self, *, counts: bool) -> "Form":
        """For a stream; `counts`: each piece tells the tokens so far."""
        self._counts = counts
        if self._chat:
            self._head["object"] = "chat.completion.chunk"
        return self

    def opening(self) -> bytes:
        """What comes first."""
        if not self._chat:
            return b""
        deltas = [{"role": "assistant", "content": ""}] * len(self._choices)
        return b"".join(self._piece(place, delta) for place, delta in enumerate(deltas))

    def pieces(self, place: int, deltas: Sequence[Delta]) -> Iterator[bytes]:
        """What is to be sent of a choice; texts that follow each other go in one piece."""
        texts = Delta()
        for delta in deltas:
            if delta.event is not None or (delta.reasoning and texts.content):
                yield from self._texts(place, texts)
                texts = Delta()
            if delta.event is not None:
                yield self._piece(place, {}, ours=encode(delta.event))
            texts = Delta(
                texts.reasoning + delta.reasoning,
                texts.content + delta.content,
                likely=texts.likely + delta.likely,
            )
        yield from self._texts(place, texts)

    def _texts(self, place: int, texts: Delta) -> Iterator[bytes]:
        if texts.reasoning:
            yield self._piece(place, {"reasoning_content": texts.reasoning})
        if texts.content:
            yield self._piece(place, {"content": texts.content}, likely=texts.likely)

    def ending(self, place: int) -> bytes:
        """The last piece of a choice."""
        choice = self._choices[place]
        ours = {**_end(choice), "retracted_chars": choice.retracted_chars}
        return self._piece(place, {}, ours=ours, reason=_reason(choice))

    def closing(self, *, usage: bool) -> bytes:
        """After all choices."""
        told: dict[str, Any] = {**self._head, "choices": [], "usage": self.usage()}
        return (_event(told) if usage else b"") + DONE

    def fault(self, error: Exception) -> bytes:
        """An error that comes among the pieces."""
        return _event(fault_of(error).body)

    def _piece(
        self,
        place: int,
        delta: dict[str, str],
        *,
        ours: dict[str, Any] | None = None,
        reason: str | None = None,
        likely: Sequence[Placed] = (),
    ) -> bytes:
        told = self._told([one.token for one in likely], likely[0].start) if likely else None
        choice: dict[str, Any] = {"index": place, "finish_reason": reason, "logprobs": told}
        if self._chat:
            choice["delta"] = delta
        else:
            choice["text"] = delta.get("content", "")
        record: dict[str, Any] = {**self._head, "choices": [choice]}
        if ours is not None:
            record["qwq"] = ours
        if self._counts:
            record["usage"] = self.usage()
        return _event(record)

    # ------------------------------------------------------------------------------------- whole

    def whole(self) -> dict[str, Any]:
        """All of it."""
        choices = [self._whole(place, choice) for place, choice in enumerate(self._choices)]
        return {**self._head, "choices": choices, "usage": self.usage()}

    def _whole(self, place: int, choice: Choice) -> dict[str, Any]:
        seen = choice.transcript
        ours: dict[str, Any] = {
            **_end(choice),
            "loops": [asdict(loop) for loop in seen.loops],
            "interventions": [asdict(put) for put in seen.interventions],
            "switches": [asdict(switch) for switch in seen.switches],
        }
        if seen.raw is not None:
            ours["raw"] = seen.raw
        told: dict[str, Any] = {
            "index": place,
            "finish_reason": _reason(choice),
            "logprobs": self._likely(choice),
            "qwq": ours,
        }
        if not self._chat:
            return {**told, "text": choice.content}
        message: dict[str, Any] = {"role": "assistant", "content": choice.content, "refusal": None}
        if seen.reasoning:
            message["reasoning_content"] = seen.reasoning
        return {**told, "message": message}

    def _likely(self, choice: Choice) -> dict[str, Any] | None:
        tokens = choice.likely
        return None if tokens is None else self._told(tokens)

    def _told(self, tokens: Sequence[Token], start: int = 0) -> dict[str, Any]:
        return of_chat(tokens) if self._chat else of_text(tokens, start)

    def usage(self) -> dict[str, Any]:
        """Tokens, of all choices."""
        prompt = sum(choice.prompt_tokens for choice in self._choices[:: self._copies])
        ends = [choice.finished.usage for choice in self._choices if choice.finished is not None]
        if len(ends) < len(self._choices):
            count = sum(choice.tokens for choice in self._choices)
            return _counts(prompt, count)
        reasoning = sum(usage.reasoning_tokens for usage in ends)
        answer = sum(usage.answer_tokens for usage in ends)
        cached = sum(min(usage.cached_tokens, usage.prompt_tokens) for usage in ends)
        return {
            **_counts(prompt, reasoning + answer),
            "prompt_tokens_details": {"cached_tokens": min(cached, prompt)},
            "completion_tokens_details": {"reasoning_tokens": reasoning},
            "qwq": {
                "trimmed_tokens": sum(usage.trimmed_tokens for usage in ends),
                "inserted_tokens": sum(usage.inserted_tokens for usage in ends),
                "recomputed_tokens": sum(usage.recomputed_tokens for usage in ends),
            },
        }


def _counts(prompt: int, completion: int) -> dict[str, Any]:
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }


def _event(record: dict[str, Any]) -> bytes:
    return b"data: " + compact(record) + b"\n\n"


def _end(choice: Choice) -> dict[str, Any]:
    """How it ended, in qwq's words. A stop string ends it as the model itself does, and the final
    answer is then that of the text before the stop string.
    """
    if choice.stopped:
        return {"finish_reason": "stop", "final": final_answer(choice.content)}
    end = choice.finished or _NO_END
    return {"finish_reason": end.reason, "final": end.final}


def _reason(choice: Choice) -> str:
    """OpenAI's word for how it ended: `length` for any answer that lacks its end."""
    end = choice.finished or _NO_END
    return "stop" if choice.stopped or end.reason == "stop" else "length"


def line(event: Event) -> bytes:
    """An event as a line of JSON."""
    return compact(encode(event)) + b"\n"


def fault_line(fault: Fault) -> bytes:
    """An error among the events, as a line of JSON."""
    return compact({"event": "error", **fault.body["error"]["qwq"]}) + b"\n"
