"""What the ways to ask a server have in common: their records, their protocol, and the fields that
all servers' events share. Sends nothing, and knows no server in particular.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from qwq_cli.engines.base import Prompt, StopReason
from qwq_cli.engines.openai.client import Call
from qwq_cli.errors import QwqError, UnavailableError, UsageError
from qwq_cli.request import Message, Sampling

Piece: TypeAlias = int | str
"""Of a prompt: a token's id, or a text."""

STREAMED = {"stream": True, "stream_options": {"include_usage": True}}
_EACH = {"stream_options": {"include_usage": True, "continuous_usage_stats": True}}
_SAMPLERS = {"top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0}
VLLM = {**_EACH, **_SAMPLERS}
"""Samplers are set, or the model's own file of them would be at work behind our back."""
SGLANG = {**VLLM, "separate_reasoning": False}
_RARE = {"dry_multiplier": 0.0, "xtc_probability": 0.0}
QWQ = {
    **_EACH,
    "top_k": 0,
    "min_p": 0.0,
    "separate_reasoning": False,
    "loops": "off",
    "language": "off",
}
TABBY = {"top_k": 0, "min_p": 0.0, "repetition_penalty": 1.0, **_RARE}
LLAMA = {"top_k": 0, "min_p": 0.0, **_RARE}
_MOST = 1 << 24
"""Of tokens, and of milliseconds: a count beyond it is no count."""


@dataclass(frozen=True, slots=True)
class Conversation(Prompt):
    """A prompt whose messages are still known, for servers that render them."""

    messages: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """A prompt as a server has it: in pieces, or none where only the server knows them."""

    pieces: tuple[Piece, ...] = ()
    tokens: int | None = None
    opens_thinking: bool | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """What is to go on: the prompt, what stands of the text, and how to draw what follows.

    `left`: how many tokens may follow, None as many as the server likes.
    """

    prompt: Prompt
    rendered: Rendered
    written: tuple[Piece, ...]
    sampling: Sampling
    seed: int | None
    left: int | None

    @property
    def text(self) -> str:
        """What stands of the text; for ways that write no ids."""
        return "".join(map(str, self.written))


@dataclass(frozen=True, slots=True)
class Delta:
    """What one event says. `count`: tokens generated so far, in this request; `total` and
    `cached`: prompt tokens; `read`: how many of them are evaluated.
    """

    text: str = ""
    reasoning: str = ""
    ids: tuple[int, ...] = ()
    count: int | None = None
    stop: StopReason | None = None
    total: int | None = None
    cached: int | None = None
    read: int | None = None
    read_s: float = 0.0


class Way(Protocol):
    """How one kind of server is asked. `rewinds`: it can go on from a text that it is given."""

    rewinds: bool

    def render(self, prompt: Prompt, call: Call) -> Rendered:
        """The prompt through the server's template."""
        ...

    def encode(self, text: str, call: Call) -> tuple[Piece, ...]:
        """A text to be put in, as ids where there are any."""
        ...

    def request(self, ask: Ask, call: Call) -> tuple[str, dict[str, object]]:
        """The path and the body that ask for a stream."""
        ...

    def read(self, event: Mapping[str, Any]) -> Delta:
        """What one event of that stream says."""
        ...


def drawn(ask: Ask, known: frozenset[str]) -> dict[str, object]:
    """How to draw. Samplers that are not OpenAI's only where the server has them; raises UsageError
    where one was asked for that it has not.
    """
    sampling = ask.sampling
    body: dict[str, object] = {"temperature": sampling.temperature, "top_p": sampling.top_p}
    if "top_k" in known and sampling.top_k:
        body["top_k"] = sampling.top_k
    if "min_p" in known:
        body["min_p"] = sampling.min_p
    if sampling.presence_penalty:
        body["presence_penalty"] = sampling.presence_penalty
    for name in _RARE:
        value = getattr(sampling, name)
        if value and name not in known:
            raise UsageError(f"this server has no {name}", "", f"qwq config set {name} 0")
        if value:
            body[name] = value
    if ask.seed is not None:
        body["seed"] = ask.seed
    return body


def messages_of(prompt: Prompt) -> list[dict[str, str]]:
    """The messages as servers take them."""
    messages = prompt.messages if isinstance(prompt, Conversation) else ()
    return [{"role": message.role, "content": message.content} for message in messages]


def plain(prompt: Prompt) -> str:
    """The whole text of a prompt that has no messages."""
    return "".join(part.text for part in prompt.parts)


def choice_of(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """An event's one choice; empty where it has none, as events of mere counts do."""
    choices = event.get("choices")
    if not isinstance(choices, list) or not choices:
        return {}
    return choices[0] if isinstance(choices[0], dict) else {}


def text_of(value: object) -> str:
    """A text, "" for anything else."""
    return value if isinstance(value, str) else ""


def count_of(value: object) -> int | None:
    """A number from 0 on, None for anything else, and for more than could be meant."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value <= _MOST else None


def ids_of(told: Mapping[str, Any]) -> tuple[int, ...]:
    """What a server's tokenizer tells; raises UnavailableError for anything but token ids."""
    ids = told.get("tokens")
    if not isinstance(ids, list) or not all(isinstance(number, int) for number in ids):
        raise UnavailableError("the server's tokenizer gave no token ids")
    return tuple(ids)


def stop_of(reason: object) -> StopReason | None:
    """A `finish_reason`, for which some servers send "" until there is one; raises QwqError for one
    that says the server gave up.
    """
    if not reason or not isinstance(reason, str):
        return None
    if reason in {"abort", "error"}:
        raise QwqError("the server gave up in the middle of a text", f"it says '{reason}'")
    return "length" if reason in {"length", "max_tokens"} else "stop"


def usage_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """Delta's counts, from an event's `usage`."""
    usage = event.get("usage")
    if not isinstance(usage, dict):
        return {}
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    return {
        "count": count_of(usage.get("completion_tokens")),
        "total": count_of(usage.get("prompt_tokens")),
        "cached": count_of(cached),
    }


def read_models(told: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The entries of `/v1/models`."""
    entries = told.get("data")
    found = entries if isinstance(entries, list) else []
    return [
        entry for entry in found if isinstance(entry, dict) and isinstance(entry.get("id"), str)
    ]
