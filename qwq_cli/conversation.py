"""A conversation: what was said before, as messages to a model and as turns of the history.

Knows both forms. Does not know how an answer is generated, nor how one is shown.

Earlier thinking is not said again: the makers of QwQ, R1 and Qwen3 advise it, and their own chat
templates leave it out (source: the QwQ-32B model card, "Usage Guidelines").
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qwq_cli.request import Message

if TYPE_CHECKING:
    from qwq_cli.history.turns import Conversation, Turn


def last(path: Path | None) -> "Conversation":
    """The conversation of the history that was last spoken in.

    `path` None: there is no home for one. Raises NotFoundError where there is none to go on with,
    and QwqError where the history can't be read.
    """
    from qwq_cli.errors import NotFoundError
    from qwq_cli.history import store
    from qwq_cli.history.database import reading

    if path is None or not path.exists():
        raise NotFoundError("there is no conversation to continue", "the history is empty")
    with reading(path) as connection:
        id_, _ = store.find(connection, store.LAST)
        return store.conversation(connection, id_)


def messages(
    earlier: Sequence["Turn"], question: str, system: str | None = None
) -> tuple[Message, ...]:
    """The next request: what was asked and answered, then the question.

    A question that got no answer is put before the next one, since chat templates want questions
    and answers by turns.
    """
    said = [Message("system", system)] if system else []
    unanswered: list[str] = []
    for turn in earlier:
        unanswered.append(turn.question)
        if turn.transcript.answer.strip():
            said.append(Message("user", "\n\n".join(unanswered)))
            said.append(Message("assistant", turn.transcript.answer.strip()))
            unanswered = []
    return (*said, Message("user", "\n\n".join([*unanswered, question])))


def thinking_left_out(earlier: Sequence["Turn"]) -> int:
    """How many tokens of earlier thinking the next request does without."""
    ends = (turn.transcript.finished for turn in earlier)
    return sum(end.usage.reasoning_tokens for end in ends if end is not None)
