"""What many subjects share: skies, clouds, hills, water, plants and birds."""

from math import cos, pi, sin

import skia

from viper.atelier.scene import Role
from viper.atelier.subjects.sketch import (
    Point,
    Sketch,
    box,
    line,
    oval,
    placed,
    polygon,
    smooth,
    together,
    trace,
)


def sky(sketch: Sketch, horizon: float, *, shade: float = 0.0) -> None:
    """The background, lighter towards the horizon."""
    sketch.add(box(-0.1, -0.1, 1.1, 1.1), "sky", shade=shade, depth=0)
    for step in (0.55, 0.8):
        top = horizon * step
        band = box(-0.1, top, 1.1, horizon + 0.2)
        sketch.add(band, "sky", shade=shade + 0.3 * step, depth=0, soft=True)


def sun(sketch: Sketch, x: float, y: float, radius: float) -> None:
    """A disc with a glow."""
    sketch.add(oval(x, y, radius * 1.5), "sky", shade=0.5, depth=0.02, soft=True)
    sketch.add(oval(x, y, radius), "accent", depth=0.03)


def cloud(sketch: Sketch, x: float, y: float, width: float, *, depth: float = 0.1) -> None:
    """A heap of round puffs on a flat base; (x, y) is the middle of the base."""
    rng = sketch.rng
    puffs = [box(x - width / 2, y - width * 0.16, x + width / 2, y, radius=width * 0.08)]
    for place, size in ((-0.27, 0.13), (-0.08, 0.19), (0.14, 0.16), (0.3, 0.1)):
        radius = width * size * rng.uniform(0.85, 1.15)
        puffs.append(oval(x + place * width, y - radius * 0.75, radius * 1.1, radius * 0.85))
    sketch.add(together(puffs), "light", depth=depth, soft=True)


def clouds(sketch: Sketch, top: float, bottom: float) -> None:
    """One to four clouds spread over the sky between two heights."""
    number = sketch.count(1.4, 3.4)
    first = sketch.rng.random()
    for i in range(number):
        x = ((first + (i + 0.3 * sketch.rng.random()) / number) % 1) * 1.1 - 0.05
        cloud(sketch, x, sketch.rng.uniform(top, bottom), sketch.rng.uniform(0.2, 0.34))


def ridge(
    sketch: Sketch,
    role: Role,
    level: tuple[float, float],
    *,
    waves: int = 3,
    shade: float = 0.0,
    depth: float = 0.2,
) -> None:
    """Rolling hills across the picture, down to its lower border.

    Args:
        sketch: to draw on.
        role: of the hills.
        level: their mean y, and the height from valley to top.
        waves: number of tops.
        shade: see Shape.
        depth: see Shape.
    """
    rng = sketch.rng
    y, height = level
    steps = waves * 2
    phase = rng.choice((0, 1))
    points: list[Point] = []
    for i in range(-1, steps + 2):
        up = height * (0.5 if (i + phase) % 2 else -0.5) * rng.uniform(0.5, 1.1)
        points.append((i / steps + rng.uniform(-0.2, 0.2) / steps, y + up))
    path = smooth([points[0], *points, points[-1], *trace("140,120! -40,120!")])
    sketch.add(path, role, shade=shade, depth=depth)


def sea(sketch: Sketch, horizon: float, *, depth: float = 0.3) -> None:
    """Water from the horizon down, darker towards the viewer, with lines of waves."""
    sketch.add(box(-0.1, horizon, 1.1, 1.1), "water", shade=-0.15, depth=depth)
    near = horizon + (1 - horizon) * 0.45
    sketch.add(wavy(near, 0.012), "water", shade=-0.45, depth=depth + 0.1)
    waves(sketch, horizon + 0.03, 0.98, number=sketch.count(5, 16))


def wavy(y: float, height: float) -> skia.Path:
    """The area below a gently waving edge."""
    points = [(i / 6, y + height * (1 if i % 2 else -1)) for i in range(-1, 8)]
    return smooth([points[0], *points, points[-1], *trace("130,120! -30,120!")])


def waves(sketch: Sketch, top: float, bottom: float, *, number: int) -> None:
    """Short bright strokes, longer and farther apart towards the viewer."""
    rng = sketch.rng
    for i in range(number):
        near = ((i + 0.5) / number) ** 1.4
        y = top + (bottom - top) * near
        x, half = rng.random(), 0.02 + 0.05 * near * rng.uniform(0.6, 1.3)
        rise = 0.006 + 0.01 * near
        stroke = line(
            [(x - half, y), (x - half / 3, y - rise), (x + half / 3, y), (x + half, y - rise)]
        )
        shade = -0.5 if i % 3 else -1.0
        sketch.add(stroke, "light", shade=shade, depth=0.4 + 0.4 * near, width=0.004 + 0.005 * near)


