"""The same weights, driven three ways: upstream's bare loop, our engine, and the whole of qwq.

Knows how to time them. All share one loaded model; each run has a generator of its own with an
empty page table, so none finds what another has read. Does not know what is done with the figures.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import torch

from qwq_cli.engines.base import ModelFacts, Part, Prompt, Token
from qwq_cli.engines.exllama.decoding import ExllamaDecoding, Model
from qwq_cli.engines.exllama.loading import Loaded, Options
from qwq_cli.engines.exllama.owner import Ask, Drawn, Owner
from qwq_cli.engines.exllama.sampling import knobs
from qwq_cli.engines.exllama.vocabulary import Vocabulary
from qwq_cli.events import Finished, Started
from qwq_cli.generate import generate
from qwq_cli.request import Message, Request, Sampling, Steering

SAMPLING = Sampling(seed=1)
"""As reasoning models are sampled; greedy would save the sampler's work."""


class Kept(Loaded):
    """A loaded model that stays on the card when the engine over it is closed; `free` ends it."""

    def unload(self) -> None:
        """Nothing yet."""

    def free(self) -> None:
        """Give the card back."""
        super().unload()


@dataclass(frozen=True, slots=True)
class Timing:
    """One run: seconds to the first token, tokens per second from there on, and how many."""

    first_s: float
    rate: float
    tokens: int


class _Clock:
    """Notes when tokens come."""

    def __init__(self) -> None:
        self._begun = self._first = self._last = perf_counter()
        self._count = self._at_first = 0

    def add(self, count: int) -> None:
        self._last = perf_counter()
        if not self._count:
            self._first, self._at_first = self._last, count
        self._count += count

    def timing(self) -> Timing:
        passed = self._last - self._first
        after = self._count - self._at_first
        rate = after / passed if passed > 0 else 0.0
        return Timing(self._first - self._begun, rate, self._count)


def bare(kept: Kept, prompts: Sequence[list[int]], most: int) -> Timing:
    """Upstream's own loop, with its own defaults and our sampling."""
    from exllamav2.generator import ExLlamaV2DynamicGenerator, ExLlamaV2DynamicJob, ExLlamaV2Sampler

    generator = ExLlamaV2DynamicGenerator(kept.model, kept.cache, kept.encoder)
    clock = _Clock()
    for ids in prompts:
        job = ExLlamaV2DynamicJob(
            input_ids=torch.tensor([ids], dtype=torch.long),
            max_new_tokens=most,
            gen_settings=ExLlamaV2Sampler.Settings(**knobs(SAMPLING)),
            seed=SAMPLING.seed,
            stop_conditions=[],
        )
        generator.enqueue(job)
    while generator.num_remaining_jobs():
        results = generator.iterate()
        count = sum(result["stage"] == "streaming" for result in results)
        if count:
            clock.add(count)
    generator.sampling_pool.shutdown()
    return clock.timing()


@contextmanager
def engine(kept: Kept) -> Iterator[Model]:
    """Our engine over it: the thread that owns the library, and what a generation needs."""
    owner = Owner(lambda _report: kept, None)
    try:
        yield Model(owner, Vocabulary(kept.tokenizer), frozenset(), kept.context - 8)
    finally:
        owner.close()


def ours(kept: Kept, prompts: Sequence[list[int]], most: int) -> Timing:
    """Our engine: every token as a `Token`."""
    with engine(kept) as model:
        clock = _Clock()
        running = [ExllamaDecoding(model, ids, SAMPLING, most) for ids in prompts]
        for decoding in running:
            for step in decoding:
                if isinstance(step, Token):
                    clock.add(1)
        return clock.timing()


@dataclass(slots=True)
class _Whole:
    """As an `Engine`, for the loop: a prompt of ids of its own, whatever is asked."""

    model: Model
    ids: list[int]
    facts: ModelFacts

    def render(self, messages: tuple[Message, ...]) -> Prompt:
        return Prompt((Part(messages[-1].content),))

    def start(self, _prompt: Prompt, sampling: Sampling, max_tokens: int | None) -> ExllamaDecoding:
        return ExllamaDecoding(self.model, self.ids, sampling, max_tokens)

    def close(self) -> None:
        """It is not its own to close."""


