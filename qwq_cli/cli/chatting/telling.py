"""What the commands tell: how things stand, what was said, and what there is. Changes nothing."""

from collections.abc import Sequence

from qwq_cli import conversation as lines
from qwq_cli.cli.chatting.chat import FULL, WHAT_HELPS, Chat
from qwq_cli.cli.chatting.commands import BY_NAME, COMMANDS, nearest
from qwq_cli.errors import NotFoundError, UsageError
from qwq_cli.events import Thinking
from qwq_cli.history import search, store
from qwq_cli.history.database import reading
from qwq_cli.history.turns import Turn
from qwq_cli.paths import history_file
from qwq_cli.stream.sanitise import one_line
from qwq_cli.ui import conversations as ui
from qwq_cli.ui import tables
from qwq_cli.ui.status import count, duration
from qwq_cli.ui.wrap import cells, clip

_LATEST = 15
_SHORT = 60
"""Cells of a question that is named in passing."""
_KEYS = """\
Enter sends. Alt-Enter, or a backslash before Enter, begins another line; so does Enter within ```.
Ctrl-R searches what was typed before, Tab completes, Ctrl-X Ctrl-E opens $EDITOR.
Ctrl-C stops an answer, and what came of it is kept; Ctrl-D leaves."""


def short(text: str) -> str:
    """The beginning of a text, on one line."""
    line = one_line(text)
    return line if cells(line) <= _SHORT else clip(line, _SHORT - 1) + "…"


def help_(chat: Chat, argument: str) -> None:
    """/help."""
    if argument:
        name = argument.removeprefix("/").lower()
        command = BY_NAME.get(name)
        if command is None:
            hint = nearest(name)
            todo = f"did you mean /{hint}?" if hint else "see /help"
            raise NotFoundError(f"there is no command /{name}", "", todo)
        also = f" (also {', '.join(f'/{one}' for one in command.also)})" if command.also else ""
        chat.voice.show(f"/{command.name} {command.argument}".rstrip() + f": {command.line}{also}")
        return
    heads = [f"/{one.name} {one.argument}".rstrip() for one in COMMANDS]
    width = min(max(map(len, heads)), 28)
    rows = (
        f"{head:<{width}}  {command.line}"
        if len(head) <= width
        else f"{head}\n{'':{width}}  {command.line}"
        for head, command in zip(heads, COMMANDS, strict=True)
    )
    chat.voice.show("\n".join([*rows, "", _KEYS]))


# --------------------------------------------------------------------------------- the context


def context(chat: Chat, argument: str) -> None:
    """/context."""
    del argument
    room, taken = chat.context_tokens, chat.tokens_taken()
    left_out = lines.thinking_left_out(chat.line)
    told = [f"about {taken:,} tokens stand"]
    if room is not None:
        told = [f"about {taken:,} of {room:,} tokens are taken ({100 * taken / room:.0f} %)"]
    told.append(f"turns: {len(chat.line):,}; earlier thinking left out: {left_out:,} tokens")
    if room is not None and taken > FULL * room:
        told.append(WHAT_HELPS)
    chat.voice.show("\n".join(told))


def stats(chat: Chat, argument: str) -> None:
    """/stats."""
    del argument
    if not chat.ends:
        chat.voice.show("nothing was answered in this session")
        return
    usage, times = chat.ends[-1]
    rows = [
        ("prompt", count(usage.prompt_tokens)),
        ("thinking", count(usage.reasoning_tokens)),
        ("answer", count(usage.answer_tokens)),
        ("speed", f"{times.tokens_per_s:,.1f} tokens a second"),
        ("first token", f"after {duration(times.first_token_s)}"),
        ("in all", duration(times.total_s)),
    ]
    if usage.cached_tokens:
        rows.append(("from the cache", count(usage.cached_tokens)))
    if usage.trimmed_tokens:
        again = f"{usage.recomputed_tokens:,} evaluated again"
        rows.append(("taken back", f"{count(usage.trimmed_tokens)}, {again}"))
    tokens = sum(one.reasoning_tokens + one.answer_tokens for one, _ in chat.ends)
    seconds = sum(one.total_s for _, one in chat.ends)
    back = sum(one.trimmed_tokens for one, _ in chat.ends)
    answers = f"{len(chat.ends):,} answers" if len(chat.ends) > 1 else "1 answer"
    rows.append(
        ("session", f"{answers}, {tokens:,} tokens in {duration(seconds)}, {back:,} taken back")
    )
    chat.voice.show(tables.plain(rows))


