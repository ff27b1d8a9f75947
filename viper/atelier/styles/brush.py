"""Thousands of brush marks in one draw call."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import skia
from numpy.typing import NDArray

from viper.atelier.styles.fields import grid, smoothstep
from viper.atelier.styles.layers import Labels, Sheet, pack
from viper.atelier.styles.style import Raster

_LENGTH = 96  # Pixels of a sprite's long side.


@dataclass(frozen=True)
class Brush:
    """An atlas of white sprites, to be tinted, turned and scaled."""

    atlas: skia.Image
    width: int
    height: int
    variants: int


def _atlas(sprites: list[tuple[Raster, Raster]]) -> Brush:
    # Each sprite is (brightness, opacity), both (height, width).
    gray = np.concatenate([sprite[0] for sprite in sprites])
    alpha = np.concatenate([sprite[1] for sprite in sprites])
    pixels = np.stack([gray, gray, gray, alpha], axis=-1)
    data = np.asarray(np.clip(pixels * 255, 0, 255), np.uint8)
    image = skia.Image.fromarray(np.ascontiguousarray(data), colorType=skia.kRGBA_8888_ColorType)
    height, width = sprites[0][0].shape
    return Brush(image, width, height, len(sprites))


@lru_cache(maxsize=8)
def bristles(aspect: float, contrast: float) -> Brush:
    """A loaded brush: streaks along the stroke, ragged ends, a ridge of paint at the sides."""
    chance = np.random.default_rng(7)
    height = max(round(_LENGTH / aspect), 12)
    x = np.linspace(-1, 1, _LENGTH, dtype=np.float32)[None]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    sprites = []
    for _ in range(6):
        streaks = chance.standard_normal((height, 1)).astype(np.float32)
        streaks = np.repeat(streaks, _LENGTH, axis=1)
        streaks += 0.5 * np.cumsum(chance.standard_normal((height, _LENGTH)), axis=1) / 6
        ends = 0.9 + 0.055 * streaks - 0.25 * y * y
        body = smoothstep(ends - np.abs(x), 0.0, 0.09) * smoothstep(0.95 - np.abs(y), 0.0, 0.22)
        gray = 0.9 + contrast * (0.35 * streaks - 0.6 * y) * 0.3 + 0 * x
        sprites.append((np.asarray(gray, np.float32), np.asarray(body, np.float32)))
    return _atlas(sprites)


@lru_cache(maxsize=2)
def dot() -> Brush:
    """A round dab with a soft rim."""
    x, y = grid(64)
    radius = np.hypot(x - 0.5, y - 0.5) * 2
    body = smoothstep(0.97 - radius, 0.0, 0.1)
    gray = 0.95 + 0.05 * smoothstep(0.6 - np.hypot(x - 0.4, y - 0.38) * 2, 0, 0.6)
    return _atlas([(gray, body)])


@lru_cache(maxsize=4)
def thread(aspect: float) -> Brush:
    """A twisted thread: round, lit from above, with slanted fibers."""
    height = max(round(_LENGTH / aspect), 10)
    x = np.linspace(0, 1, _LENGTH, dtype=np.float32)[None]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    sprites = []
    for phase in (0.0, 0.3, 0.7):
        twist = np.cos(2 * np.pi * (x * 5 + 0.45 * y + phase))
        gray = 0.62 + 0.36 * np.sqrt(np.clip(1 - (y + 0.25) ** 2 / 1.6, 0, 1)) + 0.06 * twist
        ends = smoothstep(np.minimum(x, 1 - x) - 0.04 * y * y, 0.0, 0.07)
        body = ends * smoothstep(1 - np.abs(y), 0.02, 0.25)
        sprites.append((np.asarray(gray, np.float32), np.asarray(body, np.float32)))
    return _atlas(sprites)


@dataclass(frozen=True)
class Marks:
    """Where brush marks go; all arrays of shape (n,), in pixels and radians."""

    x: Raster
    y: Raster
    angle: Raster
    length: Raster

    def take(self, index: NDArray[Any]) -> "Marks":
        """Some of the marks, in this order."""
        return Marks(self.x[index], self.y[index], self.angle[index], self.length[index])


def stamp(sheet: Sheet, brush: Brush, marks: Marks, rgb: Raster, *, alpha: float = 1.0) -> None:
    """Draw all marks in their order; `rgb` has shape (n, 3)."""
    scale = marks.length / brush.width
    cosine, sine = np.cos(marks.angle) * scale, np.sin(marks.angle) * scale
    half_x, half_y = brush.width / 2, brush.height / 2
    left = marks.x - cosine * half_x + sine * half_y
    top = marks.y - sine * half_x - cosine * half_y
    transforms = [
        skia.RSXform(*row) for row in np.stack([cosine, sine, left, top], axis=1).tolist()
    ]
    cells = [
        skia.Rect.MakeXYWH(0, index * brush.height, brush.width, brush.height)
        for index in range(brush.variants)
    ]
    sprites = [cells[index % brush.variants] for index in range(len(transforms))]
    linear = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
    sheet.canvas.drawAtlas(
        brush.atlas,
        transforms,
        sprites,
        pack(rgb, alpha),
        skia.BlendMode.kModulate,
        linear,
        None,
        skia.Paint(AntiAlias=True),
    )


def scatter(size: int, pitch: float, chance: np.random.Generator) -> tuple[Raster, Raster]:
    """Points on a jittered grid, `pitch` pixels apart, in random order."""
    count = max(round(size / pitch), 2)
    axis = (np.arange(count + 2) - 0.5) / count * size
    x, y = (part.ravel() for part in np.meshgrid(axis, axis))
    order = chance.permutation(x.size)
    jitter = (chance.random((2, x.size)) - 0.5) * 0.9 * size / count
    x, y = x + jitter[0], y + jitter[1]
    return np.asarray(x[order], np.float32), np.asarray(y[order], np.float32)


def at(raster: Raster | Labels, x: Raster, y: Raster) -> Raster:
    """Nearest values at pixel positions, clamped to the border."""
    size = raster.shape[0]
    columns = np.clip(x.astype(np.int32), 0, size - 1)
    rows = np.clip(y.astype(np.int32), 0, size - 1)
    return np.asarray(raster[rows, columns])


def reach(label: Labels, x: Raster, y: Raster, angle: Raster, length: Raster) -> Raster:
    """The longest mark, at most `length`, whose axis stays within the label it starts on."""
    home = at(label, x, y)
    cosine, sine = np.cos(angle) * length / 2, np.sin(angle) * length / 2
    share = np.full(x.shape, 0.12, np.float32)
    open_ = np.ones(x.shape, bool)
    for step in (0.2, 0.35, 0.5, 0.65, 0.8, 1.0):
        for sign in (-step, step):
            open_ &= at(label, x + cosine * sign, y + sine * sign) == home
        share[open_] = step
    return np.asarray(share * length, np.float32)
