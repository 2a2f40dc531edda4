"""One question from the command line to its exit code.

Knows the order of things: settings, question, model, events, code. Does not know options, nor how
anything looks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qwq_cli.cancel import Cancel
from qwq_cli.cli import answering, keeping
from qwq_cli.cli.keeping import Asking
from qwq_cli.cli.question import Sources, question
from qwq_cli.cli.shell import Shell
from qwq_cli.cli.views import LATER, Form, Wanted, sinks
from qwq_cli.config import current_place, resolve, terminal
from qwq_cli.errors import NoAnswerError, QwqError, UsageError
from qwq_cli.history.ids import new_id
from qwq_cli.request import Request, Sampling
from qwq_cli.runtime import Opened, open_replay
from qwq_cli.settings import Settings, Value
from qwq_cli.stream.transcript import Transcript
from qwq_cli.ui.sink import Sink

if TYPE_CHECKING:
    from qwq_cli.history.turns import Conversation

NOTHING_ASKED = UsageError.code


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line said. Flags that are None were not given."""

    sources: Sources
    flags: Mapping[str, Value | None]
    form: Form
    quiet: bool = False
    example: str | None = None
    replay: str | None = None
    goes_on: bool = False
    """Whether the last conversation is continued."""


def form(*, stream: bool, final: bool, json: bool, jsonl: bool) -> Form:
    """The one form that was asked for; raises UsageError for several."""
    forms: dict[Form, bool] = {"final": final, "json": json, "jsonl": jsonl, "stream": stream}
    chosen = [name for name, wanted in forms.items() if wanted]
    if len(chosen) > 1:
        options = " and ".join(f"--{name}" for name in chosen)
        raise UsageError(f"{options} exclude each other", "", "choose one")
    return chosen[0] if chosen else "text"


def ask(asked: Asked, shell: Shell) -> int | None:
    """Ask and show; returns the exit code, None where nothing was asked."""
    place = current_place()
    resolved = resolve(asked.flags, place)
    text = _question(asked, shell)
    if text is None:
        return None
    asking = Asking(new_id(), text, _earlier(asked))
    settings = keeping.as_before(resolved, asking.earlier)
    if not asked.quiet:
        _tell_beforehand(asked, resolved.notices, settings, asking, shell)
    # A replay is none of ours to keep.
    keeps = settings if asked.replay is None else replace(settings, history="off")
    wanted = Wanted(
        form=asked.form,
        reasoning=settings.reasoning,
        quiet=asked.quiet,
        terminal=terminal(place.environ),
        markdown=settings.markdown == "on",
        question=text,
        model=settings.model,
        id=asking.id,
        later=LATER if keeps.history == "on" else "",
    )
    request = partial(answering.request_of, settings, text, asking.line)
    tell = _tell_nobody if asked.quiet else shell.tell
    with keeping.kept(sinks(wanted, shell), keeps, asking, tell) as sink:
        record = _generate(asked, settings, request, sink, shell)
    return _code(record, asked, settings, shell)


def _earlier(asked: Asked) -> "Conversation | None":
    if not asked.goes_on:
        return None
    if asked.replay is not None:
        raise UsageError("--continue and --replay exclude each other", "", "choose one")
    return keeping.last_conversation()


def _tell_nobody(message: str) -> None:
    """What is told where it shall be quiet."""
    del message


def _tell_beforehand(
    asked: Asked, notices: Sequence[str], settings: Settings, asking: Asking, shell: Shell
) -> None:
    for notice in notices:
        shell.tell(notice)
    if asking.earlier is not None:
        shell.tell(keeping.going_on(asking.earlier))
    if settings.model == answering.QUILL and asked.replay is None:
        for line in answering.what_quill_can(asking.question):
            shell.tell(line)


def _question(asked: Asked, shell: Shell) -> str | None:
    instead = {"--example": asked.example, "--replay": asked.replay}
    given = [option for option, value in instead.items() if value is not None]
    if not given:
        return question(asked.sources, shell)
    if asked.example is not None and asked.sources.anything:
        raise UsageError("--example is the question", "", "leave out yours, or the option")
    if asked.example is not None:
        from qwq_cli.puzzles.examples import EXAMPLES

        return EXAMPLES[asked.example]
    return question(asked.sources, shell) if asked.sources.anything else ""


def _generate(
    asked: Asked,
    settings: Settings,
    request: Callable[[Sampling], Request],
    sink: Sink,
    shell: Shell,
) -> Transcript:
    cancel = Cancel()
    with _open(asked, settings, shell) as model, shell.interrupts.ending(cancel.set):
        wanted = request(model.profile.sampling)
        return answering.shown(answering.events(model, wanted, settings, cancel), sink)


def _open(asked: Asked, settings: Settings, shell: Shell) -> Opened:
    if asked.replay is not None:
        return open_replay(Path(asked.replay))
    return answering.opened(settings, shell, quiet=asked.quiet)


def _code(record: Transcript, asked: Asked, settings: Settings, shell: Shell) -> int:
    """The exit code; raises NoAnswerError where there is no answer."""
    end = record.finished
    if end is None or end.reason == "interrupted":
        return shell.interrupts.code or QwqError.code
    failure = answering.failure(record, settings)
    if failure is not None:
        raise failure
    if asked.form == "final" and end.final is None:
        raise NoAnswerError(
            "no final answer", "the model marked none in its answer", "leave out --final to see it"
        )
    if end.reason == "length" and not asked.quiet:
        shell.tell("the answer is cut off: the tokens ran out; raise --max-tokens")
    return 0
