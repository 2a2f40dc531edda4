"""The header of a GGUF file: the model's name, template, limits and special tokens.

Knows the file format, versions 2 and 3, little-endian. Does not load a model, keeps no vocabulary
and needs no package for it: a header is read in milliseconds.

Source of the layout: the GGUF specification (ggml/docs/gguf.md in ggml-org/ggml).
"""

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from qwq_cli.errors import BadInputError, NotFoundError, QwqError

Scalar: TypeAlias = int | float | bool | str

SMALL_MODEL = 64 * 2**20
"""Bytes. A file below this is read, not mapped, and its model runs on one thread."""

_MOST_DIMENSIONS = 4
"""Of a tensor, as ggml.h has it."""
_STRING, _ARRAY = 8, 9
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q"}
_SCALARS |= {11: "<q", 12: "<d"}
_TOKENS, _TOKEN_TYPES = "tokenizer.ggml.tokens", "tokenizer.ggml.token_type"
_CONTROL, _USER_DEFINED = 3, 4

_BLOCKS = {0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34)}
_BLOCKS |= {10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210)}
_BLOCKS |= {30: (1, 2)}
"""Tensor type -> (weights, bytes) of one block: F32, F16, Q4_0 ... Q8_0, Q2_K ... Q6_K, BF16."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a GGUF file says of its model. Texts are "" where it says nothing."""

    path: Path
    size_bytes: int
    architecture: str
    name: str
    context_tokens: int
    """The context that the model was trained for; 0 where the file does not say."""
    chat_template: str
    bos: str
    eos: str
    adds_bos: bool
    """The tokeniser puts `bos` in front of every prompt."""
    specials: dict[str, int]
    """The texts that become control tokens where specials are read, with their ids."""
    longest_token: int
    """Bytes of the longest token in the vocabulary, as it is stored; 0 without a vocabulary."""


def read_header(path: Path) -> Header:
    """Read it; raises NotFoundError, or BadInputError for what is no whole GGUF file."""
    try:
        with path.open("rb") as file:
            magic = file.read(4)
            if magic != b"GGUF":
                why = "it is empty" if not magic else "it does not begin with 'GGUF'"
                raise BadInputError(f"{path} is not a GGUF file", why)
            # A small file is copied: one that somebody replaces meanwhile can then do no harm,
            # where a mapped one would end the process with a bus error.
            if path.stat().st_size < SMALL_MODEL:
                return _Reader(path, magic + file.read()).header()
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _Reader(path, data).header()
    except FileNotFoundError as error:
        raise NotFoundError(f"no such model file: {path}") from error
    except IsADirectoryError as error:
        raise BadInputError(f"{path} is a folder, not a GGUF file") from error
    except OSError as error:
        raise BadInputError(f"can't read {path}", error.strerror or str(error)) from error
    except (struct.error, ValueError, OverflowError) as error:
        raise _damaged(path, "its header ends too early or makes no sense") from error


def _damaged(path: Path, why: str) -> QwqError:
    return BadInputError(f"{path} is a damaged GGUF file", why, "download it again")


