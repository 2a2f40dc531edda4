"""ExLlamaV2's own reading of its format: its C++ for each width, compiled for the processor.

`exllamav2_ext/cuda/quant/qdq_*.cuh` at version 0.3.2, in the form without shuffled words
(`QMODE_*BIT` 0), and its Python for the rest. What they need of CUDA are a handful of words.
"""

import ctypes
import re
import subprocess
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

_WORDS = """
#include <cstdint>
#include <algorithm>
#define __forceinline__ inline
#define __device__
typedef float half;
struct half2 { half x, y; };
static half __int2half_rn(int x) { return (half) x; }
static half __hmul(half a, half b) { return a * b; }
static half2 __halves2half2(half a, half b) { return {a, b}; }
static half2 __half2half2(half a) { return {a, a}; }
static half2 __hadd2(half2 a, half2 b) { return {a.x + b.x, a.y + b.y}; }
static half2 __hfma2(half2 a, half2 b, half2 c) { return {a.x * b.x + c.x, a.y * b.y + c.y}; }
static uint32_t __funnelshift_rc(uint32_t low, uint32_t high, uint32_t shift)
{ return (uint32_t) ((((uint64_t) high << 32) | low) >> std::min(shift, 32u)); }
"""
_READ = """
extern "C" void read_%(bits)d(const uint32_t* words, float* codes)
{ half2 dq[%(pairs)d]; dequant_%(bits)dbit_%(rows)d(%(words)s, dq, 1);
  for (int i = 0; i < %(pairs)d; i++) { codes[2*i] = dq[i].x; codes[2*i+1] = dq[i].y; } }
"""
_SCALE = """
extern "C" float scale(int code, float largest) { return dq_scale(code, largest); }
"""
ROWS = {2: 16, 3: 32, 4: 8, 5: 32, 6: 16, 8: 8}
"""How many rows each of its functions reads."""


class Reader:
    """Its functions, called by ctypes."""

    def __init__(self, package: Path, folder: Path) -> None:
        quant = package / "exllamav2_ext" / "cuda" / "quant"
        modes = "".join(f"#define QMODE_{bits}BIT 0\n" for bits in ROWS)
        sources = [quant / "qdq_util.cuh", *(quant / f"qdq_{bits}.cuh" for bits in ROWS)]
        text = "\n".join(source.read_text() for source in sources)
        text = re.sub(r"#include.*", "", text)
        for bits, rows in ROWS.items():
            count = rows * bits // 32
            words = ", ".join(f"words[{word}]" for word in range(count))
            text += _READ % {"bits": bits, "rows": rows, "pairs": rows // 2, "words": words}
        (folder / "read.cpp").write_text(_WORDS + modes + text + _SCALE)
        library = folder / "read.so"
        subprocess.run(
            ["g++", "-w", "-shared", "-fPIC", "-o", str(library), str(folder / "read.cpp")],  # noqa: S607
            check=True,
        )
        self._library = ctypes.CDLL(str(library))
        self._library.scale.restype = ctypes.c_float
        self._library.scale.argtypes = [ctypes.c_int, ctypes.c_float]

    def codes(self, words: Tensor, bits: int) -> Tensor:
        """(n, columns) words to the codes in them, each less the middle of its range."""
        count = ROWS[bits] * bits // 32
        read = getattr(self._library, f"read_{bits}")
        columns = []
        for column in words.T.contiguous():
            found = []
            for block in column.reshape(-1, count):
                given = (ctypes.c_uint32 * count)(*(word & 0xFFFFFFFF for word in block.tolist()))
                out = (ctypes.c_float * ROWS[bits])()
                read(given, out)
                found += list(out)
            columns.append(torch.tensor(found))
        return torch.stack(columns, 1)

    def scale(self, code: int, largest: float) -> float:
        """What a group's scale means."""
        return float(self._library.scale(code, largest))

    def weights(self, matrix: dict[str, Tensor], group_map: Any) -> Tensor:
        """The (rows, columns) matrix that its kernels would reconstruct. `group_map`: upstream's
        function for it.
        """
        words, groups = matrix["q_weight"], matrix["q_groups"].tolist()
        bounds = [*groups[1::2], len(words)]
        blocks = []
        for number, bits in enumerate(groups[::2]):
            codes = self.codes(words[bounds[number] : bounds[number + 1]], bits)
            nibbles = [
                word >> shift & 15
                for word in matrix["q_scale"][number].tolist()
                for shift in range(0, 32, 4)
            ]
            largest = float(matrix["q_scale_max"][number]) / 256  # (as make_q_matrix does)
            blocks.append(codes * torch.tensor([self.scale(one, largest) for one in nibbles]))
        stored = torch.cat(blocks)
        # Its own map has a group for each row.
        of_row = group_map(matrix["q_groups"], len(words))[::2].tolist()
        assert of_row == [n for n, block in enumerate(blocks) for _ in range(len(block))]
        weights = torch.empty_like(stored)
        weights[torch.argsort(matrix["q_invperm"])] = stored
        return weights
