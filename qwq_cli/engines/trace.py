"""Traces read back as scripts: a plain text, what `--json` wrote, or what `--jsonl` wrote.

Knows those three forms. A log of events is replayed as it happened, with its loops and what was
said after each rewind; the other two as one take.
"""

import json
from pathlib import Path
from typing import Any

from qwq_cli.codec import NAME, decode
from qwq_cli.engines.scripted import Script
from qwq_cli.errors import BadInputError, NotFoundError
from qwq_cli.events import Answer, Event, Finished, Rewound, Started, Thinking
from qwq_cli.thinking_tags import CLOSE, OPEN, TagFinder

_CARRIED_ON = 700
"""Characters for which a loop goes on in a replay, behind where it was noticed."""


def read_trace(path: Path) -> Script:
    """The script that replays a file; raises NotFoundError or BadInputError."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise NotFoundError(f"no such file: {path}") from error
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path} is not UTF-8 text", str(error)) from error
    except OSError as error:
        raise BadInputError(f"can't read {path}", error.strerror or str(error)) from error
    if not text.strip():
        raise BadInputError(f"{path} is empty", "a trace is a text that a model wrote")
    tags = TagFinder()
    for line in text.splitlines():
        tags.feed(line)
    return _from_json(path, text) or Script(
        takes=(text,),
        style="tags" if tags.tagged else "headings",
        name=path.stem,
        reasons_first=False,
    )


def _from_json(path: Path, text: str) -> Script | None:
    """A script, if the text is one of our JSON forms; None if it is a text of its own."""
    lines = text.splitlines()
    try:
        if text.lstrip().startswith("{"):
            first = json.loads(lines[0]) if NAME in lines[0] else json.loads(text)
            if isinstance(first, dict) and NAME in first:
                records = [json.loads(line) for line in lines if line.strip()]
                return _from_events(path, [decode(record) for record in records])
            if isinstance(first, dict) and "reasoning" in first and "answer" in first:
                return _from_record(path, first)
    except (json.JSONDecodeError, RecursionError) as error:
        if NAME in lines[0]:
            raise BadInputError(f"{path} is no whole log of events", str(error)) from error
    except BadInputError as error:
        raise BadInputError(f"{path} is no log of events", error.why) from error
    return None


def _from_record(path: Path, record: dict[str, Any]) -> Script:
    reasoning, answer = str(record["reasoning"]), str(record["answer"])
    text = f"{OPEN}{reasoning}{CLOSE}\n\n{answer}" if reasoning else answer
    return Script(
        takes=(text,),
        style="tags" if reasoning else "none",
        stop="stop" if record.get("finish_reason") in {"stop", None} else "length",
        name=str(record.get("model") or path.stem),
    )


def _from_events(path: Path, events: list[Event]) -> Script:
    """Each event's text is one token, so that a rewind keeps what it kept."""
    log = _Log()
    # Without its end it was broken off: what it thought so far is no answer.
    name, stop = path.stem, "length"
    for event in events:
        match event:
            case Started(model=model):
                name = model or name
            case Thinking(text=text, ours=ours):
                log.say(text, thinking=True, ours=ours)
            case Answer(text=text, ours=ours, again=False):
                log.say(text, thinking=False, ours=ours)
            case Rewound():
                log.rewind(event)
            case Finished(reason=reason):
                stop = reason
            case _:
                pass
    log.takes.append(log.take)
    return Script(
        takes=tuple(log.takes),
        style="tags",
        opens_thinking=log.thinks,
        stop="stop" if stop == "stop" else "length",
        name=name,
    )


class _Log:
    """What a log of events said, take by take."""

    def __init__(self) -> None:
        self.takes: list[list[str]] = []
        self.take: list[str] = []
        self.thinks = False
        """Whether it thought at all."""
        self._thinking = False
        self._standing = ""
        self._led = False
        """Whether the last loop was taken back, so that what is ours will be put in again."""

    def say(self, text: str, *, thinking: bool, ours: bool = False) -> None:
        """One event's text; between thought and answer comes the tag that parts them."""
        self.thinks = self.thinks or thinking
        if ours and self._led and not self.take:
            self._standing += text
            return
        if self._thinking and not thinking:
            self.take.append(CLOSE)
        self._thinking = thinking
        self.take.append(text)
        self._standing += text

    def rewind(self, event: Rewound) -> None:
        """The take ends in a loop. The log has it only up to where it was noticed, so it is
        carried on for a while, or a guard that wants a little more than that one would miss it.

        What was taken back for its language is left out: a replay has no question to tell it by.
        """
        kept = event.thinking_chars + event.answer_chars
        loop = event.loop
        if loop is not None:
            period = loop.repeat_at - loop.start
            if 0 < period <= len(self._standing):
                cycle = self._standing[-period:]
                self.take += [cycle] * (1 + _CARRIED_ON // period)
            self.takes.append(self.take)
            self.take = []
        else:
            self._leave_out(len(self._standing) - kept)
        self._led = loop is not None
        self._standing = self._standing[:kept]
        self._thinking = self._thinking and not event.answer_chars

    def _leave_out(self, chars: int) -> None:
        """Drop so many characters from the end of the take."""
        while chars > 0 and self.take:
            last = self.take.pop()
            stays = last[: max(0, len(last) - chars)] if last != CLOSE else ""
            chars -= len(last) - len(stays) if last != CLOSE else 0
            if stays:
                self.take.append(stays)
