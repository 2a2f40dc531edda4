"""Requests of `/v1/chat/completions`, `/v1/completions` and `/v1/reason`, read and checked.

Knows OpenAI's parameters and ours. Does not know who sent them, nor how an answer is made.

Ours: `reasoning_budget`, `loops`, `loop_sensitivity`, `rescues`, `language` steer; `top_k`,
`min_p`, `dry_multiplier` and `xtc_probability` sample; `separate_reasoning` false leaves thinking
and answer together as the model writes them; `continue_final_message` goes on from a last message
of the assistant's.

A completion of a raw prompt is not steered unless its body has `loops`. The server's own defaults
for steering hold for messages only.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from http import HTTPStatus
from typing import Any

from qwq_cli.cancel import Cancel
from qwq_cli.engines.base import Decoding, Engine, Part, Prompt
from qwq_cli.errors import BadInputError, UnavailableError
from qwq_cli.events import Event
from qwq_cli.generate import generate
from qwq_cli.request import LANGUAGES, Message, Request, Role, Sampling, Steering, ThinkingStyle
from qwq_cli.server.faults import RefusedError, refused
from qwq_cli.server.fields import Fields
from qwq_cli.server.hosted import Hosted
from qwq_cli.server.likely import Recorded, Recorder
from qwq_cli.settings import KEYS, Sensitivity
from qwq_cli.stream.guard import Guards
from qwq_cli.stream.language import instruction, wanted_language
from qwq_cli.stream.loops.detector import LoopDetector

MOST_CHOICES = 16
MOST_STOPS = 16
MOST_LIKELY = 20
_MOST_MESSAGES = 10_000
_LARGEST_SEED = 2**63
_SEEDS = 2**32 - 1
"""llama.cpp's seeds have 32 bits, and the largest means: draw one."""

_ROLES: dict[object, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
}


