"""Animals: cat, bird, fish, horse."""

from random import Random

from viper.atelier.scene import Scene
from viper.atelier.subjects.sketch import Point, Sketch, box, line, oval, polygon, smooth, together
from viper.atelier.subjects.surroundings import clouds, grass, ridge, sky, sun


def cat(rng: Random, detail: float) -> Scene:
    """A sitting cat seen from the front, its tail curled around."""
    sketch = Sketch(rng, detail)
    floor = sketch.around(0.76, 0.02)
    sketch.add(box(-0.1, -0.1, 1.1, 1.1), "sky", depth=0)
    _window(sketch)
    sketch.add(box(-0.1, floor, 1.1, 1.1), "ground", shade=-0.1, depth=0.3)
    sketch.add(box(-0.1, floor, 1.1, floor + 0.02), "ground", shade=-0.7, depth=0.3)
    sketch.add(oval(0.5, 0.9, 0.42, 0.075), "second", shade=-0.35, depth=0.4)
    sketch.add(oval(0.5, 0.895, 0.37, 0.058), "accent", shade=-0.35, depth=0.41)
    sketch.nudge(sketch.around(0, 0.04), 0, scale=sketch.around(1.02, 0.05), about=(0.5, 0.9))
    tail = line((0.62, 0.86), (0.76, 0.87), (0.83, 0.8), (0.8, 0.7), (0.745, 0.66), (0.755, 0.61))
    sketch.add(tail, "main", shade=-0.35, depth=0.5, width=0.062)
    sketch.add(line((0.745, 0.66), (0.755, 0.61)), "dark", depth=0.5, width=0.062)
    body: list[Point] = [(0.4, 0.42), (0.35, 0.54), (0.29, 0.68), (0.26, 0.8), (0.31, 0.885), (0.5, 0.9),
                         (0.69, 0.885), (0.74, 0.8), (0.71, 0.68), (0.65, 0.54), (0.6, 0.42)]  # fmt: skip
    sketch.add(smooth(body), "main", depth=0.55)
    sketch.add(smooth([(0.4, 0.42), (0.35, 0.54), (0.29, 0.68), (0.26, 0.8), (0.31, 0.885), (0.4, 0.89),
                       (0.36, 0.76), (0.39, 0.6)]), "main", shade=-0.4, depth=0.56)  # fmt: skip
    bib = smooth([(0.42, 0.45), (0.43, 0.58), (0.5, 0.68), (0.57, 0.58), (0.58, 0.45)])
    sketch.add(bib, "light", shade=-0.1, depth=0.58)
    for x in (0.44, 0.56):
        leg = smooth([(x - 0.045, 0.62), (x - 0.045, 0.84), (x - 0.055, 0.89), (x, 0.905), (x + 0.055, 0.89),
                      (x + 0.045, 0.84), (x + 0.045, 0.62)])  # fmt: skip
        sketch.add(leg, "main", shade=0.12, depth=0.6)
        sketch.add(oval(x, 0.885, 0.05, 0.024), "light", shade=-0.1, depth=0.61)
    sketch.add(line((0.5, 0.66), (0.5, 0.88)), "main", shade=-0.8, depth=0.62, width=0.008)
    stripes = [(0.305, 0.7, 0.36), (0.3, 0.76, 0.36), (0.695, 0.7, 0.64), (0.7, 0.76, 0.64)]
    for x, y, end in stripes[: 2 * sketch.count(0, 2)]:
        sketch.add(line((x, y), (end, y - 0.015)), "dark", depth=0.6, width=0.014)
    _cat_head(sketch)
    sketch.home()
    return sketch.scene(0.5, 0.33, horizon=floor)


