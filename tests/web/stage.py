"""A whole web app on a port of this machine, over real parts."""

import gc
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from viper.atelier.collection import write_collection
from viper.curation import FOLDER, CuratedSet, load_curated
from viper.extraction.offline import OfflineExtractor
from viper.generation.models import load_generator
from viper.judging.models import load_scorer
from viper.settings import ROOT, Settings
from viper.store import Store
from viper.studio import Studio
from viper.taxonomy import load_taxonomy
from viper.web.page import launch

SECRET = "a secret of the tests only"
BUILTIN = ROOT / "assets" / "builtin_model" / "generator"


@dataclass(frozen=True)
class App:
    page: gr.Blocks
    address: str
    studio: Studio
    settings: Settings


def curated(folder: Path) -> CuratedSet:
    """The set of the repository, or, where it is not built yet, a small one painted now."""
    if (FOLDER / "manifest.json").is_file():
        return load_curated()
    write_collection(folder, count=8, size=256)
    return load_curated(folder)


@contextmanager
def serving(place: Path, curated: CuratedSet, model: str, **changes: Any) -> Iterator[App]:
    """Serves from `place`, again and again with the same people in it."""
    settings = Settings(
        database_url=f"sqlite:///{place}/viper.sqlite3",
        data_dir=place / "data",
        model=model,
        device="cpu",
        extractor="offline",
        **{"secret": SECRET, **changes},
    )
    with Store(settings.database_url) as store:
        store.upgrade()
        studio = Studio(
            store=store,
            data_dir=settings.data_dir,
            curated=curated,
            taxonomy=load_taxonomy,
            extractor=OfflineExtractor,
            generator=_loader(model, settings.ip_adapter),
            scorer=lambda: load_scorer("builtin"),
            max_images_per_day=settings.max_images_per_day,
        )
        page, address = launch(studio, settings, host="127.0.0.1")
        try:
            yield App(page, address.rstrip("/"), studio, settings)
        finally:
            page.close(verbose=False)
            with warnings.catch_warnings():
                # What Gradio's server leaves open is collected here, not in somebody's test.
                warnings.simplefilter("ignore", ResourceWarning)
                gc.collect()


def _loader(model: str, ip_adapter: str) -> Callable[[], Any]:
    return lambda: load_generator(model, device="cpu", ip_adapter=ip_adapter)
