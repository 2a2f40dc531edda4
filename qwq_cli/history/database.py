"""The file that the history lies in: opened, made, or set aside, and never overwritten.

Knows SQLite and its faults. Does not know what is in the tables.

The file is the user's alone (0600, in a folder of 0700). It is in WAL mode: readers and one writer
don't wait for each other, and two writers take turns. A damaged file is renamed, with the date in
its name, and only after a check that it is damaged indeed: another process may have renamed it
already, and begun a new one.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from qwq_cli.errors import BadInputError, BusyError, NotFoundError, QwqError
from qwq_cli.history import schema

if TYPE_CHECKING:
    import sqlite3

PATIENCE_S = 5.0
"""How long to wait for another process that writes."""
_FILE_MODE = 0o600
_FOLDER_MODE = 0o700
_BESIDE = ("", "-wal", "-shm")
"""What SQLite puts beside the name of a database's own file."""


class NewerError(BadInputError):
    """The database was made by a newer qwq."""


class DamagedError(BadInputError):
    """The database was damaged, and is set aside."""


def connect(path: Path, *, create: bool = False) -> "sqlite3.Connection":
    """A connection in autocommit mode, to a database of the present schema.

    Raises NotFoundError where there is none and `create` is false, NewerError, OSError where it
    can't be made, and sqlite3.Error: `faults` makes of these what a person can read.
    """
    import sqlite3

    if not path.exists():
        if not create:
            raise NotFoundError("there is no history yet", "", "it begins with your next question")
        path.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        with suppress(PermissionError):  # somebody else's, who lets us write
            path.parent.chmod(_FOLDER_MODE)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, _FILE_MODE))
    connection = sqlite3.connect(path, timeout=PATIENCE_S, isolation_level=None)
    try:
        _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: "sqlite3.Connection", path: Path) -> None:
    found, known = schema.version(connection), len(schema.MIGRATIONS)
    if found > known:
        raise NewerError(
            f"the history in {path} is of a newer qwq",
            f"its version is {found}, and this qwq knows {known}",
            "update qwq, or move that file away",
        )
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")  # after a loss of power it is whole
    # One that was put together again from a damaged one may not be in WAL mode.
    if found < known or connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        with _alone(path):
            connection.execute("PRAGMA journal_mode = WAL")
            schema.migrate(connection)


@contextmanager
def reading(path: Path) -> Iterator["sqlite3.Connection"]:
    """A connection to what is there, its faults as QwqErrors; where the place can't be written,
    one that only reads.
    """
    with faults(path), closing(_readable(path)) as connection:
        yield connection


def _readable(path: Path) -> "sqlite3.Connection":
    import sqlite3

    try:
        return connect(path)
    except sqlite3.OperationalError:
        if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
            raise
        # Nobody can write it, so nobody does: SQLite need not look out for others.
        name = f"{path.resolve().as_uri()}?immutable=1"
        return sqlite3.connect(name, uri=True, isolation_level=None)


@contextmanager
def faults(path: Path) -> Iterator[None]:
    """What fails within is one line for a person; a damaged database is set aside.

    Raises DamagedError, BusyError (another process writes and does not end), QwqError.
    """
    import sqlite3

    try:
        yield
    except (sqlite3.Error, OSError) as error:
        if is_damage(error) and (aside := set_aside(path)) is not None:
            raise DamagedError(told_damaged(error, aside)) from error
        if "locked" in str(error) or "busy" in str(error):
            todo = "try again when it is done"
            raise BusyError(f"the history in {path} is in use", str(error), todo) from error
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise QwqError(f"can't use the history in {path}", why) from error


def told_damaged(error: Exception, aside: Path) -> str:
    """The line for a person whose history was damaged."""
    what = f"the history was damaged ({error}); it is set aside as {aside} and a new one begins"
    return f"{what}; try to save what it holds with: sqlite3 {aside.name} .recover"


def is_damage(error: Exception) -> bool:
    """Whether SQLite says of the file that it is none of its own, or malformed.

    Python gives these two the plain class; whatever passes (full, locked, read-only) has its own.
    """
    import sqlite3

    return type(error) is sqlite3.DatabaseError


def set_aside(path: Path) -> Path | None:
    """Rename a damaged database; returns its new name, None where it is not damaged (any more).

    Raises OSError where it can't be renamed.
    """
    path = path.resolve()
    with _alone(path):
        if not path.exists() or _whole(path):
            return None
        aside = _free_name(path)
        for suffix in _BESIDE:
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.rename(aside.with_name(aside.name + suffix))
        return aside


def _whole(path: Path) -> bool:
    import sqlite3

    try:
        with closing(sqlite3.connect(path, timeout=PATIENCE_S)) as connection:
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError:  # it can't be told, so it stays
        return True
    except sqlite3.DatabaseError:
        return False
    return bool(verdict == "ok")


def _free_name(path: Path) -> Path:
    stamp = time.strftime("%Y%m%d-%H%M%S")
    name = path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
    number = 2
    while name.exists():
        name = path.with_name(f"{path.stem}.damaged-{stamp}-{number}{path.suffix}")
        number += 1
    return name


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time, of those that make a database, bring it up to date, or rename it.

    A lock of a file apart: closing any handle of the database itself would drop SQLite's locks.
    """
    lock = path.resolve().with_name(f"{path.name}.lock")
    handle = os.open(lock, os.O_CREAT | os.O_RDWR, _FILE_MODE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
