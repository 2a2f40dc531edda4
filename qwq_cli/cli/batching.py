"""A batch from the command line to its exit code.

Knows the order of things: settings, questions, the answers that are there, model, workers, summary.
Does not know options, nor how a file is kept whole.
"""

import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import BinaryIO, Protocol, TextIO

from qwq_cli.batch.answers import FAILED, OPEN, Answers, Piped, Record, refuse_same
from qwq_cli.batch.lines import Line, Lines
from qwq_cli.batch.patience import Blame, tried
from qwq_cli.batch.pool import Hand, Pool
from qwq_cli.cli import answering
from qwq_cli.cli.shell import Shell
from qwq_cli.config import current_place, resolve, terminal
from qwq_cli.errors import BadInputError, NotFoundError, QwqError
from qwq_cli.request import Request, Sampling
from qwq_cli.runtime import Opened, usual_parallel
from qwq_cli.settings import Settings, Value
from qwq_cli.stream.transcript import Transcript
from qwq_cli.ui.output import Output
from qwq_cli.ui.progress import Count, pace
from qwq_cli.ui.records import record, to_json
from qwq_cli.ui.status import duration

STD = "-"
_AHEAD = 16
"""How many answers for each worker may wait for one before them, where they have to be in order."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line said. Flags that are None were not given."""

    file: str
    output: str
    concurrency: int | None
    retry: bool
    quiet: bool
    flags: Mapping[str, Value | None]


@dataclass(frozen=True, slots=True)
class _Outcome(Record):
    """A record, and how many tokens it took."""

    tokens: int


class _Kept(Protocol):
    """Where records go."""

    def add(self, records: Sequence[Record]) -> int:
        """Returns how many are settled by that."""
        ...


@dataclass(slots=True)
class _Tally:
    """How far it is: all that are done, `before` of them in earlier runs; `failed` of them."""

    total: int
    before: int
    done: int
    failed: int
    tokens: int = 0


def batch(asked: Asked, shell: Shell) -> int:
    """Ask all, and keep what comes of it; returns the exit code."""
    resolved = resolve(asked.flags, current_place())
    tell = _tell_nobody if asked.quiet else shell.tell
    with ExitStack() as stack:
        lines = stack.enter_context(_lines(asked.file, shell))
        for notice in (*resolved.notices, *_notices(lines, resolved.settings)):
            tell(notice)
        answers = _answers(asked, lines)
        states = bytearray(len(lines))
        if isinstance(answers, Answers):
            states = stack.enter_context(answers).states
        wanted = {OPEN, FAILED} if asked.retry else {OPEN}
        todo = [place for place, state in enumerate(states) if state in wanted]
        before = len(lines) - len(todo)
        tally = _Tally(len(lines), before, before, 0 if asked.retry else states.count(FAILED))
        kept = answers or Piped(_written(asked, stack, shell), iter(todo))
        begun = monotonic()
        try:
            if todo:
                _Batch(asked, resolved.settings, lines, tally, shell).run(todo, kept)
            if isinstance(kept, Answers) and shell.interrupts.code is None:
                kept.put_in_order()
        finally:
            goes_on = isinstance(kept, Answers)
            tell(_summary(tally, monotonic() - begun, goes_on=goes_on))
    return shell.interrupts.code or (QwqError.code if tally.failed else 0)


def _tell_nobody(message: str) -> None:
    """What is told where it shall be quiet."""
    del message


def _notices(lines: Lines, settings: Settings) -> Iterator[str]:
    if lines.passed_over:
        yield f"these fields mean nothing here: {', '.join(map(_name, lines.passed_over))}"
    if settings.model == answering.QUILL:
        first = next(line for line in lines if not line.fault)
        yield from answering.what_quill_can(first.question)


def _name(text: str) -> str:
    return text if text.isprintable() else ascii(text)


