"""What every training here shares: averaged weights, checkpoints, a time budget, a metrics file.

A run lives in one folder. Killing it at any moment loses at most `CHECKPOINT_SECONDS` of work:
`--resume` continues from the last checkpoint, which is replaced atomically.
"""

import csv
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from viper.training.muon import Muon

CHECKPOINT_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """How fast a run learns, and for how long."""

    learning_rate: float
    """At its peak, after the warm-up."""
    minutes: float
    """Training time of the whole run, all resumptions together."""
    decay: float = 0.999
    """Of the averaged weights, a step."""
    warmup_steps: int = 200


class Run:
    """One training run of one model.

    Attributes:
        averaged: The model with exponentially averaged weights; this is what ships.
        step: Optimizer steps done, over all resumptions.
        seconds: Training time, over all resumptions.
    """

    def __init__(
        self,
        folder: Path,
        model: nn.Module,
        *,
        schedule: Schedule,
        resume: bool,
    ) -> None:
        """Continues from the checkpoint in `folder` if there is one and `resume` says so."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.model = folder, model
        self.averaged = deepcopy(model).eval().requires_grad_(False)
        self.optimizer = Muon(model.parameters(), learning_rate=schedule.learning_rate)
        self.schedule = schedule
        self.step, self.seconds = 0, 0.0
        if resume and (folder / "checkpoint.pt").exists():
            self._load()
        self._metrics: dict[str, list[float]] = {}

    @property
    def progress(self) -> float:
        """Share of the time budget that is used, 0 to 1."""
        return min(1.0, self.seconds / (60 * self.schedule.minutes))

    def steps(self) -> Iterator[int]:
        """Step numbers until the time is up; checkpoints and writes metrics on the way."""
        last_saved = last_logged = time.monotonic()
        while self.progress < 1:
            started = time.monotonic()
            yield self.step
            now = time.monotonic()
            self.seconds += now - started
            if now - last_logged > 15:
                self._write_metrics()
                last_logged = now
            if now - last_saved > CHECKPOINT_SECONDS:
                self._record()
                last_saved = time.monotonic()
        self._record()

    def update(self, loss: Tensor, **metrics: float) -> None:
        """One optimizer step on `loss`, and one step of the average.

        The learning rate warms up linearly and falls as a cosine over the last 40 % of the time.
        """
        late = max(0.0, (self.progress - 0.6) / 0.4)
        cosine = 0.5 * (1 + torch.cos(torch.tensor(late * torch.pi)).item())
        warm = min(1.0, (self.step + 1) / self.schedule.warmup_steps)
        rate = self.schedule.learning_rate * warm * max(0.03, cosine)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.step += 1
        # A young average would remember its random start: let it follow faster at first.
        decay = min(self.schedule.decay, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for ours, theirs in zip(
                self.averaged.parameters(), self.model.parameters(), strict=True
            ):
                ours.lerp_(theirs, 1 - decay)
        for name, value in {"loss": float(loss.detach()), **metrics}.items():
            self._metrics.setdefault(name, []).append(value)

    def save(self) -> None:
        """Writes the checkpoint, replacing the last one only when the new one is complete."""
        unfinished = self.folder / "checkpoint.tmp"
        state = {
            "model": self.model.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
        }
        torch.save(state, unfinished)
        unfinished.replace(self.folder / "checkpoint.pt")

    def _record(self) -> None:
        self._write_metrics()
        self.save()
        if (table := self.folder / "metrics.csv").exists():
            draw_metrics(table, self.folder / "metrics.png")

    def _load(self) -> None:
        state: dict[str, Any] = torch.load(self.folder / "checkpoint.pt", weights_only=True)
        self.model.load_state_dict(state["model"])
        self.averaged.load_state_dict(state["averaged"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.seconds = state["step"], state["seconds"]

    def _write_metrics(self) -> None:
        if not self._metrics:
            return
        means = {name: sum(values) / len(values) for name, values in self._metrics.items()}
        row = {"step": self.step, "minutes": round(self.seconds / 60, 2), **means}
        file = self.folder / "metrics.csv"
        is_new = not file.exists()
        with file.open("a", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, fieldnames=list(row))
            if is_new:
                writer.writeheader()
            writer.writerow({k: f"{v:.5g}" for k, v in row.items()})
        self._metrics = {}


def draw_metrics(table: Path, to: Path) -> None:
    """Plots every metric of a run against its minutes, one below the other."""
    # Figure without pyplot: nothing global, no window, usable from any thread.
    from matplotlib.figure import Figure

    with table.open(encoding="utf-8") as lines:
        rows = [{k: float(v) for k, v in row.items()} for row in csv.DictReader(lines)]
    names = [name for name in rows[0] if name not in ("step", "minutes")]
    figure = Figure(figsize=(8, 2.4 * len(names)), layout="constrained")
    charts = figure.subplots(len(names), 1, squeeze=False)[:, 0]
    for chart, name in zip(charts, names, strict=True):
        chart.plot([row["minutes"] for row in rows], [row[name] for row in rows], color="#0f7f80")
        chart.set_ylabel(name)
        chart.grid(alpha=0.3)
    charts[-1].set_xlabel(f"minutes of training; {rows[-1]['step']:.0f} steps")
    figure.savefig(to, dpi=100)


def averaged_weights(folder: Path, model: nn.Module) -> nn.Module:
    """`model` with the averaged weights of a run's last checkpoint."""
    state = torch.load(folder / "checkpoint.pt", weights_only=True)
    model.load_state_dict(state["averaged"])
    return model.eval().requires_grad_(False)


def save_half(model: Any, to: Path) -> None:
    """Writes a diffusers model in 16 bit, in shards that a repository takes."""
    model.to(torch.float16).save_pretrained(to, max_shard_size="14MB")
    # A model that went on from other weights remembers their folder: nobody else's business.
    file = to / "config.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    config.pop("_name_or_path", None)
    file.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


@contextmanager
def mixed_precision(device: str) -> Iterator[None]:
    """bfloat16 where it is exact enough: matrix products and convolutions."""
    with torch.autocast(device.partition(":")[0], torch.bfloat16):
        yield


def every_minutes(minutes: float, work: Callable[[], None]) -> Callable[[], None]:
    """A function that does `work` at most once in that many minutes, however often it is called."""
    last = time.monotonic()

    def maybe() -> None:
        nonlocal last
        if time.monotonic() - last >= 60 * minutes:
            work()
            last = time.monotonic()

    return maybe
