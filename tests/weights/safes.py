"""Small folders of safetensors made to order. Knows the formats; no model in them can run."""

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qwq_cli.weights.shape import Shape

SIZES = {"F16": 2, "I32": 4, "I16": 2}


def write(file: Path, tensors: Mapping[str, tuple[str, tuple[int, ...]]]) -> Path:
    """A safetensors file with these tensors, all zeros."""
    table: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, (dtype, shape) in tensors.items():
        size = SIZES[dtype]
        for length in shape:
            size *= length
        table[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + size]}
        at += size
    header = json.dumps(table).encode()
    file.write_bytes(struct.pack("<Q", len(header)) + header + bytes(at))
    return file


SMALL = Shape(2, 64, 4, 2, 16, 128, 320, 4096)
CONFIG = {
    "architectures": ["Qwen2ForCausalLM"],
    "num_hidden_layers": 2,
    "hidden_size": 64,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 128,
    "vocab_size": 320,
    "max_position_embeddings": 4096,
    "quantization_config": {"quant_method": "exl2", "version": "0.3.2", "bits": 4.0},
}


def matrices(layer: int) -> dict[str, tuple[int, int]]:
    """The matrices of one layer of SMALL: (inputs, outputs)."""
    return {
        f"model.layers.{layer}.{name}": size
        for name, size in {
            "self_attn.q_proj": (64, 64),
            "self_attn.k_proj": (64, 32),
            "self_attn.v_proj": (64, 32),
            "self_attn.o_proj": (64, 64),
            "mlp.gate_proj": (64, 128),
            "mlp.up_proj": (64, 128),
            "mlp.down_proj": (128, 64),
        }.items()
    }


def exl2(folder: Path, *, bits: int = 4, head: bool = True) -> Path:
    """A folder of EXL2 weights of SMALL's shape, with all files that a model needs."""
    folder.mkdir(parents=True, exist_ok=True)
    linears = matrices(0) | matrices(1) | ({"lm_head": (64, 320)} if head else {})
    tensors: dict[str, tuple[str, tuple[int, ...]]] = {
        "model.embed_tokens.weight": ("F16", (320, 64)),
        "model.norm.weight": ("F16", (64,)),
    }
    for name, (rows, columns) in linears.items():
        tensors[f"{name}.q_weight"] = ("I32", (rows * bits // 32, columns))
        tensors[f"{name}.q_invperm"] = ("I32", (rows,))
    write(folder / "output.safetensors", tensors)
    (folder / "config.json").write_text(json.dumps(CONFIG), "utf-8")
    (folder / "tokenizer.json").write_text("{}", "utf-8")
    template = json.dumps({"chat_template": "{{ messages }}", "eos_token": "</s>"})
    (folder / "tokenizer_config.json").write_text(template, "utf-8")
    return folder