def _summary(tally: _Tally, seconds: float, *, goes_on: bool) -> str:
    """`10,000 questions: 9,988 answered, 12 failed, 3 h 07 min, 1.1 s each, 340 tokens a second`,
    and what is to be done.
    """
    parts = [f"{tally.total:,} question{'' if tally.total == 1 else 's'}: "]
    parts[0] += f"{tally.done - tally.failed:,} answered"
    if tally.failed:
        parts.append(f"{tally.failed:,} failed")
    if tally.before:
        parts.append(f"{tally.before:,} of them before")
    came = tally.done - tally.before
    if came:
        parts += [duration(seconds), pace(came, seconds)]
    if tally.tokens:
        parts.append(f"{tally.tokens / seconds:,.0f} tokens a second")
    line = ", ".join(parts)
    left = tally.total - tally.done
    if left:
        line += f"; {left:,} left" + ": the same command goes on" * goes_on
    elif tally.failed:
        line += '; "error" says why' + ", --retry asks them again" * goes_on
    return line


# ---------------------------------------------------------------------------------- both files


@contextmanager
def _lines(name: str, shell: Shell) -> Iterator[Lines]:
    """The questions; what can't be read twice is written to a file that nobody sees first."""
    with ExitStack() as stack:
        file, called = stack.enter_context(_opened(name, shell))
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode) or name == STD:
            try:
                spooled = stack.enter_context(tempfile.TemporaryFile())
                shutil.copyfileobj(file, spooled)
                spooled.seek(0)
            except OSError as error:
                raise QwqError(
                    f"can't copy {called} into a temporary file",
                    error.strerror or str(error),
                    "give the questions as a file, or set TMPDIR to a folder with room for them",
                ) from error
            file = spooled
        yield Lines(file, called)


@contextmanager
def _opened(name: str, shell: Shell) -> Iterator[tuple[BinaryIO, str]]:
    if name == STD:
        if shell.stdin is None:
            raise BadInputError("can't read standard input", "it is closed", "pipe something in")
        if shell.stdin_is_terminal:
            shell.tell(
                "reading questions from standard input, one JSON object a line (Ctrl-D ends)"
            )
        yield shell.stdin, "standard input"
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115 - what is wrong with it is no fault of ours
    except OSError as error:
        raise NotFoundError(
            f"can't read {name}", error.strerror or "", "check its name and rights"
        ) from error
    with file:
        yield file, name


def _answers(asked: Asked, lines: Lines) -> Answers | None:
    """The file of the answers, None where they go down a pipe or the like."""
    path = Path(asked.output)
    if asked.output == STD or (path.exists() and not path.is_file() and not path.is_dir()):
        return None
    if asked.file != STD:
        refuse_same(path, asked.file)
    return Answers(path, lines)


def _written(asked: Asked, stack: ExitStack, shell: Shell) -> Callable[[str], None]:
    """What writes down a pipe."""
    if asked.output == STD:
        return shell.out.write
    try:
        file = Path(asked.output).open("w", encoding="utf-8")  # noqa: SIM115 - the stack closes it
    except OSError as error:
        raise QwqError(f"can't write {asked.output}", error.strerror or "") from error
    stack.callback(_closed, file)
    return Output(file, asked.output).write


def _closed(file: TextIO) -> None:
    with suppress(OSError):  # what could not be written was told
        file.close()


# ------------------------------------------------------------------------------------- asking


class _Batch:
    """All questions of a run, and the model that they go to."""

    def __init__(
        self, asked: Asked, settings: Settings, lines: Lines, tally: _Tally, shell: Shell
    ) -> None:
        self._asked = asked
        self._settings = settings
        self._lines = lines
        self._tally = tally
        self._shell = shell
        self._told = ""
        erases = terminal(current_place().environ).erases and not asked.quiet
        self._progress = Count(shell.err, tally.total, tally.before, erases=erases)

    def run(self, todo: Sequence[int], kept: _Kept) -> None:
        """Ask these; raises what ends all: an engine that is gone, a disk that is full."""
        workers = self._asked.concurrency or usual_parallel(self._settings.model)
        ahead = workers * _AHEAD
        with ExitStack() as stack:
            if isinstance(kept, Piped):
                stack.callback(kept.rest)
            model = stack.enter_context(
                answering.opened(
                    self._settings, self._shell, parallel=workers, quiet=self._asked.quiet
                )
            )
            work = _Work(self._lines, self._settings, model)
            pool: Pool[int, _Outcome | str] = Pool(todo, work.outcome, workers=workers, ahead=ahead)
            stack.callback(self._progress.close)
            stack.enter_context(self._shell.interrupts.ending(pool.stop))
            results = stack.enter_context(closing(pool.results()))
            for found in results:
                self._keep([each for each in found if isinstance(each, _Outcome)], pool, kept)
                self._tell(found)

    def _keep(
        self, outcomes: Sequence[_Outcome], pool: Pool[int, _Outcome | str], kept: _Kept
    ) -> None:
        tally = self._tally
        if outcomes:
            pool.settle(kept.add(outcomes))
            tally.done += len(outcomes)
            tally.failed += sum(each.failed for each in outcomes)
            tally.tokens += sum(each.tokens for each in outcomes)
            self._told = ""
        self._progress.at(tally.done, tally.failed)

    def _tell(self, found: Sequence[_Outcome | str]) -> None:
        """What the workers have to say, each thing once: many wait for the same."""
        for message in found:
            if isinstance(message, str) and message != self._told and not self._asked.quiet:
                self._progress.close()
                self._shell.tell(message)
                self._told = message


