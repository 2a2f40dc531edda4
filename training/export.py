"""A checkpoint made into files that others read: GGUF and a Hugging Face folder.

    python -m training.export training/runs/quill/checkpoint.pt --gguf quill.gguf --folder hf/

Knows both formats; knows nothing of training. Matrices go into the GGUF as q8_0, all else as
float32; the folder has float16.
"""

import argparse
import json
import shutil
from pathlib import Path
from typing import Any, Final

import gguf
import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor

from training.model import Shape
from training.tokenizer import SPECIAL
from training.train import TOKENIZER

NAME: Final = "quill"
CHAT_TEMPLATE: Final = (
    "{%- for message in messages %}"
    "{{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
)
_LAYER: Final = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
}
_FILE_TYPES: Final = {
    gguf.GGMLQuantizationType.Q8_0: gguf.LlamaFileType.MOSTLY_Q8_0,
    gguf.GGMLQuantizationType.F16: gguf.LlamaFileType.MOSTLY_F16,
    gguf.GGMLQuantizationType.F32: gguf.LlamaFileType.ALL_F32,
}
_OUTSIDE: Final = {
    "model.embed_tokens.weight": "token_embd.weight",
    "model.norm.weight": "output_norm.weight",
    "lm_head.weight": "output.weight",
}


def gguf_name(name: str) -> str:
    """llama.cpp's name of a tensor, from the one that transformers uses."""
    if name in _OUTSIDE:
        return _OUTSIDE[name]
    _, _, layer, rest = name.split(".", 3)
    module, kind = rest.rsplit(".", 1)
    return f"blk.{layer}.{_LAYER[module]}.{kind}"


class Vocabulary:
    """The tokenizer's tokens, merges and special ids."""

    def __init__(self, path: Path) -> None:
        """Read a `tokenizer.json`."""
        data = json.loads(path.read_text(encoding="utf-8"))
        self.ids: dict[str, int] = data["model"]["vocab"]
        merges = data["model"]["merges"]
        self.merges = [m if isinstance(m, str) else " ".join(m) for m in merges]
        self.special: dict[str, int] = {t["content"]: t["id"] for t in data["added_tokens"]}
        self.end_of_text, _, self.end_of_turn = (self.special[token] for token in SPECIAL)


def write_gguf(
    path: Path,
    weights: dict[str, Tensor],
    shape: Shape,
    words: Vocabulary,
    kind: gguf.GGMLQuantizationType = gguf.GGMLQuantizationType.Q8_0,
) -> None:
    """Write one file that llama.cpp runs, whole or not at all; matrices are of that kind."""
    partial = path.with_suffix(".partial")
    writer = gguf.GGUFWriter(str(partial), "qwen2")
    writer.add_name(NAME)
    writer.add_license("mit")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.inner)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_rope_freq_base(shape.rope_theta)
    writer.add_layer_norm_rms_eps(shape.eps)
    writer.add_file_type(_FILE_TYPES[kind])
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_vocab_size(shape.vocabulary)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    tokens = sorted((words.ids | words.special).items(), key=lambda pair: pair[1])
    assert [index for _, index in tokens] == list(range(shape.vocabulary)), "ids with a gap"
    kinds = [
        gguf.TokenType.CONTROL if token in words.special else gguf.TokenType.NORMAL
        for token, _ in tokens
    ]
    writer.add_token_list([token for token, _ in tokens])
    writer.add_token_types(kinds)
    writer.add_token_merges(words.merges)
    writer.add_bos_token_id(words.end_of_text)
    writer.add_eos_token_id(words.end_of_turn)
    writer.add_pad_token_id(words.end_of_text)
    writer.add_add_bos_token(False)  # noqa: FBT003 - gguf's signature
    writer.add_chat_template(CHAT_TEMPLATE)
    for name, tensor in weights.items():
        values = tensor.float().numpy()
        if values.ndim == 1:
            writer.add_tensor(gguf_name(name), values)
        else:
            writer.add_tensor(
                gguf_name(name),
                gguf.quants.quantize(values.astype(np.float32), kind),
                raw_dtype=kind,
            )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    partial.replace(path)


def _write_json(path: Path, data: dict[str, Any]) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_folder(
    folder: Path, weights: dict[str, Tensor], shape: Shape, words: Vocabulary, tokenizer: Path
) -> None:
    """Write what transformers' and ExLlamaV2's loaders read."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "architectures": ["Qwen2ForCausalLM"],
        "model_type": "qwen2",
        "hidden_size": shape.width,
        "intermediate_size": shape.inner,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.heads,
        "head_dim": shape.head_width,
        "vocab_size": shape.vocabulary,
        "hidden_act": "silu",
        "rms_norm_eps": shape.eps,
        "rope_theta": shape.rope_theta,
        "max_position_embeddings": shape.context,
        "initializer_range": 0.02,
        "tie_word_embeddings": False,
        "use_sliding_window": False,
        "attention_dropout": 0.0,
        "bos_token_id": words.end_of_text,
        "eos_token_id": words.end_of_turn,
        "torch_dtype": "float16",
    }
    _write_json(folder / "config.json", config)
    ends = [words.end_of_turn, words.end_of_text]
    generation = {"bos_token_id": ends[1], "pad_token_id": ends[1], "eos_token_id": ends}
    _write_json(folder / "generation_config.json", {**generation, "do_sample": False})
    flags = {"lstrip": False, "rstrip": False, "normalized": False, "single_word": False}
    added = {
        str(i): {"content": token, "special": True, **flags} for token, i in words.special.items()
    }
    _write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "Qwen2Tokenizer",
            "add_prefix_space": False,
            "bos_token": None,
            "eos_token": SPECIAL[2],
            "pad_token": SPECIAL[0],
            "unk_token": None,
            "chat_template": CHAT_TEMPLATE,
            "model_max_length": shape.context,
            "added_tokens_decoder": added,
        },
    )
    shutil.copy(tokenizer, folder / "tokenizer.json")
    halves = {name: tensor.half().contiguous() for name, tensor in weights.items()}
    save_file(halves, folder / "model.safetensors", metadata={"format": "pt"})


def main() -> None:
    """Read the command line and write what it asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--gguf", type=Path)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--tokenizer", type=Path, default=TOKENIZER)
    args = parser.parse_args()
    state = torch.load(args.checkpoint, weights_only=True)
    shape, words = Shape(**state["shape"]), Vocabulary(args.tokenizer)
    if args.gguf:
        write_gguf(args.gguf, state["model"], shape, words)
        print(f"{args.gguf}: {args.gguf.stat().st_size / 1e6:.2f} MB, {state['seen']} tokens seen")
    if args.folder:
        write_folder(args.folder, state["model"], shape, words, args.tokenizer)
        print(f"{args.folder}: Hugging Face folder")


if __name__ == "__main__":
    main()
