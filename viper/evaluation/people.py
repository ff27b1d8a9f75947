"""Simulated people, whose taste is known exactly.

    Person ──utility──► how much they like certain looks     ──reaction──► like, dislike, a rating

A person has one or more tastes, each a weight from -1 to 1 for some looks:

    strong, weak     one taste, of large or small weights
    multiple         two tastes; a picture is as good as the better of them finds it
    contextual       two tastes; what a picture shows decides which one counts
    contradicting    two tastes, as with `multiple`, that want opposite things

People of development are for whoever changes the product; those of the report are for reporting,
and nothing is ever tuned on them. Both come from seeds of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Literal, get_args

import numpy as np

from viper.atelier.color import from_hex
from viper.atelier.painting import DIALS
from viper.atelier.palette import COLORS, PAIRABLE
from viper.atelier.styles import STYLES
from viper.errors import BadInput
from viper.evaluation.looks import TRAITS, WARMTH, Numbers, facets
from viper.preference import Attribute, Stance, VisualPreference
from viper.taxonomy import load_taxonomy

Split = Literal["development", "report"]
Kind = Literal["strong", "weak", "multiple", "contextual", "contradicting"]
MIXED: tuple[Kind, ...] = ("multiple", "contextual", "contradicting")

MAX_PEOPLE = 1_000
MAX_SEED = 100_000

_FIRST: Mapping[Split, int] = {"development": 0, "report": MAX_PEOPLE * (MAX_SEED + 1)}
"""First seed of each split; no person is of both."""

_ORDER: tuple[Kind, ...] = ("strong", "multiple", "weak", "contextual", "contradicting")

# How often a taste is about something, by how much people look at it and talk about it.
_SUBJECTS_OF_TASTE: tuple[tuple[float, tuple[str, ...]], ...] = (
    (3.0, tuple(STYLES)), (3.0, PAIRABLE), (1.0, TRAITS), (1.0, WARMTH),
    (1.5, DIALS["lighting"]), (1.2, DIALS["brightness"]), (1.2, DIALS["saturation"]),
    (1.2, DIALS["contrast"]), (0.8, DIALS["mood"]), (0.5, DIALS["framing"]),
    (0.4, DIALS["detail"]), (0.3, DIALS["perspective"]), (0.2, DIALS["texture"]),
    (0.2, DIALS["symmetry"]),
)  # fmt: skip

_OUTDOORS = frozenset((
    "lighthouse", "bridge", "windmill", "mountain", "forest", "desert", "tree", "sailboat", "moon",
    "island", "city", "castle", "cottage", "balloon", "waterfall", "volcano", "street", "pagoda",
    "starry sky",
))  # fmt: skip
"""Landscapes and places: one context; animals, people and things are the other."""

_COMES_WITH: Mapping[str, tuple[str, ...]] = {
    "moonlight": ("dark", "cool colors"), "golden hour light": ("warm colors",),
    "dramatic lighting": ("high contrast", "dark"), "soft light": ("low contrast",),
    "neon glow": ("vivid colors",), "gloomy": ("dark",), "cheerful": ("bright",),
}  # fmt: skip

_NOISE = 0.12
"""Standard deviation of what a reaction owes to the moment, in units of utility."""


@dataclass(frozen=True)
class Taste:
    """What somebody wants: a weight for each look that matters, -1 (hates) to 1 (loves)."""

    weights: Mapping[str, float]

    def side(self, sign: int) -> dict[str, float]:
        """Liked (1) or disliked (-1) looks by strength, the strongest first."""
        found = {name: sign * weight for name, weight in self.weights.items() if sign * weight > 0}
        return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


@dataclass(frozen=True)
class Person:
    """One simulated person; the same seed is the same person."""

    seed: int
    kind: Kind
    tastes: tuple[Taste, ...]

    def utility(self, looks: Numbers, subject: str) -> Numbers:
        """How much pictures please, without noise.

        Args:
            looks: Presence of each look, 0 to 1, [..., looks] in the order of `facets`.
            subject: What they show; it matters to contextual people only.

        Returns:
            [...]; 0 is indifference, one loved look that is surely there gives up to 1.
        """
        names = list(facets())
        weights = np.zeros((len(self.tastes), len(names)))
        for row, taste in enumerate(self.tastes):
            for name, weight in taste.weights.items():
                weights[row, names.index(name)] = weight
        pleased = looks @ weights.T
        if self.kind == "contextual":
            return np.asarray(pleased[..., context(subject)])
        return np.asarray(pleased.max(axis=-1))

    def pleased_by(self, names: frozenset[str], subject: str) -> float:
        """`utility` of looks that are surely there."""
        present = np.array([float(name in names) for name in facets()])
        return float(self.utility(present, subject))

    def feels(self, names: frozenset[str], subject: str) -> dict[str, float]:
        """What they notice in a picture: weights of its looks, in the taste that counts for it."""
        if self.kind == "contextual":
            taste = self.tastes[context(subject)]
        else:
            taste = max(self.tastes, key=lambda t: sum(t.weights.get(n, 0.0) for n in names))
        return {name: weight for name, weight in taste.weights.items() if name in names}

    def reaction(self, names: frozenset[str], subject: str, rng: Random) -> float:
        """Utility, and the mood of the moment: positive where they would press "like"."""
        return self.pleased_by(names, subject) + rng.gauss(0, _NOISE)

    def true_preference(self, subject: str | None = None) -> VisualPreference:
        """Everything they want, as an ideal reader would write it down; contradictions included.

        Args:
            subject: Leaves out, of contextual people, the taste that it does not concern.
        """
        tastes = self.tastes
        if subject is not None and self.kind == "contextual":
            tastes = (tastes[context(subject)],)
        return VisualPreference(liked=_attributes(tastes, 1), disliked=_attributes(tastes, -1))


def rating(reaction: float) -> int:
    """One to five stars."""
    return int(np.digitize(reaction, (-0.75, -0.2, 0.2, 0.75))) + 1


def stance(reaction: float) -> Stance | None:
    """The button they press; None where they would rather skip the picture."""
    stars = rating(reaction)
    return None if stars == 3 else "like" if stars > 3 else "dislike"


def context(subject: str) -> int:
    """0 for landscapes and places, 1 for animals, people and things."""
    return 0 if subject in _OUTDOORS else 1


def person(index: int, *, seed: int, split: Split) -> Person:
    """The person of that index, 0 to MAX_PEOPLE - 1: their kinds take turns.

    Raises:
        BadInput: The seed or the index is out of range.
    """
    if not 0 <= seed <= MAX_SEED:
        raise BadInput(f"--seed {seed}: expected a number from 0 to {MAX_SEED}.")
    if not 0 <= index < MAX_PEOPLE:
        raise BadInput(f"--people: expected a number from 1 to {MAX_PEOPLE}.")
    own = _FIRST[split] + seed * MAX_PEOPLE + index
    return born(own, _ORDER[index % len(_ORDER)])


def born(seed: int, kind: Kind) -> Person:
    """A person of a kind, with tastes drawn at random."""
    if kind not in get_args(Kind):
        raise ValueError(f"unknown kind {kind!r}")
    rng = Random(seed)
    scale = (0.3, 0.6) if kind == "weak" else (0.6, 1.0)
    first = _taste(rng, scale, taken=())
    if kind in ("strong", "weak"):
        return Person(seed, kind, (first,))
    second = _taste(rng, scale, taken=tuple(first.weights))
    if kind == "contradicting":
        second = _against(first, second)
    return Person(seed, kind, (first, second))


def _attributes(tastes: Sequence[Taste], sign: int) -> tuple[Attribute, ...]:
    strengths: dict[str, float] = {}
    for taste in tastes:
        for name, strength in taste.side(sign).items():
            strengths[name] = max(strength, strengths.get(name, 0.0))
    return tuple(
        Attribute(attribute=name, facet=facets()[name], strength=round(strength, 3))
        for name, strength in strengths.items()
    )


def _taste(rng: Random, scale: tuple[float, float], taken: Sequence[str]) -> Taste:
    """Three to five likes, with a style and a color among them, and two to four dislikes."""
    chosen: dict[str, float] = {}
    wanted = [(tuple(STYLES), 1), (PAIRABLE, 1)]
    wanted += [(_something(rng), 1) for _ in range(rng.randint(1, 3))]
    wanted += [(_something(rng), -1) for _ in range(rng.randint(2, 4))]
    for names, sign in wanted:
        free = [n for n in names if _goes_with(n, sign, chosen, taken)]
        if free:
            chosen[rng.choice(free)] = round(sign * rng.uniform(*scale), 2)
    return Taste(chosen)


def _something(rng: Random) -> tuple[str, ...]:
    shares, groups = zip(*_SUBJECTS_OF_TASTE, strict=True)
    found: tuple[str, ...] = rng.choices(groups, shares)[0]
    return found


def _goes_with(name: str, sign: int, chosen: Mapping[str, float], taken: Sequence[str]) -> bool:
    """Whether one taste can hold a look beside others: nobody wants it dark, and bright, too."""
    if name in chosen or name in taken:
        return False
    opposite = load_taxonomy().opposite(name)
    dials = {n for settings in DIALS.values() if name in settings for n in settings}
    if opposite in chosen or dials & chosen.keys():
        return False
    return not any(
        sign * weight < 0 and (name in _brings(other) or other in _brings(name))
        for other, weight in chosen.items()
    )


@cache
def _brings(name: str) -> frozenset[str]:
    """Other looks that come with a look, whoever paints it."""
    if name in STYLES:
        traits = STYLES[name].attributes.values()
        return frozenset(trait for names in traits for trait in names)
    if name not in COLORS:
        return frozenset(_COMES_WITH.get(name, ()))
    _, red, yellow = from_hex(COLORS[name])
    warmth = 0.6 * red + yellow
    return frozenset({WARMTH[0]} if warmth > 0.04 else {WARMTH[1]} if warmth < -0.04 else ())


def _against(first: Taste, second: Taste) -> Taste:
    """The second taste, wanting the contrary of something that the first one wants."""
    weights = dict(second.weights)
    opposite = load_taxonomy().opposite
    contrary = {o: w for n, w in first.weights.items() if (o := opposite(n)) in facets()}
    for name, weight in contrary.items():
        assert name is not None
        weights = {n: w for n, w in weights.items() if opposite(n) != name}
        weights[name] = weight
    if not contrary:
        # Nothing of it has an opposite: what the one loves most, the other cannot stand.
        loved = next(iter(first.side(1)))
        weights[loved] = -first.weights[loved]
    return Taste(weights)
