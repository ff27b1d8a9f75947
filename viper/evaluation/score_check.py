"""Is the product's score right about a person, on held-out paintings of exactly known looks?

    pairs       the same subject painted for this person and for a stranger: which is scored higher?
    forecasts   paintings that the person likes or dislikes: how often is that what a score says?

The judge answers the pairs as well, which tells how far its figures about generated pictures can be
trusted.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from random import Random
from typing import Any

import numpy as np
from PIL import Image

from viper.atelier.painting import DIALS, Painting, random_painting
from viper.atelier.palette import PAIRABLE, pair
from viper.atelier.styles import STYLES
from viper.atelier.subjects import SUBJECTS
from viper.atelier.truth import HELD_OUT_SEED
from viper.evaluation.judges import Judge
from viper.evaluation.looks import Eyes, shown
from viper.evaluation.people import Person, Taste, born, context, stance
from viper.judging import Score

FIRST_SEED = HELD_OUT_SEED + 3_000_000
BINS = 10

_SIZE = 128
"""Pixels a side; scorer and judge look at no more."""
_GAP = 0.2
"""Least difference of utility in a pair: people cannot say which of two equals is better."""
_TRIES = 50
_STRANGERS = 10**12
"""Seeds of strangers begin here: none of them is anybody else."""
_EACH = 0.8
"""How often a painting for somebody has each look that they like."""


@dataclass(frozen=True)
class Check:
    """What a scorer said about one person."""

    pairs: tuple[float, ...]
    """1 right, 0 wrong, 0.5 a tie."""
    judged: tuple[float, ...]
    """The same pairs by the judge of the built-in world, who knows the true taste."""
    judged_by: Mapping[str, tuple[float | None, ...]]
    """How surely other judges, who know it as well, prefer the right one of a pair."""
    forecasts: tuple[tuple[float, bool], ...]
    """Score and whether the person liked it; what left them cold is left out."""
    enough_evidence: float
    """Share of scores that said so."""

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


@dataclass(frozen=True)
class Example:
    """A painting and how it looks."""

    painting: Painting
    picture: Image.Image

    def utility(self, person: Person) -> float:
        """How much it pleases, exactly."""
        return person.pleased_by(shown(self.painting), self.painting.subject)


def check(
    person: Person,
    *,
    score: Callable[[Sequence[Image.Image]], Sequence[Score]],
    eyes: Eyes | None,
    judges: Mapping[str, Judge],
    pairs: int,
) -> Check:
    """Scores pairs of paintings.

    Args:
        person: Whose true taste decides what is right.
        score: By the product, with what it knows about them.
        eyes: Of the built-in world's judge; None where it is not asked.
        judges: Other judges by name.
        pairs: How many.
    """
    shown_pairs = pairs_for(person, pairs)
    both = [example for one in shown_pairs for example in one]
    pictures = [example.picture for example in both]
    scores = score(pictures)
    values = [score.value for score in scores]
    return Check(
        pairs=_ranked(values),
        judged=_ranked(_judged(person, both, eyes)) if eyes else (),
        judged_by={name: _preferred(person, shown_pairs, one) for name, one in judges.items()},
        forecasts=_forecasts(person, both, values),
        enough_evidence=float(np.mean([score.enough_evidence for score in scores])),
    )


def calibration(forecasts: Sequence[tuple[float, bool]]) -> list[tuple[float, float, int]]:
    """The reliability diagram: mean score, share liked and count of each bin that is not empty."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for value, liked in forecasts:
        bins[min(BINS - 1, int(value * BINS))].append((value, liked))
    return [
        (float(np.mean([v for v, _ in one])), float(np.mean([y for _, y in one])), len(one))
        for one in bins
        if one
    ]


def expected_calibration_error(forecasts: Sequence[tuple[float, bool]]) -> float:
    """Mean distance of score and share liked, over bins of equal width."""
    total = sum(count for _, _, count in calibration(forecasts))
    return sum(count * abs(v - y) for v, y, count in calibration(forecasts)) / max(1, total)


def painted_for(person: Person, subject: str, rng: Random) -> Painting:
    """A painting with most of the looks that somebody likes, and none of its dials disliked."""
    taste = person.tastes[context(subject)] if person.kind == "contextual" else None
    chosen = taste or rng.choice(person.tastes)
    liked = [name for name in chosen.side(1) if rng.random() < _EACH]
    painting = replace(random_painting(rng), subject=subject)
    colors = [name for name in liked if name in PAIRABLE]
    if colors:
        others = [n for n in PAIRABLE if n not in colors and chosen.weights.get(n, 0.0) >= 0]
        painting = replace(painting, palette=pair(*[*colors, rng.choice(others)][:2]))
    styles = [name for name in liked if name in STYLES]
    style = rng.choice(styles) if styles else painting.style
    return replace(painting, style=style, **_dials(painting, chosen, liked))


def _dials(painting: Painting, taste: Taste, liked: Sequence[str]) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    for dial, settings in DIALS.items():
        if taste.weights.get(str(getattr(painting, dial)), 0.0) < 0:
            wanted[dial] = None
        if loved := [name for name in settings if name in liked]:
            wanted[dial] = loved[0]
    return wanted


def pairs_for(person: Person, count: int) -> list[tuple[Example, Example]]:
    """Paintings for this person and for strangers; at most `count`."""
    rng = Random(person.seed)
    found: list[tuple[Painting, Painting]] = []
    for turn in range(count * _TRIES):
        subject = rng.choice(list(SUBJECTS))
        stranger = born(_STRANGERS + person.seed * 100_000 + turn, person.kind)
        own, other = (painted_for(who, subject, rng) for who in (person, stranger))
        gap = person.pleased_by(shown(own), subject) - person.pleased_by(shown(other), subject)
        if gap >= _GAP:
            found.append((own, other))
        if len(found) == count:
            break
    first = FIRST_SEED + person.seed % 1_000_000 * 1_000
    return [
        (_example(own, first + 2 * n), _example(other, first + 2 * n + 1))
        for n, (own, other) in enumerate(found)
    ]


def _example(painting: Painting, seed: int) -> Example:
    return Example(painting, Image.fromarray(painting.paint(seed, _SIZE)))


def _judged(person: Person, examples: Sequence[Example], eyes: Eyes) -> list[float]:
    looks = eyes.looks([example.picture for example in examples])
    return [
        float(person.utility(row, example.painting.subject))
        for row, example in zip(looks, examples, strict=True)
    ]


def _preferred(
    person: Person, pairs: Sequence[tuple[Example, Example]], judge: Judge
) -> tuple[float | None, ...]:
    return tuple(
        judge.over([(own.picture, other.picture)], judge.truth(person, own.painting.subject))[0]
        for own, other in pairs
    )


def _ranked(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(
        float(own > other) if own != other else 0.5
        for own, other in zip(values[::2], values[1::2], strict=True)
    )


def _forecasts(
    person: Person, examples: Sequence[Example], values: Sequence[float]
) -> tuple[tuple[float, bool], ...]:
    rng = Random(person.seed + 1)
    found = []
    for example, value in zip(examples, values, strict=True):
        names, subject = shown(example.painting), example.painting.subject
        pressed = stance(person.reaction(names, subject, rng))
        if pressed is not None:
            found.append((value, pressed == "like"))
    return tuple(found)
