"""Small GGUF files of which llama.cpp says a text that a test chooses.

Knows the format and llama.cpp's names of tensors. Does not know how a chain of tokens is made.

The architecture is Llama's with one block that adds nothing, the tokeniser RWKV's: the only one
whose vocabulary can spell the same text in many ways.
"""

import struct
from collections.abc import Sequence
from pathlib import Path

from tests.engines import ggufs
from tests.engines.chains import (
    CHATML,
    END_ID,
    GAP,
    THINKING,
    WIDTH,
    Chain,
    Kind,
    spelled,
)

__all__ = ["CHATML", "THINKING", "Chain", "saying"]

_KINDS = {Kind.NORMAL: 1, Kind.CONTROL: 3, Kind.ADDED: 4}
_F32, _F16 = 0, 1
_ALIGNMENT = 32


def saying(
    path: Path,
    text: str | Sequence[str] | Chain,
    *,
    forever: bool = False,
    template: str = CHATML,
    context: int = 32_768,
) -> Path:
    """Write a model that says `text` to every prompt, at any temperature that is in use.

    `forever`: it says it again and again. A `Chain` may say more than one text. With the template
    THINKING the text is a thought up to its `</think>`. `context`: tokens that the model was
    trained for.
    """
    chain = text if isinstance(text, Chain) else Chain(text, forever=forever)
    pairs = [*_model(context), *_vocabulary(chain), _string("tokenizer.chat_template", template)]
    tensors = _tensors(chain)
    head = [b"GGUF", struct.pack("<IQQ", 3, len(tensors), len(pairs)), *pairs]
    at, data = 0, []
    for name, (shape, kind, values) in tensors.items():
        head.append(ggufs.text(name) + struct.pack(f"<I{len(shape)}Q", len(shape), *shape))
        head.append(struct.pack("<IQ", kind, at))
        data.append(values + b"\0" * (-len(values) % _ALIGNMENT))
        at += len(data[-1])
    written = b"".join(head)
    path.write_bytes(written + b"\0" * (-len(written) % _ALIGNMENT) + b"".join(data))
    return path


def _string(key: str, value: str) -> bytes:
    return ggufs.pair(key, ggufs.STRING, ggufs.text(value))


def _number(key: str, value: int) -> bytes:
    return ggufs.pair(key, ggufs.U32, struct.pack("<I", value))


def _model(context: int) -> list[bytes]:
    return [
        _string("general.architecture", "llama"),
        _string("general.name", "A model that says one text"),
        _number("llama.context_length", context),
        _number("llama.block_count", 1),
        _number("llama.embedding_length", WIDTH),
        _number("llama.feed_forward_length", WIDTH),
        _number("llama.attention.head_count", 1),
        _number("llama.attention.head_count_kv", 1),
        ggufs.pair("llama.attention.layer_norm_rms_epsilon", ggufs.FLOAT, struct.pack("<f", 1e-6)),
    ]


def _vocabulary(chain: Chain) -> list[bytes]:
    kinds = [_KINDS[entry.kind] for entry in chain.entries]
    return [
        _string("tokenizer.ggml.model", "rwkv"),
        ggufs.pair(
            "tokenizer.ggml.tokens", ggufs.ARRAY, ggufs.strings([*map(spelled, chain.entries)])
        ),
        ggufs.pair("tokenizer.ggml.token_type", ggufs.ARRAY, ggufs.numbers(kinds)),
        _number("tokenizer.ggml.eos_token_id", END_ID),
        ggufs.pair("tokenizer.ggml.add_bos_token", ggufs.BOOL, b"\0"),
    ]


def _tensors(chain: Chain) -> dict[str, tuple[tuple[int, ...], int, bytes]]:
    """The shape, kind and values of each tensor. The block's matrices are zero."""
    zero = (WIDTH, WIDTH), _F16, bytes(WIDTH * WIDTH * 2)
    words = WIDTH, len(chain.entries)
    matrices = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
    return {
        "token_embd.weight": (words, _F16, chain.embeddings()),
        "output.weight": (words, _F16, chain.heads()),
        "output_norm.weight": _norm(GAP),
        "blk.0.attn_norm.weight": _norm(1),
        "blk.0.ffn_norm.weight": _norm(1),
        **{f"blk.0.{name}.weight": zero for name in matrices},
    }


def _norm(scale: float) -> tuple[tuple[int, ...], int, bytes]:
    return (WIDTH,), _F32, struct.pack(f"<{WIDTH}f", *[scale] * WIDTH)
