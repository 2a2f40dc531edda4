"""The protocol that every engine keeps: prompt in, tokens out, rewind. Knows no engine.

A prompt is a sequence of parts, so that what a user wrote can never become a control token: an
engine reads control tokens (`<|im_start|>`, `<think>`, ...) in `control` parts alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from qwq_cli.request import Message, Sampling, ThinkingStyle

StopReason: TypeAlias = Literal["stop", "length"]


@dataclass(frozen=True, slots=True)
class Token:
    """One generated token. `text` is "" while a character is incomplete; the token that completes
    the character carries all of it. `id` and `logprob` (natural, of the model's own distribution)
    are None where the engine does not tell them. `likely`: texts that were likeliest in its place,
    with theirs.
    """

    text: str
    id: int | None = None
    logprob: float | None = None
    likely: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Prefilling:
    """A sign of life before the first token: `done` of `total` prompt tokens are evaluated."""

    done: int
    total: int


Step: TypeAlias = Token | Prefilling


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a prompt; control tokens are read in it only where `control` is true."""

    text: str
    control: bool = False


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What an engine knows of the model that it holds."""

    name: str
    engine: str
    context_tokens: int
    style: ThinkingStyle
    """Decided from the chat template: `tags`, `headings` or `none`."""
    rewinds: bool = True
    """Whether `Decoding.rewind` works; where not, it raises UnavailableError, and a generation
    can only be ended, and its answer asked for by another one."""
    tells_likely: bool = False
    """Whether `Sampling.likely` is heeded."""
    reasons_first: bool = False
    """Whether a model of the style `headings` always reasons before its heading. Most of them also
    write an answer at once, without any mark."""


@dataclass(slots=True)
class Progress:
    """What a decoding has done so far, kept current by the engine while it runs.

    `cached_tokens`: of the prompt and kept tokens, those that needed no evaluation at the last
    start or rewind. `recomputed_tokens`: the sum over all rewinds of those evaluated again.
    """

    prompt_tokens: int = 0
    cached_tokens: int = 0
    recomputed_tokens: int = 0
    prefill_s: float = 0.0
    stop: StopReason | None = None
    """Why the tokens ended; None while they still come."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A rendered conversation, ready to be tokenised."""

    parts: tuple[Part, ...]
    opens_thinking: bool | None = None
    """Whether the template's own end leaves the model inside its thinking; None where it does
    not say, and the model may begin with a tag of its own, or forget it.
    """


class Decoding(Protocol):
    """One generation in progress: iterate it for tokens.

    Iteration may raise a `QwqError`. It ends when the model stops, when `max_tokens` or the
    context are out (`progress.stop` says which), and when it was closed. `close` cancels at once
    and waits for nothing; it is safe to call twice, from another thread, from a signal handler
    and after the end.
    """

    progress: Progress

    def __iter__(self) -> Iterator[Step]:
        """The tokens from here on, after signs of the prefill. After a rewind an iterator that
        has not ended goes on from there; one that has ended is to be taken anew.
        """
        ...

    def rewind(self, keep: int, then: str = "", sampling: Sampling | None = None) -> int:
        """Keep the first `keep` tokens, append the text `then`, go on from there.

        Returns the number of tokens of `then`: they count as generated from now on (in `keep`
        and `max_tokens`), but are not yielded. `sampling` replaces the sampling from here on.
        Also allowed after the end; where the context is full, that is the end again. Raises
        ValueError for a `keep` that is out of range or stands inside a character.
        """
        ...

    def close(self) -> None:
        """Cancel and free what it holds."""
        ...


class Engine(Protocol):
    """One loaded model. One decoding at a time is enough; more may be supported."""

    facts: ModelFacts

    def render(self, messages: tuple[Message, ...]) -> Prompt:
        """The conversation through the model's own chat template."""
        ...

    def start(self, prompt: Prompt, sampling: Sampling, max_tokens: int | None) -> Decoding:
        """Begin; raises BadInputError, with both counts, if the prompt leaves no room."""
        ...

    def close(self) -> None:
        """Free the model."""
        ...
