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

from viper.atelier.paths import intersected, united
from viper.atelier.scene import Scene

Side = tuple[float, float]
_GRID = 48
_EDGE = 0.008
"""How far inside the picture its edge is looked at."""
_BACKDROP = ("sky", "far", "ground", "water")


def closer(scene: Scene, scale: float = 1.4) -> Scene:
    """The surroundings of the focus, enlarged."""
    x, y = scene.focus
    zoom = skia.Matrix()
    zoom.setScale(scale, scale, x, y)
    return _moved(scene, zoom)


def farther(scene: Scene, scale: float = 0.68) -> Scene:
    """More of the surroundings, the subject small in them."""
    zoom = skia.Matrix()
    zoom.setScale(scale, scale, min(max(scene.focus[0], 0.3), 0.7), 0.92)
    return _moved(_continued(scene), zoom)


def from_viewpoint(scene: Scene, perspective: str, rng: Random) -> Scene:
    """The scene from above, from below or with the head tilted."""
    if perspective == "tilted view":
        return _tilted(scene, rng.choice((-1, 1)) * rng.uniform(13, 17))
    above = perspective == "bird's-eye view"
    return _from_above(scene) if above else _from_below(scene)


def off_center(scene: Scene, rng: Random) -> Scene:
    """Enlarged, with the focus near one side and emptiness on the other."""
    scale, x = 1.08, scene.focus[0]
    width = 1 / scale
    to_the_left = x < 0.5 if abs(x - 0.5) > 0.01 else rng.random() < 0.5
    left = x - width * (0.3 if to_the_left else 0.7)
    view = skia.Matrix()
    view.setScale(scale, scale)
    view.preTranslate(-left, -0.6 * (1 - width))
    return _moved(_continued(scene), view)


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
    view.postTranslate(0.5 - edge, 0.3 * (scale - 1))
    return _moved(_continued(scene), view), keep_left


def mirrored(picture: NDArray[np.uint8], keep_left: bool) -> NDArray[np.uint8]:
    """One half of a picture and its mirror image."""
    half = (picture.shape[1] + 1) // 2
    kept = picture[:, :half] if keep_left else picture[:, ::-1][:, :half]
    other = kept[:, : picture.shape[1] - half][:, ::-1]
    return np.ascontiguousarray(np.concatenate((kept, other), axis=1))


def _tilted(scene: Scene, degrees: float) -> Scene:
    turn = skia.Matrix()
    turn.setRotate(degrees, 0.5, 0.5)
    turn.postScale(1.08, 1.08, 0.5, 0.5)
    return _moved(_continued(scene), turn)


def _from_above(scene: Scene) -> Scene:
    return _moved(_continued(scene), _keystone((0.14, 0.86), 0.1, (-0.12, 1.12), 1.3))


def _from_below(scene: Scene) -> Scene:
    x = min(max(scene.focus[0], 0.4), 0.6)
    view = _keystone((x - 0.85, x + 0.85), -0.3, (x - 0.36, x + 0.36), 0.95)
    return _moved(_continued(scene), view)


def _keystone(upper: Side, top: float, lower: Side, bottom: float) -> skia.Matrix:
    """Shows a trapezoid of the scene as the whole picture."""
    seen = [(upper[0], top), (upper[1], top), (lower[1], bottom), (lower[0], bottom)]
    square = [(0, 0), (1, 0), (1, 1), (0, 1)]
    view = skia.Matrix()
    view.setPolyToPoly([skia.Point(*p) for p in seen], [skia.Point(*p) for p in square])
    return view


def _continued(scene: Scene) -> Scene:
    """The scene with everything that the picture cuts off going on beyond it, except above."""
    shapes = [scene.shapes[0]]
    for shape in scene.shapes[1:]:
        bounds = shape.path.getBounds()
        # Clouds and beams fade by themselves, bands of the sky do not.
        hazy = shape.soft and not (bounds.left() < 0 and bounds.right() > 1)
        if shape.width is None and not hazy:
            path = shape.path
            for edge in (0.0, 1.0):
                path = _reflected(path, edge)
            shape = replace(shape, path=path if shape.soft else _lengthened(path))
        shapes.append(shape)
    return replace(scene, shapes=tuple(shapes))


def _reflected(path: skia.Path, edge: float) -> skia.Path:
    """A path and, if it crosses a side of the picture, its mirror image: half trees get whole."""
    bounds = path.getBounds()
    if not bounds.left() < edge < bounds.right():
        return path
    inside = skia.Path().addRect(skia.Rect.MakeLTRB(0, -1, 1, 2))
    image = intersected(path, inside)
    turn = skia.Matrix()
    turn.setScale(-1, 1, edge, 0)
    image.transform(turn)
    return united(path, image)


def _lengthened(path: skia.Path) -> skia.Path:
    """A path continued straight down wherever it crosses the lower edge of the picture."""
    if path.getBounds().bottom() < 1:
        return path
    places = -0.8 + (np.arange(166) + 0.5) / 64
    inside = [path.contains(x, 1 - _EDGE) for x in places.tolist()]
    turns = np.flatnonzero(np.diff([False, *inside, False])) / 64 - 0.8
    more = skia.Path()
    for left, right in zip(turns[::2].tolist(), turns[1::2].tolist(), strict=True):
        more.addRect(skia.Rect.MakeLTRB(left, 1 - _EDGE, right, 1.8))
    return united(path, more)


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
