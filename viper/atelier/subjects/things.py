"""People and things: portrait, flower vase, hot air balloon, car, teapot."""

from math import cos, pi, sin
from random import Random

from viper.atelier.scene import Role, Scene
from viper.atelier.subjects.sketch import Point, Sketch, box, line, oval, polygon, smooth, together, turned
from viper.atelier.subjects.surroundings import birds, bush, clouds, grass, pine, ridge, sky, sun


def portrait(rng: Random, detail: float) -> Scene:
    """Head and shoulders of a person."""
    sketch = Sketch(rng, detail)
    sketch.add(box(-0.1, -0.1, 1.1, 1.1), "sky", depth=0)
    sketch.add(oval(0.5, 0.42, sketch.around(0.42, 0.02)), "sky", shade=0.45, depth=0.05)
    sketch.nudge(sketch.around(0, 0.03), 0.02, scale=sketch.around(1.05, 0.05), about=(0.5, 0.9))
    hair = rng.choice(("long", "short", "bun", "curly"))
    _hair_behind(sketch, hair)
    neck: list[Point] = [(0.43, 0.5), (0.435, 0.68), (0.38, 0.76), (0.5, 0.86), (0.62, 0.76), (0.565, 0.68), (0.57, 0.5)]
    sketch.add(smooth(neck), "light", shade=-0.75, depth=0.5)
    coat: list[Point] = [(0.02, 1.2), (0.02, 1.2), (0.09, 0.9), (0.2, 0.79), (0.39, 0.725), (0.39, 0.725), (0.5, 0.83),
                         (0.61, 0.725), (0.61, 0.725), (0.8, 0.79), (0.91, 0.9), (0.98, 1.2), (0.98, 1.2)]  # fmt: skip
    sketch.add(smooth(coat), "main", depth=0.55)
    side = [(0.02, 1.2), (0.02, 1.2), (0.09, 0.9), (0.2, 0.79), (0.3, 0.755), (0.27, 0.9), (0.32, 1.2), (0.32, 1.2)]
    sketch.add(smooth(side), "main", shade=-0.4, depth=0.56)
    if rng.random() < 0.5:
        for s in (-1, 1):
            lapel = polygon((0.5 + s * 0.11, 0.72), (0.5 + s * 0.19, 0.8), (0.5 + s * 0.09, 0.93), (0.5, 0.84))
            sketch.add(lapel, "second", shade=-0.2, depth=0.58)
    else:
        scarf = smooth([(0.38, 0.71), (0.5, 0.79), (0.62, 0.71), (0.65, 0.77), (0.5, 0.87), (0.35, 0.77)])
        sketch.add(scarf, "second", shade=-0.1, depth=0.58)
    for s in (-1, 1):
        sketch.add(oval(0.5 + s * 0.172, 0.42, 0.026, 0.042), "light", shade=-0.55, depth=0.58)
    face: list[Point] = [(0.5, 0.19), (0.39, 0.22), (0.335, 0.32), (0.335, 0.43), (0.375, 0.54), (0.45, 0.615), (0.5, 0.625),
                         (0.55, 0.615), (0.625, 0.54), (0.665, 0.43), (0.665, 0.32), (0.61, 0.22)]  # fmt: skip
    sketch.add(smooth(face), "light", shade=-0.2, depth=0.6)
    cheek = [(0.39, 0.22), (0.335, 0.32), (0.335, 0.43), (0.375, 0.54), (0.45, 0.615), (0.5, 0.625), (0.42, 0.53), (0.385, 0.42), (0.39, 0.3)]
    sketch.add(smooth(cheek), "light", shade=-0.55, depth=0.61)
    _face(sketch)
    _hair_front(sketch, hair)
    sketch.home()
    return sketch.scene(0.5, 0.4, horizon=0.85)


