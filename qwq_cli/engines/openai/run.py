"""One request at work on a thread of its own, so that whoever waits for it can always be woken.

Knows queues and threads; what the work is, others say.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from qwq_cli.engines.openai.client import BrokenOffError, Call

T = TypeVar("T")


class Run(Generic[T]):
    """What `work` yields, in order. The thread may outlive it for a while: a name that is looked
    up can't be broken off.
    """

    def __init__(self, work: Callable[[Call], Iterator[T]]) -> None:
        self._queue: queue.SimpleQueue[T | _End] = queue.SimpleQueue()
        self._call = Call()
        self._seen: list[T | _End] = []
        self.stopped = False
        threading.Thread(target=self._work, args=(work,), name="server", daemon=True).start()

    def await_first(self, seconds: float) -> T | None:
        """Wait until there is something to read, at most so long, and leave it to be read; raises
        what the work raised before it yielded anything.
        """
        try:
            first = self._queue.get(timeout=seconds)
        except queue.Empty:
            return None
        if isinstance(first, _End) and first.error is not None:
            raise first.error
        self._seen.append(first)
        return None if isinstance(first, _End) else first

    def messages(self) -> Iterator[T]:
        """Everything, as it comes; ends early once stopped; raises what the work raised."""
        while not self.stopped:
            message = self._seen.pop() if self._seen else self._queue.get()
            if isinstance(message, _End):
                if message.error is not None and not self.stopped:
                    raise message.error
                return
            yield message

    def stop(self) -> None:
        """Cancel. Waits for nothing and takes no lock, so a signal handler may call it."""
        self.stopped = True
        self._call.break_off()
        self._queue.put(_End(None))

    def _work(self, work: Callable[[Call], Iterator[T]]) -> None:
        error: Exception | None = None
        try:
            for message in work(self._call):
                self._queue.put(message)
                if self.stopped:
                    break
        except BrokenOffError:
            pass
        except Exception as raised:  # noqa: BLE001 - whoever reads raises it again
            error = raised
        self._queue.put(_End(error))


class _End:
    """Nothing more will come."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error
