"""A model folder of random EXL2 weights in any shape: what a real one of that shape weighs.

Knows the names of a Qwen2 model's tensors, and the files beside them. Nothing that it says means
anything; how fast it says it, and in how much memory, is what the real one would show.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from benchmarks.gpu.exl2 import Span, random_matrix, spans_for
from benchmarks.measure import ROOT
from qwq_cli.weights.shape import Shape

QUILL = ROOT / "training" / "weights"
_SHARD_BYTES = 2 * 10**9
_NORM = 1e-6


def write_folder(  # noqa: PLR0913 - what a model is made of
    folder: Path,
    shape: Shape,
    bits: float,
    *,
    head_bits: int = 6,
    device: str = "cpu",
    seed: int = 0,
    on_layer: Callable[[int, int], None] | None = None,
) -> None:
    """Write it; `on_layer` is told of each layer that is done."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_settings(folder, shape, bits, head_bits)
    rng = torch.Generator(device).manual_seed(seed)
    shard: dict[str, Tensor] = {}
    files = 0

    def flush() -> None:
        nonlocal files
        files += 1
        save_file(shard, folder / f"output-{files:05}.safetensors", metadata={"format": "pt"})
        shard.clear()

    for layer, tensors in enumerate(_tensors(shape, bits, head_bits, rng)):
        shard |= {name: value.contiguous().cpu() for name, value in tensors.items()}
        if sum(value.nbytes for value in shard.values()) >= _SHARD_BYTES:
            flush()
        if on_layer is not None:
            on_layer(layer, shape.layers)
    if shard:
        flush()


def _tensors(
    shape: Shape, bits: float, head_bits: int, rng: torch.Generator
) -> Iterator[dict[str, Tensor]]:
    """What stands around the layers, then layer by layer."""
    size = (shape.vocab, shape.hidden)
    embedding = torch.randn(size, generator=rng, device=rng.device, dtype=torch.float32)
    group = 128 if shape.hidden % 128 == 0 else 32
    head = (Span(head_bits, shape.hidden, group),)
    yield {
        "model.embed_tokens.weight": embedding.half(),
        "model.norm.weight": _ones(shape),
        **_named("lm_head", random_matrix(shape.hidden, shape.vocab, head, rng)),
    }
    for layer in range(shape.layers):
        yield _layer(f"model.layers.{layer}", shape, bits, rng)


def _layer(prefix: str, shape: Shape, bits: float, rng: torch.Generator) -> dict[str, Tensor]:
    width, inner = shape.heads * shape.head_dim, shape.intermediate
    sizes = {
        "self_attn.q_proj": (shape.hidden, width),
        "self_attn.k_proj": (shape.hidden, shape.kv_width),
        "self_attn.v_proj": (shape.hidden, shape.kv_width),
        "self_attn.o_proj": (width, shape.hidden),
        "mlp.gate_proj": (shape.hidden, inner),
        "mlp.up_proj": (shape.hidden, inner),
        "mlp.down_proj": (inner, shape.hidden),
    }
    tensors: dict[str, Tensor] = {}
    for name, (rows, columns) in sizes.items():
        spans = spans_for(rows, columns, bits, 128 if rows % 128 == 0 else 32)
        matrix = random_matrix(rows, columns, spans, rng)
        if name.endswith(("q_proj", "k_proj", "v_proj")):  # (as Qwen2 has it)
            matrix["bias"] = torch.zeros(columns, dtype=torch.float16)
        tensors |= _named(f"{prefix}.{name}", matrix)
    for norm in ("input_layernorm", "post_attention_layernorm"):
        tensors[f"{prefix}.{norm}.weight"] = _ones(shape)
    return tensors


def _named(name: str, matrix: dict[str, Tensor]) -> dict[str, Tensor]:
    return {f"{name}.{end}": value for end, value in matrix.items()}


def _ones(shape: Shape) -> Tensor:
    return torch.ones(shape.hidden, dtype=torch.float16)


# ---------------------------------------------------------------------------- what lies beside it


def _write_settings(folder: Path, shape: Shape, bits: float, head_bits: int) -> None:
    config = _read(QUILL / "config.json") | {
        "hidden_size": shape.hidden,
        "intermediate_size": shape.intermediate,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.kv_heads,
        "head_dim": shape.head_dim,
        "vocab_size": shape.vocab,
        "rms_norm_eps": _NORM,
        "max_position_embeddings": shape.trained_tokens,
        "quantization_config": {
            "quant_method": "exl2",
            "version": "0.3.2",
            "bits": bits,
            "head_bits": head_bits,
        },
    }
    _write(folder / "config.json", config)
    for name in ("generation_config.json", "tokenizer_config.json"):
        shutil.copy(QUILL / name, folder / name)
    _write(folder / "tokenizer.json", _widened(_read(QUILL / "tokenizer.json"), shape.vocab))


def _widened(tokenizer: dict[str, Any], vocab: int) -> dict[str, Any]:
    """With a text for every id that the model may draw: upstream looks each of them up."""
    pieces = tokenizer["model"]["vocab"]
    taken = {*pieces.values(), *(token["id"] for token in tokenizer["added_tokens"])}
    pieces |= {f"Ġ{number}": number for number in range(vocab) if number not in taken}
    return tokenizer


def _read(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return content


def _write(file: Path, content: dict[str, Any]) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