def _hair_behind(sketch: Sketch, hair: str) -> None:
    if hair == "long":
        flow: list[Point] = [(0.5, 0.11), (0.34, 0.15), (0.27, 0.3), (0.27, 0.5), (0.23, 0.72), (0.3, 0.8), (0.42, 0.76), (0.58, 0.76),
                             (0.7, 0.8), (0.77, 0.72), (0.73, 0.5), (0.73, 0.3), (0.66, 0.15)]  # fmt: skip
        sketch.add(smooth(flow), "dark", depth=0.4)
    elif hair == "bun":
        sketch.add(oval(0.5, 0.1, 0.095, 0.08), "dark", depth=0.4)
    elif hair == "curly":
        puffs = [oval(0.5 + cos(a) * 0.21, 0.34 + sin(a) * 0.2, 0.095) for a in (pi * i / 8 + pi * 0.92 for i in range(10))]
        sketch.add(together([*puffs, oval(0.5, 0.32, 0.23)]), "dark", depth=0.4)
    if hair != "long":
        sketch.add(oval(0.5, 0.32, 0.195, 0.18), "dark", depth=0.4)


def _hair_front(sketch: Sketch, hair: str) -> None:
    fringe: list[Point] = [(0.325, 0.42), (0.325, 0.42), (0.3, 0.28), (0.36, 0.16), (0.5, 0.115), (0.64, 0.16), (0.7, 0.28), (0.675, 0.42),
                           (0.675, 0.42), (0.655, 0.33), (0.6, 0.26), (0.5, 0.29), (0.4, 0.25), (0.35, 0.33)]  # fmt: skip
    if hair in ("long", "bun"):
        fringe[-5:] = [(0.65, 0.33), (0.59, 0.25), (0.52, 0.2), (0.42, 0.26), (0.35, 0.34)]
    sketch.add(smooth(fringe), "dark", depth=0.7)
    shine = line((0.56, 0.155), (0.61, 0.18), (0.65, 0.24))
    sketch.add(shine, "dark", shade=0.9, depth=0.71, width=0.014)
    if sketch.rng.random() < 0.35:
        frames = [oval(0.43, 0.395, 0.055, 0.047), oval(0.57, 0.395, 0.055, 0.047)]
        bridge = line((0.485, 0.39), (0.5, 0.383), (0.515, 0.39))
        sketch.add(together([*frames, bridge]), "dark", depth=0.72, width=0.011)
    if sketch.detail > 0.4:
        drops = [oval(x, 0.48, 0.012, 0.018) for x in (0.325, 0.675)]
        sketch.add(together(drops), "accent", shade=-0.3, depth=0.72)


def _face(sketch: Sketch) -> None:
    for s in (-1, 1):
        x = 0.5 + s * 0.07
        eye = smooth([(x - 0.04, 0.4), (x - 0.04, 0.4), (x, 0.374), (x + 0.04, 0.4), (x + 0.04, 0.4), (x, 0.417)])
        sketch.add(eye, "light", shade=0.2, depth=0.64)
        sketch.add(oval(x, 0.396, 0.018), "dark", depth=0.65)
        sketch.add(line((x - 0.042, 0.398), (x, 0.371), (x + 0.042, 0.398)), "dark", depth=0.65, width=0.009)
        brow = line((x - s * 0.035, 0.343), (x, 0.329), (x + s * 0.045, 0.343))
        sketch.add(brow, "dark", depth=0.66, width=0.014)
        sketch.add(oval(0.5 + s * 0.095, 0.475, 0.03, 0.02), "main", shade=0.5, depth=0.62, soft=True)
    nose = line((0.488, 0.4), (0.472, 0.465), (0.48, 0.485), (0.508, 0.485))
    sketch.add(nose, "light", shade=-1.0, depth=0.66, width=0.011)
    smile = sketch.around(0.012, 0.008)
    lips = smooth([(0.445, 0.54 - smile), (0.445, 0.54 - smile), (0.48, 0.53), (0.5, 0.536), (0.52, 0.53), (0.555, 0.54 - smile),
                   (0.555, 0.54 - smile), (0.5, 0.567)])  # fmt: skip
    sketch.add(lips, "main", shade=-0.2, depth=0.66)


