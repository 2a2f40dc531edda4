"""A conversation: what was said before, as messages to a model and as turns of the history.

Knows both forms. Does not know how an answer is generated, nor how one is shown.

Earlier thinking is not said again: the makers of QwQ, R1 and Qwen3 advise it, and their own chat
templates leave it out (source: the QwQ-32B model card, "Usage Guidelines").
"""

from collections.abc import Sequence
from dataclasses import replace
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
    from qwq_cli.history.store import LAST

    return named(path, LAST)


def named(path: Path | None, name: str) -> "Conversation":
    """The conversation of that name, id, or beginning of an id, to go on from its end; or, where
    that is one of its later turns, from there. Raises as `last`, and UsageError where it could be
    several.
    """
    from qwq_cli.errors import NotFoundError
    from qwq_cli.history import store
    from qwq_cli.history.database import reading

    if path is None or not path.exists():
        raise NotFoundError("there is no conversation to continue", "the history is empty")
    with reading(path) as connection:
        id_, turn = store.find(connection, name)
        conversation = store.conversation(connection, id_)
    return conversation if turn is None else ending_at(conversation, turn)


# ------------------------------------------------------------------------------ lines of turns


def with_turn(before: "Conversation | None", turn: "Turn") -> "Conversation":
    """The conversation with one more turn, at the end of its line."""
    from qwq_cli.history.turns import Conversation

    if before is None:
        return Conversation(turn.conversation, None, (turn,), (turn,))
    return replace(before, turns=(*before.turns, turn), line=(*before.line, turn))


def ending_at(conversation: "Conversation", turn: str) -> "Conversation":
    """The same turns, gone on with from that one."""
    from qwq_cli.history.turns import line_to

    line = line_to({one.id: one for one in conversation.turns}, turn)
    return replace(conversation, line=line)


def shortened(conversation: "Conversation", turns: int) -> "Conversation":
    """Gone on with after the first so many turns of its line; the others stay beside it."""
    return replace(conversation, line=conversation.line[:turns])


def ends(conversation: "Conversation") -> "tuple[Turn, ...]":
    """The last turn of each line that there is, in the order in which they were asked."""
    followed = {turn.parent for turn in conversation.turns}
    return tuple(turn for turn in conversation.turns if turn.id not in followed)


# ------------------------------------------------------------------------- what a model hears


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


_BYTES_A_TOKEN = 3.5
"""Of UTF-8, where no prompt of this conversation was counted yet."""


def tokens_taken(earlier: Sequence["Turn"], question: str = "", system: str | None = None) -> int:
    """About how many tokens of the context the next request takes, before anything is generated.

    As the model itself counted the latest prompt that it read; what came since goes by the same
    measure.
    """
    size = _bytes(messages(earlier, question, system))
    for number, turn in reversed(list(enumerate(earlier))):
        end = turn.transcript.finished
        if end is not None and end.usage.prompt_tokens:
            read = _bytes(messages(earlier[:number], turn.question, turn.system))
            rate = end.usage.prompt_tokens / max(read, 1)
            known = end.usage.prompt_tokens
            if turn.transcript.answer.strip():
                known += end.usage.answer_tokens
                read += len(turn.transcript.answer.strip().encode(errors="replace"))
            return known + max(round(rate * (size - read)), 0)
    return round(size / _BYTES_A_TOKEN)


def _bytes(said: Sequence[Message]) -> int:
    return sum(len(message.content.encode(errors="replace")) for message in said)
