"""The pictures of the README, taken of a real page in Chromium.

python docs/screenshots.py
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from teachrnn import introduction, save_page, small_network

ASSETS = Path(__file__).parent / "assets"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def stepper(page: Page) -> None:
    """The stepper in the backward pass, where the two parts of dh[4] meet."""
    page.evaluate("location.hash = 'step=dh[4]'")
    page.wait_for_timeout(800)
    page.screenshot(path=ASSETS / "stepper.png")


def why(page: Page) -> None:
    """An entry of dW as the sum of its parts over time."""
    page.get_by_label("Go to a time step").fill("dW")
    page.keyboard.press("Enter")
    page.locator(".all-numbers > summary").click()
    grid = page.locator('.out figure[data-name="dW"]').last
    grid.locator("summary").click()
    grid.locator('td[data-place="9"]').click()
    page.locator(".why").wait_for()
    page.wait_for_timeout(300)
    page.evaluate("document.querySelector('.stay').style.position = 'static'")
    page.locator(".why").screenshot(path=ASSETS / "why.png")


def main() -> None:
    shown = small_network("hello world", hidden=8)
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "page.html"
        save_page(shown.trace, path, symbols=shown.symbols, about=introduction(shown))
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 720}, device_scale_factor=1.5)
        page.goto(path.as_uri())
        page.wait_for_selector("body[data-ready]")
        stepper(page)
        why(page)
        browser.close()


if __name__ == "__main__":
    main()
