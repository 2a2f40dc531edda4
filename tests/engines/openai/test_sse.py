"""Server-sent events, in whatever chunks the network makes of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.engines.openai.sse import LONGEST_LINE, EventReader
from qwq_cli.errors import QwqError


def read(*chunks: bytes) -> list[str]:
    reader = EventReader()
    return [event for chunk in chunks for event in reader.feed(chunk)]


CASES = {
    "one": (b'data: {"a": 1}\n\n', ['{"a": 1}']),
    "no blank": (b"data:x\n\n", ["x"]),
    "only the first blank goes": (b"data:  x\n\n", [" x"]),
    "two lines": (b"data: a\ndata: b\n\n", ["a\nb"]),
    "carriage returns": (b"data: a\r\rdata: b\r\n\r\n", ["a", "b"]),
    "comments and other fields": (b": ping\n\nevent: x\nid: 1\ndata: a\n\n", ["a"]),
    "an error as llama.cpp once sent it": (b'error: {"code":500}\n\n', ['{"code":500}']),
    "a colon in it": (b"data: a: b\n\n", ["a: b"]),
    "several": ("data: 数\n\ndata: [DONE]\n\n".encode(), ["数", "[DONE]"]),
    "half a line": (b"data: a\n\ndata: b", ["a"]),
}


@pytest.mark.parametrize("name", CASES)
def test_events(name: str) -> None:
    stream, events = CASES[name]
    assert read(stream) == events


@given(st.data(), st.sampled_from(sorted(CASES)))
def test_chunks_do_not_matter(data: st.DataObject, name: str) -> None:
    stream, events = CASES[name]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)))))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert read(*pieces) == events


def test_what_is_unfinished_is_known() -> None:
    reader = EventReader()
    for chunk, unfinished in ((b"data: a", ""), (b"\n", "a"), (b"\n", None)):
        list(reader.feed(chunk))
        assert reader.unfinished == unfinished


def test_what_is_no_text() -> None:
    with pytest.raises(QwqError, match="not UTF-8"):
        read(b"data: \xff\xfe\n\n")


def test_a_line_without_end() -> None:
    with pytest.raises(QwqError, match="without end"):
        read(b"x" * LONGEST_LINE, b"x")
