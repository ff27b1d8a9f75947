"""From where a scene is seen: nearer, from above or below, askew, centered on an axis or not.

The scene's paths are moved, never its background, which goes on covering the square.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import numpy as np
import skia
from numpy.typing import NDArray

from viper.atelier.scene import Scene, Shape

Side = tuple[float, float]
_GRID = 48
_BACKDROP = ("sky", "far", "ground", "water")


def closer(scene: Scene, scale: float = 1.4) -> Scene:
    """The surroundings of the focus, enlarged."""
    x, y = scene.focus
    zoom = skia.Matrix()
    zoom.setScale(scale, scale, x, y)
    return _moved(scene, zoom)


def from_viewpoint(scene: Scene, perspective: str, rng: Random) -> Scene:
    """The scene from above, from below or with the head tilted."""
    if perspective == "tilted view":
        return _tilted(scene, rng.choice((-1, 1)) * rng.uniform(13, 17))
    above = perspective == "bird's-eye view"
    return _from_above(scene) if above else _from_below(scene)


def off_center(scene: Scene, rng: Random) -> Scene:
    """Enlarged, with the focus near one side and emptiness on the other."""
    scale, x = 1.18, scene.focus[0]
    width = 1 / scale
    side = x < 0.5 if abs(x - 0.5) > 0.01 else rng.random() < 0.5
    left = x - width * (0.22 if side else 0.78)
    left = min(max(left, -0.04), 1.04 - width)
    top = 1 - width if scene.focus[1] > 0.35 else 0.3 * (1 - width)
    view = skia.Matrix()
    view.setScale(scale, scale)
    view.preTranslate(-left, -top)
    return _moved(scene, view)


def on_axis(scene: Scene) -> tuple[Scene, bool]:
    """The scene placed so that mirroring one half of the picture makes it whole.

    A subject that is nearly its own mirror image stands on the axis. Any other, such as an animal
    seen from the side, would be left with two heads or none: it stands wholly in one half, looking
    at its counterpart.

    Returns:
        The scene, and whether its left half is the one to keep.
    """
    left, right, axis, likeness = _extent(_subject(scene), scene.focus[0])
    view = skia.Matrix()
    if likeness > 0.72 or (right - left > 0.9 and likeness > 0.38):
        view.setTranslate(0.5 - axis, 0)
        return _moved(scene, view), axis >= 0.5
    keep_left = scene.focus[0] >= (left + right) / 2
    edge = min(right + 0.03, 1.0) if keep_left else max(left - 0.03, 0.0)
    # Shrunk no more than the subject needs; what lies behind it may be cut off.
    scale = min(0.5 / (right - left + 0.06), 1.0)
    scale = max(scale, 0.5 / max(edge if keep_left else 1 - edge, 0.5))
    view.setScale(scale, min(1.2 * scale, 1.0), edge, 1.0)
    floor = _floor(scene)
    view.postTranslate(0.5 - edge, 0 if floor is None else 0.3 * (scale - 1))
    return _moved(_on_floor(scene, floor), view), keep_left


def mirrored(picture: NDArray[np.uint8], keep_left: bool) -> NDArray[np.uint8]:
    """One half of a picture and its mirror image."""
    half = (picture.shape[1] + 1) // 2
    kept = picture[:, :half] if keep_left else picture[:, ::-1][:, :half]
    other = kept[:, : picture.shape[1] - half][:, ::-1]
    return np.ascontiguousarray(np.concatenate((kept, other), axis=1))


def _tilted(scene: Scene, degrees: float) -> Scene:
    turn = skia.Matrix()
    turn.setRotate(degrees, 0.5, 0.5)
    angle = math.radians(abs(degrees))
    # The smallest enlargement that leaves no corner of the square uncovered.
    cover = math.cos(angle) + math.sin(angle)
    turn.postScale(cover, cover, 0.5, 0.5)
    return _moved(scene, turn)


def _from_above(scene: Scene) -> Scene:
    floor = _floor(scene)
    bottom = 1.0 if floor is None else 1.3
    view = _keystone((0.14, 0.86), 0.1, (-0.12, 1.12), bottom)
    return _moved(_on_floor(scene, floor), view)


def _from_below(scene: Scene) -> Scene:
    x = min(max(scene.focus[0], 0.4), 0.6)
    return _moved(scene, _keystone((x - 0.85, x + 0.85), -0.3, (x - 0.36, x + 0.36), 0.95))


def _keystone(upper: Side, top: float, lower: Side, bottom: float) -> skia.Matrix:
    """Shows a trapezoid of the scene as the whole picture."""
    seen = [(upper[0], top), (upper[1], top), (lower[1], bottom), (lower[0], bottom)]
    square = [(0, 0), (1, 0), (1, 1), (0, 1)]
    view = skia.Matrix()
    view.setPolyToPoly([skia.Point(*p) for p in seen], [skia.Point(*p) for p in square])
    return view


def _floor(scene: Scene) -> Shape | None:
    """What the scene stands on, continued below the picture; None if the subject is cut there."""
    for shape in reversed(scene.shapes):
        if shape.width is None and not shape.soft and shape.path.contains(0.5, 0.995):
            if shape.role not in _BACKDROP:
                return None
            path = skia.Path().addRect(skia.Rect.MakeLTRB(-1, 0.97, 2, 3))
            return Shape(path, shape.role, shape.shade, shape.depth)
    return None


def _on_floor(scene: Scene, floor: Shape | None) -> Scene:
    if floor is None:
        return scene
    return replace(scene, shapes=(scene.shapes[0], floor, *scene.shapes[1:]))


def _moved(scene: Scene, view: skia.Matrix) -> Scene:
    shapes = [scene.shapes[0]]
    scale = _magnification(view, scene.focus)
    for shape in scene.shapes[1:]:
        path = skia.Path(shape.path)
        path.transform(view)
        width = None if shape.width is None else shape.width * scale
        shapes.append(replace(shape, path=path, width=width))
    focus = view.mapXY(*scene.focus)
    horizon = view.mapXY(scene.focus[0], scene.horizon)
    return Scene(tuple(shapes), (focus.x(), focus.y()), horizon.y())


def _magnification(view: skia.Matrix, at: Sequence[float]) -> float:
    x, y = at
    here, right, down = (view.mapXY(x, y), view.mapXY(x + 0.01, y), view.mapXY(x, y + 0.01))
    a, b = right - here, down - here
    return math.sqrt(abs(a.x() * b.y() - a.y() * b.x())) / 0.01


def _extent(mask: NDArray[np.bool_], focus: float) -> tuple[float, float, float, float]:
    """Ends of the subject from left to right, its best axis, and how well it mirrors itself."""
    heights = mask.sum(axis=0)
    columns = np.flatnonzero(heights > 0.25 * heights.max())
    if len(columns) == 0:
        return 0.3, 0.7, 0.5, 1.0
    # The focus is where one looks first, not always the middle: the axis is searched around it.
    near = range(round(2 * (focus - 0.12) * _GRID), round(2 * (focus + 0.12) * _GRID) + 1)
    likeness, axis = max(
        (_likeness(mask, column), -abs(column / 2 / _GRID - focus), column) for column in near
    )[::2]
    left, right = columns[0] / _GRID, (columns[-1] + 1) / _GRID
    return float(left), float(right), axis / 2 / _GRID, likeness


def _likeness(mask: NDArray[np.bool_], axis: int) -> float:
    """Overlap of a mask with its mirror image, as a share of both; `axis` in half columns."""
    wide = np.pad(mask, ((0, 0), (_GRID, _GRID)))
    source = axis + 2 * _GRID - 1 - np.arange(wide.shape[1])
    valid = (source >= 0) & (source < wide.shape[1])
    mirror = wide[:, np.where(valid, source, 0)] & valid
    return float((wide & mirror).sum() / max((wide | mirror).sum(), 1))


def _subject(scene: Scene) -> NDArray[np.bool_]:
    """Where the subject is, on a coarse grid."""
    surface = skia.Surface(_GRID, _GRID)
    canvas = surface.getCanvas()
    canvas.clear(skia.ColorBLACK)
    canvas.scale(_GRID, _GRID)
    for shape in scene.shapes:
        backdrop = shape.role in _BACKDROP
        if shape.soft or (backdrop and shape.width is not None):
            continue
        paint = skia.Paint(Color=skia.ColorBLACK if backdrop else skia.ColorWHITE)
        if shape.width is not None:
            paint.setStyle(skia.Paint.kStroke_Style)
            paint.setStrokeWidth(shape.width)
        canvas.drawPath(shape.path, paint)
    return np.asarray(surface.toarray()[..., 0] > 127)
