"""Makes paintings as soft as what a small generator draws, so that its pictures are judged fairly.

A judge that only ever saw crisp paintings would answer about their edges. None of this comes from
a trained model: the judge must not learn the habits of what it judges.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

SHIFT = 4
"""Pixels that a picture is moved by at most."""

_QUALITY = (0.02, 0.12)
"""Steps to which coefficients are rounded, at full contrast 2: slight to plain compression."""


def softened(pictures: Tensor, draw: torch.Generator) -> Tensor:
    """A batch after a random mix of blur, noise, compression, shift and mirroring.

    Args:
        pictures: [b, 3, side, side] in [-1, 1]; the side is a multiple of 8.
        draw: Decides, on the CPU; what is decided holds for the whole batch.
    """
    blur, noise, loss, mirror = (torch.rand(4, generator=draw) < 0.5).tolist()
    if blur:
        pictures = blurred(pictures, _between(0.35, 0.85, draw))
    if noise:
        strength = _between(0.0, 0.06, draw)
        seed = int(torch.randint(2**31, (), generator=draw))
        own = torch.Generator(pictures.device).manual_seed(seed)
        spread = torch.randn(pictures.shape, generator=own, device=pictures.device)
        pictures = pictures + strength * spread
    if loss:
        pictures = compressed(pictures, _between(*_QUALITY, draw))
    if mirror:
        pictures = pictures.flip(3)
    across, down = torch.randint(-SHIFT, SHIFT + 1, (2,), generator=draw).tolist()
    return shifted(pictures, across, down).contiguous(memory_format=torch.channels_last)


def blurred(pictures: Tensor, share: float) -> Tensor:
    """What is left at that share of the resolution."""
    side = pictures.shape[-1]
    small = functional.interpolate(
        pictures, size=max(1, round(side * share)), mode="bilinear", antialias=True
    )
    return functional.interpolate(small, size=side, mode="bilinear")


def compressed(pictures: Tensor, step: float) -> Tensor:
    """Rounds cosine coefficients of 8 x 8 blocks, high frequencies more coarsely, as JPEG does."""
    basis = _cosines().to(pictures)
    batch, channels, side, _ = pictures.shape
    blocks = pictures.reshape(batch, channels, side // 8, 8, side // 8, 8).transpose(3, 4)
    frequency = torch.arange(8, device=pictures.device)
    steps = step * (1 + frequency[:, None] + frequency[None, :])
    rounded = ((basis @ blocks @ basis.T) / steps).round() * steps
    return (basis.T @ rounded @ basis).transpose(3, 4).reshape(pictures.shape)


def shifted(pictures: Tensor, across: int, down: int) -> Tensor:
    """Moved by at most SHIFT pixels; the edge is repeated."""
    side = pictures.shape[-1]
    padded = functional.pad(pictures, (SHIFT,) * 4, mode="replicate")
    top, left = SHIFT - down, SHIFT - across
    return padded[:, :, top : top + side, left : left + side]


def _cosines() -> Tensor:
    # The orthonormal discrete cosine transform of eight values.
    n = torch.arange(8, dtype=torch.float32)
    rows = torch.cos(math.pi / 8 * (n[None, :] + 0.5) * n[:, None]) / 2
    rows[0] /= math.sqrt(2)
    return rows


def _between(low: float, high: float, draw: torch.Generator) -> float:
    return low + (high - low) * float(torch.rand((), generator=draw))
