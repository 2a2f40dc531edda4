"""What could stand where somebody types: commands, and what their arguments name. No keys."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from qwq_cli.cli.chatting.chat import Chat
from qwq_cli.cli.chatting.commands import BY_NAME, COMMANDS, Command
from qwq_cli.cli.completions import latest_conversations, models_here
from qwq_cli.errors import QwqError
from qwq_cli.settings import KEYS
from qwq_cli.ui.repl.entry import Candidate

_MOST = 200
"""Files that are offered of a folder."""


def candidates(chat: Chat, text: str) -> Iterable[Candidate]:
    """What the text up to the cursor could go on as; nothing for what is no command."""
    if not text.startswith("/") or text.startswith("//") or "\n" in text:
        return ()
    name, blank, argument = text[1:].partition(" ")
    if not blank:
        return [
            Candidate(f"/{known}{' ' if one.argument else ''}", len(text), one.line)
            for one in COMMANDS
            for known in (one.name, *(one.also if name else ()))
            if known.startswith(name.lower())
        ]
    command = BY_NAME.get(name.lower())
    if command is None:
        return ()
    try:
        return list(_arguments(chat, command, argument.lstrip()))
    # A folder that can't be read, a name that is none, a history that is damaged.
    except (OSError, ValueError, RuntimeError, QwqError):
        return ()


def _arguments(chat: Chat, command: Command, begun: str) -> Iterator[Candidate]:
    yield from _words(((word, "") for word in command.choices), begun)
    if command.kind == "command":
        yield from _words(((one.name, one.line) for one in COMMANDS), begun)
    elif command.kind == "model":
        yield from _words(models_here(), begun)
        yield from _files(begun, ".gguf")
    elif command.kind == "file":
        yield from _files(begun, "")
    elif command.kind == "conversation":
        yield from _words(latest_conversations(), begun)
    elif command.kind == "turn":
        turns = enumerate(chat.line, 1)
        yield from _words(((str(number), turn.question) for number, turn in turns), begun)
    elif command.kind == "setting":
        yield from _settings(begun)


def _settings(begun: str) -> Iterator[Candidate]:
    name, blank, value = begun.partition(" ")
    if blank:
        choices = KEYS[name].choices if name in KEYS else ()
        yield from _words(((choice, "") for choice in (*choices, "default")), value)
    else:
        known = (key for key in KEYS.values() if not key.secret)
        yield from _words(((key.name, key.unset) for key in known), begun)


def _words(offered: Iterable[tuple[str, str]], begun: str) -> Iterator[Candidate]:
    for word, about in offered:
        if word.startswith(begun):
            yield Candidate(word, len(begun), about[:_ABOUT].replace("\n", " "))


_ABOUT = 60


def _files(begun: str, suffix: str) -> Iterator[Candidate]:
    """Folders, and the files that end so; hidden ones where they are asked for."""
    head, _, tail = begun.rpartition("/")
    folder = Path(f"{head}/" if head or begun.startswith("/") else ".").expanduser()
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    shown = 0
    for entry in found:
        is_folder = entry.is_dir()
        hidden = entry.name.startswith(".") and not tail.startswith(".")
        if hidden or not entry.name.startswith(tail):
            continue
        if not is_folder and not entry.name.endswith(suffix):
            continue
        yield Candidate(entry.name + "/" * is_folder, len(tail))
        shown += 1
        if shown == _MOST:
            return
