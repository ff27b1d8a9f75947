"""By the water: lighthouse, sailboat, moon over the sea, bridge."""

from random import Random

from viper.atelier.scene import Scene
from viper.atelier.subjects.sketch import Sketch, box, line, oval, polygon, smooth, together
from viper.atelier.subjects.surroundings import (
    birds,
    clouds,
    grass,
    moon,
    ridge,
    sea,
    sky,
    stars,
    sun,
    waves,
)


def lighthouse(rng: Random, detail: float) -> Scene:
    """A striped tower with its beams on a cliff."""
    sketch = Sketch(rng, detail)
    horizon = sketch.around(0.66, 0.03)
    sky(sketch, horizon)
    if rng.random() < 0.5:
        sun(sketch, 0.14, sketch.around(0.3, 0.08), sketch.around(0.07, 0.01))
    clouds(sketch, 0.2, 0.5)
    if detail > 0.4:
        birds(sketch, 0.25, 0.2, sketch.count(1, 4))
    ridge(sketch, "far", horizon - 0.01, 0.06, waves=2, depth=0.15)
    sea(sketch, horizon)
    sketch.nudge(sketch.around(0, 0.05), 0, scale=sketch.around(1, 0.06))
    for beam in (polygon((0.59, 0.19), (-0.2, 0.02), (-0.2, 0.2)), polygon((0.63, 0.19), (1.3, 0.05), (1.3, 0.22))):
        sketch.add(beam, "light", shade=-0.3, depth=0.2, soft=True)
    cliff = [(0.3, 1.2), (0.3, 1.2), (0.31, 0.98), (0.36, 0.9), (0.37, 0.85), (0.46, 0.82),
             (0.62, 0.8), (0.85, 0.82), (1.3, 0.84), (1.3, 0.84), (1.3, 1.2), (1.3, 1.2)]  # fmt: skip
    sketch.add(smooth(cliff), "ground", shade=-0.45, depth=0.55)
    lawn = [(0.37, 0.85), (0.46, 0.82), (0.62, 0.795), (0.85, 0.815), (1.3, 0.83), (1.3, 0.83),
            (1.3, 0.95), (0.9, 0.9), (0.6, 0.885)]  # fmt: skip
    sketch.add(smooth(lawn), "ground", shade=0.15, depth=0.57)
    _house(sketch)
    _tower(sketch)
    sketch.home()
    grass(sketch, 0.88, 0.97, number=sketch.count(0, 4))
    return sketch.scene(0.61, 0.3, horizon=horizon)


def _house(sketch: Sketch) -> None:
    sketch.add(box(0.7, 0.74, 0.88, 0.83), "light", shade=-0.3, depth=0.58)
    sketch.add(polygon((0.68, 0.745), (0.72, 0.675), (0.86, 0.675), (0.9, 0.745)), "second", shade=-0.3, depth=0.59)
    sketch.add(together([box(0.74, 0.765, 0.77, 0.8), box(0.81, 0.765, 0.84, 0.8)]), "dark", depth=0.6)


