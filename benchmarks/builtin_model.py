"""What the built-in models reach: `python benchmarks/builtin_model.py [--json]`.

Reconstruction and retrieval are measured on paintings that were never trained on. Palettes are
measured from pixels in OKLab, without any learned model. Recognition is by the built-in scorer,
which is trained on the same painter: it is no independent judge, and is called so in the report.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from random import Random

import numpy as np
import torch
from diffusers import AutoencoderDC
from PIL import Image

from viper.atelier.caption import full_caption
from viper.atelier.color import distance_to_colors, from_hex
from viper.atelier.painting import Painting, random_painting
from viper.atelier.palette import COLORS, PALETTES
from viper.atelier.styles import STYLES
from viper.atelier.subjects import SUBJECTS
from viper.generation import GenerationRequest, Generator
from viper.generation.models import load_generator
from viper.judging.models import load_scorer
from viper.preference import Attribute, VisualPreference
from viper.training.paintings import HELD_OUT, SHARD

TASTE = VisualPreference(
    liked=(
        Attribute(attribute="teal", facet="color palette", strength=0.9),
        Attribute(attribute="gold", facet="color palette", strength=0.9),
    ),
    disliked=(Attribute(attribute="magenta", facet="color palette", strength=0.9),),
)


def main() -> None:
    """Measures everything and prints a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--prompts", type=int, default=60)
    parser.add_argument("--sheet", type=Path, help="also write the pictures as one sheet")
    arguments = parser.parse_args()
    torch.set_grad_enabled(False)
    report = {
        **reconstruction(count=128),
        **retrieval(groups=16),
        **prompts(arguments.prompts, arguments.sheet),
        **personalization(seeds=16),
    }
    if arguments.json:
        json.dump(report, sys.stdout, indent=1)
    else:
        sys.stdout.write("".join(f"| {name} | {value} |\n" for name, value in report.items()))


def held_out(count: int, size: int = 256) -> list[tuple[Painting, Image.Image]]:
    """Paintings whose seeds are never trained on."""
    seeds = [HELD_OUT * SHARD + 5_000 + i for i in range(count)]
    paintings = [random_painting(Random(seed)) for seed in seeds]
    return [
        (painting, Image.fromarray(painting.paint(seed, size)))
        for painting, seed in zip(paintings, seeds, strict=True)
    ]


def reconstruction(count: int) -> dict[str, float]:
    """Peak signal-to-noise ratio of the autoencoder, in dB: mean over pictures and its interval."""
    folder = Path("assets/builtin_model/generator/vae")
    vae = AutoencoderDC.from_pretrained(folder, dtype=torch.float32).eval()
    ratios = []
    for _, picture in held_out(count):
        pixels = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None] / 127.5 - 1
        mse = (vae.decode(vae.encode(pixels).latent).sample.clamp(-1, 1) - pixels).square().mean()
        ratios.append(float(10 * torch.log10(4 / mse)))
    return {
        "reconstruction_psnr_db": round(float(np.mean(ratios)), 2),
        "reconstruction_psnr_db_ci95": _interval(ratios),
    }


def retrieval(groups: int) -> dict[str, float]:
    """How often a caption finds its picture among 32; chance is 0.03."""
    scorer, rng = load_scorer("builtin"), Random(1)
    hits = []
    pairs = held_out(32 * groups)
    for start in range(0, len(pairs), 32):
        pictures = [picture for _, picture in pairs[start : start + 32]]
        for index in range(32):
            text = full_caption(pairs[start + index][0], rng)
            agreement = scorer.agreement(pictures, text) if index % 4 == 0 else None
            if agreement is not None:
                hits.append(float(int(np.argmax(agreement)) == index))
    return {"caption_finds_picture_of_32": _mean(hits), "caption_finds_ci95": _interval(hits)}


def prompts(count: int, sheet: Path | None) -> dict[str, float]:
    """Subject, style and palette of generated pictures; chance is 0.045, 0.045 and 0.05."""
    generator = load_generator("builtin", device="cpu", dtype="auto")
    scorer, rng = load_scorer("builtin"), Random(2)
    right: dict[str, list[float]] = {"subject": [], "style": [], "palette": []}
    drawn = []
    for index in range(count):
        painting = Painting(
            rng.choice(list(SUBJECTS)), rng.choice(list(STYLES)), rng.choice(PALETTES)
        )
        request = GenerationRequest(prompt=full_caption(painting, rng), seed=index)
        (picture,) = generator.generate(request)
        drawn.append(np.asarray(picture.image))
        for kind, names, truth in (
            ("subject", list(SUBJECTS), painting.subject),
            ("style", list(STYLES), painting.style),
        ):
            agreement = [scorer.agreement([picture.image], name)[0] for name in names]
            right[kind].append(float(names[int(np.argmax(agreement))] == truth))
        pixels = np.asarray(picture.image, np.float32) / 255
        right["palette"].append(float(_nearest_palette(pixels) == painting.palette.name))
    if sheet is not None:
        rows = [np.concatenate(drawn[i : i + 8], axis=1) for i in range(0, len(drawn) - 7, 8)]
        Image.fromarray(np.concatenate(rows)).save(sheet)
    return {
        **{f"{kind}_right_by_builtin_scorer": _mean(right[kind]) for kind in ("subject", "style")},
        "palette_right_from_pixels": _mean(right["palette"]),
    }


def personalization(seeds: int) -> dict[str, float]:
    """Distance of pixels to teal and gold, at degree 0 and 0.8, and the time four pictures take."""
    generator = load_generator("builtin", device="cpu", dtype="auto")
    distances = {
        degree: teal_gold_distances(generator, degree=degree, seeds=seeds) for degree in (0.0, 0.8)
    }
    nearer = np.array(distances[0.0]) - np.array(distances[0.8])
    request = GenerationRequest(prompt="a castle", preference=TASTE, count=4, seed=1)
    started = time.perf_counter()
    list(generator.generate(request))
    return {
        "teal_gold_distance_degree_0": round(float(np.mean(distances[0.0])), 4),
        "teal_gold_distance_degree_0.8": round(float(np.mean(distances[0.8])), 4),
        "seeds_nearer_to_teal_gold": _mean([float(n > 0) for n in nearer]),
        "seconds_for_4_pictures_degree_0.8": round(time.perf_counter() - started, 1),
    }


def teal_gold_distances(generator: Generator, *, degree: float, seeds: int) -> list[float]:
    """Mean OKLab distance of a picture's pixels to the nearer of teal and gold, for each seed."""
    request = GenerationRequest(
        prompt="a lighthouse at dusk", preference=TASTE, liked_degree=degree,
        disliked_degree=degree, count=seeds, seed=100,
    )  # fmt: skip
    colors = [from_hex(COLORS["teal"]), from_hex(COLORS["gold"])]
    return [
        float(distance_to_colors(np.asarray(p.image, np.float32) / 255, colors).mean())
        for p in generator.generate(request)
    ]


def _nearest_palette(pixels: np.ndarray) -> str:
    small = pixels[::4, ::4].reshape(-1, 3)

    def distance(index: int) -> float:
        roles = list(PALETTES[index].roles().values())
        return float(distance_to_colors(small, roles).mean())

    return PALETTES[min(range(len(PALETTES)), key=distance)].name


def _mean(values: list[float]) -> float:
    return round(float(np.mean(values)), 3)


def _interval(values: list[float]) -> list[float]:
    rng = np.random.default_rng(0)
    means = [np.mean(rng.choice(values, len(values))) for _ in range(2000)]
    return [round(float(np.quantile(means, q)), 3) for q in (0.025, 0.975)]


if __name__ == "__main__":
    main()
