"""Decides what a curated set shows: subjects and looks as independent as a small set allows.

A taste for teal must not look like a taste for boats, and a facet of which only one side is shown
cannot be learned. So looks are dealt evenly until every facet shows contrary sides often enough,
and then subjects are exchanged between pictures until none goes together with a look.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viper.atelier.finish import BORDER
from viper.atelier.painting import DIALS, Painting
from viper.atelier.palette import PALETTES
from viper.atelier.styles import STYLES
from viper.atelier.subjects import SUBJECTS
from viper.taxonomy import load_taxonomy

ENOUGH = 4
"""How many pictures each of the contrary sides of a facet should have."""
_SHARE = 0.08
"""Of the pictures that have a certain setting of a dial: a remark is about few things at once."""
_LOOKS = 400
_EXCHANGES = 20_000
_FRAMED = ("art deco", "art nouveau", "risograph", "woodblock print", "watercolor")
_SUNNY = ("golden hour light", "neon glow")
_DIM = ("moonlight", "dramatic lighting")


@cache
def choose_paintings(count: int, seed: int = 0) -> tuple[Painting, ...]:
    """What the set shows: deterministic, balanced, decorrelated."""
    rng = Random(seed)
    dealt = _deal(count, rng)
    lacking = _lacking(looks := [_clear(look) for look in dealt])
    for _ in range(_LOOKS if count >= 8 * ENOUGH else 0):
        if lacking == 0:
            break
        again = _dealt_again(dealt, rng)
        others = [_clear(look) for look in again]
        if (still := _lacking(others)) <= lacking:
            dealt, looks, lacking = again, others, still
    # A subject that is shown once goes together with everything in its picture.
    kinds = min(len(SUBJECTS), max(count // 2, min(count, 16)))
    subjects = _dealt(rng.sample(list(SUBJECTS), kinds), count, rng)
    order = _exchanged(subjects, looks, rng)
    return tuple(replace(look, subject=s) for look, s in zip(looks, order, strict=True))


def contrary_sides(attributes: Iterable[Mapping[str, tuple[str, ...]]]) -> dict[str, int]:
    """For each facet, how many pictures the smaller of its two best-shown contrary sides has.

    Two attributes are contrary if the taxonomy calls them opposites. What no dial sets, such as
    the medium, and what has no opposites is contrary if pictures share no attribute of the facet.
    """
    pictures = list(attributes)
    found = {}
    for facet in sorted({facet for picture in pictures for facet in picture}):
        shown = [set(picture[facet]) for picture in pictures if facet in picture]
        count = Counter(name for names in shown for name in names)
        opposed = [
            min(number, count[opposite])
            for name, number in count.items()
            if (opposite := load_taxonomy().opposite(name)) is not None and opposite in count
        ]
        strict = opposed and facet in DIALS
        found[facet] = max(opposed) if strict else max([_apart(shown), *opposed])
    return found


def _apart(shown: Sequence[set[str]]) -> int:
    """Size of the smaller of two groups of pictures that share no attribute, as even as can be."""
    clusters: list[tuple[set[str], int]] = []
    for names in shown:
        joined, size = set(names), 1
        for cluster in [c for c in clusters if c[0] & names]:
            clusters.remove(cluster)
            joined, size = joined | cluster[0], size + cluster[1]
        clusters.append((joined, size))
    sides = [0, 0]
    for size in sorted((size for _, size in clusters), reverse=True):
        sides[sides.index(min(sides))] += size
    return min(sides)


def largest_correlation(paintings: Sequence[Painting]) -> tuple[float, str, str]:
    """Largest absolute correlation between a subject and an attribute, and which two they are.

    Attributes that fewer than three pictures have, or lack, are left out: they correlate by
    chance. Zero and no names where none is left.
    """
    looks, names = _common_looks(paintings)
    if not names:
        return 0.0, "", ""
    subjects = sorted({p.subject for p in paintings})
    shows = np.array([[p.subject == subject for subject in subjects] for p in paintings])
    correlation = np.sqrt(_squared_correlation(shows.T.astype(float), looks))
    subject, look = np.unravel_index(correlation.argmax(), correlation.shape)
    # Rounded, so that equal deals are equal however a machine adds up.
    return round(float(correlation.max()), 6), subjects[subject], names[look]


def _common_looks(paintings: Sequence[Painting]) -> tuple[NDArray[np.float64], list[str]]:
    """Which picture has which attribute that neither nearly all nor nearly none have."""
    have = [{n for ns in p.attributes().values() for n in ns} for p in paintings]
    names = sorted(set().union(*have))
    looks = np.array([[name in h for name in names] for h in have], float)
    common = (looks.sum(0) >= 3) & (looks.sum(0) <= len(paintings) - 3)
    return looks[:, common], [name for name, keep in zip(names, common, strict=True) if keep]


def _squared_correlation(
    shows: NDArray[np.float64], looks: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Of rows of subjects with columns of looks, from counts, which are exact."""
    total = len(looks)
    subject, look = shows.sum(axis=1)[:, None], looks.sum(axis=0)[None]
    spread = np.maximum(subject * (total - subject) * look * (total - look), 1)
    return np.asarray((total * (shows @ looks) - subject * look) ** 2 / spread)


