"""Small GGUF files made to order. Knows the format; no model in them can run."""

import struct
from collections.abc import Sequence
from pathlib import Path

STRING, ARRAY, U32, I32, BOOL, FLOAT = 8, 9, 4, 5, 7, 6


def text(value: str | bytes) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(data)) + data


def strings(values: Sequence[str | bytes]) -> bytes:
    return struct.pack("<IQ", STRING, len(values)) + b"".join(map(text, values))


def numbers(values: list[int]) -> bytes:
    return struct.pack(f"<IQ{len(values)}i", I32, len(values), *values)


def pair(key: str, kind: int, value: bytes) -> bytes:
    return text(key) + struct.pack("<I", kind) + value


PAIRS = [
    pair("general.architecture", STRING, text("toy")),
    pair("general.name", STRING, text("A toy")),
    pair("toy.context_length", U32, struct.pack("<I", 512)),
    pair("tokenizer.ggml.tokens", ARRAY, strings(["a", "<s>", "</s>", "  ", "<think>", "方"])),
    pair("tokenizer.ggml.token_type", ARRAY, numbers([1, 3, 3, 4, 4, 1])),
    pair("tokenizer.ggml.merges", ARRAY, strings(["a b", "c d"])),
    pair("tokenizer.ggml.bos_token_id", U32, struct.pack("<I", 1)),
    pair("tokenizer.ggml.eos_token_id", U32, struct.pack("<I", 2)),
    pair("tokenizer.ggml.add_bos_token", BOOL, b"\x01"),
    pair("tokenizer.chat_template", STRING, text("{{ messages }}")),
]


def toy(path: Path, pairs: list[bytes] = PAIRS, *, version: int = 3, tensors: bytes = b"") -> Path:
    """Write a GGUF file with these pairs and, with `tensors`, one F32 tensor of four weights."""
    count = 1 if tensors else 0
    head = b"GGUF" + struct.pack("<IQQ", version, count, len(pairs)) + b"".join(pairs)
    if tensors:
        head += text("weight") + struct.pack("<IQIQ", 1, 4, 0, 0)
        head += b"\0" * (-len(head) % 32)
    path.write_bytes(head + tensors)
    return path
