"""THE loop: tokens to events. The only place where tokens are taken back.

Knows the engine protocol and the stages of `stream`. Does not know which engine it drives, nor
who shows the events.

What a rewind does: the second copy of a loop is taken back, the kept tokens are replayed into
fresh stages (no stage has an undo), and the engine goes on from there with a warmer sampling,
because greedy sampling would write the same again. When it has gone a while without a loop, the
sampling that was asked for returns.
"""

from bisect import bisect_right
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from time import perf_counter

from qwq_cli.engines.base import Decoding, Engine, Prefilling, Prompt, Token
from qwq_cli.events import (
    Answer,
    Event,
    Finished,
    FinishReason,
    Loop,
    Prefill,
    Rewound,
    Started,
    Thinking,
    Timings,
    Usage,
)
from qwq_cli.request import Request, Sampling, ThinkingStyle
from qwq_cli.stream.final import final_answer
from qwq_cli.stream.guard import Guard, Verdict
from qwq_cli.stream.repeats import ExactRepeats
from qwq_cli.stream.splitter import Piece, Splitter, make_splitter

WARM_TOKENS = 200
"""How long the warmer sampling lasts after a rewind."""

_PROGRESS_CHARS = 1000
"""A loop that starts this far behind the last rewind is a new one: the rescue had worked."""


class Cancel:
    """A switch, thrown at most once, from any thread or from a signal handler.

    `set()` ends the generation that was started with it: even one that waits for its next token
    wakes at once, and finishes with the reason `interrupted`.
    """

    def __init__(self) -> None:
        self._thrown = False
        self._then: list[Callable[[], None]] = []

    def set(self) -> None:
        """Throw the switch; later calls do nothing more. Takes no lock."""
        self._thrown = True
        for act in tuple(self._then):
            act()

    def is_set(self) -> bool:
        """Whether it was thrown."""
        return self._thrown

    def on_set(self, act: Callable[[], None]) -> None:
        """Call `act` when it is thrown, or now if it was; `act` may be called twice."""
        self._then.append(act)
        if self._thrown:
            act()


def generate(
    engine: Engine,
    request: Request,
    *,
    guards: Sequence[Guard] = (ExactRepeats(),),
    rescues: int = 3,
    cancel: Cancel | None = None,
    load_s: float = 0.0,
) -> Generator[Event, None, None]:
    """Answer one request, as it comes.

    Yields `Started`, any `Prefill`, then `Thinking`, `Answer`, `Rewound`, and one `Finished`
    last. Nothing runs before the first `next`; closing the iterator cancels.

    `guards` watch for loops; only fresh copies of them are used. `rescues`: how many times in a
    row a loop is taken back before it gives up with the reason `loop`; 0 stops at the first one.
    `cancel`: a switch that ends it early (reason `interrupted`). `load_s`: what loading the model
    took, passed on in the timings.

    Raises `QwqError` from the engine (`BadInputError`, with both counts, for a prompt that
    leaves no room). A `KeyboardInterrupt` that falls inside frees the engine and goes through.
    """
    begun = perf_counter()
    prompt = engine.render(request.messages)
    decoding = engine.start(prompt, request.sampling, request.max_tokens)
    cancel = cancel or Cancel()
    cancel.on_set(decoding.close)
    try:
        facts = engine.facts
        yield Started(facts.name, facts.engine, decoding.progress.prompt_tokens)
        style = facts.style if request.style == "auto" else request.style
        loop = _Generation(decoding, request, rescues, begun, _Stages(style, prompt, guards))
        yield from loop.events()
        yield from loop.finish(cancelled=cancel.is_set(), load_s=load_s)
    finally:
        decoding.close()


class _Stages:
    """The stages that text runs through, with what they have given out so far."""

    def __init__(self, style: ThinkingStyle, prompt: Prompt, guards: Sequence[Guard]) -> None:
        self._new: Callable[[], _Stages] = lambda: _Stages(style, prompt, guards)
        self.guards = [guard.fresh() for guard in guards]
        self.splitter: Splitter = make_splitter(style, opens_thinking=prompt.opens_thinking)
        self.thinking_chars = 0
        self.answer_chars = 0
        self.thinking_tokens = 0
        self.answer_tokens = 0
        self.pending = 0
        """Tokens whose text was not given out yet."""
        self.answer: list[str] = []

    def fresh(self) -> "_Stages":
        """The same stages, with nothing seen."""
        return self._new()

    def watch(self, text: str) -> Verdict | None:
        """Ask each guard; all of them see every text."""
        found = None
        for guard in self.guards:
            found = guard.watch(text) or found
        return found

    def feed(self, text: str) -> list[Event]:
        """The events of one more token's text."""
        self.pending += 1
        return self._events(self.splitter.feed(text)) if text else []

    def flush(self, *, stopped: bool) -> list[Event]:
        """The events of what was held back."""
        events = self._events(self.splitter.flush(stopped=stopped))
        if self.splitter.thinking:
            self.thinking_tokens += self.pending
        else:
            self.answer_tokens += self.pending
        self.pending = 0
        return events

    def _events(self, pieces: list[Piece]) -> list[Event]:
        events: list[Event] = []
        for kind, text in pieces:
            if kind == "thinking":
                events.append(Thinking(text, self.pending))
                self.thinking_chars += len(text)
                self.thinking_tokens += self.pending
            elif kind == "answer":
                events.append(Answer(text, tokens=self.pending))
                self.answer_chars += len(text)
                self.answer_tokens += self.pending
                self.answer.append(text)
            elif kind == "again":
                events.append(Answer(text, again=True, tokens=0))
                self.answer.append(text)
                continue
            else:
                continue
            self.pending = 0
        return events


