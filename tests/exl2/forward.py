"""A Qwen2 model's forward pass in torch over ExLlamaV2's paged cache, in place of its kernels.

Keys and values lie in the library's own cache tensors, float16, at the places that its page table
says, so a wrong page shows in the text. Weights come from safetensors and are computed with in
float32.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn.functional import linear, rms_norm, silu
from torch.nn.functional import scaled_dot_product_attention as attend


class Qwen2:
    """One model's weights, by their names in the checkpoint; those that read the same are one."""

    def __init__(self, config: Any) -> None:
        self.config = config
        weights: dict[str, Tensor] = {}
        for file in sorted(Path(config.model_dir).glob("*.safetensors")):
            weights |= {name: value.float() for name, value in load_file(file).items()}
        self.embedding = weights["model.embed_tokens.weight"]
        self.head = weights.get("lm_head.weight", self.embedding)
        self.norm = weights["model.norm.weight"]
        self.layers = []
        for layer in range(config.num_hidden_layers):
            own = {
                name.split(".", 3)[3]: value
                for name, value in weights.items()
                if name.startswith(f"model.layers.{layer}.")
            }
            own["qkv"] = torch.cat([own[f"self_attn.{kind}_proj.weight"] for kind in "qkv"])
            own["qkv_bias"] = torch.cat([own[f"self_attn.{kind}_proj.bias"] for kind in "qkv"])
            own["up"] = torch.cat([own[f"mlp.{kind}_proj.weight"] for kind in ("gate", "up")])
            self.layers.append(own)
        half = torch.arange(0, config.head_dim, 2).float() / config.head_dim
        angles = torch.arange(config.max_seq_len)[:, None] / config.rotary_embedding_base**half
        angles = torch.cat([angles, angles], -1)
        self.cos, self.sin = angles.cos(), angles.sin()

    def _norm(self, weight: Tensor, x: Tensor) -> Tensor:
        return rms_norm(x, (x.shape[-1],), weight, self.config.norm_eps)

    def logits(self, ids: Tensor, cache: Any, params: Any) -> Tensor:
        """(rows, tokens) ids to (rows, tokens, vocabulary), through the pages of `params`."""
        tokens, page = ids.shape[1], params.page_size
        rows = []
        for table, start in zip(params.block_index.long(), params.cache_seqlens, strict=True):
            at = torch.arange(int(start) + tokens)
            rows.append((table[at // page] * page + at % page, at[-tokens:], at))
        at = torch.stack([positions for _, positions, _ in rows])
        turn = self.cos[at][:, :, None], self.sin[at][:, :, None]
        # (With one new token nothing stands after it.)
        masks = [None if tokens == 1 else at[None] <= new[:, None] for _, new, at in rows]
        x = self.embedding[ids]
        for layer, own in enumerate(self.layers):
            y = self._norm(own["input_layernorm.weight"], x)
            q, k, v = self._heads(linear(y, own["qkv"], own["qkv_bias"]), turn)
            keys, values = cache.key_states[layer][0], cache.value_states[layer][0]
            out = []
            for row, ((place, _, _), mask) in enumerate(zip(rows, masks, strict=True)):
                keys[place[-tokens:]], values[place[-tokens:]] = k[row].half(), v[row].half()
                seen = (store[place].float().transpose(0, 1) for store in (keys, values))
                out.append(attend(q[row].transpose(0, 1), *seen, mask, enable_gqa=True))
            y = torch.stack(out).transpose(1, 2).flatten(2)
            x = x + linear(y, own["self_attn.o_proj.weight"])
            y = linear(self._norm(own["post_attention_layernorm.weight"], x), own["up"])
            gate, up = y.chunk(2, -1)
            x = x + linear(silu(gate) * up, own["mlp.down_proj.weight"])
        return linear(self._norm(self.norm, x), self.head)

    def _heads(self, qkv: Tensor, turn: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values, (rows, tokens, heads, size); the first two turned."""
        heads, others = self.config.num_attention_heads, self.config.num_key_value_heads
        all_heads = qkv.unflatten(-1, (-1, self.config.head_dim))
        qk, v = all_heads[:, :, : heads + others], all_heads[:, :, heads + others :]
        a, b = qk.chunk(2, -1)
        qk = qk * turn[0] + torch.cat([-b, a], -1) * turn[1]
        return qk[:, :, :heads], qk[:, :, heads:], v


class Script:
    """In place of a model: whatever it is shown, it says these ids one after another, and then
    the last one for ever. `prompt`: tokens that it takes for the prompt.
    """

    def __init__(self, ids: list[int], prompt: int, vocabulary: int) -> None:
        self.ids, self.prompt, self.vocabulary = ids, prompt, vocabulary

    def logits(self, ids: Tensor, _cache: Any, params: Any) -> Tensor:
        """All certainty on the next id of the script."""
        out = torch.full((*ids.shape, self.vocabulary), -1e4)
        for row, start in enumerate(params.cache_seqlens.tolist()):
            for place in range(ids.shape[1]):
                at = start + place + 1 - self.prompt
                out[row, place, self.ids[min(max(at, 0), len(self.ids) - 1)]] = 1e4
        return out


Hook = Callable[[Tensor], None]


def patch(exllamav2: Any, hooks: list[Hook]) -> dict[str, Any]:
    """Methods for `ExLlamaV2` that load and run on the CPU. Each hook sees the ids of every
    forward pass before it runs, and may raise.
    """

    def load_autosplit(
        self: Any,
        cache: Any,
        callback: Callable[[int, int], None] | None = None,
    ) -> None:
        self.config.max_input_len = min(self.config.max_input_len, self.config.max_seq_len)
        for place, module in enumerate(self.modules):
            if callback is not None:
                callback(place, len(self.modules))
            if isinstance(module, exllamav2.attn.ExLlamaV2Attention):
                self.cache_map[module.layer_idx] = "cpu"
                cache.update_cache_tensors()
        if callback is not None:
            callback(len(self.modules), len(self.modules))
        self.in_torch = Qwen2(self.config)
        self.loaded = True

    def unload(self: Any) -> None:
        self.modules = []

    @torch.inference_mode()  # type: ignore[untyped-decorator]
    def forward_chunk(  # noqa: PLR0913 - upstream's signature
        self: Any,
        *,
        input_ids: Tensor,
        cache: Any,
        attn_params: Any,
        preprocess_only: bool = False,
        loras: Any = None,  # noqa: ARG001
        indexed_embeddings: Any = None,  # noqa: ARG001
    ) -> dict[str, Tensor]:
        assert preprocess_only or input_ids.shape[1] <= self.config.max_output_len
        for hook in hooks:
            hook(input_ids)
        logits = self.in_torch.logits(input_ids, cache, attn_params)
        return {} if preprocess_only else {"logits": logits}

    return {"load_autosplit": load_autosplit, "unload": unload, "forward_chunk": forward_chunk}
