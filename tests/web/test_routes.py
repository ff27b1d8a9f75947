import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.web.stage import App
from viper.generation import GenerationRequest
from viper.generation.recipe import read_recipe
from viper.preference import Attribute, VisualPreference
from viper.web.owners import COOKIE

TEAL = VisualPreference(liked=(Attribute(attribute="teal", facet="color palette"),))


class Visitor:
    """A browser that has opened the page."""

    def __init__(self, app: App) -> None:
        self.http = httpx.Client(base_url=app.address, timeout=60)
        self.page = self.http.get("/")
        self.owner = self.http.cookies[COOKIE].partition(".")[0]


@pytest.fixture
def visitor(app: App) -> Iterator[Visitor]:
    visitor = Visitor(app)
    yield visitor
    visitor.http.close()


@pytest.fixture
def stranger(app: App) -> Iterator[Visitor]:
    visitor = Visitor(app)
    yield visitor
    visitor.http.close()


def _draw(app: App, visitor: Visitor) -> str:
    request = GenerationRequest(prompt="a boat", preference=TEAL, steps=2)
    (drawn,) = app.studio.draw(visitor.owner, None, request=request)
    return drawn.stored.id


def test_the_page_gives_a_cookie_that_scripts_cannot_read(visitor: Visitor) -> None:
    line = visitor.page.headers["set-cookie"]
    assert "HttpOnly" in line
    assert "SameSite=Lax" in line
    again = visitor.http.get("/")
    assert again.headers["set-cookie"].startswith(f"{COOKIE}={visitor.http.cookies[COOKIE]};")


def test_what_loads_beside_the_page_gives_no_cookie(app: App) -> None:
    assert "set-cookie" not in httpx.get(f"{app.address}/config", timeout=60).headers


def test_inside_a_frame_of_the_hub_the_cookie_is_kept_apart(app: App) -> None:
    headers = {"host": "someone-viper.hf.space", "x-forwarded-proto": "https"}
    line = httpx.get(app.address, headers=headers, timeout=60).headers["set-cookie"]
    assert line.endswith("SameSite=None; Secure; Partitioned")


def test_a_picture_is_shown_to_its_owner_only(
    app: App, visitor: Visitor, stranger: Visitor, tmp_path: Path
) -> None:
    address = f"/pictures/{_draw(app, visitor)}.png"
    mine = visitor.http.get(address)
    assert mine.status_code == 200
    assert mine.headers["cache-control"].startswith("private")
    (tmp_path / "mine.png").write_bytes(mine.content)
    assert read_recipe(tmp_path / "mine.png").prompt == "a boat"
    unknown = f"/pictures/{'0' * 32}.png"
    for other in (stranger.http.get(address), httpx.get(app.address + address, timeout=60)):
        assert other.status_code == 404
        assert other.content == visitor.http.get(unknown).content


def test_a_forged_cookie_opens_nothing(app: App, visitor: Visitor) -> None:
    address = f"{app.address}/pictures/{_draw(app, visitor)}.png"
    forged = httpx.get(address, cookies={COOKIE: f"{visitor.owner}.{'0' * 64}"}, timeout=60)
    assert forged.status_code == 404


def test_files_cannot_be_reached_around_the_check(app: App, visitor: Visitor) -> None:
    file = app.studio.picture_file(visitor.owner, _draw(app, visitor))
    assert visitor.http.get(f"/gradio_api/file={file}").status_code in {403, 404}


def test_a_taste_is_exported_to_its_owner_only(
    app: App, visitor: Visitor, stranger: Visitor
) -> None:
    profile = app.studio.store.profiles.get_or_default(visitor.owner).id
    app.studio.import_preference(visitor.owner, profile, preference=TEAL)
    mine = visitor.http.get(f"/profiles/{profile}.json")
    assert VisualPreference.from_json(mine.content).liked[0].attribute == "teal"
    assert stranger.http.get(f"/profiles/{profile}.json").status_code == 404
    everything = json.loads(visitor.http.get("/my-data.json").content)
    assert everything["owner"]["id"] == visitor.owner
    assert stranger.http.get("/my-data.json").status_code == 404


def test_curated_pictures_are_for_everybody(app: App, tmp_path: Path) -> None:
    image = app.studio.curated.images[0]
    whole = httpx.get(f"{app.address}/curated/{image.id}", timeout=60)
    small = httpx.get(f"{app.address}/curated/{image.id}?small", timeout=60)
    (tmp_path / "small").write_bytes(small.content)
    with Image.open(tmp_path / "small") as opened:
        assert max(opened.size) <= 160
    assert whole.content == app.studio.curated.path(image.reference).read_bytes()
    assert httpx.get(f"{app.address}/curated/nothing", timeout=60).status_code == 404
