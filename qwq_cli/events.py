"""What happens while a model reasons, as frozen records. Knows nothing of who sends or shows them.

The order: one `Started`, any `Prefill`, then `Thinking` and `Answer` texts with `Rewound`,
`Steered` and `Noticed` between them, and one `Finished`. Offsets and counts named `*_chars` are
characters (Unicode code points), those named `*_tokens` tokens, those named `*_s` seconds.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

FinishReason: TypeAlias = Literal["stop", "length", "budget", "loop", "interrupted", "error"]
"""stop: the model ended, or its answer was complete and began again. length: `max_tokens` or the
context ran out inside the answer. budget: a budget ran out inside the thinking, and the answer
that was then asked for did not come. loop: a loop would not break."""

LoopAction: TypeAlias = Literal["rewound", "refocused", "forced", "kept", "stopped", "reported"]
"""rewound: taken back, and gone on from there. refocused: taken back further, and gone on from a
sentence of ours. forced: taken back, and the answer asked for. kept: the first copy of an answer
is the answer. stopped: taken back, and given up. reported: left as it is."""

Why: TypeAlias = Literal["loop", "budget", "room"]
"""budget: the thinking's own budget is spent. room: `max_tokens` or the context nearly are."""

Part: TypeAlias = Literal["thinking", "answer"]


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
    action: LoopAction
    part: Part = "thinking"
    """Text of which nothing shows that it is thinking counts as answer."""


@dataclass(frozen=True, slots=True)
class Switch:
    """The text went over to another language: from `was` to `now`, in the sentence that starts at
    the character `at` (counted as in `Loop`). corrected: taken back to there.
    """

    was: str
    now: str
    at: int
    part: Part
    action: Literal["reported", "corrected"] = "reported"


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens counted. `trimmed_tokens` were generated and taken back, `inserted_tokens` are those
    of texts of ours that stand; neither is in the counts of reasoning and answer. After rewinds
    the engine evaluated `recomputed_tokens` again, in all; `cached_tokens`, of the prompt and of
    what was kept, it still held at the last start or rewind.
    """

    prompt_tokens: int = 0
    reasoning_tokens: int = 0
    answer_tokens: int = 0
    trimmed_tokens: int = 0
    cached_tokens: int = 0
    recomputed_tokens: int = 0
    inserted_tokens: int = 0


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
    """The prompt is accepted and generation begins. `leads`: the engine can go on from a text, so
    that loops are taken back there; else an answer is asked for in another conversation.
    """

    model: str
    engine: str
    prompt_tokens: int
    leads: bool = True


@dataclass(frozen=True, slots=True)
class Prefill:
    """`done` of `total` prompt tokens are evaluated."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Thinking:
    """More of the chain of thought. `tokens`: how many generated tokens came with it; a text that
    was held back carries the tokens of all of it. `ours`: not the model wrote this but qwq.
    """

    text: str
    tokens: int = 1
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """More of the answer; `tokens` and `ours` as in `Thinking`. `again`: this text was already
    given as thinking; a model that marked no answer closed its thought with it, and only the end
    could tell.
    """

    text: str
    again: bool = False
    tokens: int = 1
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Rewound:
    """Text was taken back in the model's context, for a loop or for its language. The counts are
    absolute: what still stands. `at`: where that ends, markers included (as in `Loop`).
    """

    thinking_chars: int
    answer_chars: int
    loop: Loop | None
    trimmed_tokens: int
    switch: Switch | None = None
    at: int = 0


@dataclass(frozen=True, slots=True)
class Steered:
    """A text of ours was put into the model's context, at the character `at` (as in `Loop`); what
    of it can be read follows as `Thinking` or `Answer`. `answer`: it asks for the answer. Where the
    engine can't go on from a text, it does so as a message in a conversation that holds the
    question and the thought so far; its `tokens` are then a guess.
    """

    why: Why
    text: str
    at: int
    tokens: int
    answer: bool = False


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something a person should know, which takes nothing back. `kind` is one short word; `about`
    has the facts for programs.
    """

    kind: str
    message: str
    about: Loop | Switch | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """The end, always the last event. `final` is the extracted final answer, one line."""

    reason: FinishReason
    final: str | None
    usage: Usage
    timings: Timings


Event: TypeAlias = Started | Prefill | Thinking | Answer | Rewound | Steered | Noticed | Finished
