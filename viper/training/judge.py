"""Trains the judge: the network that measures what the built-in generator draws.

It learns from paintings of its own seeds (`viper.training.paintings.JUDGE`), never from those of
the generator or the scorer, never from held-out ones and never from generated pictures. It must
not be used to select, guide or train any of them: then it would no longer measure anything.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from viper.atelier.painting import random_painting
from viper.atelier.truth import JUDGE_SEED, QUESTIONS, answers
from viper.judging.recognition import JudgeNetwork, Shape, as_tensor, load_judge, save_judge
from viper.training.loop import Run, Schedule, averaged_weights, mixed_precision
from viper.training.paintings import JUDGE, painted_shards, read_shard
from viper.training.softening import softened

_WEIGHTS = {"subject": 1.0, "style": 1.0, "main color": 0.5, "second color": 0.5}
_DIAL_WEIGHT = 0.15
_SHARDS_AT_ONCE = 24
_DESCRIPTIONS = 20_000


@dataclass(frozen=True, slots=True)
class Preset:
    """The network, and how it learns."""

    shape: Shape
    batch: int
    learning_rate: float


PRESETS: Mapping[str, Preset] = {
    "tiny": Preset(Shape((8, 16, 32), (0, 1, 1)), batch=16, learning_rate=1e-2),
    "cpu": Preset(Shape((24, 48, 96, 128), (0, 1, 2, 2)), batch=64, learning_rate=4e-3),
    "gpu": Preset(Shape((24, 48, 96, 128), (0, 1, 2, 2)), batch=512, learning_rate=6e-3),
}


@dataclass(frozen=True)
class Batch:
    """Pictures and the right answers about them."""

    pictures: Tensor
    """[b, 3, SIZE, SIZE] in [-1, 1]."""
    answers: Tensor
    """Indexes into the answers of each of QUESTIONS, [b, questions]."""


def build(preset: str, start: Path | None = None) -> JudgeNetwork:
    """Untrained, or with the exported weights in the folder `start`."""
    if start is not None:
        return load_judge(QUESTIONS, start).network.requires_grad_().train()
    return JudgeNetwork(PRESETS[preset].shape, QUESTIONS)


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
    """Trains on the judge's shards in `paintings`, also on those that appear meanwhile."""
    torch.manual_seed(0)  # noqa: TID251 (initialization of the weights)
    size = PRESETS[preset]
    model = build(preset, start).to(device)
    schedule = Schedule(learning_rate=size.learning_rate, minutes=minutes, warmup_steps=50)
    run = Run(folder, model, schedule=schedule, resume=resume)
    draw = torch.Generator().manual_seed(run.step)
    expected = log_shares(device)
    source = batches(paintings, size.batch, seed=run.step, device=device)
    for _ in run.steps():
        batch = next(source)
        batch = Batch(softened(batch.pictures, draw), batch.answers)
        loss, metrics = loss_on(model, batch, expected, device)
        run.update(loss, **metrics)


def loss_on(
    model: JudgeNetwork, batch: Batch, expected: list[Tensor], device: str
) -> tuple[Tensor, dict[str, float]]:
    """What is minimized; and the shares of right answers.

    Answers are corrected for how often each is right among paintings (Menon et al., 2021): a dial
    is set in one painting of five or ten, and a judge that counts on it would deny every doubtful
    one.
    """
    with mixed_precision(device):
        logits = model(batch.pictures)
    total, metrics = torch.zeros((), device=batch.pictures.device), {}
    for index, question in enumerate(QUESTIONS):
        right = batch.answers[:, index]
        loss = functional.cross_entropy(logits[index].float() + expected[index], right)
        total = total + _WEIGHTS.get(question, _DIAL_WEIGHT) * loss
        if question in _WEIGHTS:
            hits = logits[index].argmax(dim=1) == right
            metrics[question.replace(" ", "_")] = float(hits.float().mean())
    return total, metrics


def log_shares(device: str) -> list[Tensor]:
    """For each question, the logarithm of each answer's share among random paintings.

    Measured on descriptions: drawing them costs nothing, painting does.
    """
    random = (random_painting(Random(JUDGE_SEED + i)) for i in range(_DESCRIPTIONS))
    counts: Counter[tuple[str, str]] = Counter()
    for painting in random:
        counts.update(answers(painting).items())
    return [
        torch.tensor([counts[question, answer] + 1.0 for answer in known], device=device)
        .div(_DESCRIPTIONS)
        .log()
        for question, known in QUESTIONS.items()
    ]


def export(folder: Path, preset: str, to: Path, start: Path | None = None) -> None:
    """Writes the averaged network and the list of all answers."""
    model = build(preset, start)
    averaged_weights(folder, model)
    save_judge(model, to)


def batches(paintings: Path, size: int, *, seed: int, device: str = "cpu") -> Iterator[Batch]:
    """Endless batches from the judge's shards in a folder, in random order, not yet softened."""
    rng = np.random.default_rng(seed)
    while True:
        shards = painted_shards(paintings, JUDGE)
        chosen = [shards[i] for i in rng.permutation(len(shards))[:_SHARDS_AT_ONCE]]
        read = [read_shard(shard) for shard in chosen]
        pixels = np.concatenate([pictures for pictures, _ in read])
        right = torch.tensor([_indexes(answers(p)) for _, known in read for p in known])
        order = rng.permutation(len(pixels))
        for first in range(0, max(1, len(order) - size + 1), size):
            rows = order[first : first + size]
            yield Batch(as_tensor(pixels[rows]).to(device), right[rows].to(device))


def _indexes(right: Mapping[str, str]) -> list[int]:
    return [known.index(right[question]) for question, known in QUESTIONS.items()]
