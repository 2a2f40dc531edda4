"""What is offered while somebody types; never an error, whatever stands there."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.cli.chatting.candidates import candidates
from tests.history.kept import keep
from tests.test_conversation import turn

if TYPE_CHECKING:
    from qwq_cli.cli.chatting.chat import Chat


@dataclass
class Somewhere:
    """As much of a conversation as candidates look at."""

    line: tuple[object, ...] = (turn("first", "", ""), turn("second", "", ""))


def offered(text: str) -> list[str]:
    """The texts as they would stand."""
    found = candidates(cast("Chat", Somewhere()), text)
    return [text[: len(text) - one.replaces] + one.text for one in found]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    for variable in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    for name in ("model.gguf", "notes.txt", ".hidden", "with blank.txt"):
        (tmp_path / name).write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inner.gguf").write_text("x")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("plain", []),
        ("//", []),
        ("/lo", ["/loops ", "/load "]),
        ("/ex", ["/example", "/export ", "/exit"]),
        ("/help re", ["/help retry", "/help reset"]),
        ("/think f", ["/think fold"]),
        ("/model q", ["/model quill"]),
        ("/model m", ["/model model.gguf"]),
        ("/model folder/", ["/model folder/inner.gguf"]),
        ("/file n", ["/file notes.txt"]),
        ("/file .h", ["/file .hidden"]),
        ("/file w", ["/file with blank.txt"]),
        ("/file nowhere/x", []),
        ("/set temp", ["/set temperature"]),
        ("/set loops re", ["/set loops recover", "/set loops report"]),
        ("/set api", []),
        ("/branch ", ["/branch 1", "/branch 2"]),
        ("/quit ", []),
        ("/nothing ", []),
        ("/load ", []),
    ],
)
def test_what_is_offered(text: str, wanted: list[str]) -> None:
    assert offered(text) == wanted


def test_files_and_folders(home: Path) -> None:
    assert offered("/file ")[0] == "/file off"
    assert "/file folder/" in offered("/file ")
    assert offered(f"/file {home}/no") == [f"/file {home}/notes.txt"]
    assert offered("/file ~/no") == ["/file ~/notes.txt"]


def test_conversations_are_offered_with_how_they_began(home: Path) -> None:
    keep(home / ".local" / "share" / "qwq" / "history.db", "what is\nit?")
    (one,) = candidates(cast("Chat", Somewhere()), "/load ")
    assert one.about == "what is it?"


@given(st.text())
def test_anything_may_be_typed(text: str) -> None:
    offered(text)
    offered(f"/file {text}")
    offered(f"/set {text}")
