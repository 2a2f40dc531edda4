"""quill's architecture: Qwen2 in plain torch, and how its weights start out. Knows no data.

Parameter names are those of `transformers`' Qwen2ForCausalLM, so that the same state dict is what
the export writes. Sequences of different lengths stand one behind another in one row, with no
padding: ids (tokens,), lengths of the sequences, hidden (tokens, width). Only attention looks at
the lengths.

Two things are not left to chance, since a small model on few tokens may never find them (they are
ordinary initial values; the architecture stays plain Qwen2):
- layer 0's heads look one, two and three tokens back, by the q/k biases through RoPE;
- layer 1's heads compare a token with what stood one, two or three tokens before another, and copy
  what they find: induction from the first step on. Their keys use the slow RoPE pairs, for which
  distance hardly matters; hence the large `rope_theta`.
"""

import math
from dataclasses import asdict, dataclass
from typing import Final

import torch
from torch import Tensor, nn

CHUNK: Final = 128
"""Queries a step in attention; on a CPU this is faster than torch's own kernel in bfloat16."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The model's dimensions."""

    vocabulary: int = 1536
    width: int = 192
    layers: int = 6
    heads: int = 3
    head_width: int = 64
    inner: int = 512
    rope_theta: float = 1e6
    eps: float = 1e-6
    context: int = 2048

    def as_dict(self) -> dict[str, float]:
        """For a checkpoint."""
        return asdict(self)


class Norm(nn.Module):
    """RMSNorm; the mean is taken in float32."""

    def __init__(self, shape: Shape) -> None:
        """Weights of one."""
        super().__init__()
        self.weight = nn.Parameter(torch.ones(shape.width))
        self.eps = shape.eps

    def forward(self, x: Tensor) -> Tensor:
        """X / rms(x) * weight."""
        scale = torch.rsqrt(x.float().pow(2).mean(-1, keepdim=True) + self.eps)
        return x * scale.to(x.dtype) * self.weight.to(x.dtype)


def rope_frequencies(shape: Shape) -> Tensor:
    """Radians a token of each pair, fastest first; (head_width / 2,)."""
    pairs = torch.arange(0, shape.head_width, 2, dtype=torch.float32)
    return 1.0 / shape.rope_theta ** (pairs / shape.head_width)


def _rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    a, b = x.chunk(2, -1)
    return x * cos + torch.cat([-b, a], -1) * sin