def _tower(sketch: Sketch) -> None:
    x, top, base, narrow, wide = 0.61, 0.25, 0.84, 0.055, 0.1

    def half(y: float) -> float:
        return narrow + (wide - narrow) * (y - top) / (base - top)

    def band(low: float, high: float, left: float, right: float) -> tuple[tuple[float, float], ...]:
        return ((x + left * half(high), high), (x + right * half(high), high),
                (x + right * half(low), low), (x + left * half(low), low))  # fmt: skip

    sketch.add(polygon(*band(base, top, -1, 1)), "light", depth=0.65)
    number = sketch.rng.choice((3, 4))
    step = (base - top) / (2 * number - 1)
    for i in range(number):
        low = base - 2 * i * step
        sketch.add(polygon(*band(low, low - step, -1, 1)), "main", depth=0.66)
        sketch.add(polygon(*band(low, low - step, -1, -0.35)), "main", shade=-0.5, depth=0.66)
        if i < number - 1:
            white = polygon(*band(low - step, low - 2 * step, -1, -0.35))
            sketch.add(white, "light", shade=-0.6, depth=0.66)
    sketch.add(box(x - 0.026, 0.765, x + 0.026, 0.845, radius=0.02), "dark", depth=0.67)
    for y in (0.62, 0.5, 0.38)[: sketch.count(1, 3)]:
        sketch.add(box(x - 0.011, y, x + 0.011, y + 0.035, radius=0.01), "dark", depth=0.67)
    sketch.add(oval(x, 0.19, 0.13), "accent", shade=-0.1, depth=0.6, soft=True)
    sketch.add(box(x - 0.045, 0.14, x + 0.045, 0.235), "accent", depth=0.68)
    sketch.add(oval(x, 0.19, 0.026), "light", depth=0.69)
    bars = [line((x + dx, 0.14), (x + dx, 0.23)) for dx in (-0.045, -0.015, 0.015, 0.045)]
    sketch.add(together(bars), "dark", depth=0.69, width=0.007)
    sketch.add(box(x - 0.085, 0.232, x + 0.085, 0.258), "dark", depth=0.7)
    dome = [(x - 0.065, 0.145), (x - 0.065, 0.145), (x - 0.04, 0.09), (x, 0.07), (x + 0.04, 0.09),
            (x + 0.065, 0.145), (x + 0.065, 0.145)]  # fmt: skip
    sketch.add(smooth(dome), "main", shade=-0.5, depth=0.7)
    sketch.add(line((x, 0.075), (x, 0.03)), "dark", depth=0.7, width=0.009)


def sailboat(rng: Random, detail: float) -> Scene:
    """A sloop under sail, near and large."""
    sketch = Sketch(rng, detail)
    horizon = sketch.around(0.66, 0.02)
    sky(sketch, horizon)
    sun(sketch, sketch.around(0.82, 0.05), sketch.around(0.24, 0.06), sketch.around(0.08, 0.015))
    clouds(sketch, 0.2, 0.52)
    ridge(sketch, "far", horizon - 0.01, 0.05, waves=2, depth=0.15)
    sea(sketch, horizon)
    if detail > 0.4:
        birds(sketch, 0.18, 0.2, sketch.count(1, 4))
    sketch.nudge(sketch.around(0, 0.05), 0, scale=sketch.around(1, 0.07))
    sketch.add(oval(0.5, 0.88, 0.27, 0.05), "main", shade=-0.6, depth=0.5, soft=True)
    sketch.add(line((0.52, 0.76), (0.52, 0.09)), "dark", depth=0.6, width=0.014)
    sail = [(0.505, 0.11), (0.505, 0.11), (0.36, 0.36), (0.2, 0.69), (0.2, 0.69), (0.36, 0.715), (0.505, 0.7), (0.505, 0.7)]
    sketch.add(smooth(sail), "main", depth=0.62)
    fold = [(0.505, 0.11), (0.505, 0.11), (0.47, 0.4), (0.41, 0.708), (0.41, 0.708), (0.505, 0.7), (0.505, 0.7)]
    sketch.add(smooth(fold), "main", shade=-0.35, depth=0.63)
    jib = [(0.54, 0.15), (0.54, 0.15), (0.7, 0.42), (0.83, 0.7), (0.83, 0.7), (0.68, 0.715), (0.55, 0.69), (0.55, 0.69)]
    sketch.add(smooth(jib), "light", depth=0.62)
    bend = [(0.54, 0.15), (0.54, 0.15), (0.6, 0.45), (0.64, 0.712), (0.64, 0.712), (0.55, 0.69), (0.55, 0.69)]
    sketch.add(smooth(bend), "light", shade=-0.5, depth=0.63)
    if detail > 0.3:
        for y in (0.34, 0.5):
            seam = line((0.505, y), (0.507 - (y - 0.11) * 0.52, y + 0.02))
            sketch.add(seam, "main", shade=-0.6, depth=0.64, width=0.006)
    sketch.add(polygon((0.515, 0.06), (0.515, 0.105), (0.44, 0.085)), "second", depth=0.64)
    hull = [(0.17, 0.74), (0.17, 0.74), (0.5, 0.765), (0.88, 0.73), (0.88, 0.73), (0.81, 0.83), (0.72, 0.87),
            (0.34, 0.87), (0.24, 0.84)]  # fmt: skip
    sketch.add(smooth(hull), "second", shade=-0.35, depth=0.7)
    stripe = line((0.18, 0.765), (0.5, 0.79), (0.868, 0.757))
    sketch.add(stripe, "light", depth=0.71, width=0.016)
    ports = [oval(x, 0.818, 0.014) for x in (0.4, 0.5, 0.6)]
    sketch.add(together(ports), "light", depth=0.72)
    foam = line((0.2, 0.868), (0.34, 0.884), (0.5, 0.87), (0.66, 0.884), (0.84, 0.864))
    sketch.add(foam, "light", depth=0.75, width=0.014)
    sketch.home()
    waves(sketch, 0.9, 0.98, number=sketch.count(2, 6))
    return sketch.scene(0.5, 0.45, horizon=horizon)