def _window(sketch: Sketch) -> None:
    left = sketch.around(0.2, 0.08)
    sketch.add(box(left - 0.025, 0.045, left + 0.665, 0.585), "far", shade=-0.5, depth=0.1)
    sketch.add(box(left, 0.07, left + 0.64, 0.56), "sky", shade=0.55, depth=0.1)
    if sketch.rng.random() < 0.6:
        sketch.add(oval(left + 0.5, 0.2, 0.06), "accent", depth=0.11)
    hill = smooth([(left, 0.48), (left, 0.48), (left + 0.2, 0.42), (left + 0.4, 0.47), (left + 0.64, 0.4),
                   (left + 0.64, 0.4), (left + 0.64, 0.56), (left + 0.64, 0.56), (left, 0.56), (left, 0.56)])  # fmt: skip
    sketch.add(hill, "far", depth=0.12)
    if sketch.detail > 0.3:
        cross = together([line((left + 0.32, 0.07), (left + 0.32, 0.56)), line((left, 0.3), (left + 0.64, 0.3))])
        sketch.add(cross, "far", shade=-0.5, depth=0.14, width=0.02)
    if sketch.detail > 0.6:
        for x, role in ((left - 0.06, "second"), (left + 0.7, "second")):
            curtain = smooth([(x - 0.07, 0.0), (x - 0.07, 0.0), (x + 0.07, 0.0), (x + 0.07, 0.0), (x + 0.03, 0.3),
                              (x + 0.06, 0.62), (x + 0.06, 0.62), (x - 0.08, 0.62), (x - 0.08, 0.62)])  # fmt: skip
            sketch.add(curtain, "second", shade=0.2 if role else 0.0, depth=0.2)


def _cat_head(sketch: Sketch) -> None:
    for side in (-1, 1):
        ear = smooth([(0.5 + side * 0.165, 0.31), (0.5 + side * 0.165, 0.31), (0.5 + side * 0.155, 0.13),
                      (0.5 + side * 0.155, 0.13), (0.5 + side * 0.03, 0.22), (0.5 + side * 0.03, 0.22)])  # fmt: skip
        sketch.add(ear, "main", shade=-0.3, depth=0.64)
        inner = polygon((0.5 + side * 0.145, 0.27), (0.5 + side * 0.143, 0.17), (0.5 + side * 0.07, 0.225))
        sketch.add(inner, "accent", shade=-0.2, depth=0.65)
    head = [(0.5, 0.205), (0.41, 0.22), (0.34, 0.29), (0.325, 0.36), (0.36, 0.43), (0.43, 0.475), (0.5, 0.485),
            (0.57, 0.475), (0.64, 0.43), (0.675, 0.36), (0.66, 0.29), (0.59, 0.22)]  # fmt: skip
    sketch.add(smooth(head), "main", shade=0.12, depth=0.66)
    muzzle = [oval(0.468, 0.425, 0.05, 0.038), oval(0.532, 0.425, 0.05, 0.038)]
    sketch.add(together(muzzle), "light", depth=0.68)
    eyes = [oval(0.43, 0.345, 0.036, 0.032), oval(0.57, 0.345, 0.036, 0.032)]
    sketch.add(together(eyes), "light", depth=0.7)
    pupils = [oval(0.43, 0.345, 0.015, 0.028), oval(0.57, 0.345, 0.015, 0.028)]
    sketch.add(together(pupils), "dark", depth=0.71)
    sketch.add(polygon((0.477, 0.388), (0.523, 0.388), (0.5, 0.415)), "dark", depth=0.72)
    mouth = together([line((0.5, 0.41), (0.49, 0.44), (0.46, 0.443)), line((0.5, 0.41), (0.51, 0.44), (0.54, 0.443))])
    sketch.add(mouth, "dark", depth=0.72, width=0.008)
    whiskers = [line((0.5 + s * 0.09, 0.42 + d), (0.5 + s * 0.25, 0.4 + d * 3)) for s in (-1, 1) for d in (0, 0.015)]
    sketch.add(together(whiskers), "dark", depth=0.73, width=0.006)
    marks = [line((x, 0.222), (0.5 + (x - 0.5) * 0.8, 0.275)) for x in (0.46, 0.5, 0.54)]
    if sketch.detail > 0.3:
        sketch.add(together(marks), "dark", depth=0.7, width=0.013)