def vase(rng: Random, detail: float) -> Scene:
    """A bunch of flowers in a vase on a table."""
    sketch = Sketch(rng, detail)
    table = sketch.around(0.8, 0.02)
    sketch.add(box(-0.1, -0.1, 1.1, 1.1), "sky", depth=0)
    sketch.add(oval(0.5, 0.42, 0.42), "sky", shade=0.4, depth=0.05, soft=True)
    sketch.add(box(-0.1, table, 1.1, 1.1), "ground", shade=-0.1, depth=0.3)
    sketch.add(box(-0.1, table, 1.1, table + 0.018), "ground", shade=0.5, depth=0.3)
    sketch.nudge(sketch.around(0, 0.04), 0, scale=sketch.around(1, 0.05), about=(0.5, 0.9))
    sketch.add(oval(0.42, 0.895, 0.2, 0.025), "ground", shade=-0.6, depth=0.35)
    blooms = [(0.5, 0.19, 0.115), (0.28, 0.28, 0.105), (0.72, 0.27, 0.105), (0.4, 0.39, 0.095), (0.62, 0.4, 0.1),
              (0.17, 0.45, 0.075), (0.83, 0.45, 0.075)]  # fmt: skip
    chosen = blooms[: sketch.count(4.5, 7)]
    for x, y, _ in chosen:
        stem = line((x, y), ((x + 0.5) / 2, (y + 0.6) / 2 + 0.03), (0.5 + (x - 0.5) * 0.1, 0.62))
        sketch.add(stem, "ground", shade=-0.7, depth=0.4, width=0.012)
    for x, y in ((0.22, 0.5), (0.78, 0.5), (0.33, 0.17), (0.67, 0.16), (0.5, 0.44)):
        leaf = smooth([(0.5 + (x - 0.5) * 0.3, 0.57), (0.5 + (x - 0.5) * 0.3, 0.57), (x * 0.7 + 0.15 - 0.05, (y + 0.5) / 2 - 0.03),
                       (x, y), (x, y), (x * 0.7 + 0.15 + 0.05, (y + 0.5) / 2 + 0.04)])  # fmt: skip
        sketch.add(leaf, "ground", shade=-0.5 if x < 0.5 else -0.3, depth=0.45)
    kinds = ("daisy", "tulip", "rose")
    for i, (x, y, size) in enumerate(chosen):
        role: Role = ("main", "second", "accent")[i % 3]  # type: ignore[assignment]
        _bloom(sketch, sketch.around(x, 0.015), sketch.around(y, 0.015), size, kind=rng.choice(kinds), role=role)
    shape: list[Point] = [(0.42, 0.56), (0.42, 0.56), (0.435, 0.63), (0.345, 0.74), (0.365, 0.85), (0.42, 0.9), (0.42, 0.9), (0.58, 0.9), (0.58, 0.9),
                          (0.635, 0.85), (0.655, 0.74), (0.565, 0.63), (0.58, 0.56), (0.58, 0.56)]  # fmt: skip
    sketch.add(smooth(shape), "main", shade=-0.2, depth=0.65)
    dark = [(0.42, 0.56), (0.42, 0.56), (0.435, 0.63), (0.345, 0.74), (0.365, 0.85), (0.42, 0.9), (0.42, 0.9), (0.47, 0.9), (0.43, 0.8), (0.47, 0.64)]
    sketch.add(smooth(dark), "main", shade=-0.65, depth=0.66)
    for y, half in ((0.69, 0.122), (0.82, 0.142))[: sketch.count(1, 2)]:
        sketch.add(line((0.5 - half, y), (0.5, y + 0.02), (0.5 + half, y)), "light", depth=0.67, width=0.016)
    sketch.add(line((0.6, 0.7), (0.612, 0.76), (0.6, 0.82)), "light", depth=0.68, width=0.014)
    sketch.add(oval(0.5, 0.56, 0.08, 0.018), "main", shade=0.3, depth=0.68)
    for x in (0.8, 0.89)[: sketch.count(0, 2)]:
        sketch.add(oval(x, 0.875, 0.052, 0.05), "second", shade=-0.1, depth=0.7)
        sketch.add(oval(x + 0.015, 0.86, 0.02), "second", shade=0.5, depth=0.71)
        sketch.add(line((x, 0.83), (x + 0.012, 0.805)), "dark", depth=0.72, width=0.009)
    sketch.home()
    return sketch.scene(0.5, 0.35, horizon=table)