class _Generation:
    """One run of the loop: what was generated, and what may be done about it."""

    def __init__(
        self, decoding: Decoding, request: Request, rescues: int, begun: float, stages: _Stages
    ) -> None:
        self.decoding = decoding
        self.asked = request.sampling
        self.rescues = rescues
        self.begun = begun
        self.stages = stages
        self.texts: list[str] = []
        self.ends: list[int] = []
        """For each token, how many characters there are up to its end."""
        self.first_token_s: float | None = None
        self.trimmed = 0
        self.failed = 0
        """Rescues in a row that led into a loop again."""
        self.resumed_at = 0
        """Where the last rewind went on, in characters."""
        self.warm_until: int | None = None
        self.gave_up = False

    def events(self) -> Iterator[Event]:
        """Everything between `Started` and the end."""
        ended = False
        while not ended and not self.gave_up:
            ended = True
            for step in self.decoding:
                if isinstance(step, Prefilling):
                    if self.first_token_s is None:
                        yield Prefill(step.done, step.total)
                    continue
                verdict = self._take(step)
                if verdict is not None:
                    yield self._rewind(verdict)
                    # An engine whose tokens had ended is to be iterated anew.
                    ended = False
                    break
                yield from self.stages.feed(step.text)
                if self.warm_until is not None and len(self.texts) >= self.warm_until:
                    self._cool(step)

    def _take(self, token: Token) -> Verdict | None:
        """Note one token, and ask the guards."""
        if self.first_token_s is None:
            self.first_token_s = perf_counter() - self.begun
        text = token.text
        self.texts.append(text)
        self.ends.append((self.ends[-1] if self.ends else 0) + len(text))
        return self.stages.watch(text) if text else None

    def _cool(self, token: Token) -> None:
        """Back to the sampling that was asked for, at the end of a character."""
        if token.text:
            self.decoding.rewind(len(self.texts), sampling=self.asked)
            self.warm_until = None

    def _rewind(self, verdict: Verdict) -> Rewound:
        """Take back what came after the first copy, and go on or give up."""
        if verdict.start > self.resumed_at + _PROGRESS_CHARS:
            self.failed = 0
        keep = bisect_right(self.ends, verdict.repeat_at)
        while keep and not self.texts[keep - 1]:
            keep -= 1  # a token without text may be the beginning of a character
        trimmed = len(self.texts) - keep
        del self.texts[keep:], self.ends[keep:]
        self.trimmed += trimmed
        self.stages = stages = self.stages.fresh()
        for text in self.texts:
            stages.watch(text)
            stages.feed(text)
        self.gave_up = self.failed >= self.rescues
        if not self.gave_up:
            self.failed += 1
            self.resumed_at = self.ends[-1] if self.ends else 0
            self.warm_until = keep + WARM_TOKENS
            self.decoding.rewind(keep, sampling=_warmer(self.asked, self.failed))
        loop = Loop(
            verdict.kind,
            start=verdict.start,
            repeat_at=verdict.repeat_at,
            detected_at=verdict.detected_at,
            action="stopped" if self.gave_up else "rewound",
        )
        return Rewound(stages.thinking_chars, stages.answer_chars, loop, trimmed)

    def finish(self, *, cancelled: bool, load_s: float) -> Iterator[Event]:
        """What was held back, and the end."""
        stop = self.decoding.progress.stop
        self.decoding.close()
        reason: FinishReason
        if self.gave_up:
            reason = "loop"
        elif stop == "stop":
            reason = "stop"
        elif cancelled or stop is None:
            reason = "interrupted"
        else:
            reason = "budget" if self.stages.splitter.thinking else "length"
        yield from self.stages.flush(stopped=reason == "stop")
        final = final_answer(
            "".join(self.stages.answer),
            headed=self.stages.splitter.headed,
            complete=reason == "stop",
        )
        yield Finished(reason, final, self._usage(), self._timings(load_s))

    def _usage(self) -> Usage:
        progress = self.decoding.progress
        return Usage(
            prompt_tokens=progress.prompt_tokens,
            reasoning_tokens=self.stages.thinking_tokens,
            answer_tokens=self.stages.answer_tokens,
            trimmed_tokens=self.trimmed,
            cached_tokens=progress.cached_tokens,
            recomputed_tokens=progress.recomputed_tokens,
        )

    def _timings(self, load_s: float) -> Timings:
        total = perf_counter() - self.begun
        first = total if self.first_token_s is None else self.first_token_s
        later = len(self.texts) + self.trimmed - 1
        return Timings(
            load_s=load_s,
            prefill_s=self.decoding.progress.prefill_s,
            first_token_s=first,
            total_s=total,
            tokens_per_s=later / (total - first) if later > 0 and total > first else 0.0,
        )


def _warmer(asked: Sampling, rescue: int) -> Sampling:
    """Warmer with each rescue, and never greedy, which does not get out of loops."""
    return replace(asked, temperature=max(asked.temperature, 0.5) + 0.25 * rescue)
