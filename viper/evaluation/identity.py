"""What decides a result: the plan, the code, and which weights a name means.

A folder is known by what is in it, an id of the Hub by the revision that lies here.
"""

import hashlib
import json
from dataclasses import asdict
from functools import cache
from pathlib import Path

from huggingface_hub import try_to_load_from_cache

import viper
from viper.evaluation.plan import Plan
from viper.extraction.prompts import PROMPTS
from viper.settings import ROOT

_BUILTIN = ROOT / "assets" / "builtin_model"

WEIGHTS = ("*.safetensors", "*.bin")
_KINDS = ("viper2024", "openai")
"""Of scorers, before a colon."""
_PRESENT = ("model_index.json", "config.json", "adapter_config.json")
"""Files of which every repository of a model has one."""


@cache
def fingerprint(plan: Plan) -> str:
    """Identity of everything that decides a record, as 16 hexadecimal digits."""
    digest = hashlib.sha256(json.dumps(asdict(plan), sort_keys=True).encode())
    named = (plan.model, plan.scorer, *plan.judges)
    folders = {place: sha256_of(place) for name in named for place in places_in(name)}
    digest.update(json.dumps(folders, sort_keys=True).encode())
    tops = (Path(viper.__file__).parent, _BUILTIN, PROMPTS)
    kinds = ("*.py", "*.json", "*.safetensors", "*.txt")
    files = {file for top in tops for kind in kinds for file in top.rglob(kind)}
    for file in sorted(files):
        digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()[:16]


@cache
def sha256_of(name: str) -> str | None:
    """Of all weights and settings in a folder; None for what is no folder."""
    folder = Path(name)
    if not folder.is_dir():
        return None
    digest = hashlib.sha256()
    kinds = (*WEIGHTS, "*.json")
    for file in sorted({file for kind in kinds for file in folder.rglob(kind)}):
        digest.update(str(file.relative_to(folder)).encode())
        with file.open("rb") as opened:
            digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()


def places_in(name: str) -> list[str]:
    """Folders and ids in the name of a model, a scorer or a judge; `+` joins several of them."""
    kind, colon, rest = name.partition(":")
    return (rest if colon and kind in _KINDS else name).split("+")


def version_of(name: str) -> str | None:
    """What tells these weights from others of the same name, for people; None if nothing does."""
    found = [version for place in places_in(name) if (version := _version(place))]
    return ", ".join(found) or None


def _version(place: str) -> str | None:
    if own := sha256_of(place):
        return f"sha256 {own[:12]}"
    if place.count("/") != 1:
        return None
    for file in _PRESENT:
        cached = try_to_load_from_cache(place, file)
        if isinstance(cached, str):
            # .../snapshots/<revision>/<file>
            return f"revision {Path(cached).parent.name[:12]}"
    return None