def _bloom(sketch: Sketch, x: float, y: float, size: float, *, kind: str, role: Role) -> None:
    start = sketch.rng.uniform(0, 60)
    if kind == "tulip":
        cup = [(x - size * 0.7, y - size * 0.75), (x - size * 0.7, y - size * 0.75), (x - size * 0.3, y - size * 0.4), (x, y - size * 0.95),
               (x, y - size * 0.95), (x + size * 0.3, y - size * 0.4), (x + size * 0.7, y - size * 0.75), (x + size * 0.7, y - size * 0.75),
               (x + size * 0.68, y + size * 0.1), (x, y + size * 0.65), (x - size * 0.68, y + size * 0.1)]  # fmt: skip
        sketch.add(smooth(cup), role, depth=0.55)
        fold = [(x, y - size * 0.95), (x + size * 0.32, y - size * 0.2), (x, y + size * 0.6), (x - size * 0.32, y - size * 0.2)]
        sketch.add(smooth(fold), role, shade=-0.35, depth=0.56)
    elif kind == "rose":
        for reach, shade in ((1.0, -0.25), (0.7, 0.1), (0.4, -0.3)):
            rim = []
            for i in range(10):
                r = size * reach * (1.0 if i % 2 else 0.86)
                a = pi * i / 5 + reach * 2 + start
                rim.append((x + cos(a) * r, y + sin(a) * r))
            sketch.add(smooth(rim), role, shade=shade, depth=0.55)
    else:
        petals = []
        for i in range(8):
            petals.append(turned(oval(x + size * 0.62, y, size * 0.42, size * 0.22), start + 45 * i, x, y))
        sketch.add(together(petals), role, shade=0.15, depth=0.55)
        center: Role = "dark" if role == "accent" else "light"
        sketch.add(oval(x, y, size * 0.3), center, shade=0.3, depth=0.56)


def balloon(rng: Random, detail: float) -> Scene:
    """A striped hot air balloon above hills."""
    sketch = Sketch(rng, detail)
    sky(sketch, 0.85)
    clouds(sketch, 0.2, 0.7)
    if detail > 0.3:
        birds(sketch, 0.14, 0.3, sketch.count(1, 4))
    ridge(sketch, "far", 0.84, 0.1, waves=3, depth=0.12)
    ridge(sketch, "ground", 0.91, 0.06, waves=2, depth=0.2)
    for _ in range(sketch.count(1, 6)):
        bush(sketch, rng.random(), rng.uniform(0.95, 1.0), 0.025, depth=0.25)
    if rng.random() < 0.3 + 0.5 * sketch.detail:
        sketch.nudge(sketch.around(0.34, 0.05), sketch.around(-0.02, 0.06), scale=0.27, about=(0.5, 0.45))
        _envelope(sketch, depth=0.35)
    sketch.nudge(sketch.around(-0.04, 0.05), sketch.around(0, 0.025), scale=sketch.around(1, 0.06), about=(0.5, 0.45))
    _envelope(sketch, depth=0.6)
    sketch.home()
    return sketch.scene(0.48, 0.36, horizon=0.86)


