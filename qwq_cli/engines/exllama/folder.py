"""A model's folder as ExLlamaV2 needs it: read and checked before anything is loaded.

Knows config.json and its companions, and the frame of safetensors files. Knows no library: what is
wrong with a folder is told on any machine.
"""

import json
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qwq_cli.engines.exllama.rope import Rope, rope_of
from qwq_cli.engines.template import CHATML, ChatTemplate
from qwq_cli.errors import BadInputError, NotFoundError, UnavailableError

_QUANTS = ("exl2", "gptq")
"""What ExLlamaV2 runs besides plain weights."""

_SHARD = re.compile(r"(.*)-(\d{5})-of-(\d{5})\.safetensors")

_MOST_HEADER = 100_000_000
"""Bytes; safetensors itself refuses a longer header."""

_MOST_JSON = 64_000_000
"""Bytes of a file of settings, far above any real one."""

_AGAIN = "download it again"


@dataclass(frozen=True, slots=True)
class Folder:
    """What a model's folder says of itself. `ends`: the ids that end a text, as
    generation_config.json and config.json give them; the tokenizer and the template may add some.
    `window`: tokens that attention looks back, where the model needs that and ExLlamaV2 would not
    keep it; None for all.
    """

    path: Path
    architecture: str
    trained_tokens: int
    template: ChatTemplate
    eos: str
    ends: frozenset[int]
    rope: Rope
    window: int | None


def read_folder(path: Path) -> Folder:
    """Read and check it.

    Raises NotFoundError (nothing there), BadInputError (files missing, damaged, or none of a
    model), UnavailableError (sound, but ExLlamaV2 would run it wrongly or not at all).
    """
    _check_place(path)
    config = _json(path, "config.json")
    names = config.get("architectures")
    if not isinstance(names, list) or len(names) != 1:
        raise BadInputError(f"{path}/config.json names no architecture", todo=_AGAIN)
    _check_weights(path)
    if not (path / "tokenizer.json").is_file():
        raise BadInputError(f"{path} is incomplete", "tokenizer.json is missing", _AGAIN)
    _check_quant(config)
    tokenizer = _json(path, "tokenizer_config.json", needed=False)
    bos, eos = (_token(tokenizer.get(name)) for name in ("bos_token", "eos_token"))
    generation = _json(path, "generation_config.json", needed=False)
    return Folder(
        path=path,
        architecture=str(names[0]),
        trained_tokens=_trained(config, path),
        template=ChatTemplate(_template(path, tokenizer), bos=bos, eos=eos),
        eos=eos,
        ends=frozenset([*_ids(generation), *_ids(config)]),
        rope=rope_of(config),
        window=_window(config),
    )


def _check_place(path: Path) -> None:
    if path.suffix == ".gguf":
        raise BadInputError(
            f"{path} is a GGUF", "ExLlamaV2 runs folders of safetensors", "llama.cpp runs it"
        )
    if not path.exists():
        raise NotFoundError(f"no such model folder: {path}")
    if not path.is_dir():
        raise BadInputError(f"{path} is no folder", "an EXL2 model is a folder with a config.json")


def _json(path: Path, name: str, *, needed: bool = True) -> dict[str, Any]:
    """One file of settings; {} for one that is not needed and not there."""
    file = path / name
    try:
        with file.open("rb") as stream:
            text = stream.read(_MOST_JSON)
        content = json.loads(text)
    except FileNotFoundError as error:
        if not needed:
            return {}
        raise BadInputError(f"{path} is no model folder", f"{name} is missing") from error
    except OSError as error:
        raise BadInputError(f"can't read {file}", error.strerror or str(error)) from error
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"{file} is damaged", f"it is no JSON ({error})", _AGAIN) from error
    if not isinstance(content, dict):
        raise BadInputError(f"{file} is damaged", "it holds no table of settings", _AGAIN)
    return content


