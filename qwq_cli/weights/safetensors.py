"""The headers of safetensors files: which tensors there are, of what shape, and how many bytes.

Knows the frame of the format: eight bytes of length, a JSON table, then the tensors. Reads no
tensor and needs no package for it.

Source of the layout: the README of huggingface/safetensors.
"""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from qwq_cli.errors import BadInputError, NotFoundError

LONGEST_HEADER = 100_000_000
"""Bytes; the reference implementation refuses a longer one."""
AGAIN = "pull or copy it again"
_PREFIX = struct.Struct("<Q")


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor of a file, by its header."""

    dtype: str
    shape: tuple[int, ...]
    size_bytes: int

    @property
    def count(self) -> int:
        """How many values it has."""
        return prod(self.shape)


def read_tensors(file: Path) -> dict[str, Tensor]:
    """Every tensor of the file by name.

    Raises NotFoundError where it is not there, BadInputError for what is no whole safetensors
    file; a GGUF file or an LFS pointer under that name is told as what it is.
    """
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            prefix = stream.read(_PREFIX.size)
            _refuse_others(file, prefix)
            (length,) = _PREFIX.unpack(prefix)
            if length > min(LONGEST_HEADER, size):
                raise _damaged(file, "its header makes no sense")
            table = json.loads(stream.read(length))
    except FileNotFoundError as error:
        raise NotFoundError(f"no such model file: {file}") from error
    except OSError as error:
        raise BadInputError(f"can't read {file}", error.strerror or str(error)) from error
    except (struct.error, ValueError, RecursionError) as error:
        raise _damaged(file, "it has no safetensors header") from error
    return _checked(file, table, size - _PREFIX.size - length)


def _refuse_others(file: Path, prefix: bytes) -> None:
    if prefix.startswith(b"GGUF"):
        raise BadInputError(
            f"{file} is a GGUF file under another name", "", "rename it to end in .gguf"
        )
    if prefix == b"version ":
        raise _damaged(file, "it is a Git LFS pointer, not the file itself")


def _checked(file: Path, table: object, data_bytes: int) -> dict[str, Tensor]:
    """The tensors of a header, which must all lie within the bytes that follow it."""
    if not isinstance(table, dict):
        raise _damaged(file, "its header holds no table")
    tensors: dict[str, Tensor] = {}
    needed = 0
    for name, entry in table.items():
        if name == "__metadata__":
            continue
        try:
            begin, end = map(int, entry["data_offsets"])
            shape = tuple(map(int, entry["shape"]))
            tensors[name] = Tensor(str(entry["dtype"]), shape, end - begin)
        except (LookupError, TypeError, ValueError) as error:
            raise _damaged(file, f"its header says nothing sensible of '{name}'") from error
        if not 0 <= begin <= end:
            raise _damaged(file, f"'{name}' ends before it begins")
        needed = max(needed, end)
    if needed > data_bytes:
        raise _damaged(file, f"{needed - data_bytes:,} bytes are missing at its end")
    return tensors


def read_json(file: Path) -> Mapping[str, Any]:
    """A table of settings beside the weights; raises NotFoundError and BadInputError."""
    try:
        table = json.loads(file.read_bytes())
    except FileNotFoundError as error:
        raise NotFoundError(f"{file.parent} has no {file.name}", "", AGAIN) from error
    except OSError as error:
        raise BadInputError(f"can't read {file}", error.strerror or str(error)) from error
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"{file} is damaged", "it is no JSON", AGAIN) from error
    if not isinstance(table, dict):
        raise BadInputError(f"{file} is damaged", "it holds no table of settings", AGAIN)
    return table


def _damaged(file: Path, why: str) -> BadInputError:
    return BadInputError(f"{file} is a damaged safetensors file", why, AGAIN)
