"""Names and paths of models, found and not found."""

from pathlib import Path

import pytest

from qwq_cli.errors import NotFoundError
from qwq_cli.weights.catalogue import Weights, find_weights, store
from tests.weights.safes import exl2


def test_quill_is_shipped() -> None:
    weights = find_weights("quill")
    assert weights.path.is_file()
    assert weights.path.stat().st_size <= 4 * 2**20


def test_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "Some-Model.gguf"
    path.touch()
    assert find_weights(str(path)) == Weights("Some-Model", path, "gguf")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_weights("~/Some-Model.gguf").path == path


def test_what_is_not_there_says_what_is(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"no model called 'qwill': there is 'quill'"):
        find_weights("qwill")
    with pytest.raises(NotFoundError, match=r"no such model file: .*none\.gguf"):
        find_weights(str(tmp_path / "none.gguf"))
    weights = tmp_path / "exl2" / "model.safetensors"
    weights.parent.mkdir()
    weights.touch()
    with pytest.raises(NotFoundError, match=r"is one file of a model; give its folder: .*/$"):
        find_weights(str(weights))
    with pytest.raises(NotFoundError, match="is no model file"):
        find_weights(__file__)
    with pytest.raises(NotFoundError, match="a folder with no model in it"):
        find_weights(str(tmp_path))
    with pytest.raises(NotFoundError, match="can't find ~nobody-of-that-name"):
        find_weights("~nobody-of-that-name/m.gguf")


def test_a_folder_of_safetensors_is_exl2(tmp_path: Path) -> None:
    folder = exl2(tmp_path / "QwQ-32B-4.25bpw-exl2")
    assert find_weights(str(folder)) == Weights(folder.name, folder, "exl2")


def test_a_folder_with_a_gguf_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "m-q4_k_m.gguf").touch()
    with pytest.raises(NotFoundError, match=r"give the file in it: .*m-q4_k_m\.gguf"):
        find_weights(str(tmp_path))


def test_a_bare_word_is_a_name_and_never_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a cloned project's settings name must not load a file of that project."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    exl2(tmp_path / "model")
    with pytest.raises(NotFoundError, match=r"for the folder give \./model"):
        find_weights("model")
    assert find_weights("./model").format == "exl2"


def test_a_model_that_was_added_is_found_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    file = tmp_path / "m.gguf"
    file.write_bytes(b"GGUF")
    store().add("mine", file, "gguf")
    assert find_weights("mine") == Weights("mine", file, "gguf")
    with pytest.raises(NotFoundError, match="there is 'quill', 'mine'"):
        find_weights("yours")


def test_what_could_be_pulled_says_how() -> None:
    for name in ("qwq-32b", "qwq-32b-4.25bpw"):
        with pytest.raises(NotFoundError, match=f"not on this machine; qwq model pull {name}"):
            find_weights(name)
