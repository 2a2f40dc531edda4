"""From settings to an answer: the model that they mean, the request, and its events, shown.

What `ask` and `chat` have in common. Knows settings, and how to run one request on a model that
is open. Does not know where a question comes from, nor how anything looks.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from qwq_cli import conversation
from qwq_cli.cancel import Cancel
from qwq_cli.cli.shell import Shell
from qwq_cli.config import current_place, terminal
from qwq_cli.endpoint import Endpoint, Wished, endpoint_of
from qwq_cli.errors import BadInputError, NoAnswerError, QwqError
from qwq_cli.events import Event, Finished, Timings, Usage
from qwq_cli.generate import generate
from qwq_cli.request import LANGUAGES, Request, Sampling, Steering
from qwq_cli.runtime import OnCard, Opened, is_remote, look_at, open_engine, open_server
from qwq_cli.settings import Settings
from qwq_cli.stream.guard import Guards
from qwq_cli.stream.language import instruction, wanted_language
from qwq_cli.stream.loops.detector import LoopDetector
from qwq_cli.stream.transcript import Transcript
from qwq_cli.ui.loading import Loading
from qwq_cli.ui.sink import Sink

if TYPE_CHECKING:
    from qwq_cli.history.turns import Turn

QUILL = "quill"
_QUILL_CAN = (
    "quill, the small model that comes with qwq, knows the puzzles of `qwq puzzle` and nothing "
    "else (see one: qwq ask --example cards)"
)
_OTHERS_CAN = (
    "for other questions give a larger one, as a GGUF file: qwq ask -m path/to/model.gguf "
    '"..." (huggingface.co/Qwen has QwQ-32B-GGUF, or Qwen3-0.6B-GGUF for a small machine)'
)


def opened(
    settings: Settings, shell: Shell, *, parallel: int | None = None, quiet: bool = False
) -> Opened:
    """The model that the settings mean, loaded for so many requests at once; None is one after the
    other, of a model that may stay warm in another process. How far it is, is shown on a terminal,
    unless `quiet`. A signal while a file is loaded kills.
    """
    model = settings.model
    if is_remote(model):
        return open_server(model, endpoint(settings))
    if parallel is None and settings.warm != "off" and (settings.warm, model) != ("auto", QUILL):
        from qwq_cli.cli import warming

        warm = warming.opened(settings, model, shell, quiet=quiet)
        if warm is not None:
            return warm
    with shell.interrupts.deadly(), loading(model, shell, quiet=quiet) as line:
        return open_engine(
            model,
            context_tokens=settings.context,
            parallel=parallel or 1,
            card=on_card(settings),
            on_load=line.at,
        )


def on_card(settings: Settings) -> OnCard:
    """What the settings wish for a model on a GPU."""
    return OnCard(None if settings.cache == "auto" else settings.cache, settings.draft)


def loading(model: str, shell: Shell, *, quiet: bool = False) -> Loading:
    """How far a model is loaded, on a terminal."""
    erases = terminal(current_place().environ).erases
    return Loading(shell.err, Path(model).name, erases=erases and not quiet)


def check(settings: Settings) -> None:
    """Raise what `opened` would raise of a model that is not there, or is none; loads nothing."""
    if not is_remote(settings.model):
        look_at(settings.model)


def endpoint(settings: Settings) -> Endpoint:
    """The server that the settings mean."""
    wished = Wished(**{field.name: getattr(settings, field.name) for field in fields(Wished)})
    return endpoint_of(wished, current_place().environ)


def request_of(
    settings: Settings, text: str, earlier: Sequence["Turn"], default: Sampling
) -> Request:
    """The settings laid over what is best for the model."""
    question = _in_language(text, settings)
    messages = conversation.messages(earlier, question, settings.system)
    return Request(messages, sampling(settings, default), settings.max_tokens)


def sampling(settings: Settings, default: Sampling) -> Sampling:
    """What is set, laid over what is best for the model."""
    chosen = {
        field.name: value
        for field in fields(Sampling)
        if (value := getattr(settings, field.name, None)) is not None
    }
    return replace(default, **chosen)


def _in_language(text: str, settings: Settings) -> str:
    """The question, with the wish for a language that is not its own anyway."""
    for language in LANGUAGES:
        if settings.language == language and wanted_language(text) != (language, True):
            return f"{text.rstrip()}\n\n{instruction(language)}"
    return text


def events(model: Opened, request: Request, settings: Settings, cancel: Cancel) -> Iterator[Event]:
    """What happens while this model answers, led as the settings want it."""
    if model.elsewhere is not None:
        told = model.elsewhere(request, steering(settings), settings.loop_sensitivity, cancel)
        return _with_load(told, model.load_s)
    return generate(
        model.engine,
        request,
        steering=steering(settings),
        guards=Guards((LoopDetector(settings.loop_sensitivity),)),
        cancel=cancel,
        load_s=model.load_s,
    )


def _with_load(happening: Iterator[Event], load_s: float) -> Iterator[Event]:
    """The same, with what loading took here in the timings of the end."""
    for event in happening:
        if isinstance(event, Finished):
            yield replace(event, timings=replace(event.timings, load_s=load_s))
        else:
            yield event


def steering(settings: Settings) -> Steering:
    """What is done about loops, budgets and languages."""
    return Steering(**{field.name: getattr(settings, field.name) for field in fields(Steering)})


def shown(happening: Iterator[Event], sink: Sink) -> Transcript:
    """Show all that happens; where the engine fails, an end too, so that the partial is shown."""
    record = Transcript()
    with closing(_ended(happening)) as ended:
        for event in ended:
            record.add(event)
            sink.show(event)
    return record


def _ended(happening: Iterator[Event]) -> Generator[Event]:
    begun = False
    try:
        for event in happening:
            begun = True
            yield event
    except QwqError:
        if begun:
            yield Finished("error", None, Usage(), Timings())
        raise


def what_quill_can(question: str) -> tuple[str, ...]:
    """What a person should know who asks quill this; nothing for a puzzle of its kinds."""
    from qwq_cli.puzzles.registry import LONGEST, recognise

    try:
        recognise(question[:LONGEST])
    except BadInputError:
        return _QUILL_CAN, _OTHERS_CAN
    return ()


def failure(record: Transcript, settings: Settings) -> NoAnswerError | None:
    """Why there is no answer, or no complete one, and what to do; None where there is one, or where
    it was interrupted.
    """
    end = record.finished
    if end is None or end.reason in {"interrupted", "error"}:
        return None
    answer = record.answer.strip()
    if end.reason == "loop":
        what = "the answer is not complete" if answer else "no answer"
        return NoAnswerError(what, *_looped(settings, record))
    if end.reason == "budget":
        return NoAnswerError("no answer", *_spent(settings, record))
    if not answer:
        return NoAnswerError("no answer", "the model ended without one", "try another --seed")
    return None


def _looped(settings: Settings, record: Transcript) -> tuple[str, str]:
    if settings.loops == "stop":
        return "the model went in circles", "leave out --loops stop to lead it out"
    if record.answer.strip():
        return "the model repeated itself without end", "try another --seed or --temperature"
    if not record.leads:
        asked = any(put.answer for put in record.interventions)
        why = "the model went in circles, and its server can't go on from a text"
        if asked:
            why = "the model went in circles, and gave none when it was asked for it anew"
        return why, "try another --seed, or set dialect if its server can go on from a text"
    return "the model kept repeating itself", "try another --seed or --temperature"


def _spent(settings: Settings, record: Transcript) -> tuple[str, str]:
    if record.interventions:
        return "the model had none when its tokens were spent", "raise --budget or --max-tokens"
    if settings.max_tokens is None and settings.context is not None:
        return f"thinking filled the context of {settings.context:,} tokens", "raise context"
    if settings.max_tokens is None:
        return "thinking filled the model's context", "ask for less, or take a larger model"
    spent = f"thinking took all {settings.max_tokens:,} tokens"
    return spent, "raise --max-tokens; --json has the thought so far"
