"""Is the product's score right about a person? `python benchmarks/score.py [--people N] [--json]`.

Simulated people comment on eight curated pictures; the offline extractor reads them. Then held-out
paintings are scored: pairs of the same subject, one painted for this person and one for a stranger.

    single, mixed    pairs ranked right, of people with one taste and with several; chance is 0.5
    known            the same if every attribute were seen without error: what perception costs
    ece              mean distance of score and share liked, over ten bins; then the bins themselves

By default of people of development, whom everything may be tuned on; `--split report` is for the
figure that is told in the end. `--fit` prints the weights under which the likes of these people are
the least surprising, of paintings for them, for strangers and for nobody: `FITTED` in
viper/judging/verdict.py. (Among the first two there is little that anybody dislikes.)
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, astuple, dataclass
from random import Random
from typing import Any

import numpy as np
from PIL.Image import Image, fromarray

from viper.atelier.painting import random_painting
from viper.atelier.truth import HELD_OUT_SEED
from viper.curation import CuratedSet, load_curated
from viper.evaluation.looks import shown
from viper.evaluation.people import MIXED, Person, Split, person, stance
from viper.evaluation.score_check import (
    Example,
    calibration,
    expected_calibration_error,
    pairs_for,
)
from viper.evaluation.statistics import mean
from viper.evaluation.talk import Conversation, converse
from viper.extraction.offline import OfflineExtractor
from viper.judging.embedding import EmbeddingScorer, Evidence
from viper.judging.models import load_scorer
from viper.judging.verdict import FITTED, Weights

COMMENTS = 8
PAIRS = 20
OTHERS = HELD_OUT_SEED + 5_000_000_000
"""Seeds of paintings for nobody, from here on."""
_OTHERS_EACH = 20
_SIZE = 128
_STEPS = (0.5, 0.8, 1.25, 2.0)
"""By which each weight is tried to be better."""


@dataclass(frozen=True)
class Case:
    """One person, pairs of paintings, and what is known."""

    person: Person
    examples: tuple[Example, ...]
    """The first, third ... were painted for this person."""
    evidence: Evidence
    liked: tuple[bool | None, ...]
    """Whether they would press "like"; None where a painting leaves them cold."""


def met(who: Person, scorer: EmbeddingScorer, curated: CuratedSet, *, others: int) -> list[Case]:
    """Everything about one person: pairs, and that many paintings of anything if there are some."""
    reader = OfflineExtractor()
    talk = converse(who, curated, reader, comments=COMMENTS)
    preference = reader.extract(talk.comments, pictures=curated).preference
    likes, dislikes = _opened(curated, talk)
    rng = Random(who.seed + 1)
    groups = [[one for pair in pairs_for(who, PAIRS) for one in pair], _random(who, others)]
    return [
        Case(
            person=who,
            examples=tuple(examples),
            evidence=scorer.evidence(
                [e.picture for e in examples], preference=preference, liked=likes, disliked=dislikes
            ),
            liked=tuple(_would_like(who, e, rng) for e in examples),
        )
        for examples in groups
        if examples
    ]


def _random(who: Person, count: int) -> list[Example]:
    seeds = [OTHERS + who.seed % 1_000_000 * 1_000 + n for n in range(count)]
    paintings = [(seed, random_painting(Random(seed))) for seed in seeds]
    return [Example(p, fromarray(p.paint(seed, _SIZE))) for seed, p in paintings]


def _would_like(who: Person, example: Example, rng: Random) -> bool | None:
    looks, subject = shown(example.painting), example.painting.subject
    pressed = stance(who.reaction(looks, subject, rng))
    return None if pressed is None else pressed == "like"


def _opened(curated: CuratedSet, talk: Conversation) -> tuple[list[Image], list[Image]]:
    def side(references: Sequence[str]) -> list[Image]:
        return [picture for r in references if (picture := curated.open(r)) is not None]

    return side(talk.liked), side(talk.disliked)


def measured(cases: Sequence[Case], weights: Weights = FITTED) -> dict[str, Any]:
    """All figures."""
    seen = {kind: [] for kind in ("single", "mixed")}  # type: dict[str, list[float]]
    known = {kind: [] for kind in ("single", "mixed")}  # type: dict[str, list[float]]
    for case in cases:
        kind = "mixed" if case.person.kind in MIXED else "single"
        seen[kind] += ranked([s.value for s in case.evidence.scores(weights)])
        known[kind] += ranked([s.value for s in _all_seen(case).scores(weights)])
    forecasts = list(_forecasts(cases, weights))
    return {
        **{kind: mean(rows, chance=0.5).to_dict() for kind, rows in seen.items() if rows},
        **{f"known_{k}": mean(rows, chance=0.5).to_dict() for k, rows in known.items() if rows},
        "ece": round(expected_calibration_error(forecasts), 4),
        "reliability": [
            {"score": round(value, 3), "liked": round(share, 3), "count": count}
            for value, share, count in calibration(forecasts)
        ],
    }


def ranked(values: Sequence[float]) -> list[float]:
    """1 where the first of a pair is higher, 0.5 for a tie."""
    pairs = zip(values[::2], values[1::2], strict=True)
    return [float(own > other) if own != other else 0.5 for own, other in pairs]


def _all_seen(case: Case) -> Evidence:
    """The evidence of somebody who sees which looks a painting has."""
    rows = [
        [float(a.attribute in shown(e.painting)) for _, a in case.evidence.asked]
        for e in case.examples
    ]
    still = [0.0] * len(rows)
    return Evidence(case.evidence.asked, rows, still, case.evidence.is_enough)


def _forecasts(cases: Sequence[Case], weights: Weights) -> Iterator[tuple[float, bool]]:
    for case in cases:
        for score, liked in zip(case.evidence.scores(weights), case.liked, strict=True):
            if liked is not None:
                yield score.value, liked


def surprise(cases: Sequence[Case], weights: Weights) -> float:
    """Mean negative log likelihood of the likes."""
    told = [value if liked else 1 - value for value, liked in _forecasts(cases, weights)]
    return float(-np.mean(np.log(np.maximum(told, 1e-9))))


def fitted(cases: Sequence[Case], start: Weights = FITTED) -> Weights:
    """The weights of least surprise: each is varied in turn until none gets better."""
    best, least = list(astuple(start)), surprise(cases, start)
    improved = True
    while improved:
        improved = False
        for place in range(len(best)):
            for step in _STEPS:
                tried = [*best[:place], round(best[place] * step, 3), *best[place + 1 :]]
                if (found := surprise(cases, Weights(*tried))) < least - 1e-5:
                    best, least, improved = tried, found, True
    return Weights(*best)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--people", type=int, default=50, help="how many (default 50)")
    parser.add_argument("--seed", type=int, default=1, help="of these people (default 1)")
    parser.add_argument("--split", choices=("development", "report"), default="development")
    parser.add_argument("--fit", action="store_true", help="also print fitted weights")
    parser.add_argument("--json", action="store_true", help="print JSON only")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what was measured; figures of report people are never to be fitted to."""
    given = _arguments(arguments)
    split: Split = given.split
    if given.fit and split == "report":
        sys.exit("--fit: nothing is ever fitted to people of the report.")
    scorer, curated = load_scorer("builtin"), load_curated()
    assert isinstance(scorer, EmbeddingScorer)
    people = [person(i, seed=given.seed, split=split) for i in range(given.people)]
    others = _OTHERS_EACH if given.fit else 0
    groups = [met(who, scorer, curated, others=others) for who in people]
    cases = [group[0] for group in groups]
    found: dict[str, Any] = {"people": given.people, "split": split, **measured(cases)}
    if given.fit:
        weights = fitted([case for group in groups for case in group])
        found["fitted"] = asdict(weights)
        found["with_fitted"] = measured(cases, weights)
    if given.json:
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        sys.stdout.write("\n".join(_lines(found)) + "\n")
    return 0


def _lines(found: dict[str, Any]) -> Iterator[str]:
    for name, value in found.items():
        if isinstance(value, dict) and "ci95" in value:
            low, high = value["ci95"]
            yield f"{name:12} {value['value']:.3f}  ({low:.3f} to {high:.3f}, n {value['n']})"
        elif isinstance(value, dict):
            yield f"{name}:"
            yield from (f"    {line}" for line in _lines(value))
        elif isinstance(value, list):
            yield "    score  liked  count"
            yield from (f"    {b['score']:5.2f}  {b['liked']:5.2f}  {b['count']:5}" for b in value)
        else:
            yield f"{name:12} {value}"


if __name__ == "__main__":
    sys.exit(main())
