"""Land without people: mountain, forest, desert, tree, island."""

from math import cos, pi, sin
from random import Random

import skia

from viper.atelier.scene import Scene
from viper.atelier.subjects.sketch import Point, Sketch, line, oval, polygon, smooth, together
from viper.atelier.subjects.surroundings import (
    birds,
    bush,
    clouds,
    grass,
    pine,
    ridge,
    sea,
    sky,
    sun,
    wavy,
    waves,
)


def mountain(rng: Random, detail: float) -> Scene:
    """A snowy range above a lake with pines on its shore."""
    sketch = Sketch(rng, detail)
    shore = sketch.around(0.72, 0.03)
    sky(sketch, shore)
    sun(sketch, sketch.around(0.8, 0.08), sketch.around(0.2, 0.05), sketch.around(0.08, 0.015))
    clouds(sketch, 0.12, 0.34)
    ridge(sketch, "far", shore - 0.2, 0.14, waves=4, shade=-0.2, depth=0.1)
    top = sketch.around(0.16, 0.03)
    x = sketch.around(0.42, 0.05)
    _peak(sketch, x + 0.42, shore, top + sketch.around(0.24, 0.03), 0.36, depth=0.25)
    _peak(sketch, x - 0.38, shore, top + sketch.around(0.28, 0.03), 0.34, depth=0.27)
    _peak(sketch, x, shore, top, 0.46, depth=0.3)
    ridge(sketch, "ground", shore - 0.02, 0.03, waves=3, shade=-0.25, depth=0.4)
    sketch.add(wavy(shore + 0.02, 0.004), "water", shade=0.25, depth=0.45)
    low = shore + 0.03
    mirror = polygon((x, low + 0.2), (x - 0.24, low), (x + 0.26, low))
    sketch.add(mirror, "main", shade=-0.2, depth=0.46, soft=True)
    waves(sketch, low + 0.02, 0.95, number=sketch.count(4, 10))
    bank: list[Point] = [(-0.1, 0.86), (0.15, 0.87), (0.4, 0.955), (0.7, 0.95), (1.1, 0.9)]
    corners: list[Point] = [(1.2, 1.2), (1.2, 1.2), (-0.2, 1.2), (-0.2, 1.2)]
    sketch.add(smooth([bank[0], *bank, bank[-1], *corners]), "ground", shade=-0.4, depth=0.8)
    for i in range(sketch.count(2, 5)):
        at = 0.05 + 0.1 * i + sketch.around(0, 0.02)
        pine(sketch, at, 0.92 + i * 0.01, sketch.around(0.24 - 0.03 * i, 0.03),
             role="ground", shade=-0.75, depth=0.9)  # fmt: skip
    return sketch.scene(x, top + 0.15, horizon=shore)


def _peak(sketch: Sketch, x: float, base: float, top: float, half: float, *, depth: float) -> None:
    rng = sketch.rng
    height = base - top
    fold = [(x, top)]
    for i, side in enumerate((0.05, -0.06, 0.05, -0.02)):
        fold.append((x + side * (0.6 + 0.4 * rng.random()), top + height * (i + 1) / 4))
    left = [(x - half, base), (x - half * 0.55, base - height * 0.42), (x - half * 0.3, base - height * 0.7)]
    right = [(x + half * 0.26, base - height * 0.72), (x + half * 0.6, base - height * 0.45), (x + half, base)]
    sketch.add(polygon(*left, *fold), "main", shade=-0.55, depth=depth)
    sketch.add(polygon(*right, *fold[::-1]), "main", shade=0.15, depth=depth)
    rim = 0.3
    snow = [
        (x, top), (x + half * rim, top + height * (rim + 0.02)),
        (x + half * 0.17, top + height * 0.27), (x + half * 0.1, top + height * 0.4),
        (x + half * 0.02, top + height * 0.29), (x - half * 0.07, top + height * 0.43),
        (x - half * 0.15, top + height * 0.29), (x - half * rim, top + height * (rim + 0.04)),
    ]  # fmt: skip
    sketch.add(polygon(*snow), "light", depth=depth)
    shadow = [snow[0], (x + 0.012, top + height * 0.16), snow[4], *snow[5:]]
    sketch.add(polygon(*shadow), "light", shade=-0.7, depth=depth)
    if sketch.detail > 0.4:
        for dx, low, far in ((0.34, 0.5, 0.72), (0.5, 0.68, 0.86), (0.14, 0.62, 0.9)):
            crack = line((x + half * dx * 0.7, top + height * low), (x + half * dx, top + height * far))
            sketch.add(crack, "main", shade=-0.4, depth=depth, width=0.007)