def _exchanged(subjects: list[str], looks: Sequence[Painting], rng: Random) -> list[str]:
    """The subjects in the order in which they go together with looks the least."""
    table, names = _common_looks(looks)
    kinds = sorted(set(subjects))
    if not names or len(kinds) < 2:
        return subjects
    shows = np.array([[subject == kind for subject in subjects] for kind in kinds], float)
    # A high power counts the largest correlations nearly alone and yet has a slope everywhere.
    harm = (_squared_correlation(shows, table) ** 8).sum(axis=1)
    for _ in range(_EXCHANGES):
        i, j = rng.sample(range(len(subjects)), 2)
        rows = [kinds.index(subjects[i]), kinds.index(subjects[j])]
        if rows[0] == rows[1]:
            continue
        shows[np.ix_(rows, [i, j])] = shows[np.ix_(rows, [j, i])]
        after = (_squared_correlation(shows[rows], table) ** 8).sum(axis=1)
        if after.sum() < harm[rows].sum() * (1 - 1e-9):
            harm[rows] = after
            subjects[i], subjects[j] = subjects[j], subjects[i]
        else:
            shows[np.ix_(rows, [i, j])] = shows[np.ix_(rows, [j, i])]
    return subjects


def _lacking(looks: Sequence[Painting]) -> int:
    """How many pictures the smaller sides of facets, and the settings of dials, are short of."""
    shown = list(contrary_sides(look.attributes() for look in looks).values())
    settings = Counter(getattr(look, dial) for look in looks for dial in DIALS)
    shown += [settings[choice] + 1 for choices in DIALS.values() for choice in choices]
    return sum(max(ENOUGH - number, 0) for number in shown)


def _deal(count: int, rng: Random) -> list[Painting]:
    """Looks, all of one subject, every style, palette and setting about equally often."""
    subject = next(iter(SUBJECTS))
    columns = [_dealt(choices, count, rng) for choices in (list(STYLES), PALETTES)]
    looks = [Painting(subject, *row) for row in zip(*columns, strict=True)]
    for dial in DIALS:
        looks = _with_dial(looks, dial, rng)
    return looks


def _dealt_again(looks: list[Painting], rng: Random) -> list[Painting]:
    """The same with one column dealt anew."""
    column = rng.choice(["style", *DIALS])
    if column != "style":
        return _with_dial(looks, column, rng)
    styles = _dealt(list(STYLES), len(looks), rng)
    return [replace(look, style=style) for look, style in zip(looks, styles, strict=True)]


def _with_dial(looks: Sequence[Painting], dial: str, rng: Random) -> list[Painting]:
    each = max(round(_SHARE * len(looks)), 1)
    settings: list[Any] = [choice for choice in DIALS[dial] for _ in range(each)]
    settings = (settings + [None] * len(looks))[: len(looks)]
    rng.shuffle(settings)
    return [replace(p, **{dial: s}) for p, s in zip(looks, settings, strict=True)]


def _clear(painting: Painting) -> Painting:
    """Without dials that would drown the picture together, or say the same twice."""
    p = painting
    dim = p.lighting in _DIM or p.brightness == "dark"
    hazy = p.lighting == "soft light" or p.contrast == "low contrast"
    drowned = {
        "contrast": p.contrast == "low contrast" and (dim or p.lighting == "soft light"),
        "brightness": p.brightness == "dark" and p.lighting in _DIM,
        "framing": (p.framing == BORDER and p.style in _FRAMED)
        or (p.framing == "close-up" and p.symmetry is not None),
        "perspective": p.perspective is not None and p.symmetry is not None,
        "texture": p.texture == "smooth texture" and (hazy or p.mood == "dreamy"),
        "mood": (p.mood == "gloomy" and (p.lighting in _SUNNY or p.brightness == "bright"))
        or (dim and p.mood in ("cheerful", "mysterious", "gloomy"))
        or ((hazy or dim) and p.mood == "dreamy"),
    }
    changes: dict[str, Any] = {dial: None for dial, is_so in drowned.items() if is_so}
    return replace(painting, **changes)


def _dealt(choices: Sequence[Any], count: int, rng: Random) -> list[Any]:
    rounds = -(-count // len(choices))
    cards = [card for _ in range(rounds) for card in rng.sample(choices, len(choices))]
    return rng.sample(cards[:count], count)
