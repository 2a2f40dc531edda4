"""One turn, kept from its first token on. Knows events and the tables; no engine, no screen.

Events are only put in a queue where tokens are generated; a thread of the recorder's own writes
what came since, twice a second, so that a process that is killed loses less than a second and no
token waits for a disk. A turn's texts are written once, as they come: what is long stays cheap.

No fault of the history's is a fault of the answer: what can't be written is tried again, at the
end for the last time, and then `fault` says it.
"""

import json
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qwq_cli.errors import QwqError
from qwq_cli.events import Event, Finished, Started, Timings, Usage
from qwq_cli.history.ids import new_id, now_ms
from qwq_cli.history.turns import joined, written
from qwq_cli.stream.transcript import Transcript

if TYPE_CHECKING:
    import sqlite3

EACH_S = 0.5
"""How often is written what came since."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a turn begins with. `conversation` None begins a new one; `parent` is the turn that
    this one follows.
    """

    question: str
    system: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    conversation: str | None = None
    parent: str | None = None
    id: str = field(default_factory=new_id)


class Recorder:
    """A sink that keeps the events of one turn. Nothing is written before `Started`."""

    def __init__(self, path: Path, asked: Asked) -> None:
        """`path`: the database, made where there is none."""
        self._path = path
        self._events: deque[Event] = deque()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._turn = _Turn(asked)
        self._notices: list[str] = []
        self._failed: str | None = None

    @property
    def fault(self) -> str | None:
        """What a person should know once it is closed: it is not kept, or a file was damaged."""
        if self._failed is not None:
            return f"this answer is not kept: {self._failed}"
        return "; ".join(self._notices) or None

    def show(self, event: Event) -> None:
        """Keep it."""
        self._events.append(event)
        if isinstance(event, Started) and self._thread is None:
            self._thread = threading.Thread(target=self._run, name="history", daemon=True)
            self._thread.start()
        elif isinstance(event, Finished):
            self._over.set()

    def close(self) -> None:
        """Write what is left; where nobody finished it, it was interrupted."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        """The thread: write until it is over, then the end."""
        connection: sqlite3.Connection | None = None
        try:
            while not self._over.is_set():
                connection = self._attempt(connection)
                self._over.wait(EACH_S)
            connection = self._attempt(connection, last=True)
        finally:
            if connection is not None:
                connection.close()

    def _attempt(
        self, connection: "sqlite3.Connection | None", *, last: bool = False
    ) -> "sqlite3.Connection | None":
        """Write what came; returns the connection to go on with."""
        import sqlite3

        from qwq_cli.history import database

        self._turn.take(self._events, last=last)
        try:
            if connection is None:
                connection = database.connect(self._path, create=True)
            self._turn.write(connection)
        except (sqlite3.Error, OSError, QwqError) as error:
            if connection is not None:
                connection.close()  # and so rolled back
            if self._renamed(error):
                self._turn.begin_again()
                return self._attempt(None, last=last)
            self._failed = self._why(error)
            return None
        self._failed = None
        return connection

    def _renamed(self, error: Exception) -> bool:
        """Whether it was for a damaged file, which is now out of the way."""
        from qwq_cli.history import database

        if not database.is_damage(error) or self._notices:
            return False
        try:
            aside = database.set_aside(self._path)
        except OSError:
            return False
        if aside is not None:
            self._notices.append(database.told_damaged(error, aside))
        return aside is not None

    def _why(self, error: Exception) -> str:
        if isinstance(error, QwqError):
            return str(error)
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        return f"can't write {self._path}: {why}"


class _Turn:
    """What is known of the turn, and how much of it is written. Used by one thread alone."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._begun = now_ms()
        self._transcript = Transcript()
        self._stretches: list[str] = []
        self._ended: int | None = None
        self.begin_again()

    def begin_again(self) -> None:
        """Nothing of it is written."""
        self._entered = False
        self._kept = 0

    def take(self, events: deque[Event], *, last: bool) -> None:
        """Take in what came; the last time with an end, if it has none."""
        new: list[Event] = []
        while events:
            new.append(events.popleft())
        if (
            last
            and self._transcript.finished is None
            and not any(isinstance(event, Finished) for event in new)
        ):
            new.append(Finished("interrupted", None, Usage(), Timings()))
        for event in new:
            self._transcript.add(event)
        if new := joined(new):
            self._stretches.append(written(new))
        if self._transcript.finished is not None and self._ended is None:
            self._ended = now_ms()

    def write(self, connection: "sqlite3.Connection") -> None:
        """Bring the database up to date, in one transaction."""
        if self._entered and self._kept == len(self._stretches):
            return
        connection.execute("BEGIN IMMEDIATE")
        if not self._entered:
            self._enter(connection)
        connection.executemany(
            "INSERT INTO events(turn, n, events) VALUES (?, ?, ?)",
            (
                (self._asked.id, n, self._stretches[n])
                for n in range(self._kept, len(self._stretches))
            ),
        )
        if self._ended is not None:
            self._end(connection, self._ended)
        connection.execute("COMMIT")
        self._entered, self._kept = True, len(self._stretches)

    def _enter(self, connection: "sqlite3.Connection") -> None:
        asked = self._asked
        conversation = asked.conversation or asked.id
        # One that was removed since it was read begins anew.
        connection.execute(
            "INSERT OR IGNORE INTO conversations(id, head, touched) VALUES (?, ?, ?)",
            (conversation, asked.id, self._begun),
        )
        connection.execute(
            "INSERT INTO turns(id, conversation, parent, question, system, settings, model, "
            "engine, begun) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                asked.id,
                conversation,
                asked.parent,
                _text(asked.question),
                None if asked.system is None else _text(asked.system),
                _json(dict(asked.settings)),
                _text(self._transcript.model),
                _text(self._transcript.engine),
                self._begun,
            ),
        )
        connection.execute(
            "UPDATE conversations SET head = ?, touched = ? WHERE id = ?",
            (asked.id, self._begun, conversation),
        )

    def _end(self, connection: "sqlite3.Connection", ended: int) -> None:
        seen = self._transcript
        end = seen.finished or Finished("interrupted", None, Usage(), Timings())
        connection.execute(
            "UPDATE turns SET ended = ?, finish_reason = ?, reasoning = ?, answer = ?, final = ?, "
            "usage = ?, timings = ?, loops = ? WHERE id = ?",
            (
                ended,
                end.reason,
                _text(seen.reasoning),
                _text(seen.answer),
                None if end.final is None else _text(end.final),
                _json(asdict(end.usage)),
                _json(asdict(end.timings)),
                _json([asdict(loop) for loop in seen.loops]),
                self._asked.id,
            ),
        )


def _text(text: str) -> str:
    """As it is, but for halves of surrogate pairs, which SQLite can't hold."""
    return text.encode(errors="replace").decode()


def _json(value: object) -> str:
    return _text(json.dumps(value, ensure_ascii=False))
