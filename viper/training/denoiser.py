"""Trains the denoiser: caption and noise to latents, v-prediction (Salimans & Ho, 2022).

Latents of the paintings and states of their captions are computed once. One caption in ten is
empty, which is what classifier-free guidance needs.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderDC, DPMSolverMultistepScheduler, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional

from viper.minilm import WIDTH
from viper.training.autoencoder import SIZE, to_tensor
from viper.training.captions import ShardCaptions, cache_captions, encode_texts, padded
from viper.training.loop import (
    Run,
    Schedule,
    averaged_weights,
    every_minutes,
    mixed_precision,
    save_half,
)
from viper.training.paintings import painted_shards, read_shard

EMPTY_CAPTIONS = 0.1

UPTAKE = 16
"""New shards that are encoded at a time, every hundred steps."""


@dataclass(frozen=True, slots=True)
class Preset:
    """Channels and attention by level, finest first, and pictures in a batch."""

    channels: tuple[int, ...]
    layers: int
    """Blocks a level."""
    attention: tuple[bool, ...]
    """Whether a level listens to the text."""
    batch: int


PRESETS: Mapping[str, Preset] = {
    "tiny": Preset((16, 32), layers=1, attention=(False, True), batch=4),
    "cpu": Preset((96, 144), layers=2, attention=(False, True), batch=32),
    "gpu": Preset((64, 128, 160), layers=2, attention=(False, True, True), batch=512),
}


@dataclass(frozen=True, slots=True)
class Latents:
    """What an autoencoder writes for a picture."""

    channels: int
    side: int

    @classmethod
    def of(cls, autoencoder: Path) -> "Latents":
        """As the configuration of an exported autoencoder says."""
        config = json.loads((autoencoder / "config.json").read_text(encoding="utf-8"))
        halvings = len(config["encoder_block_out_channels"]) - 1
        return cls(config["latent_channels"], SIZE >> halvings)


SAMPLE_PROMPTS = (
    "a lighthouse, flat design, teal and gold", "pixel art of a cat, magenta and cyan",
    "a mountain, watercolor, navy and orange", "stained glass of a sailboat, emerald and gold",
    "a castle, ink drawing, black and white", "an oil painting of a fish, coral and turquoise",
    "teal, gold, art deco", "a sailboat at night, pink and mint",
)  # fmt: skip


def build(preset: str, latents: Latents, start: Path | None = None) -> Any:
    """A `UNet2DConditionModel` that listens to MiniLM: untrained, or the one in `start`."""
    if start is not None:
        kind: Any = UNet2DConditionModel
        return kind.from_pretrained(start, dtype=torch.float32).train()
    size = PRESETS[preset]
    down = tuple("CrossAttnDownBlock2D" if a else "DownBlock2D" for a in size.attention)
    up = tuple("CrossAttnUpBlock2D" if a else "UpBlock2D" for a in reversed(size.attention))
    return UNet2DConditionModel(  # type: ignore[no-untyped-call]
        sample_size=latents.side,
        in_channels=latents.channels,
        out_channels=latents.channels,
        block_out_channels=size.channels,
        layers_per_block=size.layers,
        down_block_types=down,
        up_block_types=up,
        cross_attention_dim=WIDTH,
        attention_head_dim=8,
        norm_num_groups=16,
        use_linear_projection=True,
        addition_embed_type="text",
        addition_embed_type_num_heads=8,
    )


def scheduler() -> Any:
    """The noise schedule of the training and the solver of the sampling, from diffusers.

    Zero terminal signal-to-noise ratio (Lin et al., 2023): otherwise the mean color of the start
    noise leaks into the picture, and palettes cannot be followed.
    """
    return DPMSolverMultistepScheduler(  # type: ignore[no-untyped-call]
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        algorithm_type="dpmsolver++",
        solver_order=2,
        final_sigmas_type="zero",
    )


@dataclass
class _Pool:
    """Latents and captions of all paintings known so far; grows while training runs."""

    device: str
    latents: list[NDArray[np.float16]] = field(default_factory=list)
    captions: list[ShardCaptions] = field(default_factory=list)
    rows: list[tuple[int, int]] = field(default_factory=list)
    """Shard and place in it of every picture."""

    def add(self, shard: Path) -> None:
        """Takes up a shard whose latents are computed."""
        cache_captions(shard, self.device)
        latents = np.load(shard.with_suffix(".latents.npz"))["latents"]
        self.rows += [(len(self.latents), row) for row in range(len(latents))]
        self.latents.append(latents)
        self.captions.append(ShardCaptions(shard))

    def batch(self, chosen: NDArray[np.int64], rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Latents and text states of the chosen pictures, some without their text."""
        rows = [self.rows[index] for index in chosen]
        latents = np.stack([self.latents[shard][row] for shard, row in rows])
        silent = encode_texts([""], "cpu")[0, :2].half().numpy()
        texts = [
            silent if rng.random() < EMPTY_CAPTIONS else self.captions[shard].states(row, rng)
            for shard, row in rows
        ]
        return torch.from_numpy(latents).to(self.device).float(), padded(texts, self.device)


