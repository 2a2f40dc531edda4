"""Names and paths of models, found and not found."""

from pathlib import Path

import pytest

from qwq_cli.errors import NotFoundError, UnavailableError
from qwq_cli.weights.catalogue import Weights, find_weights


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
    with pytest.raises(NotFoundError, match="is no model file"):
        find_weights(__file__)
    with pytest.raises(NotFoundError, match="a folder with no model in it"):
        find_weights(str(tmp_path))
    with pytest.raises(NotFoundError, match="can't find ~nobody-of-that-name"):
        find_weights("~nobody-of-that-name/m.gguf")


def test_exl2_needs_what_is_not_here(tmp_path: Path) -> None:
    for name in ("QwQ-32B-4.25bpw-exl2", "QwQ.exl2", "plain"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "output.safetensors").touch()
        with pytest.raises(UnavailableError, match="NVIDIA GPU"):
            find_weights(str(folder))
