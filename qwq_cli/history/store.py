"""What the history holds: listed, found, read and removed. Knows the tables; writes no turn.

Every function takes a connection of `database.reading`, whose block turns SQLite's faults into
lines for a person.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from qwq_cli.errors import NotFoundError, UsageError
from qwq_cli.history import search
from qwq_cli.history.ids import beginning
from qwq_cli.history.turns import Conversation, Summary, Turn, joined, line_to, read

if TYPE_CHECKING:
    import sqlite3

LAST = "last"
_CANDIDATES = 5
"""How many ids are named where several begin alike."""
_AFTER_ANY = "~"
"""Sorts after every character of an id."""


def conversations(connection: "sqlite3.Connection", limit: int | None = None) -> list[Summary]:
    """The conversations, those that were last spoken in first."""
    rows = connection.execute(
        """
        SELECT c.id, coalesce(c.title, first.question), c.touched, first.begun,
               (SELECT count(*) FROM turns WHERE conversation = c.id),
               head.model, head.finish_reason, head.final
        FROM conversations AS c
        JOIN turns AS first
            ON first.number = (SELECT min(number) FROM turns WHERE conversation = c.id)
        JOIN turns AS head ON head.id = c.head
        ORDER BY c.touched DESC, c.id DESC LIMIT ?
        """,
        (-1 if limit is None else limit,),
    )
    return [
        Summary(
            id=id_,
            title=title,
            turns=turns,
            begun_ms=begun,
            touched_ms=touched,
            model=model,
            reason=reason,
            final=final,
        )
        for id_, title, touched, begun, turns, model, reason, final in rows
    ]


def count(connection: "sqlite3.Connection") -> int:
    """How many conversations there are."""
    (number,) = connection.execute("SELECT count(*) FROM conversations").fetchone()
    return int(number)


def find(connection: "sqlite3.Connection", name: str) -> tuple[str, str | None]:
    """The conversation that is meant, and the turn where one of its later turns is: by the name
    that a person gave it, an id, the beginning of one, or `last`.

    The first turn's id is the conversation's, and means all of it. Raises NotFoundError, and
    UsageError where several begin so.
    """
    if name == LAST:
        row = connection.execute(
            "SELECT id FROM conversations ORDER BY touched DESC, id DESC LIMIT 1"
        ).fetchone()
        if row is None:
            raise NotFoundError("the history is empty", "", "it begins with your next question")
        return row[0], None
    named = connection.execute(
        "SELECT id FROM conversations WHERE title = ? ORDER BY touched DESC LIMIT 1", (name,)
    ).fetchone()
    if named is not None:
        return named[0], None
    start = beginning(name)
    found: list[tuple[str, str]] = []
    if start is not None:
        found = connection.execute(
            "SELECT id, conversation FROM turns WHERE id >= ? AND id < ? ORDER BY id",
            (start, start + _AFTER_ANY),
        ).fetchall()
    if not found:
        raise NotFoundError(f"there is no {name!r} in the history", "", "see `qwq history list`")
    if len(found) == 1:
        turn, conversation = found[0]
        return conversation, None if turn == conversation else turn
    if len({conversation for _, conversation in found}) == 1 and found[0][0] == found[0][1]:
        return found[0][1], None
    more = f" and {len(found) - _CANDIDATES:,} more" if len(found) > _CANDIDATES else ""
    candidates = ", ".join(turn for turn, _ in found[:_CANDIDATES])
    raise UsageError(f"{name!r} could be {candidates}{more}", "", "give more of the id")


def conversation(connection: "sqlite3.Connection", id_: str) -> Conversation:
    """All of one conversation, with everything that happened in it; raises NotFoundError."""
    row = connection.execute(
        "SELECT id, title, head FROM conversations WHERE id = ?", (id_,)
    ).fetchone()
    if row is None:
        raise NotFoundError(f"there is no conversation {id_!r} in the history")
    id_, title, head = row
    turns = _turns(connection, id_)
    return Conversation(id_, title, tuple(turns.values()), line_to(turns, head))


def _turns(connection: "sqlite3.Connection", conversation: str) -> dict[str, Turn]:
    events: dict[str, list[str]] = {}
    for turn, text in connection.execute(
        "SELECT turn, events FROM events JOIN turns ON turns.id = events.turn "
        "WHERE conversation = ? ORDER BY turn, n",
        (conversation,),
    ):
        events.setdefault(turn, []).append(text)
    rows = connection.execute(
        "SELECT id, conversation, parent, question, system, settings, model, engine, begun, ended "
        "FROM turns WHERE conversation = ? ORDER BY number",
        (conversation,),
    )
    return {
        id_: Turn(
            id=id_,
            conversation=owner,
            parent=parent,
            question=question,
            system=system,
            settings=json.loads(settings),
            model=model,
            engine=engine,
            begun_ms=begun,
            ended_ms=ended,
            events=tuple(joined(e for text in events.get(id_, ()) for e in read(text))),
        )
        for (
            id_, owner, parent, question, system, settings, model, engine, begun, ended
        ) in rows
    }  # fmt: skip


def holds(connection: "sqlite3.Connection", id_: str) -> bool:
    """Whether this very conversation is here."""
    found = connection.execute("SELECT 1 FROM conversations WHERE id = ?", (id_,)).fetchone()
    return found is not None


def set_head(connection: "sqlite3.Connection", id_: str, turn: str) -> None:
    """From now on the conversation goes on from that turn of it."""
    connection.execute(
        "UPDATE conversations SET head = ? WHERE id = ? AND EXISTS "
        "(SELECT 1 FROM turns WHERE id = ? AND conversation = conversations.id)",
        (turn, id_, turn),
    )


def rename(connection: "sqlite3.Connection", id_: str, title: str | None) -> None:
    """Give the conversation a name, or take it away; raises NotFoundError."""
    done = connection.execute("UPDATE conversations SET title = ? WHERE id = ?", (title, id_))
    if not done.rowcount:
        raise NotFoundError(f"there is no conversation {id_!r} in the history")


def remove(connection: "sqlite3.Connection", ids: Sequence[str]) -> None:
    """Remove these conversations, and what they said from the file's free pages too."""
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("BEGIN IMMEDIATE")
    try:
        search.forget(connection, ids)
        connection.executemany("DELETE FROM conversations WHERE id = ?", ((id_,) for id_ in ids))
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    search.tidy(connection)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
