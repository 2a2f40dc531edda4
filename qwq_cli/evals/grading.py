"""Whether what was generated is right: from the texts alone, so that it can be done again.

The puzzle is read out of the question by its kind's reader, and the answer out of what the model
wrote; no generator takes part. Knows no model.
"""

import re
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from qwq_cli.errors import BadInputError
from qwq_cli.evals.generations import Record
from qwq_cli.puzzles.kind import Kind
from qwq_cli.puzzles.registry import kind
from qwq_cli.stream.final import closing_part

Outcome: TypeAlias = Literal["right", "wrong", "silent", "failed"]
"""silent: no answer could be read. failed: the engine had a fault."""

_NONE: Final = re.compile(
    r"没有(?:正确|可能的?|任何)?答案|无答案|无解|没有(?:实数|整数)?解|不存在(?!其他|别的)|没有这样的|没有一[种张个组]"
    r"|∅|\\(?:emptyset|varnothing)|空集|[找寻]不到(?:这样|满足|符合)|\A\W*none\W*\Z"
    r"|没有(?:任何|符合|满足|可能的)|\b(?:0|zero) (?:answers|solutions)\b|\bcannot be satisfied\b"
    r"|\bno (?:(?:valid|possible|real|consistent|correct|suitable|integer|such) ){0,2}"
    r"(?:such|answer|solution|card|order|number|assignment|arrangement|value|integer)"
    r"|\bno (?!unique|single|definite|doubt|other|more|further|matter|one\b)(?:\w+ ){1,4}"
    r"(?:satisf(?:y|ies)|works?|exists?|fits?|solves?|(?:is|are) (?:possible|consistent))\b"
    r"|\b(?:does|do)(?: not|n['’]t) exist\b",
    re.IGNORECASE,
)
_CLASHING: Final = re.compile(
    r"矛盾|悖论|\bparadox|\bcyclic\b|\b(?:form|in) a (?:cycle|circle)\b"
    r"|不可能(?!唯一|确定|判断|知道)|\bcontradict|\binconsistent\b"
    r"|\bimpossible\b(?! to (?:determine|tell|say|know|decide|settle))",
    re.IGNORECASE,
)
"""Of the puzzle where no answer is named; else mostly of a case on the way to that answer."""
_SEVERAL: Final = re.compile(
    r"不止一|多个(?:答案|解)|多解|无数[个多种解]|不唯一|[几两二三四五]\s?[个种张组](?:不同的?|可能的?)?(?:答案|解|可能)"
    r"|无穷多|无限多|无穷解|无数解|[两二三四几]种(?:可能的?)?情况|任[意何](?:的?实?数|值)"
    r"|(?:一切|所有|全体)的?实数|恒成立"
    r"|\bseveral\b|\bmore than one\b|\bnot unique\b|\binfinite(?:ly many)?\b|\bambiguous\b"
    r"|\b(?:multiple|many|two|three|four|[2-9]|\d\d+) "
    r"(?:(?:possible|different|valid|distinct|consistent) )?"
    r"(?:answers|solutions|assignments|arrangements|orderings|possibilities)\b"
    r"|\bfor (?:any|every) [a-z]\b|\b(?:any|all|every) (?:pairs?|points?|\()"
    r"|∈ ?(?:ℝ|R\b)|\\in ?\\mathbb"
    r"|\b(?:all|any|every) real\b|\bcan be any(?:thing)?\b|\b(?:any|every) (?:value|number) "
    r"(?:of \w+ )?(?:works|satisfies|solves|is (?:a|the) solution)\b",
    re.IGNORECASE,
)
_UNSETTLED: Final = re.compile(
    r"(?:无法|不能|不可能|难以)(?:唯一)?(?:地)?(?:确定|判断|判定)|定不下来|推不出|没有唯一|无唯一|取决于"
    r"|(?:信息|条件)不(?:足|够)"
    r"|\b(?:cannot|can['’]t|can not|could not) be (?:uniquely )?"
    r"(?:determined|solved|settled|decided|deduced)\b"
    r"|\b(?:cannot|can['’]t|can not|impossible to) (?:uniquely )?(?:determine|decide|settle)\b"
    r"|\b(?:impossible to|(?:we|you|one) (?:cannot|can['’]t|can not)) (?:be sure|tell|say|know)\b"
    r"|\b(?:is|are) (?:unclear|unknown)\b|\A\W*unknown\W*\Z"
    r"|\b(?:true|false) if\b[^.\n]{1,60}\b(?:otherwise (?:true|false)|(?:true|false) otherwise)\b"
    r"|\bthe same (?:truth value )?as [a-z]\b|[与和] ?[a-z] ?(?:的真值)?(?:相同|一样)"
    r"|\bnot enough\b|\binsufficient\b|\bundetermined\b"
    r"|\bindeterminate\b|\bno (?:unique|single|definite)\b|\bdepends? on\b",
    re.IGNORECASE,
)
_CHOICE: Final = re.compile(r"\bor\b|或|要么|还是|也可能", re.IGNORECASE)
"""Between answers, where none is named."""
_CHECKING: Final = re.compile(
    r"(?:(?:let me|let['’]s|let us|we can|to|a quick|quick) |\*+)?(?:double-?)?(?:check|verif)\w*\b"
    r"|(?:我们)?(?:来)?(?:验算|检验|验证|检查)",
    re.IGNORECASE,
)
"""The line behind an answer which holds it against the question."""
_UNSURE: Final = re.compile(r"(?<!我)不确定|\buncertain\b", re.IGNORECASE)
"""Of the puzzle where no answer is named; else of the one who names it."""
_DECLINED: Final = re.compile(
    r"不知道|不清楚|不会做|无法(?:回答|解答)|\b(?:do not|don['’]t) know\b|\bnot sure\b|\bunable\b",
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
    given = _read(one, puzzle, text, record["answer"] or "")
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


def _read(one: Kind[Any, Any], puzzle: object, text: str, answer: str) -> Any:  # noqa: ANN401 - as read
    """What stands alone at the head of an answer, else what the final line answers; where it says
    nothing, what the lines around it do: a list of people is no single line.
    """
    declined = any(
        said.search(text) for said in (_NONE, _CLASHING, _SEVERAL, _UNSETTLED, _UNSURE, _DECLINED)
    )
    head = None if declined else one.head(answer, puzzle)
    if head is not None:
        return head
    if _CHECKING.match(text) and (checked := one.read(answer, puzzle)) is not None:
        return checked
    given = one.read(text, puzzle)
    if given is not None or declined:
        return given
    given = one.read(closing_part(answer), puzzle)
    return one.read(answer, puzzle) if given is None else given


def _of_unsolvable(text: str, *, several: bool, named: bool) -> Outcome:
    """To say what is wrong with the puzzle is right, to name an answer all the same is wrong."""
    none = _NONE.search(text) or (not named and _CLASHING.search(text))
    unsettled = _UNSETTLED.search(text) or (not named and _UNSURE.search(text))
    choice = not named and not _DECLINED.search(text) and _CHOICE.search(text)
    many = _SEVERAL.search(text) or choice
    if unsettled or (many if several else none):
        return "right"
    return "wrong" if named or _SEVERAL.search(text) or none else "silent"


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
