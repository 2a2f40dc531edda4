"""Full-text search, in any script. Knows the tables and FTS5.

The index is of trigrams, which need no words and so find Chinese; shorter queries, and a SQLite
without FTS5, are looked up in the texts themselves. It is made when somebody searches, since most
turns never are searched for and indexing a long thought takes longer than keeping it.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from qwq_cli.history.turns import read
from qwq_cli.stream.transcript import Transcript

if TYPE_CHECKING:
    import sqlite3

Part: TypeAlias = Literal["question", "answer", "reasoning"]

TOKENIZER = "trigram"
_SHORTEST = 3
"""Characters of a query that trigrams can find."""
_AT_ONCE = 20
"""Turns that are indexed in one transaction; nobody else can write meanwhile."""
_AROUND = 60
"""Characters of an excerpt on each side."""
_INDEX = """
    CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(
        question, reasoning, answer,
        content = turns, content_rowid = number, tokenize = '{tokenizer}'
    )
"""
_PARTS: tuple[Part, ...] = ("question", "answer", "reasoning")


@dataclass(frozen=True, slots=True)
class Hit:
    """A turn that has every term, and the first of them in its surroundings."""

    id: str
    conversation: str
    begun_ms: int
    question: str
    part: Part
    before: str
    found: str
    after: str


def search(
    connection: "sqlite3.Connection", terms: Sequence[str], limit: int | None = None
) -> list[Hit]:
    """The turns in whose question, reasoning or answer each term stands, the latest first.

    A term is found as it is, spaces and all, in either case (in the index by Unicode's rules, else
    those of ASCII). What was taken back is not searched.
    """
    terms = [term for term in terms if term.strip()]
    if not terms:
        return []
    rows = _rows(connection, terms) + _unfinished(connection, terms)
    rows.sort(key=lambda row: (row[2], row[0]), reverse=True)
    return [_hit(row, terms) for row in rows[:limit]]


_Row: TypeAlias = tuple[str, str, int, str, str, str]
"""Id, conversation, begun, question, answer, reasoning."""
_COLUMNS = "t.id, t.conversation, t.begun, t.question, t.answer, t.reasoning"


def _rows(connection: "sqlite3.Connection", terms: Sequence[str]) -> list[_Row]:
    import sqlite3

    long = [term for term in terms if len(term) >= _SHORTEST]
    if long:
        try:
            _bring_up_to_date(connection)
            return _select(connection, long, [term for term in terms if term not in long])
        except sqlite3.OperationalError:  # no FTS5, no trigrams, or nothing can be written here
            pass
        except sqlite3.DatabaseError:  # an index that doesn't fit its text is made anew
            connection.execute("DROP TABLE words")
            connection.execute("UPDATE turns SET worded = 0")
            _bring_up_to_date(connection)
            return _select(connection, long, [term for term in terms if term not in long])
    return _select(connection, [], terms)


def _select(
    connection: "sqlite3.Connection", indexed: Sequence[str], plain: Sequence[str]
) -> list[_Row]:
    """Turns by the index, and by reading them."""
    source = "turns AS t"
    conditions = ["t.ended IS NOT NULL"]
    values: list[str] = []
    if indexed:
        source = "words JOIN turns AS t ON t.number = words.rowid"
        conditions.append("words MATCH ?")
        values.append(" AND ".join('"' + term.replace('"', '""') + '"' for term in indexed))
    for term in plain:
        pattern = "%" + re.sub(r"([\\%_])", r"\\\1", term) + "%"
        likes = (f"t.{part} LIKE ? ESCAPE '\\'" for part in _PARTS)
        conditions.append(f"({' OR '.join(likes)})")
        values += [pattern] * len(_PARTS)
    query = f"SELECT {_COLUMNS} FROM {source} WHERE {' AND '.join(conditions)}"  # noqa: S608
    return connection.execute(query, values).fetchall()


def _bring_up_to_date(connection: "sqlite3.Connection") -> None:
    """Index what has ended since the last search."""
    missing = "SELECT number FROM turns WHERE NOT worded AND ended IS NOT NULL"
    connection.execute(_INDEX.format(tokenizer=TOKENIZER))
    while numbers := connection.execute(f"{missing} LIMIT {_AT_ONCE}").fetchall():
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have been here since.
            connection.executemany(
                "INSERT INTO words(rowid, question, reasoning, answer) "
                "SELECT number, question, reasoning, answer FROM turns "
                "WHERE number = ? AND NOT worded",
                numbers,
            )
            connection.executemany("UPDATE turns SET worded = 1 WHERE number = ?", numbers)
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def _unfinished(connection: "sqlite3.Connection", terms: Sequence[str]) -> list[_Row]:
    """Turns that were broken off, or are still going: their text is in their events."""
    found: list[_Row] = []
    for id_, conversation, begun, question in connection.execute(
        "SELECT id, conversation, begun, question FROM turns WHERE ended IS NULL"
    ).fetchall():
        transcript = Transcript()
        for (text,) in connection.execute(
            "SELECT events FROM events WHERE turn = ? ORDER BY n", (id_,)
        ):
            for event in read(text):
                transcript.add(event)
        texts = (question, transcript.answer, transcript.reasoning)
        if all(any(term.lower() in text.lower() for text in texts) for term in terms):
            found.append((id_, conversation, begun, *texts))
    return found


def forget(connection: "sqlite3.Connection", conversations: Sequence[str]) -> None:
    """Take these conversations out of the index, where there is one that works."""
    import sqlite3

    with suppress(sqlite3.OperationalError):
        for id_ in conversations:
            connection.execute(
                "INSERT INTO words(words, rowid, question, reasoning, answer) "
                "SELECT 'delete', number, question, reasoning, answer FROM turns "
                "WHERE conversation = ? AND worded",
                (id_,),
            )


def tidy(connection: "sqlite3.Connection") -> None:
    """Leave nothing in the index of what was taken out."""
    import sqlite3

    with suppress(sqlite3.OperationalError):
        connection.execute("INSERT INTO words(words) VALUES ('optimize')")


def _hit(row: _Row, terms: Sequence[str]) -> Hit:
    id_, conversation, begun, question, answer, reasoning = row
    texts: dict[Part, str] = {"question": question, "answer": answer, "reasoning": reasoning}
    for part in _PARTS:
        for term in terms:
            found = re.search(re.escape(term), texts[part], re.IGNORECASE)
            if found is not None:
                before = texts[part][max(found.start() - _AROUND, 0) : found.start()]
                after = texts[part][found.end() : found.end() + _AROUND]
                return Hit(id_, conversation, begun, question, part, before, found.group(), after)
    # Unicode has letters that are alike to the index and not to `re`.
    return Hit(id_, conversation, begun, question, "question", "", "", question[: 2 * _AROUND])