def bird(rng: Random, detail: float) -> Scene:
    """A songbird on a branch, seen from the side."""
    sketch = Sketch(rng, detail)
    sky(sketch, 0.9)
    sketch.add(oval(sketch.around(0.52, 0.05), sketch.around(0.45, 0.04), 0.36), "sky", shade=0.5, depth=0.05)
    if detail > 0.5:
        clouds(sketch, 0.15, 0.3)
    sketch.nudge(sketch.around(0, 0.04), sketch.around(0, 0.02), scale=sketch.around(1.02, 0.06), about=(0.5, 0.5))
    branch = [(-0.3, 0.77), (-0.3, 0.77), (0.2, 0.75), (0.5, 0.72), (0.8, 0.74), (1.3, 0.67), (1.3, 0.67),
              (1.3, 0.72), (1.3, 0.72), (0.8, 0.79), (0.5, 0.765), (0.2, 0.805), (-0.3, 0.85), (-0.3, 0.85)]  # fmt: skip
    sketch.add(smooth(branch), "dark", shade=0.3, depth=0.4)
    sketch.add(line((0.72, 0.76), (0.82, 0.86), (0.95, 0.91)), "dark", shade=0.3, depth=0.4, width=0.022)
    leaves = [(0.08, 0.77, 0.02, 0.65), (0.16, 0.78, 0.24, 0.92), (0.88, 0.88, 0.8, 0.98), (0.95, 0.9, 1.02, 0.8),
              (0.85, 0.74, 0.93, 0.62), (0.05, 0.8, -0.03, 0.92), (0.93, 0.71, 1.02, 0.58), (0.33, 0.77, 0.4, 0.88)]  # fmt: skip
    for i, (x, y, tx, ty) in enumerate(leaves[: sketch.count(4, 8)]):
        side = 0.045
        leaf = smooth([(x, y), (x, y), ((x + tx) / 2 - side, (y + ty) / 2), (tx, ty), (tx, ty),
                       ((x + tx) / 2 + side, (y + ty) / 2)])  # fmt: skip
        sketch.add(leaf, "second", shade=-0.2 + 0.4 * (i % 2), depth=0.5)
    _songbird(sketch)
    sketch.home()
    return sketch.scene(0.58, 0.4, horizon=0.75)


def _songbird(sketch: Sketch) -> None:
    tail = smooth([(0.38, 0.52), (0.25, 0.64), (0.1, 0.8), (0.1, 0.8), (0.17, 0.83), (0.17, 0.83), (0.33, 0.7), (0.44, 0.62)])
    sketch.add(tail, "main", shade=-0.6, depth=0.6)
    for x in (0.5, 0.57):
        legs = line((x, 0.62), (x + 0.015, 0.73))
        sketch.add(legs, "dark", depth=0.58, width=0.014)
    body: list[Point] = [(0.735, 0.29), (0.74, 0.38), (0.715, 0.5), (0.64, 0.61), (0.52, 0.665), (0.4, 0.66),
                         (0.31, 0.62), (0.36, 0.5), (0.45, 0.39), (0.53, 0.29), (0.575, 0.2), (0.65, 0.165), (0.71, 0.2)]  # fmt: skip
    sketch.add(smooth(body), "main", depth=0.62)
    belly = smooth([(0.735, 0.36), (0.715, 0.5), (0.64, 0.61), (0.52, 0.665), (0.44, 0.66), (0.56, 0.58), (0.64, 0.46), (0.67, 0.36)])
    sketch.add(belly, "light", shade=-0.1, depth=0.64)
    sketch.add(polygon((0.73, 0.235), (0.85, 0.285), (0.735, 0.315)), "dark", shade=0.3, depth=0.65)
    sketch.add(polygon((0.73, 0.235), (0.85, 0.285), (0.735, 0.28)), "accent", shade=-0.15, depth=0.66)
    wing = smooth([(0.52, 0.37), (0.6, 0.44), (0.58, 0.54), (0.46, 0.61), (0.3, 0.67), (0.2, 0.73), (0.2, 0.73),
                   (0.28, 0.58), (0.4, 0.43)])  # fmt: skip
    sketch.add(wing, "second", shade=-0.35, depth=0.7)
    for i in range(sketch.count(1, 3)):
        y = 0.5 + 0.05 * i
        feather = line((0.53 - 0.03 * i, y), (0.42 - 0.04 * i, y + 0.06), (0.29 - 0.02 * i, y + 0.1))
        sketch.add(feather, "second", shade=0.5, depth=0.71, width=0.012)
    sketch.add(oval(0.665, 0.255, 0.03), "light", depth=0.7)
    sketch.add(oval(0.67, 0.255, 0.021), "dark", depth=0.72)
    sketch.add(oval(0.677, 0.247, 0.007), "light", depth=0.73)