def forest(rng: Random, detail: float) -> Scene:
    """Tall pines on both sides of a path that leads into lighter woods."""
    sketch = Sketch(rng, detail)
    ground = sketch.around(0.7, 0.02)
    sky(sketch, ground, shade=0.1)
    bend = sketch.around(0.5, 0.06)
    sun(sketch, bend + sketch.around(0.06, 0.05), sketch.around(0.34, 0.05), 0.1)
    for i in range(9):
        pine(sketch, i / 8 + sketch.around(0, 0.03), ground, sketch.around(0.3, 0.05),
             role="far", depth=0.15)  # fmt: skip
    ridge(sketch, "ground", ground - 0.02, 0.03, shade=0.2, depth=0.3)
    for i in range(sketch.count(4, 6)):
        x = (i + 0.5) / 6 + sketch.around(0, 0.03)
        x += -0.1 if x < bend else 0.14
        pine(sketch, x, ground + 0.03, sketch.around(0.44, 0.06), role="second", depth=0.35)
    path = [(bend - 0.015, ground), (bend - 0.015, ground), (bend + 0.05, ground + 0.09),
            (bend - 0.1, ground + 0.2), (bend - 0.2, 1.1), (bend - 0.2, 1.1),
            (bend + 0.24, 1.1), (bend + 0.24, 1.1), (bend + 0.1, ground + 0.2),
            (bend + 0.11, ground + 0.09), (bend + 0.02, ground), (bend + 0.02, ground)]  # fmt: skip
    sketch.add(smooth(path), "light", shade=-0.4, depth=0.4)
    places = [(0.2, 0.8, 0.62), (0.84, 0.82, 0.66), (0.03, 0.93, 0.8), (0.99, 0.97, 0.86)]
    if sketch.detail > 0.5:
        places.insert(0, (0.34, 0.76, 0.42))
        places.insert(0, (0.72, 0.77, 0.44))
    for i, (x, base, height) in enumerate(places):
        pine(sketch, sketch.around(x, 0.025), base, height * sketch.around(1, 0.08),
             role="main", shade=-0.15, depth=0.5 + 0.08 * i)  # fmt: skip
    bush(sketch, sketch.around(0.9, 0.05), 1.02, 0.13, shade=-0.6, depth=0.95)
    bush(sketch, sketch.around(0.1, 0.05), 1.03, 0.14, shade=-0.7, depth=0.95)
    grass(sketch, 0.82, 0.98, number=sketch.count(2, 10))
    return sketch.scene(bend, ground - 0.15, horizon=ground)


def desert(rng: Random, detail: float) -> Scene:
    """Dunes under a big sun with a saguaro in front."""
    sketch = Sketch(rng, detail)
    horizon = sketch.around(0.58, 0.02)
    sky(sketch, horizon)
    sun(sketch, sketch.around(0.68, 0.06), sketch.around(0.28, 0.05), sketch.around(0.13, 0.02))
    if sketch.detail > 0.5:
        birds(sketch, 0.3, 0.2, sketch.count(2, 4))
    ridge(sketch, "far", horizon, 0.07, waves=2, depth=0.15)
    for i, (x, y) in enumerate(((0.75, 0.56), (0.3, 0.66), (0.72, 0.78))):
        _dune(sketch, sketch.around(x, 0.06), sketch.around(y, 0.015), depth=0.25 + 0.2 * i)
    sketch.nudge(sketch.around(0, 0.04), 0, scale=sketch.around(1.0, 0.1), about=(0.3, 0.92))
    _cactus(sketch, 0.3, 0.92, 0.66)
    sketch.home()
    if sketch.rng.random() < 0.3 + 0.5 * sketch.detail:
        _cactus(sketch, sketch.around(0.82, 0.04), 0.74, 0.2)
    for _ in range(sketch.count(1, 4)):
        x, y = rng.uniform(0.45, 0.95), rng.uniform(0.87, 0.96)
        stone = oval(x, y, rng.uniform(0.02, 0.04), 0.016)
        sketch.add(stone, "ground", shade=-0.8, depth=0.85)
    return sketch.scene(0.35, 0.5, horizon=horizon)


