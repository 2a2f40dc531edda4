"""Who runs now, and who waits: a few threads that generate, and a bounded queue before them.

Knows threads, and the event loop that is told of what they make. Does not know HTTP, nor what is
generated.

- Those who wait take turns by who they are, so that one with a hundred requests doesn't hold up
  another with one.
- Threads hand their events over without waiting for whoever reads them, and the loop is woken for
  all at once, a hundred times a second at most: to be woken for each token would cost more
  than the token.
- What is not taken yet is kept as short as its text: texts of one kind are joined.
"""

import asyncio
import threading
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from dataclasses import replace
from http import HTTPStatus
from time import monotonic
from typing import TypeAlias

from qwq_cli.cancel import Cancel
from qwq_cli.codec import SHUTTING_DOWN
from qwq_cli.errors import QwqError
from qwq_cli.events import Answer, Event, Finished, Thinking
from qwq_cli.server.faults import RefusedError, refused

Work: TypeAlias = Callable[[Cancel], Iterator[Event]]
Told: TypeAlias = tuple[int, Event | Exception]
"""Of which job, and what it said; an exception is its end."""

PAUSE_S = 0.01
"""How long the loop is left alone after it was woken."""
_LONGEST_RETRY_S = 60
_UNTAKEN = 256
"""Events that may lie there before they are joined."""


class Exchange:
    """What one client wants: some jobs, and what they say, in the order in which they say it."""

    def __init__(self, works: Sequence[Work], who: str, bell: "Bell") -> None:
        self.who = who
        self.jobs = tuple(Job(number, work, self) for number, work in enumerate(works))
        self.begun = monotonic()
        self._bell = bell
        self._lock = threading.Lock()
        self._told: list[Told] = []
        self._open = len(self.jobs)
        self._joined = 0
        self._silent = True
        """Whether there was no text yet."""
        self._beat = False
        self.rung = asyncio.Event()
        """Set on the loop when there is something to take."""

    def tell(self, told: Told) -> None:
        """For jobs, from their threads."""
        with self._lock:
            self._told.append(told)
            if len(self._told) - self._joined > _UNTAKEN:
                self._told = joined(self._told)
                self._joined = len(self._told)
        _, event = told
        at_once = self._silent or isinstance(event, Finished | Exception)
        self._silent = self._silent and not isinstance(event, Thinking | Answer)
        self._bell.ring(self, at_once=at_once)

    def take(self) -> list[Told]:
        """What was said since the last time."""
        self.rung.clear()
        with self._lock:
            told, self._told, self._joined = self._told, [], 0
        return joined(told)

    async def batches(self, beat_s: float | None = None) -> AsyncGenerator[list[Told], None]:
        """What they say, as it comes, until all of them are over; nothing where a beat comes and
        nothing was said.
        """
        knocking = asyncio.ensure_future(self._knock(beat_s)) if beat_s is not None else None
        try:
            while self._open:
                await self.rung.wait()
                told = self.take()
                self._open -= sum(isinstance(event, Finished | Exception) for _, event in told)
                beat, self._beat = self._beat, False
                if told or beat:
                    yield told
        finally:
            if knocking is not None:
                knocking.cancel()

    async def _knock(self, beat_s: float) -> None:
        while True:
            await asyncio.sleep(beat_s)
            self._beat = True
            self.rung.set()

    def cancel(self) -> None:
        """End what still runs, and let nothing of it begin."""
        for job in self.jobs:
            job.cancel.set()


def joined(told: list[Told]) -> list[Told]:
    """The same, with texts of one kind, that follow each other in one job, in one event."""
    found: list[Told] = []
    last: dict[int, int] = {}
    texts: dict[int, list[str]] = {}
    for number, event in told:
        place = last.get(number)
        before = found[place][1] if place is not None else None
        if place is not None and _alike(before, event):
            assert isinstance(before, Thinking | Answer)  # noqa: S101 - for the types
            assert isinstance(event, Thinking | Answer)  # noqa: S101
            texts.setdefault(place, [before.text]).append(event.text)
            found[place] = (number, replace(before, tokens=before.tokens + event.tokens))
            continue
        last[number] = len(found)
        found.append((number, event))
    for place, pieces in texts.items():
        number, event = found[place]
        assert isinstance(event, Thinking | Answer)  # noqa: S101
        found[place] = (number, replace(event, text="".join(pieces)))
    return found


def _alike(before: object, event: object) -> bool:
    if isinstance(before, Thinking) and isinstance(event, Thinking):
        return before.ours == event.ours
    if isinstance(before, Answer) and isinstance(event, Answer):
        return (before.ours, before.again) == (event.ours, event.again)
    return False


class Job:
    """One generation, waiting or running."""

    def __init__(self, number: int, work: Work, exchange: Exchange) -> None:
        self.cancel = Cancel()
        self.moved = monotonic()
        """When it last made progress."""
        self._number = number
        self._work = work
        self._exchange = exchange

    def run(self) -> None:
        """To its end, on a thread of the pool."""
        ended = False
        self.moved = monotonic()
        try:
            for event in self._work(self.cancel):
                self.moved = monotonic()
                ended = isinstance(event, Finished)
                self.tell(event)
        except Exception as error:  # noqa: BLE001 - whoever waits for it is told
            self.tell(error)
            ended = True
        if not ended:
            self.tell(QwqError("the generation ended without an end"))

    def tell(self, event: Event | Exception) -> None:
        """Hand it over."""
        self._exchange.tell((self._number, event))


