"""The one model that a conversation has loaded, and its being swapped. Knows no question."""

from dataclasses import replace
from functools import partial

from qwq_cli.cli import answering
from qwq_cli.cli.shell import Shell
from qwq_cli.errors import QwqError
from qwq_cli.runtime import Opened, is_remote
from qwq_cli.settings import Settings


class Held:
    """Loaded when it is first needed, and kept."""

    def __init__(self, shell: Shell, *, quiet: bool) -> None:
        """`quiet`: nothing shows how far it is loaded."""
        self._open = partial(answering.opened, shell=shell, quiet=quiet)
        self._opened: Opened | None = None
        self._told_s = False

    @property
    def opened(self) -> Opened | None:
        """The model, None where none is loaded."""
        return self._opened

    def ready(self, settings: Settings) -> Opened:
        """The model, loaded if it is not yet. What that took is told of its first answer alone."""
        if self._opened is None:
            self._opened, self._told_s = self._open(settings), False
        if self._told_s:
            return replace(self._opened, load_s=0.0)
        self._told_s = True
        return self._opened

    def swap(self, before: Settings, settings: Settings) -> None:
        """Load another one instead; where that fails the one before stays, or is loaded again:
        there may not be room for both.
        """
        answering.check(settings)
        if is_remote(settings.model):
            opened = self._open(settings)
            self.close()
        else:
            self.close()
            try:
                opened = self._open(settings)
            except QwqError:
                self.ready(before)
                raise
        self._opened, self._told_s = opened, False

    def close(self) -> None:
        """Free it."""
        if self._opened is not None:
            self._opened.engine.close()
            self._opened = None
