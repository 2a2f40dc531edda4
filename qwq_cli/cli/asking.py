"""One question from the command line to its exit code.

Knows the order of things: settings, question, model, events, code. Does not know options, nor how
anything looks.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qwq_cli import conversation
from qwq_cli.cli import keeping
from qwq_cli.cli.keeping import Asking
from qwq_cli.cli.question import Sources, question
from qwq_cli.cli.shell import Shell
from qwq_cli.cli.views import Form, Wanted, sinks
from qwq_cli.config import current_place, resolve, terminal
from qwq_cli.endpoint import Endpoint, Wished, endpoint_of
from qwq_cli.errors import BadInputError, NoAnswerError, QwqError, UsageError
from qwq_cli.events import Event, Finished, Timings, Usage
from qwq_cli.generate import Cancel, generate
from qwq_cli.history.ids import new_id
from qwq_cli.request import LANGUAGES, Request, Sampling, Steering
from qwq_cli.runtime import Opened, is_remote, open_engine, open_replay, open_server
from qwq_cli.settings import Settings, Value
from qwq_cli.stream.language import instruction, wanted_language
from qwq_cli.stream.loops.detector import LoopDetector
from qwq_cli.stream.transcript import Transcript
from qwq_cli.ui.sink import Sink

if TYPE_CHECKING:
    from qwq_cli.history.turns import Conversation, Turn

NOTHING_ASKED = UsageError.code
QUILL = "quill"
_LONGEST_PUZZLE = 10_000
"""Characters; what is longer is not searched for a puzzle, which would take seconds."""


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
    wanted = Wanted(
        form=asked.form,
        reasoning=settings.reasoning,
        quiet=asked.quiet,
        terminal=terminal(place.environ),
        markdown=settings.markdown == "on",
        question=text,
        model=settings.model,
        id=asking.id,
    )
    request = partial(_request, settings, text, asking.line)
    # A replay is none of ours to keep.
    keeps = settings if asked.replay is None else replace(settings, history="off")
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
    if settings.model == QUILL and asked.replay is None:
        _tell_what_quill_can(asking.question, shell)


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


def _tell_what_quill_can(text: str, shell: Shell) -> None:
    from qwq_cli.puzzles.cards.parse import parse

    try:
        parse(text[:_LONGEST_PUZZLE])
    except BadInputError:
        shell.tell(
            "quill, the small model that comes with qwq, knows card logic puzzles and nothing "
            "else (see one: qwq ask --example cards)"
        )
        shell.tell(
            "for other questions give a larger one, as a GGUF file: qwq ask -m path/to/model.gguf "
            '"..." (huggingface.co/Qwen has QwQ-32B-GGUF, or Qwen3-0.6B-GGUF for a small machine)'
        )


def _open(asked: Asked, settings: Settings, shell: Shell) -> Opened:
    if asked.replay is not None:
        return open_replay(Path(asked.replay))
    model = settings.model
    if model.startswith("~"):  # from a file or a variable, where no shell expands it
        model = str(Path(model).expanduser())
    with shell.interrupts.deadly():
        if is_remote(model):
            return open_server(model, _endpoint(settings))
        return open_engine(model)


def _endpoint(settings: Settings) -> Endpoint:
    """The server that the settings mean."""
    wished = Wished(**{field.name: getattr(settings, field.name) for field in fields(Wished)})
    return endpoint_of(wished, current_place().environ)


def _request(
    settings: Settings, text: str, earlier: Sequence["Turn"], default: Sampling
) -> Request:
    """The settings laid over what is best for the model."""
    chosen = {
        field.name: value
        for field in fields(Sampling)
        if (value := getattr(settings, field.name)) is not None
    }
    question = _in_language(text, settings)
    messages = conversation.messages(earlier, question, settings.system)
    return Request(messages, replace(default, **chosen), settings.max_tokens)


def _in_language(text: str, settings: Settings) -> str:
    """The question, with the wish for a language that is not its own anyway."""
    for language in LANGUAGES:
        if settings.language == language and wanted_language(text) != (language, True):
            return f"{text.rstrip()}\n\n{instruction(language)}"
    return text


def _steering(settings: Settings) -> Steering:
    return Steering(**{field.name: getattr(settings, field.name) for field in fields(Steering)})


def _generate(
    asked: Asked,
    settings: Settings,
    request: Callable[[Sampling], Request],
    sink: Sink,
    shell: Shell,
) -> Transcript:
    cancel = Cancel()
    record = Transcript()
    with _open(asked, settings, shell) as opened, shell.interrupts.ending(cancel.set):
        events = generate(
            opened.engine,
            request(opened.profile.sampling),
            steering=_steering(settings),
            guards=(LoopDetector(settings.loop_sensitivity),),
            cancel=cancel,
            load_s=opened.load_s,
        )
        with closing(_ended(events)) as ended:
            for event in ended:
                record.add(event)
                sink.show(event)
    return record


def _ended(events: Iterator[Event]) -> Generator[Event]:
    """The events; where the engine fails among them, an end, so that the partial is shown."""
    begun = False
    try:
        for event in events:
            begun = True
            yield event
    except QwqError:
        if begun:
            yield Finished("error", None, Usage(), Timings())
        raise


def _code(record: Transcript, asked: Asked, settings: Settings, shell: Shell) -> int:
    """The exit code; raises NoAnswerError where there is no answer."""
    end = record.finished
    if end is None or end.reason == "interrupted":
        return shell.interrupts.code or QwqError.code
    if end.reason == "loop":
        raise NoAnswerError("no answer", *_looped(settings))
    if end.reason == "budget":
        raise NoAnswerError("no answer", *_spent(settings, record))
    if not record.answer.strip():
        raise NoAnswerError("no answer", "the model ended without one", "try another --seed")
    if asked.form == "final" and end.final is None:
        raise NoAnswerError(
            "no final answer", "the model marked none in its answer", "leave out --final to see it"
        )
    if end.reason == "length" and not asked.quiet:
        shell.tell("the answer is cut off: the tokens ran out; raise --max-tokens")
    return 0


def _looped(settings: Settings) -> tuple[str, str]:
    """Why a loop was the end, and what to do."""
    if settings.loops == "stop":
        return "the model went in circles", "leave out --loops stop to lead it out"
    return "the model kept repeating itself", "try another --seed or --temperature"


def _spent(settings: Settings, record: Transcript) -> tuple[str, str]:
    """Why a budget was too small, and what to do."""
    if record.interventions:
        return "the model had none when its tokens were spent", "raise --budget or --max-tokens"
    if settings.max_tokens is None:
        return "thinking filled the model's context", "ask for less, or take a larger model"
    spent = f"thinking took all {settings.max_tokens:,} tokens"
    return spent, "raise --max-tokens; --json has the thought so far"
