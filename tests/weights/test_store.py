"""The models on a machine: what is whole, what is on its way, and what goes."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from qwq_cli.errors import BadInputError, BusyError, NotFoundError, QwqError, UsageError
from qwq_cli.weights.store import NOTE, Store, Stored


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "models")


def wanted(name: str = "m", commit: str = "c1") -> Stored:
    return Stored(name, "gguf", Path("m.gguf"), 4, True, "a/m", "main", commit)  # noqa: FBT003


def put_up(store: Store, data: bytes = b"GGUF", commit: str = "c1") -> Stored:
    (store.begin(wanted(commit=commit)) / "m.gguf").write_bytes(data)
    return store.finish(wanted(commit=commit))


def test_nothing_is_here_at_first(store: Store) -> None:
    assert not store.models()
    assert not store.partials()
    assert store.find("m") is None
    assert not store.folder.exists()


def test_a_model_is_whole_when_it_is_put_up_and_not_before(store: Store) -> None:
    folder = store.begin(wanted())
    (folder / "m.gguf.part").write_bytes(b"GG")
    assert store.models() == []
    assert store.find("m") is None
    (partial,) = store.partials()
    assert (partial.name, partial.total_bytes) == ("m", 4)
    assert (store.staged_commit("m"), store.staged_commit("other")) == ("c1", "")
    stored = put_up(store)
    assert store.models() == [stored] == [store.find("m")]
    assert stored.path.read_bytes() == b"GGUF"
    assert (stored.repo, stored.revision, stored.commit) == ("a/m", "main", "c1")
    assert store.partials() == []


def test_it_is_known_where_a_model_came_from(store: Store, tmp_path: Path) -> None:
    assert store.origin("m") is None
    store.begin(wanted())
    assert store.origin("m") == ("a/m", "main", "m.gguf")
    put_up(store)
    assert store.origin("m") == ("a/m", "main", "m.gguf")
    store.finish(replace(wanted("folder"), path=Path(), format="exl2"))
    assert store.origin("folder") == ("a/m", "main", "")
    store.add("mine", tmp_path, "exl2")
    for name in ("mine", "none", "../m"):
        assert store.origin(name) is None


def test_a_newer_one_takes_the_place_of_an_older_one(store: Store) -> None:
    put_up(store)
    stored = put_up(store, b"GGUF2", "c2")
    assert stored.path.read_bytes() == b"GGUF2"
    assert stored.commit == "c2"
    assert store.partials() == []


def test_what_was_added_stays_where_it_is(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "elsewhere.gguf"
    file.write_bytes(b"GGUF")
    stored = store.add("mine", file, "gguf")
    assert stored == store.find("mine")
    assert stored.path == file
    with pytest.raises(UsageError, match="there is a model called 'mine'"):
        store.add("mine", file, "gguf")
    store.remove("mine")
    assert file.exists()
    assert store.find("mine") is None


def test_the_name_of_one_on_its_way_is_taken(store: Store, tmp_path: Path) -> None:
    store.begin(wanted())
    with pytest.raises(UsageError, match="there is a model called 'm'"):
        store.add("m", tmp_path, "exl2")


def test_what_was_added_may_go_away(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "elsewhere.gguf"
    file.write_bytes(b"GGUF")
    store.add("mine", file, "gguf")
    file.unlink()
    assert store.models() == []
    with pytest.raises(NotFoundError, match=r"is gone: .*; qwq model rm mine"):
        store.find("mine")


def test_removing_frees_all_of_it(store: Store) -> None:
    put_up(store)
    (store.begin(wanted(commit="c2")) / "m.gguf.part").write_bytes(b"GGU")
    freed = store.remove("m")
    assert freed > 7
    assert not store.models()
    assert not store.partials()
    assert not [path for path in store.folder.rglob("*") if path.is_file()]
    for name in ("m", "../m", ".pulling"):
        with pytest.raises(NotFoundError, match="no model called"):
            store.remove(name)


def test_what_is_linked_is_let_go_of_and_stays(store: Store, tmp_path: Path) -> None:
    """As where a model was moved to a larger disk."""
    place = put_up(store).path.parent
    moved = place.rename(tmp_path / "moved")
    place.symlink_to(moved)
    for _ in range(2):
        assert [one.name for one in store.models()] == ["m"]
        assert store.remove("m") == 0
        assert store.find("m") is None
        assert (moved / "m.gguf").read_bytes() == b"GGUF"
        place.symlink_to(moved)
    for data in (b"GGU2", b"GGU3"):  # a newer one takes the place of the link, not of what it means
        assert put_up(store, data, "c2").path.read_bytes() == data
        assert (moved / "m.gguf").read_bytes() == b"GGUF"


def test_what_is_being_pulled_is_not_removed(store: Store) -> None:
    with store.alone("m"):
        folder = store.begin(wanted())
        with pytest.raises(BusyError, match="m is being pulled by another qwq"):
            store.remove("m")
        assert (folder / NOTE).exists()
    store.remove("m")
    assert not store.partials()


@pytest.mark.parametrize("name", ["", ".x", "a/b", "..", "a b", "x" * 200, "m.gguf", "m.old"])
def test_names_that_can_not_be(store: Store, name: str) -> None:
    with pytest.raises(UsageError, match="can't be a model's name"):
        store.begin(wanted(name))
    assert store.find(name) is None


def test_quill_is_taken(store: Store) -> None:
    with pytest.raises(UsageError, match="'quill' ships with qwq"):
        store.begin(wanted("quill"))


@pytest.mark.parametrize("note", ["", "[]", "{}", '{"path": ".", "format": "gguf"}', "\xff"])
def test_a_damaged_note_is_told_with_its_remedy(store: Store, note: str) -> None:
    put_up(store)
    (store.folder / "m" / NOTE).write_text(note, "latin-1")
    assert store.models() == []
    with pytest.raises(BadInputError, match=r"qwq\.json is damaged.*qwq model rm m"):
        store.find("m")
    store.remove("m")


def test_a_note_is_readable_by_people(store: Store) -> None:
    stored = put_up(store)
    note = json.loads((store.folder / "m" / NOTE).read_text("utf-8"))
    assert (note["name"], note["path"], note["commit"]) == ("m", "m.gguf", stored.commit)


def test_two_do_not_pull_the_same(store: Store) -> None:
    with store.alone("m"):
        with store.alone("other"):
            pass
        with pytest.raises(BusyError, match="m is being pulled by another qwq"), store.alone("m"):
            pass
    with store.alone("m"):
        pass


def test_without_a_home_there_is_no_place(tmp_path: Path) -> None:
    store = Store(None)
    assert not store.models()
    assert not store.partials()
    assert store.find("m") is None
    with pytest.raises(QwqError, match="no place to keep models: no home; set HOME"):
        store.begin(wanted())
    (tmp_path / "file").touch()
    with pytest.raises(QwqError, match="can't make a folder for m"):
        Store(tmp_path / "file").begin(wanted())
