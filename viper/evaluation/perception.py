"""What can be told from pixels alone, in OKLab: no model that learned anything is asked."""

import numpy as np
from numpy.typing import NDArray

from viper.atelier.color import from_hex, to_oklab
from viper.atelier.palette import nearest_palette

Pixels = NDArray[np.uint8]
"""sRGB, (height, width, 3)."""

HUE_TOLERANCE = 40.0
"""Degrees from the asked color within which a picture has its hue."""

_GRAY = 0.03
"""Mean chroma below which a picture has no hue."""


def palette_of(pixels: Pixels) -> str:
    """The named palette whose colors the picture consists of most likely."""
    return nearest_palette(_unit(pixels[::2, ::2])).name


def lightness(pixels: Pixels) -> float:
    """Mean lightness, 0 (black) to 1 (white)."""
    return float(to_oklab(_unit(pixels))[..., 0].mean())


def contrast(pixels: Pixels) -> float:
    """Standard deviation of lightness over the picture, 0 to 0.5."""
    return float(to_oklab(_unit(pixels))[..., 0].std())


def chroma(pixels: Pixels) -> float:
    """Mean colorfulness, 0 (gray) to about 0.3."""
    return float(np.linalg.norm(to_oklab(_unit(pixels))[..., 1:], axis=-1).mean())


def has_hue(pixels: Pixels, color: str) -> bool:
    """Whether the colorful parts of a picture are of a color's hue, on the whole.

    Args:
        pixels: The picture.
        color: `#rrggbb`.
    """
    mean = to_oklab(_unit(pixels))[..., 1:].reshape(-1, 2).mean(axis=0)
    asked = from_hex(color)[1:]
    if np.linalg.norm(mean) < _GRAY:
        return False
    cosine = float(mean @ asked / (np.linalg.norm(mean) * np.linalg.norm(asked)))
    return bool(np.degrees(np.arccos(np.clip(cosine, -1, 1))) <= HUE_TOLERANCE)


def pixel_distances(pictures: list[Pixels]) -> NDArray[np.float64]:
    """Mean OKLab distance of every two pictures, place by place on a grid of 16 x 16."""
    grids = np.stack([_grid(to_oklab(_unit(picture))) for picture in pictures])
    return np.stack([np.linalg.norm(grids - grid, axis=-1).mean(axis=(1, 2)) for grid in grids])


def _grid(lab: NDArray[np.float32]) -> NDArray[np.float64]:
    height, width, _ = lab.shape
    parts = lab[: height // 16 * 16, : width // 16 * 16]
    blocks = parts.reshape(16, height // 16, 16, width // 16, 3)
    return np.asarray(blocks.mean(axis=(1, 3)), np.float64)


def _unit(pixels: Pixels) -> NDArray[np.float32]:
    return np.asarray(pixels.astype(np.float32) / 255, np.float32)
