"""Cached captions: the same numbers as encoding them anew, computed once."""

from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch

from viper.atelier.caption import caption
from viper.training.captions import (
    CAPTIONS,
    WINDOW,
    ShardCaptions,
    cache_captions,
    encode_texts,
    padded,
)
from viper.training.paintings import paint_shard, read_shard


@pytest.fixture(scope="module")
def shard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = paint_shard(tmp_path_factory.mktemp("paintings"), 7, 32, count=3)
    cache_captions(file, "cpu")
    return file


def test_every_caption_of_every_picture_is_there(shard: Path) -> None:
    words = Random(shard.stem)
    texts = [
        [caption(painting, words) for _ in range(CAPTIONS)] for painting in read_shard(shard)[1]
    ]
    cached, chance = ShardCaptions(shard), np.random.default_rng(0)
    for row, own in enumerate(texts):
        wanted = encode_texts(own, "cpu")
        seen = set()
        for _ in range(60):
            found = padded([cached.states(row, chance)], "cpu")
            differences = (wanted - found).abs().amax(dim=(1, 2))
            assert differences.min() < 0.05
            seen.add(int(differences.argmin()))
        # Two captions of one painting may be the same text.
        assert len(seen) == len(set(own))


def test_captions_are_cached_once(shard: Path) -> None:
    written = shard.with_suffix(".states").stat().st_mtime_ns
    cache_captions(shard, "cpu")
    assert shard.with_suffix(".states").stat().st_mtime_ns == written


def test_padding_is_zero_behind_the_text() -> None:
    rows = [np.ones((2, 384), np.float16), np.ones((5, 384), np.float16)]
    filled = padded(rows, "cpu")
    assert filled.shape == (2, WINDOW, 384)
    assert filled.dtype == torch.float32
    assert filled.sum(dim=(1, 2)).tolist() == [2 * 384, 5 * 384]
    assert not filled[0, 2:].any()
