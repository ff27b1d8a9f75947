"""Figures about the models on held-out paintings, whose every attribute is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random

import numpy as np
import torch
from diffusers import AutoencoderDC
from PIL import Image
from torch import Tensor

from viper.atelier.caption import full_caption
from viper.atelier.painting import Painting, random_painting
from viper.atelier.palette import PALETTES
from viper.atelier.truth import HELD_OUT_SEED, QUESTIONS, answers
from viper.evaluation.perception import palette_of
from viper.evaluation.statistics import Figures, balanced_accuracy, macro_f1, mean, plain
from viper.judging import Scorer
from viper.judging.recognition import Judge
from viper.preference import Attribute, VisualPreference
from viper.taxonomy import load_taxonomy

FIRST_SEED = HELD_OUT_SEED + 1_000_000
"""Held-out seeds below are looked at during trainings."""

OF = 32
"""Pictures among which a caption has to find its own."""

_SIZE = 256


@dataclass(frozen=True)
class HeldOut:
    """Paintings that nothing was trained on."""

    count: int

    @cached_property
    def paintings(self) -> list[Painting]:
        """What they show."""
        return [random_painting(Random(FIRST_SEED + index)) for index in range(self.count)]

    @cached_property
    def pictures(self) -> list[Image.Image]:
        """How they look."""
        return [
            Image.fromarray(painting.paint(FIRST_SEED + index, _SIZE))
            for index, painting in enumerate(self.paintings)
        ]


def reconstruction(
    held_out: HeldOut, autoencoder: Path, judge: Judge | None, count: int
) -> Figures:
    """What is left of pictures that the autoencoder wrote and read again."""
    pictures, paintings = held_out.pictures[:count], held_out.paintings[:count]
    decoded = [_reconstructed(part, autoencoder) for part in _in_parts(pictures, 16)]
    again = [picture for part in decoded for picture in part]
    ratios = [_psnr(one, other) for one, other in zip(pictures, again, strict=True)]
    figures = {"reconstruction_psnr_db": mean(ratios)}
    if judge is not None:
        known = ("subject", "style", "palette")
        judged = judge_accuracy(judge, paintings, again, known)
        figures |= {f"{name}_of_reconstructions": figure for name, figure in judged.items()}
    return figures


def judge_accuracy(
    judge: Judge,
    paintings: Sequence[Painting],
    pictures: Sequence[Image.Image],
    questions: Sequence[str] = (*QUESTIONS, "palette"),
) -> Figures:
    """How often the judge is right; every answer counts the same, however common it is."""
    told, right = judge.answers(pictures), [answers(painting) for painting in paintings]
    figures = {
        f"judge_right_about_{question.replace(' ', '_')}": balanced_accuracy(
            [r[question] for r in right], [t[question] for t in told], len(QUESTIONS[question])
        )
        for question in questions
        if question in QUESTIONS
    }
    if "palette" in questions:
        named = {palette.name for palette in PALETTES}
        rows = [i for i, painting in enumerate(paintings) if painting.palette.name in named]
        figures["judge_right_about_palette"] = balanced_accuracy(
            [paintings[i].palette.name for i in rows],
            palettes_told(judge, [pictures[i] for i in rows]),
            len(PALETTES),
        )
    return figures


def palettes_told(judge: Judge, pictures: Sequence[Image.Image]) -> list[str]:
    """The named palette whose first two colors the judge holds likeliest, for each picture."""
    told, colors = judge.log_probabilities(pictures), QUESTIONS["main color"]
    likeness = torch.stack(
        [
            told["main color"][:, colors.index(palette.colors[0])]
            + told["second color"][:, colors.index(palette.colors[1])]
            for palette in PALETTES
        ],
        dim=1,
    )
    return [PALETTES[index].name for index in likeness.argmax(dim=1).tolist()]


def pixel_accuracy(held_out: HeldOut, count: int) -> Figures:
    """How often colors alone tell the palette of a painting: what its figure can be trusted."""
    named = {palette.name for palette in PALETTES}
    rows = [i for i, p in enumerate(held_out.paintings) if p.palette.name in named][:count]
    told = [palette_of(np.asarray(held_out.pictures[i])) for i in rows]
    right = [held_out.paintings[i].palette.name for i in rows]
    return {"pixels_right_about_palette": balanced_accuracy(right, told, len(PALETTES))}


def retrieval(scorer: Scorer, held_out: HeldOut, groups: int) -> Figures:
    """How often a caption finds its painting among `OF`."""
    rng, hits = Random(1), []
    for start in range(0, OF * groups, OF):
        pictures = held_out.pictures[start : start + OF]
        for index in range(0, OF, 4):
            text = full_caption(held_out.paintings[start + index], rng)
            hits.append(float(np.argmax(scorer.agreement(pictures, text)) == index))
    return {f"caption_finds_picture_of_{OF}": mean(hits, chance=1 / OF)}


def recognition(scorer: Scorer, held_out: HeldOut) -> Figures:
    """For each facet, macro-F1 of the attributes that the atelier paints, asked for by name.

    An attribute is recognized where the scorer holds it likelier than not.
    """
    described = [p.attributes() for p in held_out.paintings]
    facets: dict[str, set[str]] = {}
    for attributes in described:
        for facet, names in attributes.items():
            facets.setdefault(facet, set()).update(names)
    presence = _presence(scorer, held_out, sorted(set().union(*facets.values())))
    figures: Figures = {}
    for facet in sorted(facets):
        known = sorted(facets[facet])
        truth = np.array([[float(n in d.get(facet, ())) for n in known] for d in described])
        told = np.array([[float(row[name] > 0.5) for name in known] for row in presence])
        figures[f"scorer_f1_{facet.replace(' ', '_')}"] = macro_f1(truth, told)
    return figures


def _presence(scorer: Scorer, held_out: HeldOut, names: Sequence[str]) -> list[dict[str, float]]:
    known = load_taxonomy().attributes
    liked = tuple(Attribute(attribute=name, facet=known[name].facet) for name in names)
    scores = scorer.score(held_out.pictures, preference=VisualPreference(liked=liked))
    return [{reason.attribute: reason.presence for reason in s.reasons} for s in scores]


def weights(folder: Path) -> Figures:
    """Megabytes (10^6 bytes) of each part of the built-in models, and of all."""
    sizes: dict[str, int] = {}
    for file in sorted(folder.rglob("*.safetensors")):
        part = file.parent.relative_to(folder).as_posix().replace("/", "_")
        sizes[part] = sizes.get(part, 0) + file.stat().st_size
    sizes["all"] = sum(sizes.values())
    return {f"megabytes_{part}": plain(size / 1e6) for part, size in sizes.items()}


def _reconstructed(pictures: Sequence[Image.Image], autoencoder: Path) -> list[Image.Image]:
    vae = AutoencoderDC.from_pretrained(autoencoder, dtype=torch.float32).eval()  # type: ignore[no-untyped-call]
    pixels = np.stack([np.asarray(picture) for picture in pictures])
    given = torch.from_numpy(pixels).permute(0, 3, 1, 2) / 127.5 - 1
    with torch.no_grad():
        decoded: Tensor = vae.decode(vae.encode(given).latent).sample.clamp(-1, 1)
    read = ((decoded + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()
    return [Image.fromarray(picture) for picture in read]


def _psnr(one: Image.Image, other: Image.Image) -> float:
    difference = np.asarray(one, np.float64) - np.asarray(other, np.float64)
    return float(10 * np.log10(255**2 / np.mean(difference**2)))


def _in_parts(pictures: Sequence[Image.Image], size: int) -> list[Sequence[Image.Image]]:
    return [pictures[start : start + size] for start in range(0, len(pictures), size)]
