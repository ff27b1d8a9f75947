"""Figures about generated pictures: do they show what was asked for, in words nobody trained on?"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from viper.atelier.color import distance_to_colors, from_hex
from viper.atelier.painting import Painting
from viper.atelier.palette import COLORS, PALETTES
from viper.atelier.styles import STYLES
from viper.atelier.subjects import SUBJECTS
from viper.atelier.truth import HELD_OUT_SEED
from viper.evaluation import perception
from viper.evaluation.perception import has_hue, palette_of, pixel_distances
from viper.evaluation.prompts import (
    Asked,
    balanced_prompts,
    contrary_prompts,
    never_painted_prompts,
)
from viper.evaluation.shipped import HeldOut, palettes_told
from viper.evaluation.statistics import Figure, Figures, mean, relative_spread
from viper.generation import GenerationRequest, Generator
from viper.judging.recognition import Judge
from viper.preference import Attribute, VisualPreference

Draw = Callable[[Sequence[str]], list[Image.Image]]
"""Prompts to pictures, one each; picture k always starts from the same noise."""

TASTE = VisualPreference(
    liked=(
        Attribute(attribute="teal", facet="color palette", strength=0.9),
        Attribute(attribute="gold", facet="color palette", strength=0.9),
    ),
    disliked=(Attribute(attribute="magenta", facet="color palette", strength=0.9),),
)

PAINTED_SEED = HELD_OUT_SEED + 2_000_000
_FIRST_SEED = 1_000
_OPPOSITES = {
    "contrast": (("low contrast", "high contrast"), perception.contrast),
    "brightness": (("dark", "bright"), perception.lightness),
    "saturation": (("muted colors", "vivid colors"), perception.chroma),
}


def drawer(generator: Generator, say: Callable[[str], None]) -> Draw:
    """Draws with a generator and says how far it is."""

    def draw(prompts: Sequence[str]) -> list[Image.Image]:
        pictures = []
        for index, prompt in enumerate(prompts):
            request = GenerationRequest(prompt=prompt, seed=_FIRST_SEED + index)
            pictures += [picture.image for picture in generator.generate(request)]
            if (index + 1) % 20 == 0 or index + 1 == len(prompts):
                say(f"{index + 1} of {len(prompts)} pictures")
        return pictures

    return draw


def followed(
    asked: Sequence[Asked], pictures: Sequence[Image.Image], judge: Judge | None
) -> Figures:
    """How many pictures show the subject, style and palette they were asked for."""
    wanted = [one.palette.name for one in asked]
    by_pixels = [palette_of(np.asarray(picture)) for picture in pictures]
    figures = {"palette_right_by_pixels": _hits(wanted, by_pixels, len(PALETTES))}
    if judge is None:
        return figures
    told = judge.answers(pictures)
    subjects = [one.subject or "" for one in asked]
    styles = [one.style for one in asked]
    return {
        "subject_right": _hits(subjects, [t["subject"] for t in told], len(SUBJECTS)),
        "style_right": _hits(styles, [t["style"] for t in told], len(STYLES)),
        "palette_right": _hits(wanted, palettes_told(judge, pictures), len(PALETTES)),
        **figures,
    }


def if_painted(asked: Sequence[Asked], judge: Judge | None) -> Figures:
    """The same figures for what the atelier paints, which is right by definition.

    No generator can be told to be better: what is missing here is the judge's own error.
    """
    pictures = [
        Image.fromarray(Painting(one.subject, one.style, one.palette).paint(PAINTED_SEED + index))
        for index, one in enumerate(asked)
        if one.subject is not None
    ]
    figures = followed(asked, pictures, judge)
    return {f"{name}_if_painted": figure for name, figure in figures.items()}


def dials_followed(draw: Draw, pairs: int) -> Figures:
    """How often the picture asked for with more of something has more of it, by its pixels."""
    figures = {}
    for dial, (settings, measured) in _OPPOSITES.items():
        prompts = contrary_prompts(pairs, settings, seed=len(dial))
        less, more = (draw([pair[side] for pair in prompts]) for side in (0, 1))
        hits = [
            float(measured(np.asarray(high)) > measured(np.asarray(low)))
            for low, high in zip(less, more, strict=True)
        ]
        figures[f"{dial}_right_by_pixels"] = mean(hits, chance=0.5)
    return figures


def never_painted(draw: Draw, judge: Judge | None, held_out: HeldOut, count: int) -> Figures:
    """How often a word that was never painted lands on the right subject, or on its hue.

    Chance is one of the subjects, and for hues the share of held-out paintings that have them.
    """
    asked = never_painted_prompts(count)
    pictures = draw([one.text for one in asked])
    told = [] if judge is None else [t["subject"] for t in judge.answers(pictures)]
    hits: dict[str, list[float]] = {"subject": [], "hue": []}
    chances: dict[str, list[float]] = {"subject": [], "hue": []}
    for index, one in enumerate(asked):
        if one.color is not None:
            hits["hue"].append(float(has_hue(np.asarray(pictures[index]), one.color)))
            chances["hue"].append(_share_of_hue(held_out, one.color))
        elif judge is not None:
            hits["subject"].append(float(told[index] in one.subjects))
            chances["subject"].append(len(one.subjects) / len(SUBJECTS))
    hits["right"], chances["right"] = (v["subject"] + v["hue"] for v in (hits, chances))
    return {
        f"never_painted_{kind}": mean(values, chance=float(np.mean(chances[kind])))
        for kind, values in hits.items()
        if values and (kind != "right" or judge is not None)
    }


def variety_without_subject(draw: Draw, judge: Judge | None, count: int) -> Figures:
    """How different pictures are that were asked for by attributes alone.

    Mean pairwise distance, relative to pictures of the same styles and palettes with subjects.
    """
    alone, whole = (
        draw([one.text for one in balanced_prompts(count, seed=7, with_subject=w)])
        for w in (False, True)
    )
    pairs = [pixel_distances([np.asarray(p) for p in drawn]) for drawn in (alone, whole)]
    figures = {"variety_without_subject_by_pixels": relative_spread(*pairs)}
    if judge is not None:
        seen = [_feature_distances(judge, drawn) for drawn in (alone, whole)]
        figures["variety_without_subject"] = relative_spread(*seen)
    return figures


def shift_to_taste(generator: Generator, seeds: int) -> Figures:
    """How much nearer to teal or gold pixels are for who likes those; OKLab distance."""
    plain, personal = (_taste_distances(generator, d, seeds) for d in (0.0, 0.8))
    nearer = [p - q for p, q in zip(plain, personal, strict=True)]
    return {
        "teal_gold_distance_degree_0": mean(plain),
        "teal_gold_distance_degree_0.8": mean(personal),
        "seeds_nearer_to_teal_gold": mean([float(n > 0) for n in nearer], chance=0.5),
    }


def _taste_distances(generator: Generator, degree: float, seeds: int) -> list[float]:
    request = GenerationRequest(
        prompt="a lighthouse at dusk", preference=TASTE, liked_degree=degree,
        disliked_degree=degree, count=seeds, seed=100,
    )  # fmt: skip
    colors = [from_hex(COLORS["teal"]), from_hex(COLORS["gold"])]
    return [
        float(distance_to_colors(_unit(p.image), colors).mean())
        for p in generator.generate(request)
    ]


def _unit(picture: Image.Image) -> NDArray[np.float32]:
    return np.asarray(np.asarray(picture, np.float32) / 255, np.float32)


def _hits(wanted: Sequence[str], told: Sequence[str], answers: int) -> Figure:
    right = [float(w == t) for w, t in zip(wanted, told, strict=True)]
    return mean(right, chance=1 / answers)


def _share_of_hue(held_out: HeldOut, color: str) -> float:
    shown = held_out.pictures[:128]
    return float(np.mean([has_hue(np.asarray(p.resize((32, 32))), color) for p in shown]))


def _feature_distances(judge: Judge, pictures: Sequence[Image.Image]) -> NDArray[np.float64]:
    features = judge.features(pictures).double().numpy()
    return np.stack([np.linalg.norm(features - row, axis=1) for row in features])
