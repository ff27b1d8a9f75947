"""Style pictures in the page: offered where they can act, drawn like, and asked for again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.tiny_ip_adapter import build_tiny_ip_adapter
from tests.web.stage import App, serving
from viper.curation import CuratedSet
from viper.generation.recipe import read_recipe
from viper.generation.style import StyleImage


@pytest.fixture(scope="module")
def styling(
    tmp_path_factory: pytest.TempPathFactory, curated_set: CuratedSet, tiny_sd: Path
) -> Iterator[App]:
    """An app whose model has an adapter."""
    adapter = build_tiny_ip_adapter(tmp_path_factory.mktemp("adapter"), tiny_sd)
    place = tmp_path_factory.mktemp("styling")
    with serving(place, curated_set, str(tiny_sd), ip_adapter=str(adapter)) as app:
        yield app


def _create(page: Page, app: App) -> None:
    page.set_default_timeout(60_000)
    page.goto(app.address)
    page.locator(".vp-figure img").wait_for()
    page.get_by_role("tab", name="Create").click()
    page.get_by_role("textbox", name="Prompt").fill("a boat")
    page.get_by_role("button", name="Advanced").click()
    expect(page.get_by_label("Leave out")).to_be_visible()


def _press_create(page: Page) -> None:
    create = page.get_by_role("button", name="Create", exact=True)
    create.click()
    expect(create).to_be_enabled(timeout=60_000)


def test_without_an_adapter_none_is_offered(page: Page, app: App) -> None:
    _create(page, app)
    expect(page.locator("input[type=file][accept*=webp]")).to_have_count(0)
    expect(page.get_by_role("slider", name="Style")).to_have_count(0)


def test_a_style_picture_is_drawn_like_and_asked_for_again(
    page: Page, styling: App, tmp_path: Path
) -> None:
    like, words = tmp_path / "like.png", tmp_path / "words.png"
    Image.radial_gradient("L").save(like)
    words.write_text("no picture")
    _create(page, styling)
    page.get_by_role("slider", name="Number of pictures").fill("1")
    chosen = page.locator("input[type=file][accept*=webp]")
    chosen.set_input_files(words)
    expect(page.get_by_role("row", name="words.png")).to_be_visible()
    _press_create(page)
    expect(page.get_by_test_id("toast-body")).to_contain_text("words.png: expected a picture")
    page.get_by_label("Clear").first.click()
    chosen.set_input_files(like)
    expect(page.get_by_role("row", name="like.png")).to_be_visible()
    page.get_by_role("slider", name="Style").fill("0.6")
    _press_create(page)
    expect(page.locator(".vp-tile a img")).to_have_count(1)
    page.get_by_role("tab", name="Gallery").click()
    page.locator(".vp-open").first.click()
    expect(page.locator(".vp-detail")).to_contain_text("1 picture, weight 0.6")
    page.get_by_role("button", name="Use this recipe").click()
    expect(page.get_by_test_id("toast-body").last).to_contain_text("Choose the same files again")
    expect(page.get_by_role("slider", name="Style")).to_have_value("0.6")
    [file] = styling.settings.data_dir.rglob("*.png")
    style = read_recipe(file).style
    assert style is not None
    assert style.images == (StyleImage.read(like).sha256,)
