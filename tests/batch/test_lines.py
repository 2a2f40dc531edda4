"""Lines of a batch: what each may say, what is wrong with one, and where they begin."""

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.batch import lines as module
from qwq_cli.batch.lines import Lines, read_line
from qwq_cli.errors import BadInputError
from qwq_cli.request import Message


@contextmanager
def opened(data: bytes) -> Iterator[Lines]:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        yield Lines(file, "in.jsonl")


def line_of(record: object, number: int = 3) -> module.Line:
    return read_line(json.dumps(record).encode(), number)


def test_a_question_alone_has_its_lines_number() -> None:
    line = line_of({"question": "What?"})
    assert (line.id, line.question, line.fault) == (3, "What?", "")
    assert line.messages == (Message("user", "What?"),)


def test_messages_end_with_the_question() -> None:
    said = [("system", "Be brief."), ("user", "One?"), ("assistant", "1"), ("user", "Two?")]
    listed = [{"role": role, "content": content} for role, content in said]
    line = line_of({"id": "a", "messages": listed, "seed": 4, "temperature": 0, "loops": "off"})
    assert (line.id, line.question, line.fault) == ("a", "Two?", "")
    assert [(each.role, each.content) for each in line.messages] == said
    assert line.overrides == {"seed": 4, "temperature": 0.0, "loops": "off"}


USER = {"role": "user", "content": "x"}


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        ([], "no JSON object"),
        ({}, "no question and no messages"),
        ({"question": " "}, "question is empty"),
        ({"question": 4}, "question is no text"),
        ({"question": "\ud800"}, "half a character"),
        ({"question": "x", "messages": [USER]}, "both question and messages"),
        ({"messages": []}, "no list of messages"),
        ({"messages": {}}, "no list of messages"),
        ({"messages": [4]}, "is no object"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "none of system, user, assistant"),
        ({"messages": [{"role": "user"}]}, "content is no text"),
        ({"messages": [USER, {"role": "assistant", "content": "x"}]}, "not the user's"),
        (
            {"messages": [{"role": "system", "content": "x"}, USER], "system": "y"},
            "two system prompts",
        ),
        ({"question": "x", "id": True}, "neither a text nor a whole number"),
        ({"question": "x", "id": 1.5}, "neither a text nor a whole number"),
        ({"question": "x", "id": ""}, "id is empty"),
        ({"question": "x", "seed": -1}, "seed must be a whole number"),
        ({"question": "x", "temperature": float("nan")}, "temperature must be a number"),
        ({"question": "x", "loops": "never"}, "loops must be one of"),
        ({"question": "x", "system": 4}, "system must be a text"),
        ({"question": "x", "model": "other"}, "all lines go to the one of -m"),
    ],
)
def test_what_can_t_be_asked(record: object, fault: str) -> None:
    line = line_of(record)
    assert fault in line.fault
    assert line.number == 3


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"{", "no JSON: "),
        (b"\xff", "not UTF-8: byte 1 "),
        (b'{"question": "caf\xe9"}', "not UTF-8: byte 18 "),
        (b"[" * 100_000, "no JSON"),
        (b'{"question": "x", "seed": 1' + b"0" * 5000 + b"}", "no JSON"),
    ],
)
def test_what_can_t_be_read(data: bytes, fault: str) -> None:
    line = read_line(data, 3)
    assert fault in line.fault
    assert line.id == 3


def test_null_is_as_if_it_were_not_there() -> None:
    line = line_of({"question": "x", "id": None, "messages": None, "seed": None, "model": None})
    assert (line.fault, line.id, dict(line.overrides)) == ("", 3, {})


@given(st.binary(max_size=60))
def test_nothing_raises(data: bytes) -> None:
    line = read_line(data, 1)
    assert line.fault or line.question


@given(st.recursive(st.none() | st.booleans() | st.text(), st.lists))
def test_no_value_raises(value: object) -> None:
    for name in ("id", "question", "messages", "system", "seed", "loops", "language"):
        line = line_of({"question": "x", name: value})
        assert line.fault or line.question


@given(
    st.lists(st.sampled_from(["", "  ", '{"question": "é"}', "[]", "\t"]), max_size=12),
    st.booleans(),
)
def test_each_line_is_found_again(texts: list[str], ends: bool) -> None:
    texts = ['{"question": "first"}', *texts]
    data = "\n".join(texts).encode() + b"\n" * ends
    numbers = [number for number, text in enumerate(texts, 1) if text.strip()]
    with opened(data) as found:
        assert [line.number for line in found] == numbers
        assert [found.place(number) for number in numbers] == list(range(len(found)))
        for line in found:
            assert line == read_line(texts[line.number - 1].encode(), line.number)
        with pytest.raises(IndexError):
            found[len(found)]


def test_a_mark_of_byte_order_is_no_fault() -> None:
    with opened(b'\xef\xbb\xbf{"question": "x"}') as found:
        assert found[0].question == "x"


def test_strange_fields_are_told() -> None:
    with opened(b'{"question": "x", "max_token": 4}\n{"question": "y", "answer": 4}') as found:
        assert found.passed_over == ("answer", "max_token")


def test_a_long_line_is_one_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_LINE", 100)
    with opened(b'{"question": "' + b"x" * 1000 + b'"}\n{"question": "y"}\n') as found:
        assert "longer than 100 bytes" in found[0].fault
        assert found[1].question == "y"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "in.jsonl holds no question: it is empty"),
        (b"\n \n", "holds no question: it is empty"),
        (b"\n7\n{}\n", "holds no question: line 2: it is no JSON object"),
        (b'{"question": "x"}\n{"question": "y", "id": "1"}', "in.jsonl:2: the id '1' is that of "),
        (b'{"question": "x", "id": 2}\n7\n', "in.jsonl:2: the id 2 is that of line 1"),
    ],
)
def test_a_file_that_can_t_be_asked(data: bytes, says: str) -> None:
    with pytest.raises(BadInputError, match=re.escape(says)), opened(data):
        pass


def test_what_is_kept_is_where_lines_begin(tmp_path: Path) -> None:
    """A file that has grown meanwhile is read as it was."""
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'{"question": "x"}')
    with path.open("rb") as file:
        found = Lines(file, "in")
        path.write_bytes(b'{"question": "x"}\n{"question": "y"}\n')
        assert len(found) == 1
        assert found[0].question == "x"
