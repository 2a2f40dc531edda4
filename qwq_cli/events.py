"""What happens while a model reasons, as frozen records. Knows nothing of who sends or shows them.

The order: one `Started`, any `Prefill`, then `Thinking` and `Answer` texts with `Rewound` and
`Noticed` between them, and one `Finished`. Offsets and counts named `*_chars` are characters
(Unicode code points), those named `*_tokens` are tokens, those named `*_s` are seconds.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

FinishReason: TypeAlias = Literal["stop", "length", "budget", "loop", "interrupted", "error"]
"""stop: the model ended. length: `max_tokens` or the context ran out inside the answer.
budget: they ran out inside the thinking. loop: a loop would not break."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A repetition that was found, and what was done. Offsets: characters of the text generated
    so far, thinking and answer together, as it stood when the loop was noticed.
    """

    kind: str
    start: int
    """Where the first copy starts."""
    repeat_at: int
    """Where the second copy starts; everything from here on is repetition."""
    detected_at: int
    action: str
    """What was done: `rewound` (taken back and gone on), `stopped`, `reported`."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens counted. `trimmed_tokens` were generated and taken back; they are in no other count
    but `recomputed_tokens`, which the engine evaluated again after rewinds; `cached_tokens` are
    prompt tokens that its prefix cache already held.
    """

    prompt_tokens: int = 0
    reasoning_tokens: int = 0
    answer_tokens: int = 0
    trimmed_tokens: int = 0
    cached_tokens: int = 0
    recomputed_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds, but for `tokens_per_s` (generated tokens over the time after the first one)."""

    load_s: float = 0.0
    prefill_s: float = 0.0
    first_token_s: float = 0.0
    total_s: float = 0.0
    tokens_per_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Started:
    """The prompt is accepted and generation begins."""

    model: str
    engine: str
    prompt_tokens: int


@dataclass(frozen=True, slots=True)
class Prefill:
    """`done` of `total` prompt tokens are evaluated."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Thinking:
    """More of the chain of thought. `tokens`: how many generated tokens came with it; a text that
    was held back carries the tokens of all of it.
    """

    text: str
    tokens: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """More of the answer; `tokens` as in `Thinking`. `again`: this text was already given as
    thinking; a model that marked no answer closed its thought with it, and only the end could tell.
    """

    text: str
    again: bool = False
    tokens: int = 1


@dataclass(frozen=True, slots=True)
class Rewound:
    """Text was taken back in the model's context. The counts are absolute: what still stands."""

    thinking_chars: int
    answer_chars: int
    loop: Loop
    trimmed_tokens: int


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something a person should know, which takes nothing back. `kind` is one short word."""

    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The end, always the last event. `final` is the extracted final answer, one line."""

    reason: FinishReason
    final: str | None
    usage: Usage
    timings: Timings


Event: TypeAlias = Started | Prefill | Thinking | Answer | Rewound | Noticed | Finished
