"""What `viper train` does: paint, train one part, write it as the rest of ViPer loads it."""

from pathlib import Path
from typing import Literal, TypedDict

from viper.cli import parts
from viper.errors import BadInput
from viper.generation.hardware import chosen_device
from viper.training import autoencoder, denoiser, encoder
from viper.training.paintings import SHARD, painters

Part = Literal["autoencoder", "denoiser", "encoder"]
_SIZE = 256


class _Options(TypedDict):
    preset: str
    minutes: float
    resume: bool
    device: str


class Training:
    """One folder: `paintings/`, a run for each part, and `builtin_model/`, the result."""

    def __init__(self, folder: Path, *, preset: str, minutes: float, resume: bool) -> None:
        """Nothing happens yet."""
        self._folder = folder
        self._paintings = folder / "paintings"
        self._generator = folder / "builtin_model" / "generator"
        self._vae = self._generator / "vae"
        self._scorer = folder / "builtin_model" / "scorer"
        self._preset, self._minutes, self._resume = preset, minutes, resume

    def run(self, part: Part, *, paintings: int, workers: int) -> Path:
        """Trains while painting goes on, and returns the folder with the result.

        Args:
            part: What to train.
            paintings: How many to paint; those that are there already count.
            workers: Processes that paint.

        Raises:
            BadInput: The denoiser has no autoencoder to work with.
        """
        if part == "denoiser" and not self._vae.is_dir():
            raise BadInput(f"{self._vae}: missing; run `viper train autoencoder` first.")
        train = {
            "autoencoder": self._autoencoder,
            "denoiser": self._denoiser,
            "encoder": self._encoder,
        }[part]
        shards = -(-paintings // SHARD)
        with painters(self._paintings, size=_SIZE, shards=shards, workers=workers):
            return train()

    def _autoencoder(self) -> Path:
        run = self._folder / "autoencoder"
        autoencoder.train(self._paintings, run, **self._options())
        autoencoder.export(run, self._preset, self._vae, self._paintings)
        return self._vae

    def _denoiser(self) -> Path:
        run = self._folder / "denoiser"
        denoiser.train(self._paintings, self._vae, run, **self._options())
        denoiser.export(run, self._preset, self._generator)
        return self._generator

    def _encoder(self) -> Path:
        run = self._folder / "encoder"
        encoder.train(self._paintings, run, **self._options())
        encoder.export(run, self._preset, self._scorer)
        return self._scorer

    def _options(self) -> _Options:
        return {
            "preset": self._preset,
            "minutes": self._minutes,
            "resume": self._resume,
            "device": chosen_device(parts.settings().device),
        }
