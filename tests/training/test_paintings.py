"""Shards of paintings: complete or not there, and the same whoever paints them."""

from multiprocessing import active_children
from pathlib import Path
from random import Random

import numpy as np
import pytest

from viper.atelier.painting import random_painting
from viper.training.paintings import (
    HELD_OUT,
    SHARD,
    paint_shard,
    painted_shards,
    painters,
    read_shard,
)

SIZE = 32


def test_a_shard_holds_pictures_and_what_they_show(tmp_path: Path) -> None:
    file = paint_shard(tmp_path, 3, SIZE, count=4)
    pixels, paintings = read_shard(file)
    assert pixels.shape == (4, SIZE, SIZE, 3)
    for index, painting in enumerate(paintings):
        seed = 3 * SHARD + index
        assert painting == random_painting(Random(seed))
        assert np.array_equal(pixels[index], painting.paint(seed, SIZE))
    assert {path.suffix for path in tmp_path.iterdir()} == {".npy", ".jsonl"}


def test_a_smaller_shard_is_the_beginning_of_a_larger_one(tmp_path: Path) -> None:
    small = read_shard(paint_shard(tmp_path / "small", 0, SIZE, count=2))
    large = read_shard(paint_shard(tmp_path / "large", 0, SIZE, count=3))
    assert np.array_equal(small[0], large[0][:2])
    assert small[1] == large[1][:2]


def test_a_painted_shard_is_not_painted_again(tmp_path: Path) -> None:
    file = paint_shard(tmp_path, 0, SIZE, count=1)
    written = file.stat().st_mtime_ns
    assert paint_shard(tmp_path, 0, SIZE, count=3) == file
    assert file.stat().st_mtime_ns == written
    assert len(read_shard(file)[0]) == 1


def test_half_painted_and_held_out_shards_are_not_trained_on(tmp_path: Path) -> None:
    first = paint_shard(tmp_path, 0, SIZE, count=1)
    second = paint_shard(tmp_path, 1, SIZE, count=1)
    paint_shard(tmp_path, HELD_OUT, SIZE, count=1)
    (tmp_path / "0000000002.77.tmp").write_bytes(b"half")
    (tmp_path / "0000000002.jsonl").write_text("", encoding="utf-8")
    assert painted_shards(tmp_path) == [first, second]


def test_painters_end_with_the_work_however_it_ends(tmp_path: Path) -> None:
    first = paint_shard(tmp_path, 0, SIZE, count=1)
    with painters(tmp_path, size=SIZE, shards=3, workers=2):
        assert painted_shards(tmp_path)[0] == first
        assert len(active_children()) == 2
    assert active_children() == []

    def stopped() -> None:
        with painters(tmp_path, size=SIZE, shards=2, workers=1):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert active_children() == []
    assert len(read_shard(first)[0]) == 1
