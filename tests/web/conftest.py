"""One app for all tests of the page: starting one costs seconds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.stage import BUILTIN, App, curated, serving
from viper.curation import CuratedSet


@pytest.fixture(scope="session")
def curated_set(tmp_path_factory: pytest.TempPathFactory) -> CuratedSet:
    return curated(tmp_path_factory.mktemp("curated"))


@pytest.fixture(scope="session")
def model(tiny_builtin: Path) -> str:
    """The built-in model where its weights are, else a random one of the same kind."""
    return "builtin" if BUILTIN.is_dir() else str(tiny_builtin)


@pytest.fixture(scope="session")
def app(
    tmp_path_factory: pytest.TempPathFactory, curated_set: CuratedSet, model: str
) -> Iterator[App]:
    with serving(tmp_path_factory.mktemp("app"), curated_set, model) as app:
        yield app