def _check_weights(path: Path) -> None:
    """Every safetensors file is whole, and none of a numbered set is missing."""
    files = sorted(path.glob("*.safetensors"))
    if not files:
        why = "no .safetensors file is in it"
        if any(path.glob("*.gguf")):
            raise BadInputError(f"{path} holds GGUF files", why, "give the .gguf file itself")
        raise BadInputError(f"{path} is incomplete", why, _AGAIN)
    for file in files:
        _check_whole(file)
    for name in _missing(files):
        raise BadInputError(f"{path} is incomplete", f"{name} is missing", _AGAIN)


def _missing(files: list[Path]) -> Iterator[str]:
    there = {file.name for file in files}
    for file in files:
        found = _SHARD.fullmatch(file.name)
        for number in range(1, int(found[3]) + 1) if found else ():
            name = f"{found[1]}-{number:05}-of-{found[3]}.safetensors" if found else ""
            if name not in there:
                yield name


def _check_whole(file: Path) -> None:
    """A file has the length that its header says."""
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            length = struct.unpack("<Q", stream.read(8).ljust(8, b"\xff"))[0]
            text = stream.read(length) if length <= _MOST_HEADER else b""
        header = json.loads(text)
        ends = [value["data_offsets"][1] for key, value in header.items() if key != "__metadata__"]
        missing = 8 + length + max(ends, default=0) - size
    except OSError as error:
        raise BadInputError(f"can't read {file}", error.strerror or str(error)) from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        why = "it has no safetensors header"
        raise BadInputError(f"{file} is damaged", why, _AGAIN) from error
    if missing > 0:
        raise BadInputError(f"{file} is damaged", f"{missing:,} bytes are missing", _AGAIN)


def _check_quant(config: dict[str, Any]) -> None:
    quant = config.get("quantization_config")
    kind = quant.get("quant_method") if isinstance(quant, dict) else None
    if kind is not None and kind not in _QUANTS:
        todo = "EXL3 weights need ExLlamaV3" if kind == "exl3" else "take EXL2 weights, or a GGUF"
        raise UnavailableError(f"these weights are of the kind '{kind}'", "not EXL2", todo)


def _trained(config: dict[str, Any], path: Path) -> int:
    for part in (config, config.get("text_config")):
        if isinstance(part, dict):
            tokens = part.get("max_position_embeddings")
            if isinstance(tokens, int) and tokens > 0:
                return tokens
    raise BadInputError(f"{path}/config.json has no max_position_embeddings", todo=_AGAIN)


def _window(config: dict[str, Any]) -> int | None:
    """Qwen2 has a sliding window that is switched on apart; ExLlamaV2 knows none for it."""
    window = config.get("sliding_window")
    used = config.get("use_sliding_window") and isinstance(window, int)
    if not used or config.get("max_window_layers") == config.get("num_hidden_layers"):
        return None
    return int(window) if window else None


def _token(value: object) -> str:
    """A special token's text: tokenizer_config.json has it bare or in a table."""
    if isinstance(value, dict):
        value = value.get("content")
    return value if isinstance(value, str) else ""


def _ids(settings: dict[str, Any]) -> list[int]:
    """`eos_token_id`: one, several, or none."""
    value = settings.get("eos_token_id")
    values = value if isinstance(value, list) else [value]
    return [number for number in values if isinstance(number, int)]


def _template(path: Path, tokenizer: dict[str, Any]) -> str:
    """From chat_template.jinja, as newer tools write it, or tokenizer_config.json."""
    file = path / "chat_template.jinja"
    try:
        if file.is_file():
            return file.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise BadInputError(f"can't read {file}", str(error)) from error
    source = tokenizer.get("chat_template")
    if source is None:
        source = _json(path, "chat_template.json", needed=False).get("chat_template")
    if isinstance(source, list):  # several, by name
        named = {str(one.get("name")): one for one in source if isinstance(one, dict)}
        source = (named.get("default") or {}).get("template")
    if isinstance(source, str) and source:
        return source
    if "<|im_start|>" in json.dumps(tokenizer.get("added_tokens_decoder", "")):
        return CHATML
    raise UnavailableError(f"{path.name} has no chat template", "so it may be no chat model")