def _envelope(sketch: Sketch, *, depth: float) -> None:
    def edge(share: float) -> list[Point]:
        # The meridian of the envelope at a share of its half width: -1 left rim, 1 right rim.
        return [(0.5 + share * half, y) for half, y in
                ((0.0, 0.07), (0.17, 0.11), (0.27, 0.22), (0.285, 0.34), (0.24, 0.46), (0.15, 0.57), (0.075, 0.65))]  # fmt: skip

    ropes = [line((0.5 + s * 0.07, 0.64), (0.5 + s * 0.05, 0.77)) for s in (-1, -0.35, 0.35, 1)]
    sketch.add(together(ropes), "dark", depth=depth, width=0.007)
    cuts = (-1.0, -0.78, -0.42, 0.0, 0.42, 0.78, 1.0)
    shades = (-0.6, -0.35, -0.1, 0.1, 0.15, -0.05)
    for i in range(6):
        left, right = edge(cuts[i]), edge(cuts[i + 1])
        gore = smooth([left[0], left[0], *left[1:], left[-1], right[-1], *right[:0:-1]])
        role: Role = "light" if i % 2 else "main"
        sketch.add(gore, role, shade=shades[i], depth=depth)
    band = smooth([(0.22, 0.31), (0.22, 0.31), (0.35, 0.35), (0.5, 0.362), (0.65, 0.35), (0.78, 0.31), (0.78, 0.31), (0.772, 0.375),
                   (0.772, 0.375), (0.65, 0.415), (0.5, 0.428), (0.35, 0.415), (0.228, 0.375), (0.228, 0.375)])  # fmt: skip
    sketch.add(band, "second", shade=-0.2, depth=depth)
    sketch.add(smooth([(0.425, 0.645), (0.425, 0.645), (0.5, 0.66), (0.575, 0.645), (0.575, 0.645), (0.56, 0.68), (0.44, 0.68)]),
               "dark", shade=0.2, depth=depth)  # fmt: skip
    sketch.add(box(0.44, 0.765, 0.56, 0.86, radius=0.02), "second", shade=-0.5, depth=depth)
    sketch.add(box(0.43, 0.755, 0.57, 0.785, radius=0.012), "dark", depth=depth)
    if sketch.detail > 0.5:
        weave = [line((0.45, y), (0.55, y)) for y in (0.805, 0.83)]
        sketch.add(together(weave), "second", shade=0.2, depth=depth, width=0.006)


