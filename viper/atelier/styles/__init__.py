"""The styles a scene can be rendered in; each is described beside the code that renders it."""

from viper.atelier.styles import (
    cinema,
    decorative,
    drawing,
    flat,
    ink,
    lines,
    modern,
    screen,
    strokes,
    tiles,
    wet,
)
from viper.atelier.styles.style import Render, Style

__all__ = ["STYLES", "Render", "Style"]

STYLES: dict[str, Style] = {
    style.name: style
    for module in (
        flat,
        lines,
        strokes,
        tiles,
        wet,
        modern,
        decorative,
        drawing,
        ink,
        screen,
        cinema,
    )
    for style in module.STYLES
}
"""All styles by name, in a fixed order: new modules are appended."""
