"""What the commands do to the conversation: other lines of it, old ones, and ways out of it.

Each takes what stands after its name, and gives the question that is then asked, if there is one.
Raises QwqError, and then nothing has changed.
"""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from qwq_cli import conversation as lines
from qwq_cli.cli import keeping, recalling
from qwq_cli.cli.chatting import telling
from qwq_cli.cli.chatting.chat import Chat, Question
from qwq_cli.cli.question import read_file
from qwq_cli.errors import BadInputError, NotFoundError, QwqError, UsageError
from qwq_cli.history import store
from qwq_cli.history.database import reading
from qwq_cli.history.turns import Conversation, Turn
from qwq_cli.paths import history_file
from qwq_cli.stream.sanitise import one_line


class Leave(Exception):  # noqa: N818 - no error: the person wants to go
    """The conversation is over."""


def leave(chat: Chat, argument: str) -> None:
    """/quit."""
    del chat, argument
    raise Leave


def example(chat: Chat, argument: str) -> Question:
    """/example."""
    del argument
    from qwq_cli.puzzles.examples import EXAMPLES

    return Question(EXAMPLES["cards"], chat.conversation)


def retry(chat: Chat, argument: str) -> Question:
    """/retry."""
    del argument
    last = chat.last_turn()
    opened = chat.held.opened
    usual = opened.profile.sampling.temperature if opened is not None else None
    heat = usual if chat.settings.temperature is None else chat.settings.temperature
    if heat == 0:
        chat.voice.note("at temperature 0 the same comes again; /set temperature 0.6 varies it")
    elif chat.settings.seed is not None:
        chat.voice.note("with the same seed the same comes again; /set seed default draws one")
    return Question(last.question, _before(chat, last))


def undo(chat: Chat, argument: str) -> None:
    """/undo."""
    count = _number(argument or "1", "turns")
    chat.last_turn()
    if count > len(chat.line):
        there = "there is" if len(chat.line) == 1 else "there are"
        what = f"{there} {_turns(len(chat.line))} to take back"
        raise UsageError(what, "", "/reset takes all")
    _go_back(chat, len(chat.line) - count)
    left = f"; {_turns(len(chat.line))} before it stand" if chat.line else "; nothing stands"
    chat.voice.note(f"taken back: {_turns(count)}{left}; /branch shows all")


def edit(chat: Chat, argument: str) -> Question | None:
    """/edit."""
    turn = _turn_numbered(chat, argument) if argument else (chat.line[-1] if chat.line else None)
    old = turn.question if turn is not None else ""
    text = chat.reader.read(old, edit=True)
    if not text.strip() or text.strip() == old.strip():
        chat.voice.note("nothing was changed, and nothing is asked")
        return None
    return Question(text.strip("\n"), chat.conversation if turn is None else _before(chat, turn))


def branch(chat: Chat, argument: str) -> None:
    """/branch."""
    if not argument:
        telling.branches(chat)
        return
    conversation = _conversation(chat)
    if argument.isdecimal() and len(argument) < _SHORTEST_ID:
        number = _number(argument, "turns")
        if number > len(chat.line):
            raise NotFoundError(f"there is no turn {number}", "", "/branch lists them")
        _go_back(chat, number)
    else:
        found = [turn.id for turn in conversation.turns if turn.id.startswith(argument.lower())]
        if len(found) != 1:
            what = f"{len(found)} turns begin so" if found else f"there is no turn {argument!r}"
            raise NotFoundError(what, "", "/branch lists them")
        chat.conversation = lines.ending_at(conversation, found[0])
        _keep_head(chat)
    last = chat.line[-1]
    chat.voice.note(f"going on after turn {len(chat.line)}: {telling.short(last.question)}")


_SHORTEST_ID = 4
"""Digits from which on a number is the beginning of an id."""


def reset(chat: Chat, argument: str) -> None:
    """/reset."""
    del argument
    before = chat.conversation
    kept = ""
    with suppress(QwqError):  # a history that can't be read has nothing to load
        if before is not None and _in_history(chat):
            kept = f"; /load {before.id} goes on with the last one"
    chat.conversation, chat.files = None, {}
    chat.voice.note(f"a new conversation{kept}")


def load(chat: Chat, argument: str) -> None:
    """/load."""
    if not argument:
        telling.history(chat, "")
        chat.voice.note("/load ID goes on with one")
        return
    found = lines.named(history_file(), argument)
    if not found.line:
        raise NotFoundError("that conversation has no turn to go on from", "", "see /history")
    go_on_with(chat, found)


