"""The curated set: what is in it, whether it is intact, and which picture to show next.

A set is a folder with `manifest.json` and the pictures it names. Because their attributes are
known, a vague comment ("lovely colors") can be resolved, and the next picture can be the one that
tells most about what nobody has commented on yet.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from viper.errors import BadInput, NotFound
from viper.preference import MENTIONED, SIDES, VisualPreference, first_problem

if TYPE_CHECKING:
    from PIL.Image import Image

PREFIX = "curated:"
FOLDER = Path(__file__).parents[1] / "assets" / "curated_images"

# Facets by how much a remark about them tells; the others count as one.
_TELLING = {"art style": 3.0, "medium": 3.0, "color palette": 2.0, "lighting": 2.0, "mood": 0.5}

_NAMED = 2
"""About how many looks a comment names."""


class CuratedImage(BaseModel):
    """One picture of the set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    file: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$")]
    """Name of the file beside the manifest."""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    title: str
    alt: str
    """What it shows and how it looks, for people who cannot see it."""
    subject: str = ""
    attributes: Mapping[str, tuple[str, ...]]
    """Facet to attributes of the taxonomy, the most visible first."""
    license: str

    @property
    def reference(self) -> str:
        """How comments name it: `curated:<id>`."""
        return PREFIX + self.id


class _Manifest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    images: tuple[CuratedImage, ...]


class CuratedSet:
    """A set of pictures to comment on; reading it costs one small file."""

    def __init__(self, folder: Path, images: Iterable[CuratedImage]) -> None:
        """Use `load_curated`."""
        self.folder = folder
        self.images: tuple[CuratedImage, ...] = tuple(images)
        """In the order of the manifest."""

    @cached_property
    def _by_id(self) -> Mapping[str, CuratedImage]:
        return {image.id: image for image in self.images}

    def get(self, reference: str) -> CuratedImage:
        """The picture that `curated:<id>` names.

        Raises:
            NotFound: Another kind of reference, or no such picture.
        """
        image = self._by_id.get(reference.removeprefix(PREFIX))
        if image is None or not reference.startswith(PREFIX):
            raise NotFound(f"{reference!r}: there is no such picture in the curated set.")
        return image

    def path(self, reference: str) -> Path:
        """Its file."""
        return self.folder / self.get(reference).file

    def known_attributes(self, image: str | None) -> Mapping[str, tuple[str, ...]]:
        """Attributes by facet; empty for anything that is not of this set."""
        known = self._by_id.get((image or "").removeprefix(PREFIX))
        return {} if known is None or not (image or "").startswith(PREFIX) else known.attributes

    def open(self, image: str | None) -> "Image | None":
        """The picture, or None for anything that is not of this set."""
        if not self.known_attributes(image):
            return None
        from PIL import Image

        with Image.open(self.path(image or "")) as opened:
            return opened.convert("RGB")

    def next(self, seen: Collection[str], told: Collection[str] = ()) -> CuratedImage | None:
        """The picture that would tell most, given those already shown; None at the end.

        Each attribute is worth less the more often it was shown; ties go by the manifest's order.
        So the first few pictures differ in everything, and nothing is asked twice. What somebody
        told already is worth nothing, and takes room: a comment names but a few looks, so beside
        one that is loved, the others go unsaid.

        Args:
            seen: References of pictures that were commented on or skipped.
            told: Names of attributes that the person spoke of, liked or disliked; see `told`.
        """
        shown: Counter[str] = Counter()
        for reference in seen:
            for names in self.known_attributes(reference).values():
                shown.update(names)
        rest = [image for image in self.images if image.reference not in seen]
        known = frozenset(told)
        return max(rest, key=lambda image: _news(image, shown, known), default=None)

    def damaged(self) -> tuple[str, ...]:
        """Files that are missing or differ from the manifest; empty for an intact set."""
        return tuple(
            image.file
            for image in self.images
            if not (file := self.folder / image.file).is_file()
            or hashlib.sha256(file.read_bytes()).hexdigest() != image.sha256
        )


def load_curated(folder: Path = FOLDER) -> CuratedSet:
    """Reads the manifest of a set; a folder of one's own works like the one that ships.

    Raises:
        BadInput: No manifest, a broken one, or two pictures with one id.
    """
    manifest = folder / "manifest.json"
    try:
        images = _Manifest.model_validate_json(manifest.read_bytes()).images
    except FileNotFoundError:
        raise BadInput(f"{manifest}: missing; `viper curate --out {folder}` makes it.") from None
    except ValidationError as error:
        raise BadInput(f"{manifest}: {first_problem(error)}.") from error
    twice = [id_ for id_, count in Counter(image.id for image in images).items() if count > 1]
    if twice:
        raise BadInput(f"{manifest}: the id {twice[0]!r} is used twice.")
    return CuratedSet(folder, images)


def told(preference: VisualPreference) -> frozenset[str]:
    """Names of the attributes that somebody spoke of; what was only hinted at is still to ask."""
    return frozenset(
        attribute.attribute
        for side in SIDES
        for attribute in preference.side(side)
        if attribute.strength >= MENTIONED and not attribute.is_weak
    )


def _news(image: CuratedImage, shown: Mapping[str, int], known: frozenset[str]) -> float:
    # Averaged over a facet, so that a picture with long lists is not preferred for that alone.
    new = sum(
        _TELLING.get(facet, 1.0)
        * sum(0.4 ** shown.get(name, 0) for name in names if name not in known)
        / len(names)
        for facet, names in image.attributes.items()
        if names
    )
    competing = len(known.intersection(chain(*image.attributes.values())))
    return new / (1 + competing / _NAMED)
