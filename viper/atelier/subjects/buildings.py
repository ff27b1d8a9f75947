"""Built things on land: city, castle, cottage, windmill."""

from math import cos, pi, sin
from random import Random

import skia

from viper.atelier.scene import Role, Scene
from viper.atelier.subjects.sketch import Sketch, box, line, oval, polygon, smooth, together
from viper.atelier.subjects.surroundings import (
    birds,
    bush,
    cloud,
    clouds,
    grass,
    pine,
    ridge,
    sky,
    sun,
    waves,
)


def city(rng: Random, detail: float) -> Scene:
    """Rows of towers with lit windows at a waterfront."""
    sketch = Sketch(rng, detail)
    base = sketch.around(0.84, 0.02)
    sky(sketch, base)
    sun(sketch, sketch.around(0.74, 0.1), sketch.around(0.22, 0.06), sketch.around(0.09, 0.015))
    clouds(sketch, 0.12, 0.32)
    x = -0.05
    while x < 1.05:
        wide = rng.uniform(0.07, 0.12)
        _building(sketch, x, base, wide, rng.uniform(0.3, 0.52), role="far", depth=0.2)
        x += wide + rng.uniform(-0.01, 0.02)
    heights = [0.34, 0.5, 0.42, 0.68, 0.36, 0.56, 0.3]
    rng.shuffle(heights)
    tall = heights.index(0.68)
    if tall in (0, 6):
        heights[tall], heights[3] = heights[3], heights[tall]
        tall = 3
    order = sorted(range(7), key=lambda i: -heights[i])
    for place in order:
        x = -0.02 + place * 0.15 + sketch.around(0, 0.01)
        role: Role = "second" if place % 3 == 1 else "main"
        _building(sketch, x, base, rng.uniform(0.13, 0.16), heights[place], role=role, depth=0.5)
    sketch.add(box(-0.1, base, 1.1, 1.1), "water", shade=-0.5, depth=0.7)
    sketch.add(box(-0.1, base - 0.012, 1.1, base + 0.016), "dark", depth=0.72)
    for place in range(7):
        ghost = box(0.02 + place * 0.15, base + 0.02, 0.09 + place * 0.15, base + heights[place] * 0.22)
        sketch.add(ghost, "main", shade=-0.5, depth=0.72, soft=True)
    waves(sketch, base + 0.03, 0.98, number=sketch.count(3, 8))
    return sketch.scene(0.05 + tall * 0.15, 0.35, horizon=base)


def _building(sketch: Sketch, x: float, base: float, wide: float, height: float, *, role: Role, depth: float) -> None:
    rng = sketch.rng
    top, right, mid = base - height, x + wide, x + wide / 2
    kind = rng.choice(("flat", "spire", "slant", "steps")) if height > 0.4 else "flat"
    if kind == "slant":
        body = polygon((x, base), (x, top + 0.07), (right, top), (right, base))
    elif kind == "steps":
        body = polygon((x, base), (x, top + 0.1), (x + wide * 0.18, top + 0.1), (x + wide * 0.18, top + 0.04),
                       (x + wide * 0.36, top + 0.04), (x + wide * 0.36, top), (x + wide * 0.64, top),
                       (x + wide * 0.64, top + 0.04), (x + wide * 0.82, top + 0.04),
                       (x + wide * 0.82, top + 0.1), (right, top + 0.1), (right, base))  # fmt: skip
    elif kind == "spire":
        body = polygon((x, base), (x, top + 0.08), (mid, top), (right, top + 0.08), (right, base))
    else:
        body = box(x, top, right, base)
    if kind != "flat" or (height > 0.45 and rng.random() < 0.5):
        sketch.add(line((mid, top + 0.03), (mid, top - 0.07)), role, shade=-0.4, depth=depth, width=0.009)
    sketch.add(body, role, shade=0.0 if role == "far" else -0.15, depth=depth)
    if role == "far":
        return
    sketch.add(box(x, top + 0.1, x + wide * 0.3, base), role, shade=-0.6, depth=depth)
    rows = int((height - 0.14) / 0.055)
    lit = []
    for row in range(rows):
        y = top + 0.125 + row * 0.055
        for column in (0.12, 0.43, 0.72):
            if rng.random() < 0.45 + 0.45 * sketch.detail:
                left = x + wide * column
                lit.append(box(left, y, left + wide * 0.16, y + 0.026))
    if lit:
        sketch.add(together(lit), "accent", shade=-0.05, depth=depth + 0.05)


