"""The thread that alone touches ExLlamaV2: it loads, draws tokens for all runs, and frees.

Knows jobs, the page table's manners, and what a fault leaves behind. Does not know texts.

- The library has no locks, so whoever wants something of it leaves an order; orders are carried
  out between two steps. A KeyboardInterrupt reaches the main thread alone, so it never falls into
  a step, which would leave the page table ahead of what was computed.
- Ids are read from a job's sequence, not from what a step reports: that is wrong after a banned
  string, and lacks what was held back when a stop token comes.
- A job wants pages for all that it may write before it begins. So a run is written as several
  jobs, one after another, each of a few pages: the next one takes up all pages of the one before,
  and many runs share the cache.
- After a fault the generator is made anew, with an empty page table: the old one's pages may
  claim tokens that were never computed.
"""

import contextlib
import queue
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from qwq_cli.engines.base import StopReason
from qwq_cli.engines.exllama.loading import PAGE, Loaded, OnLoad, fault
from qwq_cli.errors import QwqError, UnavailableError

SLICE = 1024
"""Tokens that one job of a run writes at most."""


@dataclass(frozen=True, slots=True)
class Read:
    """`done` of `total` tokens of the run's beginning are evaluated or were in the cache."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """The next ids; the one that ends a text is not among them."""

    ids: list[int]


@dataclass(frozen=True, slots=True)
class Ended:
    """Nothing more will come."""

    stop: StopReason


Message: TypeAlias = Read | Drawn | Ended | QwqError


@dataclass(slots=True)
class Ask:
    """What to write: after which ids, at most how many, with which knobs of the sampler (for each
    job's own settings) and which seed (None draws one); which ids end it.
    """

    ids: list[int]
    most: int
    knobs: dict[str, Any]
    seed: int | None
    ends: frozenset[int]


class Run:
    """One text being written. What it says comes in messages, to be read by one thread."""

    def __init__(self, ask: Ask, orders: "queue.SimpleQueue[Run | Stop | None]") -> None:
        self.ask = ask
        self._orders = orders
        self._messages: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self.stopped = False
        self._over = False
        self.cached = self.evaluated = 0
        """How many of the ids it began with were in the cache, and how many were not, as far as
        they are read. The last one is read in the step that draws the first new one, and is in
        neither.
        """
        self.read_s: float = 0.0
        """What evaluating the others took."""
        self.accepted = self.rejected = 0
        """Draft tokens."""

    def messages(self) -> Iterator[Message]:
        """Until the end; ends early once stopped, and raises the error that ended it."""
        while not (self.stopped or self._over):
            message = self._messages.get()
            if message is None or self.stopped:
                return
            self._over = isinstance(message, Ended | QwqError)
            if isinstance(message, QwqError):
                raise message
            yield message

    def stop(self) -> None:
        """Cancel between this step and the next. Waits for nothing and takes no lock, so a signal
        handler may call it.
        """
        self.end()
        self._orders.put(Stop(self))

    def end(self) -> None:
        """No reader waits any longer."""
        self.stopped = True
        self._messages.put(None)

    def tell(self, message: Message) -> None:
        """For the owner."""
        self._messages.put(message)


@dataclass(frozen=True, slots=True)
class Stop:
    """The order to cancel a run."""

    run: Run


@dataclass(slots=True)
class _Work:
    """A run's present job. `told`: tokens of its sequence that the run knows. `left`: tokens that
    the run may still be told.
    """

    run: Run
    job: Any
    told: int
    left: int
    first: bool = True


class Owner:
    """A thread with a model. Loading ends before this is made; `close` frees all."""

    def __init__(self, load: Callable[[OnLoad], Loaded], on_load: OnLoad | None) -> None:
        """Start the thread, wait until `load` is done there; raises what that raises. An
        interrupt meanwhile gives the loading up.
        """
        self._orders: queue.SimpleQueue[Run | Stop | None] = queue.SimpleQueue()
        self._work: dict[Any, _Work] = {}
        """By job."""
        self._broken: QwqError | None = None
        self._closed = False
        self._loaded: Loaded | None = None
        self._generator: Any = None
        ready: queue.SimpleQueue[Loaded | BaseException] = queue.SimpleQueue()
        self._thread = threading.Thread(
            target=self._live, args=(load, on_load, ready), name="exllamav2", daemon=True
        )
        try:
            self._thread.start()
            loaded = ready.get()
        except BaseException:
            self._closed = True
            raise
        if isinstance(loaded, BaseException):
            self._closed = True
            raise loaded
        self.loaded = loaded

    def start(self, ask: Ask) -> Run:
        """A new run; it waits its turn where too many are under way."""
        run = Run(ask, self._orders)
        self._orders.put(run)
        if self._closed:
            run.tell(UnavailableError("the engine is closed"))
        return run

    def close(self) -> None:
        """End every run, free the card, and wait until that is done."""
        self._closed = True
        self._orders.put(None)
        self._thread.join()

    # What follows runs on the thread itself.

    def _live(
        self,
        load: Callable[[OnLoad], Loaded],
        on_load: OnLoad | None,
        ready: "queue.SimpleQueue[Loaded | BaseException]",
    ) -> None:
        def report(done: int, total: int) -> None:
            if self._closed:
                raise _GivenUpError
            if on_load is not None:
                on_load(done, total)

        try:
            loaded = load(report)
            self._generator = loaded.generator()
        except BaseException as error:  # noqa: BLE001 - told to whoever waits
            ready.put(fault(error) if isinstance(error, Exception) else error)
            return
        self._loaded = loaded
        ready.put(loaded)
        try:
            self._serve()
        finally:
            self._closed = True
            for work in self._work.values():
                work.run.end()
            self._work.clear()
            self._drain()
            self._drop()
            loaded.unload()

    def _serve(self) -> None:
        """Carry out orders, step, tell; until the order to close."""
        while True:
            while not self._work or not self._orders.empty():
                order = self._orders.get()
                if order is None:
                    return
                if isinstance(order, Stop):
                    self._stop(order.run)
                else:
                    self._begin(order)
            self._step()

    def _begin(self, run: Run) -> None:
        if run.stopped:
            return
        if self._broken is not None:
            run.tell(_again(self._broken))
            return
        rng = random.Random(run.ask.seed)
        self._enqueue(_Work(run, None, len(run.ask.ids), run.ask.most), run.ask.ids, rng)

    def _enqueue(self, work: _Work, ids: list[int], rng: random.Random) -> None:
        """The next job of a run."""
        import torch
        from exllamav2.generator import ExLlamaV2DynamicJob, ExLlamaV2Sampler

        ask = work.run.ask
        try:
            # A drafting generator ends a job as many tokens early as it drafts.
            job = ExLlamaV2DynamicJob(
                input_ids=torch.tensor([ids], dtype=torch.long),
                max_new_tokens=min(work.left, SLICE) + self._generator.num_draft_tokens,
                gen_settings=ExLlamaV2Sampler.Settings(**ask.knobs),
                stop_conditions=sorted(ask.ends),
                decode_special_tokens=True,
            )
            job.rng = rng
            before, work.job = work.job, job
            self._generator.enqueue(job)
            if before is not None:  # the same text, so what is known of it holds; and its turn
                job.ngrams, job.ngram_position = before.ngrams, before.ngram_position
                self._generator.pending_jobs.insert(0, self._generator.pending_jobs.pop())
        except Exception as error:  # noqa: BLE001 - told to the run
            work.run.tell(fault(error))
            return
        self._work[job] = work

    def _stop(self, run: Run) -> None:
        job = next((job for job, work in self._work.items() if work.run is run), None)
        if job is None:
            return
        del self._work[job]
        try:
            self._generator.cancel(job)
        except Exception as error:  # noqa: BLE001 - as in a step
            self._recover(error)

    def _step(self) -> None:
        """One iteration of the generator."""
        try:
            results = self._generator.iterate()
        except Exception as error:  # noqa: BLE001 - whatever it raises, others go on
            self._recover(error)
            return
        # With drafting one step draws several tokens, and reports each.
        last = {(result["job"], result["stage"]): result for result in results}
        for (job, stage), result in last.items():
            if stage == "prefill":
                self._tell_read(self._work[job], result)
            elif stage == "streaming":
                self._tell_drawn(self._work[job], result)

    def _tell_read(self, work: _Work, result: dict[str, Any]) -> None:
        if not work.first:
            return
        done, total = result["curr_progress"], result["max_progress"]
        work.run.cached = _cached(work.job)
        work.run.evaluated = done - work.run.cached
        work.run.tell(Read(done + (done == total), total + 1))

    def _tell_drawn(self, work: _Work, result: dict[str, Any]) -> None:
        job, run = work.job, work.run
        if work.first:
            work.first = False
            run.cached = _cached(job)
            run.read_s = job.time_first_token - job.time_first_prefill
        sequence = job.sequences[0].sequence_ids.torch()[0]
        ids = sequence[work.told :].tolist()
        work.told += len(ids)
        ended = result["eos"] and result["eos_reason"] == "stop_token"
        if ended and ids:
            ids.pop()
        work.left -= len(ids)
        if ids:
            run.tell(Drawn(ids))
        if not result["eos"]:
            return
        del self._work[job]
        run.accepted += job.accepted_draft_tokens
        run.rejected += job.rejected_draft_tokens
        if ended:
            run.tell(Ended("stop"))
        elif work.left <= 0:
            run.tell(Ended("length"))
        else:
            self._enqueue(work, sequence.tolist(), job.rng)

    def _recover(self, error: Exception) -> None:
        """Tell every run, and make a new generator."""
        mapped = fault(error)
        error.__traceback__ = None  # it holds tensors
        self._fail(mapped)
        try:
            self._drop()
            assert self._loaded is not None  # noqa: S101 - for the types
            self._generator = self._loaded.generator()
        except Exception as second:  # noqa: BLE001 - told to whoever comes
            self._broken = fault(second)

    def _drop(self) -> None:
        """Let go of the generator and of the threads that it samples with."""
        generator, self._generator = self._generator, None
        if generator is not None:
            generator.sampling_pool.shutdown(wait=False)

    def _fail(self, error: QwqError) -> None:
        for work in self._work.values():
            work.run.tell(_again(error))
        self._work.clear()

    def _drain(self) -> None:
        """Runs that were ordered too late."""
        with contextlib.suppress(queue.Empty):
            while True:
                order = self._orders.get_nowait()
                if isinstance(order, Run):
                    order.tell(UnavailableError("the engine is closed"))


class _GivenUpError(BaseException):
    """Raised inside loading when nobody waits for it any more."""


def _cached(job: Any) -> int:  # noqa: ANN401 - no types
    """Tokens that a job found in the cache."""
    return int(job.cached_pages * PAGE + job.cached_tokens)


def _again(error: QwqError) -> QwqError:
    """A copy: an error that several threads raise would gather their tracebacks."""
    return type(error)(error.what, error.why, error.todo)
