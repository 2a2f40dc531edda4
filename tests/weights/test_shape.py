"""A model's shape and weight, from files made to order, whole and damaged."""

import json
import shutil
from pathlib import Path

import pytest

from qwq_cli.errors import BadInputError, NotFoundError
from qwq_cli.weights.safetensors import read_tensors
from qwq_cli.weights.shape import facts_at, read_facts, shape_of
from tests.weights.safes import CONFIG, SMALL, exl2


def test_a_folder_is_weighed_by_its_headers(tmp_path: Path) -> None:
    facts = read_facts(exl2(tmp_path / "small"))
    assert facts.shape == SMALL
    assert facts.host_bytes == 320 * 64 * 2
    rows = 2 * (6 * 64 + 128) + 64
    assert facts.card_bytes == (SMALL.layer_weights + SMALL.head_weights) // 2 + 4 * rows + 128
    assert 4 < facts.bits < 4.5
    assert facts.measured


def test_an_estimate_is_near_what_files_say(tmp_path: Path) -> None:
    measured = read_facts(exl2(tmp_path / "small"))
    estimated = facts_at("small", SMALL, 4.0, head_bits=4.0)
    assert estimated.card_bytes == pytest.approx(measured.card_bytes, rel=0.01)
    assert not estimated.measured


def test_a_tied_output_layer_is_on_the_card_too(tmp_path: Path) -> None:
    tied = read_facts(exl2(tmp_path / "tied", head=False))
    apart = read_facts(exl2(tmp_path / "apart"))
    head = SMALL.head_weights // 2 + 4 * SMALL.hidden
    assert tied.card_bytes == apart.card_bytes - head + tied.host_bytes


def test_weights_in_several_files_add_up(tmp_path: Path) -> None:
    one = read_facts(exl2(tmp_path / "one"))
    two = exl2(tmp_path / "two")
    shutil.move(two / "output.safetensors", two / "output-00001-of-00002.safetensors")
    shutil.move(exl2(tmp_path / "x") / "output.safetensors", two / "b.safetensors")
    assert read_facts(two).card_bytes == one.card_bytes


@pytest.mark.parametrize("keep", [0, 4, 8, 100, -1])
def test_a_truncated_file_is_told(tmp_path: Path, keep: int) -> None:
    file = exl2(tmp_path / "cut") / "output.safetensors"
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(BadInputError, match=r"output\.safetensors is a damaged .*again"):
        read_facts(file.parent)


def test_what_is_missing_is_counted(tmp_path: Path) -> None:
    file = exl2(tmp_path / "cut") / "output.safetensors"
    file.write_bytes(file.read_bytes()[:-1234])
    with pytest.raises(BadInputError, match="1,234 bytes are missing at its end"):
        read_facts(file.parent)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"GGUF\3\0\0\0" + bytes(64), "a GGUF file under another name"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "a Git LFS pointer"),
        (b"\xff" * 64, "its header makes no sense"),
        (b"\2" + bytes(7) + b"[]" + bytes(9), "its header holds no table"),
        (b"\x08" + bytes(7) + b'{"a":{}}', "nothing sensible of 'a'"),
        (b"\x02" + bytes(7) + b"{]", "no safetensors header"),
    ],
)
def test_other_files_under_its_name(tmp_path: Path, data: bytes, says: str) -> None:
    file = tmp_path / "model.safetensors"
    file.write_bytes(data)
    with pytest.raises(BadInputError, match=says):
        read_tensors(file)


def test_a_folder_that_lacks_something(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no such model folder"):
        read_facts(tmp_path / "none")
    with pytest.raises(NotFoundError, match=r"has no config\.json"):
        read_facts(tmp_path)
    folder = exl2(tmp_path / "bare")
    (folder / "output.safetensors").unlink()
    with pytest.raises(NotFoundError, match="has no weights"):
        read_facts(folder)
    (folder / "config.json").write_text('{"a": ', "utf-8")
    with pytest.raises(BadInputError, match=r"config\.json is damaged: it is no JSON"):
        read_facts(folder)
    (folder / "config.json").write_text("[]", "utf-8")
    with pytest.raises(BadInputError, match="it holds no table"):
        read_facts(folder)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("hidden_size", None, "hidden_size is missing"),
        ("num_hidden_layers", 0, "num_hidden_layers is no whole number"),
        ("vocab_size", "many", "vocab_size is no whole number"),
        ("num_attention_heads", True, "num_attention_heads is no whole number"),
    ],
)
def test_sizes_that_make_no_sense(key: str, value: object, says: str) -> None:
    with pytest.raises(BadInputError, match=says):
        shape_of(CONFIG | {key: value}, Path("m"))


def test_what_config_may_leave_out() -> None:
    config = json.loads(json.dumps(CONFIG))
    del config["num_key_value_heads"]
    shape = shape_of(config | {"head_dim": 128, "tie_word_embeddings": True}, Path("m"))
    assert (shape.kv_heads, shape.head_dim, shape.tied) == (4, 128, True)
