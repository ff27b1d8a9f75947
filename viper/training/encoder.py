"""Trains the image encoder of the built-in scorer to match MiniLM's text space.

Two losses: contrastive against captions (Radford et al., 2021) and, for every attribute that the
atelier paints, whether the picture has it. Both speak through frozen text embeddings, so words
never trained on land near words that were.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModelWithProjection

from viper.atelier.caption import caption
from viper.atelier.painting import Painting
from viper.minilm import load_minilm
from viper.taxonomy import load_taxonomy
from viper.training.autoencoder import to_tensor
from viper.training.loop import Run, Schedule, averaged_weights, mixed_precision
from viper.training.paintings import painted_shards, read_shard

SIZE = 128


@dataclass(frozen=True, slots=True)
class Preset:
    """Width (a multiple of 32) and depth of the transformer, and pictures in a batch."""

    width: int
    layers: int
    batch: int


PRESETS: Mapping[str, Preset] = {
    "tiny": Preset(64, layers=1, batch=4),
    "cpu": Preset(160, layers=5, batch=64),
    "gpu": Preset(192, layers=6, batch=512),
}


class Trainee(nn.Module):
    """The encoder with the two temperatures it is trained with; only the encoder ships."""

    def __init__(self, preset: str, start: Path | None = None) -> None:
        """Untrained, or with the exported encoder in the folder `start`."""
        super().__init__()
        if start is None:
            self.vision = CLIPVisionModelWithProjection(_config(PRESETS[preset]))
        else:
            self.vision = CLIPVisionModelWithProjection.from_pretrained(start, dtype=torch.float32)
        # At 64 patches, plain attention is one and a half times as fast on a CPU as the fused one.
        self.vision.set_attn_implementation("eager")
        self.caption_scale = nn.Parameter(torch.tensor(2.6))
        known = self.vision.config
        scale = getattr(known, "viper_attribute_scale", math.exp(2.6))
        self.attribute_scale = nn.Parameter(torch.tensor(math.log(scale)))
        self.attribute_bias = nn.Parameter(
            torch.tensor(float(getattr(known, "viper_attribute_bias", -8.0)))
        )

    def forward(self, pictures: Tensor) -> Tensor:
        """Pictures [b, 3, SIZE, SIZE] in [-1, 1] to unit vectors [b, 384]."""
        return functional.normalize(self.vision(pictures).image_embeds.float(), dim=-1)


def _config(size: Preset) -> CLIPVisionConfig:
    return CLIPVisionConfig(
        image_size=SIZE,
        patch_size=16,
        projection_dim=384,
        num_attention_heads=size.width // 32,
        hidden_size=size.width,
        intermediate_size=3 * size.width,
        num_hidden_layers=size.layers,
    )


@dataclass(frozen=True)
class Batch:
    """Pictures with what can be said about them."""

    pictures: Tensor
    """[b, 3, SIZE, SIZE] in [-1, 1]."""
    captions: Tensor
    """Embeddings, [b, 384]."""
    targets: Tensor
    """1 where a picture has an attribute, else 0: [b, n]."""
    names: Tensor
    """Embeddings of the attributes, [n, 384]."""


def train(  # noqa: PLR0913 (a training is its settings)
    paintings: Path,
    folder: Path,
    *,
    preset: str,
    minutes: float,
    resume: bool,
    device: str,
    start: Path | None = None,
) -> None:
    """Trains on every painted shard in `paintings`."""
    torch.manual_seed(0)  # noqa: TID251 (initialization of the weights)
    model = Trainee(preset, start).to(device)
    schedule = Schedule(learning_rate=1e-3, minutes=minutes, warmup_steps=40)
    run = Run(folder, model, schedule=schedule, resume=resume)
    batches = _batches(paintings, PRESETS[preset].batch, seed=run.step, device=device)
    for _ in run.steps():
        loss, metrics = loss_on(model, next(batches), device)
        run.update(loss, **metrics)


def loss_on(model: Trainee, batch: Batch, device: str) -> tuple[Tensor, dict[str, float]]:
    """What is minimized; and the share of pictures nearest to their own caption."""
    with mixed_precision(device):
        seen = model(batch.pictures)
    matches = model.caption_scale.exp() * seen @ batch.captions.T
    # Pictures of a batch may share a caption: each of them is a right answer.
    same = (batch.captions @ batch.captions.T > 0.999).float()
    wanted = same / same.sum(dim=1, keepdim=True)
    contrastive = functional.cross_entropy(matches, wanted)
    contrastive = contrastive + functional.cross_entropy(matches.T, wanted)
    logits = model.attribute_scale.exp() * seen @ batch.names.T + model.attribute_bias
    attributes = functional.binary_cross_entropy_with_logits(logits, batch.targets)
    own = torch.arange(len(matches), device=matches.device)
    right = float((matches.argmax(dim=1) == own).float().mean())
    metrics = {"right": right, "attributes": float(attributes.detach())}
    return 0.5 * contrastive + 20 * attributes, metrics


def export(folder: Path, preset: str, to: Path, start: Path | None = None) -> None:
    """Writes the averaged encoder and its image processor in transformers layout."""
    model = Trainee(preset, start)
    averaged_weights(folder, model)
    vision: Any = model.vision
    vision.config.viper_attribute_scale = model.attribute_scale.exp().item()
    vision.config.viper_attribute_bias = model.attribute_bias.item()
    vision.to(torch.float16).save_pretrained(to, max_shard_size="14MB")
    CLIPImageProcessor(
        size={"height": SIZE, "width": SIZE}, crop_size={"height": SIZE, "width": SIZE},
        do_center_crop=False, image_mean=[0.5] * 3, image_std=[0.5] * 3,
    ).save_pretrained(to)  # fmt: skip


def _batches(paintings: Path, size: int, *, seed: int, device: str) -> Iterator[Batch]:
    rng, words = np.random.default_rng(seed), Random(seed)
    minilm, phrases = load_minilm(), _phrases()
    attributes = sorted({name for _, names in _known(paintings) for name in names})
    while True:
        shards = painted_shards(paintings)
        chosen = [shards[i] for i in rng.permutation(len(shards))[:4]]
        pixels, described = [], []
        for shard in chosen:
            painted, paints = read_shard(shard)
            pixels.append(np.ascontiguousarray(painted[:, ::2, ::2]) if rng.random() < 0.3
                          else _halved(painted))  # fmt: skip
            described += paints
        stack = np.concatenate(pixels)
        # Each attribute is asked for in other words each time, so that synonyms are understood.
        asked = [words.choice(phrases.get(name, (name,))) for name in attributes]
        names = minilm.sentence_embeddings(asked).to(device)
        order = rng.permutation(len(stack))
        for start in range(0, len(order) - size + 1, size):
            picks = order[start : start + size]
            captions = [caption(described[i], words) for i in picks]
            targets = torch.tensor(
                [
                    [float(a in found) for a in attributes]
                    for found in map(_names, (described[i] for i in picks))
                ]
            )
            pictures = to_tensor(stack[picks], device).contiguous()
            with mixed_precision(device):
                texts = minilm.sentence_embeddings(captions).float().to(device)
            yield Batch(pictures, texts, targets.to(device), names)


def _halved(pictures: np.ndarray) -> np.ndarray:
    parts = [pictures[:, i::2, j::2].astype(np.uint16) for i in (0, 1) for j in (0, 1)]
    return ((parts[0] + parts[1] + parts[2] + parts[3]) // 4).astype(np.uint8)


def _names(painting: Painting) -> set[str]:
    return {name for names in painting.attributes().values() for name in names}


def _known(paintings: Path) -> list[tuple[Painting, set[str]]]:
    return [(p, _names(p)) for shard in painted_shards(paintings)[:4] for p in read_shard(shard)[1]]


def _phrases() -> dict[str, tuple[str, ...]]:
    taxonomy = load_taxonomy()
    return {a.name: (a.name, a.name, *a.synonyms) for a in taxonomy.attributes.values()}
