"""Painted pictures for training: worker processes paint ahead, shards on disk are read again.

A shard holds `SHARD` pictures as uint8 pixels (.npy, memory-mapped) and their descriptions
(.jsonl). Seeds are a function of the shard's number, so that a folder can always be completed or
made again, and held-out paintings never meet training ones.
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


@contextmanager
def painters(folder: Path, *, size: int, shards: int, workers: int) -> Iterator[None]:
    """Paints the first shard, then the others in processes of low priority while the body runs.

    Whatever ends the body ends the painters; unfinished shards are painted again next time.
    """
    paint_shard(folder, 0, size)
    spawn = multiprocessing.get_context("spawn")
    started = [
        spawn.Process(
            target=_paint, args=(folder, range(1 + w, shards, workers), size), daemon=True
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


def _paint(folder: Path, numbers: range, size: int) -> None:
    os.nice(10)
    for number in numbers:
        paint_shard(folder, number, size)