def cache_latents(shards: Sequence[Path], autoencoder: Path, device: str) -> None:
    """Encodes those of the painted shards that have no latents yet."""
    todo = [s for s in shards if not s.with_suffix(".latents.npz").exists()]
    if todo:
        vae = _autoencoder(autoencoder, device).to(memory_format=torch.channels_last)
        for shard in todo:
            _encode_shard(vae, shard, device)


@torch.no_grad()
def _encode_shard(vae: Any, shard: Path, device: str) -> None:
    pixels = read_shard(shard)[0]
    parts = []
    with mixed_precision(device):
        for start in range(0, len(pixels), 32):
            batch = to_tensor(pixels[start : start + 32], device)
            parts.append(vae.encode(batch).latent.float().cpu() * vae.config.scaling_factor)
    unfinished = shard.with_suffix(".latents.tmp.npz")
    np.savez(unfinished, latents=torch.cat(parts).numpy().astype(np.float16))
    unfinished.replace(shard.with_suffix(".latents.npz"))


def train(  # noqa: PLR0913 (a training is its settings)
    paintings: Path,
    autoencoder: Path,
    folder: Path,
    *,
    preset: str,
    minutes: float,
    resume: bool,
    device: str,
    start: Path | None = None,
) -> None:
    """Trains on all latents of `paintings`; shards painted meanwhile are taken up."""
    torch.manual_seed(0)  # noqa: TID251 (initialization of the weights)
    model = build(preset, Latents.of(autoencoder), start).to(device)
    if device == "cpu":
        # The fused attention's backward pass takes 40 % of a step on a CPU at this size.
        model.set_attn_processor(AttnProcessor())
    schedule = Schedule(learning_rate=1e-3, minutes=minutes)
    run = Run(folder, model, schedule=schedule, resume=resume)
    noise = torch.Generator(device).manual_seed(run.step)
    alphas = scheduler().alphas_cumprod.to(device)
    size = PRESETS[preset].batch
    batches = _batches(paintings, autoencoder, size, seed=run.step, device=device)
    sheet = every_minutes(6, lambda: write_sheet(run.averaged, autoencoder, folder, device))
    for _ in run.steps():
        latents, text = next(batches)
        run.update(loss_on(model, latents, text, alphas=alphas, noise=noise, device=device))
        sheet()
    write_sheet(run.averaged, autoencoder, folder, device)


