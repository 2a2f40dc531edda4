"""Many at once: workers that take what is to be done, and hand on what comes of it.

Knows threads, and how all of them end at once. Does not know what the work is.
"""

import queue
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from qwq_cli.cancel import Cancel

_TICK_S = 1.0
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Hand(Generic[R]):
    """What a worker has while it works on one thing: `cancel` is thrown when all shall end, and
    `say` hands on a result besides the one that it is to return, which need not be settled.
    """

    cancel: Cancel
    stopping: threading.Event
    say: Callable[[R], None]

    def wait(self, seconds: float) -> bool:
        """Pass the time; true, and at once, if all shall end."""
        return self.stopping.wait(seconds)


class Pool(Generic[T, R]):
    """`work` gets each of `items` on one of so many threads; what it returns is a result, None is
    none. At most `ahead` results wait to be settled, so memory stays flat.
    """

    def __init__(
        self,
        items: Iterable[T],
        work: Callable[[T, "Hand[R]"], R | None],
        *,
        workers: int,
        ahead: int,
    ) -> None:
        self._items: Iterator[T] = iter(items)
        self._work = work
        self._workers = workers
        self._taking = threading.Lock()
        self._room = threading.Semaphore(ahead)
        self._stopping = threading.Event()
        self._cancels: set[Cancel] = set()
        self._queue: queue.SimpleQueue[_Told[R]] = queue.SimpleQueue()

    def stop(self) -> None:
        """End: what is at work is broken off. Safe in a signal handler."""
        self._queue.put(_Told(stop=True))

    def settle(self, count: int) -> None:
        """So many results are done with."""
        if count:
            self._room.release(count)

    def results(self) -> Generator[list[R], None, None]:
        """All that came since the last time, as soon as there is anything, and nothing each time
        that a second has passed. What a worker raises is raised here, after all have ended; closing
        ends them, too.
        """
        threads = [
            threading.Thread(target=self._run, name=f"batch {number}", daemon=True)
            for number in range(self._workers)
        ]
        for thread in threads:
            thread.start()
        fault: BaseException | None = None
        running = len(threads)
        try:
            while running:
                found: list[R] = []
                for told in self._gathered():
                    found += told.results
                    running -= told.ended
                    fault = fault or told.fault
                    if told.stop or told.fault:
                        self._end()
                yield found
        finally:
            self._end()
            for thread in threads:
                thread.join()
        if fault is not None:
            raise fault

    def _gathered(self) -> Iterator["_Told[R]"]:
        try:
            yield self._queue.get(timeout=_TICK_S)
        except queue.Empty:
            return
        while not self._queue.empty():
            yield self._queue.get()

    def _end(self) -> None:
        self._stopping.set()
        self._room.release(self._workers)
        for cancel in tuple(self._cancels):
            cancel.set()

    def _run(self) -> None:
        fault: BaseException | None = None
        try:
            while (item := self._next()) is not None:
                result = self._worked(item[0])
                if result is None:
                    self._room.release()
                else:
                    self._say(result)
        except BaseException as error:  # noqa: BLE001 - whoever reads the results raises it again
            fault = error
        self._queue.put(_Told(ended=True, fault=fault))

    def _next(self) -> tuple[T] | None:
        """The next item, boxed; None when there are no more, or all shall end. Room comes first:
        who has an item can always finish it.
        """
        self._room.acquire()
        with self._taking:
            if self._stopping.is_set():
                return None
            for item in self._items:
                return (item,)
        self._room.release()  # for the others, who wait for nothing
        return None

    def _say(self, result: R) -> None:
        self._queue.put(_Told((result,)))

    def _worked(self, item: T) -> R | None:
        cancel = Cancel()
        self._cancels.add(cancel)
        try:
            if self._stopping.is_set():  # it came between
                cancel.set()
            return self._work(item, Hand(cancel, self._stopping, self._say))
        finally:
            self._cancels.discard(cancel)


@dataclass(frozen=True, slots=True)
class _Told(Generic[R]):
    """One message to whoever reads: results, the end of a worker, or a wish to stop."""

    results: tuple[R, ...] = ()
    ended: bool = False
    fault: BaseException | None = None
    stop: bool = False