@dataclass(frozen=True, slots=True)
class Ask:
    """One generation to be run. `prompt`: given as it is, without the chat template."""

    request: Request
    steering: Steering
    sensitivity: Sensitivity
    prefix: str | None = None
    """What the answer begins with already."""
    plain: bool = False
    """Whether the one message is the whole prompt."""

    def run(
        self, hosted: Hosted, cancel: Cancel, recorder: Recorder | None = None
    ) -> Iterator[Event]:
        """Its events."""
        engine: Engine = hosted.engine if recorder is None else Recorded(hosted.engine, recorder)
        if self.plain or self.prefix is not None:
            engine = _Primed(engine, self.prefix)
        return generate(
            engine,
            self.request,
            steering=self.steering,
            guards=Guards((LoopDetector(self.sensitivity),)),
            cancel=cancel,
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a client of OpenAI's wants: the generations, in the order of their choices, and how the
    answer is to look.
    """

    asks: tuple[Ask, ...]
    copies: int = 1
    """How many of them have one prompt."""
    stops: tuple[str, ...] = ()
    stream: bool = False
    usage: bool = False
    counts: bool = False
    """Whether each piece of a stream tells how many tokens there are so far."""
    user: str = ""

    @property
    def likely(self) -> bool:
        """Whether it wants to know how likely each token was."""
        return self.asks[0].request.sampling.likely is not None


class _Primed:
    """An engine that is asked to go on from a text, of its own answer or of a whole prompt."""

    def __init__(self, engine: Engine, prefix: str | None) -> None:
        self._engine = engine
        self._prefix = prefix
        self.facts = engine.facts

    def render(self, messages: tuple[Message, ...]) -> Prompt:
        if self._prefix is None:
            return Prompt((Part(messages[-1].content, control=True),))
        prompt = self._engine.render(messages)
        if not prompt.parts:
            raise BadInputError("this model is on a server that can't go on from a text")
        opens = prompt.opens_thinking
        if "<think>" in self._prefix or "</think>" in self._prefix:
            opens = self._prefix.rfind("<think>") > self._prefix.rfind("</think>")
        return Prompt((*prompt.parts, Part(self._prefix, control=True)), opens)

    def start(self, prompt: Prompt, sampling: Sampling, max_tokens: int | None) -> Decoding:
        try:
            return self._engine.start(prompt, sampling, max_tokens)
        except UnavailableError as error:  # a server that takes messages only
            raise BadInputError("this can't be completed", str(error)) from error

    def close(self) -> None:
        """It is another's to close."""


def chat(body: Fields, hosted: Hosted) -> Wanted:
    """Read `/v1/chat/completions`; raises RefusedError."""
    _refuse_unknown_model(body, hosted)
    _refuse_what_is_not_there(body)
    messages = _messages(body, hosted)
    prefix = None
    if body.flag("continue_final_message") or body.any("add_generation_prompt") is False:
        if messages[-1].role != "assistant" or len(messages) == 1:
            raise body.wrong("messages", "must end with the assistant's, to go on from it")
        *others, last = messages
        messages, prefix = tuple(others), last.content
    style: ThinkingStyle = "auto" if body.flag("separate_reasoning", default=True) else "none"
    steering = _steering(body, hosted.steering)
    ask = _ask(body, hosted, _in_language(messages, steering), steering, style)
    likely = body.whole("top_logprobs", 0, MOST_LIKELY)
    if body.flag("logprobs"):
        ask = _telling(ask, hosted, likely or 0)
    elif likely:
        raise body.wrong("top_logprobs", "needs logprobs to be true")
    return _wanted(body, [replace(ask, prefix=prefix)])


def completion(body: Fields, hosted: Hosted) -> Wanted:
    """Read `/v1/completions`; raises RefusedError."""
    _refuse_unknown_model(body, hosted)
    _refuse_what_is_not_there(body)
    for name in ("echo", "suffix"):
        if body.any(name):
            raise body.wrong(name, "is not supported")
    best = body.whole("best_of", 1, MOST_CHOICES)
    if best is not None and best != (body.whole("n", 1, MOST_CHOICES) or 1):
        raise body.wrong("best_of", "is not supported")
    prompts = body.any("prompt")
    prompts = [prompts] if isinstance(prompts, str) else prompts
    if not isinstance(prompts, list) or not prompts:
        raise body.wrong("prompt", "must be a text, or a list of texts")
    if not all(isinstance(prompt, str) for prompt in prompts):
        raise body.wrong("prompt", "must be text: token ids are not supported")
    if not all(prompts):
        raise body.wrong("prompt", "must not be empty")
    steering = _raw_steering(body)
    asks = [_ask(body, hosted, (Message("user", prompt),), steering, "none") for prompt in prompts]
    likely = body.whole("logprobs", 0, MOST_LIKELY)
    if likely is not None:
        asks = [_telling(ask, hosted, likely) for ask in asks]
    return _wanted(body, [replace(ask, plain=True) for ask in asks])


def reason(body: Fields, hosted: Hosted) -> Ask:
    """Read `/v1/reason`; raises RefusedError. Sampling and steering are objects of their own."""
    _refuse_unknown_model(body, hosted)
    sampling, steering = body.inner("sampling"), body.inner("steering")
    return Ask(
        Request(
            _messages(body, hosted),
            _laid_over(hosted.sampling, sampling),
            body.setting("max_tokens") or hosted.max_tokens,
        ),
        _laid_over(hosted.steering, steering),
        body.setting("loop_sensitivity") or hosted.sensitivity,
    )


# ---------------------------------------------------------------------------------------- parts


def _wanted(body: Fields, asks: list[Ask]) -> Wanted:
    """The asks as often as there are to be choices, each with a seed of its own."""
    count = body.whole("n", 1, MOST_CHOICES) or 1
    if len(asks) * count > MOST_CHOICES:
        raise body.wrong("n", f"asks for {len(asks) * count} texts; {MOST_CHOICES} are the most")
    options = body.inner("stream_options")
    return Wanted(
        tuple(_seeded(ask, number) for ask in asks for number in range(count)),
        copies=count,
        stops=_stops(body),
        stream=body.flag("stream"),
        usage=options.flag("include_usage"),
        counts=options.flag("continuous_usage_stats"),
        user=body.text("user") or body.text("safety_identifier") or "",
    )


def _telling(ask: Ask, hosted: Hosted, likely: int) -> Ask:
    """The same, with the probabilities of tokens, and of so many likely ones."""
    if not hosted.engine.facts.tells_likely:
        raise refused("logprobs is not supported: this engine does not tell them", "logprobs")
    sampling = replace(ask.request.sampling, likely=likely)
    return replace(ask, request=replace(ask.request, sampling=sampling))


def _seeded(ask: Ask, number: int) -> Ask:
    seed = ask.request.sampling.seed
    if seed is None or not number:
        return ask
    sampling = replace(ask.request.sampling, seed=(seed + number) % _SEEDS)
    return replace(ask, request=replace(ask.request, sampling=sampling))


def _ask(
    body: Fields,
    hosted: Hosted,
    messages: tuple[Message, ...],
    steering: Steering,
    style: ThinkingStyle,
) -> Ask:
    most = body.setting("max_completion_tokens", "max_tokens") or body.setting("max_tokens")
    sampling = _laid_over(hosted.sampling, body, without="seed")
    seed = body.whole("seed", -_LARGEST_SEED, _LARGEST_SEED)
    if seed is not None:
        sampling = replace(sampling, seed=seed % _SEEDS)
    return Ask(
        Request(messages, sampling, most or hosted.max_tokens, style),
        steering,
        body.setting("loop_sensitivity") or hosted.sensitivity,
    )


def _steering(body: Fields, default: Steering) -> Steering:
    """The default, with the settings that the body has."""
    steering: Steering = _laid_over(default, body, without="budget")
    budget = body.setting("reasoning_budget", "budget")
    return steering if budget is None else replace(steering, budget=budget)


def _raw_steering(body: Fields) -> Steering:
    """The steering that the body itself asks for; without `loops` in it there is none, but for a
    thinking budget. A raw prompt belongs to a program that knows its own format.
    """
    steering = _steering(body, Steering(loops="off", language="off"))
    if "loops" not in body and steering.language not in {"auto", "off"}:
        raise body.wrong("language", "needs loops: a raw prompt is not steered without it")
    return steering if "loops" in body else replace(steering, language="off")


def _in_language(messages: tuple[Message, ...], steering: Steering) -> tuple[Message, ...]:
    """With the wish for a language that is not the question's own anyway."""
    *others, last = messages
    language = next((one for one in LANGUAGES if one == steering.language), None)
    if last.role != "user" or language is None:
        return messages
    if wanted_language(last.content) == (language, True):
        return messages
    content = f"{last.content.rstrip()}\n\n{instruction(language)}"
    return (*others, Message("user", content))


def _laid_over(default: Any, given: Fields, without: str = "") -> Any:  # noqa: ANN401 - of its type
    """A record of settings, with those that are given."""
    names = [name.name for name in fields(default) if name.name in KEYS and name.name != without]
    found = {name: given.setting(name) for name in names}
    return replace(default, **{name: value for name, value in found.items() if value is not None})


def _stops(body: Fields) -> tuple[str, ...]:
    stops = body.any("stop")
    stops = [stops] if isinstance(stops, str) else stops or []
    if not isinstance(stops, list) or len(stops) > MOST_STOPS:
        raise body.wrong("stop", f"must be a text, or a list of at most {MOST_STOPS}")
    if not all(isinstance(stop, str) and stop for stop in stops):
        raise body.wrong("stop", "must be texts that are not empty")
    return tuple(stops)


def _refuse_unknown_model(body: Fields, hosted: Hosted) -> None:
    name = body.text("model")
    if name and not hosted.serves(name):
        raise RefusedError(
            HTTPStatus.NOT_FOUND,
            f"there is no model '{name}' here: there is {hosted.name}",
            param="model",
            code="model_not_found",
        )


def _refuse_what_is_not_there(body: Fields) -> None:
    """What would change the answer, and can't be done, is not passed over in silence."""
    for name in ("tools", "functions", "logit_bias", "audio", "prediction"):
        if body.any(name):
            raise body.wrong(name, "is not supported")
    if body.number("frequency_penalty", -2, 2):
        raise body.wrong("frequency_penalty", "is not supported: leave it at 0")
    if body.inner("response_format").any("type") not in (None, "text"):
        raise body.wrong("response_format", "is not supported, but for plain text")


def _messages(body: Fields, hosted: Hosted) -> tuple[Message, ...]:
    given = body.items("messages")
    if not given:
        raise body.wrong("messages", "must be a list of messages that is not empty")
    if len(given) > _MOST_MESSAGES:
        raise body.wrong("messages", f"must be {_MOST_MESSAGES:,} at most, and are {len(given):,}")
    found = [_message(message, f"messages[{place}]") for place, message in enumerate(given)]
    if hosted.system and all(message.role != "system" for message in found):
        found.insert(0, Message("system", hosted.system))
    return tuple(found)


def _message(given: object, where: str) -> Message:
    if not isinstance(given, dict):
        raise refused(f"{where} must be an object", where)
    role = given.get("role")
    if not isinstance(role, str) or role not in _ROLES:
        raise refused(f"{where}.role must be one of {', '.join(map(str, _ROLES))}", f"{where}.role")
    content = given.get("content")
    if isinstance(content, list):
        content = "".join(_piece(piece, f"{where}.content") for piece in content)
    if content is None and role == "assistant":
        content = ""
    if not isinstance(content, str):
        raise refused(f"{where}.content must be a text", f"{where}.content")
    try:
        content.encode()
    except UnicodeEncodeError as error:
        raise refused(f"{where}.content is no valid text: {error}", f"{where}.content") from None
    return Message(_ROLES[role], content)


def _piece(piece: object, where: str) -> str:
    """The text of a part of a message."""
    if isinstance(piece, dict) and piece.get("type") in ("text", "input_text"):
        text = piece.get("text")
        if isinstance(text, str):
            return text
    kind = piece.get("type") if isinstance(piece, dict) else None
    raise refused(f"{where} has a part of the type '{kind}': only text is supported", where)
