"""Whether what was generated is right: from the texts alone, so that it can be done again.

The puzzle is read out of the question by its kind's reader, and the answer out of what the model
wrote; no generator takes part. Knows no model.
"""

import re
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from qwq_cli.errors import BadInputError
from qwq_cli.evals.generations import Record
from qwq_cli.puzzles.registry import kind

Outcome: TypeAlias = Literal["right", "wrong", "silent", "failed"]
"""silent: no answer could be read. failed: the engine had a fault."""

_NONE: Final = re.compile(
    r"没有答案|无解|没有解|不存在|矛盾|没有这样的|没有一种"
    r"|\bno (?:such|answer|solution|card|order|number)"
    r"|\bcontradict|\bimpossible\b|\bdoes not exist|\binconsistent\b",
    re.IGNORECASE,
)
_SEVERAL: Final = re.compile(
    r"不止一个|多个答案|多解|无数个|不唯一|几个答案|\bseveral\b|\bmore than one\b|\bnot unique\b"
    r"|\binfinitely many\b|\bmultiple (?:answers|solutions)\b|\bambiguous\b",
    re.IGNORECASE,
)
_UNSETTLED: Final = re.compile(
    r"无法确定|不能确定|定不下来|推不出"
    r"|\b(?:cannot|can't|can not) be (?:determined|solved|settled)\b"
    r"|\bnot enough\b|\bundetermined\b|\bno unique\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Grade:
    """`given` is the answer that was read, in words; `truth` the right one, or what is wrong with
    the puzzle. `truncated`: tokens ran out. `looped`: it went in circles at least once, whether it
    was led out or not. `mixed`: it went over into another language.
    """

    outcome: Outcome
    given: str | None
    truth: str
    truncated: bool
    looped: bool
    mixed: bool
    tokens: int
    seconds: float


def grade(record: Record) -> Grade:
    """What a record is worth.

    Raises BadInputError where its question is no puzzle any more.
    """
    item = record["item"]
    one = kind(item["kind"])
    try:
        puzzle = one.parse(record["question"])
    except BadInputError as error:
        raise BadInputError("a record can't be graded", str(error)) from error
    solutions = one.solve(puzzle)
    text = record["final"] or record["answer"] or ""
    given = one.read(text, puzzle)
    outcome: Outcome
    if record["error"] is not None:
        outcome = "failed"
    elif len(solutions) != 1:
        outcome = _of_unsolvable(text, several=bool(solutions), named=given is not None)
    elif given is None:
        outcome = "silent"
    else:
        outcome = "right" if solutions == (given,) else "wrong"
    lang = item["lang"]
    truth = one.say(solutions[0], lang) if len(solutions) == 1 else _flaw(bool(solutions))
    said = None if given is None else one.say(given, lang)
    return Grade(outcome, said, truth, *_course(record))


def _flaw(several: bool) -> str:  # noqa: FBT001 - the one thing that it asks
    return "several answers" if several else "no answer"


def _of_unsolvable(text: str, *, several: bool, named: bool) -> Outcome:
    """To say what is wrong with the puzzle is right, to name an answer all the same is wrong."""
    if _UNSETTLED.search(text) or (_SEVERAL if several else _NONE).search(text):
        return "right"
    return "wrong" if named or _SEVERAL.search(text) or _NONE.search(text) else "silent"


def _course(record: Record) -> tuple[bool, bool, bool, int, float]:
    """How it came about: truncated, looped, mixed, tokens, seconds."""
    usage: dict[str, Any] = record.get("usage") or {}
    language: dict[str, Any] = record.get("language") or {}
    timings: dict[str, Any] = record.get("timings") or {}
    return (
        record["finish_reason"] in {"length", "budget"},
        bool(record.get("loops")),
        bool(language.get("switches")),
        usage.get("reasoning_tokens", 0) + usage.get("answer_tokens", 0),
        timings.get("total_s", 0.0),
    )
