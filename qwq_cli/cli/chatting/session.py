"""A session from its first line to its exit code: settings, model, greeting, talk.

Knows what surrounds a conversation. Does not know options.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from qwq_cli import conversation as lines
from qwq_cli.cli.chatting import candidates, deeds, setting
from qwq_cli.cli.chatting.chat import Chat
from qwq_cli.cli.chatting.talk import Talk
from qwq_cli.cli.chatting.voice import Voice
from qwq_cli.cli.shell import Shell
from qwq_cli.config import current_place, resolve, terminal
from qwq_cli.errors import BadInputError
from qwq_cli.history.store import LAST
from qwq_cli.paths import history_file, typed_file
from qwq_cli.settings import Value
from qwq_cli.stream.sanitise import one_line
from qwq_cli.ui.repl.lines import Lines

if TYPE_CHECKING:
    from qwq_cli.ui.repl.entry import Reader


@dataclass(frozen=True, slots=True)
class Wished:
    """What the command line said. `continues`: the name or id of a conversation, or None."""

    flags: Mapping[str, Value | None]
    continues: str | None = None
    quiet: bool = False


def converse(wished: Wished, shell: Shell) -> int:
    """Talk until the end; returns the exit code: 0 on a terminal, else that of what failed last."""
    place = current_place()
    resolved = resolve(wished.flags, place)
    able = terminal(place.environ)
    voice = Voice(shell, able.styled, wished.quiet)
    on_terminal = shell.stdin_is_terminal and shell.out.tty
    chat = Chat(resolved, voice, able, partial(_reader, shell, fancy=on_terminal and able.erases))
    try:
        for notice in resolved.notices:
            voice.note(notice)
        _begin(chat, wished, on_terminal=on_terminal)
        talk = Talk(chat)
        talk.run()
    finally:
        chat.held.close()
    return shell.interrupts.code or (0 if on_terminal else talk.code)


def _begin(chat: Chat, wished: Wished, *, on_terminal: bool) -> None:
    """The conversation that goes on, the model, and a word of greeting."""
    found = None
    if wished.continues is not None:
        found = lines.named(history_file(), wished.continues or LAST)
        chat.go_on_with(found)
    _load(chat)
    if on_terminal:
        chat.voice.note(f"{setting.described(chat)} · /help")
    if found is not None:
        deeds.go_on_with(chat, found)


def _load(chat: Chat) -> None:
    """The model, with a line that says so while it lasts."""
    err = chat.shell.err
    shown = err.tty and chat.terminal.erases and not chat.voice.quiet
    if shown:
        err.write(f"Loading {one_line(chat.settings.model)}")
    try:
        chat.held.ready(chat.settings)
    finally:
        if shown:
            err.write("\r\x1b[K")


def _reader(shell: Shell, chat: Chat, *, fancy: bool) -> "Reader":
    """A prompt where the terminal can carry one, else lines."""
    if not fancy:
        if shell.stdin is None:
            raise BadInputError("can't read standard input", "it is closed", "pipe questions in")
        seen = shell.out if shell.out.tty else shell.err
        asks = ("> ", ". ") if shell.stdin_is_terminal and seen.tty else ("", "")
        return Lines(shell.stdin, seen, *asks)
    from qwq_cli.ui.repl.prompt import Prompt, Surroundings
    from qwq_cli.ui.repl.remembered import Remembered

    return Prompt(
        Surroundings(partial(_status, chat), partial(candidates.candidates, chat)),
        Remembered(typed_file(), lambda: chat.settings.history == "on"),
        styled=chat.terminal.styled,
    )


def _status(chat: Chat) -> str:
    """`quill · about 1,204 of 4,096 tokens · 890 of thinking left out · turn 4`."""
    told = [one_line(chat.settings.model)]
    room = chat.context_tokens
    if room is not None and chat.line:
        told.append(f"about {chat.tokens_taken():,} of {room:,} tokens")
        left_out = lines.thinking_left_out(chat.line)
        told.append(f"{left_out:,} of thinking left out" if left_out else "")
    if chat.line:
        told.append(f"turn {len(chat.line) + 1}")
    if chat.settings.reasoning in {"fold", "hide"}:
        told.append({"fold": "thinking folded", "hide": "thinking hidden"}[chat.settings.reasoning])
    if chat.files:
        told.append("1 file" if len(chat.files) == 1 else f"{len(chat.files)} files")
    return " · ".join(filter(None, told))
