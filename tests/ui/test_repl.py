"""The prompt: when a text is whole, what keys do to it, what is remembered."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.input.base import PipeInput
from prompt_toolkit.output import DummyOutput

from qwq_cli.ui.repl.entry import Candidate, ClearedError, continued, fence_is_open, goes_on
from qwq_cli.ui.repl.prompt import Prompt, Surroundings
from qwq_cli.ui.repl.remembered import Remembered

CTRL_C, CTRL_D, ENTER = "\x03", "\x04", "\r"


@pytest.mark.parametrize(
    ("text", "open_"),
    [
        ("", False),
        ("```", True),
        ("```py\nx = 1", True),
        ("```py\nx = 1\n```", False),
        ("````\n```\n", True),
        ("````\n```\n`````", False),
        ("a ``` in a line", False),
        ("```one line```", False),
        ("   ```", True),
        ("    ```", False),
        ("```\n``` no end", True),
    ],
)
def test_an_open_fence_goes_on(text: str, open_: bool) -> None:
    assert fence_is_open(text) is open_
    assert goes_on(text) is open_


@given(st.integers(0, 9), st.text(st.characters(exclude_characters="\\`")))
def test_a_backslash_goes_on_unless_another_one_stands_before_it(count: int, text: str) -> None:
    assert continued(text + "\\" * count) is (count % 2 == 1)


@given(st.text("`\n a", max_size=40))
def test_closing_every_fence_makes_a_text_whole(text: str) -> None:
    ticks = "`" * 41
    assert not fence_is_open(f"{text}\n{ticks}") or not fence_is_open(text)


# ---------------------------------------------------------------------------------------- keys


@pytest.fixture
def keyboard() -> Iterator[PipeInput]:
    with create_pipe_input() as pipe:
        yield pipe


@pytest.fixture
def prompt(keyboard: PipeInput) -> Prompt:
    def candidates(text: str) -> list[Candidate]:
        words = ("/load", "/loops", "/help")
        return [Candidate(word, len(text)) for word in words if word.startswith(text)]

    around = Surroundings(lambda: "how things stand", candidates)
    remembered = Remembered(None, lambda: False)
    return Prompt(around, remembered, styled=True, keyboard=keyboard, screen=DummyOutput())


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("plain" + ENTER, "plain"),
        ("one\\" + ENTER + "two" + ENTER, "one\ntwo"),
        ("one\x1b" + ENTER + "two" + ENTER, "one\ntwo"),
        ("even \\\\" + ENTER, "even \\\\"),
        ("```" + ENTER + "x" + ENTER + "```" + ENTER, "```\nx\n```"),
        ("```" + ENTER + "x\x18" + ENTER, "```\nx"),
        ("\x1b[200~a\r\nb\n/quit\n\x1b[201~" + ENTER, "a\nb\n/quit\n"),
        ("/h\t" + ENTER, "/help"),
        ("/l\t" + ENTER, "/lo"),
        ("红桃\x7f方块" + ENTER, "红方块"),
    ],
)
def test_what_keys_make(prompt: Prompt, keyboard: PipeInput, keys: str, text: str) -> None:
    keyboard.send_text(keys)
    assert prompt.read() == text


def test_ways_out_of_a_text(prompt: Prompt, keyboard: PipeInput) -> None:
    keyboard.send_text("half" + CTRL_C)
    with pytest.raises(ClearedError):
        prompt.read()
    keyboard.send_text(CTRL_C)
    with pytest.raises(KeyboardInterrupt) as raised:
        prompt.read()
    assert not isinstance(raised.value, ClearedError)
    keyboard.send_text(CTRL_D)
    with pytest.raises(EOFError):
        prompt.read()


def test_a_text_may_stand_there_already(prompt: Prompt, keyboard: PipeInput) -> None:
    keyboard.send_text(" and more" + ENTER)
    assert prompt.read("not sent") == "not sent and more"


def test_what_was_typed_comes_back(prompt: Prompt, keyboard: PipeInput) -> None:
    for text in ("first", "second", "second"):
        keyboard.send_text(text + ENTER)
        assert prompt.read() == text
    keyboard.send_text("\x1b[A\x1b[A" + ENTER)
    assert prompt.read() == "first"
    keyboard.send_text("\x12SECO" + ENTER + ENTER)
    assert prompt.read() == "second"


# ---------------------------------------------------------------------------------- remembered


def loaded(path: Path) -> list[str]:
    return list(Remembered(path, lambda: True).load_history_strings())


@given(texts=st.lists(st.text(), max_size=5))
def test_any_text_is_remembered(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    path = tmp_path_factory.mktemp("state") / "folder" / "typed.jsonl"
    remembered = Remembered(path, lambda: True)
    for text in texts:
        remembered.append_string(text)
    once = [text for at, text in enumerate(texts) if texts[at - 1 : at] != [text]]
    assert loaded(path) == once[::-1]
    assert remembered.told() is None


def test_what_is_damaged_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "typed.jsonl"
    path.write_bytes(b'lf of a line"\n"one"\n\xff\xfe\n{}\n3\n"two"\n"tw')
    assert loaded(path) == ["two", "one"]


def test_a_long_file_is_read_from_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qwq_cli.ui.repl.remembered._LONGEST_BYTES", 20)
    path = tmp_path / "typed.jsonl"
    path.write_text("".join(json.dumps(f"text {number}") + "\n" for number in range(9)))
    assert loaded(path) == ["text 8", "text 7"]


def test_it_can_be_told_not_to_keep(tmp_path: Path) -> None:
    path = tmp_path / "typed.jsonl"
    keeps: Callable[[], bool] = [True, False].pop
    remembered = Remembered(path, keeps)
    remembered.append_string("secret")
    remembered.append_string("kept")
    assert loaded(path) == ["kept"]
    assert remembered.get_strings() == ["secret", "kept"]


def test_a_fault_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    remembered = Remembered(tmp_path / "state" / "typed.jsonl", lambda: True)
    remembered.append_string("text")
    assert "not remembered" in (remembered.told() or "")
    remembered.append_string("more")
    assert remembered.told() is None
