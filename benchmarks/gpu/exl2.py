"""The EXL2 format: one matrix of random weights, packed as ExLlamaV2 0.3.2 reads it.

Knows the format, from upstream's `conversion/adaptivegptq.py` and `cuda/pack_tensor.cu`: rows in an
order of their own, in groups of one width each, the widest first; 32 rows of `bits` are `bits`
words a column, the lowest bits first. Works where the tensors lie. Does not know models or files.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

WIDTHS = (2, 3, 4, 5, 6, 8)
"""Bits that a weight may have."""
ROWS = 32
"""Rows are packed so many at a time, and columns are padded to as many."""


@dataclass(frozen=True, slots=True)
class Span:
    """Rows of one width, in groups of `group` rows (the last one may be smaller)."""

    bits: int
    rows: int
    group: int = 128

    @property
    def groups(self) -> int:
        return math.ceil(self.rows / self.group)


def spans_for(rows: int, columns: int, bits: float, group: int = 128) -> tuple[Span, ...]:
    """Rows shared out between the two nearest widths, so that a weight takes `bits` on average,
    with its share of scales and of the rows' order. Raises ValueError where that can't be.
    """
    if rows % ROWS or group % ROWS:
        raise ValueError(f"{rows} rows in groups of {group} are no multiples of {ROWS}")
    pure = bits - 4 / group - 16 / (group * columns) - 32 / columns
    if not WIDTHS[0] <= pure <= WIDTHS[-1]:
        raise ValueError(f"{bits} bits a weight are out of range")
    low = max(width for width in WIDTHS if width <= pure)
    high = min(width for width in WIDTHS if width >= pure)
    share = (pure - low) / (high - low) if high > low else 0.0
    wide = min(round(share * rows / group) * group, rows)
    spans = (Span(high, wide, group), Span(low, rows - wide, group))
    return tuple(span for span in spans if span.rows)


def pack_rows(codes: Tensor, bits: int) -> Tensor:
    """(rows, columns) whole numbers below 2**bits to (rows * bits / 32, columns) int32 words."""
    blocks = codes.to(torch.int64).unflatten(0, (-1, ROWS))
    words = torch.zeros(len(blocks), bits, codes.shape[1], dtype=torch.int64, device=codes.device)
    for row in range(ROWS):
        word, shift = divmod(row * bits, 32)
        words[:, word] |= blocks[:, row] << shift
        if shift + bits > 32:  # the rest of it begins the next word
            words[:, word + 1] |= blocks[:, row] >> (32 - shift)
    return _signed(words.flatten(0, 1))


def pack_scales(scales: Tensor) -> Tensor:
    """(groups, columns) of 1 to 16 to (groups, columns / 8) int32: four bits each."""
    nibbles = (scales.to(torch.int64) - 1).unflatten(1, (-1, 8))
    shifts = torch.arange(0, 32, 4, device=scales.device)
    return _signed((nibbles << shifts).sum(-1))


def _signed(words: Tensor) -> Tensor:
    """32 bits of an int64 as an int32."""
    low = words & 0xFFFFFFFF
    return torch.where(low >= 2**31, low - 2**32, low).to(torch.int32)


def random_matrix(
    rows: int, columns: int, spans: tuple[Span, ...], rng: torch.Generator
) -> dict[str, Tensor]:
    """The tensors of a random matrix on the generator's device, by the ends of their names.

    A weight is (code - 2**(bits-1)) * s**2 * max / 256, with s from 1 to 16; `max` is such that a
    product with values of spread 1 has spread 1, so that nothing overflows in float16.
    """
    device = rng.device
    padded = columns + -columns % ROWS
    words, groups, largest, at = [], [], [], 0
    for span in spans:
        shape = (span.rows, padded)
        codes = torch.randint(2**span.bits, shape, generator=rng, device=device, dtype=torch.int32)
        codes[:, columns:] = 2 ** (span.bits - 1)  # (zero)
        words.append(pack_rows(codes, span.bits))
        groups += [
            (span.bits, at + number * span.group * span.bits // 32) for number in range(span.groups)
        ]
        spread = 2**span.bits / math.sqrt(12) * _SPREAD_OF_SCALES
        largest += [1 / (math.sqrt(rows) * spread)] * span.groups
        at += span.rows * span.bits // 32
    scales = torch.randint(1, 17, (len(groups), padded), generator=rng, device=device)
    order = torch.randperm(rows, generator=rng, device=device)
    return {
        "q_weight": torch.cat(words),
        "q_scale": pack_scales(scales),
        "q_scale_max": torch.tensor(largest, dtype=torch.float16, device=device),
        "q_groups": torch.tensor(groups, dtype=torch.int16, device=device).flatten(),
        "q_invperm": order.to(torch.int32),
    }


_SPREAD_OF_SCALES = math.sqrt(sum(s**4 for s in range(1, 17)) / 16) / 256
"""The root mean square of s**2 / 256."""