def _dune(sketch: Sketch, x: float, y: float, *, depth: float) -> None:
    low = y + 0.17
    lit = [(-0.5, low), (-0.5, low), (x - 0.3, y + 0.07), (x, y), (x, y), (x + 0.18, y + 0.07),
           (1.5, low - 0.03), (1.5, low - 0.03), (1.5, 1.2), (1.5, 1.2), (-0.5, 1.2), (-0.5, 1.2)]  # fmt: skip
    sketch.add(smooth(lit), "ground", shade=0.5 - depth * 0.4, depth=depth)
    dark = [(x, y), (x, y), (x - 0.3, y + 0.07), (-0.5, low), (-0.5, low), (-0.5, low + 0.12),
            (x - 0.3, y + 0.26), (x - 0.02, y + 0.2), (x + 0.06, y + 0.1)]  # fmt: skip
    sketch.add(smooth(dark), "ground", shade=-0.3 - depth * 0.3, depth=depth)


def _cactus(sketch: Sketch, x: float, base: float, height: float) -> None:
    def limb(points: list[Point], width: float, depth: float) -> None:
        sketch.add(line(*points), "main", shade=-0.3, depth=depth, width=width)
        moved = [(px + width * 0.2, py) for px, py in points]
        sketch.add(line(*moved), "main", shade=0.15, depth=depth, width=width * 0.5)

    h = height
    shadow = oval(x - h * 0.2, base + 0.005, h * 0.34, h * 0.03)
    sketch.add(shadow, "ground", shade=-0.8, depth=0.7)
    left = sketch.around(0.42, 0.05)
    right = sketch.around(0.54, 0.05)
    limb([(x, base - h * left), (x - h * 0.17, base - h * (left + 0.03)),
          (x - h * 0.23, base - h * (left + 0.13)), (x - h * 0.23, base - h * (left + 0.33))],
         h * 0.1, 0.75)  # fmt: skip
    limb([(x, base - h * right), (x + h * 0.15, base - h * (right + 0.02)),
          (x + h * 0.21, base - h * (right + 0.1)), (x + h * 0.21, base - h * (right + 0.27))],
         h * 0.095, 0.75)  # fmt: skip
    limb([(x, base - h * 0.06), (x, base - h * 0.5), (x, base - h * 0.93)], h * 0.15, 0.8)
    bottom = base - h * 0.02
    for dx in (-0.035, 0.0, 0.035):
        rib = line((x + h * dx, bottom), (x + h * dx, base - h * 0.94))
        sketch.add(rib, "main", shade=-0.65, depth=0.82, width=h * 0.011)
    if sketch.detail > 0.3 and h > 0.3:
        sketch.add(oval(x, base - h * 1.01, h * 0.035), "accent", depth=0.85)
        sketch.add(oval(x + h * 0.21, base - h * (right + 0.32), h * 0.028), "accent", depth=0.85)