@dataclass(frozen=True, slots=True)
class _Work:
    """What is done with one question. Used by many threads."""

    lines: Lines
    settings: Settings
    model: Opened
    blame: Blame = field(default_factory=Blame)

    def outcome(self, place: int, hand: Hand[_Outcome | str]) -> _Outcome | None:
        """The question's record; None where it was broken off. Raises what ends all."""
        question = _Question(self.lines[place], self.settings, self.model, hand)
        try:
            fault = question.ask(self.blame)
        except QwqError:
            if hand.cancel.is_set():
                return None
            raise
        if hand.cancel.is_set() and not question.whole:
            return None
        return question.outcome(place, fault)


class _Question:
    """One question, and what was seen of its answer."""

    def __init__(
        self, line: Line, settings: Settings, model: Opened, hand: Hand[_Outcome | str]
    ) -> None:
        self.line = line
        self.seen = Transcript()
        self._settings = replace(settings, **dict(line.overrides))  # type: ignore[arg-type]
        self._model = model
        self._hand = hand

    @property
    def whole(self) -> bool:
        """Whether the generation came to an end of its own."""
        end = self.seen.finished
        return end is not None and end.reason != "interrupted"

    def ask(self, blame: Blame) -> QwqError | None:
        """Returns why there is no answer, None where there is one. Raises what ends all."""
        line = self.line
        if line.fault:
            return BadInputError(f"line {line.number:,} can't be asked", line.fault)
        try:
            tried(self._attempt, self._hand.wait, self._tell)
        except QwqError as fault:
            if blame.is_questions_own(fault):
                return fault
            raise
        blame.clear()
        if not self.whole:
            return QwqError("the engine ended in the middle of a text")
        return answering.failure(self.seen, self._settings)

    def outcome(self, place: int, fault: QwqError | None) -> _Outcome:
        """What is kept of it."""
        line, seen = self.line, self.seen
        turn = {**record("", line.question, seen), "id": line.id, "line": line.number}
        turn["model"] = seen.model or self._settings.model
        turn["error"] = None if fault is None else {"code": fault.code, "message": str(fault)}
        usage = None if seen.finished is None else seen.finished.usage
        tokens = 0 if usage is None else usage.reasoning_tokens + usage.answer_tokens
        return _Outcome(place, fault is not None, to_json(turn), tokens)

    def _attempt(self) -> None:
        self.seen = Transcript()
        request = _request(self.line, self._settings, self._model.profile.sampling)
        for event in answering.events(self._model, request, self._settings, self._hand.cancel):
            self.seen.add(event)

    def _tell(self, fault: QwqError, pause_s: float) -> None:
        self._hand.say(f"{fault}; qwq waits {duration(pause_s)}")


def _request(line: Line, settings: Settings, default: Sampling) -> Request:
    """The line's conversation; its own system prompt goes before that of the settings."""
    request = answering.request_of(settings, line.question, (), default)
    if line.messages[0].role == "system":
        return replace(request, messages=(*line.messages[:-1], request.messages[-1]))
    *system, question = request.messages
    return replace(request, messages=(*system, *line.messages[:-1], question))
