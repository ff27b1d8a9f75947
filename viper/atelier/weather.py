"""Moods as weather and light over a finished picture, gentle enough to leave its colors alone."""

from collections.abc import Callable, Mapping
from random import Random

import numpy as np
import skia

from viper.atelier.color import Array, to_rgb, with_lightness
from viper.atelier.scene import Role
from viper.atelier.styles.fields import blur, grid, noise, smoothstep
from viper.atelier.styles.layers import Sheet, over
from viper.atelier.styles.style import Raster

Colors = Mapping[Role, Array]


def lay_mood(pixels: Raster, mood: str, colors: Colors, rng: Random) -> Raster:
    """Puts the weather of one of MOODS over a picture, sRGB in [0, 1]."""
    return _WEATHER[mood](pixels, colors, rng)


def _gloomy(pixels: Raster, colors: Colors, rng: Random) -> Raster:
    """Clouds from above, mist from below, rain in between."""
    size = len(pixels)
    chance = np.random.default_rng(rng.getrandbits(64))
    _, y = grid(size)
    gray = pixels.mean(axis=-1, keepdims=True)
    damp = (0.72 * pixels + 0.28 * gray) * 0.8
    billows = 0.11 * noise(size, (3, 5), chance)
    cloud = smoothstep(0.34 + billows - y, 0.0, 0.3) * 0.62
    damp = over(damp, to_rgb(with_lightness(colors["sky"], 0.27, 0.35)), cloud)
    mist = smoothstep(y + 0.09 * noise(size, (3, 2), chance), 0.72, 1.05) * 0.42
    damp = over(damp, to_rgb(with_lightness(colors["sky"], 0.72, 0.35)), mist)
    drops = to_rgb(with_lightness(colors["sky"], 0.9, 0.3))
    return over(damp, drops, _rain(size, rng) * 0.5)


def _rain(size: int, rng: Random) -> Raster:
    sheet = Sheet(size)
    sheet.canvas.scale(size, size)
    slant = rng.uniform(0.16, 0.26)
    for _ in range(110):
        x, y, length = rng.uniform(0, 1.2), rng.uniform(-0.1, 1), rng.uniform(0.05, 0.11)
        width = rng.uniform(0.004, 0.0075)
        paint = skia.Paint(Color=skia.ColorWHITE, AntiAlias=True, StrokeWidth=width)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        sheet.canvas.drawLine(x, y, x - slant * length, y + length, paint)
    return sheet.rgb()[..., 0]


def _cheerful(pixels: Raster, colors: Colors, rng: Random) -> Raster:
    """Beams of light from a corner, and confetti."""
    size = len(pixels)
    x, y = grid(size)
    corner = rng.choice((-0.05, 1.05))
    angle = np.arctan2(y + 0.1, np.abs(x - corner))
    beams = smoothstep(np.sin(angle * 20 + rng.uniform(0, 6)), -0.2, 0.9)
    fade = np.exp(-np.hypot(x - corner, y + 0.1) / 0.6)
    lit = over(pixels * 1.06, to_rgb(with_lightness(colors["light"], 0.97)), 0.5 * beams * fade)
    sheet = Sheet(size)
    sheet.put(np.clip(lit, 0, 1))
    canvas = sheet.canvas
    canvas.scale(size, size)
    for _ in range(60):
        canvas.save()
        canvas.translate(rng.random(), rng.random() ** 1.4)
        canvas.rotate(rng.uniform(0, 180))
        role: Role = rng.choice(("accent", "light", "main"))
        red, green, blue = (to_rgb(colors[role]) * 255).round().astype(int).tolist()
        paint = skia.Paint(Color=skia.Color(red, green, blue, 235), AntiAlias=True)
        canvas.drawRoundRect(skia.Rect.MakeWH(0.03, 0.016), 0.005, 0.005, paint)
        canvas.restore()
    return sheet.rgb()


def _dreamy(pixels: Raster, colors: Colors, rng: Random) -> Raster:
    """A bloom that softens everything, and discs of light out of focus."""
    size = len(pixels)
    glow = blur(pixels, size / 36)
    soft = 0.58 * pixels + 0.42 * glow
    bloom = soft + 0.22 * glow**2
    sheet = Sheet(size)
    canvas = sheet.canvas
    canvas.scale(size, size)
    for _ in range(22):
        paint = skia.Paint(Color=skia.Color(255, 255, 255), AntiAlias=True)
        paint.setAlphaf(rng.uniform(0.18, 0.5))
        x, y, radius = rng.random(), rng.random(), rng.uniform(0.018, 0.07)
        canvas.drawCircle(x, y, radius, paint)
    discs = blur(sheet.pixels[..., 3].astype(np.float32) / 255, size / 220)
    return over(bloom, to_rgb(with_lightness(colors["accent"], 0.95, 0.6)), discs)


def _mysterious(pixels: Raster, colors: Colors, rng: Random) -> Raster:
    """Banks of fog drift across, and the edges sink into darkness."""
    size = len(pixels)
    chance = np.random.default_rng(rng.getrandbits(64))
    x, y = grid(size)
    distance = np.hypot(x - 0.5, y - 0.46)
    dim = pixels * (1.0 - 0.72 * smoothstep(distance, 0.22, 0.68))[..., None]
    drift = noise(size, (7, 2), chance) + 0.5 * noise(size, (14, 4), chance)
    low = smoothstep(y, 0.3, 0.85)
    fog = smoothstep(drift + 1.5 * low, 0.55, 2.4) * (0.35 + 0.4 * low)
    return over(dim, to_rgb(with_lightness(colors["far"], 0.68, 0.55)), fog)


_WEATHER: dict[str, Callable[[Raster, Colors, Random], Raster]] = {
    "cheerful": _cheerful,
    "dreamy": _dreamy,
    "mysterious": _mysterious,
    "gloomy": _gloomy,
}
MOODS = tuple(_WEATHER)
"""The taxonomy's names of what can be laid over a picture."""
