"""What a preference brings and what it costs: `python benchmarks/guidance.py [--prompts N]`.

Prompts name a subject and no look, in words that captions never use; each is drawn for one of a
few simulated tastes: a palette, a style and a lighting that are liked, and one of each that are
disliked. The same picture is drawn plainly, from the same noise. The independent judge, which is
never used to train or to choose, says how likely it sees what is liked and what is disliked.

    gain       (liked - disliked, mean over the three) of the picture, minus that of the plain one
    nearer     how much nearer the pixels are to the liked colors, OKLab distance times 100
    of full    gain, as a part of what the exact rule gains at every step; paired by picture
    passes     evaluations of the denoiser, of the plain picture's
    seconds    of processor time for one whole picture, of the plain picture's
    subject    pictures whose subject is still recognized, minus plain ones; in points of 100

Texts are encoded as in use: the prompt for each picture anew, the taste once for all of its own.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from PIL.Image import Image, Resampling

from viper.atelier.color import distance_to_colors, from_hex
from viper.atelier.painting import DIALS
from viper.atelier.palette import COLORS, PALETTES, Palette
from viper.atelier.styles import STYLES
from viper.atelier.subjects import SUBJECTS
from viper.atelier.truth import QUESTIONS
from viper.evaluation.prompts import held_out
from viper.evaluation.statistics import Figure, mean, weights
from viper.generation import GenerationRequest, Generator
from viper.generation.models import load_generator
from viper.judging.recognition import Judge, load_judge
from viper.preference import Attribute, VisualPreference

DEGREE = 0.8
WHOLE = (0.0, 1.0)
ALONE = {"preference_context": "alone"}
CASES: Mapping[str, Mapping[str, Any]] = {
    "plain": {"rule": "none"},
    "full": {"preference_interval": WHOLE, "preference_every": 1},
    "default": {},
    "alone, dislikes 1": {**ALONE, "disliked_weight": 1.0},
    "alone, dislikes 1, every step": {**ALONE, "disliked_weight": 1.0, "preference_every": 1},
    "alone": ALONE,
    "dislikes 0": {"disliked_weight": 0.0},
    "dislikes 0.5": {"disliked_weight": 0.5},
    "dislikes 1": {"disliked_weight": 1.0},
    "whole, every 2": {"preference_interval": WHOLE, "preference_every": 2},
    "whole, every 4": {"preference_interval": WHOLE, "preference_every": 4},
    "whole, every 6": {"preference_interval": WHOLE, "preference_every": 6},
    "first 0.7, every step": {"preference_interval": (0.0, 0.7), "preference_every": 1},
    "first 0.7, every 3": {"preference_interval": (0.0, 0.7), "preference_every": 3},
    "first 0.5, every step": {"preference_interval": (0.0, 0.5), "preference_every": 1},
    "first 0.5, every 2": {"preference_interval": (0.0, 0.5), "preference_every": 2},
    "last 0.5, every 2": {"preference_interval": (0.5, 1.0), "preference_every": 2},
    "condition, shift": {"rule": "condition", "condition": "shift"},
    "condition, attention": {"rule": "condition", "condition": "attention"},
    "viper2024": {"rule": "viper2024"},
}
"""Without `plain` and `full` nothing can be said of the others."""


@dataclass(frozen=True, slots=True)
class Look:
    """One setting of each thing that is asked about."""

    palette: Palette
    style: str
    lighting: str

    def attributes(self) -> tuple[Attribute, ...]:
        """As they stand in a preference."""
        colors = [Attribute(attribute=c, facet="color palette") for c in self.palette.colors]
        style = Attribute(attribute=self.style, facet="art style")
        return (*colors, style, Attribute(attribute=self.lighting, facet="lighting"))

    def seen(self, told: Mapping[str, Mapping[str, float]]) -> float:
        """How likely a picture has this look: the mean over palette, style and lighting."""
        colors = [
            sum(told[question][color] for color in self.palette.colors)
            for question in ("main color", "second color")
        ]
        parts = (float(np.mean(colors)), told["style"][self.style], told["lighting"][self.lighting])
        return float(np.mean(parts))


@dataclass(frozen=True, slots=True)
class Taste:
    """Two looks that have nothing in common."""

    liked: Look
    disliked: Look

    def preference(self) -> VisualPreference:
        """As if it had been read from comments."""
        return VisualPreference(liked=self.liked.attributes(), disliked=self.disliked.attributes())


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture to draw in each case."""

    prompt: str
    subject: str
    taste: Taste
    seed: int


