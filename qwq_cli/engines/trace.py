"""Traces read back as scripts: a plain text, what `--json` wrote, or what `--jsonl` wrote.

Knows those three forms. A log of events is replayed as it happened, with its loops and what was
said after each rewind; the other two as one take.
"""

import json
from pathlib import Path
from typing import Any

from qwq_cli.engines.scripted import Script
from qwq_cli.errors import BadInputError, NotFoundError

_OPEN, _CLOSE = "<think>", "</think>"


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
    return _from_json(path, text) or Script(
        takes=(text,), style="tags" if _CLOSE in text else "headings", name=path.stem
    )


def _from_json(path: Path, text: str) -> Script | None:
    """A script, if the text is one of our JSON forms; None if it is a text of its own."""
    lines = text.splitlines()
    try:
        if text.lstrip().startswith("{"):
            first = json.loads(lines[0]) if "event" in lines[0] else json.loads(text)
            if isinstance(first, dict) and "event" in first:
                return _from_events(path, [json.loads(line) for line in lines if line.strip()])
            if isinstance(first, dict) and "reasoning" in first and "answer" in first:
                return _from_record(path, first)
    except json.JSONDecodeError as error:
        if "event" in lines[0]:
            raise BadInputError(f"{path} is no whole log of events", str(error)) from error
    return None


def _from_record(path: Path, record: dict[str, Any]) -> Script:
    reasoning, answer = str(record["reasoning"]), str(record["answer"])
    text = f"{_OPEN}{reasoning}{_CLOSE}\n\n{answer}" if reasoning else answer
    return Script(
        takes=(text,),
        style="tags" if reasoning else "none",
        stop="stop" if record.get("finish_reason") in {"stop", None} else "length",
        name=str(record.get("model") or path.stem),
    )


def _from_events(path: Path, events: list[dict[str, Any]]) -> Script:
    """Each event's text is one token, so that a rewind keeps what it kept."""
    log = _Log()
    name, stop = path.stem, "stop"
    for event in events:
        kind, text = event.get("event"), str(event.get("text", ""))
        if kind == "started":
            name = str(event.get("model") or name)
        elif kind == "thinking":
            log.say(text, thinking=True)
        elif kind == "answer" and not event.get("again"):
            log.say(text, thinking=False)
        elif kind == "rewound":
            log.rewind(event)
        elif kind == "finished":
            stop = str(event.get("reason"))
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

    def say(self, text: str, *, thinking: bool) -> None:
        """One event's text; between thought and answer comes the tag that parts them."""
        self.thinks = self.thinks or thinking
        if self._thinking and not thinking:
            self.take.append(_CLOSE)
        self._thinking = thinking
        self.take.append(text)
        self._standing += text

    def rewind(self, event: dict[str, Any]) -> None:
        """The take ends in a loop. The log has it only up to where it was noticed, so it is
        carried on for a while, or a guard that wants a little more would miss it.
        """
        loop = event.get("loop") or {}
        period = int(loop.get("repeat_at", 0)) - int(loop.get("start", 0))
        if 0 < period <= len(self._standing):
            cycle = self._standing[-period:]
            self.take += [cycle] * (1 + 300 // period)
        self.takes.append(self.take)
        self.take = []
        kept = int(event.get("thinking_chars", 0)) + int(event.get("answer_chars", 0))
        self._standing = self._standing[:kept]
        self._thinking = self._thinking and not event.get("answer_chars")