def loops(chat: Chat) -> None:
    """What of the last answer went in circles."""
    found = chat.line[-1].transcript.loops if chat.line else []
    rows = [
        (str(number), one.kind, f"from {one.start:,}, again at {one.repeat_at:,}", one.action)
        for number, one in enumerate(found, 1)
    ]
    told = tables.plain(rows) if rows else "the last answer had no loops\n"
    chat.voice.show(f"{told}loops = {chat.settings.loops}")


# -------------------------------------------------------------------------------- what was said


def thought(chat: Chat, argument: str) -> None:
    """/thought."""
    if argument not in {"", "raw"}:
        raise UsageError(f"{argument!r} is nothing to see of a thought", "", "raw, or nothing")
    turn = chat.last_turn()
    if not any(isinstance(event, Thinking) for event in turn.events):
        chat.voice.note("the last answer was given without thinking")
        return
    seen: ui.Seen = "raw" if argument else "show"
    chat.set_apart()
    ui.show_thought(turn, seen, chat.shell.out, styled=chat.terminal.styled)
    chat.set_apart()


def show(chat: Chat, argument: str) -> None:
    """/show."""
    chat.last_turn()
    if argument == "all":
        show_turns(chat, chat.line, thinking=False)
        return
    number = int(argument[:9]) if argument.isdecimal() else 0 if argument else len(chat.line)
    if not 1 <= number <= len(chat.line):
        raise NotFoundError(f"there is no turn {argument}", "", "/branch lists them")
    show_turns(chat, [chat.line[number - 1]], thinking=True)


def show_turns(chat: Chat, turns: Sequence[Turn], *, thinking: bool) -> None:
    """Write these turns, as `qwq history show` does."""
    seen: ui.Seen = "show" if thinking else "hide"
    ui.show(turns, seen, chat.shell.out, styled=chat.terminal.styled)
    chat.set_apart()


def repeat(chat: Chat, question: str) -> None:
    """On a terminal, what is asked without being typed."""
    if chat.shell.out.tty and not chat.voice.quiet:
        chat.voice.show(ui.quoted(question.strip("\n")))


def branches(chat: Chat) -> None:
    """The turns of this line, and where the others end."""
    if chat.conversation is None:
        chat.voice.note("there is no conversation yet")
        return
    rows: list[tuple[str, ...]] = [
        (str(number), turn.id, _ending(turn), one_line(turn.question))
        for number, turn in enumerate(chat.line, 1)
    ]
    here = {turn.id for turn in chat.line}
    rows += [
        ("", turn.id, _ending(turn), one_line(turn.question))
        for turn in lines.ends(chat.conversation)
        if turn.id not in here
    ]
    _table(chat, ("turn", "id", "final", "question"), rows)
    if len(rows) > len(here):
        chat.voice.note("those without a number are beside this line: /branch ID goes there")


def _ending(turn: Turn) -> str:
    end = turn.transcript.finished
    if end is None:
        return ui.UNFINISHED
    return one_line(end.final or ("" if end.reason == "stop" else end.reason))


def history(chat: Chat, argument: str) -> None:
    """/history."""
    path = history_file()
    if path is None or not path.exists():
        chat.voice.note("the history is empty")
        return
    with reading(path) as connection:
        if argument:
            hits = search.search(connection, argument.split(), _LATEST)
            _table(chat, ui.HIT_HEADS, ui.hit_rows(hits))
        else:
            hits = []
            _table(chat, ui.HEADS, ui.rows(store.conversations(connection, _LATEST)))
    if argument and not hits:
        chat.voice.note("no turn in the history has that")


def _table(chat: Chat, heads: Sequence[str], rows: list[tuple[str, ...]]) -> None:
    out = chat.shell.out
    if not rows:
        return
    if out.tty:
        fitted = ui.fitted(heads, rows, out.size()[0])
        tables.show(out, heads, fitted, styled=chat.terminal.styled)
    else:
        out.write(ui.tabbed(rows))
