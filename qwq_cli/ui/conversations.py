"""Conversations of the history, to be looked at: rows, records, and the passages of a turn.

Knows turns. Does not know where they are kept; what they look like as a document is for `exports`.
"""

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from qwq_cli.events import Answer, Event, Loop, Noticed, Rewound, Switch, Thinking
from qwq_cli.history.search import Hit
from qwq_cli.history.turns import Conversation, Summary, Turn, written
from qwq_cli.stream.sanitise import one_line
from qwq_cli.ui.output import Output
from qwq_cli.ui.page import Page
from qwq_cli.ui.records import record
from qwq_cli.ui.wrap import cells, clip

HEADS = ("id", "when", "model", "turns", "final", "question")
HIT_HEADS = ("id", "when", "in", "text")
UNFINISHED = "unfinished"
"""Broken off, or still going: nobody else can know."""

Seen: TypeAlias = Literal["show", "hide", "raw"]
"""How much of the thinking: as it stands, not at all, or with what was taken back."""

_SHORTEST_TEXT = 20
_LONGEST_TITLE = 72
_BEFORE = 12
_BETWEEN = 2
"""Blanks between columns."""


def when(ms: int) -> str:
    """A time, where we are."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(ms / 1000))


def _exactly(ms: int | None) -> str | None:
    """A time for programs, in UTC."""
    if ms is None:
        return None
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ms // 1000)) + f".{ms % 1000:03d}Z"


# -------------------------------------------------------------------------------------- lists


def rows(summaries: Iterable[Summary]) -> list[tuple[str, ...]]:
    """One conversation a row, by `HEADS`."""
    return [
        (
            one.id,
            when(one.touched_ms),
            one_line(one.model),
            str(one.turns),
            one_line(one.final or _ending(one.reason)),
            one_line(one.title),
        )
        for one in summaries
    ]


def hit_rows(hits: Iterable[Hit]) -> list[tuple[str, ...]]:
    """One turn a row, by `HIT_HEADS`."""
    return [
        (
            one.id,
            when(one.begun_ms),
            one.part,
            one_line(f"{_near(one.before)}{one.found}{one.after}"),
        )
        for one in hits
    ]


def _near(before: str) -> str:
    """The end of what stands before a find, so short that the find itself is seen."""
    return before if len(before) <= _BEFORE else "…" + before[-_BEFORE:]


def _ending(reason: str | None) -> str:
    """Where there is no final answer: nothing for one that ended well."""
    return {None: UNFINISHED, "stop": ""}.get(reason, reason or "")


def fitted(heads: Sequence[str], cut: Sequence[tuple[str, ...]], columns: int) -> list[list[str]]:
    """The rows, their last cells cut so that each takes one line of the terminal."""
    others = [max(map(cells, column)) for column in list(zip(heads, *cut, strict=True))[:-1]]
    room = max(columns - sum(others) - _BETWEEN * len(others), _SHORTEST_TEXT)
    return [[*row[:-1], _cut(row[-1], room)] for row in cut]


def _cut(text: str, room: int) -> str:
    return text if cells(text) <= room else clip(text, room - 1) + "…"


def tabbed(table: Iterable[Sequence[str]]) -> str:
    """The rows, their cells apart by tabs: for `cut` and spreadsheets."""
    return "".join("\t".join(row) + "\n" for row in table)


# ------------------------------------------------------------------------------------ records


def summary_record(one: Summary) -> dict[str, object]:
    """A conversation of a list, for JSON."""
    return {
        "id": one.id,
        "title": one.title,
        "turns": one.turns,
        "begun": _exactly(one.begun_ms),
        "touched": _exactly(one.touched_ms),
        "model": one.model,
        "finish_reason": one.reason,
        "final": one.final,
    }


def hit_record(one: Hit) -> dict[str, object]:
    """A turn that was found, for JSON."""
    return {
        "id": one.id,
        "conversation": one.conversation,
        "begun": _exactly(one.begun_ms),
        "question": one.question,
        "in": one.part,
        "before": one.before,
        "found": one.found,
        "after": one.after,
    }


def turn_record(turn: Turn) -> dict[str, object]:
    """A turn, with the keys of `ask --json`, and what the history knows besides."""
    return {
        **record(turn.id, turn.question, turn.transcript),
        "raw": turn.raw,
        "conversation": turn.conversation,
        "parent": turn.parent,
        "system": turn.system,
        "settings": turn.settings,
        "begun": _exactly(turn.begun_ms),
        "ended": _exactly(turn.ended_ms),
        "events": json.loads(written(turn.events)),
    }


def conversation_record(conversation: Conversation) -> dict[str, object]:
    """All of a conversation; `line` are the turns to its head, the others were asked otherwise."""
    return {
        "id": conversation.id,
        "title": conversation.title,
        "line": [turn.id for turn in conversation.line],
        "turns": [turn_record(turn) for turn in conversation.turns],
    }


# ----------------------------------------------------------------------------------- passages


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of what was written. standing: the model's, and it stands. ours: put in by qwq.
    taken back: `why` says for what. note: not written by anybody, `why` is all there is.
    """

    kind: Literal["standing", "ours", "taken back", "note"]
    text: str
    why: str = ""


