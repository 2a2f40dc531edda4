"""Which generation has which of a server's slots. A slot holds the cache of what ran in it last.

Knows who uses a slot and how its prompt began. Does not know what runs there, nor the server.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Generic, Protocol, TypeVar


class User(Protocol):
    """A generation, as far as its slot goes."""

    @property
    def closed(self) -> bool:
        """Whether nobody wants it any more."""
        ...

    def close(self) -> None:
        """End it at once."""
        ...

    def join(self) -> None:
        """Wait until it has let go; to be called after `close`."""
        ...


U = TypeVar("U", bound=User)


class Slot(Generic[U]):
    """`user` is the last one, who may be done; `prompt` is theirs."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.user: U | None = None
        self.prompt = ""
        self.turn = -1
        """When it was taken last, counted over all slots."""
        self.changes = False
        """Whether it is passing from one user to the next."""

    @property
    def free(self) -> bool:
        """Whether nobody uses it."""
        return not self.changes and (self.user is None or self.user.closed)


class Slots(Generic[U]):
    """All slots of one server; may be used from any thread."""

    def __init__(self, number: int) -> None:
        self._slots = [Slot[U](each) for each in range(number)]
        self._turns = count()
        self._changed = threading.Condition()

    @contextmanager
    def taken(self, prompt: str) -> Iterator[Slot[U]]:
        """A slot to start in: of the free ones that which holds most of the prompt. Where none is
        free, the user who began first has to go.
        """
        with self._changed:
            self._changed.wait_for(lambda: not all(slot.changes for slot in self._slots))
            slot = self._choose(prompt)
            slot.changes, slot.prompt, slot.turn = True, prompt, next(self._turns)
        before = slot.user
        if before is not None:
            before.close()
        try:
            yield slot
        finally:
            if before is not None:
                before.join()
            with self._changed:
                slot.changes = False
                self._changed.notify()

    def close(self) -> None:
        """End everybody, and wait until they have let go."""
        users = [slot.user for slot in self._slots if slot.user is not None]
        for user in users:
            user.close()
        for user in users:
            user.join()

    def _choose(self, prompt: str) -> Slot[U]:
        free = [slot for slot in self._slots if slot.free]
        if free:
            return max(free, key=lambda slot: (_shared(slot.prompt, prompt), -slot.turn))
        taken = [slot for slot in self._slots if not slot.changes]
        return min(taken, key=lambda slot: slot.turn)


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with in common, by halves: texts may be long."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
