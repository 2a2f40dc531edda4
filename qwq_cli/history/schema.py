"""The tables, as numbered migrations. Knows SQL, and no path.

Append-only: a migration that was released is never changed, since somebody's history has it. The
number of those that a database has had is its `user_version`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

# Times are milliseconds since 1970. `turns.number` is never used twice, so that an index of words
# which outlived its turn finds nothing rather than another one.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE conversations (
            id TEXT PRIMARY KEY,    -- that of its first turn
            title TEXT,             -- given by a person; NULL: its first question serves
            head TEXT NOT NULL,     -- the turn to go on from
            touched INTEGER NOT NULL
        )
        """,
        """
        CREATE TABLE turns (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            conversation TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
            parent TEXT,            -- the turn it follows; NULL: the first
            question TEXT NOT NULL,
            system TEXT,
            settings TEXT NOT NULL, -- JSON
            model TEXT NOT NULL,
            engine TEXT NOT NULL,
            begun INTEGER NOT NULL,
            -- From here on known at its end; NULL: it was broken off, or is still going.
            ended INTEGER,
            finish_reason TEXT,
            reasoning TEXT,         -- as it stands, less what was taken back
            answer TEXT,
            final TEXT,
            usage TEXT,             -- JSON
            timings TEXT,           -- JSON
            loops TEXT,             -- JSON
            worded INTEGER NOT NULL DEFAULT 0   -- whether the index of words has it
        )
        """,
        "CREATE INDEX turns_of ON turns(conversation)",
        "CREATE INDEX conversations_by_time ON conversations(touched)",
        """
        CREATE TABLE events (       -- all that happened, in stretches of a second at most
            turn TEXT NOT NULL REFERENCES turns(id) ON DELETE CASCADE,
            n INTEGER NOT NULL,
            events TEXT NOT NULL,   -- JSON
            PRIMARY KEY (turn, n)
        ) WITHOUT ROWID
        """,
    ),
)


def version(connection: "sqlite3.Connection") -> int:
    """How many migrations the database has had."""
    (number,) = connection.execute("PRAGMA user_version").fetchone()
    return int(number)


def migrate(
    connection: "sqlite3.Connection", migrations: Sequence[Sequence[str]] | None = None
) -> None:
    """Bring it to the present schema, in one transaction: wholly, or not at all.

    The connection must be in autocommit mode. Who comes second, when two do it at once, waits and
    finds it done.
    """
    migrations = MIGRATIONS if migrations is None else migrations
    connection.execute("BEGIN IMMEDIATE")
    try:
        for number in range(version(connection), len(migrations)):
            for statement in migrations[number]:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number + 1}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
