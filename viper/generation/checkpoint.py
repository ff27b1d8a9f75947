"""Where a checkpoint lies, of which family it is, and which weights it holds."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from diffusers import DiffusionPipeline
from huggingface_hub.utils import httpx  # type: ignore[attr-defined]  # the httpx it speaks
from pydantic import ValidationError

from viper import minilm
from viper.errors import ModelUnavailable
from viper.generation import GuidanceDefaults
from viper.preference import first_problem
from viper.settings import ROOT

BUILTIN = "builtin"
BUILTIN_FOLDER = ROOT / "assets" / "builtin_model" / "generator"

Family = Literal["builtin", "sd", "sdxl", "refiner", "sd3", "flux", "qwenimage", "zimage"]
MODULAR: frozenset[Family] = frozenset({"sd3", "flux", "qwenimage", "zimage"})
"""Drawn by diffusers' modular pipelines, the others by a loop of our own."""
SETTINGS_FILE = "viper.json"

_CLASSES: Mapping[str, Family] = {
    "StableDiffusionPipeline": "sd",
    "LatentConsistencyModelPipeline": "sd",
    "StableDiffusionXLPipeline": "sdxl",
    "StableDiffusionXLImg2ImgPipeline": "refiner",
    "ViperBuiltinPipeline": "builtin",
    "StableDiffusion3Pipeline": "sd3",
    "StableDiffusion3ModularPipeline": "sd3",
    "FluxPipeline": "flux",
    "FluxModularPipeline": "flux",
    "QwenImagePipeline": "qwenimage",
    "QwenImageModularPipeline": "qwenimage",
    "ZImagePipeline": "zimage",
    "ZImageModularPipeline": "zimage",
}
_WEIGHTS = (".safetensors", ".bin")
_INDEXES = ("model_index.json", "modular_model_index.json")
_PARTS = ("unet", "transformer", "vae", "text_encoder", "text_encoder_2", "text_encoder_3")
_BLOB = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Checkpoint:
    """A folder in diffusers layout."""

    name: str
    """What was asked for: it names the model in messages and recipes."""
    folder: Path
    index: Mapping[str, Any]
    """Its model_index.json."""
    family: Family

    def weight_files(self, part: str) -> tuple[Path, ...]:
        """The weights files of one of its parts, such as "unet"."""
        return tuple(p for p in sorted((self.folder / part).glob("*")) if p.suffix in _WEIGHTS)

    def variant(self, part: str, *, half: bool) -> str | None:
        """Half-precision files of a part, if they are wanted or there are no others."""
        halves = [".fp16." in path.name for path in self.weight_files(part)]
        return "fp16" if any(halves) and (half or all(halves)) else None

    def defaults(self, family: Mapping[str, Any]) -> GuidanceDefaults:
        """How the model likes to be asked: as its family, unless its `viper.json` says otherwise.

        Raises:
            ValueError: That file cannot be read or says what cannot be.
        """
        path = self.folder / SETTINGS_FILE
        own = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        if not isinstance(own, dict):
            raise ValueError(f"{SETTINGS_FILE} is not an object.")
        try:
            return GuidanceDefaults.model_validate({**family, **own})
        except ValidationError as error:
            raise ValueError(f"{SETTINGS_FILE}: {first_problem(error)}.") from error

    def weight_hashes(self, parts: Sequence[str] = _PARTS) -> Mapping[str, str]:
        """SHA-256 of some parts' weights files, by path in the folder; read once a process."""
        hashes = {
            path.relative_to(self.folder).as_posix(): sha256_of(path)
            for part in parts
            for path in self.weight_files(part)
        }
        if self.family == "builtin":
            # Checked when it was loaded.
            hashes["text_encoder/minilm"] = minilm.SHA256
        return hashes


def find_checkpoint(model: str, *, half: bool) -> Checkpoint:
    """Finds a model; one of the Hub is downloaded once.

    Args:
        model: "builtin", a folder in diffusers layout, or an id of the Hub.
        half: Files in half precision will do, if there are any.

    Raises:
        ModelUnavailable: It does not exist, cannot be reached, or is of another kind.
    """
    folder = _folder(model, half=half)
    try:
        found = next((name for name in _INDEXES if (folder / name).is_file()), _INDEXES[0])
        index = json.loads((folder / found).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelUnavailable(
            f"The model {model} has no readable model_index.json: expected a folder in the layout "
            "that diffusers saves."
        ) from error
    if not isinstance(index, dict):
        raise ModelUnavailable(f"The model_index.json of {model} is not an object.")
    return Checkpoint(name=model, folder=folder, index=index, family=_family(index, model))


def _folder(model: str, *, half: bool) -> Path:
    if model == BUILTIN:
        if not BUILTIN_FOLDER.is_dir():
            raise ModelUnavailable(
                f"The built-in model is missing: expected its weights in {BUILTIN_FOLDER}. Fetch "
                "the whole repository, train it with `viper train`, or choose another model."
            )
        return BUILTIN_FOLDER
    path = Path(model).expanduser()
    if path.is_dir():
        return path
    if model.count("/") != 1 or model.startswith((".", "/", "~")):
        raise ModelUnavailable(
            f"The model {model} does not exist: expected builtin, a folder with a "
            "model_index.json, or an id of the Hub such as owner/name."
        )
    return _downloaded(model, half=half)


def _downloaded(model: str, *, half: bool) -> Path:
    without = {"safety_checker": None, "feature_extractor": None, "image_encoder": None}
    problem: Exception | None = None
    for variant in ("fp16", None) if half else (None,):
        try:
            return Path(DiffusionPipeline.download(model, variant=variant, **without))
        except (OSError, ValueError, httpx.HTTPError) as error:
            problem = error
    raise ModelUnavailable(
        f"The model {model} is neither a folder nor on this machine, and could not be fetched "
        "from the Hub: check the name and the connection."
    ) from problem


def _family(index: Mapping[str, Any], model: str) -> Family:
    name = str(index.get("_class_name"))
    if name in _CLASSES:
        return _CLASSES[name]
    raise ModelUnavailable(
        f"The model {model} is a {name}: ViPer draws with Stable Diffusion 1.x, 2.x and 3.x, SDXL, "
        "Flux, Qwen-Image, Z-Image, and its built-in model."
    )


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, read once a process as long as it stays as it is."""
    target = path.resolve()
    # The Hub's cache names a large file by its hash, so that it need not be read again.
    if _BLOB.fullmatch(target.name):
        return target.name
    state = target.stat()
    return _digest(target, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=256)
def _digest(path: Path, _size: int, _modified: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