def tree(rng: Random, detail: float) -> Scene:
    """One big broad-leaved tree on a hill."""
    sketch = Sketch(rng, detail)
    sky(sketch, 0.74)
    clouds(sketch, 0.15, 0.5)
    ridge(sketch, "far", 0.74, 0.1, depth=0.15)
    hill: list[Point] = [(-0.3, 0.98), (-0.3, 0.98), (0.1, 0.86), (0.5, 0.79), (0.9, 0.86), (1.3, 0.98),
                         (1.3, 0.98), (1.3, 1.2), (1.3, 1.2), (-0.3, 1.2), (-0.3, 1.2)]  # fmt: skip
    sketch.add(smooth(hill), "ground", depth=0.4)
    x = sketch.around(0.5, 0.06)
    sketch.nudge(x - 0.5, 0, scale=sketch.around(1.0, 0.07))
    sketch.add(oval(0.42, 0.835, 0.26, 0.03), "ground", shade=-0.5, depth=0.45)
    trunk = [(0.43, 0.85), (0.43, 0.85), (0.465, 0.78), (0.468, 0.66), (0.40, 0.50), (0.42, 0.49),
             (0.49, 0.57), (0.495, 0.42), (0.515, 0.42), (0.52, 0.56), (0.6, 0.47), (0.62, 0.485),
             (0.54, 0.66), (0.542, 0.78), (0.585, 0.85), (0.585, 0.85)]  # fmt: skip
    sketch.add(smooth(trunk), "dark", depth=0.6)
    lit = [(0.53, 0.84), (0.52, 0.75), (0.525, 0.62), (0.542, 0.66), (0.54, 0.78), (0.575, 0.845)]
    sketch.add(smooth(lit), "dark", shade=0.8, depth=0.6)
    _crown(sketch)
    sketch.home()
    grass(sketch, 0.87, 0.98, number=sketch.count(3, 14))
    if sketch.detail > 0.4:
        birds(sketch, 0.16, 0.22, sketch.count(1, 4))
    return sketch.scene(x, 0.42, horizon=0.8)


def _crown(sketch: Sketch) -> None:
    rng = sketch.rng
    wide = sketch.around(0.33, 0.03)
    rim: list[Point] = []
    for i in range(22):
        angle = 2 * pi * i / 22
        reach = (1.06 if i % 2 else 0.93) * rng.uniform(0.96, 1.04)
        flat = 0.72 if sin(angle) > 0 else 0.88
        rim.append((0.5 + cos(angle) * wide * reach, 0.4 + sin(angle) * 0.32 * reach * flat))
    sketch.add(smooth(rim), "main", shade=-0.35, depth=0.65)
    clumps = ((-0.5, 0.05, 0.42), (0.48, 0.1, 0.4), (-0.15, -0.4, 0.45), (0.3, -0.3, 0.46), (0.05, 0.22, 0.42))
    for dx, dy, size in clumps:
        cx, cy = 0.5 + dx * wide + sketch.around(0, 0.015), 0.39 + dy * 0.3
        sketch.add(_puff(sketch, cx + 0.012, cy - 0.012, size * wide), "main",
                   shade=0.1 + dx * 0.35 - dy * 0.3, depth=0.7)  # fmt: skip
    leaves = [
        oval(0.5 + cos(a) * wide * r, 0.38 + sin(a) * 0.25 * r, 0.011, 0.008)
        for a, r in ((rng.uniform(0, 2 * pi), rng.uniform(0.2, 0.95)) for _ in range(30))
    ]
    if sketch.detail > 0.25:
        number = round(28 * sketch.detail)
        sketch.add(together(leaves[:number]), "main", shade=0.75, depth=0.75)
        sketch.add(together(leaves[number:] or leaves[:2]), "accent", depth=0.75)


def _puff(sketch: Sketch, x: float, y: float, radius: float) -> skia.Path:
    points = []
    for i in range(12):
        reach = radius * (1.07 if i % 2 else 0.92) * sketch.rng.uniform(0.96, 1.04)
        points.append((x + cos(pi * i / 6) * reach, y + sin(pi * i / 6) * reach * 0.72))
    return smooth(points)


