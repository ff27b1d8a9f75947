"""What simulated people write about curated pictures.

`talk.json` holds their words: phrases for looks, ways to praise and to blame, and small talk. They
were written without a view of the extractor's word lists; a test counts what both have in common.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from viper.curation import CuratedImage, CuratedSet, told
from viper.evaluation.looks import facets
from viper.evaluation.people import Person, stance
from viper.extraction import Extractor
from viper.preference import Comment, Stance, VisualPreference

_DATA = Path(__file__).with_name("talk.json")

_STRONG, _WEAK = 0.7, 0.4
"""Weights from which people stress what they say, and below which they hedge."""
_BY_NAME = 0.6
"""How often a look goes by the name that everybody knows; else people paraphrase."""
_ASIDE, _VAGUE, _BUTTON = 0.25, 0.08, 0.7
"""How often a comment rambles, says nothing about looks, and comes with a button pressed."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one person said about which pictures, in order."""

    comments: tuple[Comment, ...]
    liked: tuple[str, ...]
    """Pictures among them that this person likes, as references."""
    disliked: tuple[str, ...]

    def first(self, count: int) -> "Conversation":
        """What was said up to the comment of that number."""
        spoken = self.comments[:count]
        seen = {comment.image for comment in spoken}
        return Conversation(
            spoken,
            tuple(image for image in self.liked if image in seen),
            tuple(image for image in self.disliked if image in seen),
        )


@cache
def words() -> Mapping[str, Any]:
    """All that is ever said."""
    known: Mapping[str, Any] = json.loads(_DATA.read_text(encoding="utf-8"))
    return known


def converse(
    person: Person, curated: CuratedSet, extractor: Extractor, *, comments: int
) -> Conversation:
    """Shows a person curated pictures as the app does, until they commented on enough.

    They skip pictures that leave them cold. Each comment is read at once: what it tells decides
    with others which picture is next.
    """
    rng = Random(person.seed)
    spoken: list[Comment] = []
    taste = VisualPreference()
    sides: dict[Stance, list[str]] = {"like": [], "dislike": [], "mixed": []}
    seen: list[str] = []
    while len(spoken) < comments and (image := curated.next(seen, told(taste))) is not None:
        seen.append(image.reference)
        names = looks_of(image)
        pressed = stance(person.reaction(names, image.subject, rng))
        feelings = person.feels(names, image.subject)
        if pressed is None or not feelings:
            continue
        sides[pressed].append(image.reference)
        spoken.append(_comment(image.reference, feelings, pressed, rng))
        read = extractor.extract(spoken[-1:], pictures=curated).preference
        taste = taste.merge(read.relinked({0: len(spoken)}))
    return Conversation(tuple(spoken), tuple(sides["like"]), tuple(sides["dislike"]))


def looks_of(image: CuratedImage) -> frozenset[str]:
    """The looks of a curated picture, as known from its making."""
    named = {name for names in image.attributes.values() for name in names}
    style = image.title.partition(", ")[2]
    return frozenset((named | {style}) & facets().keys())


def _comment(image: str, feelings: Mapping[str, float], pressed: Stance, rng: Random) -> Comment:
    strongest = sorted(feelings, key=lambda name: -abs(feelings[name]))
    if rng.random() < _VAGUE:
        return Comment(image=image, text=rng.choice(words()["vague"][pressed]), stance=pressed)
    named = strongest[: rng.choice((1, 2, 2, 3))]
    text = said(named[0], feelings[named[0]], rng)
    for before, name in pairwise(named):
        turns = feelings[before] * feelings[name] < 0
        text = rng.choice(words()["turns" if turns else "joins"]).format(
            a=text, b=said(name, feelings[name], rng)
        )
    if rng.random() < _ASIDE:
        parts = [text, rng.choice(words()["asides"])]
        rng.shuffle(parts)
        text = " ".join(parts)
    mixed = len({feelings[name] > 0 for name in named}) > 1
    button: Stance = "mixed" if mixed else pressed
    return Comment(image=image, text=text, stance=button if rng.random() < _BUTTON else None)


def said(look: str, weight: float, rng: Random) -> str:
    """One sentence about one look, liked (weight above 0) or disliked."""
    stress = "strong" if abs(weight) >= _STRONG else "weak" if abs(weight) < _WEAK else "plain"
    sentences: Sequence[str] = words()["praise" if weight > 0 else "blame"][stress]
    name, *others = words()["looks"][look]
    phrase = name if rng.random() < _BY_NAME else rng.choice(others)
    sentence = rng.choice(sentences).format(x=phrase)
    return sentence[0].upper() + sentence[1:]
