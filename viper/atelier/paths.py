"""Boolean operations on paths that never fail.

Skia computes them exactly or not at all: now and then, curves that touch are too tangled for it.
A painting must not be lost for that, so each operation then gives the nearest simple thing.
"""

import skia


def simplified(path: skia.Path) -> skia.Path:
    """The outline of what a path covers; the path itself where Skia cannot tell."""
    try:
        return skia.Simplify(path)
    except RuntimeError:
        return path


def intersected(path: skia.Path, area: skia.Path) -> skia.Path:
    """What both cover; where Skia cannot tell, `path` sticks out of the area."""
    try:
        return skia.Op(path, area, skia.PathOp.kIntersect_PathOp)
    except RuntimeError:
        return path


def united(path: skia.Path, other: skia.Path) -> skia.Path:
    """What either covers; where Skia cannot tell, with the outlines between them."""
    try:
        return skia.Op(path, other, skia.PathOp.kUnion_PathOp)
    except RuntimeError:
        both = skia.Path(path)
        both.addPath(other)
        return both
