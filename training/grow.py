"""A larger model out of a smaller one's weights, and more tokens. Knows shapes; knows no data.

What is added starts silent: new layers stand last and write nothing yet, new neurons of the MLPs
neither, so at the first step the larger model says what the smaller one said. A new token starts
as the mean of the tokens that its text had before, and is as likely as the first of them.
"""

from pathlib import Path
from typing import Final

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor

from training.model import Quill

_EMBEDDING: Final = "model.embed_tokens.weight"
_HEAD: Final = "lm_head.weight"
_SILENT: Final = ("self_attn.o_proj.weight", "mlp.down_proj.weight")
"""What writes into the residual."""


def read_folder(folder: Path) -> tuple[dict[str, Tensor], Tokenizer]:
    """Weights as float32 and the tokenizer, of a folder that `training.export` wrote."""
    weights = {name: t.float() for name, t in load_file(folder / "model.safetensors").items()}
    return weights, Tokenizer.from_file(str(folder / "tokenizer.json"))


@torch.no_grad()
def grow(model: Quill, weights: dict[str, Tensor], before: Tokenizer, now: Tokenizer) -> None:
    """Fill `model` with the smaller one's weights; `before` is a part of `now`."""
    fresh = model.state_dict()
    for name, tensor in fresh.items():
        old = weights.get(name)
        if old is None:
            if name.endswith(_SILENT):
                tensor.zero_()
        elif name in (_EMBEDDING, _HEAD):
            tensor[: len(old)] = old
        else:
            if name.endswith(_SILENT):
                tensor.zero_()
            tensor[tuple(slice(n) for n in old.shape)] = old
    embedding, head = fresh[_EMBEDDING], fresh[_HEAD]
    for token in range(before.get_vocab_size(), now.get_vocab_size()):
        parts = [part.id for part in before.model.tokenize(now.id_to_token(token))]
        embedding[token] = weights[_EMBEDDING][parts].mean(0)
        head[token] = weights[_HEAD][parts[0]]
