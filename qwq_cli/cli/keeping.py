"""A question's place in the history: the conversation that it continues, and its being kept.

Knows settings and the history's file. Does not know how an answer comes about, nor its looks.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from qwq_cli import conversation
from qwq_cli.config import Resolved, is_path
from qwq_cli.paths import history_file
from qwq_cli.settings import Settings, Value, at_server, values_of
from qwq_cli.ui.sink import Sink, Tee

if TYPE_CHECKING:
    from qwq_cli.history.recorder import Asked
    from qwq_cli.history.turns import Conversation, Turn

_KEPT_ELSEWHERE = {"system", "history"}


@dataclass(frozen=True, slots=True)
class Asking:
    """One question, its turn's id, and the conversation that it continues, if it does."""

    id: str
    question: str
    earlier: "Conversation | None" = None

    @property
    def line(self) -> "tuple[Turn, ...]":
        """The turns before it."""
        return () if self.earlier is None else self.earlier.line


def last_conversation() -> "Conversation":
    """The conversation to continue; raises NotFoundError where there is none."""
    return conversation.last(history_file())


def as_before(resolved: Resolved, earlier: "Conversation | None") -> Settings:
    """The settings, with the model and the system prompt of the conversation that goes on, unless
    the command line has others.
    """
    settings = resolved.settings
    if earlier is None:
        return settings
    before = earlier.line[-1]
    if resolved.sources["model"] != "--model":
        model = str(before.settings.get("model", settings.model))
        server = before.settings.get("server", settings.server)
        settings = replace(settings, model=model, server=None if server is None else str(server))
        with suppress(ValueError):  # it has no such server any more
            settings = at_server(settings)
    if resolved.sources["system"] != "--system":
        settings = replace(settings, system=before.system)
    return settings


def going_on(earlier: "Conversation") -> str:
    """What a person is told of it."""
    turns = "1 turn" if len(earlier.line) == 1 else f"{len(earlier.line):,} turns"
    left_out = conversation.thinking_left_out(earlier.line)
    without = f", without its {left_out:,} tokens of thinking" if left_out else ""
    return f"continuing {earlier.id}: {turns}{without}"


@contextmanager
def kept(
    shown: Sink, settings: Settings, asking: Asking, tell: Callable[[str], None]
) -> Iterator[Sink]:
    """A sink that keeps what it shows, where the settings want it; both are closed at the end,
    and then a person is told why it could not be kept.
    """
    path = history_file() if settings.history == "on" else None
    if path is None:
        try:
            yield shown
        finally:
            shown.close()
        if settings.history == "on":
            tell("this answer is not kept: there is no home for a history; set HOME")
        return
    from qwq_cli.history.recorder import Recorder

    recorder = Recorder(path, _turn(settings, asking))
    try:
        try:
            yield Tee(recorder, shown)
        finally:
            shown.close()
    finally:
        recorder.close()
        if recorder.fault is not None:
            tell(recorder.fault)


def worth_keeping(settings: Settings) -> dict[str, Value]:
    """The settings that belong to a turn, by name; a model's file as whoever continues it needs
    it, from wherever.
    """
    values = {
        name: value
        for name, value in values_of(settings).items()
        if value is not None and name not in _KEPT_ELSEWHERE
    }
    if is_path(settings.model):
        with suppress(RuntimeError):  # ~somebody who is not there: loading it will say so
            values["model"] = str(Path(settings.model).expanduser().absolute())
    return values


def _turn(settings: Settings, asking: Asking) -> "Asked":
    from qwq_cli.history.recorder import Asked

    return Asked(
        asking.question,
        settings.system,
        worth_keeping(settings),
        conversation=None if asking.earlier is None else asking.earlier.id,
        parent=asking.line[-1].id if asking.line else None,
        id=asking.id,
    )