def castle(rng: Random, detail: float) -> Scene:
    """A castle with round towers and pointed roofs on a hill."""
    sketch = Sketch(rng, detail)
    sky(sketch, 0.76)
    sun(sketch, sketch.around(0.84, 0.06), sketch.around(0.22, 0.06), sketch.around(0.07, 0.01))
    clouds(sketch, 0.14, 0.45)
    ridge(sketch, "far", 0.7, 0.12, waves=3, depth=0.15)
    if detail > 0.4:
        birds(sketch, 0.2, 0.16, sketch.count(1, 4))
    hill = [(-0.3, 1.0), (-0.3, 1.0), (0.05, 0.88), (0.3, 0.8), (0.7, 0.8), (0.95, 0.88), (1.3, 1.0), (1.3, 1.0),
            (1.3, 1.2), (1.3, 1.2), (-0.3, 1.2), (-0.3, 1.2)]  # fmt: skip
    sketch.add(smooth(hill), "ground", shade=-0.1, depth=0.4)
    sketch.nudge(sketch.around(0, 0.03), 0, scale=sketch.around(1, 0.06))
    high = sketch.around(0.3, 0.03)
    _turret(sketch, 0.41, 0.7, high, 0.06, depth=0.45)
    _turret(sketch, 0.59, 0.7, high + sketch.around(0.06, 0.02), 0.05, depth=0.45)
    _battlement(sketch, 0.32, 0.45, 0.68, 0.83, shade=-0.15, depth=0.5)
    _battlement(sketch, 0.18, 0.58, 0.82, 0.85, shade=-0.3, depth=0.55)
    side = sketch.around(0.46, 0.03)
    _turret(sketch, 0.18, 0.87, side, 0.075, depth=0.6)
    _turret(sketch, 0.82, 0.87, sketch.around(0.46, 0.03), 0.075, depth=0.6)
    gate = smooth([(0.43, 0.86), (0.43, 0.86), (0.43, 0.74), (0.5, 0.66), (0.57, 0.74), (0.57, 0.86), (0.57, 0.86)])
    sketch.add(gate, "dark", depth=0.65)
    bars = [line((x, 0.71), (x, 0.855)) for x in (0.46, 0.5, 0.54)]
    sketch.add(together(bars), "second", shade=-0.2, depth=0.66, width=0.008)
    number = sketch.count(2, 4)
    slits = [box(x - 0.012, 0.52, x + 0.012, 0.56, radius=0.011) for x in (0.4, 0.6, 0.5, 0.45)[:number]]
    sketch.add(together(slits), "accent", depth=0.66)
    road = [(0.43, 0.855), (0.43, 0.855), (0.42, 0.93), (0.3, 1.1), (0.3, 1.1), (0.62, 1.1), (0.62, 1.1),
            (0.57, 0.93), (0.57, 0.855), (0.57, 0.855)]  # fmt: skip
    sketch.add(smooth(road), "light", shade=-0.5, depth=0.6)
    sketch.home()
    for x in (0.04, 0.95, 0.13)[: sketch.count(1, 3)]:
        pine(sketch, x, 0.96, sketch.around(0.2, 0.03), role="ground", shade=-0.7, depth=0.8)
    grass(sketch, 0.9, 0.98, number=sketch.count(1, 8))
    return sketch.scene(0.5, 0.5, horizon=0.78)


def _turret(sketch: Sketch, x: float, base: float, top: float, half: float, *, depth: float) -> None:
    sketch.add(box(x - half, top, x + half, base), "main", depth=depth)
    sketch.add(box(x - half, top, x - half * 0.3, base), "main", shade=-0.45, depth=depth)
    sketch.add(box(x - half * 1.2, top - 0.01, x + half * 1.2, top + 0.025), "main", shade=-0.2, depth=depth)
    peak = top - half * 2.9
    sketch.add(polygon((x - half * 1.4, top), (x, peak), (x + half * 1.4, top)), "second", shade=-0.25, depth=depth)
    sketch.add(polygon((x + half * 0.1, top), (x, peak), (x + half * 1.4, top)), "second", shade=0.25, depth=depth)
    sketch.add(line((x, peak + 0.01), (x, peak - 0.06)), "dark", depth=depth, width=0.007)
    flag = polygon((x, peak - 0.065), (x + 0.065, peak - 0.045), (x, peak - 0.022))
    sketch.add(flag, "accent", shade=-0.2, depth=depth)
    sketch.add(box(x - 0.015, top + 0.06, x + 0.015, top + 0.115, radius=0.014), "dark", depth=depth)


