"""The recorder: from the first token on, twice a second, whatever ends it."""

import threading
from pathlib import Path

import pytest

from qwq_cli.events import Answer, Thinking
from qwq_cli.history import store
from qwq_cli.history.database import reading
from qwq_cli.history.recorder import Asked, Recorder
from qwq_cli.history.turns import Turn
from tests.history.kept import END, STARTED, keep


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.db"


def kept_turn(path: Path, id_: str) -> Turn:
    with reading(path) as connection:
        (turn,) = store.conversation(connection, id_).turns
    return turn


def until(path: Path, id_: str, text: str) -> Turn:
    """Wait, a minute at most, until this was kept of a turn that is still going."""
    for _ in range(1200):
        if path.exists():
            with reading(path) as connection:
                if store.count(connection):
                    (turn,) = store.conversation(connection, id_).turns
                    if text in turn.raw:
                        return turn
        threading.Event().wait(0.05)
    raise AssertionError(text)


def test_it_is_kept_while_it_goes_on(path: Path) -> None:
    asked = Asked("x")
    recorder = Recorder(path, asked)
    recorder.show(STARTED)
    recorder.show(Thinking("First"))
    until(path, asked.id, "First")
    recorder.show(Thinking(" and then"))
    turn = until(path, asked.id, "First and then")
    assert turn.ended_ms is None
    assert turn.transcript.finished is None
    recorder.show(END)
    recorder.close()
    assert kept_turn(path, asked.id).transcript.finished == END


def test_what_nobody_finished_was_interrupted(path: Path) -> None:
    asked = Asked("x")
    keep(path, asked, [STARTED, Thinking("half a th"), Answer("")])
    turn = kept_turn(path, asked.id)
    assert turn.transcript.finished is not None
    assert turn.transcript.finished.reason == "interrupted"
    assert turn.raw == "half a th"
    assert turn.ended_ms is not None


def test_what_never_started_is_not_kept(path: Path) -> None:
    assert keep(path, "x", []).fault is None
    assert keep(path, "x", [END]).fault is None
    assert not path.exists()


def test_closing_twice_is_safe(path: Path) -> None:
    recorder = keep(path, "x")
    recorder.close()
    with reading(path) as connection:
        assert store.count(connection) == 1


def test_a_conversation_that_was_removed_meanwhile_begins_anew(path: Path) -> None:
    first = Asked("first")
    keep(path, first)
    with reading(path) as connection:
        store.remove(connection, [first.id])
    second = Asked("second", conversation=first.id, parent=first.id)
    assert keep(path, second).fault is None
    with reading(path) as connection:
        assert [turn.question for turn in store.conversation(connection, first.id).line] == [
            "second"
        ]
        assert [one.title for one in store.conversations(connection)] == ["second"]
