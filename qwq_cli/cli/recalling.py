"""What `qwq history` does: find in the history, and show. Does not know options."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, TypeAlias

from qwq_cli.cli.shell import Shell
from qwq_cli.config import current_place, terminal
from qwq_cli.errors import ConfigError, NoAnswerError, QwqError, UsageError
from qwq_cli.history import search as searching
from qwq_cli.history import store
from qwq_cli.history.database import reading
from qwq_cli.history.turns import Conversation, Turn
from qwq_cli.paths import history_file
from qwq_cli.ui import conversations as ui
from qwq_cli.ui import tables
from qwq_cli.ui.records import to_json

Document: TypeAlias = Literal["md", "json", "html"]

NOTHING_FOUND = 1
_ON_A_TERMINAL = 20
"""How many rows a list has there, unless more are asked for."""
_MOST = 2**63 - 1
"""Rows that SQLite can be asked for."""
_SUFFIXES: dict[str, Document] = {
    ".md": "md",
    ".markdown": "md",
    ".json": "json",
    ".html": "html",
    ".htm": "html",
}


def file() -> Path:
    """Where the history is, or would be; raises ConfigError without a home."""
    path = history_file()
    if path is None:
        raise ConfigError("there is no place for a history", "no home", "set HOME")
    return path


def list_(shell: Shell, limit: int | None, *, json: bool) -> None:
    """Write the conversations, the latest first."""
    limit = _limit(shell, limit, json=json)
    summaries, count = [], 0
    if file().exists():
        with reading(file()) as connection:
            count = store.count(connection)
            summaries = store.conversations(connection, limit)
    if json:
        shell.out.write(to_json([ui.summary_record(one) for one in summaries]) + "\n")
        return
    _table(shell, ui.HEADS, ui.rows(summaries))
    if not count:
        shell.tell("the history is empty")
    elif len(summaries) < count:
        shell.tell(f"{len(summaries):,} of {count:,} conversations; -n 0 lists all")


def _limit(shell: Shell, limit: int | None, *, json: bool) -> int | None:
    """How many rows, None for all."""
    if limit is None:
        return _ON_A_TERMINAL if shell.out.tty and not json else None
    return min(limit, _MOST) or None


def _table(shell: Shell, heads: Sequence[str], rows: list[tuple[str, ...]]) -> None:
    if not rows:
        return
    if shell.out.tty:
        fitted = ui.fitted(heads, rows, shell.out.size()[0])
        tables.show(shell.out, heads, fitted, styled=_styled())
    else:
        shell.out.write(ui.tabbed(rows))


def _styled() -> bool:
    return terminal(current_place().environ).styled


def search(shell: Shell, words: Sequence[str], limit: int | None, *, json: bool) -> int:
    """Write the turns that have these words; returns the exit code."""
    limit = _limit(shell, limit, json=json)
    if not any(word.strip() for word in words):
        raise UsageError("there is nothing to search for", "", "give a text")
    hits: list[searching.Hit] = []
    if file().exists():
        with reading(file()) as connection:
            hits = searching.search(connection, words, None if limit is None else limit + 1)
    shown = hits[:limit]
    if json:
        shell.out.write(to_json([ui.hit_record(hit) for hit in shown]) + "\n")
    else:
        _table(shell, ui.HIT_HEADS, ui.hit_rows(shown))
    if not hits:
        shell.tell("no turn in the history has that")
    elif len(shown) < len(hits):
        shell.tell(f"the latest {len(shown):,}; -n 0 lists all")
    return 0 if hits else NOTHING_FOUND


# ------------------------------------------------------------------------------------ showing


def found(name: str) -> Conversation | Turn:
    """What an id means: a conversation, or one of its later turns."""
    with reading(file()) as connection:
        id_, turn_id = store.find(connection, name)
        conversation = store.conversation(connection, id_)
    if turn_id is None:
        return conversation
    return next(turn for turn in conversation.turns if turn.id == turn_id)


def _line(what: Conversation | Turn) -> tuple[Turn, ...]:
    return (what,) if isinstance(what, Turn) else what.line


def write(what: Conversation | Turn, seen: ui.Seen, shell: Shell) -> None:
    """Write it for a person."""
    line = _line(what)
    ui.show(line, seen, shell.out, styled=_styled())
    aside = len(what.turns) - len(line) if isinstance(what, Conversation) else 0
    if aside:
        turns = "1 turn was" if aside == 1 else f"{aside:,} turns were"
        shell.tell(f"{turns} left for another one; --json has all")


def write_json(what: Conversation | Turn, shell: Shell) -> None:
    """Write all that is known of it."""
    record = ui.turn_record(what) if isinstance(what, Turn) else ui.conversation_record(what)
    shell.out.write(to_json(record) + "\n")


def write_answer(what: Conversation | Turn, shell: Shell, *, final: bool) -> None:
    """Write the last answer alone, as `qwq ask` does down a pipe; raises NoAnswerError."""
    seen = _line(what)[-1].transcript
    text = seen.answer.strip()
    if final:
        text = (seen.finished.final if seen.finished is not None else None) or ""
    if not text:
        raise NoAnswerError("there is no answer", "the turn ended without one", "see all of it")
    shell.out.write_safely(f"{text}\n")


# ---------------------------------------------------------------------- exporting and removing


def chosen(ids: Sequence[str], *, everything: bool) -> list[Conversation]:
    """These conversations, or the last one, or all; of one that is named by a later turn, the
    turns up to that one.
    """
    if ids and everything:
        raise UsageError("--all leaves nothing to name", "", "leave out the ids, or --all")
    with reading(file()) as connection:
        if everything:
            summaries = store.conversations(connection)
            return [store.conversation(connection, one.id) for one in reversed(summaries)]
        meant = [store.find(connection, name) for name in ids or [store.LAST]]
        return [_up_to(store.conversation(connection, id_), turn) for id_, turn in meant]


def _up_to(conversation: Conversation, turn: str | None) -> Conversation:
    ids = [one.id for one in conversation.line]
    if turn not in ids:
        return conversation
    return replace(conversation, line=conversation.line[: ids.index(turn) + 1])


def export(
    conversations: Sequence[Conversation], form: Document | None, output: str | None, shell: Shell
) -> None:
    """Write them as one document, to a file or to standard output; raises QwqError."""
    text = document(conversations, form or form_of(output or ""))
    if output is None or output == "-":
        shell.out.write_safely(text)
        return
    try:
        Path(output).write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise QwqError(f"can't write {output}", error.strerror or "") from error


def form_of(name: str) -> Document:
    """The form that a file's name means; Markdown where it says nothing."""
    return _SUFFIXES.get(Path(name).suffix.lower(), "md")


