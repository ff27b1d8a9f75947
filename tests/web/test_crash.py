"""The whole app is killed while it draws, and started again on what it left."""

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from viper.generation.recipe import read_recipe
from viper.settings import ROOT

SAID = "I love the teal and the soft light"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def _running(port: int, model: str) -> Iterator[subprocess.Popen[str]]:
    """The app as its command starts it, with the settings of this test; killed in the end."""
    chosen = {"VIPER_MODEL": model, "VIPER_DEVICE": "cpu", "VIPER_EXTRACTOR": "offline"}
    with subprocess.Popen(
        [sys.executable, "-m", "viper.cli", "serve", "--host", "127.0.0.1", "--port", str(port)],
        cwd=ROOT,
        env=os.environ | chosen,
        stdout=subprocess.PIPE,
        text=True,
    ) as app:
        try:
            assert app.stdout is not None
            assert str(port) in app.stdout.readline(), "the app did not start"
            yield app
        finally:
            app.kill()


def _open(page: Page, port: int) -> None:
    page.set_default_timeout(60_000)
    page.goto(f"http://127.0.0.1:{port}")
    page.locator(".vp-figure img").wait_for()


def _create(page: Page, prompt: str, *, steps: int) -> None:
    page.get_by_role("textbox", name="Prompt").fill(prompt)
    page.get_by_role("spinbutton", name="Steps").fill(str(steps))
    page.get_by_role("button", name="Create", exact=True).click()


def _stored(place: Path) -> dict[str, str]:
    """File and recipe of each picture in the database, which must be whole."""
    with sqlite3.connect(place / "viper.sqlite3") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        found = dict(database.execute("SELECT file, recipe FROM images").fetchall())
    database.close()
    return found


def _agrees(place: Path) -> int:
    """How many pictures there are, each in the database and, whole, as a file."""
    stored = _stored(place)
    files = {str(f.relative_to(place / "data")) for f in (place / "data").rglob("*.png")}
    assert files == set(stored)
    for file, recipe in stored.items():
        assert read_recipe(place / "data" / file).to_json(indent=None) == recipe
    return len(stored)


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_killed_while_drawing_nothing_is_lost(page: Page, place: Path, model: str) -> None:
    expect.set_options(timeout=60_000)
    port = _free_port()
    with _running(port, model) as app:
        _open(page, port)
        page.get_by_role("textbox", name="What do you think of this picture?").fill(SAID)
        page.get_by_role("button", name="Like", exact=True).click()
        expect(page.locator(".vp-known")).to_contain_text("teal")
        page.get_by_role("tab", name="Create").click()
        page.get_by_role("slider", name="Number of pictures").fill("1")
        page.get_by_role("button", name="Advanced").click()
        _create(page, "a boat", steps=2)
        expect(page.locator(".vp-tile a img")).to_have_count(1)
        expect(page.get_by_role("button", name="Create", exact=True)).to_be_enabled()
        _create(page, "a lighthouse", steps=250)
        expect(page.locator("#vp-results")).to_contain_text("Step")
        app.kill()
        app.wait()
    assert _agrees(place) == 1
    with _running(port, model):
        _open(page, port)
        expect(page.locator(".vp-known")).to_contain_text("teal")
        page.get_by_role("tab", name="My taste").click()
        expect(page.locator("#vp-comments")).to_contain_text(SAID)
        page.get_by_role("tab", name="Create").click()
        page.get_by_role("slider", name="Number of pictures").fill("1")
        page.get_by_role("button", name="Advanced").click()
        _create(page, "a house", steps=2)
        expect(page.locator(".vp-tile a img")).to_have_count(1)
        page.get_by_role("tab", name="Gallery").click()
        expect(page.locator(".vp-picture")).to_have_count(2)
        for shown in page.locator(".vp-open img").all():
            address = shown.get_attribute("src") or ""
            assert page.request.get(f"http://127.0.0.1:{port}/{address}").status == 200
    assert _agrees(place) == 2