def car(rng: Random, detail: float) -> Scene:
    """A rounded little car on a road, seen from the side."""
    sketch = Sketch(rng, detail)
    road = sketch.around(0.74, 0.015)
    sky(sketch, road)
    sun(sketch, sketch.around(0.8, 0.06), sketch.around(0.18, 0.04), sketch.around(0.08, 0.015))
    clouds(sketch, 0.14, 0.32)
    ridge(sketch, "far", road - 0.14, 0.12, waves=2, depth=0.15)
    for x in (0.06, 0.93, 0.17)[: sketch.count(1, 3)]:
        pine(sketch, x, road - 0.01, sketch.around(0.32, 0.05), role="ground", shade=-0.5, depth=0.25)
    ridge(sketch, "ground", road - 0.03, 0.03, waves=3, depth=0.3)
    sketch.add(box(-0.1, road + 0.02, 1.1, 1.1), "dark", shade=0.7, depth=0.4)
    dashes = [box(x, 0.925, x + 0.13, 0.945) for x in (-0.05, 0.2, 0.45, 0.7, 0.95)]
    sketch.add(together(dashes), "light", depth=0.45)
    sketch.nudge(sketch.around(0, 0.03), 0, scale=sketch.around(1.04, 0.05), about=(0.5, 0.84))
    sketch.add(oval(0.5, 0.845, 0.4, 0.025), "dark", depth=0.5)
    body: list[Point] = [(0.1, 0.76), (0.1, 0.76), (0.085, 0.65), (0.14, 0.565), (0.23, 0.525), (0.29, 0.42), (0.39, 0.345), (0.52, 0.335),
                         (0.63, 0.385), (0.71, 0.51), (0.84, 0.545), (0.91, 0.62), (0.925, 0.76), (0.925, 0.76), (0.88, 0.79), (0.14, 0.79)]  # fmt: skip
    sketch.add(smooth(body), "main", depth=0.6)
    low = [(0.1, 0.76), (0.1, 0.76), (0.09, 0.69), (0.3, 0.68), (0.7, 0.68), (0.92, 0.69), (0.925, 0.76), (0.925, 0.76), (0.88, 0.79), (0.14, 0.79)]
    sketch.add(smooth(low), "main", shade=-0.5, depth=0.61)
    sketch.add(line((0.3, 0.43), (0.39, 0.36), (0.52, 0.35), (0.61, 0.39)), "main", shade=0.7, depth=0.62, width=0.014)
    back = smooth([(0.3, 0.53), (0.3, 0.53), (0.345, 0.44), (0.41, 0.4), (0.46, 0.395), (0.46, 0.395), (0.46, 0.53), (0.46, 0.53)])
    front = smooth([(0.49, 0.395), (0.49, 0.395), (0.56, 0.405), (0.61, 0.45), (0.65, 0.53), (0.65, 0.53), (0.49, 0.53), (0.49, 0.53)])
    sketch.add(together([back, front]), "light", shade=-0.2, depth=0.65)
    glint = polygon((0.55, 0.405), (0.59, 0.43), (0.55, 0.53), (0.51, 0.53))
    sketch.add(glint, "light", shade=0.2, depth=0.66)
    doors = together([line((0.475, 0.39), (0.475, 0.74)), line((0.66, 0.54), (0.645, 0.72)), line((0.53, 0.58), (0.58, 0.58))])
    sketch.add(doors, "dark", depth=0.66, width=0.009)
    sketch.add(oval(0.875, 0.615, 0.032, 0.038), "accent", depth=0.68)
    sketch.add(oval(0.875, 0.615, 0.032, 0.038), "dark", depth=0.68, width=0.008)
    sketch.add(oval(0.112, 0.635, 0.02, 0.03), "second", shade=-0.4, depth=0.68)
    sketch.add(together([box(0.88, 0.73, 0.965, 0.765, radius=0.017), box(0.055, 0.73, 0.14, 0.765, radius=0.017)]), "light", shade=-0.4, depth=0.69)
    for x in (0.26, 0.75):
        arch = smooth([(x - 0.12, 0.77), (x - 0.12, 0.77), (x - 0.08, 0.665), (x, 0.63), (x + 0.08, 0.665), (x + 0.12, 0.77), (x + 0.12, 0.77)])
        sketch.add(arch, "main", shade=-0.25, depth=0.69)
        sketch.add(oval(x, 0.765, 0.09), "dark", depth=0.7)
        sketch.add(oval(x, 0.765, 0.05), "light", shade=-0.3, depth=0.71)
        sketch.add(oval(x, 0.765, 0.02), "dark", depth=0.72)
    if rng.random() < 0.2 + 0.5 * sketch.detail:
        sketch.add(box(0.36, 0.235, 0.56, 0.315, radius=0.012), "second", shade=-0.3, depth=0.64)
        rack = together([line((0.33, 0.325), (0.6, 0.325)), line((0.42, 0.235), (0.42, 0.315)), line((0.5, 0.235), (0.5, 0.315))])
        sketch.add(rack, "dark", depth=0.65, width=0.01)
    sketch.home()
    grass(sketch, road - 0.01, road + 0.015, number=sketch.count(1, 7))
    return sketch.scene(0.5, 0.55, horizon=road)