def document(conversations: Sequence[Conversation], form: Document) -> str:
    """The conversations as one document."""
    from qwq_cli.ui import exports

    if form == "html":
        return exports.html(conversations)
    if form == "md":
        return exports.markdown(conversations)
    records = [ui.conversation_record(one) for one in conversations]
    return to_json({"conversations": records}) + "\n"


def remove(ids: Sequence[str], shell: Shell, *, everything: bool, yes: bool) -> None:
    """Remove conversations, once a person agrees."""
    if bool(ids) == everything:
        raise UsageError("say which conversations", "by their ids, or all of them with --all")
    with reading(file()) as connection:
        if everything:
            meant = [one.id for one in store.conversations(connection)]
        else:
            meant = list(dict.fromkeys(_whole(store.find(connection, name)) for name in ids))
    many = "1 conversation" if len(meant) == 1 else f"{len(meant):,} conversations"
    if not yes and not _agreed(many, shell):
        shell.tell("nothing was removed")
        return
    with reading(file()) as connection:
        store.remove(connection, meant)
    shell.tell(f"{many} removed")


def _whole(found: tuple[str, str | None]) -> str:
    id_, turn = found
    if turn is not None:
        what = f"{turn} is one turn of the conversation {id_}"
        raise UsageError(what, "", f"only all of it can be removed: qwq history rm {id_}")
    return id_


def _agreed(many: str, shell: Shell) -> bool:
    """Ask on the terminal. Raises UsageError where nobody can be asked."""
    if not shell.stdin_is_terminal or shell.stdin is None or not shell.err.tty:
        raise UsageError(f"{many} can only be removed when that is confirmed", "", "add --yes")
    shell.err.write(f"Remove {many}? [y/N] ")
    return shell.stdin.readline().decode(errors="replace").strip().lower() in {"y", "yes"}
