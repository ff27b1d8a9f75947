"""What is done to a rendered picture as a whole: light, contrast, texture, border."""

from collections.abc import Callable
from functools import lru_cache
from random import Random
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from viper.atelier.color import Array, to_rgb
from viper.atelier.scene import Role
from viper.atelier.weather import lay_mood

BORDER = "decorative border"

_Pixels = NDArray[np.float32]


class Finished(Protocol):
    """The part of a painting that this module reads."""

    @property
    def lighting(self) -> str | None: ...  # noqa: D102
    @property
    def contrast(self) -> str | None: ...  # noqa: D102
    @property
    def texture(self) -> str | None: ...  # noqa: D102
    @property
    def framing(self) -> str | None: ...  # noqa: D102
    @property
    def mood(self) -> str | None: ...  # noqa: D102
    def role_colors(self) -> dict[Role, Array]: ...  # noqa: D102


def finish(
    picture: NDArray[np.uint8], painting: Finished, focus: tuple[float, float], rng: Random
) -> NDArray[np.uint8]:
    """Applies the dials that act on the whole picture; returns a new picture."""
    wanted = (painting.lighting, painting.contrast, painting.texture, painting.framing)
    if not any((*wanted, painting.mood)):
        return picture
    pixels: _Pixels = np.asarray(picture.astype(np.float32) / 255, np.float32)
    if painting.lighting:
        pixels = _LIGHTS[painting.lighting](pixels, focus)
    if painting.mood:
        pixels = lay_mood(pixels, painting.mood, painting.role_colors(), rng)
    if painting.contrast:
        gain = 1.55 if painting.contrast == "high contrast" else 0.5
        middle = pixels.mean()
        pixels = np.asarray(middle + (pixels - middle) * gain, np.float32)
    if painting.texture:
        pixels = _texture(pixels, painting.texture, rng)
    if painting.framing == BORDER:
        pixels = _border(pixels, painting.role_colors())
    return np.asarray(np.clip(pixels * 255 + 0.5, 0, 255), np.uint8)


@lru_cache(maxsize=8)
def _grid(size: int) -> tuple[_Pixels, _Pixels]:
    axis = np.asarray((np.arange(size, dtype=np.float32) + 0.5) / size, np.float32)
    return axis[None, :], axis[:, None]


def _rgb(red: float, green: float, blue: float) -> _Pixels:
    return np.array([red, green, blue], np.float32)


def _glow_at(size: int, focus: tuple[float, float], radius: float) -> _Pixels:
    x, y = _grid(size)
    distance = (x - focus[0]) ** 2 + (y - focus[1]) ** 2
    return np.asarray(np.exp(-distance / (2 * radius**2))[..., None], np.float32)


def _blurred(pixels: _Pixels, radius: int) -> _Pixels:
    # Two box blurs by cumulative sums approximate a Gaussian at a cost independent of the radius.
    for axis in (0, 1, 0, 1):
        width = [(0, 0)] * pixels.ndim
        width[axis] = (radius + 1, radius)
        sums = np.cumsum(np.pad(pixels, width, mode="edge"), axis=axis, dtype=np.float32)
        high = [slice(None)] * pixels.ndim
        low = list(high)
        high[axis], low[axis] = slice(2 * radius + 1, None), slice(None, -2 * radius - 1)
        means = (sums[tuple(high)] - sums[tuple(low)]) / (2 * radius + 1)
        pixels = np.asarray(means, np.float32)
    return pixels


def _golden(pixels: _Pixels, focus: tuple[float, float]) -> _Pixels:
    size = len(pixels)
    low_sun = _glow_at(size, (0.12 if focus[0] > 0.5 else 0.88, 0.3), 0.42)
    warm = pixels * _rgb(1.06, 0.94, 0.74)
    return np.asarray(warm + low_sun * _rgb(0.42, 0.26, 0.04), np.float32)


def _moonlight(pixels: _Pixels, focus: tuple[float, float]) -> _Pixels:
    size = len(pixels)
    gray = pixels.mean(axis=-1, keepdims=True)
    cool = (0.45 * gray + 0.55 * pixels) * _rgb(0.42, 0.52, 0.78)
    halo = _glow_at(size, (focus[0], 0.08), 0.35)
    return np.asarray(cool + halo * _rgb(0.16, 0.2, 0.27), np.float32)


def _dramatic(pixels: _Pixels, focus: tuple[float, float]) -> _Pixels:
    spot = _glow_at(len(pixels), focus, 0.3)
    return np.asarray(pixels * (0.16 + 1.12 * spot), np.float32)


def _soft(pixels: _Pixels, focus: tuple[float, float]) -> _Pixels:  # noqa: ARG001
    haze = _blurred(pixels, max(2, len(pixels) // 40))
    return np.asarray(0.22 + 0.74 * (0.5 * pixels + 0.5 * haze), np.float32)


def _neon(pixels: _Pixels, focus: tuple[float, float]) -> _Pixels:  # noqa: ARG001
    # Saturated and light parts shine into a darkened picture.
    spread = pixels.max(axis=-1, keepdims=True) - pixels.min(axis=-1, keepdims=True)
    emission = pixels * np.clip(spread * 1.4, 0.1, 1)
    glow = _blurred(emission, max(2, len(pixels) // 28))
    return np.asarray(0.6 * pixels + 0.4 * emission + 1.1 * glow, np.float32)


_LIGHTS: dict[str, Callable[[_Pixels, tuple[float, float]], _Pixels]] = {
    "golden hour light": _golden,
    "moonlight": _moonlight,
    "dramatic lighting": _dramatic,
    "soft light": _soft,
    "neon glow": _neon,
}


def _texture(pixels: _Pixels, texture: str, rng: Random) -> _Pixels:
    size = len(pixels)
    noise = np.random.default_rng(rng.getrandbits(64))
    if texture == "smooth texture":
        # One pixel is a lot in a small picture, so less of the blur goes in.
        share = min(size / 256, 1.0)
        return (1 - share) * pixels + share * _blurred(pixels, max(1, size // 200))
    if texture == "film grain":
        grain = noise.standard_normal((size, size, 1), np.float32)
        return np.asarray(pixels + 0.055 * grain, np.float32)
    if texture == "paper grain":
        grain = noise.standard_normal((size, size, 1), np.float32)
        mottled = _blurred(grain, max(1, size // 130))
        return np.asarray(pixels * (1 + 0.17 * mottled), np.float32)
    x, y = _grid(size)  # canvas: a weave of threads, about 60 to the picture
    weave = np.sin(x * 62 * 2 * np.pi) * 0.5 + np.sin(y * 62 * 2 * np.pi) * 0.5
    return np.asarray(pixels * (1 + 0.17 * weave[..., None]), np.float32)


def _border(pixels: _Pixels, colors: dict[Role, Array]) -> _Pixels:
    size = len(pixels)
    x, y = _grid(size)
    edge = np.minimum(np.minimum(x, 1 - x), np.minimum(y, 1 - y))
    along = np.where(np.minimum(x, 1 - x) < np.minimum(y, 1 - y), y, x)
    band, line = edge < 0.085, np.abs(edge - 0.085) < 0.007
    centers = (np.floor(along * 16) + 0.5) / 16
    diamonds = np.abs(edge - 0.042) + np.abs(along - centers) < 0.024
    framed = np.where(band[..., None], to_rgb(colors["dark"]), pixels)
    framed = np.where((line | diamonds)[..., None], to_rgb(colors["accent"]), framed)
    return np.asarray(framed, np.float32)