def moon_sea(rng: Random, detail: float) -> Scene:
    """A large full moon, its path of light on the water, dark headlands."""
    sketch = Sketch(rng, detail)
    horizon = sketch.around(0.66, 0.03)
    sky(sketch, horizon, shade=-0.75)
    stars(sketch, horizon - 0.08, number=sketch.count(18, 60))
    x, y, radius = sketch.around(0.52, 0.1), sketch.around(0.31, 0.03), sketch.around(0.19, 0.02)
    moon(sketch, x, y, radius)
    if detail > 0.3:
        wide = sketch.around(0.16, 0.03)
        for dx, dy in ((-0.16, 0.09), (0.2, 0.15)):
            veil = oval(x + dx, y + dy, wide, 0.014)
            sketch.add(veil, "sky", shade=-0.4, depth=0.06, soft=True)
    ridge(sketch, "far", horizon - 0.01, 0.07, waves=2, shade=-0.8, depth=0.15)
    sketch.add(box(-0.1, horizon, 1.1, 1.1), "water", shade=-0.9, depth=0.3)
    rows = 9
    for i in range(rows):
        near = i / (rows - 1)
        wy = horizon + 0.02 + (0.96 - horizon) * near**1.2
        half = (0.05 + 0.1 * near) * sketch.around(1, 0.25)
        wx = x + sketch.around(0, 0.02)
        glint = oval(wx, wy, half, 0.007 + 0.008 * near)
        sketch.add(glint, "light", shade=-0.15, depth=0.4 + 0.3 * near)
    for _ in range(sketch.count(4, 12)):
        wx, wy = rng.random(), rng.uniform(horizon + 0.03, 0.97)
        stroke = line((wx - 0.05, wy), (wx, wy - 0.006), (wx + 0.05, wy))
        sketch.add(stroke, "water", shade=0.0, depth=0.5, width=0.006)
    side = [(-0.3, 0.6), (0.0, 0.62), (0.13, 0.68), (0.2, 0.78), (0.3, 0.86), (0.34, 0.9), (0.34, 0.9),
            (0.1, 1.2), (-0.3, 1.2), (-0.3, 1.2)]  # fmt: skip
    sketch.add(smooth(side), "dark", depth=0.85)
    if rng.random() < 0.6:
        bx = 0.8
        sketch.add(smooth([(bx - 0.07, 0.78), (bx - 0.07, 0.78), (bx + 0.08, 0.775), (bx + 0.08, 0.775),
                           (bx + 0.045, 0.81), (bx - 0.045, 0.81)]), "dark", depth=0.7)  # fmt: skip
        sketch.add(polygon((bx, 0.63), (bx, 0.77), (bx - 0.065, 0.765)), "main", depth=0.7)
        sketch.add(polygon((bx + 0.01, 0.65), (bx + 0.01, 0.77), (bx + 0.06, 0.76)), "main", shade=-0.4, depth=0.7)
    return sketch.scene(x, y, horizon=horizon)