def go_on_with(chat: Chat, found: Conversation) -> None:
    """With this conversation; if its model can't be had, with the one that is here."""
    try:
        chat.go_on_with(found)
    except QwqError as error:
        chat.voice.complain(error)
        chat.conversation = found
        chat.settings = replace(chat.settings, system=found.line[-1].system)
        chat.voice.note(f"{chat.settings.model} goes on instead of its model")
    chat.voice.note(keeping.going_on(found))
    telling.show_turns(chat, found.line[-1:], thinking=False)


def save(chat: Chat, argument: str) -> None:
    """/save."""
    conversation, path = _conversation(chat), history_file()
    if path is None or not _in_history(chat):
        why = "the history is off"
        raise UsageError("this conversation is not kept", why, "/export FILE writes it to a file")
    if argument:
        name = one_line(argument)
        with reading(path) as connection:
            store.rename(connection, conversation.id, name)
        chat.conversation = replace(conversation, title=name)
        chat.voice.note(f"saved: /load {name} finds it")
        return
    named = f" as {conversation.title}" if conversation.title else ""
    chat.voice.note(f"it is kept{named}: /load {conversation.id}; /save NAME names it")


def export(chat: Chat, argument: str) -> None:
    """/export."""
    conversation = _conversation(chat)
    path = _path(argument or f"qwq-{conversation.id}.md")
    text = recalling.document([conversation], recalling.form_of(str(path)))
    try:
        with path.open("x", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"{path} is there already", "", "give another name") from error
    except OSError as error:
        raise QwqError(f"can't write {path}", error.strerror or "", "nothing is lost") from error
    chat.voice.note(f"written to {path}")


def attach(chat: Chat, argument: str) -> None:
    """/file."""
    if argument == "off":
        chat.files = {}
    elif argument:
        name = str(_path(argument))
        text = read_file(name)
        if not text.strip():
            raise BadInputError(f"{name} is empty", "there is nothing in it to work on")
        chat.files = {**chat.files, name: text}
    names = ", ".join(chat.files)
    chat.voice.note(f"beside the next question: {names}" if names else "no file is attached")


# ------------------------------------------------------------------------------------ pieces


def _path(argument: str) -> Path:
    """A file that is meant; raises UsageError for what can be none."""
    try:
        path = Path(argument).expanduser()
    except RuntimeError as error:  # ~somebody who is not there
        raise UsageError(f"can't find {argument}", str(error)) from error
    if "\0" in argument:
        raise UsageError(f"{argument!r} is no file's name", "there is a NUL in it")
    return path


def _conversation(chat: Chat) -> Conversation:
    if chat.conversation is None:
        raise BadInputError("there is no conversation yet", "", "ask something")
    return chat.conversation


def _before(chat: Chat, turn: Turn) -> Conversation:
    """The conversation as it stood before that turn of the line."""
    conversation = _conversation(chat)
    return lines.shortened(conversation, conversation.line.index(turn))


def _turn_numbered(chat: Chat, argument: str) -> Turn:
    number = _number(argument, "turns")
    if number > len(chat.line):
        raise NotFoundError(f"there is no turn {number}", "", "/branch lists them")
    return chat.line[number - 1]


def _number(argument: str, what: str) -> int:
    if not argument.isdecimal() or not argument.isascii() or int(argument[:9]) < 1:
        raise UsageError(f"{argument!r} is no number of {what}", "", "give one from 1 on")
    return int(argument[:9])


def _turns(count: int) -> str:
    return "1 turn" if count == 1 else f"{count:,} turns"


def _go_back(chat: Chat, turns: int) -> None:
    chat.conversation = lines.shortened(_conversation(chat), turns)
    _keep_head(chat)


def _in_history(chat: Chat) -> bool:
    """Whether what was said is in the history."""
    path = history_file()
    if chat.conversation is None or path is None or not path.exists():
        return False
    with reading(path) as connection:
        return store.holds(connection, chat.conversation.id)


def _keep_head(chat: Chat) -> None:
    """Whoever continues this conversation another time does so from here; if that can't be
    written, only now is it so.
    """
    path = history_file()
    if path is None or not path.exists() or not chat.line:
        return
    with suppress(QwqError), reading(path) as connection:
        store.set_head(connection, _conversation(chat).id, chat.line[-1].id)
