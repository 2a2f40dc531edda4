"""Pulling, with the real client of the hub against a small hub on loopback."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from qwq_cli.config import Hub, hub
from qwq_cli.errors import (
    BadInputError,
    BusyError,
    ConfigError,
    NotFoundError,
    QwqError,
    UnavailableError,
)
from qwq_cli.weights.download import PART, fetch
from qwq_cli.weights.hub import Listing, RemoteFile, look_up
from tests.weights.small_hub import SmallHub, commit_of, small_hub

REPO = "somebody/Some-Model-exl2"
FILES = {
    "README.md": b"# Some model\n",
    "config.json": b'{"a": 1}',
    "tokenizer.json": b"{}",
    "output-00001-of-00002.safetensors": os.urandom(70_000),
    "output-00002-of-00002.safetensors": os.urandom(30_000),
    "measurement.json": b"{}" * 5000,
    "figures/plot.png": b"png",
}
WANTED = [name for name in FILES if name not in {"measurement.json", "figures/plot.png"}]
LARGE = "output-00001-of-00002.safetensors"


@pytest.fixture
def served() -> Iterator[SmallHub]:
    with small_hub() as small:
        small.repos[REPO, "4_25"] = dict(FILES)
        small.repos["somebody/ggufs", "main"] = {
            "a-q4_k_m.gguf": b"GGUF" * 9,
            "b-00002-of-00002.gguf": b"GGUF2",
            "b-00001-of-00002.gguf": b"GGUF1",
            "c-00001-of-00003.gguf": b"GGUF?",
        }
        small.repos["somebody/one", "main"] = {"one.gguf": b"GGUF", "README.md": b"hm"}
        small.repos["somebody/none", "main"] = {"README.md": b"hm"}
        yield small


def listing(served: SmallHub, token: str = "") -> Listing:
    return look_up(REPO, "4_25", "", Hub(served.endpoint, token))


def bring(served: SmallHub, folder: Path, token: str = "") -> list[int]:
    """Fetch; returns what progress was told."""
    folder.mkdir(exist_ok=True)
    told: list[int] = []
    fetch(listing(served, token), folder, Hub(served.endpoint, token), told.append)
    return told


def whole(folder: Path) -> bool:
    there = {path.name: path.read_bytes() for path in folder.iterdir()}
    return there == {name: FILES[name] for name in WANTED}


def test_a_folder_is_what_an_engine_reads(served: SmallHub) -> None:
    found = listing(served)
    assert (found.repo, found.commit, found.format) == (REPO, commit_of(FILES), "exl2")
    assert [file.name for file in found.files] == WANTED
    assert found.size_bytes == sum(len(FILES[name]) for name in WANTED)
    assert found.main == ""


def test_ggufs_are_chosen_by_name(served: SmallHub) -> None:
    there = Hub(served.endpoint, "")
    assert look_up("somebody/ggufs", "main", "a-q4_k_m.gguf", there).main == "a-q4_k_m.gguf"
    assert look_up("somebody/one", "main", "", there).main == "one.gguf"
    numbered = look_up("somebody/ggufs", "main", "b-00001-of-00002.gguf", there)
    assert [file.name for file in numbered.files] == [
        "b-00001-of-00002.gguf",
        "b-00002-of-00002.gguf",
    ]
    with pytest.raises(NotFoundError, match=r"several GGUF files; .*a-q4_k_m\.gguf"):
        look_up("somebody/ggufs", "main", "", there)
    with pytest.raises(NotFoundError, match=r"has no file d\.gguf"):
        look_up("somebody/ggufs", "main", "d.gguf", there)
    with pytest.raises(NotFoundError, match="has no file c-00001"):  # a set that is not whole
        look_up("somebody/ggufs", "main", "c-00001-of-00003.gguf", there)


def test_all_of_it_comes_and_progress_is_told(served: SmallHub, tmp_path: Path) -> None:
    told = bring(served, tmp_path / "m")
    assert whole(tmp_path / "m")
    assert told == sorted(told)
    assert told[-1] == listing(served).size_bytes


def test_what_is_here_is_not_asked_for_again(served: SmallHub, tmp_path: Path) -> None:
    bring(served, tmp_path / "m")
    before = len(served.asked)
    bring(served, tmp_path / "m")
    assert [one.path for one in served.asked[before:]] == [f"/api/models/{REPO}/revision/4_25"] * 1


def test_a_partial_file_is_gone_on_with(served: SmallHub, tmp_path: Path) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    (folder / (LARGE + PART)).write_bytes(FILES[LARGE][:50_000])
    told = bring(served, folder)
    assert whole(folder)
    assert [one.range for one in served.sent(LARGE)] == ["bytes=50000-"]
    assert 50_000 in [count - sum(len(FILES[name]) for name in WANTED[:3]) for count in told]


@pytest.mark.parametrize("length", [50_000, 70_000, 80_000])
def test_a_damaged_partial_file_is_brought_anew(
    served: SmallHub, tmp_path: Path, length: int
) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    (folder / (LARGE + PART)).write_bytes(bytes(length))
    bring(served, folder)
    assert whole(folder)


def test_what_the_hub_damages_is_not_taken(served: SmallHub, tmp_path: Path) -> None:
    served.damaged = True
    with pytest.raises(BadInputError, match="checksum is another; pull again"):
        bring(served, tmp_path / "m")
    assert not list((tmp_path / "m").glob("*.safetensors*"))
    served.damaged = False
    bring(served, tmp_path / "m")
    assert whole(tmp_path / "m")


def test_small_files_are_checked_too(served: SmallHub, tmp_path: Path) -> None:
    found = listing(served)
    served.repos[REPO, "4_25"]["config.json"] = b'{"a": 2}'  # (as long, and not listed so)
    served.repos[REPO, found.commit] = served.repos.pop((REPO, "4_25"))
    folder = tmp_path / "m"
    folder.mkdir()
    with pytest.raises(BadInputError, match=r"config\.json of .* its checksum is another"):
        fetch(found, folder, Hub(served.endpoint, ""), lambda _: None)


def test_a_branch_that_moved_on_leaves_nothing_behind(served: SmallHub, tmp_path: Path) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    (folder / ("output.safetensors" + PART)).write_bytes(b"of yesterday")
    (folder / "old.json").write_bytes(b"{}")
    bring(served, folder)
    assert whole(folder)


def test_files_of_another_commit_are_looked_at(served: SmallHub, tmp_path: Path) -> None:
    folder = tmp_path / "m"
    bring(served, folder)
    (folder / "config.json").write_bytes(b'{"a": 0}')  # (as long as today's)
    (folder / LARGE).write_bytes(bytes(len(FILES[LARGE])))
    there = Hub(served.endpoint, "")
    fetch(listing(served), folder, there, lambda _: None, same_commit=False)
    assert whole(folder)


def test_a_token_goes_to_the_hub_and_nowhere_else(served: SmallHub, tmp_path: Path) -> None:
    bring(served, tmp_path / "m", token="hf_secret")  # noqa: S106 - nobody's
    with_token = {one.token for one in served.asked if not one.path.startswith("/store/")}
    assert with_token == {"Bearer hf_secret"}
    assert {one.token for one in served.asked if one.path.startswith("/store/")} == {""}


def test_a_gated_model_says_what_to_do(served: SmallHub, tmp_path: Path) -> None:
    served.gated.add(REPO)
    with pytest.raises(UnavailableError, match=f"{REPO} is gated: .*terms.*set HF_TOKEN"):
        bring(served, tmp_path / "m")


@pytest.mark.parametrize(
    ("repo", "revision", "says"),
    [
        ("somebody/nothing", "main", "no model somebody/nothing at .*not there, or private"),
        (REPO, "9_9", "has no such revision"),
        ("somebody/none", "main", "holds no weights at this revision"),
        ("some/body/else", "main", "'some/body/else' names no repository"),
    ],
)
def test_what_is_not_there(served: SmallHub, repo: str, revision: str, says: str) -> None:
    with pytest.raises(NotFoundError, match=says):
        look_up(repo, revision, "", Hub(served.endpoint, ""))


def test_a_hub_in_trouble(served: SmallHub) -> None:
    served.status = 500
    with pytest.raises(BusyError, match="it answers 500; try again later"):
        listing(served)
    served.status = 403
    with pytest.raises(UnavailableError, match=r"the hub refuses .*check the token"):
        listing(served)


def test_another_server(served: SmallHub) -> None:
    """A network that asks to be logged into answers everything with a page."""
    served.page = b"<html>Welcome</html>"
    with pytest.raises(UnavailableError, match=r"does not answer as a hub does: .*HF_ENDPOINT"):
        listing(served)


def test_a_file_stays_in_its_folder(served: SmallHub) -> None:
    """Whatever a hub calls its files."""
    names = ("../x.gguf", "/x.gguf", "a/../../x.gguf", "a//x.gguf")
    served.repos["some/body", "main"] = dict.fromkeys(names, b"GGUF")
    for name in names:
        with pytest.raises(NotFoundError, match=r"it has no \.gguf at all"):
            look_up("some/body", "main", name, Hub(served.endpoint, ""))


def test_a_file_that_the_hub_gives_in_its_own_way_alone(tmp_path: Path) -> None:
    huge = RemoteFile("f16.gguf", 65 * 10**9, "0" * 64, "")
    wanted = Listing("a/b", "0" * 40, "gguf", (huge,), "f16.gguf")
    with pytest.raises(UnavailableError, match=r"f16\.gguf is too large.*hf download a/b"):
        fetch(wanted, tmp_path, Hub("http://127.0.0.1:9", ""), lambda _: None)


def test_no_hub_at_all() -> None:
    with pytest.raises(UnavailableError, match=r"can't reach http://127\.0\.0\.1:9: .*network"):
        look_up(REPO, "main", "", Hub("http://127.0.0.1:9", ""))


def test_without_the_client_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(UnavailableError, match=r"pip install huggingface_hub.*qwq model add"):
        look_up(REPO, "main", "", Hub("http://127.0.0.1:9", ""))


def test_room_is_asked_for_first(
    served: SmallHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=50_000))
    with pytest.raises(QwqError, match=r"not enough room in .*: 0\.0 GB are still to come"):
        bring(served, tmp_path / "m")
    assert not served.sent(LARGE)


def test_the_environment_names_hub_and_token() -> None:
    assert hub({}) == Hub("https://huggingface.co", "")
    said = {"HF_ENDPOINT": "https://hub.example/", "HF_TOKEN": " hf_x\n"}
    assert hub(said) == Hub("https://hub.example", "hf_x")
    for wrong in ("hub.example", "ftp://hub.example", "http://", "http://[", "http://a b"):
        with pytest.raises(ConfigError, match="HF_ENDPOINT="):
            hub({"HF_ENDPOINT": wrong})
