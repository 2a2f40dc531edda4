"""What is typed, understood; and the table of commands, whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.cli.chatting.commands import BY_NAME, COMMANDS, Call, nearest, understood
from qwq_cli.cli.chatting.talk import DEEDS
from qwq_cli.errors import UsageError


def test_every_command_does_something_and_has_one_name() -> None:
    assert [one.name for one in COMMANDS] == list(DEEDS)
    assert len(BY_NAME) == sum(1 + len(one.also) for one in COMMANDS)
    named = "help model system think budget fold retry undo edit branch save load export copy stats"
    assert set(f"{named} context loops reset quit".split()) <= set(DEEDS)


@pytest.mark.parametrize(
    ("entry", "meant"),
    [
        ("plain", "plain"),
        ("//usr is where?", "/usr is where?"),
        (" /usr is where?", "/usr is where?"),
        ("  indented", "  indented"),
        ("two\n/quit", "two\n/quit"),
        ("\n\nlast\n", "last"),
    ],
)
def test_a_text(entry: str, meant: str) -> None:
    assert understood(entry) == meant


@pytest.mark.parametrize(
    ("entry", "name", "argument"),
    [
        ("/help", "help", ""),
        ("/HELP", "help", ""),
        ("/?", "help", ""),
        ("/exit", "quit", ""),
        ("/model  some file.gguf ", "model", "some file.gguf"),
        ("/system Be brief.\nAnd kind.", "system", "Be brief.\nAnd kind."),
        ("/system\nBe brief.", "system", "Be brief."),
    ],
)
def test_a_command(entry: str, name: str, argument: str) -> None:
    assert understood(entry) == Call(BY_NAME[name], argument)


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("/modle", "did you mean /model?"),
        ("/thin", "did you mean /think?"),
        ("/usr/bin is where?", "sent with // before it"),
        ("/", "see /help"),
        ("/quit now", "/quit takes no argument"),
    ],
)
def test_no_command(entry: str, says: str) -> None:
    with pytest.raises(UsageError, match="/") as raised:
        understood(entry)
    assert says in str(raised.value)


@given(st.text())
def test_anything_typed_is_a_text_a_command_or_an_error(entry: str) -> None:
    try:
        meant = understood(entry)
    except UsageError:
        assert entry.startswith("/")
        return
    assert isinstance(meant, Call) == (entry.startswith("/") and not entry.startswith("//"))
    if isinstance(meant, str):
        assert meant in entry
        assert understood(f"/{meant}" if meant.startswith("/") else meant) in {
            meant,
            meant.strip("\n"),
        }


@given(st.text(max_size=12))
def test_the_nearest_is_one(name: str) -> None:
    assert nearest(name) in {None, *BY_NAME}
