"""The judge: it learns, answers what it is asked, and never meets what it judges."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor

from viper.atelier.painting import DIALS, random_painting
from viper.atelier.truth import HELD_OUT_SEED, JUDGE_SEED, NONE, QUESTIONS, answers
from viper.errors import ModelUnavailable
from viper.judging.recognition import SIZE, Judge, as_tensor, load_judge, reduced, save_judge
from viper.training import chain, judge
from viper.training.loop import Run, Schedule
from viper.training.paintings import (
    HELD_OUT,
    JUDGE,
    MODELS,
    SHARD,
    paint_shard,
    painted_shards,
    read_shard,
)
from viper.training.softening import SHIFT, blurred, compressed, shifted, softened

COUNT = 160


@dataclass(frozen=True)
class Place:
    """Where a few paintings for the judge are."""

    folder: Path

    @property
    def paintings(self) -> Path:
        return self.folder / "judge_paintings"

    @property
    def shard(self) -> Path:
        return self.paintings / f"{JUDGE[0]:010d}.npy"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("judge"))
    paint_shard(place.paintings, JUDGE[0], SIZE, count=COUNT)
    return place


def fresh(preset: str = "tiny") -> judge.JudgeNetwork:
    with torch.random.fork_rng(devices=[]):
        torch.random.manual_seed(3)
        return judge.build(preset)


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return all(torch.equal(one[name], other[name]) for name in one)


def noise(*shape: int) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(0)) * 2 - 1


def held_out(count: int) -> tuple[list[Image.Image], list[dict[str, str]]]:
    seeds = range(HELD_OUT_SEED, HELD_OUT_SEED + count)
    paintings = [random_painting(Random(seed)) for seed in seeds]
    pictures = [Image.fromarray(p.paint(s, SIZE)) for p, s in zip(paintings, seeds, strict=True)]
    return pictures, [answers(painting) for painting in paintings]


# -- learning ---------------------------------------------------------------------------------


def test_a_small_judge_learns_in_seconds(place: Place, tmp_path: Path) -> None:
    """On paintings it never saw it is right more than twice as often as guessing is."""
    model = fresh()
    schedule = Schedule(learning_rate=2e-2, minutes=1e6, warmup_steps=10, decay=0.9)
    run = Run(tmp_path, model, schedule=schedule, resume=False)
    expected, source = judge.log_shares("cpu"), judge.batches(place.paintings, 32, seed=0)
    losses = []
    for _ in range(60):
        loss, metrics = judge.loss_on(model, next(source), expected, "cpu")
        run.update(loss, **metrics)
        losses.append(float(loss.detach()))
    assert np.mean(losses[-5:]) < 0.7 * losses[0]
    pictures, right = held_out(64)
    told = Judge(run.averaged).answers(pictures)
    asked = ("style", "main color", "second color")
    hits = [t[q] == r[q] for t, r in zip(told, right, strict=True) for q in asked]
    assert np.mean(hits) > 2 * np.mean([1 / len(QUESTIONS[q]) for q in asked])


def test_answers_that_are_common_among_paintings_get_no_advantage() -> None:
    shares = judge.log_shares("cpu")
    for (question, known), share in zip(QUESTIONS.items(), shares, strict=True):
        assert len(share) == len(known)
        assert share.exp().sum().item() == pytest.approx(1, abs=0.01)
        if question in DIALS:
            assert known[int(share.argmax())] == NONE


def test_batches_pair_pictures_with_their_answers(place: Place) -> None:
    pixels, paintings = read_shard(place.shard)
    known = {picture.tobytes(): answers(p) for picture, p in zip(pixels, paintings, strict=True)}
    batch = next(judge.batches(place.paintings, 16, seed=1))
    assert batch.pictures.shape == (16, 3, SIZE, SIZE)
    for picture, row in zip(batch.pictures, batch.answers.tolist(), strict=True):
        shown = ((picture + 1) * 127.5).round().byte().permute(1, 2, 0).numpy()
        told = {q: a[i] for (q, a), i in zip(QUESTIONS.items(), row, strict=True)}
        assert told == known[shown.tobytes()]


def test_the_presets_that_ship_are_small_enough() -> None:
    for preset in ("cpu", "gpu"):
        with torch.device("meta"):
            assert sum(p.numel() for p in judge.build(preset).parameters()) <= 700_000


def test_one_command_trains_and_exports(place: Place) -> None:
    common: dict[str, Any] = {
        "preset": "tiny", "minutes": 1e-9, "device": "cpu", "paintings": 1
    }  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        folder = chain.train("judge", place.folder, resume=False, **common)
        once = load_file(folder / "model.safetensors")
        chain.train("judge", place.folder, resume=True, **common)
        start = folder.parent
        assert same(once, load_file(folder / "model.safetensors"))
        chain.train("judge", place.folder, resume=False, start=start, **common)
        assert not same(once, load_file(folder / "model.safetensors"))
    assert folder == place.folder / "builtin_model" / "judge"
    (told,) = load_judge(QUESTIONS, folder).answers([Image.new("RGB", (40, 40), "teal")])
    assert all(told[question] in known for question, known in QUESTIONS.items())


# -- whose paintings ------------------------------------------------------------------------------


def test_nobody_learns_from_anothers_paintings(tmp_path: Path) -> None:
    assert MODELS[-1] < JUDGE[0] <= JUDGE[-1] < HELD_OUT
    assert (JUDGE[0] * SHARD, HELD_OUT * SHARD) == (JUDGE_SEED, HELD_OUT_SEED)
    shards = {n: paint_shard(tmp_path, n, 16, count=1) for n in (0, JUDGE[0], HELD_OUT)}
    assert painted_shards(tmp_path) == [shards[0]]
    assert painted_shards(tmp_path, JUDGE) == [shards[JUDGE[0]]]


def test_paintings_are_kept_as_the_judge_sees_them(tmp_path: Path) -> None:
    (pixels,), (painting,) = read_shard(paint_shard(tmp_path, JUDGE[0], 256, count=1, stored=SIZE))
    whole = Image.fromarray(painting.paint(JUDGE_SEED, 256))
    assert np.array_equal(pixels, reduced(whole))


# -- softening --------------------------------------------------------------------------------


def test_softening_keeps_the_shape_and_follows_its_seed() -> None:
    pictures = noise(2, 3, SIZE, SIZE)
    for seed in range(8):
        one, other = (softened(pictures, torch.Generator().manual_seed(seed)) for _ in "12")
        assert one.shape == pictures.shape
        assert torch.equal(one, other)


def test_each_way_of_softening_does_what_it_says() -> None:
    pictures = noise(2, 3, SIZE, SIZE)

    def roughness(x: Tensor) -> float:
        return float(x.diff(dim=3).abs().mean())

    assert roughness(blurred(pictures, 0.4)) < 0.5 * roughness(pictures)
    assert torch.allclose(compressed(pictures, 1e-6), pictures, atol=1e-4)
    slight, strong = (float((compressed(pictures, s) - pictures).abs().mean()) for s in (0.02, 0.1))
    assert 0 < slight < strong < 0.5
    assert torch.equal(shifted(pictures, 0, 0), pictures)
    moved = shifted(pictures, SHIFT, -1)
    assert torch.equal(moved[:, :, :-1, SHIFT:], pictures[:, :, 1:, :-SHIFT])


# -- the file ---------------------------------------------------------------------------------


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    save_judge(fresh(), tmp_path)
    return tmp_path


def pictures_of_noise(count: int) -> Sequence[Image.Image]:
    rng = np.random.default_rng(1)
    return [Image.fromarray(rng.integers(0, 256, (70, 50, 3), np.uint8)) for _ in range(count)]


def test_a_saved_judge_answers_as_before(saved: Path) -> None:
    pictures = pictures_of_noise(70)
    before, after = Judge(fresh()), load_judge(QUESTIONS, saved)
    for question, known in QUESTIONS.items():
        told = after.log_probabilities(pictures)[question]
        assert told.shape == (70, len(known))
        assert torch.allclose(told.exp().sum(dim=1), torch.ones(70), atol=1e-5)
        assert torch.allclose(told, before.log_probabilities(pictures)[question], atol=0.01)
    features = after.features(pictures)
    assert features.shape == (70, 64)
    assert torch.allclose(features[3:4], after.features(pictures[3:4]), atol=1e-5)


def test_other_questions_are_refused(saved: Path) -> None:
    turned = {**QUESTIONS, "subject": QUESTIONS["subject"][::-1]}
    with pytest.raises(ModelUnavailable, match=r"other answers about subject.*viper train judge"):
        load_judge(turned, saved)
    fewer = {"subject": QUESTIONS["subject"]}
    with pytest.raises(ModelUnavailable, match="viper train judge"):
        load_judge(fewer, saved)


@pytest.mark.parametrize("damage", ["no config", "no weights", "cut", "not JSON", "other shape"])
def test_a_damaged_judge_is_refused(saved: Path, damage: str) -> None:
    config, weights = saved / "config.json", saved / "model.safetensors"
    if damage == "no config":
        config.unlink()
    elif damage == "no weights":
        weights.unlink()
    elif damage == "cut":
        weights.write_bytes(weights.read_bytes()[:100])
    elif damage == "not JSON":
        config.write_text("{", encoding="utf-8")
    else:
        changed = {**json.loads(config.read_text(encoding="utf-8")), "channels": [8, 16, 40]}
        config.write_text(json.dumps(changed), encoding="utf-8")
    with pytest.raises(ModelUnavailable, match=saved.name):
        load_judge(QUESTIONS, saved)


def test_pictures_of_any_size_and_mode_are_looked_at() -> None:
    for mode in ("RGB", "L", "RGBA", "P"):
        assert reduced(Image.new(mode, (33, 200))).shape == (SIZE, SIZE, 3)
    white = as_tensor(reduced(Image.new("RGB", (8, 8), "white"))[None])
    assert torch.equal(white, torch.ones(1, 3, SIZE, SIZE))
