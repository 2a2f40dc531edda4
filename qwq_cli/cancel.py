"""A switch that ends a generation. Knows nothing of what it ends."""

from collections.abc import Callable


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
