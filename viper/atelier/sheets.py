"""Contact sheets: many small paintings side by side, each under its name, to be looked at."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from statistics import median
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from viper.atelier.finish import BORDER
from viper.atelier.painting import DIALS, Painting, random_painting
from viper.atelier.palette import PALETTES, Palette
from viper.atelier.styles import STYLES
from viper.atelier.subjects import SUBJECTS

_PAPER, _INK = (250, 249, 246), (40, 40, 44)
_LOW_TO_HIGH: dict[str, tuple[str | None, ...]] = {
    "contrast": ("low contrast", None, "high contrast"),
    "saturation": ("muted colors", None, "vivid colors"),
    "brightness": ("dark", None, "bright"),
    "framing": ("wide shot", None, "close-up", BORDER),
    "detail": ("simple", None, "intricate details"),
    "symmetry": ("asymmetrical", None, "symmetrical"),
}
"""Dials that lie on one axis; all others are shown after the painting without them."""


@dataclass(frozen=True)
class Panel:
    """One painting of a sheet."""

    label: str
    painting: Painting
    seed: int


@dataclass(frozen=True)
class Wish:
    """What is fixed on a sheet; None is left to the sheet."""

    subject: str | None = None
    style: str | None = None
    palette: Palette | None = None
    seed: int = 0

    def painting(self, number: int = 0) -> Painting:
        """A painting with what is fixed; a palette that is not changes with the number."""
        palette = self.palette or PALETTES[(self.seed + number) % len(PALETTES)]
        return Painting(self.subject or "lighthouse", self.style or "flat design", palette)


def styles_sheet(wish: Wish, size: int) -> Image.Image:
    """One subject in all styles."""
    names = [wish.style] if wish.style else list(STYLES)
    panels = [
        Panel(name, replace(wish.painting(number), style=name), wish.seed)
        for number, name in enumerate(names)
    ]
    return contact_sheet([panels], size)


def subjects_sheet(wish: Wish, size: int) -> Image.Image:
    """All subjects in one style."""
    names = [wish.subject] if wish.subject else list(SUBJECTS)
    panels = [
        Panel(name, replace(wish.painting(number), subject=name), wish.seed)
        for number, name in enumerate(names)
    ]
    return contact_sheet([panels], size)


def palettes_sheet(wish: Wish, size: int) -> Image.Image:
    """One subject in one style, in all palettes."""
    palettes = [wish.palette] if wish.palette else PALETTES
    panels = [
        Panel(palette.name, replace(wish.painting(), palette=palette), wish.seed)
        for palette in palettes
    ]
    return contact_sheet([panels], size)


def dials_sheet(wish: Wish, size: int) -> Image.Image:
    """A row for each dial, from low to high."""
    plain = wish.painting()
    rows = [
        [
            Panel(value or "as it is", _changed(plain, {dial: value}), wish.seed)
            for value in _LOW_TO_HIGH.get(dial, (None, *values))
        ]
        for dial, values in DIALS.items()
    ]
    return contact_sheet(rows, size)


def random_sheet(wish: Wish, size: int, count: int = 40) -> Image.Image:
    """Paintings as training sees them, but for what is fixed."""
    fixed = {"subject": wish.subject, "style": wish.style, "palette": wish.palette}
    given = {name: value for name, value in fixed.items() if value is not None}
    panels = []
    for number in range(count):
        seed = wish.seed * 1000 + number
        painting = _changed(random_painting(Random(seed)), given)
        panels.append(Panel(f"{painting.subject}, {painting.style}", painting, seed))
    return contact_sheet([panels], size)


SHEETS = {
    "styles": styles_sheet,
    "subjects": subjects_sheet,
    "palettes": palettes_sheet,
    "dials": dials_sheet,
    "random": random_sheet,
}


def contact_sheet(rows: Sequence[Sequence[Panel]], size: int) -> Image.Image:
    """Pictures of `size` pixels, labelled; a single row is broken into about 5 to 8."""
    if len(rows) == 1:
        panels = rows[0]
        columns = max(round((1.6 * len(panels)) ** 0.5), 1)
        rows = [panels[i : i + columns] for i in range(0, len(panels), columns)]
    line = max(size // 11, 9)
    step = size + line + 6
    width, height = max(map(len, rows)) * (size + 6) + 6, len(rows) * step + 6
    sheet = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(sheet)
    for y, row in enumerate(rows):
        for x, panel in enumerate(row):
            left, top = 6 + x * (size + 6), 6 + y * step
            picture = panel.painting.paint(panel.seed, size)
            sheet.paste(Image.fromarray(picture), (left, top))
            font = _fitting(draw, panel.label, size, line - 1)
            draw.text((left, top + size + 1), panel.label, _INK, font)
    return sheet


def milliseconds(size: int = 256) -> dict[str, float]:
    """Processor time of a picture in each style: the median of five subjects."""
    subjects = list(SUBJECTS)[:: max(len(SUBJECTS) // 5, 1)][:5]
    found = {}
    for style in STYLES:
        times = []
        for number, subject in enumerate(subjects):
            painting = Painting(subject, style, PALETTES[number])
            started = time.process_time()
            painting.paint(number, size)
            times.append(1000 * (time.process_time() - started))
        found[style] = float(np.round(median(times), 1))
    return found


def _changed(painting: Painting, changes: Mapping[str, Any]) -> Painting:
    return replace(painting, **changes)


def _fitting(
    draw: ImageDraw.ImageDraw, label: str, width: int, height: int
) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    font = ImageFont.load_default(height)
    taken = draw.textlength(label, font)
    return font if taken <= width else ImageFont.load_default(max(height * width / taken, 5))
