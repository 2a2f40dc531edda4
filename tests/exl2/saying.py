"""Small model folders of which ExLlamaV2 says a text that a test chooses.

Knows the files of a Qwen2 checkpoint. Does not know how a chain of tokens is made, nor a library:
the folder can be written where ExLlamaV2 and torch are missing.
"""

import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from qwq_cli.engines.exllama.vocabulary import _byte_level
from tests.engines.chains import (
    CHATML,
    END,
    END_ID,
    GAP,
    THINKING,
    WIDTH,
    Chain,
    Entry,
    Kind,
)

__all__ = ["CHATML", "THINKING", "Chain", "saying"]

_FIRST_PRIVATE = 0xF0000
"""A character that stands for no byte, so it tells copies of a piece apart and says nothing."""


def saying(
    path: Path,
    text: str | Sequence[str] | Chain,
    *,
    forever: bool = False,
    template: str = CHATML,
    context: int = 32_768,
) -> Path:
    """Write a folder with a model that says `text`, like the GGUF file of the same name."""
    chain = text if isinstance(text, Chain) else Chain(text, forever=forever)
    path.mkdir(exist_ok=True)
    files = {
        "config.json": _config(len(chain.entries), context),
        "tokenizer.json": _tokenizer(chain),
        "tokenizer_config.json": {
            "tokenizer_class": "Qwen2Tokenizer",
            "eos_token": END,
            "chat_template": template,
        },
    }
    for name, content in files.items():
        (path / name).write_text(json.dumps(content), "utf-8")
    (path / "model.safetensors").write_bytes(_safetensors(_tensors(chain)))
    return path


def _config(tokens: int, context: int) -> dict[str, Any]:
    return {
        "architectures": ["Qwen2ForCausalLM"],
        "model_type": "qwen2",
        "hidden_size": WIDTH,
        "intermediate_size": WIDTH,
        "num_hidden_layers": 1,
        "num_attention_heads": 1,
        "num_key_value_heads": 1,
        "head_dim": WIDTH,
        "vocab_size": tokens,
        "hidden_act": "silu",
        "rms_norm_eps": 1e-6,
        "rope_theta": 10_000.0,
        "max_position_embeddings": context,
        "tie_word_embeddings": False,
        "bos_token_id": 0,
        "eos_token_id": END_ID,
        "torch_dtype": "float16",
    }


def _tokenizer(chain: Chain) -> dict[str, Any]:
    """Byte-level BPE without merges: every text is read byte by byte."""
    chars = {byte: char for char, byte in _byte_level().items()}
    level = {
        "type": "ByteLevel",
        "add_prefix_space": False,
        "trim_offsets": False,
        "use_regex": False,
    }
    added = [
        {
            "id": number,
            "content": entry.text.decode(),
            "special": entry.kind is Kind.CONTROL,
            **dict.fromkeys(("lstrip", "rstrip", "normalized", "single_word"), False),
        }
        for number, entry in enumerate(chain.entries)
        if entry.kind is not Kind.NORMAL
    ]
    # (A token that is added and not in the vocabulary would get another id.)
    vocabulary = {_spelled(entry, chars): number for number, entry in enumerate(chain.entries)}
    return {
        "version": "1.0",
        "added_tokens": added,
        "pre_tokenizer": level,
        "decoder": level,
        "model": {"type": "BPE", "vocab": vocabulary, "merges": []},
    }


def _spelled(entry: Entry, chars: Mapping[int, str]) -> str:
    if entry.kind is not Kind.NORMAL:
        return entry.text.decode()
    shown = "".join(chars[byte] for byte in entry.text)
    return shown + chr(_FIRST_PRIVATE + entry.copy) if entry.copy else shown


def _tensors(chain: Chain) -> dict[str, tuple[tuple[int, ...], bytes]]:
    """The shape and the float16 values of each tensor. The block's matrices are zero."""
    words = len(chain.entries), WIDTH
    attention = {f"self_attn.{kind}_proj.weight": _zero(WIDTH, WIDTH) for kind in "qkvo"}
    biases = {f"self_attn.{kind}_proj.bias": _zero(WIDTH) for kind in "qkv"}
    mlp = {f"mlp.{kind}_proj.weight": _zero(WIDTH, WIDTH) for kind in ("gate", "up", "down")}
    norms = {f"{name}_layernorm.weight": _norm(1) for name in ("input", "post_attention")}
    block = {**attention, **biases, **mlp, **norms}
    return {
        "model.embed_tokens.weight": (words, chain.embeddings()),
        "lm_head.weight": (words, chain.heads()),
        "model.norm.weight": _norm(GAP),
        **{f"model.layers.0.{name}": tensor for name, tensor in block.items()},
    }


def _zero(*shape: int) -> tuple[tuple[int, ...], bytes]:
    return shape, bytes(2 * WIDTH ** len(shape))


def _norm(scale: float) -> tuple[tuple[int, ...], bytes]:
    return (WIDTH,), struct.pack(f"<{WIDTH}e", *[scale] * WIDTH)


def _safetensors(tensors: dict[str, tuple[tuple[int, ...], bytes]]) -> bytes:
    at, header = 0, {}
    for name, (shape, values) in tensors.items():
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [at, at + len(values)]}
        at += len(values)
    told = json.dumps(header).encode()
    told += b" " * (-len(told) % 8)
    return struct.pack("<Q", len(told)) + told + b"".join(data for _, data in tensors.values())
