"""Paints a curated set: subjects and looks as independent as a small set allows.

A taste for teal must not look like a taste for boats. Subjects, styles and palettes are dealt
evenly, then dealt again many times; the deal is kept in which no subject goes together with a look.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from viper.atelier.finish import BORDER
from viper.atelier.painting import DIALS, Painting
from viper.atelier.palette import PALETTES
from viper.atelier.styles import STYLES
from viper.atelier.subjects import SUBJECTS

SIZE = 768
MAX_BYTES = 120_000
LICENSE = "CC0-1.0"
_DEALS = 300
_FRAMED = ("art deco", "woodblock print", "watercolor")

Draw = Callable[[Painting, int], Image.Image]
"""(what to show, seed) -> the picture, square."""


def choose_paintings(count: int, seed: int = 0) -> tuple[Painting, ...]:
    """What the set shows: deterministic, balanced, decorrelated."""
    rng = Random(seed)
    deals = (_deal(count, rng) for _ in range(_DEALS))
    best = min(deals, key=lambda deal: largest_correlation(deal)[0])
    return tuple(best)


def largest_correlation(paintings: Sequence[Painting]) -> tuple[float, str, str]:
    """Largest absolute correlation between a subject and an attribute, and which two they are.

    Attributes that fewer than three pictures have, or lack, are left out: they correlate by
    chance. Zero and no names where none is left.
    """
    names = sorted({n for p in paintings for ns in p.attributes().values() for n in ns})
    subjects = sorted({p.subject for p in paintings})
    have = [{n for ns in p.attributes().values() for n in ns} for p in paintings]
    looks = np.array([[name in h for name in names] for h in have], float)
    shows = np.array([[p.subject == subject for subject in subjects] for p in paintings], float)
    common = (looks.sum(0) >= 3) & (looks.sum(0) <= len(paintings) - 3)
    if not common.any():
        return 0.0, "", ""
    correlation = np.abs(_standardized(shows).T @ _standardized(looks[:, common]) / len(paintings))
    subject, look = np.unravel_index(correlation.argmax(), correlation.shape)
    kept = [name for name, keep in zip(names, common, strict=True) if keep]
    # Rounded, so that equal deals are equal however a machine adds up.
    return round(float(correlation.max()), 6), subjects[subject], kept[look]


def write_collection(
    folder: Path, *, count: int = 64, seed: int = 0, size: int = SIZE, draw: Draw | None = None
) -> int:
    """Draws the set and its manifest into `folder`; the same arguments give the same files.

    Args:
        folder: Made if it is missing; pictures of the same names are replaced.
        count: Pictures.
        seed: Decides everything.
        size: Width and height in pixels.
        draw: Who draws; None is the atelier itself.

    Returns:
        Size of the pictures in bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    entries, total = [], 0
    for index, painting in enumerate(choose_paintings(count, seed)):
        if draw is None:
            picture = Image.fromarray(painting.paint(seed * 10_000 + index, size))
        else:
            picture = draw(painting, seed * 10_000 + index).convert("RGB").resize((size, size))
        data = _webp(picture)
        file = f"{index:03d}.webp"
        (folder / file).write_bytes(data)
        total += len(data)
        entries.append(_entry(f"{index:03d}", file, data, painting))
    text = json.dumps({"schema": "viper.curated/1", "images": entries}, indent=1)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
    return total


def _deal(count: int, rng: Random) -> list[Painting]:
    columns = [_dealt(choices, count, rng) for choices in (list(SUBJECTS), list(STYLES), PALETTES)]
    paintings = [Painting(*row) for row in zip(*columns, strict=True)]
    for dial, choices in DIALS.items():
        # Half of the pictures leave a dial alone, so that a remark is about few things at once.
        settings = _dealt([*choices, *([None] * 2 * len(choices))], count, rng)
        paintings = [replace(p, **{dial: s}) for p, s in zip(paintings, settings, strict=True)]
    return [_clear(painting) for painting in paintings]


def _clear(painting: Painting) -> Painting:
    """Without dials that would drown the picture together, or frame it twice."""
    if painting.lighting in ("soft light", "moonlight") and painting.contrast == "low contrast":
        painting = replace(painting, contrast=None)
    if painting.lighting in ("moonlight", "dramatic lighting") and painting.brightness == "dark":
        painting = replace(painting, brightness=None)
    if painting.style in _FRAMED and painting.framing == BORDER:
        painting = replace(painting, framing=None)
    if painting.symmetry == "symmetrical" and painting.perspective == "tilted view":
        painting = replace(painting, perspective=None)
    if painting.symmetry == "asymmetrical" and painting.framing == "close-up":
        painting = replace(painting, framing=None)
    return _clear_weather(painting)


def _clear_weather(painting: Painting) -> Painting:
    sunny = painting.lighting in ("golden hour light", "neon glow")
    if painting.mood == "gloomy" and (sunny or painting.brightness == "bright"):
        return replace(painting, mood=None)
    dim = painting.lighting in ("moonlight", "dramatic lighting") or painting.brightness == "dark"
    if dim and painting.mood in ("cheerful", "mysterious", "gloomy"):
        return replace(painting, mood=None)
    hazy = painting.lighting == "soft light" or painting.contrast == "low contrast"
    return replace(painting, mood=None) if hazy and painting.mood == "dreamy" else painting


def _dealt(choices: Sequence[Any], count: int, rng: Random) -> list[Any]:
    rounds = -(-count // len(choices))
    cards = [card for _ in range(rounds) for card in rng.sample(choices, len(choices))]
    return rng.sample(cards[:count], count)


def _standardized(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = columns.std(axis=0)
    return np.asarray((columns - columns.mean(axis=0)) / np.where(spread > 0, spread, 1))


def _webp(picture: Image.Image) -> bytes:
    for quality in (88, 80, 70, 60, 50, 40, 30, 20):
        buffer = BytesIO()
        picture.save(buffer, "WEBP", quality=quality, method=6)
        if len(buffer.getvalue()) <= MAX_BYTES:
            break
    return buffer.getvalue()


def _entry(id_: str, file: str, data: bytes, painting: Painting) -> dict[str, object]:
    subject = SUBJECTS[painting.subject].words[0]
    attributes = painting.attributes()
    looks = [painting.style, *painting.palette.colors, *filter(None, _dials(painting))]
    return {
        "id": id_,
        "file": file,
        "sha256": hashlib.sha256(data).hexdigest(),
        "title": f"{painting.subject.capitalize()}, {painting.style}",
        "alt": f"{subject.capitalize()}. Look: {', '.join(looks)}.",
        "subject": painting.subject,
        "attributes": {facet: list(names) for facet, names in attributes.items()},
        "license": LICENSE,
    }


def _dials(painting: Painting) -> list[str | None]:
    return [getattr(painting, dial) for dial in DIALS]
