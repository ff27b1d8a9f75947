"""Captions of painted shards with MiniLM's states of their tokens, computed once a shard.

Reading text takes a tenth of a training step on a CPU, and the same painting is seen many times.
"""

from pathlib import Path
from random import Random

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from viper.atelier.caption import caption
from viper.minilm import WIDTH, load_minilm
from viper.training.loop import mixed_precision
from viper.training.paintings import read_shard

WINDOW = 64
"""Text tokens the denoiser sees; shorter captions are padded with zero vectors."""

CAPTIONS = 4
"""Captions that a painting gets, each in other words and naming other things."""


class ShardCaptions:
    """The states of every caption of one shard, memory-mapped."""

    def __init__(self, shard: Path) -> None:
        """Reads what `cache_captions` wrote."""
        self._states = np.load(_states_file(shard), mmap_mode="r")
        self._ends = np.load(_ends_file(shard))

    def states(self, row: int, rng: np.random.Generator) -> NDArray[np.float16]:
        """One of the captions of a picture, drawn at random: [its tokens, WIDTH]."""
        index = row * CAPTIONS + int(rng.integers(CAPTIONS))
        start = self._ends[index - 1] if index else 0
        return np.asarray(self._states[start : self._ends[index]])


def cache_captions(shard: Path, device: str) -> None:
    """Writes captions' states beside a painted shard, unless they are there already."""
    if _states_file(shard).exists():
        return
    words = Random(shard.stem)
    texts = [caption(painting, words) for painting in read_shard(shard)[1] for _ in range(CAPTIONS)]
    padded, lengths = _encode(texts, device)
    states = [row[:length] for row, length in zip(padded.half(), lengths.tolist(), strict=True)]
    with _ends_file(shard).open("wb") as file:
        np.save(file, lengths.cumsum(0).numpy())
    # The states come last and appear complete or not at all.
    unfinished = _states_file(shard).with_suffix(".states.tmp")
    with unfinished.open("wb") as file:
        np.save(file, torch.cat(states).numpy())
    unfinished.replace(_states_file(shard))


def encode_texts(texts: list[str], device: str) -> Tensor:
    """MiniLM token states [b, WINDOW, WIDTH] on the device, zero where there is no token."""
    return _encode(texts, device)[0].to(device)


@torch.no_grad()
def _encode(texts: list[str], device: str) -> tuple[Tensor, Tensor]:
    with mixed_precision(device):
        states, lengths = load_minilm(device).token_states(texts, window=WINDOW)
    return states.float().cpu(), lengths.cpu()


def padded(rows: list[NDArray[np.float16]], device: str) -> Tensor:
    """States of several captions as one tensor, float32 [b, WINDOW, WIDTH]."""
    filled = np.zeros((len(rows), WINDOW, WIDTH), np.float16)
    for place, row in zip(filled, rows, strict=True):
        place[: len(row)] = row
    return torch.from_numpy(filled).to(device).float()


def _states_file(shard: Path) -> Path:
    return shard.with_suffix(".states")


def _ends_file(shard: Path) -> Path:
    return shard.with_suffix(".ends")
