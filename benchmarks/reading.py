"""How much of a taste a conversation tells, with no picture drawn: `benchmarks/reading.py`.

Simulated people of development comment on curated pictures in the order of the app. What was read
is compared with the truth by the cosine of the strengths of both, where a like and a dislike of
one look are two things.
"""

import argparse
import sys
from collections.abc import Mapping
from math import sqrt

import numpy as np

from viper.curation import CuratedSet, load_curated
from viper.evaluation.people import person
from viper.evaluation.talk import converse
from viper.extraction.offline import OfflineExtractor
from viper.preference import SIDES, VisualPreference

COMMENTS = (3, 8)
Strengths = Mapping[tuple[str, str], float]


def measure(index: int, seed: int, curated: CuratedSet, reader: OfflineExtractor) -> list[float]:
    """Cosine of what was read after each of `COMMENTS` with the truth, for one person."""
    who = person(index, seed=seed, split="development")
    spoken = converse(who, curated, reader, comments=max(COMMENTS))
    truth = _strengths(who.true_preference())
    return [
        _cosine(
            _strengths(reader.extract(spoken.first(n).comments, pictures=curated).preference),
            truth,
        )
        for n in COMMENTS
    ]


def _strengths(preference: VisualPreference) -> Strengths:
    return {(side, a.attribute): a.strength for side in SIDES for a in preference.active(side)}


def _cosine(first: Strengths, second: Strengths) -> float:
    product = sum(strength * second.get(name, 0.0) for name, strength in first.items())
    sizes = [sqrt(sum(strength**2 for strength in one.values())) for one in (first, second)]
    return product / (sizes[0] * sizes[1]) if all(sizes) else 0.0


def main() -> None:
    """Prints a line for each count of comments, with a bootstrap interval over people."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    curated, reader = load_curated(), OfflineExtractor()
    found = np.array([measure(i, asked.seed, curated, reader) for i in range(asked.people)])
    picks = np.random.default_rng(asked.seed).integers(len(found), size=(2_000, len(found)))
    low, high = np.quantile(found[picks].mean(axis=1), (0.025, 0.975), axis=0)
    for n, mean, *ends in zip(COMMENTS, found.mean(axis=0), low, high, strict=True):
        sys.stdout.write(f"{n} comments: {mean:.3f} [{ends[0]:.3f}, {ends[1]:.3f}]\n")


if __name__ == "__main__":
    main()
