"""What stands in for ExLlamaV2's compiled part where there is no GPU: eight functions in torch.

They do what the C++ says at version 0.3.2 (`exllamav2_ext/ext_sampling.cpp`, `cpp/sampling.cpp`,
`cpp/generator.cpp`), as far as the tests go: no mirostat, no smoothing, no temperature last. What
the C++ would do wrongly in silence is an error here.
"""

import struct
import sys
from importlib.machinery import ModuleSpec
from itertools import pairwise
from types import ModuleType
from typing import Any

import torch
from torch import Tensor


def install() -> None:
    """Register the module, before `exllamav2` is imported."""
    module = ModuleType("exllamav2_ext")
    module.__spec__ = ModuleSpec("exllamav2_ext", None)
    for function in (
        count_match,
        partial_strings_match,
        sample_basic,
        apply_rep_penalty,
        fast_fadd_cpu,
        fast_fill_cpu_ones_bool,
        logit_filter_exclusive,
        cache_rotate,
    ):
        setattr(module, function.__name__, function)
    sys.modules["exllamav2_ext"] = module


def count_match(a: Tensor, b: Tensor, most: int) -> int:
    """How many ids of (1, n) tensors are the same from the left, at most `most`."""
    width = min(a.shape[-1], b.shape[-1], most)
    differ = (a[0, :width] != b[0, :width]).nonzero()
    return int(differ[0]) if len(differ) else width


def partial_strings_match(match: Any, offsets: Any, strings: Any) -> int:
    """Where one of the strings stands in `match`; -2: one may begin at its end; -1: neither."""
    text = bytes(match).decode("utf-32-le")
    bounds = struct.unpack(f"<{len(bytes(offsets)) // 4}I", bytes(offsets))
    packed = bytes(strings)
    for start, end in pairwise(bounds):
        one = packed[start:end].decode("utf-32-le")
        assert one, "an empty stop string: the C++ would read past its end"
        for at in range(len(text)):
            if text.startswith(one, at):
                return at
            if one.startswith(text[at:]):
                return -2
    return -1


def apply_rep_penalty(  # noqa: PLR0913, PLR0917 - upstream's signature
    sequence: Tensor,
    repetition: float,
    sustain: int,
    decay: int,
    frequency: float,
    presence: float,
    logits: Tensor,
) -> None:
    """In place, over the whole sequence."""
    assert (sustain, decay) == (-1, 0)
    flat = logits[0, 0]
    seen, counts = torch.unique(sequence[0], return_counts=True)
    inside = seen < len(flat)
    seen, counts = seen[inside], counts[inside]
    values = flat[seen]
    values = torch.where(values > 0, values / repetition, values * repetition)
    flat[seen] = values - presence - frequency * counts


def sample_basic(  # noqa: PLR0913, PLR0917 - upstream's signature
    logits: Tensor,
    temperature: float,
    top_k: int,
    top_p: float,
    top_a: float,
    min_p: float,
    tfs: float,
    typical: float,
    random: float,
    output_tokens: Tensor,
    output_probs: Tensor,
    _kprobs: Tensor,
    _ktokens: Tensor,
    logit_filter: Tensor,
    mirostat: bool,
    mirostat_mu: list[float],
    _tau: float,
    _eta: float,
    post_temperature: float,
    xtc_mask: Tensor,
    xtc_probability: float,
    xtc_threshold: float,
    min_temp: float,
    max_temp: float,
    _exponent: float,
    smoothing: float,
    skew: float,
) -> list[float]:
    """One token of (1, 1, vocabulary) logits."""
    assert logits.shape[0] == 1
    assert logit_filter.is_meta
    assert not any((mirostat, top_a, tfs, typical, smoothing, skew, max_temp > min_temp))
    assert post_temperature == 1
    if temperature < 0.01:
        temperature, top_k = 1.0, 1
    if top_k == 1:
        output_tokens[0, 0] = logits[0, 0].argmax()
        output_probs[0, 0] = 1
        return mirostat_mu
    probs, ids = torch.softmax(logits[0, 0] / temperature, -1).sort(descending=True, stable=True)
    if 0 < top_k < len(probs):
        probs, ids = probs[:top_k] / probs[:top_k].sum(), ids[:top_k]
    if len(probs) > 1 and 0 < top_p < 1:
        keep = max(int((probs.cumsum(-1) <= top_p).sum()), 1)
        probs, ids = probs[:keep] / probs[:keep].sum(), ids[:keep]
    if len(probs) > 1 and 0 < min_p < 1:
        keep = int((probs >= probs[0] * min_p).sum())
        probs, ids = probs[:keep] / probs[:keep].sum(), ids[:keep]
    if xtc_probability > 0:
        likely = (probs >= xtc_threshold) & xtc_mask[ids]
        if int(likely.sum()) > 1:
            likely[likely.nonzero()[-1]] = False
            probs = torch.where(likely, probs * (1 - xtc_probability), probs)
            probs /= probs.sum()
    at = int((probs.cumsum(-1) < random * 0.9998).sum())
    at = min(at, len(probs) - 1)
    output_tokens[0, 0] = ids[at]
    output_probs[0, 0] = probs[at]
    return mirostat_mu


def fast_fadd_cpu(a: Tensor, b: Tensor) -> None:
    """Add in place."""
    a += b


def fast_fill_cpu_ones_bool(tensor: Tensor) -> None:
    """Fill in place."""
    tensor.fill_(True)  # noqa: FBT003 - torch's signature


def logit_filter_exclusive(tensor: Tensor, lists: list[list[int]]) -> None:
    """False in place, but for the ids listed."""
    for row, ids in zip(tensor, lists, strict=True):
        kept = torch.zeros_like(row)
        kept[ids] = True
        row.logical_and_(kept)


def cache_rotate(cache: Tensor, order: Tensor, _buffer: Tensor) -> None:
    """Move pages round: each listed one gets what the next one held; (pages, page) in place."""
    pages = order.tolist()
    cache[pages] = cache[pages[1:] + pages[:1]]
