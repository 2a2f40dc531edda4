"""One prompt through one way of dealing with loops, on a real engine. Draws no table.

The arms:

- nothing: the engine's bare stream to the end of its context, split into thinking and answer.
- room: qwq without a look at loops; it asks for the answer when the context is nearly full.
- abort: the generation ends at the first loop, as others do.
- forced: the answer is asked for at the first loop.
- ladder: qwq as it is.
"""

from dataclasses import dataclass
from time import perf_counter
from typing import Final

from benchmarks.passing import PassingDecoding, PassingEngine
from qwq_cli.engines.base import Decoding, Engine, Prompt, Token
from qwq_cli.events import Event, Loop
from qwq_cli.generate import generate
from qwq_cli.request import Message, Request, Sampling, Steering
from qwq_cli.stream.final import final_answer
from qwq_cli.stream.splitter import Piece, make_splitter
from qwq_cli.stream.transcript import Transcript

NOTHING: Final = "nothing"
ROOM: Final = "room"
STEERED: Final[dict[str, Steering]] = {
    ROOM: Steering(loops="report"),  # which changes nothing, and tells where loops are
    "abort": Steering(loops="stop"),
    "forced": Steering(rescues=1),
    "ladder": Steering(),
}
ARMS: Final = (NOTHING, *STEERED)


@dataclass(frozen=True, slots=True)
class Rewind:
    """One call: tokens that were to stay (the prompt's included), and of these the recomputed."""

    kept: int
    recomputed: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one generation. `loops`: in their order, with what was done. `spent`: tokens
    generated, those taken back included. `asked`: whether qwq asked for the answer.
    """

    reason: str
    answer: str
    final: str | None
    loops: tuple[Loop, ...]
    spent: int
    trimmed: int
    inserted: int
    rewinds: tuple[Rewind, ...]
    seconds: float
    asked: bool = False

    @property
    def answered(self) -> bool:
        """Whether it ended by itself, with an answer."""
        return self.reason == "stop" and bool(self.answer.strip())


def run(engine: Engine, arm: str, text: str, sampling: Sampling) -> Outcome:
    """One generation."""
    request = Request((Message("user", text),), sampling)
    if arm == NOTHING:
        return _bare(engine, request)
    watched = _Watched(engine)
    begun = perf_counter()
    events = list(generate(watched, request, steering=STEERED[arm]))
    return _outcome(events, tuple(watched.rewinds), perf_counter() - begun)


def _bare(engine: Engine, request: Request) -> Outcome:
    begun = perf_counter()
    splitter = make_splitter(engine.facts.style)
    decoding = engine.start(engine.render(request.messages), request.sampling, None)
    pieces: list[Piece] = []
    spent = 0
    try:
        for step in decoding:
            if isinstance(step, Token):
                spent += 1
                pieces += splitter.feed(step.text)
        stopped = decoding.progress.stop == "stop"
    finally:
        decoding.close()
    pieces += splitter.flush(stopped=stopped)
    answer = "".join(piece.text for piece in pieces if piece.kind in {"answer", "again"})
    final = final_answer(answer, headed=splitter.headed, complete=stopped)
    seconds = perf_counter() - begun
    return Outcome("stop" if stopped else "length", answer, final, (), spent, 0, 0, (), seconds)


def _outcome(events: list[Event], rewinds: tuple[Rewind, ...], seconds: float) -> Outcome:
    record = Transcript()
    for event in events:
        record.add(event)
    end = record.finished
    if end is None:
        raise ValueError("A generation ended without its last event")
    usage = end.usage
    return Outcome(
        end.reason,
        record.answer,
        end.final,
        tuple(record.loops),
        spent=usage.reasoning_tokens + usage.answer_tokens + usage.trimmed_tokens,
        trimmed=usage.trimmed_tokens,
        inserted=usage.inserted_tokens,
        rewinds=rewinds,
        seconds=seconds,
        asked=any(step.answer for step in record.interventions),
    )


class _Watched(PassingEngine):
    """An engine whose rewinds are written down."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.rewinds: list[Rewind] = []

    def start(self, prompt: Prompt, sampling: Sampling, max_tokens: int | None) -> Decoding:
        return _WatchedDecoding(self.rewinds, super().start(prompt, sampling, max_tokens))


class _WatchedDecoding(PassingDecoding):
    def __init__(self, rewinds: list[Rewind], decoding: Decoding) -> None:
        super().__init__(decoding)
        self._rewinds = rewinds

    def rewind(self, keep: int, then: str = "", sampling: Sampling | None = None) -> int:
        progress = self.progress
        before = progress.recomputed_tokens
        added = super().rewind(keep, then, sampling)
        recomputed = progress.recomputed_tokens - before
        self._rewinds.append(Rewind(progress.prompt_tokens + keep, recomputed))
        return added