class _Reader:
    """One pass over a file; `at` is the offset of the next byte."""

    def __init__(self, path: Path, data: mmap.mmap | bytes) -> None:
        self.path = path
        self.data = data
        self.at = 4

    def header(self) -> Header:
        version = self._int("<I")
        if version not in (2, 3):
            raise BadInputError(
                f"{self.path}: GGUF version {version} is not supported",
                "versions 2 and 3 are" if version < 1 << 16 else "it looks big-endian",
            )
        tensors, pairs = self._int("<Q"), self._int("<Q")
        values: dict[str, Scalar] = {}
        tokens = _Strings([], 0)
        kinds: list[int] = []
        for _ in range(pairs):
            key, kind = self._string(), self._int("<I")
            if kind == _ARRAY:
                if key == _TOKENS:
                    tokens = self._strings()
                elif key == _TOKEN_TYPES:
                    kinds = self._ints()
                else:
                    self._skip_array()
            else:
                values[key] = self._scalar(kind)
        self._check_tensors(tensors, int(values.get("general.alignment", 32)))
        return self._assemble(values, tokens, kinds)

    def _assemble(self, values: dict[str, Scalar], tokens: "_Strings", kinds: list[int]) -> Header:
        architecture = str(values.get("general.architecture", ""))
        specials = {
            self._text_at(tokens.at[number]): number
            for number, kind in enumerate(kinds[: len(tokens.at)])
            if kind in (_CONTROL, _USER_DEFINED)
        }

        def token(key: str) -> str:
            number = values.get(f"tokenizer.ggml.{key}_token_id", -1)
            known = isinstance(number, int) and 0 <= number < len(tokens.at)
            return self._text_at(tokens.at[int(number)]) if known else ""

        return Header(
            path=self.path,
            size_bytes=len(self.data),
            architecture=architecture,
            name=str(values.get("general.name", "")),
            context_tokens=int(values.get(f"{architecture}.context_length", 0)),
            chat_template=str(values.get("tokenizer.chat_template", "")),
            bos=token("bos"),
            eos=token("eos"),
            adds_bos=bool(values.get("tokenizer.ggml.add_bos_token", False)),
            specials={text: number for text, number in specials.items() if _is_control(text)},
            longest_token=tokens.longest,
        )

    def _check_tensors(self, count: int, alignment: int) -> None:
        """The file must be long enough for its last tensor; a broken download is not."""
        needed = 0
        for _ in range(count):
            self._string()
            weights, dimensions = 1, self._int("<I")
            if dimensions > _MOST_DIMENSIONS:  # else a product of millions of numbers is taken
                raise _damaged(self.path, f"it has a tensor of {dimensions:,} dimensions")
            for _ in range(dimensions):
                weights *= self._int("<Q")
            kind, offset = self._int("<I"), self._int("<Q")
            per_block, size = _BLOCKS.get(kind, (weights, 1))
            needed = max(needed, offset + weights // max(per_block, 1) * size)
        start = -(-self.at // max(alignment, 1)) * alignment
        if count and start + needed > len(self.data):
            short = start + needed - len(self.data)
            raise _damaged(self.path, f"at least {short:,} bytes are missing at its end")

    def _int(self, layout: str) -> int:
        (value,) = struct.unpack_from(layout, self.data, self.at)
        self.at += struct.calcsize(layout)
        return int(value)

    def _scalar(self, kind: int) -> Scalar:
        if kind == _STRING:
            return self._string()
        if kind not in _SCALARS:
            raise _damaged(self.path, f"its header holds a value of unknown type {kind}")
        layout = _SCALARS[kind]
        value: Scalar
        (value,) = struct.unpack_from(layout, self.data, self.at)
        self.at += struct.calcsize(layout)
        return value

    def _string(self) -> str:
        text = self._text_at(self.at)
        self.at += 8 + self._length_at(self.at)
        return text

    def _length_at(self, at: int) -> int:
        (length,) = struct.unpack_from("<Q", self.data, at)
        if at + 8 + length > len(self.data):
            raise _damaged(self.path, "its header ends in the middle of a text")
        return int(length)

    def _text_at(self, at: int) -> str:
        return self.data[at + 8 : at + 8 + self._length_at(at)].decode("utf-8")

    def _array(self) -> tuple[int, int]:
        """The element type and the number of elements of the array that begins here."""
        kind, count = self._int("<I"), self._int("<Q")
        if count > len(self.data):
            raise _damaged(self.path, f"an array of {count:,} values does not fit in it")
        return kind, count

    def _strings(self) -> "_Strings":
        kind, count = self._array()
        if kind != _STRING:
            raise _damaged(self.path, "its vocabulary is no list of texts")
        return self._hop(count)

    def _hop(self, count: int) -> "_Strings":
        """Skip `count` texts, noting where they begin. The one loop that has to be quick: a
        vocabulary and its merges are hundreds of thousands of texts.
        """
        data, at, size = self.data, self.at, len(self.data)
        read = struct.Struct("<Q").unpack_from
        begins: list[int] = []
        longest = 0
        for _ in range(count):
            begins.append(at)
            (length,) = read(data, at)
            longest = max(longest, length)
            at += 8 + length
            if at > size:
                raise _damaged(self.path, "its header ends in the middle of a text")
        self.at = at
        return _Strings(begins, longest)

    def _ints(self) -> list[int]:
        kind, count = self._array()
        layout = _SCALARS.get(kind, "")
        if layout[1:] not in set("BbHhIiQq"):
            raise _damaged(self.path, "its token types are no numbers")
        values = struct.unpack_from(f"<{count}{layout[1]}", self.data, self.at)
        self.at += count * struct.calcsize(layout)
        return list(values)

    def _skip_array(self) -> None:
        kind, count = self._array()
        if kind == _STRING:
            self._hop(count)
        elif kind in _SCALARS:
            self.at += count * struct.calcsize(_SCALARS[kind])
        else:
            raise _damaged(self.path, f"its header holds an array of unknown type {kind}")


@dataclass(frozen=True, slots=True)
class _Strings:
    """A skipped list of texts: where each begins, and the longest in bytes."""

    at: list[int]
    longest: int


def _is_control(text: str) -> bool:
    """Some vocabularies list plain runs of blanks as special; a control token has a shape."""
    return len(text) > 1 and text[0] in "<[" and text[-1] in ">]"
