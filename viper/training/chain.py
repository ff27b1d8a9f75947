"""One command a part, from nothing to weights: paint, train, export.

    folder/paintings ──► folder/autoencoder ──► folder/export/generator/vae
                    └──► folder/denoiser    ──► folder/export/generator/unet, scheduler, viper.json
                    └──► folder/encoder     ──► folder/export/scorer

`folder/export` then has the layout of `assets/builtin_model`.
"""

import json
from pathlib import Path
from typing import Any, Literal

import torch
from diffusers import AutoencoderDC
from torch import Tensor
from torch.nn import functional

from viper.errors import BadInput
from viper.training import autoencoder, denoiser, encoder
from viper.training.paintings import HELD_OUT, paint_shard, painters

Part = Literal["autoencoder", "denoiser", "encoder"]
SIZE = 256
SHARDS = {"tiny": 1, "cpu": 80, "gpu": 4_000}
"""Shards painted for a preset; each holds `paintings.SHARD` pictures."""

DEFAULTS = {
    "guidance_scale": 4.0,
    "steps": 16,
    "size": [SIZE, SIZE],
    "preference_interval": [0.0, 1.0],
    "rescale": 0.0,
}
"""How the built-in model likes to be asked."""


def train(
    part: Part, folder: Path, *, preset: str, minutes: float, resume: bool, workers: int = 1
) -> Path:
    """Trains one part and exports it.

    Args:
        part: What to train; the denoiser needs an exported autoencoder.
        folder: Holds everything of these trainings; made if it is missing.
        preset: `cpu` or `gpu`.
        minutes: Training time of this part in all, resumptions included.
        resume: Continue from the last checkpoint instead of starting again.
        workers: Processes that paint meanwhile.

    Returns:
        Where the weights were written.

    Raises:
        BadInput: The denoiser was asked for before the autoencoder.
    """
    paintings, export = folder / "paintings", folder / "export"
    vae = export / "generator" / "vae"
    if part == "denoiser" and not (vae / "config.json").exists():
        raise BadInput(f"{vae}: missing; train the autoencoder first.")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    with painters(paintings, size=SIZE, shards=SHARDS[preset], workers=workers):
        if part == "autoencoder":
            autoencoder.train(
                paintings, folder / part, preset=preset, minutes=minutes, resume=resume,
                device=device,
            )  # fmt: skip
            autoencoder.export(folder / part, preset, vae, paintings)
            return vae
        if part == "encoder":
            encoder.train(
                paintings, folder / part, preset=preset, minutes=minutes, resume=resume,
                device=device,
            )  # fmt: skip
            encoder.export(folder / part, preset, export / "scorer")
            return export / "scorer"
        denoiser.train(
            paintings, vae, folder / part, preset=preset, minutes=minutes, resume=resume,
            device=device,
        )  # fmt: skip
    denoiser.export(folder / part, preset, export / "generator")
    write_defaults(export / "generator", paintings)
    return export / "generator"


def write_defaults(generator: Path, paintings: Path) -> None:
    """Writes `viper.json`: how the model likes to be asked, and how its latents look as RGB."""
    kind: Any = AutoencoderDC
    vae = kind.from_pretrained(generator / "vae", dtype=torch.float32).eval()
    shard = paint_shard(paintings, HELD_OUT, SIZE)
    pictures = autoencoder.load_pictures(shard, autoencoder.HELD_OUT_PICTURES, "cpu")
    with torch.no_grad():
        parts = [vae.encode(part).latent for part in torch.split(pictures, 32)]
    factors = latent_rgb_factors(torch.cat(parts) * vae.config.scaling_factor, pictures)
    text = json.dumps({**DEFAULTS, "latent_rgb_factors": factors}, indent=1)
    (generator / "viper.json").write_text(text + "\n", encoding="utf-8")


def latent_rgb_factors(latents: Tensor, pictures: Tensor) -> list[list[float]]:
    """The linear map from latents to colors with the least squared error, for cheap previews.

    Args:
        latents: Scaled, [b, c, h, w].
        pictures: [b, 3, H, W] in [-1, 1], H a multiple of h.

    Returns:
        A row of three a channel, and a last one for the bias.
    """
    factor = pictures.shape[-1] // latents.shape[-1]
    colors = functional.avg_pool2d(pictures, factor).movedim(1, -1).reshape(-1, 3)
    rows = latents.movedim(1, -1).reshape(-1, latents.shape[1])
    rows = torch.cat([rows, torch.ones(len(rows), 1)], dim=1)
    solution = torch.linalg.lstsq(rows, colors).solution
    return [[round(value, 4) for value in row] for row in solution.tolist()]
