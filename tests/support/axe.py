"""What axe-core finds wrong in a page, or in a part of it."""

from __future__ import annotations

from importlib.metadata import distribution
from typing import Any

from usual import usual

PATH = distribution("axe-playwright-python").locate_file("axe_playwright_python/axe.min.js")
SOURCE = PATH.read_text("utf-8")
RUN = """async (part) => {
    const found = await axe.run(part || document, { resultTypes: ["violations"] });
    return found.violations.map((v) => [v.id, v.nodes[0].html]);
}"""
"""Rules that hold, which are nearly all, are not reported, which would take a third of the time."""

SCHEMES_AND_WIDTHS = usual([("dark", 1280)], [("light", 390)])
SCHEMES = usual(["dark"], ["light"])
"""Each colour scheme and each width once: contrast depends on the scheme, places on the width."""


def load_axe(page: Any) -> None:
    """Load `axe` into the page, not as a script element, which the page's policy may forbid."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SOURCE)


def violations(page: Any, part: Any = None) -> list[list[str]]:
    """The rules that are broken, each with the first element that breaks it.

    Parameters
    ----------
    page : playwright.sync_api.Page
        The page.
    part : playwright.sync_api.Locator, optional
        One element of it; by default the whole page.
    """
    load_axe(page)
    return page.evaluate(RUN, part and part.element_handle())
