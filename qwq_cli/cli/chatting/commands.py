"""Which commands a conversation has, and what is one. Data and pure text; does nothing."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from qwq_cli.errors import UsageError
from qwq_cli.request import Loops
from qwq_cli.settings import Reasoning

Kind: TypeAlias = Literal["", "command", "model", "file", "conversation", "setting", "turn"]
"""What the argument names, as far as that can be completed; "" is a text, or one of the choices."""


@dataclass(frozen=True, slots=True)
class Command:
    """`argument` is as help shows it, "" for none; `line` says what it does; `also` are other
    names; `choices` are words that the argument can be.
    """

    name: str
    argument: str
    line: str
    kind: Kind = ""
    choices: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


_PARTS = ("answer", "final", "code", "thought", "question")
_LOOPS = get_args(Loops)
_SEEN = tuple(word for word in get_args(Reasoning) if word not in {"auto", "stderr"})

COMMANDS = (
    Command("help", "[COMMAND]", "this list, or more of one command", "command", also=("?",)),
    Command("model", "[NAME|FILE]", "which model answers, or take another one", "model"),
    Command("system", "[TEXT|off]", "the system prompt, or another one", choices=("off",)),
    Command("think", "[show|fold|hide]", "how the thinking is seen", choices=_SEEN),
    Command("fold", "", "fold the thinking to one line, or unfold it"),
    Command(
        "thought",
        "[raw]",
        "read the last thought; raw has what was taken back",
        choices=("raw",),
        also=("open",),
    ),
    Command("budget", "[TOKENS|off]", "a bound for the thinking", choices=("off",)),
    Command(
        "loops",
        f"[{'|'.join(_LOOPS)}]",
        "the last answer's loops, or what is done about them",
        choices=_LOOPS,
    ),
    Command(
        "set", "[NAME [VALUE|default]]", "all settings, one, or set it for this session", "setting"
    ),
    Command("file", "[FILE|off]", "put a file beside the next question", "file", ("off",)),
    Command("example", "", "ask the card puzzle that comes with qwq"),
    Command("retry", "", "ask the last question again; the first answer is kept beside"),
    Command("undo", "[TURNS]", "go back before the last question"),
    Command("edit", "[TURN]", "change the last question in $EDITOR, and ask that instead", "turn"),
    Command("branch", "[TURN|ID]", "the turns and lines that there are, or go on from one", "turn"),
    Command("show", "[TURN|all]", "the last turn again, one, or all", "turn", ("all",)),
    Command("save", "[NAME]", "give the conversation a name to find it by"),
    Command("load", "[NAME|ID]", "go on with an old conversation", "conversation"),
    Command("history", "[TEXT]", "the latest conversations, or those that have a text"),
    Command("export", "[FILE]", "write the conversation as .md, .json or .html", "file"),
    Command(
        "copy",
        f"[{'|'.join(_PARTS)}]",
        "to the clipboard; without a word the answer",
        choices=_PARTS,
    ),
    Command("stats", "", "tokens, times and speeds of the last answer and the session"),
    Command("context", "", "how full the model's context is"),
    Command("reset", "", "begin a new conversation; the model stays", also=("new", "clear")),
    Command("quit", "", "leave; so do Ctrl-D, and Ctrl-C twice", also=("exit", "q")),
)

BY_NAME = {name: one for one in COMMANDS for name in (one.name, *one.also)}


@dataclass(frozen=True, slots=True)
class Call:
    """A command with what stands after it."""

    command: Command
    argument: str


def understood(entry: str) -> Call | str:
    """What was typed: a command, or the text to ask.

    `//` or a blank before a slash makes a text of it. Raises UsageError for what looks like a
    command and is none.
    """
    if entry.startswith("//"):
        return entry[1:]
    if not entry.startswith("/"):
        text = entry.strip("\n")
        return text.lstrip() if text.lstrip().startswith("/") else text
    name, *rest = entry[1:].split(maxsplit=1) if entry[1:2].strip() else [""]
    command = BY_NAME.get(name.lower())
    if command is None:
        hint = nearest(name)
        raise UsageError(
            f"there is no command /{name}",
            "",
            (f"did you mean /{hint}? " if hint else "see /help; ")
            + "a text that begins with a slash is sent with // before it",
        )
    argument = "".join(rest).strip()
    if argument and not command.argument:
        raise UsageError(f"/{command.name} takes no argument", "", f"see /help {command.name}")
    return Call(command, argument)


def nearest(name: str) -> str | None:
    """The command most like this word, None where none is near."""
    from difflib import get_close_matches

    begins = [one for one in BY_NAME if name and one.startswith(name.lower())]
    found = begins or get_close_matches(name.lower(), BY_NAME, n=1)
    return found[0] if found else None
