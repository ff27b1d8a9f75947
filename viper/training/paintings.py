"""Painted pictures for training: worker processes paint ahead, shards on disk are read again.

A shard holds `SHARD` pictures as uint8 pixels (.npy, memory-mapped) and their descriptions
(.jsonl). Seeds are a function of the shard's number, so that a folder can always be completed or
made again, and held-out paintings never meet training ones.
"""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from viper.atelier.painting import Painting, random_painting

SHARD = 256
"""Pictures in a shard."""

HELD_OUT = 1_000_000_000
"""Shards from this number on are never trained on."""


def paint_shard(folder: Path, number: int, size: int, *, count: int = SHARD) -> Path:
    """Paints one shard if it does not exist; returns the file with the pixels.

    A smaller `count` gives the first pictures of a shard, for a trial. The file appears complete
    or not at all, so a killed worker leaves nothing half-painted.
    """
    pixels_file = folder / f"{number:010d}.npy"
    if pixels_file.exists():
        return pixels_file
    folder.mkdir(parents=True, exist_ok=True)
    pixels = np.empty((count, size, size, 3), np.uint8)
    lines = []
    for index in range(count):
        seed = number * SHARD + index
        painting = random_painting(Random(seed))
        pixels[index] = painting.paint(seed, size)
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


def painted_shards(folder: Path) -> list[Path]:
    """Finished training shards, oldest first."""
    return sorted(file for file in folder.glob("*.npy") if int(file.stem) < HELD_OUT)


def paint_ahead(folder: Path, *, size: int, shards: int, workers: int) -> Iterator[Path]:
    """Paints shards 0 to `shards` in worker processes, at low priority; yields finished ones."""
    # Spawned: a fork would copy the locks of torch's threads, held or not.
    spawn = get_context("spawn")
    with ProcessPoolExecutor(
        workers, mp_context=spawn, initializer=os.nice, initargs=(10,)
    ) as pool:
        jobs = [pool.submit(paint_shard, folder, number, size) for number in range(shards)]
        for job in jobs:
            yield job.result()
