"""The mean of two trainings of one model, weight by weight: `--share` of the later one.

    python -m training.average training/weights training/runs/X/checkpoint.pt --share 0.7 --out Y

A run that teaches something new at a high rate loses some of what was known; on the line between
both weights lies what has most of either. Source: M. Wortsman and others, Robust fine-tuning of
zero-shot models, 2022. Knows weights; knows no data.
"""

import argparse
from pathlib import Path

import torch
from torch import Tensor

from training.grow import read_folder


def weights(path: Path) -> dict[str, Tensor]:
    """Of a checkpoint, or of an exported folder, in float32."""
    found = read_folder(path)[0] if path.is_dir() else torch.load(path, weights_only=True)["model"]
    return {name: tensor.float() for name, tensor in found.items()}


def average(one: dict[str, Tensor], other: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """`share` of the other, the rest of the one; both have the same names and shapes."""
    return {name: (1 - share) * tensor + share * other[name] for name, tensor in one.items()}


def main() -> None:
    """Read both, write a checkpoint that a run may start from."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("earlier", type=Path, help="a checkpoint or an exported folder")
    parser.add_argument("later", type=Path, help="a checkpoint; what it has seen is kept")
    parser.add_argument("--share", type=float, default=0.5, help="of the later one")
    parser.add_argument("--out", type=Path, required=True, help="the new checkpoint")
    args = parser.parse_args()
    state = torch.load(args.later, weights_only=True)
    state["model"] = average(weights(args.earlier), weights(args.later), args.share)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(state, args.out)


if __name__ == "__main__":
    main()
