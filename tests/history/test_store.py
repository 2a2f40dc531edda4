"""What is kept comes back: events whole, lines of conversations, ids by their beginnings."""

import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qwq_cli.errors import NotFoundError, UsageError
from qwq_cli.events import Answer, Event, Noticed, Started, Switch, Thinking
from qwq_cli.history import ids, store
from qwq_cli.history.database import connect, reading
from qwq_cli.history.recorder import Asked
from qwq_cli.history.search import search
from qwq_cli.history.turns import joined, read, written
from qwq_cli.stream.transcript import Transcript
from tests.history.kept import END, LOOP, STARTED, events, keep


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "qwq" / "history.db"


def test_a_turn_comes_back_whole(path: Path) -> None:
    asked = Asked("谁?", system="Be brief.", settings={"model": "quill", "seed": 1})
    assert keep(path, asked).fault is None
    with reading(path) as connection:
        conversation = store.conversation(connection, asked.id)
    (turn,) = conversation.turns
    assert conversation.line == (turn,)
    assert (turn.id, turn.parent, turn.question, turn.system) == (
        asked.id,
        None,
        "谁?",
        "Be brief.",
    )
    assert (turn.model, turn.engine) == ("quill", "llama.cpp")
    assert turn.settings == asked.settings
    assert turn.transcript.reasoning == "想。 Let me see."
    assert turn.transcript.answer == "**Final Answer**\n\n方块5"
    assert turn.transcript.loops == [LOOP]
    assert turn.transcript.finished == END
    assert turn.raw == "想。round and round Let me see.**Final Answer**\n\n方块5"
    assert turn.ended_ms is not None
    assert turn.ended_ms >= turn.begun_ms


def test_it_is_the_users_alone(path: Path) -> None:
    keep(path, "x")
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes["history.db"] == 0o600
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_list_is_the_latest_first(path: Path) -> None:
    first, second = Asked("first"), Asked("second")
    for asked in (first, second):
        keep(path, asked)
    keep(path, Asked("go on", conversation=first.id, parent=first.id))
    with reading(path) as connection:
        assert store.count(connection) == 2
        listed = store.conversations(connection)
        assert [(one.id, one.title, one.turns) for one in listed] == [
            (first.id, "first", 2),
            (second.id, "second", 1),
        ]
        assert (listed[0].final, listed[0].reason, listed[0].model) == ("方块5", "stop", "quill")
        assert store.conversations(connection, 1) == listed[:1]
        assert store.find(connection, "last") == (first.id, None)


def test_a_line_leaves_out_what_was_asked_otherwise(path: Path) -> None:
    root = Asked("root")
    aside = Asked("aside", conversation=root.id, parent=root.id)
    head = Asked("head", conversation=root.id, parent=root.id)
    for asked in (root, aside, head):
        keep(path, asked)
    with reading(path) as connection:
        conversation = store.conversation(connection, root.id)
    assert [turn.question for turn in conversation.line] == ["root", "head"]
    assert [turn.question for turn in conversation.turns] == ["root", "aside", "head"]


def test_an_id_is_found_by_its_beginning(path: Path) -> None:
    keep(path, Asked("x", id="6k3f0000000"))
    keep(path, Asked("y", id="6k3f1111111", conversation="6k3f0000000", parent="6k3f0000000"))
    keep(path, Asked("z", id="7q000000000"))
    with reading(path) as connection:
        assert store.find(connection, "7Q") == ("7q000000000", None)
        assert store.find(connection, "6k3fL") == ("6k3f0000000", "6k3f1111111")
        assert store.find(connection, "6k") == ("6k3f0000000", None)  # all of one conversation
        keep(path, Asked("w", id="6k900000000"))
        with pytest.raises(UsageError, match="6k3f0000000, 6k3f1111111, 6k900000000"):
            store.find(connection, "6k")
        for nothing in ("6z", "", "6k3f00000001", "%", "6u"):
            with pytest.raises(NotFoundError):
                store.find(connection, nothing)


def test_no_history(path: Path) -> None:
    with pytest.raises(NotFoundError, match="no history yet"), reading(path):
        pass
    assert not path.parent.exists()
    connect(path, create=True).close()
    with reading(path) as connection:
        assert store.conversations(connection) == []
        with pytest.raises(NotFoundError, match="empty"):
            store.find(connection, "last")


def test_what_is_removed_is_gone_from_the_file(path: Path) -> None:
    secret, other = Asked("the secret is Rosebud"), Asked("no matter")
    keep(path, secret, events(thought="Rosebud! " * 500))
    keep(path, other)
    with reading(path) as connection:
        assert [hit.id for hit in search(connection, ["rosebud"])] == [secret.id]
        store.remove(connection, [secret.id])
        assert [one.id for one in store.conversations(connection)] == [other.id]
        assert search(connection, ["rosebud"]) == []
    left = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"osebud" not in left
    assert b"no matter" in left


texts = st.text(st.characters(), max_size=8)
anything = st.lists(
    st.one_of(
        st.builds(Thinking, texts, tokens=st.integers(0, 3), ours=st.booleans()),
        st.builds(Answer, texts, again=st.booleans(), tokens=st.integers(0, 3)),
        st.just(Noticed("language", "x", Switch("en", "zh", 3, "answer"))),
        st.sampled_from(events()),
    ),
    max_size=12,
)


@settings(max_examples=60)
@given(anything)
def test_events_amount_to_the_same_once_they_were_kept(happened: list[Event]) -> None:
    back = joined(read(written(joined(happened))))
    once, again = Transcript(), Transcript()
    for event in happened:
        once.add(event)
    for event in back:
        again.add(event)
    texts = {"_reasoning": "", "_answer": "", "_written": ""}
    assert vars(again) | texts == vars(once) | texts
    assert (again.reasoning, again.answer) == (once.reasoning, once.answer)
    assert again.written == once.written
    tokens = [
        sum(event.tokens for event in some if isinstance(event, Thinking | Answer))
        for some in (happened, back)
    ]
    assert tokens[0] == tokens[1]


def test_what_a_newer_qwq_wrote_is_passed_over() -> None:
    text = '[["sung",{"notes":3}],["thinking",{"text":"a","pitch":7}],["started",{"model":"m","engine":"e","prompt_tokens":1,"x":{"y":1}}]]'  # noqa: E501
    assert read(text) == [Thinking("a"), Started("m", "e", 1)]


def test_halves_of_surrogate_pairs_are_no_fault(path: Path) -> None:
    happened: list[Event] = [STARTED, Thinking("a\ud800b"), Answer("\udfff"), END]
    asked = Asked("x")
    assert keep(path, asked, happened).fault is None
    with reading(path) as connection:
        (turn,) = store.conversation(connection, asked.id).turns
    assert turn.raw == "a\ud800b\udfff"


def test_ids_are_short_and_sort_by_time(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    for ms in (0, 1_577_836_800_000, 1_577_836_800_001, 1_900_000_000_000, 2_677_000_000_000):
        monkeypatch.setattr(ids, "now_ms", lambda ms=ms: ms)
        drawn.append(max(ids.new_id() for _ in range(50)))
    assert drawn[1:] == sorted(drawn[1:])
    assert {len(id_) for id_ in drawn} == {11}
    assert [ids.beginning(id_) for id_ in drawn] == drawn