def loss_on(
    model: Any,
    latents: Tensor,
    text: Tensor,
    *,
    alphas: Tensor,
    noise: torch.Generator,
    device: str,
) -> Tensor:
    """Mean squared error of the predicted v at a random step for each picture.

    Args:
        model: See `build`.
        latents: Scaled, [b, channels, side, side].
        text: Token states, [b, WINDOW, 384].
        alphas: Cumulative products of the schedule, [1000].
        noise: Draws steps and noise.
        device: Of all of them.
    """
    steps = torch.randint(0, 1000, (len(latents),), generator=noise, device=device)
    alpha = alphas[steps].sqrt().view(-1, 1, 1, 1)
    sigma = (1 - alphas[steps]).sqrt().view(-1, 1, 1, 1)
    epsilon = torch.randn(latents.shape, generator=noise, device=device)
    noisy = alpha * latents + sigma * epsilon
    with mixed_precision(device):
        predicted = model(noisy, steps, text).sample.float()
    return functional.mse_loss(predicted, alpha * epsilon - sigma * latents)


def _batches(
    paintings: Path, autoencoder: Path, size: int, *, seed: int, device: str
) -> Iterator[tuple[Tensor, Tensor]]:
    rng, pool, known = np.random.default_rng(seed), _Pool(device), set[Path]()
    while True:
        # A few at a time: encoding them all first would keep the training waiting.
        new = [shard for shard in painted_shards(paintings) if shard not in known][:UPTAKE]
        cache_latents(new, autoencoder, device)
        for shard in new:
            pool.add(shard)
            known.add(shard)
        order = rng.permutation(len(pool.rows))[: size * 100]
        for start in range(0, len(order) - size + 1, size):
            yield pool.batch(order[start : start + size], rng)


@torch.no_grad()
def sample(  # noqa: PLR0913 (what a sampling is)
    model: Any,
    vae: Any,
    prompts: list[str],
    *,
    seed: int,
    device: str,
    steps: int = 16,
    scale: float = 4.0,
) -> NDArray[np.uint8]:
    """Plain samples for looking at while training: uint8 [b, SIZE, SIZE, 3]."""
    solver = scheduler()
    solver.set_timesteps(steps)
    text = encode_texts([*prompts, *([""] * len(prompts))], device)
    noise = torch.Generator("cpu").manual_seed(seed)
    channels, side = model.config.in_channels, model.config.sample_size
    latents = torch.randn((len(prompts), channels, side, side), generator=noise).to(device)
    for step in solver.timesteps:
        with mixed_precision(device):
            both = model(torch.cat([latents, latents]), step, text).sample.float()
        prompted, empty = both.chunk(2)
        latents = solver.step(empty + scale * (prompted - empty), step, latents).prev_sample
    pixels = vae.decode(latents / vae.config.scaling_factor).sample.clamp(-1, 1)
    drawn: NDArray[np.uint8] = ((pixels + 1) * 127.5).byte().permute(0, 2, 3, 1).cpu().numpy()
    return drawn


def write_sheet(model: Any, autoencoder: Path, folder: Path, device: str) -> None:
    """Samples of fixed prompts, two seeds each, as one picture in the run's folder."""
    vae = _autoencoder(autoencoder, device)
    rows = [sample(model, vae, list(SAMPLE_PROMPTS), seed=s, device=device) for s in (1, 2)]
    lines = [np.concatenate(list(row), axis=1) for row in rows]
    Image.fromarray(np.concatenate(lines)).save(folder / "sheet.png")


def _autoencoder(folder: Path, device: str) -> Any:
    kind: Any = AutoencoderDC
    return kind.from_pretrained(folder, dtype=torch.float32).to(device).eval()


def export(folder: Path, preset: str, to: Path, start: Path | None = None) -> None:
    """Writes the averaged weights and the scheduler in diffusers layout, beside `to`/vae."""
    model: Any = averaged_weights(folder, build(preset, Latents.of(to / "vae"), start))
    save_half(model, to / "unet")
    scheduler().save_pretrained(to / "scheduler")
    index = {
        "_class_name": "ViperBuiltinPipeline",
        "scheduler": ["diffusers", "DPMSolverMultistepScheduler"],
        "text_encoder": ["viper.minilm", "MiniLM"],
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderDC"],
    }
    (to / "model_index.json").write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")