@dataclass(slots=True)
class Measured:
    """What one case gave, a number a sample."""

    liking: list[float] = field(default_factory=list)
    distance: list[float] = field(default_factory=list)
    right: list[float] = field(default_factory=list)
    passes: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def some_tastes(count: int, *, seed: int) -> list[Taste]:
    """Tastes drawn at random."""
    rng = Random(seed)
    return [_taste(rng) for _ in range(count)]


def _taste(rng: Random) -> Taste:
    liked, disliked = (
        Look(palette, style, lighting)
        for palette, style, lighting in zip(
            _two_palettes(rng),
            rng.sample(list(STYLES), 2),
            rng.sample(DIALS["lighting"], 2),
            strict=True,
        )
    )
    return Taste(liked, disliked)


def _two_palettes(rng: Random) -> tuple[Palette, Palette]:
    first = rng.choice(PALETTES)
    apart = [other for other in PALETTES if not set(first.colors) & set(other.colors)]
    return first, rng.choice(apart)


def some_samples(prompts: int, tastes: Sequence[Taste], *, seed: int) -> list[Sample]:
    """Subjects in turn, in held-out words; tastes are dealt to them in turn as well."""
    rng = Random(seed)
    names = [name for _ in range(-(-prompts // len(SUBJECTS))) for name in _shuffled(rng)]
    return [
        Sample(rng.choice(held_out()["subjects"].get(name, (f"one {name}",))), name, taste, index)
        for index, name in enumerate(names[:prompts])
        for taste in (tastes[index % len(tastes)],)
    ]


def _shuffled(rng: Random) -> list[str]:
    return rng.sample(list(SUBJECTS), len(SUBJECTS))


def measure(
    cases: Mapping[str, Mapping[str, Any]],
    samples: Sequence[Sample],
    judge: Judge,
    say: Callable[[str], None],
) -> dict[str, Measured]:
    """Draws each sample in each case, the cases of a sample one after the other."""
    # A generator of its own for each case, so that none profits from texts another has encoded.
    generators = {name: load_generator("builtin", device="cpu") for name in cases}
    found = {name: Measured() for name in cases}
    for number, sample in enumerate(samples, start=1):
        for name, fields in cases.items():
            _add(found[name], generators[name], _request(sample, fields), sample, judge)
        say(f"{number} of {len(samples)} pictures in each of {len(cases)} cases")
    return found


def _request(sample: Sample, fields: Mapping[str, Any]) -> GenerationRequest:
    return GenerationRequest.model_validate(
        {
            "prompt": sample.prompt,
            "preference": sample.taste.preference(),
            "liked_degree": DEGREE,
            "disliked_degree": DEGREE,
            "seed": sample.seed,
            **fields,
        }
    )


def _add(
    row: Measured, generator: Generator, request: GenerationRequest, sample: Sample, judge: Judge
) -> None:
    started = time.process_time()
    [picture] = generator.generate(request)
    row.seconds.append(time.process_time() - started)
    row.passes.append(picture.passes)
    told = _told(judge, picture.image)
    row.liking.append(sample.taste.liked.seen(told) - sample.taste.disliked.seen(told))
    row.distance.append(_distance(picture.image, sample.taste.liked.palette))
    row.right.append(float(max(told["subject"], key=told["subject"].__getitem__) == sample.subject))


def _told(judge: Judge, picture: Image) -> dict[str, dict[str, float]]:
    return {
        question: dict(zip(QUESTIONS[question], row[0].exp().tolist(), strict=True))
        for question, row in judge.log_probabilities([picture]).items()
    }


def _distance(picture: Image, palette: Palette) -> float:
    pixels = np.asarray(picture.resize((64, 64), Resampling.BOX), np.float32)
    unit = np.asarray(pixels / 255, np.float32)
    return float(
        distance_to_colors(unit, [from_hex(COLORS[name]) for name in palette.colors]).mean()
    )


def figures(found: Mapping[str, Measured]) -> dict[str, dict[str, Figure]]:
    """What is reported about each case."""
    plain, full = found["plain"], found["full"]
    return {name: _figures(row, plain, full) for name, row in found.items()}


def _figures(row: Measured, plain: Measured, full: Measured) -> dict[str, Figure]:
    gain, whole = (np.subtract(r.liking, plain.liking) for r in (row, full))
    return {
        "gain": mean(gain.tolist()),
        "nearer": mean((100 * np.subtract(plain.distance, row.distance)).tolist()),
        "of full": ratio(gain.tolist(), whole.tolist()),
        "passes": ratio(row.passes, plain.passes),
        "seconds": ratio(row.seconds, plain.seconds),
        "subject": mean((100 * np.subtract(row.right, plain.right)).tolist()),
    }


def ratio(above: Sequence[float], below: Sequence[float]) -> Figure:
    """The sum of one over the sum of the other, with an interval by resampling the pairs."""
    counts = weights(len(above))
    replicates = (counts @ np.asarray(above)) / (counts @ np.asarray(below))
    low, high = np.quantile(replicates, (0.025, 0.975))
    return Figure(float(np.sum(above) / np.sum(below)), len(above), (float(low), float(high)))


def table(rows: Mapping[str, Mapping[str, Figure]]) -> str:
    """As Markdown, with 95 % intervals."""
    heads = list(rows["plain"])
    lines = [f"| case | {' | '.join(heads)} |", "|" + "---|" * (len(heads) + 1)]
    for name, row in rows.items():
        lines.append(f"| {name} | {' | '.join(map(_cell, row.values()))} |")
    return "\n".join(lines) + "\n"


def _cell(figure: Figure) -> str:
    low, high = figure.ci95 or (figure.value, figure.value)
    return f"{figure.value:.3g} ({low:.3g} to {high:.3g})" if low < high else f"{figure.value:.3g}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a table, or JSON; progress goes to the standard error."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if min(asked.prompts, asked.tastes) < 1:
        parser.error("--prompts and --tastes: expected at least 1.")
    torch.set_num_threads(1)
    tastes = some_tastes(asked.tastes, seed=asked.seed)
    samples = some_samples(asked.prompts, tastes, seed=asked.seed)
    cases = dict(_chosen(asked.cases))
    rows = figures(measure(cases, samples, load_judge(QUESTIONS), _say))
    data = {
        "prompts": asked.prompts,
        "tastes": asked.tastes,
        "degree": DEGREE,
        "cases": {n: {k: f.to_dict() for k, f in row.items()} for n, row in rows.items()},
    }
    text = json.dumps(data, indent=1) + "\n"
    if asked.out is not None:
        asked.out.write_text(text, encoding="utf-8")
    sys.stdout.write(text if asked.json else table(rows))
    return 0


def _chosen(names: Sequence[str] | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return ((n, f) for n, f in CASES.items() if not names or n in {"plain", "full", *names})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="What a preference brings and what it costs.")
    parser.add_argument("--prompts", type=int, default=200, help="how many pictures a case")
    parser.add_argument("--tastes", type=int, default=20, help="how many simulated tastes")
    parser.add_argument("--seed", type=int, default=0, help="of prompts, tastes and noise")
    parser.add_argument("--cases", nargs="+", choices=[*CASES], help="only these, plain and full")
    parser.add_argument("--json", action="store_true", help="instead of a table")
    parser.add_argument("--out", type=Path, help="write the JSON there as well")
    return parser


def _say(text: str) -> None:
    sys.stderr.write(f"\r{text}")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
