"""From shapes to rasters: what every style starts from."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import skia
from numpy.typing import NDArray

from viper.atelier.color import mix, to_oklab, to_rgb
from viper.atelier.scene import ROLES, Scene, Shape
from viper.atelier.styles.fields import blur, distance_to, resize
from viper.atelier.styles.style import Picture, Raster, Roles

Labels = NDArray[np.int32]
SUBJECT_ROLES = ("main", "second", "accent", "light", "dark")
_FIELD = 128  # Resolution of the slowly varying fields (flow, distance); finer is not visible.


class Sheet:
    """A canvas in pixels together with the pixels it draws to."""

    def __init__(self, size: int, background: Raster | None = None) -> None:
        self.size = size
        self.pixels = np.zeros((size, size, 4), np.uint8)
        self.surface = skia.Surface(self.pixels, colorType=skia.kRGBA_8888_ColorType)
        self.canvas: skia.Canvas = self.surface.getCanvas()
        if background is not None:
            self.canvas.clear(argb(background))

    def rgb(self) -> Raster:
        """What has been drawn, sRGB in [0, 1], shape (size, size, 3)."""
        return self.pixels[..., :3].astype(np.float32) / 255

    def put(self, rgb: Raster) -> None:
        """Replace everything by an opaque sRGB picture in [0, 1]."""
        self.pixels[..., :3] = finish(rgb)
        self.pixels[..., 3] = 255
        self.surface.notifyContentWillChange(skia.Surface.kRetain_ContentChangeMode)


def argb(lab: Raster, alpha: float = 1.0) -> int:
    """OKLab to skia's packed color."""
    return pack(to_rgb(lab)[None], alpha)[0]


def pack(rgb: Raster, alpha: float | Raster = 1.0) -> list[int]:
    """From sRGB in [0, 1], shape (n, 3), to skia's packed colors."""
    value = np.clip(rgb * 255 + 0.5, 0, 255).astype(np.int64)
    opacity = np.broadcast_to(np.clip(np.asarray(alpha) * 255, 0, 255), value.shape[:1])
    packed = (opacity.astype(np.int64) << 24) | (value[:, 0] << 16) | (value[:, 1] << 8)
    return list((packed | value[:, 2]).tolist())


def finish(rgb: Raster) -> Picture:
    """From sRGB in [0, 1] to bytes."""
    return np.asarray(np.clip(rgb * 255 + 0.5, 0, 255), np.uint8)


def shape_colors(scene: Scene, roles: Roles, *, haze: float = 0.0) -> list[Raster]:
    """OKLab color of every shape; `haze` mixes the farthest fully into the sky at 1."""
    colors = []
    for shape in scene.shapes:
        color = roles[shape.role] + np.array([0.25 * shape.shade, 0, 0], np.float32)
        if shape.role not in ("sky", "light", "accent"):
            color = mix(color, roles["sky"], haze * (1 - shape.depth))
        color[0] = np.clip(color[0], 0.06, 0.98)
        colors.append(color)
    return colors


def paint_for(
    shape: Shape, color: int, *, antialias: bool = True, grow: float = 0.0, blurred: bool = True
) -> skia.Paint:
    """Fills or strokes a shape; `grow` widens it by that fraction of the picture."""
    paint = skia.Paint(
        Color=color,
        AntiAlias=antialias,
        StrokeCap=skia.Paint.kRound_Cap,
        StrokeJoin=skia.Paint.kRound_Join,
    )
    if shape.width is not None:
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(max(shape.width, 0.003) + grow)
    elif grow > 0:
        paint.setStyle(skia.Paint.kStrokeAndFill_Style)
        paint.setStrokeWidth(grow)
    if shape.soft and blurred:
        paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 0.014))
        paint.setAlphaf(0.8)
    return paint


def outline(width: float, color: int, effect: skia.PathEffect | None = None) -> skia.Paint:
    """A line with round ends, `width` as a fraction of the picture."""
    paint = skia.Paint(
        Color=color,
        AntiAlias=True,
        Style=skia.Paint.kStroke_Style,
        StrokeWidth=width,
        StrokeCap=skia.Paint.kRound_Cap,
        StrokeJoin=skia.Paint.kRound_Join,
    )
    if effect is not None:
        paint.setPathEffect(effect)
    return paint


def draw_shapes(
    sheet: Sheet,
    scene: Scene,
    paint: Callable[[int, Shape], skia.Paint | None],
) -> None:
    """Draw every shape back to front with the paint chosen for it, or skip it."""
    canvas = sheet.canvas
    canvas.save()
    canvas.scale(sheet.size, sheet.size)
    for index, shape in enumerate(scene.shapes):
        chosen = paint(index, shape)
        if chosen is not None:
            canvas.drawPath(shape.path, chosen)
    canvas.restore()


def draw_flat(scene: Scene, colors: list[Raster], size: int, *, antialias: bool = True) -> Sheet:
    """The scene in even colors, soft shapes blurred."""
    sheet = Sheet(size, colors[0])
    packed = pack(to_rgb(np.stack(colors)))
    draw_shapes(sheet, scene, lambda i, s: paint_for(s, packed[i], antialias=antialias))
    return sheet


