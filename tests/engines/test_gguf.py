"""Reading the headers of GGUF files, whole and broken."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qwq_cli.engines.gguf import Header, read_header
from qwq_cli.errors import BadInputError, NotFoundError, QwqError
from qwq_cli.weights.catalogue import find_weights
from tests.engines.ggufs import ARRAY, FLOAT, PAIRS, STRING, numbers, pair, text, toy


def test_a_header_tells(tmp_path: Path) -> None:
    path = toy(tmp_path / "toy.gguf")
    assert read_header(path) == Header(
        path=path,
        size_bytes=path.stat().st_size,
        architecture="toy",
        name="A toy",
        context_tokens=512,
        chat_template="{{ messages }}",
        bos="<s>",
        eos="</s>",
        adds_bos=True,
        specials={"<s>": 1, "</s>": 2, "<think>": 4},
        longest_token=7,
    )


def test_quill_tells() -> None:
    header = read_header(find_weights("quill").path)
    assert header.architecture == "qwen2"
    assert header.context_tokens >= 1024
    assert "<|im_end|>" in header.specials
    assert "im_start" in header.chat_template


def test_what_is_missing_is_empty(tmp_path: Path) -> None:
    header = read_header(toy(tmp_path / "bare.gguf", []))
    assert (header.name, header.context_tokens, header.bos, header.longest_token) == ("", 0, "", 0)


def test_version_two_is_read(tmp_path: Path) -> None:
    assert read_header(toy(tmp_path / "old.gguf", version=2)).name == "A toy"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is empty"),
        (b"GGML\x03\0\0\0", "does not begin with 'GGUF'"),
        (b"<!DOCTYPE html>", "does not begin with 'GGUF'"),
        (b"GGUF\x01\0\0\0" + bytes(16), "version 1 is not supported"),
        (b"GGUF\0\0\0\x03" + bytes(16), "big-endian"),
        (b"GGUF\x03\0\0\0", "damaged"),
        (b"GGUF\x03\0\0\0" + bytes(8) + b"\xff" * 8, "damaged"),
    ],
)
def test_no_gguf(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "x.gguf"
    path.write_bytes(content)
    with pytest.raises(BadInputError, match=re.escape(why)):
        read_header(path)


def test_missing_and_unreadable(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no such model file"):
        read_header(tmp_path / "none.gguf")
    with pytest.raises(BadInputError, match="is a folder"):
        read_header(tmp_path)


def test_a_download_that_broke_off(tmp_path: Path) -> None:
    whole = toy(tmp_path / "whole.gguf", tensors=bytes(16))
    assert read_header(whole).name == "A toy"
    whole.write_bytes(whole.read_bytes()[:-5])
    with pytest.raises(BadInputError, match="at least 5 bytes are missing"):
        read_header(whole)


@pytest.mark.parametrize(
    "odd",
    [
        pair("x", 77, b""),
        pair("x", ARRAY, (77).to_bytes(4, "little") + bytes(8)),
        pair("x", ARRAY, (4).to_bytes(4, "little") + b"\xff" * 8),
        pair("tokenizer.ggml.tokens", ARRAY, numbers([1])),
        pair("tokenizer.ggml.token_type", ARRAY, (8).to_bytes(4, "little") + bytes(8)),
        pair("x", STRING, b"\xff" * 8),
        pair("x", STRING, b"\2" + bytes(7) + b"\xff\xff"),
        pair("general.alignment", STRING, text("x")),
        pair("toy.context_length", STRING, text("long")),
        pair("toy.context_length", FLOAT, b"\0\0\xc0\x7f"),  # nan
    ],
)
def test_values_that_make_no_sense(tmp_path: Path, odd: bytes) -> None:
    with pytest.raises(BadInputError, match="damaged"):
        read_header(toy(tmp_path / "odd.gguf", [*PAIRS, odd]))


def test_a_tensor_of_millions_of_dimensions_is_told_at_once(tmp_path: Path) -> None:
    path = toy(tmp_path / "odd.gguf", tensors=bytes(2**22))
    content = bytearray(path.read_bytes())
    begins = content.index(b"weight") + len(b"weight")
    content[begins : begins + 4] = b"\xff\xff\x03\0"
    path.write_bytes(bytes(content))
    with pytest.raises(BadInputError, match="a tensor of 262,143 dimensions"):
        read_header(path)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_is_an_error_of_ours_or_harmless(
    tmp_path: Path, data: st.DataObject
) -> None:
    path = toy(tmp_path / "toy.gguf", tensors=bytes(16))
    content = bytearray(path.read_bytes())
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(0, len(content)))]
    for _ in range(data.draw(st.integers(0, 4))):
        if content:
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(content))
    try:
        header = read_header(path)
    except QwqError as error:
        assert str(path) in str(error)  # noqa: PT017 - it may as well read it
    else:
        assert header.size_bytes == len(content)


def test_a_token_number_out_of_range_is_no_token(tmp_path: Path) -> None:
    pairs = [*PAIRS[:4], pair("tokenizer.ggml.bos_token_id", 4, b"\xff\xff\0\0")]
    assert read_header(toy(tmp_path / "odd.gguf", pairs)).bos == ""


def test_a_name_of_another_kind_is_no_surprise(tmp_path: Path) -> None:
    header = read_header(toy(tmp_path / "t.gguf", [pair("general.name", STRING, text("方块"))]))
    assert header.name == "方块"
