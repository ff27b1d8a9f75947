"""What is installed, chosen and missing, in plain words."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from viper.errors import ViperError
from viper.settings import ROOT, Settings, load_settings

Verdict = Literal["good", "note", "bad"]
MARKS = {"good": "ok     ", "note": "note   ", "bad": "MISSING"}
_PACKAGES = ("torch", "diffusers", "transformers", "gradio", "openai", "sqlalchemy", "skia-python")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    verdict: Verdict
    """`bad` keeps ViPer from working as it is set up; `note` is worth knowing."""
    text: str


def findings() -> Iterator[Finding]:
    """Everything, in the order in which a person would mend it."""
    installed = tuple(_installation())
    yield from installed
    if any(finding.verdict == "bad" for finding in installed):
        return  # the rest would need what is missing
    try:
        settings = load_settings()
    except ViperError as error:
        yield Finding("bad", str(error))
        return
    yield from _device(settings)
    yield from _engine(settings)
    yield from _model(settings)
    yield from _extras(settings)
    yield from _extractor(settings)
    yield from _storage(settings)
    yield from _curated()


def _installation() -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    verdict: Verdict = "good" if sys.version_info >= (3, 11) else "bad"
    yield Finding(verdict, f"Python {python}; 3.11 or newer is needed.")
    for package in _PACKAGES:
        try:
            yield Finding("good", f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            yield Finding("bad", f"{package}: run `pip install -r requirements.txt`.")
    try:
        from viper.minilm import check_sha256, weights_path

        check_sha256(weights_path())
        yield Finding("good", "The text encoder of the built-in parts.")
    except ViperError as error:
        yield Finding("bad", str(error))


def _device(settings: Settings) -> Iterator[Finding]:
    from viper.generation.hardware import find_gpu

    gpu = find_gpu()
    if gpu is None:
        yield Finding("note", "No GPU: pictures are drawn on the CPU, as the built-in model can.")
    else:
        room = "" if gpu.memory is None else f", {gpu.memory / 2**30:.0f} GiB"
        yield Finding("good", f"GPU {gpu.name}{room}.")
    yield Finding("good", f"Device {settings.device}, number format {settings.dtype}.")


def _engine(settings: Settings) -> Iterator[Finding]:
    from viper.cli.parts import check_engine

    try:
        check_engine(settings)
    except ViperError as error:
        yield Finding("bad", str(error))


def _model(settings: Settings) -> Iterator[Finding]:
    from viper.cli.parts import chosen_scorer
    from viper.generation.hardware import chosen_model

    for what, chosen, folder in (
        ("Model", chosen_model(settings.model, device=settings.device), "generator"),
        ("Scorer", chosen_scorer(settings), "scorer"),
    ):
        if what == "Scorer" and chosen == "openai":
            yield _language_model_judges(settings)
        elif what == "Scorer" and chosen == "viper2024":
            yield Finding("good", "Scorer: ViPer's released proxy, 34 GB from the Hub.")
        elif chosen != "builtin":
            places = chosen.removeprefix("viper2024:").split("+")
            there = all(Path(place).expanduser().is_dir() for place in places)
            where = "a folder" if there else "from the Hub, fetched on first use"
            yield Finding("good", f"{what} {chosen}: {where}.")
        elif (ROOT / "assets" / "builtin_model" / folder).is_dir():
            yield Finding("good", f"{what}: the built-in one.")
        else:
            yield Finding("bad", f"{what}: the weights of the built-in one; run `viper train`.")


def _language_model_judges(settings: Settings) -> Finding:
    if settings.llm_model is None:
        return Finding("bad", "VIPER_LLM_MODEL: the scorer openai needs it.")
    if problem := _unasked(settings, settings.llm_model):
        return problem
    return Finding("good", f"Scorer: {settings.llm_model} judges.")


def _unasked(settings: Settings, name: str) -> Finding | None:
    """Why that model at a server cannot even be asked."""
    from viper.cli.parts import language_model_at_server

    try:
        language_model_at_server(settings, name)
    except ViperError as error:
        return Finding("bad", str(error))
    return None


def _extras(settings: Settings) -> Iterator[Finding]:
    from viper.generation.lora import parse_loras

    if settings.refiner:
        yield Finding("good", f"Refiner {settings.refiner}, beside an SDXL model.")
    if settings.ip_adapter:
        yield Finding("good", f"IP-Adapter {settings.ip_adapter}, for style pictures.")
    try:
        for lora in parse_loras(settings.lora):
            yield Finding("good", f"LoRA {lora.name}, weight {lora.weight:g}.")
    except ViperError as error:
        yield Finding("bad", str(error))


def _extractor(settings: Settings) -> Iterator[Finding]:
    server = settings.openai_base_url or "OpenAI"
    if settings.extractor == "offline":
        yield Finding("good", "Comments are read offline, as set.")
    elif settings.extractor == "viper2024":
        weights = settings.llm_model or "ViPer's released weights, 34 GB from the Hub"
        yield Finding("good", f"Comments are read by {weights}, in this process.")
    elif settings.extractor == "local" and settings.llm_model is not None:
        yield Finding("good", f"Comments are read by {settings.llm_model}, in this process.")
    elif settings.llm_model is not None:
        yield _unasked(settings, settings.llm_model) or Finding(
            "good", f"Comments are read by {settings.llm_model} at {server}."
        )
    elif settings.extractor == "auto":
        yield Finding(
            "note",
            "Comments are read offline. For a language model set VIPER_LLM_MODEL, and "
            "OPENAI_BASE_URL or OPENAI_API_KEY.",
        )
    else:
        yield Finding("bad", f"VIPER_LLM_MODEL: the extractor {settings.extractor} needs it.")


def _storage(settings: Settings) -> Iterator[Finding]:
    from viper.store import Store

    says: dict[str, tuple[Verdict, str]] = {
        "current": ("good", "fits this version"),
        "outdated": ("note", "is older than this version; the next start brings it up to date"),
        "empty": ("note", "does not exist yet; the first start makes it"),
    }
    try:
        with Store(settings.database_url) as store:
            verdict, text = says[store.check()]
    except ViperError as error:
        yield Finding("bad", str(error))
    else:
        name = settings.database_file or "as set by VIPER_DATABASE_URL"
        yield Finding(verdict, f"The database ({name}) {text}.")
    folder = settings.data_dir
    free = shutil.disk_usage(next(f for f in (folder, *folder.parents) if f.is_dir())).free
    yield Finding("good", f"Pictures go to {folder}; {free / 2**30:.0f} GiB are free there.")


def _curated() -> Iterator[Finding]:
    from viper.curation import load_curated

    try:
        curated = load_curated()
        damaged = curated.damaged()
    except ViperError as error:
        yield Finding("bad", str(error))
        return
    if damaged:
        yield Finding("bad", f"Curated pictures: {len(damaged)} differ from the manifest.")
    else:
        yield Finding("good", f"{len(curated.images)} curated pictures, all intact.")
