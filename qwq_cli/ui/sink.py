"""What every sink is, and several sinks as one. Knows events, no stream and no terminal."""

from typing import Protocol

from qwq_cli.events import Event


class Sink(Protocol):
    """Shows events. May raise BrokenPipeError, and QwqError where it can't write."""

    def show(self, event: Event) -> None:
        """The next event; `Finished` is the last one."""
        ...

    def close(self) -> None:
        """End, also early: nothing moves on the screen after it. Safe to call twice."""
        ...


class Tee:
    """Every event to each sink in turn."""

    def __init__(self, *sinks: Sink) -> None:
        self._sinks = sinks

    def show(self, event: Event) -> None:
        """Show it in all."""
        for sink in self._sinks:
            sink.show(event)

    def close(self) -> None:
        """Close all, in the same order."""
        for sink in self._sinks:
            sink.close()