def _battlement(sketch: Sketch, left: float, top: float, right: float, base: float, *, shade: float, depth: float) -> None:
    count = round((right - left) / 0.07)
    step = (right - left) / (2 * count - 1)
    points = [(left, base)]
    for i in range(2 * count - 1):
        y = top if i % 2 == 0 else top + 0.03
        points += [(left + i * step, y), (left + (i + 1) * step, y)]
    sketch.add(polygon(*points, (right, base)), "main", shade=shade, depth=depth)
    if sketch.detail > 0.3:
        rng = sketch.rng
        bricks = [
            box(bx, by, bx + 0.035, by + 0.014)
            for bx, by in (
                (rng.uniform(left + 0.05, right - 0.08), rng.uniform(top + 0.06, base - 0.1))
                for _ in range(sketch.count(3, 10))
            )
        ]
        if bricks:
            sketch.add(together(bricks), "main", shade=shade - 0.35, depth=depth)


def cottage(rng: Random, detail: float) -> Scene:
    """A little house with a smoking chimney in a garden."""
    sketch = Sketch(rng, detail)
    sky(sketch, 0.7)
    if rng.random() < 0.6:
        sun(sketch, 0.12, sketch.around(0.2, 0.04), 0.08)
    cloud(sketch, sketch.around(0.3, 0.1), sketch.around(0.2, 0.05), 0.28)
    ridge(sketch, "far", 0.62, 0.12, waves=2, depth=0.15)
    for x in (0.06, 0.95, 0.2)[: sketch.count(1.4, 3)]:
        pine(sketch, x, 0.76, sketch.around(0.42, 0.06), role="ground", shade=-0.6, depth=0.3)
    ridge(sketch, "ground", 0.75, 0.03, waves=2, depth=0.4)
    sketch.nudge(sketch.around(0, 0.04), 0, scale=sketch.around(1, 0.06))
    for i, (x, y) in enumerate(((0.72, 0.21), (0.765, 0.13), (0.83, 0.06))):
        sketch.add(oval(x, y, 0.032 + 0.012 * i, 0.028 + 0.008 * i), "light", shade=-0.2, depth=0.3, soft=True)
    sketch.add(box(0.67, 0.25, 0.75, 0.48), "second", shade=-0.3, depth=0.45)
    sketch.add(box(0.66, 0.24, 0.76, 0.27), "dark", depth=0.46)
    sketch.add(box(0.42, 0.52, 0.84, 0.83), "light", shade=-0.15, depth=0.5)
    sketch.add(polygon((0.17, 0.83), (0.17, 0.54), (0.31, 0.33), (0.45, 0.54), (0.45, 0.83)), "light", shade=-0.6, depth=0.52)
    roof = polygon((0.29, 0.27), (0.79, 0.27), (0.91, 0.56), (0.45, 0.56))
    sketch.add(roof, "main", depth=0.55)
    sketch.add(polygon((0.31, 0.26), (0.12, 0.57), (0.17, 0.575), (0.315, 0.35), (0.44, 0.565), (0.49, 0.56)),
               "main", shade=-0.6, depth=0.56)  # fmt: skip
    for y in (0.34, 0.41, 0.48)[: sketch.count(1, 3)]:
        t = (y - 0.27) / 0.29
        tiles = line((0.31 + 0.16 * t + 0.02, y), (0.79 + 0.12 * t, y))
        sketch.add(tiles, "main", shade=-0.4, depth=0.57, width=0.008)
    sketch.add(box(0.27, 0.66, 0.36, 0.83, radius=0.02), "second", shade=-0.35, depth=0.6)
    sketch.add(oval(0.345, 0.75, 0.008), "accent", depth=0.61)
    for x in (0.5, 0.68):
        sketch.add(box(x - 0.012, 0.618, x + 0.112, 0.742), "second", shade=-0.35, depth=0.6)
        sketch.add(box(x, 0.63, x + 0.1, 0.73), "accent", depth=0.61)
        cross = together([line((x + 0.05, 0.63), (x + 0.05, 0.73)), line((x, 0.68), (x + 0.1, 0.68))])
        sketch.add(cross, "dark", depth=0.62, width=0.009)
    sketch.add(oval(0.31, 0.49, 0.034), "accent", depth=0.6)
    sketch.add(oval(0.31, 0.49, 0.034), "dark", depth=0.61, width=0.009)
    walk = smooth([(0.27, 0.83), (0.27, 0.83), (0.25, 0.92), (0.12, 1.1), (0.12, 1.1), (0.44, 1.1), (0.44, 1.1),
                   (0.38, 0.92), (0.36, 0.83), (0.36, 0.83)])  # fmt: skip
    sketch.add(walk, "light", shade=-0.4, depth=0.6)
    for x in (0.46, 0.56, 0.67, 0.79):
        bush(sketch, x, 0.86, sketch.around(0.055, 0.01), shade=-0.5, depth=0.7)
    dots = [oval(rng.uniform(0.45, 0.86), rng.uniform(0.8, 0.93), 0.011) for _ in range(sketch.count(4, 14))]
    sketch.add(together(dots), "accent", depth=0.75)
    sketch.home()
    grass(sketch, 0.88, 0.98, number=sketch.count(2, 9))
    return sketch.scene(0.5, 0.55, horizon=0.74)