@dataclass(frozen=True)
class Layers:
    """A scene as rasters of one size."""

    scene: Scene
    size: int
    colors: tuple[Raster, ...]
    """OKLab, one per shape."""
    rgb: Raster
    """sRGB in [0, 1], shape (size, size, 3); hard shapes without antialiasing."""
    lab: Raster
    """`rgb` in OKLab, or what a style made of it: the color to paint at each pixel."""
    label: Labels
    """Index of the topmost hard shape at each pixel."""

    @cached_property
    def role(self) -> Labels:
        """Index into ROLES at each pixel."""
        return np.array([ROLES.index(s.role) for s in self.scene.shapes], np.int32)[self.label]

    @cached_property
    def subject(self) -> NDArray[np.bool_]:
        """Where the subject and its company are."""
        return np.isin(self.role, [ROLES.index(name) for name in SUBJECT_ROLES])

    @cached_property
    def distance(self) -> Raster:
        """Pixels to the nearest boundary between shapes, at most 0.12 of the size."""
        return boundary_distance(self.label)

    @cached_property
    def flow(self) -> Raster:
        """Direction along the nearest edges in radians, shape (size, size)."""
        coarse = min(self.size, _FIELD)
        step = self.size // coarse
        small = self.lab[::step, ::step][:coarse, :coarse]
        dy, dx = np.gradient(small, axis=(0, 1))
        tensor = np.stack([(dx * dx).sum(2), (dx * dy).sum(2), (dy * dy).sum(2)], axis=-1)
        tensor /= tensor.sum(axis=2).mean() + 1e-9
        unit = coarse / 128
        tensor = np.stack([w * blur(tensor, sigma * unit) for w, sigma in _FLOW_SCALES]).sum(0)
        doubled = np.stack([tensor[..., 0] - tensor[..., 2] - 2e-3, 2 * tensor[..., 1]], -1)
        doubled /= np.linalg.norm(doubled, axis=-1, keepdims=True) + 1e-9
        doubled = resize(blur(doubled, 1.5 * unit), self.size)
        return np.asarray(0.5 * np.arctan2(doubled[..., 1], doubled[..., 0]) + np.pi / 2)


_FLOW_SCALES = ((1.0, 1.2), (0.25, 5.0), (0.06, 14.0))


def rasterize(scene: Scene, roles: Roles, size: int, *, haze: float = 0.0) -> Layers:
    """Render the rasters that painterly styles follow."""
    colors = shape_colors(scene, roles, haze=haze)
    rgb = draw_flat(scene, colors, size, antialias=False).rgb()
    codes = Sheet(size)
    codes.canvas.clear(0xFF000000)

    def code(index: int, shape: Shape) -> skia.Paint | None:
        if shape.soft:
            return None
        return paint_for(shape, 0xFF000000 | index, antialias=False)

    draw_shapes(codes, scene, code)
    label = codes.pixels[..., 1].astype(np.int32) * 256 + codes.pixels[..., 2]
    return Layers(scene, size, tuple(colors), rgb, to_oklab(rgb), label)


def boundaries(label: Labels) -> NDArray[np.bool_]:
    """Pixels whose right or lower neighbor belongs to something else."""
    edge = np.zeros(label.shape, bool)
    edge[:, :-1] |= label[:, 1:] != label[:, :-1]
    edge[:-1] |= label[1:] != label[:-1]
    return edge


def boundary_distance(label: Labels, reach: float = 0.12) -> Raster:
    """Pixels to the nearest boundary, at most `reach` of the size."""
    return distance_to(boundaries(label), reach * label.shape[0])


def line_layer(
    scene: Scene,
    size: int,
    *,
    width: float,
    effect: skia.PathEffect | None = None,
    deep: float = 0.5,
) -> Raster:
    """How much outline covers each pixel, hidden lines removed.

    Args:
        scene: What to outline; soft shapes and the background have no outline.
        size: Pixels across.
        width: Of the nearest shape's line, as a fraction of the picture.
        effect: Roughens the lines.
        deep: Share of the width that depends on nearness.

    Returns:
        Coverage in [0, 1], shape (size, size).
    """
    sheet = Sheet(size)
    canvas = sheet.canvas
    canvas.scale(size, size)
    for shape in scene.shapes[1:]:
        if shape.soft:
            continue
        bounds = shape.path.getBounds()
        # Eyes and windows would drown in the line that suits a mountain.
        widest = max(0.2 * min(bounds.width(), bounds.height()), 0.35 * width)
        if shape.width is not None:
            widest = width
        wide = min(width * (1 - deep + deep * shape.depth), widest)
        pen = outline(wide, 0xFFFFFFFF, effect)
        inside = paint_for(shape, 0xFF000000)
        inside.setBlendMode(skia.BlendMode.kClear)
        if shape.width is None:
            canvas.drawPath(shape.path, inside)
        elif shape.width > 2.5 * width:
            around = paint_for(shape, 0xFFFFFFFF, grow=width)
            canvas.drawPath(shape.path, around)
            canvas.drawPath(shape.path, inside)
            continue
        canvas.drawPath(shape.path, pen)
    return np.asarray(sheet.pixels[..., 3], np.float32) / 255


def over(below: Raster, above: Raster, coverage: Raster | float) -> Raster:
    """Blend by coverage (size, size) or a number; pictures or single sRGB colors."""
    share = np.asarray(coverage, np.float32)
    if share.ndim == 2:
        share = share[..., None]
    return np.asarray(below + (above - below) * share, np.float32)
