"""The prompt: editing, history, completion, and a line below that says how things stand.

Knows prompt-toolkit and this terminal. Does not know what the texts mean: candidates and the line
below come from whoever asks.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output
from prompt_toolkit.styles import Style

from qwq_cli.ui.repl.entry import Candidate, fence_is_open
from qwq_cli.ui.repl.keys import bindings
from qwq_cli.ui.repl.remembered import Remembered

_ASKS = "> "
_ASKS_MORE = ". "
_STYLE = {
    "prompt": "ansicyan bold",
    "more": "ansicyan",
    "bottom-toolbar": "noreverse dim",
}
_PLAIN = {"bottom-toolbar": "noreverse"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the prompt asks for while somebody types: how things stand, in a line, and what could
    stand at the end of a text.
    """

    status: Callable[[], str]
    candidates: Callable[[str], Iterable[Candidate]]


class Prompt:
    """Reads texts from the terminal. `keyboard` and `screen` are this process's, unless given."""

    def __init__(
        self,
        surroundings: Surroundings,
        remembered: Remembered,
        *,
        styled: bool,
        keyboard: Input | None = None,
        screen: Output | None = None,
    ) -> None:
        self._status = surroundings.status
        self._remembered = remembered
        self._session: PromptSession[str] = PromptSession(
            [("class:prompt", _ASKS)],
            prompt_continuation=_before_line,
            multiline=True,
            key_bindings=bindings(),
            history=remembered,
            completer=_Completing(surroundings.candidates),
            complete_while_typing=Condition(_is_command),
            bottom_toolbar=self._below,
            enable_open_in_editor=True,
            enable_suspend=True,
            search_ignore_case=True,
            tempfile_suffix=".md",
            style=Style.from_dict(_STYLE if styled else _PLAIN),
            include_default_pygments_style=False,
            input=keyboard,
            output=screen,
        )

    def read(self, text: str = "", *, edit: bool = False) -> str:
        """One text; one that is to be edited is sent as the editor leaves it."""
        return self._session.prompt(
            default=text,
            pre_run=self._open_editor if edit else None,
            handle_sigint=False,
        )

    def fault(self) -> str | None:
        """Of what is remembered."""
        return self._remembered.told()

    def interrupt(self, *, leave: bool) -> None:
        """As Ctrl-D or Ctrl-C; from a signal handler, and where nobody waits nothing happens."""
        app = self._session.app
        if app.is_running and app.loop is not None:
            app.loop.call_soon_threadsafe(_end, EOFError() if leave else KeyboardInterrupt())

    def _below(self) -> StyleAndTextTuples:
        if fence_is_open(self._session.default_buffer.text):
            return [("", "a fence ``` is open: Enter begins a line · Ctrl-X Enter sends")]
        return [("", self._status())]

    def _open_editor(self) -> None:
        self._session.default_buffer.open_in_editor(validate_and_handle=True)


def _before_line(width: int, number: int, wraps: int) -> StyleAndTextTuples:
    """What stands before another line, and before the rest of one that is too wide."""
    del width, number
    return [("class:more", " " * len(_ASKS_MORE) if wraps else _ASKS_MORE)]


def _end(reason: BaseException) -> None:
    app = get_app()
    if app.is_running and app.future is not None and not app.future.done():
        app.exit(exception=reason)


def _is_command() -> bool:
    text = get_app().current_buffer.text
    return text.startswith("/") and not text.startswith("//") and "\n" not in text


class _Completing(Completer):
    def __init__(self, candidates: Callable[[str], Iterable[Candidate]]) -> None:
        self._candidates = candidates

    def get_completions(
        self,
        document: Document,
        complete_event: CompleteEvent,
    ) -> Iterator[Completion]:
        del complete_event
        for one in self._candidates(document.text_before_cursor):
            yield Completion(one.text, -one.replaces, display_meta=one.about)
