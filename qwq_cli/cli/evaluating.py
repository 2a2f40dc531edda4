"""A benchmark from the command line to its exit code: generated, graded, reported.

Knows the order of things. Does not know options, how puzzles are made, nor how they are graded.
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar, cast

from qwq_cli.batch.patience import Blame, tried
from qwq_cli.batch.pool import Hand, Pool
from qwq_cli.cli import answering
from qwq_cli.cli.figures import Form, show_figures
from qwq_cli.config import current_place, resolve, terminal
from qwq_cli.errors import QwqError, UsageError
from qwq_cli.evals.generations import Generations, Line, generations
from qwq_cli.evals.items import Item, Suite
from qwq_cli.evals.report import report
from qwq_cli.puzzles.words import DIFFICULTIES, LANGUAGES, WORDINGS, KindName
from qwq_cli.runtime import Opened, is_remote, usual_parallel
from qwq_cli.settings import Settings, Value
from qwq_cli.stream.transcript import Transcript
from qwq_cli.ui.progress import Count
from qwq_cli.ui.records import record, to_json
from qwq_cli.ui.status import duration
from qwq_cli.weights.catalogue import find_weights

if TYPE_CHECKING:
    from qwq_cli.cli.shell import Shell

T = TypeVar("T", bound=str)
_LARGEST_SEED: Final = 2**32
_STEERED: Final = (
    "system",
    "max_tokens",
    "budget",
    "loops",
    "loop_sensitivity",
    "rescues",
    "language",
)
"""The settings besides the sampling that what is generated depends on."""
_SAMPLED: Final = ("temperature", "top_p", "top_k", "min_p")
_SAMPLED_IF_SET: Final = ("presence_penalty", "dry_multiplier", "xtc_probability")
"""These count where they are on: files from before they existed stay good."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line said. Flags that are None were not given."""

    kind: KindName
    count: int
    lang: str
    difficulty: str
    wording: str
    unsolvable: bool
    seed: int | None
    output: str | None
    concurrency: int | None
    form: Form
    flags: Mapping[str, Value | None]


def evaluate(asked: Asked, shell: "Shell") -> int:
    """Ask what is not asked yet, then grade and report all of it; returns the exit code."""
    resolved = resolve(asked.flags, current_place())
    settings = resolved.settings
    tell = _tell_nobody if asked.form.quiet else shell.tell
    path = Path(asked.output or _file_name(asked.kind, settings.model))
    suite = _suite(asked, 0)  # what is wrong with it is told before anything is made
    for notice in resolved.notices:
        tell(notice)
    with Generations(path) as kept:
        seed = asked.seed if asked.seed is not None else kept.seeds.get(asked.kind)
        seed = random.randrange(_LARGEST_SEED) if seed is None else seed
        suite = replace(suite, seed=seed)
        tell(f"{len(suite):,} puzzles of seed {seed}, kept in {path}")
        run = _Run(asked, settings, kept, shell)
        keys = run.ask(suite)
        if shell.interrupts.code and not keys & kept.done:  # the file may hold others' alone
            return shell.interrupts.code
    found = report(each for each in generations(path) if each["key"] in keys)
    show_figures(found, asked.form, shell)
    failed = sum(row.failed for row in found.rows)
    return shell.interrupts.code or (QwqError.code if failed else 0)


def report_files(files: Sequence[str], form: Form, shell: "Shell") -> None:
    """Grade again what is in files; of a generation that is in several of them the last counts."""
    found = {each["key"]: each for file in files for each in generations(Path(file))}
    show_figures(report(found.values()), form, shell)


def _tell_nobody(message: str) -> None:
    """What is told where it shall be quiet."""
    del message


def _file_name(kind: str, model: str) -> str:
    """`cards-quill.jsonl`."""
    name = Path(model).stem if model.endswith(".gguf") else model.removeprefix("openai/")
    return f"{kind}-{re.sub(r'[^A-Za-z0-9._-]+', '-', name).strip('-') or 'model'}.jsonl"


def _suite(asked: Asked, seed: int) -> Suite:
    return Suite(
        asked.kind,
        asked.count,
        _listed("--lang", asked.lang, LANGUAGES),
        _listed("--difficulty", asked.difficulty, DIFFICULTIES),
        _listed("--wording", asked.wording, WORDINGS),
        seed,
        asked.unsolvable,
    )


def _listed(option: str, text: str, choices: tuple[T, ...]) -> tuple[T, ...]:
    """The choices that are listed, each once; raises UsageError for another, and for none."""
    names = dict.fromkeys(part.strip() for part in text.split(",") if part.strip())
    strange = next((name for name in names if name not in choices), None)
    if strange is not None or not names:
        what = f"{option} has no `{strange}`" if names else f"{option} is empty"
        raise UsageError(what, "", f"list some of {','.join(choices)}")
    return tuple(cast("T", name) for name in names)


