"""Makes docs/screenshot.png: `python docs/screenshot.py` while the app runs with the real weights.

It opens the app as a new person, comments on a few pictures, creates one and compares it with the
plain one. It needs Playwright and Chromium, as the tests do.
"""

import argparse
import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

SAID = [
    ("I love the deep teal and the gold, and how soft the light is", "Like"),
    ("Far too busy, and I hate the magenta", "Dislike"),
    ("Visible brushwork, calm and minimalist: lovely", "Like"),
]
PROMPT = "a lighthouse at dusk"


def main() -> None:
    """Takes the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="http://127.0.0.1:7860")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("screenshot.png"))
    arguments = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900}, device_scale_factor=1.5)
        page.set_default_timeout(120_000)
        page.goto(arguments.address)
        _comment(page)
        _create(page, arguments.seed)
        page.screenshot(path=arguments.out, full_page=True)
        browser.close()


def _comment(page: Page) -> None:
    picture = page.locator(".vp-figure img")
    for text, button in SAID:
        shown = picture.get_attribute("src")
        page.get_by_role("textbox", name="What do you think of this picture?").fill(text)
        page.get_by_role("button", name=button, exact=True).click()
        page.locator(f".vp-figure img:not([src='{shown}'])").wait_for()


def _create(page: Page, seed: int) -> None:
    page.get_by_role("tab", name="Create").click()
    page.get_by_role("textbox", name="Prompt").fill(PROMPT)
    page.get_by_role("spinbutton", name="Seed").fill(str(seed))
    page.get_by_role("button", name="Create", exact=True).click()
    page.get_by_role("button", name="Compare with plain").click()
    page.locator(".vp-compare .vp-plain").wait_for()
    page.wait_for_timeout(1000)


if __name__ == "__main__":
    main()
