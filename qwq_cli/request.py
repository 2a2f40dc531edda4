"""What is asked of a model: messages, sampling, limits. Knows no engine and no setting's source."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

Role: TypeAlias = Literal["system", "user", "assistant"]
ThinkingStyle: TypeAlias = Literal["auto", "tags", "headings", "none"]
"""tags: `<think>...</think>`. headings: the answer begins at a final-answer heading or at the last
box (QwQ-32B-Preview, quill). none: no thinking apart. auto: decided from the rendered prompt."""

Loops: TypeAlias = Literal["recover", "stop", "report", "off"]
"""recover: take a loop back and lead the model out of it. stop: end at the first one. report:
tell of loops and change nothing. off: don't look for them."""
Language: TypeAlias = Literal[
    "zh", "en", "ja", "ko", "ru", "uk", "de", "fr", "es", "it", "pt", "el", "ar", "he", "th", "hi"
]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation; `content` is plain text and never holds control tokens."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is drawn; the defaults are the QwQ makers' advice.

    Temperature 0 is greedy; `top_k` 0, `top_p` 1 and `min_p` 0 are off; `seed` None draws one.
    `presence_penalty` is taken once from the logit of what stands in the text; `dry_multiplier`
    makes it dearer to go on with a repeat, the longer it is; `xtc_probability` is that of leaving
    out the likeliest of several likely tokens. All three are off at 0, as the makers advise.
    Source: the QwQ-32B model card (temperature 0.6, top_p 0.95, top_k 20 to 40, min_p 0).
    """

    temperature: float = 0.6
    top_p: float = 0.95
    top_k: int = 40
    min_p: float = 0.0
    seed: int | None = None
    presence_penalty: float = 0.0
    dry_multiplier: float = 0.0
    xtc_probability: float = 0.0
    likely: int | None = None
    """Each token shall tell its log-probability, and those of so many that were likeliest in its
    place; None for neither. Only some engines can."""


@dataclass(frozen=True, slots=True)
class Request:
    """One question to one model. `max_tokens` bounds thinking and answer together; None leaves
    it to the model's context.
    """

    messages: tuple[Message, ...]
    sampling: Sampling = Sampling()
    max_tokens: int | None = None
    style: ThinkingStyle = "auto"


@dataclass(frozen=True, slots=True)
class Steering:
    """How far a generation is led: out of loops, to an answer within bounds, in one language.

    `rescues`: how many times at most the model is led out of a loop; the last one forces the
    answer. `budget`: tokens of thinking, after which the answer is asked for; None sets no bound.
    `language`: `auto` reports a switch from the conversation's; a language means that the answer
    shall be in it, and is corrected; `off` doesn't watch.
    """

    loops: Loops = "recover"
    rescues: int = 5
    budget: int | None = None
    language: Language | Literal["auto", "off"] = "auto"