def birds(sketch: Sketch, x: float, y: float, number: int) -> None:
    """A small flock of distant birds."""
    for i in range(number):
        size = sketch.rng.uniform(0.016, 0.028)
        bx = x + (i - number / 2) * 0.06 + sketch.around(0, 0.02)
        by = y + sketch.around(0, 0.04)
        left = line([(bx - size, by - size * 0.35), (bx - size * 0.5, by - size * 0.5), (bx, by)])
        right = line([(bx, by), (bx + size * 0.5, by - size * 0.5), (bx + size, by - size * 0.35)])
        sketch.add(together([left, right]), "dark", depth=0.3, width=0.006)


def pine(
    sketch: Sketch,
    at: Point,
    height: float,
    *,
    role: Role = "main",
    shade: float = 0.0,
    depth: float = 0.6,
) -> None:
    """A conifer standing at a point, in three or four tiers, its right half lit if it is near."""
    tiers = 4 if height > 0.25 else 3
    left: list[Point] = []
    right: list[Point] = []
    fold: list[Point] = []
    for tier in range(tiers):
        wide = 0.24 * (0.45 + 0.55 * tier / (tiers - 1))
        y = -(0.1 + 0.8 * (tiers - 1 - tier) / tiers)
        left += [(-wide, y), (-wide * 0.45, y - 0.045)]
        right += [(wide, y), (wide * 0.45, y - 0.045)]
        fold += [(wide * 0.1, y - 0.02), (-wide * 0.05, y - 0.045)]
    lit = polygon([(0, -1), *right[:-1], (0, -0.12), *fold[::-1]])
    whole = polygon([(0, -1), *right[:-1], (0, -0.12), *left[-2::-1]])
    sketch.add(placed(box(-0.03, -0.16, 0.03, 0), *at, size=height), "dark", depth=depth)
    sketch.add(placed(whole, *at, size=height), role, shade=shade, depth=depth)
    if height > 0.18:
        sketch.add(placed(lit, *at, size=height), role, shade=shade + 0.35, depth=depth)


def bush(
    sketch: Sketch,
    at: Point,
    size: float,
    *,
    role: Role = "ground",
    shade: float = -0.4,
    depth: float = 0.6,
) -> None:
    """A round shrub standing at a point."""
    points = [(-1.0, 0.0)] * 2
    for i in range(5):
        angle = pi * (1 - (i + 0.5) / 5)
        reach = sketch.around(1, 0.15)
        points.append((cos(angle) * reach, -sin(angle) * reach * 0.9))
    shrub = placed(smooth([*points, (1.0, 0.0), (1.0, 0.0)]), *at, size=size)
    sketch.add(shrub, role, shade=shade, depth=depth)


def grass(sketch: Sketch, top: float, bottom: float, *, number: int) -> None:
    """Tufts of three blades."""
    rng = sketch.rng
    for _ in range(number):
        x, y = rng.random(), rng.uniform(top, bottom)
        size = 0.02 + 0.025 * (y - top) / max(bottom - top, 0.01)
        blades = [
            line([(x, y), (x + lean * 0.5, y - size * 0.6), (x + lean, y - size)])
            for lean in (-0.014, 0.002, 0.016)
        ]
        shade = rng.choice((-0.6, 0.45))
        sketch.add(together(blades), "ground", shade=shade, depth=0.8, width=0.006)


def stars(sketch: Sketch, bottom: float, *, number: int) -> None:
    """Small stars above `bottom`, as one shape."""
    rng = sketch.rng
    dots = [
        oval(rng.random(), rng.uniform(0.03, bottom), rng.uniform(0.003, 0.007))
        for _ in range(max(number, 1))
    ]
    sketch.add(together(dots), "light", depth=0.02)


def moon(sketch: Sketch, x: float, y: float, radius: float) -> None:
    """A full moon with a halo and craters."""
    sketch.add(oval(x, y, radius * 1.7), "sky", shade=-0.45, depth=0.02, soft=True)
    sketch.add(oval(x, y, radius * 1.3), "sky", shade=0.15, depth=0.03, soft=True)
    sketch.add(oval(x, y, radius), "light", depth=0.04)
    spots = ((-0.35, -0.3, 0.24), (0.25, 0.1, 0.3), (-0.2, 0.45, 0.17), (0.38, -0.42, 0.13))
    craters = [oval(x + dx * radius, y + dy * radius, r * radius) for dx, dy, r in spots]
    sketch.add(together(craters), "light", shade=-0.4, depth=0.04)