def passages(events: Iterable[Event], part: type[Thinking] | type[Answer]) -> list[Passage]:
    """The thinking, or the answer, in the order in which it was written, with what was taken back
    where it stood.
    """
    found: list[Passage] = []
    for event in events:
        if isinstance(event, Thinking | Answer):
            if isinstance(event, part) and event.text:
                found.append(Passage("ours" if event.ours else "standing", event.text))
        elif isinstance(event, Rewound):
            keep = event.thinking_chars if part is Thinking else event.answer_chars
            found = _taken_back(found, keep, _why(event))
        elif isinstance(event, Noticed) and isinstance(event.about, Loop | Switch):
            where = event.about.part if isinstance(event.about, Switch) else "thinking"
            if (where == "thinking") == (part is Thinking):
                found.append(Passage("note", "", event.message))
    return found


def _taken_back(found: list[Passage], keep: int, why: str) -> list[Passage]:
    """The same, all that stands after the first `keep` characters that stand marked."""
    marked: list[Passage] = []
    for passage in found:
        if passage.kind not in {"standing", "ours"}:
            marked.append(passage)
            continue
        stays, goes = passage.text[:keep], passage.text[keep:]
        keep -= len(stays)
        if stays:
            marked.append(Passage(passage.kind, stays))
        if goes:
            marked.append(Passage("taken back", goes, why))
    return marked


def _why(event: Rewound) -> str:
    if event.loop is not None:
        about = f"it went in circles ({event.loop.kind}): {event.loop.action}"
    elif event.switch is not None:
        about = f"it went over from {event.switch.was} to {event.switch.now}"
    else:
        about = "taken back"
    return f"{about}, {event.trimmed_tokens:,} tokens" if event.trimmed_tokens else about


def title(conversation: Conversation) -> str:
    """Its name, or the beginning of its first question."""
    name = conversation.title or conversation.turns[0].question
    return _cut(one_line(name), _LONGEST_TITLE)


def facts(turn: Turn) -> str:
    """When, by whom, how long and how it ended, on one line."""
    end = turn.transcript.finished
    said = [when(turn.begun_ms), one_line(f"{turn.model} ({turn.engine})")]
    if end is not None:
        tokens = end.usage.reasoning_tokens + end.usage.answer_tokens
        said += [f"{tokens:,} tokens", f"{end.timings.total_s:.1f} s"]
    loops = len(turn.transcript.loops)
    if loops:
        said.append("1 loop" if loops == 1 else f"{loops} loops")
    if end is None:
        said.append(UNFINISHED)
    elif end.reason != "stop":
        said.append(end.reason)
    return " · ".join(said)


# ------------------------------------------------------------------------------------ showing


def show(turns: Sequence[Turn], seen: Seen, output: Output, *, styled: bool) -> None:
    """Write the turns: on a terminal as `ask` shows them, down a pipe under plain headings."""
    if not output.tty:
        output.write("\n".join(_plain(turn, seen) for turn in turns))
        return
    page = Page(output.size()[0], styled=styled)
    for turn in turns:
        output.write(page.add("note", f"{turn.id} · {facts(turn)}"))
        output.write(page.add("answer", quoted(turn.question.strip("\n"))))
        for part in (Thinking, Answer):
            for passage in _wanted(turn, part, seen):
                output.write(_on_page(page, part, passage))
    output.write(page.close())


def show_thought(turn: Turn, seen: Seen, output: Output, *, styled: bool) -> None:
    """Write the thinking of one turn and no more."""
    found = _wanted(turn, Thinking, seen)
    if not output.tty:
        output.write(_text(found) + "\n")
        return
    page = Page(output.size()[0], styled=styled)
    for passage in found:
        output.write(_on_page(page, Thinking, passage))
    output.write(page.close())


def _on_page(page: Page, part: type[Thinking] | type[Answer], passage: Passage) -> str:
    if passage.kind == "note":
        return page.add("note", passage.why)
    if passage.kind == "taken back":
        note = page.add("note", f"taken back: {passage.why}")
        return (
            note + page.add("thinking", passage.text) + page.add("note", "from here on it stands")
        )
    if passage.kind == "ours":
        return page.add("ours", passage.text)
    return page.add("thinking" if part is Thinking else "answer", passage.text)


def _wanted(turn: Turn, part: type[Thinking] | type[Answer], seen: Seen) -> list[Passage]:
    if part is Thinking and seen == "hide":
        return []
    found = passages(turn.events, part)
    return found if seen == "raw" else [p for p in found if p.kind in {"standing", "ours"}]


def _plain(turn: Turn, seen: Seen) -> str:
    parts = [f"{turn.id}  {facts(turn)}", quoted(turn.question.strip("\n"))]
    thought = _text(_wanted(turn, Thinking, seen))
    if thought:
        parts += ["Thinking:", thought]
    answer = _text(_wanted(turn, Answer, seen))
    if answer:
        parts += ["Answer:", answer]
    return "\n\n".join(parts) + "\n"


def _text(found: Iterable[Passage]) -> str:
    texts = []
    for passage in found:
        if passage.kind == "taken back":
            texts.append(f"⟦taken back: {passage.why}⟧{passage.text}⟦from here on it stands⟧")
        else:
            texts.append(passage.text or f"⟦{passage.why}⟧")
    return "".join(texts).strip("\n")


def quoted(text: str) -> str:
    """A question's lines, each after a sign of being one."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
