"""When to ask again: a fault may be the question's own, or one of the engine that passes.

Knows the kinds of faults. Does not know what is tried.
"""

import threading
from collections.abc import Callable
from typing import Final, TypeVar

from qwq_cli.errors import (
    BadInputError,
    BusyError,
    FailedThereError,
    NoAnswerError,
    QwqError,
    UnavailableError,
    UsageError,
)

R = TypeVar("R")
STRIKES: Final = 3
"""So many questions in a row over which a server fails, however long it is waited for, are theirs
to bear; with the next one it is the server that is broken.
"""

PAUSES_S: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
"""How long an engine that is busy or away is left alone, time after time: two minutes in all."""


def tried(
    attempt: Callable[[], R],
    wait: Callable[[float], bool],
    tell: Callable[[QwqError, float], None],
    pauses_s: tuple[float, ...] = PAUSES_S,
) -> R:
    """What `attempt` returns in the end. An engine that is busy or away is waited for, as `tell`
    is told with the pause; one that failed without a reason of the question's is asked once more.
    `wait` returns true where nobody wants it any more.

    Raises the last fault.
    """
    pauses = iter(pauses_s)
    once_more = True
    while True:
        try:
            return attempt()
        except (BusyError, UnavailableError) as fault:  # noqa: PERF203 - trying is what it loops for
            pause = next(pauses, None)
            if pause is None:
                raise
            tell(fault, pause)
            if wait(pause):
                raise
        except QwqError as fault:
            if type(fault) is not QwqError or not once_more:
                raise
            once_more = False


class Blame:
    """Whose a fault is, as far as the questions before it tell. Used by many threads."""

    def __init__(self) -> None:
        self._strikes = 0
        self._lock = threading.Lock()

    def clear(self) -> None:
        """A question was answered: the engine works."""
        with self._lock:
            self._strikes = 0

    def is_questions_own(self, fault: QwqError) -> bool:
        """Whether the fault is to be recorded, since the next question may fare better; else there
        is no use in asking on.
        """
        if isinstance(fault, FailedThereError):
            with self._lock:
                self._strikes += 1
                return self._strikes <= STRIKES
        own = BadInputError | NoAnswerError | UsageError
        return type(fault) is QwqError or isinstance(fault, own)