class Bell:
    """Wakes the loop for those who have something to take, for all of them at once."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._due: set[Exchange] = set()
        self._last = 0.0

    def ring(self, exchange: Exchange, *, at_once: bool) -> None:
        """From any thread. `at_once`: without a pause, as up to the first text and for the end,
        so that nobody waits longer for either.
        """
        with self._lock:
            first = not self._due
            self._due.add(exchange)
        if (first or at_once) and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._hand_out if at_once else self._soon)

    def _soon(self) -> None:
        left = self._last + PAUSE_S - self._loop.time()
        if left > 0:
            self._loop.call_later(left, self._deliver)
        else:
            self._deliver()

    def _deliver(self) -> None:
        self._last = self._loop.time()
        self._hand_out()

    def _hand_out(self) -> None:
        with self._lock:
            due, self._due = self._due, set()
        for exchange in due:
            exchange.rung.set()


class Pool:
    """`parallel` threads, and a queue that holds `queue` jobs."""

    def __init__(self, parallel: int, queue: int, loop: asyncio.AbstractEventLoop) -> None:
        self.parallel = parallel
        self._queue = queue
        self._bell = Bell(loop)
        self._changed = threading.Condition()
        self._waiting: OrderedDict[str, deque[Job]] = OrderedDict()
        self._running: set[Job] = set()
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._closed = False
        self._usual_s = 1.0
        """How long a job takes, as of late."""
        self._left_idle = monotonic()

    # ------------------------------------------------------------------------------- the loop's

    def submit(self, works: Sequence[Work], who: str) -> Exchange:
        """Have them done; raises RefusedError where too many wait (429), or at the end (503)."""
        exchange = Exchange(works, who, self._bell)
        with self._changed:
            if self._closed:
                raise _parting()
            if len(works) > (most := self._queue + self.parallel):
                raise refused(
                    f"{len(works)} answers at once are more than there is room for: {most}"
                )
            waiting = self.waiting
            free = self.parallel - len(self._running)
            if waiting + len(works) > self._queue + max(free, 0):
                raise RefusedError(
                    HTTPStatus.TOO_MANY_REQUESTS,
                    f"too many wait already ({waiting}); try again later",
                    code="rate_limit_exceeded",
                    retry_s=self._retry_s(waiting),
                )
            self._waiting.setdefault(who, deque()).extend(exchange.jobs)
            # Those who are idle may have been called for others already.
            missing = min(self.waiting - self._idle, self.parallel - len(self._threads))
            for _ in range(missing):
                thread = threading.Thread(target=self._live, name="qwq serve", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._changed.notify(len(works))
        return exchange

    def leave(self, exchange: Exchange) -> None:
        """Its client has gone, or has all: nothing of it goes on."""
        exchange.cancel()
        with self._changed:
            waiting = self._waiting.get(exchange.who)
            for job in exchange.jobs:
                if waiting is not None and job in waiting:
                    waiting.remove(job)
            if waiting is not None and not waiting:
                del self._waiting[exchange.who]

    @property
    def waiting(self) -> int:
        """Jobs that wait."""
        return sum(map(len, self._waiting.values()))

    @property
    def running(self) -> int:
        """Jobs that run."""
        return len(self._running)

    @property
    def silent_s(self) -> float:
        """For how long none of those that run has made any progress; 0 where none runs."""
        with self._changed:
            moved = [job.moved for job in self._running]
        return monotonic() - max(moved) if moved else 0.0

    @property
    def idle_s(self) -> float:
        """For how long there has been nothing to do."""
        with self._changed:
            busy = self._running or self._waiting
            return 0.0 if busy else monotonic() - self._left_idle

    def close(self, *, now: bool = False) -> None:
        """Take no more, and refuse those who wait. `now`: end those that run, too."""
        with self._changed:
            self._closed = True
            waiting = [job for jobs in self._waiting.values() for job in jobs]
            self._waiting.clear()
            running = list(self._running)
            self._changed.notify_all()
        for job in waiting:
            job.tell(_parting())
        if now:
            for job in running:
                job.cancel.set()

    def join(self, timeout_s: float) -> bool:
        """Wait, after `close`, until no job runs any more; false if one still does."""
        until = monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(until - monotonic(), 0))
        return not any(thread.is_alive() for thread in self._threads)

    def _retry_s(self, waiting: int) -> int:
        """When there may be room again, by what jobs take."""
        guess = self._usual_s * (waiting + 1) / self.parallel
        return min(max(round(guess), 1), _LONGEST_RETRY_S)

    # ---------------------------------------------------------------------------- the threads'

    def _live(self) -> None:
        while (job := self._next()) is not None:
            begun = monotonic()
            try:
                if not job.cancel.is_set():
                    job.run()
            finally:
                with self._changed:
                    self._running.discard(job)
                    self._usual_s += (monotonic() - begun - self._usual_s) / 8
                    self._left_idle = monotonic()

    def _next(self) -> Job | None:
        """The job whose turn it is; None at the end."""
        with self._changed:
            self._idle += 1
            self._changed.wait_for(lambda: self._closed or self._waiting)
            self._idle -= 1
            if not self._waiting:
                return None
            who, jobs = self._waiting.popitem(last=False)
            job = jobs.popleft()
            if jobs:  # behind all others
                self._waiting[who] = jobs
            job.moved = monotonic()
            self._running.add(job)
            return job


def _parting() -> RefusedError:
    return RefusedError(
        HTTPStatus.SERVICE_UNAVAILABLE, "the server is shutting down", code=SHUTTING_DOWN, retry_s=5
    )
