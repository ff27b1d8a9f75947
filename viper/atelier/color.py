"""Colors in OKLab, where equal distances look equally different (Björn Ottosson, 2020)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

_RGB_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    np.float32,
)
_LMS_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    np.float32,
)
_LMS_TO_RGB = np.linalg.inv(_RGB_TO_LMS)
_LAB_TO_LMS = np.linalg.inv(_LMS_TO_LAB)


def to_oklab(rgb: Array) -> Array:
    """sRGB in [0, 1], shape (..., 3), to OKLab: L in [0, 1], a and b about [-0.4, 0.4]."""
    rgb = np.asarray(rgb, np.float32)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.cbrt(linear @ _RGB_TO_LMS.T) @ _LMS_TO_LAB.T, np.float32)


def to_rgb(lab: Array) -> Array:
    """OKLab, shape (..., 3), to sRGB clipped to [0, 1]."""
    linear = np.clip((np.asarray(lab, np.float32) @ _LAB_TO_LMS.T) ** 3 @ _LMS_TO_RGB.T, 0.0, 1.0)
    encoded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(encoded, np.float32)


def from_hex(text: str) -> Array:
    """`#rrggbb` to OKLab."""
    value = text.removeprefix("#")
    rgb = np.array([int(value[i : i + 2], 16) for i in (0, 2, 4)], np.float32)
    return to_oklab(np.asarray(rgb / 255, np.float32))


def with_lightness(lab: Array, lightness: float, chroma: float = 1.0) -> Array:
    """The same hue at another lightness; `chroma` multiplies its colorfulness."""
    return np.array([lightness, lab[1] * chroma, lab[2] * chroma], np.float32)


def mix(first: Array, second: Array, share: float) -> Array:
    """`share` 0 is the first color, 1 the second."""
    return np.asarray(first * (1 - share) + second * share, np.float32)


def distance_to_colors(pixels: Array, colors: Sequence[Array]) -> Array:
    """OKLab distance of each pixel to the nearest of some colors.

    Args:
        pixels: sRGB in [0, 1], shape (..., 3).
        colors: OKLab colors.

    Returns:
        Shape (...): 0 is identical, 0.02 just noticeable, 0.3 another color altogether.
    """
    lab = to_oklab(pixels)
    distances = [np.linalg.norm(lab - color, axis=-1) for color in colors]
    return np.asarray(np.min(distances, axis=0), np.float32)


def histogram(pixels: Array) -> tuple[Array, Array]:
    """The colors of a picture, most frequent first, and how much of it each takes.

    Args:
        pixels: sRGB in [0, 1], shape (..., 3).

    Returns:
        At most 300 OKLab colors, the means of cells 0.06 high in L and 0.03 wide in a and b, with
        shares of the pixels; what is rarer than these is left out.
    """
    lab = to_oklab(pixels).reshape(-1, 3)
    steps = lab / np.array([0.06, 0.03, 0.03], np.float32) + np.array([0, 15, 15], np.float32)
    cells = steps.astype(np.int64) @ (900, 30, 1)
    _, cell, counts = np.unique(cells, return_inverse=True, return_counts=True)
    means = np.stack([np.bincount(cell, lab[:, axis]) / counts for axis in range(3)], axis=1)
    common = np.argsort(-counts, kind="stable")[:300]
    return np.asarray(means[common], np.float32), np.asarray(counts[common] / len(lab), np.float32)
