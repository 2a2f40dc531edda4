"""What of the last turn goes to the clipboard. Knows turns, no clipboard's ways."""

import re

from qwq_cli.cli.chatting.chat import Chat
from qwq_cli.config import current_place
from qwq_cli.errors import BadInputError, UsageError
from qwq_cli.history.turns import Turn

_CODE = re.compile(r"^ {0,3}(`{3,})[^`\n]*\n(.*?)^ {0,3}\1`*[ \t]*$", re.MULTILINE | re.DOTALL)


def copy(chat: Chat, argument: str) -> None:
    """/copy."""
    from qwq_cli.ui import clipboard

    text = _part(chat.last_turn(), argument or "answer")
    if not text.strip():
        raise BadInputError(f"the last turn has no {argument or 'answer'}", "", "nothing is copied")
    how = clipboard.copy(text, chat.shell.out, current_place().environ)
    chat.voice.note(f"copied {how}: {len(text):,} characters")


def _part(turn: Turn, name: str) -> str:
    seen = turn.transcript
    if name == "final":
        return (seen.finished.final if seen.finished is not None else None) or ""
    if name == "code":
        blocks = _CODE.findall(seen.answer)
        return str(blocks[-1][1]) if blocks else ""
    parts = {"answer": seen.answer.strip(), "thought": seen.reasoning, "question": turn.question}
    if name not in parts:
        raise UsageError(f"there is no {name!r} to copy", "", "see /help copy")
    return parts[name]