def island(rng: Random, detail: float) -> Scene:
    """A small sandy island with a palm."""
    sketch = Sketch(rng, detail)
    horizon = sketch.around(0.62, 0.02)
    sky(sketch, horizon)
    sun(sketch, sketch.around(0.2, 0.05), sketch.around(0.25, 0.06), sketch.around(0.09, 0.015))
    clouds(sketch, 0.18, 0.5)
    sea(sketch, horizon)
    sketch.nudge(sketch.around(0, 0.04), 0, scale=sketch.around(1.0, 0.06))
    sketch.add(oval(0.5, 0.87, 0.42, 0.06), "light", shade=-0.6, depth=0.5)
    mound = [(0.12, 0.87), (0.12, 0.87), (0.3, 0.79), (0.5, 0.755), (0.72, 0.8), (0.88, 0.87), (0.88, 0.87),
             (0.5, 0.905)]  # fmt: skip
    sketch.add(smooth(mound), "accent", shade=-0.25, depth=0.55)
    sketch.add(smooth([(0.5, 0.76), (0.72, 0.8), (0.88, 0.87), (0.66, 0.88), (0.58, 0.82)]), "accent",
               shade=0.1, depth=0.56)  # fmt: skip
    _palm(sketch, 0.45, 0.81, 0.56, lean=sketch.around(0.13, 0.03))
    if sketch.rng.random() < 0.25 + 0.5 * sketch.detail:
        _palm(sketch, 0.38, 0.82, 0.32, lean=-0.12)
    bush(sketch, 0.34, 0.83, 0.07, role="main", shade=-0.5, depth=0.7)
    for x in (0.64, 0.7)[: sketch.count(0, 2)]:
        sketch.add(oval(x, 0.845, 0.025, 0.015), "dark", shade=0.6, depth=0.75)
    sketch.home()
    if sketch.detail > 0.5:
        birds(sketch, 0.75, 0.2, sketch.count(1, 4))
    return sketch.scene(0.55, 0.42, horizon=horizon)


def _palm(sketch: Sketch, x: float, base: float, height: float, *, lean: float) -> None:
    top = (x + lean, base - height)
    h = height
    trunk = [(x - h * 0.05, base), (x - h * 0.05, base), (x + lean * 0.15 - h * 0.025, base - h * 0.5),
             (top[0] - h * 0.02, top[1]), (top[0] + h * 0.025, top[1]),
             (x + lean * 0.15 + h * 0.035, base - h * 0.5), (x + h * 0.055, base), (x + h * 0.055, base)]  # fmt: skip
    sketch.add(smooth(trunk), "dark", shade=0.3, depth=0.6)
    for i in range(round(2 + 6 * sketch.detail)):
        t = (i + 1) / 10
        y = base - h * t
        mid = x + lean * t * t
        ring = line((mid - h * 0.035, y - 0.004), (mid, y + 0.006), (mid + h * 0.035, y - 0.004))
        sketch.add(ring, "dark", shade=-0.3, depth=0.62, width=h * 0.014)
    fronds = ((195, 0.56), (345, 0.56), (228, 0.5), (312, 0.5), (270, 0.38), (160, 0.44), (20, 0.44))
    for i, (degrees, reach) in enumerate(fronds):
        angle = (degrees + sketch.around(0, 7)) * pi / 180
        dx, dy = cos(angle), sin(angle)
        size = h * reach * sketch.around(1, 0.08)
        mid = (top[0] + dx * size * 0.55, top[1] + dy * size * 0.55 - size * 0.1)
        tip = (top[0] + dx * size, top[1] + dy * size + size * 0.34)
        under = (top[0] + dx * size * 0.5, top[1] + dy * size * 0.5 + size * 0.16)
        leaf = smooth([top, top, mid, tip, tip, under])
        shade = (-0.4, 0.25, -0.1, 0.35, 0.1, -0.55, -0.3)[i]
        sketch.add(leaf, "main", shade=shade, depth=0.7)
    nuts = [oval(top[0] + dx * h, top[1] + h * 0.045, h * 0.034) for dx in (-0.035, 0.035)]
    sketch.add(together(nuts), "dark", depth=0.75)
