"""Muon (Jordan et al., 2024) with the step scale of Liu et al., 2025 (arXiv 2502.16982).

The momentum of each weight matrix is orthogonalized before it is applied, so that rare directions
learn as fast as common ones: fewer pictures are needed, and on a CPU pictures are what is scarce.
Convolutions count as matrices (output channels x the rest); vectors go to AdamW.
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn


class Muon(torch.optim.Optimizer):
    """Orthogonalized momentum for matrices, AdamW for everything else, one learning rate."""

    def __init__(
        self, parameters: Iterable[nn.Parameter], *, learning_rate: float, momentum: float = 0.95
    ) -> None:
        every = list(parameters)
        groups = [
            {"params": [p for p in every if p.ndim >= 2 and min(p.shape[:2]) > 16], "matrix": True},
            {"params": [p for p in every if not (p.ndim >= 2 and min(p.shape[:2]) > 16)],
             "matrix": False},
        ]  # fmt: skip
        super().__init__(groups, {"lr": learning_rate, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Applies the gradients."""
        for group in self.param_groups:
            update = self._matrix if group["matrix"] else self._vector
            for parameter in group["params"]:
                if parameter.grad is not None:
                    update(parameter, parameter.grad, group["lr"], group["momentum"])

    def _matrix(self, parameter: Tensor, gradient: Tensor, rate: float, momentum: float) -> None:
        state = self.state[parameter]
        if not state:
            state["momentum"] = torch.zeros_like(gradient)
        state["momentum"].lerp_(gradient, 1 - momentum)
        nesterov = gradient.lerp(state["momentum"], momentum)
        flat = nesterov.reshape(len(parameter), -1)
        scale = 0.2 * max(flat.shape) ** 0.5
        parameter.mul_(1 - rate * 0.01)
        parameter.add_(orthogonalized(flat).reshape(parameter.shape), alpha=-rate * scale)

    def _vector(self, parameter: Tensor, gradient: Tensor, rate: float, momentum: float) -> None:
        state = self.state[parameter]
        if not state:
            state["step"] = torch.zeros(())
            state["mean"], state["square"] = torch.zeros_like(gradient), torch.zeros_like(gradient)
        state["step"] += 1
        beta = 0.99
        state["mean"].lerp_(gradient, 1 - momentum)
        state["square"].mul_(beta).addcmul_(gradient, gradient, value=1 - beta)
        step = state["step"].item()
        mean = state["mean"] / (1 - momentum**step)
        root = (state["square"] / (1 - beta**step)).sqrt()
        parameter.addcdiv_(mean, root + 1e-8, value=-rate)


def orthogonalized(matrix: Tensor, steps: int = 5) -> Tensor:
    """The nearest semi-orthogonal matrix, approximately: singular values end in about [0.7, 1.2].

    Newton-Schulz iteration with the quintic of the source; in bfloat16, which is precise enough.
    """
    a, b, c = 3.4445, -4.7750, 2.0315
    x = matrix.to(torch.bfloat16)
    wide = x.shape[0] <= x.shape[1]
    x = x if wide else x.T
    x = x / (x.norm() + 1e-7)
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    result: Tensor = x if wide else x.T
    return result.to(matrix.dtype)