def _causal(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Causal attention of one sequence, (heads, time, head_width), in chunks of queries."""
    time = q.shape[1]
    triangle = torch.full((CHUNK, CHUNK), float("-inf"), dtype=q.dtype).triu(1)
    q = q * q.shape[-1] ** -0.5
    keys = k.transpose(-1, -2)
    out = []
    for start in range(0, time, CHUNK):
        end = min(time, start + CHUNK)
        scores = q[:, start:end] @ keys[:, :, :end]
        scores[..., start:end] += triangle[: end - start, : end - start]
        out.append(torch.softmax(scores, -1) @ v[:, :end])
    return torch.cat(out, 1)


class Attention(nn.Module):
    """Multi-head attention with q/k/v biases and RoPE."""

    def __init__(self, shape: Shape) -> None:
        """As many key heads as query heads."""
        super().__init__()
        size = shape.heads * shape.head_width
        self.heads = shape.heads
        self.q_proj = nn.Linear(shape.width, size)
        self.k_proj = nn.Linear(shape.width, size)
        self.v_proj = nn.Linear(shape.width, size)
        self.o_proj = nn.Linear(size, shape.width, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, lengths: list[int]) -> Tensor:
        """Attend from every token to itself and those before it in its sequence."""
        q, k, v = (
            proj(x).view(len(x), self.heads, -1).transpose(0, 1)
            for proj in (self.q_proj, self.k_proj, self.v_proj)
        )
        cos, sin = cos.to(q.dtype), sin.to(q.dtype)
        q, k = _rotate(q, cos, sin), _rotate(k, cos, sin)
        with torch.autocast("cpu", enabled=False):
            split = zip(*(t.split(lengths, 1) for t in (q, k, v)), strict=True)
            y = torch.cat([_causal(*one) for one in split], 1)
        return self.o_proj(y.transpose(0, 1).reshape(len(x), -1))


class Mlp(nn.Module):
    """SwiGLU."""

    def __init__(self, shape: Shape) -> None:
        """No biases."""
        super().__init__()
        self.gate_proj = nn.Linear(shape.width, shape.inner, bias=False)
        self.up_proj = nn.Linear(shape.width, shape.inner, bias=False)
        self.down_proj = nn.Linear(shape.inner, shape.width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """down(silu(gate(x)) * up(x))."""
        return self.down_proj(nn.functional.silu(self.gate_proj(x)) * self.up_proj(x))


class Block(nn.Module):
    """One pre-norm layer."""

    def __init__(self, shape: Shape) -> None:
        """Attention, then MLP."""
        super().__init__()
        self.input_layernorm = Norm(shape)
        self.self_attn = Attention(shape)
        self.post_attention_layernorm = Norm(shape)
        self.mlp = Mlp(shape)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, lengths: list[int]) -> Tensor:
        """Both with a residual."""
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, lengths)
        return x + self.mlp(self.post_attention_layernorm(x))


class Trunk(nn.Module):
    """Everything but the head; named `model` in the state dict."""

    def __init__(self, shape: Shape) -> None:
        """Embedding, layers, norm."""
        super().__init__()
        self.embed_tokens = nn.Embedding(shape.vocabulary, shape.width)
        self.layers = nn.ModuleList([Block(shape) for _ in range(shape.layers)])
        self.norm = Norm(shape)


class Quill(nn.Module):
    """A Qwen2 language model with an untied head."""

    cos: Tensor
    sin: Tensor

    def __init__(self, shape: Shape, seed: int = 0) -> None:
        """Build it, with initial weights drawn from `seed`."""
        super().__init__()
        self.shape = shape
        self.model = Trunk(shape)
        self.lm_head = nn.Linear(shape.width, shape.vocabulary, bias=False)
        angles = torch.outer(torch.arange(shape.context).float(), rope_frequencies(shape))
        angles = torch.cat([angles, angles], -1)
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)
        initialise(self, torch.Generator().manual_seed(seed))

    def hidden(self, ids: Tensor, lengths: list[int]) -> Tensor:
        """The normed hidden states of sequences that stand one behind another."""
        x = self.model.embed_tokens(ids)
        cos, sin = (torch.cat([table[:n] for n in lengths]) for table in (self.cos, self.sin))
        for layer in self.model.layers:
            x = layer(x, cos, sin, lengths)
        return self.model.norm(x)

    def forward(self, ids: Tensor, lengths: list[int]) -> Tensor:
        """Logits, (tokens, vocabulary)."""
        return self.lm_head(self.hidden(ids, lengths))


_EMBEDDING: Final = 0.3
"""Standard deviation of the embeddings: as large in the residual as what layer 0 adds to it."""
_LOOK_BACK: Final = 60.0
"""Squared bias of the look-back heads: the logit lead over the next best distance is about 6."""
_FAST: Final = 8
"""RoPE pairs that the look-back heads use: those that turn fastest."""
_SAID: Final = 0.15
"""Scale of the language head: a copy leads by a few logits."""
_MATCH: Final = 8.0
"""Squared scale of the match in layer 1: a lead of several logits over a token that differs."""


@torch.no_grad()
def initialise(model: Quill, rng: torch.Generator) -> None:
    """Draw the initial weights, then set the look-back and the match heads."""
    shape = model.shape
    for name, parameter in model.named_parameters():
        if parameter.dim() != 2:
            if name.endswith("bias"):
                parameter.zero_()
            continue
        std = 0.6 / math.sqrt(parameter.shape[1])
        if "o_proj" in name or "down_proj" in name:
            std /= math.sqrt(2 * shape.layers)
        if "embed" in name:
            std = _EMBEDDING
        parameter.normal_(0.0, std, generator=rng)
    first, second = model.model.layers[0].self_attn, model.model.layers[1].self_attn
    _look_back(first, shape)
    said = _match(first, second, shape, rng)
    # What the first match head copies stood right after an earlier copy of the present token, so
    # the language head starts out saying it.
    model.lm_head.weight.copy_(model.model.embed_tokens.weight @ said * (_SAID / _EMBEDDING))


def _orthonormal(rows: int, columns: int, rng: torch.Generator) -> Tensor:
    """Random orthonormal rows, (rows, columns)."""
    q, _ = torch.linalg.qr(torch.randn(columns, rows, generator=rng))
    return q.T


def _look_back(attention: Attention, shape: Shape) -> None:
    """Head h of `attention` looks h + 1 tokens back."""
    frequencies, half, scale = rope_frequencies(shape), shape.head_width // 2, math.sqrt(_LOOK_BACK)
    for head in range(shape.heads):
        start, turn = head * shape.head_width, (head + 1) * frequencies[:_FAST]
        rows = slice(start, start + shape.head_width)
        attention.q_proj.weight[rows] *= 0.2
        attention.k_proj.weight[rows] *= 0.2
        attention.q_proj.bias[start : start + _FAST] = scale
        attention.k_proj.bias[start : start + _FAST] = scale * torch.cos(turn)
        slow = start + half
        attention.k_proj.bias[slow : slow + _FAST] = scale * torch.sin(turn)


def _match(first: Attention, second: Attention, shape: Shape, rng: torch.Generator) -> Tensor:
    """Head h of `second` finds where its token stood h + 1 back, and copies what is there.

    Returns the map from an embedding to where head 0 writes its copy, (width, width).
    """
    said = torch.zeros(shape.width, shape.width)
    size, half = shape.head_width, shape.head_width // 2
    quarter = half // 2
    # The slow half of the RoPE pairs; a pair is (i, i + half).
    slow = torch.cat([torch.arange(quarter, half), torch.arange(half + quarter, size)])
    for head in range(shape.heads):
        rows = slice(head * size, (head + 1) * size)
        read = _orthonormal(size, shape.width, rng)
        write = _orthonormal(size, shape.width, rng)
        first.v_proj.weight[rows] = read
        first.o_proj.weight[:, rows] = write.T * _EMBEDDING
        scale = math.sqrt(_MATCH)
        second.q_proj.weight[rows] *= 0.2
        second.k_proj.weight[rows] *= 0.2
        second.q_proj.weight[head * size + slow] = scale * read[: len(slow)]
        second.k_proj.weight[head * size + slow] = scale * write[: len(slow)]
        copy, put = (_orthonormal(size, shape.width, rng) for _ in range(2))
        second.v_proj.weight[rows] = copy
        second.o_proj.weight[:, rows] = put.T * (2 * _EMBEDDING)
        if head == 0:
            said = copy.T @ put
    return said
