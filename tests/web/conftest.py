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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Warnings of a server that is not ours do not fail our tests."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            # Gradio's queue statistics ask pandas for an option that is on its way out.
            item.add_marker(pytest.mark.filterwarnings("ignore:.*no_silent_downcasting"))
            item.add_marker(pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"))
            # Its server leaves sockets and event loops to the garbage collector.
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"))