def bridge(rng: Random, detail: float) -> Scene:
    """A suspension bridge of two tall towers."""
    sketch = Sketch(rng, detail)
    horizon = sketch.around(0.68, 0.02)
    sky(sketch, horizon)
    sun(sketch, sketch.around(0.5, 0.08), sketch.around(0.34, 0.05), sketch.around(0.1, 0.02))
    clouds(sketch, 0.14, 0.42)
    ridge(sketch, "far", horizon - 0.06, 0.13, waves=2, depth=0.15)
    ridge(sketch, "ground", horizon - 0.01, 0.06, waves=2, shade=-0.1, depth=0.2)
    sea(sketch, horizon)
    sketch.nudge(0, sketch.around(0, 0.02), scale=sketch.around(1, 0.05), about=(0.5, 0.64))
    left, right, top, deck = 0.25, 0.75, 0.16, 0.635
    for tower in (left, right):
        ghost = box(tower - 0.05, 0.78, tower + 0.05, 1.0)
        sketch.add(ghost, "main", shade=-0.6, depth=0.45, soft=True)
    hangers = []
    number = 9 + 2 * round(3 * sketch.detail)
    for i in range(1, number):
        t = i / number
        x = left + (right - left) * t
        hangers.append(line((x, top + 0.41 * (1 - (2 * t - 1) ** 2)), (x, deck)))
    for i in range(1, number // 2):
        t = i / number * 2
        y = top + (deck - top) * (1 - (1 - t) ** 2)
        hangers += [line((left - t * 0.4, y), (left - t * 0.4, deck)), line((right + t * 0.4, y), (right + t * 0.4, deck))]
    sketch.add(together(hangers), "main", shade=-0.2, depth=0.55, width=0.006)
    for x in (left, right):
        for dx, shade in ((-0.04, -0.5), (0.04, 0.0)):
            sketch.add(box(x + dx - 0.017, top - 0.02, x + dx + 0.017, 0.82), "main", shade=shade, depth=0.6)
        for y in (top, 0.3, 0.44, 0.7):
            sketch.add(box(x - 0.05, y, x + 0.05, y + 0.03), "main", shade=-0.25, depth=0.61)
        sketch.add(box(x - 0.085, 0.8, x + 0.085, 0.86, radius=0.015), "dark", shade=0.6, depth=0.65)
    span = [(left + (right - left) * i / 10, top + 0.41 * (1 - (i / 5 - 1) ** 2)) for i in range(11)]
    ends = [(left - 0.5 * t, top + (deck + 0.05 - top) * (1 - (1 - t) ** 2)) for t in (0.9, 0.6, 0.3, 0)]
    other = [(1 - x, y) for x, y in reversed(ends)]
    for cable in (ends, span, other):
        sketch.add(line(*cable), "main", shade=-0.1, depth=0.62, width=0.016)
    sketch.add(box(-0.3, deck, 1.3, deck + 0.04), "main", shade=0.1, depth=0.66)
    sketch.add(box(-0.3, deck + 0.028, 1.3, deck + 0.055), "dark", depth=0.67)
    for _ in range(sketch.count(0, 5)):
        x = rng.random()
        car = box(x - 0.022, deck - 0.02, x + 0.022, deck, radius=0.008)
        sketch.add(car, rng.choice(("light", "dark")), depth=0.64)
    sketch.home()
    return sketch.scene(0.5, 0.42, horizon=horizon)
