"""A run: it learns, can be killed and resumed at any moment, and ships an average."""

import csv
from pathlib import Path
from pickle import PicklingError

import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from viper.training.loop import Run, Schedule, averaged_weights, every_minutes, mixed_precision

LONG = Schedule(learning_rate=1e-2, minutes=1e6, warmup_steps=1)


def network() -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.random.manual_seed(7)
        return nn.Sequential(nn.Linear(24, 32), nn.Tanh(), nn.Linear(32, 24))


def batch(step: int) -> Tensor:
    return torch.randn(64, 24, generator=torch.Generator().manual_seed(step))


def learn(run: Run, steps: int) -> list[float]:
    """Learns to turn vectors around."""
    losses = []
    for _ in range(steps):
        inputs = batch(run.step)
        loss = (run.model(inputs) - inputs.flip(1)).pow(2).mean()
        losses.append(loss.item())
        run.update(loss)
    return losses


def same(one: nn.Module, other: nn.Module) -> bool:
    theirs = other.state_dict()
    return all(torch.equal(tensor, theirs[name]) for name, tensor in one.state_dict().items())


def test_the_loss_falls(tmp_path: Path) -> None:
    losses = learn(Run(tmp_path, network(), schedule=LONG, resume=False), 120)
    assert losses[-1] < 0.5 * losses[0]


def test_a_resumed_run_goes_on_as_if_never_stopped(tmp_path: Path) -> None:
    run = Run(tmp_path, network(), schedule=LONG, resume=False)
    learn(run, 3)
    run.seconds = 42.0
    run.save()
    resumed = Run(tmp_path, network(), schedule=LONG, resume=True)
    assert (resumed.step, resumed.seconds) == (3, 42.0)
    assert same(resumed.model, run.model)
    assert same(resumed.averaged, run.averaged)
    learn(run, 2)
    learn(resumed, 2)
    assert same(resumed.model, run.model)
    assert same(resumed.averaged, run.averaged)


def test_without_resume_a_run_starts_anew(tmp_path: Path) -> None:
    run = Run(tmp_path, network(), schedule=LONG, resume=False)
    learn(run, 3)
    run.save()
    anew = Run(tmp_path, network(), schedule=LONG, resume=False)
    assert anew.step == 0
    assert same(anew.model, network())


def test_a_save_that_was_cut_off_leaves_the_last_checkpoint(tmp_path: Path) -> None:
    run = Run(tmp_path, network(), schedule=LONG, resume=False)
    learn(run, 2)
    run.save()
    before = (tmp_path / "checkpoint.pt").read_bytes()
    learn(run, 1)
    run.seconds = lambda: 0.0  # type: ignore[assignment]
    with pytest.raises((AttributeError, TypeError, PicklingError)):
        run.save()
    assert (tmp_path / "checkpoint.pt").read_bytes() == before
    (tmp_path / "checkpoint.tmp").write_bytes(before[: len(before) // 2])
    resumed = Run(tmp_path, network(), schedule=LONG, resume=True)
    assert resumed.step == 2
    resumed.save()
    assert not (tmp_path / "checkpoint.tmp").exists()


def test_the_average_follows_fast_at_first(tmp_path: Path) -> None:
    run = Run(tmp_path, network(), schedule=LONG, resume=False)
    before = [parameter.clone() for parameter in run.model.parameters()]
    learn(run, 1)
    for old, new, averaged in zip(
        before, run.model.parameters(), run.averaged.parameters(), strict=True
    ):
        assert not torch.equal(old, new)
        assert torch.allclose(averaged, old + (1 - 2 / 11) * (new - old), atol=1e-7)
    run.save()
    assert same(averaged_weights(tmp_path, network()), run.averaged)
    assert not any(p.requires_grad for p in averaged_weights(tmp_path, network()).parameters())


def test_the_rate_warms_up_and_fades(tmp_path: Path) -> None:
    schedule = Schedule(learning_rate=1.0, minutes=1.0, warmup_steps=10)
    run = Run(tmp_path, network(), schedule=schedule, resume=False)

    def rate(step: int, seconds: float) -> float:
        run.step, run.seconds = step, seconds
        learn(run, 1)
        rates = {group["lr"] for group in run.optimizer.param_groups}
        (found,) = rates
        return float(found)

    assert rate(0, 0.0) == pytest.approx(0.1)
    assert rate(4, 0.0) == pytest.approx(0.5)
    assert rate(100, 30.0) == pytest.approx(1.0)
    assert rate(100, 48.0) == pytest.approx(0.5)
    assert rate(100, 60.0) == pytest.approx(0.03)


def test_a_run_ends_with_its_time_and_leaves_its_record(tmp_path: Path) -> None:
    schedule = Schedule(learning_rate=1e-2, minutes=1e-9)
    run = Run(tmp_path, network(), schedule=schedule, resume=False)
    done = [step for step in run.steps() if learn(run, 1)]
    assert done == [0]
    assert run.progress == 1
    with (tmp_path / "metrics.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert row["step"] == "1"
    assert float(row["loss"]) > 0
    with Image.open(tmp_path / "metrics.png") as plot:
        assert plot.width == 800
    again = Run(tmp_path, network(), schedule=schedule, resume=True)
    assert list(again.steps()) == []
    assert again.step == 1


def test_work_is_done_at_most_so_often() -> None:
    done: list[str] = []
    often, seldom = (
        every_minutes(minutes, lambda name=name: done.append(name))  # type: ignore[misc]
        for name, minutes in (("often", 0.0), ("seldom", 1e6))
    )
    for _ in range(3):
        often()
        seldom()
    assert done == ["often"] * 3


def test_products_are_in_bfloat16_and_sums_are_not() -> None:
    layer = nn.Linear(4, 4)
    with mixed_precision("cpu"):
        product = layer(torch.ones(1, 4))
        assert product.dtype == torch.bfloat16
        assert nn.functional.mse_loss(product.float(), torch.ones(1, 4)).dtype == torch.float32
