"""Paints a curated set into a folder, with the manifest that says what is known of each picture."""

import hashlib
import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image

from viper.atelier.dealing import choose_paintings
from viper.atelier.painting import DIALS, Painting
from viper.atelier.subjects import SUBJECTS

SIZE = 768
MAX_BYTES = 120_000
LICENSE = "CC0-1.0"

Draw = Callable[[Painting, int], Image.Image]
"""(what to show, seed) -> the picture, square."""


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
