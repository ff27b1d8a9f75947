"""Painted pictures for training: worker processes paint ahead, shards on disk are read again.

A shard holds `SHARD` pictures as uint8 pixels (.npy, memory-mapped) and their descriptions
(.jsonl). Seeds are a function of the shard's number, so that a folder can always be completed or
made again, and held-out paintings never meet training ones, nor the judge's those of the models
it judges.
"""

import json
import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from viper.atelier.painting import Painting, random_painting
from viper.atelier.truth import HELD_OUT_SEED, JUDGE_SEED

SHARD = 256
"""Pictures in a shard."""

HELD_OUT = HELD_OUT_SEED // SHARD
"""Shards from this number on are never trained on."""

MODELS = range(JUDGE_SEED // SHARD)
"""Shards that the built-in models learn from."""

JUDGE = range(JUDGE_SEED // SHARD, HELD_OUT)
"""Shards that the judge learns from, and nobody else."""


def paint_shard(
    folder: Path, number: int, size: int, *, count: int = SHARD, stored: int | None = None
) -> Path:
    """Paints one shard if it does not exist; returns the file with the pixels.

    A smaller `count` gives the first pictures of a shard, for a trial; with `stored`, pictures
    painted at `size` are kept at that many pixels a side. The file appears complete or not at all,
    so a killed worker leaves nothing half-painted.
    """
    pixels_file = folder / f"{number:010d}.npy"
    if pixels_file.exists():
        return pixels_file
    folder.mkdir(parents=True, exist_ok=True)
    kept = stored or size
    pixels = np.empty((count, kept, kept, 3), np.uint8)
    lines = []
    for index in range(count):
        seed = number * SHARD + index
        painting = random_painting(Random(seed))
        picture = Image.fromarray(painting.paint(seed, size))
        pixels[index] = np.asarray(picture.resize((kept, kept), Image.Resampling.BOX))
        lines.append(json.dumps(painting.to_dict()))
    pixels_file.with_suffix(".jsonl").write_text("\n".join(lines), encoding="utf-8")
    unfinished = pixels_file.with_suffix(f".{os.getpid()}.tmp")
    with unfinished.open("wb") as file:
        np.save(file, pixels)
    unfinished.replace(pixels_file)
    return pixels_file


def read_shard(pixels_file: Path) -> tuple[NDArray[np.uint8], list[Painting]]:
    """Pixels (count, size, size, 3), memory-mapped, and what they show."""
    lines = pixels_file.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()
    pixels = np.load(pixels_file, mmap_mode="r")
    return pixels, [Painting.from_dict(json.loads(line)) for line in lines]


def painted_shards(folder: Path, numbers: range = MODELS) -> list[Path]:
    """Finished training shards, oldest first."""
    return sorted(file for file in folder.glob("*.npy") if int(file.stem) in numbers)


@contextmanager
def painters(
    folder: Path,
    *,
    size: int,
    shards: int,
    workers: int,
    numbers: range = MODELS,
    stored: int | None = None,
) -> Iterator[None]:
    """Paints the first shard, then the others in processes of low priority while the body runs.

    Whatever ends the body ends the painters; unfinished shards are painted again next time.

    Args:
        folder: Where shards go.
        size: Height and width the pictures are painted at.
        shards: How many there should be.
        workers: Processes that paint.
        numbers: Whose seeds: the first `shards` of these.
        stored: Height and width the pictures are kept at, if another.
    """
    paint_shard(folder, numbers[0], size, stored=stored)
    spawn = multiprocessing.get_context("spawn")
    started = [
        spawn.Process(
            target=_paint,
            args=(folder, numbers[1 + w : shards : workers], size, stored),
            daemon=True,
        )
        for w in range(workers)
    ]
    for process in started:
        process.start()
    try:
        yield
    finally:
        for process in started:
            process.terminate()
            process.join()


def _paint(folder: Path, numbers: range, size: int, stored: int | None) -> None:
    os.nice(10)
    for number in numbers:
        paint_shard(folder, number, size, stored=stored)
