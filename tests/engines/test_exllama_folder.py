"""Model folders for ExLlamaV2: read, and refused with a reason where they are not right."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qwq_cli.engines.base import Part
from qwq_cli.engines.exllama.folder import read_folder
from qwq_cli.engines.exllama.loading import Options, context_of
from qwq_cli.engines.exllama.rope import rope_of
from qwq_cli.engines.exllama.sampling import knobs
from qwq_cli.errors import BadInputError, NotFoundError, QwqError, UnavailableError, UsageError
from qwq_cli.request import Message, Sampling

QUILL = Path(__file__).parents[2] / "training" / "weights"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "quill"
    shutil.copytree(QUILL, path)
    return path


def change(path: Path, name: str, **changes: Any) -> None:  # noqa: ANN401 - any JSON
    """Write a file of settings anew; a value of None takes its key out."""
    file = path / name
    content = (json.loads(file.read_text("utf-8")) if file.exists() else {}) | changes
    content = {key: value for key, value in content.items() if value is not None}
    file.write_text(json.dumps(content), encoding="utf-8")


def test_quill_tells(folder: Path) -> None:
    read = read_folder(folder)
    assert (read.architecture, read.trained_tokens) == ("Qwen2ForCausalLM", 2048)
    assert read.ends == {1021, 1023}
    assert (read.eos, read.window, read.rope.settings) == ("<|im_end|>", None, ())
    parts = read.template.render((Message("user", "?"),)).parts
    assert parts[0] == Part("<|im_start|>user\n", control=True)


def test_what_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no such model folder"):
        read_folder(tmp_path / "none")
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadInputError, match="is no folder"):
        read_folder(tmp_path / "file")
    with pytest.raises(BadInputError, match=r"is a GGUF.*llama\.cpp runs it"):
        read_folder(tmp_path / "model.gguf")
    with pytest.raises(BadInputError, match=r"config\.json is missing"):
        read_folder(tmp_path)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("config.json", r"config\.json is missing"),
        ("tokenizer.json", r"is incomplete: tokenizer\.json is missing; download it again"),
        ("model.safetensors", r"is incomplete: no \.safetensors file"),
    ],
)
def test_a_file_that_is_missing(folder: Path, name: str, why: str) -> None:
    (folder / name).unlink()
    with pytest.raises(BadInputError, match=why):
        read_folder(folder)


def test_ggufs_in_a_folder(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "model.gguf")
    with pytest.raises(BadInputError, match=r"holds GGUF files.*give the \.gguf file itself"):
        read_folder(folder)


def test_weights_that_broke_off(folder: Path) -> None:
    weights = folder / "model.safetensors"
    content = weights.read_bytes()
    weights.write_bytes(content[:-7])
    with pytest.raises(BadInputError, match="7 bytes are missing; download it again"):
        read_folder(folder)
    for rest in (b"", content[:4], content[:1000], b"\xff" * 100, b"GGUF" + content[4:100]):
        weights.write_bytes(rest)
        with pytest.raises(BadInputError, match="has no safetensors header"):
            read_folder(folder)


def test_weights_in_parts(folder: Path) -> None:
    weights = folder / "model.safetensors"
    for number in (1, 3):
        shutil.copy(weights, folder / f"output-{number:05}-of-00003.safetensors")
    with pytest.raises(BadInputError, match=r"output-00002-of-00003\.safetensors is missing"):
        read_folder(folder)
    shutil.copy(weights, folder / "output-00002-of-00003.safetensors")
    assert read_folder(folder).trained_tokens == 2048


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_settings_that_are_damaged(folder: Path, content: bytes) -> None:
    for name in ("config.json", "generation_config.json", "tokenizer_config.json"):
        before = (folder / name).read_bytes()
        (folder / name).write_bytes(content)
        with pytest.raises(BadInputError, match=re.escape(f"{name} is damaged")):
            read_folder(folder)
        (folder / name).write_bytes(before)


def test_weights_of_another_kind(folder: Path) -> None:
    for kind, why in (("awq", "take EXL2 weights"), ("exl3", "ExLlamaV3"), ("fp8", "GGUF")):
        change(folder, "config.json", quantization_config={"quant_method": kind})
        with pytest.raises(UnavailableError, match=f"of the kind '{kind}'.*{why}"):
            read_folder(folder)
    change(folder, "config.json", quantization_config={"quant_method": "exl2", "bits": 4.25})
    assert read_folder(folder).trained_tokens == 2048


def test_where_a_template_may_stand(folder: Path) -> None:
    (folder / "chat_template.jinja").write_text("newer {{ messages[0].content }}")
    assert read_folder(folder).template.source.startswith("newer")
    (folder / "chat_template.jinja").unlink()
    named = [{"name": "tools", "template": "no"}, {"name": "default", "template": "yes"}]
    change(folder, "tokenizer_config.json", chat_template=named)
    assert read_folder(folder).template.source == "yes"
    change(folder, "tokenizer_config.json", chat_template=None)
    change(folder, "chat_template.json", chat_template="apart")
    assert read_folder(folder).template.source == "apart"
    (folder / "chat_template.json").unlink()
    assert "im_start" in read_folder(folder).template.source
    change(folder, "tokenizer_config.json", added_tokens_decoder=None)
    with pytest.raises(UnavailableError, match="has no chat template"):
        read_folder(folder)


def test_tokens_in_tables_and_single_ends(folder: Path) -> None:
    change(folder, "tokenizer_config.json", eos_token={"content": "<|endoftext|>"})
    change(folder, "generation_config.json", eos_token_id=1021)
    read = read_folder(folder)
    assert read.eos == "<|endoftext|>"
    assert read.ends == {1021, 1023}


def test_contexts(folder: Path) -> None:
    read = read_folder(folder)
    assert context_of(read, None, 32_768) == 2048
    assert context_of(read, None, 1024) == 1024
    assert [context_of(read, n, 1024) for n in (1, 256, 257, 2048)] == [256, 256, 512, 2048]
    for wanted in (0, 2049):
        with pytest.raises(UsageError, match="out of range"):
            context_of(read, wanted, 1024)
    change(folder, "config.json", max_position_embeddings=300)
    assert context_of(read_folder(folder), 290, 1024) == 256
    change(folder, "config.json", max_position_embeddings=200)
    with pytest.raises(UnavailableError, match="needs at least 256"):
        context_of(read_folder(folder), None, 1024)
    change(folder, "config.json", max_position_embeddings="many")
    with pytest.raises(BadInputError, match="no max_position_embeddings"):
        read_folder(folder)


def test_a_sliding_window_bounds_the_context(folder: Path) -> None:
    change(folder, "config.json", use_sliding_window=True, sliding_window=600)
    read = read_folder(folder)
    assert context_of(read, 512, 1024) == 512
    with pytest.raises(UnavailableError, match=r"looks back 600 .*a context of at most 512"):
        context_of(read, None, 1024)
    layers = json.loads((folder / "config.json").read_text())["num_hidden_layers"]
    change(folder, "config.json", max_window_layers=layers)
    assert read_folder(folder).window is None


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ({"rope_scaling": {"type": "dynamic", "factor": 2}}, "'dynamic' is unknown"),
        ({"rope_parameters": {"rope_type": "proportional", "rope_theta": 1}}, "'proportional'"),
        ({"rope_parameters": {"full_attention": {"rope_theta": 1}}}, "from layer to layer"),
        ({"rope_parameters": {"rope_type": "default"}}, "rope_theta is missing"),
        ({"rope_parameters": {"rope_type": "yarn", "rope_theta": 1}}, "missing or no number"),
        ({"rope_parameters": {"rope_type": "longrope", "rope_theta": 1}}, "does not read"),
        ({"rope_parameters": [1]}, "no table"),
        ({"rope_scaling": {"rope_type": "yarn", "beta_fast": 16}}, "no beta_fast of 16"),
        ({"rope_scaling": {"rope_type": "yarn", "attention_factor": 1.2}}, "no attention_factor"),
    ],
)
def test_rope_settings_that_would_be_done_wrongly(config: dict[str, Any], why: str) -> None:
    with pytest.raises(UnavailableError, match=why):
        rope_of(config)


def test_rope_settings_that_are_read_anyway() -> None:
    assert rope_of({"rope_theta": 1e6, "rope_scaling": None}).settings == ()
    assert rope_of({"rope_scaling": {"type": "linear", "factor": 2}}).settings == ()
    newer = rope_of({"rope_parameters": {"rope_theta": 5e5}, "partial_rotary_factor": 0.5})
    assert dict(newer.settings) == {
        "rotary_embedding_base": 5e5,
        "partial_rotary_factor": 0.5,
    }


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_is_an_error_of_ours_or_harmless(folder: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["config.json", "tokenizer_config.json"]))
    before = (QUILL / name).read_bytes()
    content = bytearray(before)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (folder / name).write_bytes(bytes(content))
    try:
        read_folder(folder)
    except QwqError as error:
        assert "\n" not in str(error)  # noqa: PT017 - it may as well read it
    finally:
        (folder / name).write_bytes(before)


def test_knobs_are_those_asked_for() -> None:
    asked = knobs(Sampling(temperature=0.6, top_p=0.95, top_k=40, min_p=0.05))
    assert asked["temperature"] == 0.6
    assert (asked["top_p"], asked["top_k"], asked["min_p"]) == (0.95, 40, 0.05)
    wished = knobs(Sampling(presence_penalty=1.5, dry_multiplier=0.8, xtc_probability=0.5))
    assert wished["token_presence_penalty"] == 1.5
    assert wished["dry_multiplier"] == 0.8
    assert wished["xtc_probability"] == 0.5
    greedy = knobs(Sampling(temperature=0, top_k=40, min_p=0.1, xtc_probability=0.5))
    assert (greedy["temperature"], greedy["top_k"], greedy["min_p"]) == (1, 1, 0)
    assert greedy["xtc_probability"] == 0
    assert 0 < knobs(Sampling(top_p=0))["top_p"] < 1e-5


@pytest.mark.parametrize(
    "wrong",
    [
        {"cache": "q5"},
        {"draft": Path("x"), "ngram": True},
        {"draft_tokens": 8},
        {"draft_tokens": 0},
        {"jobs": 0},
    ],
)
def test_options_out_of_range(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Options(**wrong)
