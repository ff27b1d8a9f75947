"""Figures with 95 % bootstrap intervals and the level that chance reaches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number."""

    value: float
    n: int
    """Of what it was measured on: pictures, prompts, pairs."""
    ci95: tuple[float, float] | None = None
    """None where nothing was sampled."""
    chance: float | None = None
    """What guessing reaches; None where that has no meaning."""

    def to_dict(self) -> dict[str, Any]:
        """As plain data, rounded to what is worth reading."""
        return {
            "value": _short(self.value),
            "ci95": None if self.ci95 is None else [_short(end) for end in self.ci95],
            "chance": None if self.chance is None else _short(self.chance),
            "n": self.n,
        }


Figures = dict[str, Figure]


def mean(values: Sequence[float], *, chance: float | None = None) -> Figure:
    """The mean of independent values."""
    row = np.asarray(values, np.float64)
    replicates = weights(len(row)) @ row / len(row)
    return _figure(float(row.mean()), replicates, len(row), chance)


def balanced_accuracy(right: Sequence[str], told: Sequence[str], answers: int) -> Figure:
    """The mean over answers of how often they are told where they are right.

    Each answer counts the same, however common it is, so that chance is one in `answers`.
    """
    names = sorted(set(right))
    member = np.array([[r == name for name in names] for r in right], np.float64)
    hits = member * np.array([[r == t] for r, t in zip(right, told, strict=True)], np.float64)

    def share(resampled: Numbers) -> Numbers:
        counts = resampled @ member
        with np.errstate(invalid="ignore"):
            return np.asarray(np.nanmean(resampled @ hits / counts, axis=-1), np.float64)

    value = float(share(np.ones(len(right))))
    return _figure(value, share(weights(len(right))), len(right), 1 / answers)


def macro_f1(truth: Numbers, told: Numbers) -> Figure:
    """The mean over attributes of F1.

    Args:
        truth: 1 where a picture (row) has an attribute (column), else 0.
        told: The same, as it was recognized.

    Returns:
        Chance is what saying yes to everything reaches.
    """
    both, either = truth * told, truth + told

    def score(resampled: Numbers) -> Numbers:
        counted = resampled @ either
        parts = np.divide(
            2 * (resampled @ both), counted, out=np.zeros_like(counted), where=counted > 0
        )
        return np.asarray(parts.mean(axis=-1), np.float64)

    rows, share = len(truth), truth.mean(axis=0)
    value = float(score(np.ones(rows)))
    always = float((2 * share / (1 + share)).mean())
    return _figure(value, score(weights(rows)), rows, always)


def relative_spread(one: Numbers, other: Numbers) -> Figure:
    """Mean pairwise distance within `one` over that within `other`.

    Args:
        one: Distances of every picture to every other, [n, n].
        other: The same for the pictures these are paired with, [n, n].
    """
    rows = len(one)
    replicates = [_spread(distances, weights(rows)) for distances in (one, other)]
    whole = [_spread(distances, np.ones((1, rows)))[0] for distances in (one, other)]
    # A resample of one picture alone has no pairs.
    paired = replicates[1] > 0
    ratios = replicates[0][paired] / replicates[1][paired]
    return _figure(float(whole[0] / whole[1]), ratios, rows, None)


def plain(value: float, n: int = 1) -> Figure:
    """A number that is counted or timed, not sampled."""
    return Figure(float(value), n)


def rounded(figures: Mapping[str, Figure]) -> dict[str, Any]:
    """All of them as plain data."""
    return {name: figure.to_dict() for name, figure in figures.items()}


@lru_cache(maxsize=16)
def weights(rows: int) -> Numbers:
    """How often each row is drawn in each resample, [RESAMPLES, rows]; the same every time."""
    rng = np.random.default_rng(0)
    counts = rng.multinomial(rows, np.full(rows, 1 / rows), size=RESAMPLES)
    return np.asarray(counts, np.float64)


def _spread(distances: Numbers, resampled: Numbers) -> Numbers:
    # Pairs of a picture with its own copy say nothing about how different pictures are.
    others = 1 - np.eye(len(distances))
    total = ((resampled @ (distances * others)) * resampled).sum(axis=1)
    pairs = ((resampled @ others) * resampled).sum(axis=1)
    return np.asarray(total / np.maximum(pairs, 1), np.float64)


def _figure(value: float, replicates: Numbers, n: int, chance: float | None) -> Figure:
    low, high = np.quantile(replicates, (0.025, 0.975))
    # Resampled means over few rows can miss the mean itself.
    return Figure(value, n, (min(float(low), value), max(float(high), value)), chance)


def _short(number: float) -> float:
    return float(f"{number:.4g}")
