"""What an extractor may know about the pictures of one owner."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from viper.errors import NotFound
from viper.studio.parts import IMAGE_PREFIX, Parts
from viper.taxonomy import TasteAttribute, Taxonomy

if TYPE_CHECKING:
    from PIL.Image import Image

_LONGEST = 4
"""Words of a phrase of the taxonomy that is looked for in a prompt."""


class OwnPictures:
    """The curated pictures and those of one owner; implements `Pictures` of extraction."""

    def __init__(self, studio: Parts, owner: str) -> None:
        self._studio, self._owner = studio, owner

    def known_attributes(self, image: str | None) -> Mapping[str, tuple[str, ...]]:
        """Of a generated picture, what its recipe asked for."""
        if image is None or not image.startswith(IMAGE_PREFIX):
            return self._studio.curated.known_attributes(image)
        try:
            return self._asked_for(image.removeprefix(IMAGE_PREFIX))
        except NotFound:  # deleted since: its comment is still worth reading
            return {}

    def open(self, image: str | None) -> "Image | None":
        """The picture, or None if it is gone or somebody else's."""
        if image is None or not image.startswith(IMAGE_PREFIX):
            return self._studio.curated.open(image)
        from PIL import Image

        try:
            file = self._studio.picture_file(self._owner, image.removeprefix(IMAGE_PREFIX))
        except NotFound:
            return None
        with Image.open(file) as opened:
            return opened.convert("RGB")

    def _asked_for(self, image: str) -> Mapping[str, tuple[str, ...]]:
        """What a generated picture was asked to look like: the best that is known of it."""
        recipe = json.loads(self._studio.store.images.get(self._owner, image).picture.recipe)
        found: dict[str, tuple[str, ...]] = {}
        for known in named_in(recipe["prompt"], self._studio.taxonomy):
            found[known.facet] = (*found.get(known.facet, ()), known.name)
        for attribute in (recipe["preference"] or {"liked": ()})["liked"]:
            facet, name = attribute["facet"], attribute["attribute"]
            if facet is not None and name not in found.get(facet, ()):
                found[facet] = (*found.get(facet, ()), name)
        return found


def named_in(prompt: str, taxonomy: Taxonomy) -> Iterator[TasteAttribute]:
    """The attributes that a prompt names, the longest phrase at each place, each once."""
    words = re.findall(r"[^\s,.;:!?()]+", prompt)
    named: set[str] = set()
    place = 0
    while place < len(words):
        for end in range(min(place + _LONGEST, len(words)), place, -1):
            known = taxonomy.find(" ".join(words[place:end]))
            if known is not None:
                if known.name not in named:
                    yield known
                named.add(known.name)
                break
        else:
            end = place + 1
        place = end
