"""The pen all subjects are drawn with: paths from points, and a list of shapes to add them to."""

from collections.abc import Sequence
from functools import lru_cache
from random import Random

import skia

from viper.atelier.scene import Role, Scene, Shape

Point = tuple[float, float]
Points = str | Sequence[Point]
"""Coordinates, or a tracing: see `trace`."""


def trace(points: Points) -> tuple[Point, ...]:
    """The points of a tracing such as "12,80! 50,7.5 88,80!", in percent of the picture.

    A point with an exclamation mark is a sharp corner and comes twice; points that are no text
    stay as they are.
    """
    return _read(points) if isinstance(points, str) else tuple(points)


@lru_cache(maxsize=1024)
def _read(text: str) -> tuple[Point, ...]:
    result = []
    for word in text.split():
        x, y = word.rstrip("!").split(",")
        result += [(float(x) / 100, float(y) / 100)] * (2 if word.endswith("!") else 1)
    return tuple(result)


def polygon(points: Points) -> skia.Path:
    """A closed polygon."""
    return skia.Path().addPoly([skia.Point(x, y) for x, y in trace(points)], True)


def box(left: float, top: float, right: float, bottom: float, *, radius: float = 0.0) -> skia.Path:
    """A rectangle, with round corners of `radius`."""
    rect = skia.Rect.MakeLTRB(left, top, right, bottom)
    return skia.Path().addRoundRect(rect, radius, radius)


def oval(x: float, y: float, rx: float, ry: float | None = None) -> skia.Path:
    """An ellipse around (x, y); a circle without `ry`."""
    ry = rx if ry is None else ry
    return skia.Path().addOval(skia.Rect.MakeLTRB(x - rx, y - ry, x + rx, y + ry))


def smooth(points: Points, *, closed: bool = True) -> skia.Path:
    """A curve through all points (Catmull-Rom); a point given twice is a sharp corner."""
    knots = trace(points)
    count = len(knots)
    path = skia.Path()
    path.moveTo(*knots[0])
    for i in range(count if closed else count - 1):
        start, end = knots[i], knots[(i + 1) % count]
        if start == end:
            continue
        before = knots[i - 1] if closed else knots[max(i - 1, 0)]
        after = knots[(i + 2) % count] if closed else knots[min(i + 2, count - 1)]
        path.cubicTo(
            start[0] + (end[0] - before[0]) / 6,
            start[1] + (end[1] - before[1]) / 6,
            end[0] - (after[0] - start[0]) / 6,
            end[1] - (after[1] - start[1]) / 6,
            end[0],
            end[1],
        )
    if closed:
        path.close()
    return path


def line(points: Points) -> skia.Path:
    """An open curve through the points, to be stroked."""
    return smooth(points, closed=False)


def together(paths: Sequence[skia.Path]) -> skia.Path:
    """Several parts as one path."""
    result = skia.Path()
    for path in paths:
        result.addPath(path)
    return result


def placed(
    path: skia.Path, x: float, y: float, *, size: float = 1.0, height: float | None = None
) -> skia.Path:
    """A path drawn around the corner (0, 0), scaled and moved to (x, y).

    Args:
        path: changed in place, and returned.
        x: where its origin goes.
        y: where its origin goes.
        size: how many times larger it becomes; negative mirrors it.
        height: another factor for its height.
    """
    matrix = skia.Matrix()
    matrix.setScale(size, abs(size) if height is None else height)
    matrix.postTranslate(x, y)
    path.transform(matrix)
    return path


def turned(path: skia.Path, degrees: float, x: float, y: float) -> skia.Path:
    """The path turned clockwise around (x, y)."""
    matrix = skia.Matrix()
    matrix.setRotate(degrees, x, y)
    path.transform(matrix)
    return path


MIRRORED = 0.1
"""Share of scenes that are mirrored."""


class Sketch:
    """Collects the shapes of one scene, back to front.

    Subjects are drawn at their best place in the unit square, lit from the right; `nudge` and
    `scene` then move, scale and mirror them.
    """

    def __init__(self, rng: Random, detail: float) -> None:
        self.rng = rng
        self.detail = min(max(detail, 0.0), 1.0)
        self._shapes: list[Shape] = []
        self._matrix: skia.Matrix | None = None

    def add(
        self,
        path: skia.Path,
        role: Role,
        *,
        shade: float = 0.0,
        depth: float = 0.5,
        width: float | None = None,
        soft: bool = False,
    ) -> None:
        """Put a shape in front of all others; the arguments are those of Shape."""
        if self._matrix is not None:
            path.transform(self._matrix)
            width = None if width is None else width * self._matrix.getMaxScale()
        self._shapes.append(Shape(path, role, shade, depth, width, soft))

    def nudge(self, x: float, y: float, *, scale: float = 1.0, about: Point = (0.5, 0.85)) -> None:
        """Move all following shapes by (x, y) and scale them around the point `about`."""
        matrix = skia.Matrix()
        matrix.setScale(scale, scale, *about)
        matrix.postTranslate(x, y)
        self._matrix = matrix

    def home(self) -> None:
        """End the effect of `nudge`."""
        self._matrix = None

    def count(self, few: float, many: float) -> int:
        """How many of something: `few` at detail 0, `many` at detail 1, a little at random."""
        return max(round(few + (many - few) * self.detail + self.rng.uniform(-0.5, 0.5)), 0)

    def around(self, value: float, spread: float) -> float:
        """A number at most `spread` away from `value`."""
        return value + self.rng.uniform(-spread, spread)

    def scene(self, x: float, y: float, *, horizon: float) -> Scene:
        """The finished scene with its focus at (x, y), mirrored now and then.

        Seldom: a model that has seen few paintings of each kind averages the two ways of facing,
        and draws a horse with two heads.
        """
        if self.rng.random() < MIRRORED:
            matrix = skia.Matrix()
            matrix.setScale(-1, 1, 0.5, 0)
            for shape in self._shapes[1:]:
                shape.path.transform(matrix)
            x = 1 - x
        return Scene(tuple(self._shapes), (x, y), horizon)
