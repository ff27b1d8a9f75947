"""Smooth fields, noise and resampling on square rasters."""

from functools import lru_cache
from typing import cast

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from viper.atelier.styles.style import Raster


def blur(image: Raster, sigma: float) -> Raster:
    """Three box blurs, close to a Gaussian of `sigma` pixels; edges are repeated."""
    radius = max(round(sigma), 1) if sigma >= 0.5 else 0
    if radius == 0:
        return image
    result = image.astype(np.float32)
    for _ in range(3 if sigma >= 1.5 else 2):
        result = _box(_box(result, radius).swapaxes(0, 1), radius).swapaxes(0, 1)
    return result


def _box(image: Raster, radius: int) -> Raster:
    width = 2 * radius + 1
    padding = [(radius + 1, radius)] + [(0, 0)] * (image.ndim - 1)
    total = np.cumsum(np.pad(image, padding, mode="edge"), axis=0, dtype=np.float64)
    return np.asarray((total[width:] - total[:-width]) / width, np.float32)


@lru_cache(maxsize=64)
def _weights(size: int, cells: int) -> Raster:
    # Rows of cubic B-spline weights: smooth interpolation of a grid as two matrix products.
    place = (np.arange(size) + 0.5) / size * cells
    base = np.floor(place).astype(int)
    t = (place - base)[:, None]
    basis = np.concatenate(
        [(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3], axis=1
    )
    weights = np.zeros((size, cells + 4), np.float32)
    rows = np.arange(size)[:, None]
    weights[rows, base[:, None] + np.arange(4)] = basis / 6
    return weights


def noise(size: int, cells: int | tuple[int, int], rng: Generator) -> Raster:
    """Smooth noise of about unit deviation; `cells` waves across (rows, columns)."""
    rows, columns = (cells, cells) if isinstance(cells, int) else cells
    grid = rng.standard_normal((rows + 4, columns + 4), np.float32) * 2
    return cast(Raster, _weights(size, rows) @ grid @ _weights(size, columns).T)


def fractal(size: int, cells: int, rng: Generator, *, octaves: int = 3) -> Raster:
    """Noise upon finer and weaker noise, about unit deviation."""
    total = noise(size, cells, rng)
    for octave in range(1, octaves):
        total = total + noise(size, cells << octave, rng) * 0.5**octave
    return np.asarray(total / 1.15, np.float32)


def grain(size: int, rng: Generator, scale: float = 1.0) -> Raster:
    """White noise in spots of `scale` pixels at 256, so that it looks alike at all sizes."""
    spots = max(round(scale * size / 256), 1)
    small = rng.standard_normal((-(-size // spots),) * 2, np.float32)
    if spots == 1:
        return small
    # Bilinear enlargement averages up to four values: make up for the lost deviation.
    return np.asarray(resize(small, small.shape[0] * spots)[:size, :size] * 1.5, np.float32)


def resize(image: Raster, size: int) -> Raster:
    """Bilinear enlargement of a square raster, (n, n) or (n, n, channels)."""
    count = image.shape[0]
    if count == size:
        return image
    weights = _linear(size, count)
    flat = image.reshape(count, -1)
    wide = (weights @ flat).reshape(size, count, -1)
    out = np.einsum("xc,ycd->yxd", weights, wide, optimize=True)
    return np.asarray(out.reshape(size, size, *image.shape[2:]), np.float32)


@lru_cache(maxsize=64)
def _linear(size: int, count: int) -> Raster:
    place = np.clip((np.arange(size) + 0.5) / size * count - 0.5, 0, count - 1)
    base = np.minimum(np.floor(place).astype(int), count - 2)
    share = (place - base).astype(np.float32)
    weights = np.zeros((size, count), np.float32)
    rows = np.arange(size)
    weights[rows, base] = 1 - share
    weights[rows, base + 1] += share
    return weights


@lru_cache(maxsize=16)
def grid(size: int) -> tuple[Raster, Raster]:
    """The x and y of the pixel centers in the unit square."""
    axis = (np.arange(size, dtype=np.float32) + 0.5) / size
    x, y = np.meshgrid(axis, axis)
    x.flags.writeable = y.flags.writeable = False
    return x, y


def sample(image: Raster, x: Raster, y: Raster) -> Raster:
    """Bilinear values of (size, size, channels) at pixel coordinates, clamped to the border."""
    size = image.shape[0]
    x = np.clip(x, 0, size - 1.001)
    y = np.clip(y, 0, size - 1.001)
    left, top = x.astype(np.int32), y.astype(np.int32)
    fx, fy = (x - left)[..., None], (y - top)[..., None]
    flat = image.reshape(size * size, -1)
    index = top * size + left
    upper = flat[index] * (1 - fx) + flat[index + 1] * fx
    lower = flat[index + size] * (1 - fx) + flat[index + size + 1] * fx
    return np.asarray(upper * (1 - fy) + lower * fy, np.float32)


def smoothstep(value: Raster, low: float, high: float) -> Raster:
    """0 below `low`, 1 above `high`, smooth between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def distance_to(mask: NDArray[np.bool_], reach: float) -> Raster:
    """Euclidean distance to the nearest set pixel, at most `reach`, both in pixels."""
    size = mask.shape[0]
    rows = np.arange(size, dtype=np.float32)[:, None]
    above = np.maximum.accumulate(np.where(mask, rows, -1e4), axis=0)
    below = np.minimum.accumulate(np.where(mask, rows, 1e4)[::-1], axis=0)[::-1]
    column = np.minimum(np.minimum(rows - above, below - rows), reach).astype(np.float32) ** 2
    best = column.copy()
    for shift in range(1, min(int(reach) + 1, size)):
        offset = float(shift * shift)
        np.minimum(best[:, shift:], column[:, :-shift] + offset, out=best[:, shift:])
        np.minimum(best[:, :-shift], column[:, shift:] + offset, out=best[:, :-shift])
    return np.asarray(np.sqrt(best), np.float32)
