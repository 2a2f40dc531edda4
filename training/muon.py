"""Muon: momentum whose update is made orthogonal. Knows matrices; knows no model.

Source: K. Jordan and others, Muon: an optimizer for hidden layers in neural networks, 2024; the
coefficients of the Newton-Schulz iteration are theirs.
"""

from collections.abc import Sequence
from typing import Final

import torch
import torch.distributed as dist
from torch import Tensor

HAS_BFLOAT16: Final[bool] = torch.cpu._is_avx512_bf16_supported()  # noqa: SLF001 - none is public
"""Whether this CPU has instructions for it; without, a training step in it took fourteen times as
long as one in float32.
"""
_STEPS: Final = 5
_A, _B, _C = 3.4445, -4.7750, 2.0315


def orthogonalise(matrices: Tensor) -> Tensor:
    """Bring the singular values of a stack of matrices, (n, rows <= columns), near one."""
    x = matrices.bfloat16() if HAS_BFLOAT16 else matrices
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(_STEPS):
        gram = x @ x.mT
        x = _A * x + (_B * gram + _C * (gram @ gram)) @ x
    return x.float()


class Muon:
    """Updates matrices in place; each worker orthogonalises its share of them."""

    def __init__(self, parameters: Sequence[Tensor], momentum: float = 0.95) -> None:
        """`parameters`: matrices that all workers hold alike."""
        self.parameters = list(parameters)
        self.momentum = momentum
        self.buffers = [torch.zeros_like(p) for p in self.parameters]
        shapes: dict[tuple[int, ...], list[int]] = {}
        for index, parameter in enumerate(self.parameters):
            shapes.setdefault(tuple(sorted(parameter.shape)), []).append(index)
        world, rank = dist.get_world_size(), dist.get_rank()
        self._mine = [indices[rank::world] for indices in shapes.values()]

    @torch.no_grad()
    def step(self, rate: float, decay: float) -> None:
        """One update from the parameters' gradients, which must be the same on all workers."""
        updates = [torch.zeros_like(p) for p in self.parameters]
        for index, (parameter, buffer) in enumerate(
            zip(self.parameters, self.buffers, strict=True)
        ):
            assert parameter.grad is not None, index
            buffer.lerp_(parameter.grad, 1 - self.momentum)
        for indices in filter(None, self._mine):
            stack = []
            for i in indices:
                grad = self.parameters[i].grad
                assert grad is not None
                nesterov = grad.lerp(self.buffers[i], self.momentum)
                stack.append(nesterov if nesterov.shape[0] <= nesterov.shape[1] else nesterov.T)
            for i, update in zip(indices, orthogonalise(torch.stack(stack)), strict=True):
                rows, columns = self.parameters[i].shape
                flat = update if rows <= columns else update.T
                updates[i] = flat * max(1.0, rows / columns) ** 0.5
        everything = torch.cat([u.reshape(-1) for u in updates])
        dist.all_reduce(everything)
        for p, u in zip(
            self.parameters, everything.split([p.numel() for p in self.parameters]), strict=True
        ):
            p.mul_(1 - rate * decay).add_(u.view_as(p), alpha=-rate)

    def state(self) -> list[Tensor]:
        """For a checkpoint."""
        return self.buffers

    def load(self, buffers: Sequence[Tensor]) -> None:
        """From a checkpoint."""
        for mine, theirs in zip(self.buffers, buffers, strict=True):
            mine.copy_(theirs)