def windmill(rng: Random, detail: float) -> Scene:
    """A tower mill with four lattice sails above rows of flowers."""
    sketch = Sketch(rng, detail)
    horizon = sketch.around(0.76, 0.02)
    sky(sketch, horizon)
    sun(sketch, sketch.around(0.14, 0.05), sketch.around(0.2, 0.06), 0.07)
    clouds(sketch, 0.2, 0.5)
    ridge(sketch, "far", horizon - 0.03, 0.06, waves=3, depth=0.15)
    sketch.add(box(-0.1, horizon, 1.1, 1.1), "ground", depth=0.3)
    for i, left in enumerate((-0.6, -0.15, 0.3, 0.75, 1.2)):
        row = polygon((0.35 + left * 0.3, horizon), (0.41 + left * 0.3, horizon), (left + 0.24, 1.1), (left, 1.1))
        sketch.add(row, ("accent", "second")[i % 2], shade=-0.25, depth=0.35)
    sketch.nudge(sketch.around(0, 0.06), 0, scale=sketch.around(1, 0.06))
    body = polygon((0.36, 0.87), (0.425, 0.4), (0.575, 0.4), (0.64, 0.87))
    sketch.add(body, "main", depth=0.5)
    sketch.add(polygon((0.36, 0.87), (0.425, 0.4), (0.48, 0.4), (0.45, 0.87)), "main", shade=-0.5, depth=0.51)
    cap = smooth([(0.4, 0.41), (0.4, 0.41), (0.43, 0.31), (0.5, 0.275), (0.57, 0.31), (0.6, 0.41), (0.6, 0.41)])
    sketch.add(cap, "dark", shade=0.2, depth=0.55)
    sketch.add(box(0.34, 0.64, 0.66, 0.665), "dark", depth=0.56)
    sketch.add(box(0.46, 0.74, 0.54, 0.87, radius=0.03), "dark", depth=0.56)
    for x, y in ((0.5, 0.53), (0.57, 0.72), (0.44, 0.46))[: sketch.count(1, 3)]:
        sketch.add(box(x - 0.02, y, x + 0.02, y + 0.055), "accent", depth=0.56)
    start = rng.uniform(20, 70)
    for blade in range(4):
        _sail(sketch, 0.5, 0.365, start + 90 * blade)
    sketch.add(oval(0.5, 0.365, 0.03), "accent", shade=-0.2, depth=0.8)
    sketch.home()
    bush(sketch, 0.1, horizon + 0.02, 0.06, depth=0.4)
    bush(sketch, 0.92, horizon + 0.02, 0.07, depth=0.4)
    grass(sketch, 0.86, 0.98, number=sketch.count(0, 8))
    return sketch.scene(0.5, 0.38, horizon=horizon)


def _sail(sketch: Sketch, x: float, y: float, degrees: float) -> None:
    angle = degrees * pi / 180
    ux, uy = cos(angle), sin(angle)

    def at(along: float, across: float) -> tuple[float, float]:
        return x + ux * along - uy * across, y + uy * along + ux * across

    cloth: skia.Path = polygon(at(0.09, 0), at(0.37, 0), at(0.37, 0.085), at(0.09, 0.06))
    sketch.add(cloth, "light", depth=0.7)
    rungs = [line(at(r, 0), at(r, 0.065 + 0.06 * (r - 0.1))) for r in (0.09, 0.16, 0.23, 0.3, 0.37)]
    edge = line(at(0.09, 0.06), at(0.37, 0.085))
    sketch.add(together([*rungs, edge]), "dark", depth=0.72, width=0.007)
    sketch.add(line(at(0, 0), at(0.385, 0)), "dark", depth=0.74, width=0.015)