def fish(rng: Random, detail: float) -> Scene:
    """A striped tropical fish among seaweed and bubbles."""
    sketch = Sketch(rng, detail)
    sketch.add(box(-0.1, -0.1, 1.1, 1.1), "sky", depth=0)
    sketch.add(box(-0.1, -0.1, 1.1, 0.28), "sky", shade=0.35, depth=0.02, soft=True)
    for x in (0.2, 0.55, 0.85)[: sketch.count(1, 3)]:
        ray = polygon((x, -0.1), (x + 0.09, -0.1), (x - 0.12, 0.8), (x - 0.34, 0.8))
        sketch.add(ray, "sky", shade=0.25, depth=0.05, soft=True)
    ridge(sketch, "far", 0.83, 0.08, waves=2, depth=0.15)
    ridge(sketch, "ground", 0.9, 0.04, waves=3, depth=0.3)
    for x in (0.07, 0.93, 0.16, 0.85, 0.03)[: sketch.count(2, 5)]:
        _weed(sketch, x, 0.96, sketch.around(0.36, 0.1))
    sketch.nudge(sketch.around(0, 0.03), sketch.around(-0.02, 0.03), scale=sketch.around(1, 0.06), about=(0.5, 0.5))
    tail = [(0.3, 0.5), (0.3, 0.5), (0.2, 0.38), (0.06, 0.29), (0.06, 0.29), (0.1, 0.5), (0.06, 0.71), (0.06, 0.71), (0.2, 0.62)]
    sketch.add(smooth(tail), "second", shade=-0.1, depth=0.5)
    top = [(0.36, 0.4), (0.36, 0.4), (0.38, 0.24), (0.52, 0.16), (0.6, 0.18), (0.66, 0.31), (0.66, 0.31)]
    sketch.add(smooth(top), "second", shade=-0.3, depth=0.5)
    low = [(0.42, 0.62), (0.42, 0.62), (0.4, 0.78), (0.5, 0.8), (0.58, 0.68), (0.58, 0.68)]
    sketch.add(smooth(low), "second", shade=-0.3, depth=0.5)
    body: list[Point] = [(0.92, 0.49), (0.92, 0.49), (0.85, 0.38), (0.7, 0.29), (0.52, 0.28), (0.36, 0.38), (0.26, 0.48),
                         (0.26, 0.52), (0.36, 0.62), (0.52, 0.7), (0.7, 0.69), (0.85, 0.61)]  # fmt: skip
    sketch.add(smooth(body), "main", depth=0.6)
    belly = [(0.91, 0.5), (0.91, 0.5), (0.85, 0.61), (0.7, 0.69), (0.52, 0.7), (0.36, 0.62), (0.26, 0.52), (0.5, 0.6), (0.75, 0.59)]
    sketch.add(smooth(belly), "main", shade=0.4, depth=0.61)
    for x, height in ((0.66, 0.192), (0.5, 0.198), (0.36, 0.115))[: sketch.count(1.5, 3)]:
        band = [(x - 0.03, 0.49 - height), (x - 0.03, 0.49 - height), (x - 0.015, 0.5), (x - 0.03, 0.495 + height),
                (x - 0.03, 0.495 + height), (x + 0.035, 0.495 + height * 1.01), (x + 0.035, 0.495 + height * 1.01),
                (x + 0.05, 0.5), (x + 0.035, 0.49 - height * 1.01), (x + 0.035, 0.49 - height * 1.01)]  # fmt: skip
        sketch.add(smooth(band), "light", depth=0.62)
    fin = [(0.58, 0.52), (0.58, 0.52), (0.5, 0.5), (0.44, 0.56), (0.46, 0.63), (0.46, 0.63), (0.55, 0.6)]
    sketch.add(smooth(fin), "second", shade=-0.4, depth=0.65)
    gill = line((0.74, 0.39), (0.715, 0.49), (0.74, 0.59))
    sketch.add(gill, "main", shade=-0.7, depth=0.64, width=0.012)
    sketch.add(oval(0.815, 0.445, 0.042), "light", depth=0.66)
    sketch.add(oval(0.822, 0.445, 0.024), "dark", depth=0.67)
    sketch.add(line((0.915, 0.5), (0.88, 0.525), (0.85, 0.525)), "dark", depth=0.67, width=0.01)
    rays = [line((0.24, 0.47 + d * 0.3), (0.12, 0.5 + d)) for d in (-0.12, -0.04, 0.04, 0.12)]
    sketch.add(together(rays), "second", shade=-0.6, depth=0.55, width=0.008)
    sketch.home()
    for i in range(sketch.count(3, 8)):
        x, y = 0.9 + sketch.around(0, 0.05), 0.4 - i * 0.05 + sketch.around(0, 0.02)
        sketch.add(oval(x, y, sketch.around(0.02, 0.009)), "light", depth=0.7, width=0.008)
    return sketch.scene(0.7, 0.48, horizon=0.88)


