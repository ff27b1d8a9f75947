"""The judge: a small convolutional network that tells what a picture shows and how it was made.

It exists to measure. It is trained on paintings of its own seeds, has another architecture than
the scorer, and is never used to select, guide or train what the generator draws: whoever does that
makes every figure it reports worthless.

    picture ──96 px──► convolutions ──► mean and spread of each channel ──► one answer a question
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL.Image import Image, Resampling
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from viper.errors import ModelUnavailable

BUILTIN_JUDGE = Path(__file__).parents[2] / "assets" / "builtin_model" / "judge"

SIZE = 96
"""Height and width of what it looks at."""

_BATCH = 64
_GAIN = 1.5
"""Undoes what a GELU takes from the size of a signal."""

Questions = Mapping[str, Sequence[str]]
"""What is asked ("subject", "style" ...), each with the possible answers."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Channels and blocks at 48, 24, 12 ... places a side: each further level halves the grid."""

    channels: tuple[int, ...]
    blocks: tuple[int, ...]


class JudgeNetwork(nn.Module):
    """Residual convolutions without normalization: on a CPU that is fastest, and learns fastest."""

    def __init__(self, shape: Shape, questions: Questions) -> None:
        """Untrained."""
        super().__init__()
        self.shape, self.questions = shape, {q: tuple(a) for q, a in questions.items()}
        first = shape.channels[0]
        layers: list[nn.Module] = [nn.Conv2d(3, first, 4, stride=2, padding=1)]
        for level, (channels, blocks) in enumerate(zip(shape.channels, shape.blocks, strict=True)):
            if level > 0:
                below = shape.channels[level - 1]
                # Textures are told by what is left after the activation, at every scale.
                layers += [nn.GELU(), nn.Conv2d(below, channels, 2, stride=2)]
            layers += [_Block(channels) for _ in range(blocks)]
        self.body = nn.Sequential(*layers)
        for name, module in self.body.named_modules():
            if isinstance(module, nn.Conv2d) and not name.endswith("tell"):
                # Keeps the signal's size through activations: nothing else normalizes it.
                nn.init.orthogonal_(module.weight, _GAIN)
        self.heads = nn.ModuleList(
            nn.Linear(2 * shape.channels[-1], len(answers)) for answers in questions.values()
        )

    def features(self, pictures: Tensor) -> Tensor:
        """Pictures [b, 3, SIZE, SIZE] in [-1, 1] to [b, d], what all answers are read from."""
        seen = functional.gelu(self.body(pictures)).float()
        spread = (seen.var(dim=(2, 3)) + 1e-4).sqrt()
        return torch.cat([seen.mean(dim=(2, 3)), spread], dim=1)

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """Logits of the answers to each question."""
        features = self.features(pictures)
        return [head(features) for head in self.heads]


class _Block(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.look = nn.Conv2d(channels, channels, 3, padding=1)
        self.tell = nn.Conv2d(channels, channels, 1)
        # A block begins as the identity.
        nn.init.zeros_(self.tell.weight)

    def forward(self, x: Tensor) -> Tensor:
        changed: Tensor = self.tell(functional.gelu(self.look(x)))
        return x + changed


class Judge:
    """A trained network that looks at pictures of any size."""

    def __init__(self, network: JudgeNetwork) -> None:
        """Takes ownership of the network."""
        self.network = network.eval().requires_grad_(False)

    @property
    def questions(self) -> Questions:
        """What it can be asked."""
        return self.network.questions

    def log_probabilities(self, pictures: Sequence[Image]) -> dict[str, Tensor]:
        """For each question, [pictures, answers]; every answer is as likely beforehand."""
        logits = [self.network(part) for part in _parts(pictures)]
        return {
            question: torch.cat([part[index] for part in logits]).log_softmax(dim=1)
            for index, question in enumerate(self.questions)
        }

    def answers(self, pictures: Sequence[Image]) -> list[dict[str, str]]:
        """The likeliest answers about each picture."""
        best = {q: p.argmax(dim=1).tolist() for q, p in self.log_probabilities(pictures).items()}
        return [
            {question: known[best[question][row]] for question, known in self.questions.items()}
            for row in range(len(pictures))
        ]

    def features(self, pictures: Sequence[Image]) -> Tensor:
        """What the answers are read from, float32 [pictures, d]: near means looking alike."""
        return torch.cat([self.network.features(part) for part in _parts(pictures)])


def load_judge(questions: Questions, folder: Path = BUILTIN_JUDGE) -> Judge:
    """Reads a trained judge.

    Args:
        questions: What it will be asked; another order would confuse its answers.
        folder: Where `save_judge` wrote it.

    Raises:
        ModelUnavailable: It is missing, damaged, or was trained for other questions.
    """
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        shape = Shape(tuple(config["channels"]), tuple(config["blocks"]))
        known, tensors = config["questions"], load_file(folder / "model.safetensors")
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise ModelUnavailable(f"{folder}: no judge can be read there.") from error
    if differing := _differing(known, questions):
        raise ModelUnavailable(
            f"{folder}: this judge knows other answers about {', '.join(differing)} than the "
            "atelier paints now; train it again with `viper train judge`."
        )
    network = JudgeNetwork(shape, questions)
    try:
        network.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
    except RuntimeError as error:
        raise ModelUnavailable(f"{folder}: the weights do not fit the configuration.") from error
    return Judge(network)


def save_judge(network: JudgeNetwork, folder: Path) -> None:
    """Writes the weights as 16-bit floats, and a configuration that lists every answer."""
    folder.mkdir(parents=True, exist_ok=True)
    halves = {name: t.half().contiguous() for name, t in network.state_dict().items()}
    save_file(halves, folder / "model.safetensors", metadata={"format": "pt"})
    config = {**asdict(network.shape), "size": SIZE, "questions": network.questions}
    text = json.dumps(config, indent=1, ensure_ascii=False)
    (folder / "config.json").write_text(text + "\n", encoding="utf-8")


def as_tensor(pixels: np.ndarray) -> Tensor:
    """uint8 [b, SIZE, SIZE, 3] to float [b, 3, SIZE, SIZE] in [-1, 1]."""
    tensor = torch.from_numpy(np.array(pixels)).permute(0, 3, 1, 2)
    return (tensor.float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)


def reduced(picture: Image) -> np.ndarray:
    """A picture as the judge sees it: uint8 [SIZE, SIZE, 3], each pixel a mean of the original."""
    return np.asarray(picture.convert("RGB").resize((SIZE, SIZE), Resampling.BOX))


def _parts(pictures: Sequence[Image]) -> list[Tensor]:
    batches = [pictures[start : start + _BATCH] for start in range(0, len(pictures), _BATCH)]
    return [as_tensor(np.stack([reduced(picture) for picture in batch])) for batch in batches]


def _differing(known: Any, asked: Questions) -> list[str]:
    wanted = {question: [*answers] for question, answers in asked.items()}
    if not isinstance(known, dict) or [*known] != [*wanted]:
        return ["other questions"]
    return [question for question in wanted if known[question] != wanted[question]]
