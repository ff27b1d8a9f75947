"""What the dial for detail adds to a scene and takes from it."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import skia

from viper.atelier.scene import Scene, Shape

_LARGE = 0.02
"""Area of the box around a shape that is large enough to be ornamented, of the square's."""
_SMALL = 0.003
_MOST = 20

Mark = Callable[[skia.Path, float, float, float], None]


def ornamented(scene: Scene, rng: Random) -> Scene:
    """The scene with rows of fine marks on everything large: scales, leaves, dots, stitches."""
    shapes = []
    sizes = sorted((_area(shape) for shape in scene.shapes[1:] if _is_solid(shape)), reverse=True)
    least = max(_LARGE, sizes[_MOST - 1] if len(sizes) >= _MOST else 0.0)
    for number, shape in enumerate(scene.shapes):
        shapes.append(shape)
        if number and _is_solid(shape) and _area(shape) >= least:
            shapes.append(_marks(shape, rng))
    return replace(scene, shapes=tuple(shapes))


def bare(scene: Scene) -> Scene:
    """The scene without the small things of its surroundings."""
    kept = [
        shape
        for shape in scene.shapes
        if shape.role not in ("sky", "far", "ground", "water") or _area(shape) >= _SMALL
    ]
    return replace(scene, shapes=tuple(kept))


def _is_solid(shape: Shape) -> bool:
    # Faces, windows and moons are light or accents: marks would disfigure them.
    return shape.width is None and not shape.soft and shape.role not in ("light", "accent")


def _area(shape: Shape) -> float:
    bounds = shape.path.getBounds()
    width = min(bounds.right(), 1.0) - max(bounds.left(), 0.0)
    height = min(bounds.bottom(), 1.0) - max(bounds.top(), 0.0)
    return float(max(width, 0.0) * max(height, 0.0))


def _marks(shape: Shape, rng: Random) -> Shape:
    """Marks of one kind in staggered rows, where they lie wholly within a shape."""
    mark = rng.choice(_MARKS)
    size = rng.uniform(0.016, 0.021)
    bounds = shape.path.getBounds()
    left, top = max(bounds.left(), 0.0), max(bounds.top(), 0.0)
    right, bottom = min(bounds.right(), 1.0), min(bounds.bottom(), 1.0)
    path = skia.Path()
    row, y = 0, top + 0.5 * size
    while y < bottom:
        x = left + (0.5 + 0.5 * (row % 2)) * 2 * size
        while x < right:
            if all(shape.path.contains(x + dx, y + dy) for dx, dy in _AROUND):
                mark(path, x, y, size)
            x += 2 * size
        row, y = row + 1, y + 1.7 * size
    shade = shape.shade + (0.35 if shape.shade < 0.1 else -0.45)
    return Shape(path, shape.role, min(max(shade, -1), 1), shape.depth, 0.0055)


_AROUND = ((0.0, -0.012), (-0.012, 0.0), (0.012, 0.0), (0.0, 0.012))


def _scale(path: skia.Path, x: float, y: float, size: float) -> None:
    path.moveTo(x - 0.5 * size, y - 0.25 * size)
    path.quadTo(x, y + 0.75 * size, x + 0.5 * size, y - 0.25 * size)


def _leaf(path: skia.Path, x: float, y: float, size: float) -> None:
    path.moveTo(x, y - 0.5 * size)
    path.quadTo(x + 0.45 * size, y, x, y + 0.5 * size)
    path.quadTo(x - 0.45 * size, y, x, y - 0.5 * size)


def _dot(path: skia.Path, x: float, y: float, size: float) -> None:
    path.addCircle(x, y, 0.2 * size)


def _cross(path: skia.Path, x: float, y: float, size: float) -> None:
    for sign in (-1, 1):
        path.moveTo(x - 0.35 * size, y - 0.35 * sign * size)
        path.lineTo(x + 0.35 * size, y + 0.35 * sign * size)


def _stitch(path: skia.Path, x: float, y: float, size: float) -> None:
    path.moveTo(x - 0.45 * size, y + 0.25 * size)
    path.lineTo(x, y - 0.25 * size)
    path.lineTo(x + 0.45 * size, y + 0.25 * size)


_MARKS: tuple[Mark, ...] = (_scale, _leaf, _dot, _cross, _stitch)
