"""A model's shape and weight: from its config.json and the headers of its files.

Knows the keys of config.json that Llama's and Qwen's kin share. Loads no tensor. What is computed
for a bit rate without any file is an estimate, and says so by its `measured`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qwq_cli.errors import BadInputError, NotFoundError
from qwq_cli.weights.safetensors import AGAIN, Tensor, read_json, read_tensors

HEAD_BITS = 6
"""Bits of the output layer where nothing says otherwise: the default of ExLlamaV2's converter."""

_EMBEDDING = "model.embed_tokens.weight"
_HEAD = "lm_head."
_SHARD = re.compile(r"(.*)-\d{5}-of-(\d{5})\.safetensors")


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a transformer that decide how much memory it takes.

    `trained_tokens`: the context that it was trained for. `tied`: the output layer is the
    embedding again.
    """

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    intermediate: int
    vocab: int
    trained_tokens: int
    tied: bool = False

    @property
    def kv_width(self) -> int:
        """Values of one token's keys in one layer; its values are as many."""
        return self.kv_heads * self.head_dim

    @property
    def layer_weights(self) -> int:
        """Weights in the matrices of all layers, without output layer and embedding."""
        attention = 2 * self.hidden * (self.heads * self.head_dim + self.kv_width)
        return self.layers * (attention + 3 * self.hidden * self.intermediate)

    @property
    def head_weights(self) -> int:
        """Weights of the output layer; of the embedding as many."""
        return self.hidden * self.vocab


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What the planner needs of a model. `bits`: a weight of the layers; `card_bytes`: weights on
    the GPU; `host_bytes`: the embedding, which ExLlamaV2 keeps in system memory; `measured`: from
    files, not estimated; `draft`: a smaller model beside it that proposes tokens.
    """

    name: str
    shape: Shape
    bits: float
    card_bytes: int
    host_bytes: int
    measured: bool = False
    draft: "ModelFacts | None" = None


def facts_at(name: str, shape: Shape, bits: float, head_bits: float = HEAD_BITS) -> ModelFacts:
    """An estimate for EXL2 weights of that bit rate."""
    rows = shape.layers * (
        5 * shape.hidden + shape.heads * shape.head_dim + shape.intermediate
    )  # of all seven matrices of a layer: EXL2 keeps a 32-bit index a row
    size = shape.layer_weights * bits / 8 + shape.head_weights * head_bits / 8 + 4 * rows
    return ModelFacts(name, shape, bits, int(size), 2 * shape.head_weights)


def read_facts(folder: Path) -> ModelFacts:
    """The facts of a folder of safetensors.

    Raises NotFoundError (no folder, no config.json, no weights), BadInputError (damaged files, or
    a config.json that names no sizes).
    """
    if not folder.is_dir():
        raise NotFoundError(f"no such model folder: {folder}")
    shape = shape_of(read_json(folder / "config.json"), folder)
    tensors: dict[str, Tensor] = {}
    for file in sorted(folder.glob("*.safetensors")):
        tensors |= read_tensors(file)
    if not tensors:
        raise NotFoundError(f"{folder} has no weights", "no .safetensors file is in it", AGAIN)
    embedding = tensors.get(_EMBEDDING)
    host = embedding.size_bytes if embedding else 0
    card = sum(tensor.size_bytes for tensor in tensors.values()) - host
    head = sum(tensor.size_bytes for name, tensor in tensors.items() if name.startswith(_HEAD))
    bits = 8 * (card - head) / shape.layer_weights
    if not head:  # tied: the output layer is a copy of the embedding
        card += host
    return ModelFacts(folder.name, shape, bits, card, host, measured=True)


def shape_of(config: Mapping[str, Any], folder: Path) -> Shape:
    """The shape by a config.json; raises BadInputError, which names `folder`, for missing sizes."""
    try:
        heads = _size(config, "num_attention_heads")
        hidden = _size(config, "hidden_size")
        return Shape(
            layers=_size(config, "num_hidden_layers"),
            hidden=hidden,
            heads=heads,
            kv_heads=_size(config, "num_key_value_heads", heads),
            head_dim=_size(config, "head_dim", hidden // heads),
            intermediate=_size(config, "intermediate_size"),
            vocab=_size(config, "vocab_size"),
            trained_tokens=_size(config, "max_position_embeddings"),
            tied=bool(config.get("tie_word_embeddings", False)),
        )
    except ValueError as error:
        raise BadInputError(f"{folder / 'config.json'} names no sizes", str(error)) from error


def _size(config: Mapping[str, Any], key: str, otherwise: int | None = None) -> int:
    value = config.get(key)
    if value is None and otherwise is not None:
        value = otherwise
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{key} is {'missing' if value is None else 'no whole number above 0'}")
    return value


def check_folder(folder: Path) -> ModelFacts:
    """Whether a folder is a whole model that ExLlamaV2 may run: config, weights and tokenizer.

    Raises as `read_facts` does, and BadInputError for a tokenizer or a numbered file that is
    missing. Whether the kind of weights is the right one is for the engine to say.
    """
    facts = read_facts(folder)
    names = {file.name for file in folder.iterdir()}
    for missing in (*_missing_shards(names), *({"tokenizer.json"} - names)):
        raise BadInputError(f"{folder} is incomplete", f"{missing} is missing", AGAIN)
    return facts


def _missing_shards(names: set[str]) -> Iterator[str]:
    for name in sorted(names):
        found = _SHARD.fullmatch(name)
        for number in range(1, int(found[2]) + 1) if found else ():
            shard = f"{found[1]}-{number:05}-of-{found[2]}.safetensors" if found else ""
            if shard not in names:
                yield shard
