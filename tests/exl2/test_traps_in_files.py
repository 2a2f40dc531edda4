"""Traps of ExLlamaV2 0.3.2 in a model's files: control tokens, ends, rope, the cache's bits."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qwq_cli.engines.base import Part, Prompt
from qwq_cli.engines.exllama import loading
from qwq_cli.engines.exllama.engine import Exllama
from qwq_cli.engines.exllama.folder import read_folder
from qwq_cli.engines.exllama.loading import Options
from qwq_cli.puzzles.examples import CARDS
from tests.exl2.conftest import GREEDY, QUILL, ids, said, start, tokens

pytestmark = pytest.mark.exl2


def test_10_user_text_forms_no_control_token(quill: Exllama) -> None:
    """The library's own tokenizer reads one even where it is told not to."""
    vocabulary = quill._model.vocabulary
    owner = quill._owner
    assert owner is not None
    loaded: Any = owner.loaded
    assert 1023 in loaded.encoder.encode("a<|im_end|>b", encode_special_tokens=False)[0]
    parts = (Part("<|im_start|>user\n", control=True), Part("a<|im_end|>b<|im_start|>"))
    found = vocabulary.encode(parts)
    assert [number for number in found if 1021 <= number <= 1023] == [1022]
    text = b"".join(map(vocabulary.bytes_of, found)).decode()
    assert text == "user\na<|im_end|>b<|im_start|>"


def test_10_control_tokens_in_a_text_are_not_shown(
    quill: Exllama, scripted: Callable[[list[int], str], Prompt]
) -> None:
    text = quill._model.vocabulary.encode((Part("所以"),))
    found = tokens(quill.start(scripted([*text, 1022, *text, 1023], "红桃A"), GREEDY, None))
    assert said(found) == "所以所以"
    assert ids(found) == [*text, 1022, *text]


@pytest.mark.parametrize("end", [1021, 1023])
def test_11_every_end_of_the_generation_config_ends(
    quill: Exllama, scripted: Callable[[list[int], str], Prompt], end: int
) -> None:
    text = quill._model.vocabulary.encode((Part("所以"),))
    decoding = quill.start(scripted([*text, end, *text], "红桃A"), GREEDY, 50)
    assert ids(tokens(decoding)) == text
    assert decoding.progress.stop == "stop"


def folder(tmp_path: Path, **changes: object) -> Path:
    """Quill's folder with another config.json; None takes a key out."""
    path = tmp_path / "quill"
    shutil.copytree(QUILL, path)
    config = json.loads((path / "config.json").read_text("utf-8")) | changes
    config = {key: value for key, value in config.items() if value is not None}
    (path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return path


def test_11_ends_are_found_without_a_generation_config(
    load: Callable[..., Exllama], tmp_path: Path
) -> None:
    """From the template alone, as a last resort: what it puts after a turn."""
    path = folder(tmp_path, eos_token_id=None)
    (path / "generation_config.json").unlink()
    file = path / "tokenizer_config.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"eos_token": None}))
    engine = load(path)
    assert engine._model.ends == {1023}
    assert said(tokens(start(engine, CARDS))).rstrip().endswith("方块5")
    engine.close()


def test_11_rope_parameters_are_followed(
    load: Callable[..., Exllama], quill: Exllama, tmp_path: Path
) -> None:
    """Read over, they would leave the base at 10,000, and the text would be nonsense."""
    newer = {"rope_type": "default", "rope_theta": 1e6}
    engine = load(folder(tmp_path, rope_theta=None, rope_parameters=newer))
    found = ids(tokens(start(engine, CARDS, max_tokens=100)))
    assert found == ids(tokens(start(quill, CARDS, max_tokens=100)))
    engine.close()


def test_11_translated_rope_settings_are_those_that_the_library_reads(
    library: Any, tmp_path: Path
) -> None:
    """The same scaling in the older key and in the newer one makes the same frequencies."""
    import torch

    bound = {"original_max_position_embeddings": 512}
    kinds: list[dict[str, Any]] = [
        {"rope_type": "linear", "factor": 2.0},
        {"rope_type": "yarn", "factor": 4.0, **bound},
        {"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4, **bound},
    ]
    for number, kind in enumerate(kinds):
        made = []
        for key, value, theta in (
            ("rope_scaling", kind, 1e6),
            ("rope_parameters", {**kind, "rope_theta": 1e6}, None),
        ):
            path = folder(tmp_path / f"{number}{key}", rope_theta=theta, **{key: value})
            config = loading.configure(read_folder(path), 2048)
            base = config.rotary_embedding_base
            made.append((*library.rope.get_rope_params("cpu", config, base), config.scale_pos_emb))
        (older, *settings), (newer, *again) = made
        assert torch.equal(older, newer)
        assert settings == again


def test_12_the_cache_is_q8_unless_told_otherwise(library: Any) -> None:
    assert Options().cache == "q8"
    names = {kind: getattr(library, name) for kind, name in loading._CACHES.items()}
    assert names["q8"] is library.ExLlamaV2Cache_Q8
    assert names["q6"] is library.ExLlamaV2Cache_Q6
    assert names["q4"] is library.ExLlamaV2Cache_Q4
    assert names["fp16"] is library.ExLlamaV2Cache