def whole(kept: Kept, prompts: Sequence[list[int]], most: int) -> Timing:
    """Our loop over our engine, for one prompt: split, watched for loops, told as events; nothing
    is led.
    """
    (ids,) = prompts
    steering = Steering(loops="report", language="off")
    request = Request((Message("user", "?"),), SAMPLING, most, "headings")
    with engine(kept) as model:
        facts = ModelFacts("random", "ExLlamaV2", kept.context, "headings")
        begun = perf_counter()
        first, tokens = 0.0, 0
        for event in generate(_Whole(model, ids, facts), request, steering=steering):
            if isinstance(event, Finished):
                tokens = event.usage.reasoning_tokens + event.usage.answer_tokens
            elif not first and not isinstance(event, Started):
                first = perf_counter()
        passed = perf_counter() - first
    return Timing(first - begun, (tokens - 1) / passed if passed > 0 else 0.0, tokens)


@dataclass(frozen=True, slots=True)
class Rewind:
    """A rewind far into a text: seconds until the next token, and how many were read again;
    beside them the usual seconds a token, and those for reading the whole prompt.
    """

    next_s: float
    read_again: int
    token_s: float
    prompt_s: float


def rewind(kept: Kept, ids: list[int], *, drawn: int, back: int) -> Rewind:
    """Write `drawn` tokens after a prompt, take about `back` of them back, and write on."""
    with engine(kept) as model:
        decoding = ExllamaDecoding(model, ids, SAMPLING, drawn)
        found: list[Token] = []
        times = [perf_counter()]
        for step in decoding:
            if isinstance(step, Token):
                found.append(step)
                times.append(perf_counter())
        keep = next(at for at in range(len(found) - back, -1, -1) if not at or found[at - 1].text)
        begun = perf_counter()
        decoding.rewind(keep)
        next(step for step in decoding if isinstance(step, Token))
        next_s = perf_counter() - begun
        decoding.close()
    return Rewind(
        next_s=next_s,
        read_again=decoding.progress.recomputed_tokens,
        token_s=(times[-1] - times[1]) / max(len(found) - 1, 1),
        prompt_s=times[1] - times[0],
    )


@dataclass(frozen=True, slots=True)
class Drafted:
    """A known text written with drafts, or without: tokens per second, and drafts that were right
    and wrong.
    """

    rate: float
    right: int
    wrong: int


def replay(kept: Kept, ids: list[int], prompt: int, options: Options) -> Drafted:
    """Write a known text, token by token, after its first `prompt` ids: the model computes all it
    would compute, and what it draws is exchanged for what the text says.
    """
    before, kept.options = kept.options, options
    try:
        with engine(kept) as model, _says(iter(ids[prompt:])):
            most = len(ids) - prompt
            run = model.owner.start(Ask(ids[:prompt], most, knobs(SAMPLING), 1, model.ends))
            clock = _Clock()
            found: list[int] = []
            for message in run.messages():
                if isinstance(message, Drawn):
                    found += message.ids
                    clock.add(len(message.ids))
    finally:
        kept.options = before
    if found != ids[prompt:]:
        raise SystemExit("what was written is not what was to be written")
    return Drafted(clock.timing().rate, run.accepted, run.rejected)


@contextmanager
def _says(ids: Iterator[int]) -> Iterator[None]:
    """The sampler draws as ever, and then says the next of these; the last one for ever."""
    from exllamav2.generator import ExLlamaV2Sampler

    sample: Callable[..., Any] = ExLlamaV2Sampler.sample
    said = 0

    def forced(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - upstream's signature
        nonlocal said
        result = sample(*args, **named)
        said = next(ids, said)
        result[0][0, 0] = said
        return result

    ExLlamaV2Sampler.sample = staticmethod(forced)
    try:
        yield
    finally:
        ExLlamaV2Sampler.sample = staticmethod(sample)


def with_ngrams(options: Options) -> Options:
    """The same, drafting from the text so far."""
    return replace(options, draft=None, ngram=True)


def bandwidth(device: str, size: int, rounds: int = 20) -> float:
    """Bytes per second that a large copy moves, read and written."""
    source = torch.empty(size, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)

    def copied(times: int) -> float:
        begun = perf_counter()
        for _ in range(times):
            target.copy_(source)
        if device != "cpu":
            torch.cuda.synchronize()
        return perf_counter() - begun

    copied(1)  # the first one does not count
    return 2 * size * rounds / copied(rounds)


def settle(device: str) -> None:
    """Give back what torch keeps of freed memory, so that it is not counted as the model's."""
    if device != "cpu":
        torch.cuda.empty_cache()
