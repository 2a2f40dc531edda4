"""The file: brought up to date, refused, set aside, shared; and never a reason for no answer."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from qwq_cli.errors import BusyError, QwqError
from qwq_cli.history import database, schema, store
from qwq_cli.history.database import DamagedError, NewerError, connect, reading
from qwq_cli.history.recorder import Asked
from tests.history.kept import END, STARTED, keep

NEXT = ("ALTER TABLE turns ADD COLUMN mood TEXT DEFAULT 'calm'", "CREATE TABLE moods (name TEXT)")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.db"


def raw(path: Path) -> "closing[sqlite3.Connection]":
    return closing(sqlite3.connect(path, isolation_level=None))


@pytest.mark.parametrize("version", range(len(schema.MIGRATIONS) + 1))
def test_every_earlier_version_is_brought_up_to_date(path: Path, version: int) -> None:
    with raw(path) as old:
        schema.migrate(old, schema.MIGRATIONS[:version])
        assert schema.version(old) == version
    with raw(path.with_name("new.db")) as new:
        schema.migrate(new)
        expected = new.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()
    with closing(connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert schema.version(connection) == len(schema.MIGRATIONS)
        found = connection.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()
        assert found == expected
    assert keep(path, "x").fault is None


def test_a_migration_leaves_what_is_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked("谁?")
    keep(path, asked)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, NEXT))
    with reading(path) as connection:
        assert store.conversation(connection, asked.id).turns[0].question == "谁?"
        assert connection.execute("SELECT mood FROM turns").fetchall() == [("calm",)]


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    keep(path, "x")
    with raw(path) as connection:
        before = connection.execute("SELECT * FROM sqlite_master").fetchall()
        with pytest.raises(sqlite3.OperationalError):
            schema.migrate(connection, (*schema.MIGRATIONS, NEXT, ("CREATE nonsense",)))
        assert connection.execute("SELECT * FROM sqlite_master").fetchall() == before
        assert schema.version(connection) == len(schema.MIGRATIONS)


def test_a_newer_one_is_refused_and_left_as_it_is(path: Path) -> None:
    keep(path, "x")
    with raw(path) as connection:
        connection.execute("PRAGMA user_version = 99")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = path.read_bytes()
    fault = keep(path, "y").fault
    assert fault is not None
    assert "not kept" in fault
    assert "its version is 99" in fault
    with pytest.raises(NewerError, match="update qwq"), reading(path):
        pass
    assert path.read_bytes() == before
    assert {file.name for file in path.parent.iterdir()} <= {"history.db", "history.db.lock"}


def damage(path: Path, kind: str) -> bytes:
    """Damage a database of some turns; returns what the file holds then."""
    for number in range(30):
        keep(path, f"question {number} {'x' * 3000}", [STARTED, END])
    data = bytearray(path.read_bytes())
    if kind == "no database":
        data[:100] = b"\x7fELF" * 25
    elif kind == "cut":
        del data[len(data) // 3 :]
    else:
        data[4096:] = os.urandom(len(data) - 4096)
    path.write_bytes(data)
    return bytes(data)


@pytest.mark.parametrize("kind", ["no database", "cut", "noise"])
def test_a_damaged_one_is_set_aside_whole(path: Path, kind: str) -> None:
    data = damage(path, kind)
    asked = Asked("after that")
    fault = keep(path, asked).fault
    assert fault is not None
    (aside,) = path.parent.glob("history.damaged-*.db")
    assert aside.name in fault
    assert ".recover" in fault
    assert aside.read_bytes() == data
    with reading(path) as connection:
        assert [one.id for one in store.conversations(connection)] == [asked.id]


def test_a_damaged_one_is_set_aside_by_readers_too(path: Path) -> None:
    data = damage(path, "no database")
    with pytest.raises(DamagedError, match="set aside as"), reading(path):
        pass
    (aside,) = path.parent.glob("history.damaged-*.db")
    assert aside.read_bytes() == data
    assert not path.exists()


def test_who_comes_second_leaves_the_new_one_in_place(path: Path) -> None:
    """Two find the damage; one sets it aside and begins anew before the other one acts."""
    damage(path, "no database")
    assert database.set_aside(path) is not None
    keep(path, "new")
    assert database.set_aside(path) is None
    with reading(path) as connection:
        assert store.count(connection) == 1


def test_damaged_ones_do_not_replace_each_other(path: Path) -> None:
    for text in (b"one", b"two", b"three"):
        path.write_bytes(text * 1000)
        assert database.set_aside(path) is not None
    found = {file.read_bytes()[:3] for file in path.parent.glob("history.damaged-*.db")}
    assert found == {b"one", b"two", b"thr"}


def test_a_writer_that_does_not_end_is_waited_for_and_then_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE_S", 0.05)
    keep(path, "x")
    with raw(path) as other:
        other.execute("BEGIN IMMEDIATE")
        fault = keep(path, "y").fault
        with reading(path) as connection:
            assert store.count(connection) == 1  # who reads doesn't wait
        with pytest.raises(BusyError), reading(path) as connection:
            store.remove(connection, ["z"])
    assert fault is not None
    assert "locked" in fault


def test_nowhere_to_write_is_told_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    recorder = keep(tmp_path / "file" / "history.db", "x")
    assert recorder.fault is not None
    assert recorder.fault.startswith("this answer is not kept: can't write ")
    with pytest.raises(QwqError), reading(tmp_path):
        pass


FULL = """
import resource, sys
from pathlib import Path
from tests.history.kept import events, keep
path = Path(sys.argv[1])
assert keep(path, "fits").fault is None
limit = path.stat().st_size + 20_000
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
print(keep(path, "does not", events(thought="long " * 20_000)).fault)
"""


def test_a_full_disk_is_told_and_what_was_kept_stays(path: Path) -> None:
    """The limit on a file's size stands for it; SQLite gets a short write, as from a full disk."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.startswith("this answer is not kept: can't write ")
    assert done.stderr == ""
    with reading(path) as connection:
        titles = [one.title for one in store.conversations(connection)]
    assert titles[-1] == "fits"


MANY = """
import sys
from pathlib import Path
from tests.history.kept import keep
sys.stdin.readline()
for number in range(10):
    fault = keep(Path(sys.argv[1]), f"{sys.argv[2]} {number}").fault
    assert fault is None, fault
"""


def test_several_processes_begin_and_write_at_once(path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", MANY, str(path), name],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
        )
        for name in "abc"
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
    for process in processes:
        with process:
            assert process.wait(60) == 0
    with reading(path) as connection:
        titles = {one.title for one in store.conversations(connection)}
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert titles == {f"{name} {number}" for name in "abc" for number in range(10)}
