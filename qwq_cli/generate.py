"""THE loop: tokens to events. The only place where tokens are taken back.

Knows the engine protocol and the stages of `stream`. Does not know which engine it drives, nor
who shows the events.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from qwq_cli.engines.base import Engine
from qwq_cli.events import Event
from qwq_cli.request import Request


class Cancel:
    """A switch, thrown at most once, from any thread or from a signal handler.

    `set()` ends the generation that was started with it: even one that waits for its next token
    wakes at once, and finishes with the reason `interrupted`.
    """

    def set(self) -> None:
        """Throw the switch; later calls do nothing."""
        raise NotImplementedError

    def is_set(self) -> bool:
        """Whether it was thrown."""
        raise NotImplementedError


def generate(
    engine: Engine,
    request: Request,
    *,
    rescues: int = 3,
    cancel: Cancel | None = None,
    load_s: float = 0.0,
) -> Iterator[Event]:
    """Answer one request, as it comes.

    Yields `Started`, any `Prefill`, then `Thinking`, `Answer`, `Rewound`, `Noticed`, and one
    `Finished` last. Nothing runs before the first `next`; closing the iterator cancels.

    `rescues`: how many repetitions are taken back before it gives up with the reason `loop`; 0
    stops at the first one. `cancel`: a switch that ends it early (reason `interrupted`).
    `load_s`: what loading the model took, passed on in the timings.

    Raises `QwqError` from the engine (`BadInputError`, with both counts, for a prompt that
    leaves no room). A `KeyboardInterrupt` that falls inside frees the engine and goes through.
    """
    raise NotImplementedError