# ------------------------------------------------------------------------------------- asking


@dataclass(frozen=True, slots=True)
class _Question:
    """An item as it is asked."""

    item: Item
    text: str
    key: str


class _Run:
    """One run: what is asked of which model, and how."""

    def __init__(self, asked: Asked, settings: Settings, kept: Generations, shell: "Shell") -> None:
        self._asked = asked
        self._settings = settings
        self._kept = kept
        self._shell = shell
        self._told = ""

    def ask(self, suite: Suite) -> set[str]:
        """Ask all that is not in the file; returns the keys of all. Raises what ends it: an engine
        that is gone, a disk that is full.
        """
        workers = self._asked.concurrency or usual_parallel(self._settings.model)
        quiet = self._asked.form.quiet
        with ExitStack() as stack:
            model = stack.enter_context(
                answering.opened(self._settings, self._shell, parallel=workers, quiet=quiet)
            )
            facts = _facts(self._settings, model)
            questions = list(_questions(suite, facts))
            todo = [each for each in questions if each.key not in self._kept.done]
            work = partial(_generated, self._settings, model, facts, Blame())
            pool: Pool[_Question, Line | str] = Pool(todo, work, workers=workers, ahead=64)
            before = len(questions) - len(todo)
            erases = terminal(current_place().environ).erases and not quiet
            progress = Count(self._shell.err, len(questions), before, erases=erases)
            stack.callback(progress.close)
            stack.enter_context(self._shell.interrupts.ending(pool.stop))
            results = stack.enter_context(closing(pool.results()))
            self._keep(results, pool, progress, before)
        return {each.key for each in questions}

    def _keep(
        self,
        results: Iterator[list[Line | str]],
        pool: Pool[_Question, Line | str],
        progress: Count,
        done: int,
    ) -> None:
        failed = 0
        for found in results:
            lines = [each for each in found if isinstance(each, Line)]
            if lines:
                self._kept.add(lines)
                pool.settle(len(lines))
                done += len(lines)
                failed += sum(each.failed for each in lines)
            progress.at(done, failed)
            for message in found:
                if isinstance(message, str) and message != self._told:
                    self._told = message
                    progress.close()
                    if not self._asked.form.quiet:
                        self._shell.tell(message)


def _questions(suite: Suite, facts: Mapping[str, object]) -> Iterator[_Question]:
    for item in suite.items():
        text = item.posed().text
        yield _Question(item, text, item.key(text, facts))


def _facts(settings: Settings, model: Opened) -> dict[str, object]:
    """All that what is generated depends on, besides the puzzle."""
    sampling = asdict(answering.request_of(settings, "", (), model.profile.sampling).sampling)
    local = not is_remote(settings.model)
    path = find_weights(settings.model).path if local else None
    # Two servers may give two models the same name.
    server = {} if local else {"server": answering.endpoint(settings).url}
    return {
        "model": model.engine.facts.name,
        "asked_for": settings.model,
        "engine": model.engine.facts.engine,
        **server,
        "bytes": path.stat().st_size if path and path.is_file() else None,
        **{name: sampling[name] for name in _SAMPLED},
        **{name: sampling[name] for name in _SAMPLED_IF_SET if sampling[name]},
        **{name: getattr(settings, name) for name in _STEERED},
    }


def _generated(
    settings: Settings,
    model: Opened,
    facts: Mapping[str, object],
    blame: Blame,
    question: _Question,
    hand: Hand[Line | str],
) -> Line | None:
    """The record of one generation; None where it was broken off. Raises what ends all."""
    own = replace(settings, seed=int(question.key[:8], 16) >> 1)
    seen = Transcript()

    def attempt() -> None:
        nonlocal seen
        seen = Transcript()
        request = answering.request_of(own, question.text, (), model.profile.sampling)
        for event in answering.events(model, request, own, hand.cancel):
            seen.add(event)

    fault: QwqError | None = None
    try:
        tried(attempt, hand.wait, lambda f, pause: hand.say(f"{f}; qwq waits {duration(pause)}"))
    except QwqError as error:
        if hand.cancel.is_set():
            return None
        if not blame.is_questions_own(error):
            raise
        fault = error
    else:
        blame.clear()
    if hand.cancel.is_set() and (seen.finished is None or seen.finished.reason == "interrupted"):
        return None
    turn = {**record("", question.text, seen), "model": seen.model or settings.model}
    del turn["id"]
    told = None if fault is None else {"code": fault.code, "message": str(fault)}
    frame = {"key": question.key, "item": asdict(question.item), "run": facts}
    return Line(question.key, to_json({**frame, **turn, "error": told}), fault is not None)