def _weed(sketch: Sketch, x: float, base: float, height: float) -> None:
    sway = sketch.around(0, 0.02) + 0.02
    points = []
    for i in range(5):
        points.append((x + (sway if i % 2 else -sway), base - height * i / 4))
    left = [(px - 0.024 * (1 - i / 4.4), py) for i, (px, py) in enumerate(points)]
    right = [(px + 0.024 * (1 - i / 4.4), py) for i, (px, py) in enumerate(points)]
    sketch.add(smooth([*left, *reversed(right)]), "ground", shade=sketch.around(-0.6, 0.2), depth=0.35)


def horse(rng: Random, detail: float) -> Scene:
    """A walking horse in a meadow, seen from the side."""
    sketch = Sketch(rng, detail)
    horizon = sketch.around(0.7, 0.02)
    sky(sketch, horizon)
    sun(sketch, sketch.around(0.2, 0.06), sketch.around(0.22, 0.05), sketch.around(0.09, 0.015))
    clouds(sketch, 0.15, 0.4)
    ridge(sketch, "far", horizon - 0.04, 0.09, waves=2, depth=0.15)
    ridge(sketch, "ground", horizon + 0.06, 0.03, waves=2, shade=0.25, depth=0.3)
    if detail > 0.5:
        _fence(sketch, horizon + 0.05)
    sketch.nudge(sketch.around(-0.02, 0.03), 0.02, scale=sketch.around(1.06, 0.05), about=(0.5, 0.85))
    sketch.add(oval(0.46, 0.865, 0.3, 0.025), "ground", shade=-0.6, depth=0.4)
    far_front = [(0.63, 0.52), (0.69, 0.62), (0.745, 0.665), (0.735, 0.72), (0.7, 0.775), (0.735, 0.795), (0.765, 0.73),
                 (0.785, 0.66), (0.76, 0.62), (0.71, 0.52)]  # fmt: skip
    far_hind = [(0.32, 0.54), (0.37, 0.63), (0.36, 0.7), (0.395, 0.79), (0.39, 0.845), (0.43, 0.845), (0.428, 0.79),
                (0.4, 0.71), (0.42, 0.64), (0.44, 0.56)]  # fmt: skip
    for leg in (far_front, far_hind):
        sketch.add(smooth(leg), "main", shade=-0.65, depth=0.5)
    tail = [(0.25, 0.4), (0.19, 0.43), (0.145, 0.54), (0.12, 0.68), (0.155, 0.75), (0.155, 0.75), (0.185, 0.66), (0.215, 0.54), (0.27, 0.46)]
    sketch.add(smooth(tail), "dark", depth=0.55)
    front = [(0.6, 0.5), (0.625, 0.66), (0.637, 0.71), (0.634, 0.8), (0.622, 0.85), (0.622, 0.85), (0.675, 0.85),
             (0.675, 0.85), (0.668, 0.8), (0.676, 0.7), (0.695, 0.63), (0.72, 0.5)]  # fmt: skip
    hind = [(0.24, 0.45), (0.25, 0.58), (0.275, 0.645), (0.25, 0.705), (0.262, 0.8), (0.255, 0.85), (0.255, 0.85), (0.308, 0.85),
            (0.308, 0.85), (0.302, 0.79), (0.295, 0.715), (0.335, 0.645), (0.4, 0.56), (0.4, 0.46)]  # fmt: skip
    body: list[Point] = [(0.89, 0.3), (0.885, 0.335), (0.85, 0.348), (0.8, 0.315), (0.77, 0.325), (0.74, 0.41), (0.73, 0.5), (0.69, 0.575),
                         (0.6, 0.59), (0.47, 0.605), (0.37, 0.58), (0.28, 0.57), (0.237, 0.5), (0.245, 0.42), (0.32, 0.375),
                         (0.44, 0.4), (0.54, 0.395), (0.61, 0.36), (0.665, 0.27), (0.715, 0.19), (0.765, 0.155), (0.81, 0.18), (0.855, 0.25)]  # fmt: skip
    for part in (hind, front, body):
        sketch.add(smooth(part), "main", depth=0.6)
    belly = [(0.72, 0.5), (0.69, 0.575), (0.6, 0.59), (0.47, 0.605), (0.37, 0.58), (0.46, 0.56), (0.6, 0.55)]
    sketch.add(smooth(belly), "main", shade=-0.5, depth=0.61)
    rump = [(0.26, 0.43), (0.32, 0.385), (0.44, 0.41), (0.54, 0.405), (0.5, 0.44), (0.38, 0.45), (0.29, 0.47)]
    sketch.add(smooth(rump), "main", shade=0.35, depth=0.61)
    sketch.add(smooth([(0.745, 0.17), (0.745, 0.17), (0.765, 0.09), (0.765, 0.09), (0.795, 0.165), (0.795, 0.165)]), "main", shade=-0.3, depth=0.62)
    mane = [(0.785, 0.145), (0.73, 0.16), (0.66, 0.245), (0.595, 0.365), (0.615, 0.43), (0.615, 0.43), (0.655, 0.375), (0.67, 0.38),
            (0.67, 0.38), (0.695, 0.305), (0.71, 0.31), (0.71, 0.31), (0.735, 0.24), (0.76, 0.2), (0.81, 0.215), (0.81, 0.215)]  # fmt: skip
    sketch.add(smooth(mane), "dark", depth=0.64)
    sketch.add(oval(0.812, 0.222, 0.011), "dark", depth=0.65)
    sketch.add(oval(0.877, 0.305, 0.008), "dark", depth=0.65)
    hooves = [polygon((0.622, 0.825), (0.673, 0.825), (0.682, 0.86), (0.612, 0.86)), polygon((0.255, 0.825), (0.307, 0.825), (0.316, 0.86), (0.246, 0.86))]
    sketch.add(together(hooves), "dark", depth=0.65)
    sketch.home()
    grass(sketch, 0.86, 0.98, number=sketch.count(4, 14))
    return sketch.scene(0.55, 0.45, horizon=horizon)


def _fence(sketch: Sketch, y: float) -> None:
    for x in (0.02, 0.26, 0.5, 0.74, 0.98):
        sketch.add(box(x - 0.012, y - 0.12, x + 0.012, y + 0.03), "light", shade=-0.5, depth=0.35)
    rails = [line((-0.1, y - d), (1.1, y - d)) for d in (0.09, 0.04)]
    sketch.add(together(rails), "light", shade=-0.5, depth=0.35, width=0.014)