def teapot(rng: Random, detail: float) -> Scene:
    """A round teapot with a steaming cup on a table."""
    sketch = Sketch(rng, detail)
    table = sketch.around(0.74, 0.02)
    sketch.add(box(-0.1, -0.1, 1.1, 1.1), "sky", depth=0)
    for i in range(sketch.count(3, 7) if rng.random() < 0.6 else 0):
        x = 0.08 + i * 0.145
        sketch.add(box(x - 0.02, -0.1, x + 0.02, table), "sky", shade=0.25, depth=0.05)
    sketch.add(box(-0.1, table, 1.1, 1.1), "ground", shade=-0.1, depth=0.3)
    sketch.add(box(-0.1, table, 1.1, table + 0.018), "ground", shade=0.5, depth=0.3)
    sketch.nudge(sketch.around(-0.02, 0.03), 0, scale=sketch.around(1.02, 0.05), about=(0.5, 0.85))
    for i, x in enumerate((0.8, 0.86, 0.74)[: sketch.count(1, 3)]):
        steam = line((x, 0.37 - 0.03 * i), (x + 0.03, 0.29), (x - 0.02, 0.2), (x + 0.02, 0.1))
        sketch.add(steam, "light", shade=-0.1, depth=0.35, width=0.022, soft=True)
    sketch.add(oval(0.42, 0.855, 0.34, 0.035), "ground", shade=-0.6, depth=0.4)
    handle = line((0.2, 0.47), (0.1, 0.43), (0.04, 0.52), (0.07, 0.66), (0.2, 0.74))
    sketch.add(handle, "main", shade=-0.5, depth=0.5, width=0.048)
    spout: list[Point] = [(0.62, 0.72), (0.62, 0.72), (0.75, 0.66), (0.775, 0.52), (0.82, 0.42), (0.82, 0.42), (0.885, 0.425), (0.885, 0.425), (0.85, 0.55),
                          (0.82, 0.72), (0.68, 0.82)]  # fmt: skip
    sketch.add(smooth(spout), "main", shade=-0.15, depth=0.55)
    pot: list[Point] = [(0.44, 0.34), (0.28, 0.38), (0.17, 0.5), (0.155, 0.65), (0.23, 0.79), (0.35, 0.86), (0.53, 0.86), (0.65, 0.79),
                        (0.725, 0.65), (0.71, 0.5), (0.6, 0.38)]  # fmt: skip
    sketch.add(smooth(pot), "main", depth=0.6)
    dark = [(0.28, 0.38), (0.17, 0.5), (0.155, 0.65), (0.23, 0.79), (0.35, 0.86), (0.53, 0.86), (0.36, 0.78), (0.27, 0.64), (0.26, 0.48)]
    sketch.add(smooth(dark), "main", shade=-0.45, depth=0.61)
    sketch.add(oval(0.58, 0.5, 0.04, 0.07), "main", shade=0.8, depth=0.62)
    lid = smooth([(0.3, 0.375), (0.3, 0.375), (0.34, 0.3), (0.44, 0.27), (0.54, 0.3), (0.58, 0.375), (0.58, 0.375), (0.44, 0.395)])
    sketch.add(lid, "second", shade=-0.15, depth=0.64)
    sketch.add(oval(0.44, 0.25, 0.038), "accent", shade=-0.2, depth=0.65)
    if rng.random() < 0.6:
        dots = [oval(x, y, 0.024) for x, y in ((0.3, 0.6), (0.4, 0.66), (0.5, 0.67), (0.6, 0.62))]
        sketch.add(together(dots), "light", depth=0.66)
    else:
        sketch.add(line((0.165, 0.6), (0.3, 0.645), (0.44, 0.66), (0.58, 0.645), (0.718, 0.6)), "light", depth=0.66, width=0.024)
    sketch.add(oval(0.44, 0.865, 0.12, 0.016), "second", shade=-0.5, depth=0.58)
    _cup(sketch, 0.83, 0.9)
    sketch.home()
    return sketch.scene(0.47, 0.55, horizon=table)


def _cup(sketch: Sketch, x: float, base: float) -> None:
    sketch.add(oval(x, base, 0.13, 0.026), "light", shade=-0.3, depth=0.75)
    sketch.add(line((x + 0.08, base - 0.1), (x + 0.125, base - 0.09), (x + 0.11, base - 0.045), (x + 0.06, base - 0.035)),
               "light", shade=-0.5, depth=0.76, width=0.016)  # fmt: skip
    bowl = smooth([(x - 0.095, base - 0.13), (x - 0.095, base - 0.13), (x - 0.075, base - 0.04), (x, base - 0.005), (x + 0.075, base - 0.04),
                   (x + 0.095, base - 0.13), (x + 0.095, base - 0.13)])  # fmt: skip
    sketch.add(bowl, "light", depth=0.77)
    sketch.add(oval(x, base - 0.13, 0.095, 0.022), "second", shade=-0.5, depth=0.78)
