"""What is shown, taken elsewhere: a link, a frame of another page, slides."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from browser import SETTLED
from playwright.sync_api import expect
from steps import step_of

from teachrnn.runs import small_network
from teachrnn.views.page.fragment import story_fragment
from teachrnn.views.page.standalone import story_page

IN_SIGHT = (".rail", ".now h2", ".sentence", ".formula math", ".piece", ".result", ".entry")
STEPS = ("#step=dh[3]", "#step=h[3]&level=operations", "#step=loss", "#step=dU")
CLIPBOARD = """allowed => Object.defineProperty(navigator, "clipboard", { configurable: true, value: {
    async writeText(text) { if (!allowed) throw new Error("refused"); window.copied = text; } } })"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The addresses of the pages of two networks."""
    folder = tmp_path_factory.mktemp("share")
    addresses = {}
    for cell in ("vanilla", "lstm"):
        shown = small_network("hello world", cell=cell)
        path = folder / f"{cell}.html"
        path.write_text(story_page(shown.trace, symbols=shown.symbols), "utf-8")
        addresses[cell] = path.as_uri()
    return addresses


def opened(page, address):
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector("body[data-ready]")
    page.evaluate(SETTLED)
    return page


def in_sight(page, parts=IN_SIGHT):
    size = page.viewport_size
    for part in parts:
        box = page.locator(part).first.bounding_box()
        assert box["y"] >= 0, part
        assert box["y"] + box["height"] <= size["height"], part
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("cell", ["vanilla", "lstm"])
def test_embedded_page_fits_a_frame_of_960_by_540_without_a_head(browser_page, pages, cell):
    browser_page.set_viewport_size({"width": 960, "height": 540})
    for step in STEPS:
        page = opened(browser_page, f"{pages[cell]}?embed=1{step}")
        in_sight(page, (*IN_SIGHT, ".outline", ".steer"))
    assert page.get_by_role("heading", level=1).count() == 1  # said, and not seen
    assert page.locator(".about").first.bounding_box()["height"] <= 1


def test_slides_are_stepped_through_with_a_clicker_and_have_no_controls(browser_page, pages):
    for step in STEPS:
        in_sight(opened(browser_page, f"{pages['lstm']}?slides=1{step}"))
    page = opened(browser_page, f"{pages['vanilla']}?slides=1")
    buttons = page.get_by_role("button").filter(visible=True)
    assert buttons.evaluate_all("all => all.every(b => b.closest('svg, .pieces'))")
    page.locator(".piece button").nth(3).focus()  # in which the key has another meaning
    for key, stop in (("PageDown", 2), ("ArrowRight", 3), ("PageUp", 2)):
        page.keyboard.press(key)
        assert step_of_rail(page) == stop
    page.evaluate("document.activeElement.blur()")
    for key, stop in (("ArrowDown", 3), (" ", 4), ("End", 21), ("Home", 1)):
        page.keyboard.press(key)
        assert step_of_rail(page) == stop
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.evaluate(SETTLED)
    in_sight(page)
    assert page.locator(".sentence").bounding_box()["height"] > 60  # in large type
    box = page.locator(".rail").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 14)
    assert step_of_rail(page) == 5
    page.keyboard.press("b")
    assert page.locator(".now h2").is_hidden()
    page.keyboard.press("b")
    page.keyboard.press("Escape")
    expect(page.locator(".steer")).to_be_visible()
    page.keyboard.press("f")
    expect(page.locator(".steer")).to_be_hidden()


def step_of_rail(page):
    return int(page.locator(".rail").get_attribute("aria-valuenow"))


def test_link_to_what_is_shown_is_copied_or_offered_selected(browser_page, pages):
    page = opened(browser_page, f"{pages['vanilla']}?embed=1#step=dh[3]&why=dh[3][1]")
    page.keyboard.press("s")
    button = page.get_by_role("button", name="Copy link")
    page.evaluate(CLIPBOARD, True)
    button.click()
    status = page.locator(".share [role=status]")
    expect(status).to_contain_text("copied")
    copied = page.evaluate("window.copied")
    assert unquote(copied) == f"{pages['vanilla']}#step=dh[3]&why=dh[3][1]"
    assert "[" not in copied
    shown = page.locator("main").inner_text()
    page.evaluate(CLIPBOARD, False)
    button.click()
    expect(status).to_contain_text("not allowed")
    assert page.evaluate("getSelection().toString()") == copied
    page.keyboard.press("Escape")  # from the field, whose keys are its own
    again = opened(browser_page, copied)
    assert again.locator(".why").is_visible()
    assert step_of(again) == (19, 21)
    assert again.locator(".now h2").inner_text() in shown


def test_page_without_an_address_works_and_offers_none(browser_page, pages):
    text = Path(urlsplit(pages["vanilla"]).path).read_text("utf-8")
    browser_page.set_content('<iframe title="page" sandbox="allow-scripts"></iframe>')
    frame = browser_page.locator("iframe")
    frame.evaluate("(frame, text) => { frame.srcdoc = text; }", text)
    page = browser_page.frame_locator("iframe")
    page.get_by_role("button", name="Next step", exact=True).press("ArrowRight")
    expect(page.locator(".now h2")).to_have_text("Step 2 reads “e”")
    page.locator("body").evaluate(
        "() => new Promise((after) => setTimeout(after, 300))"
    )  # it is written
    shown = small_network("hi", hidden=2)
    browser_page.set_content(story_fragment(shown.trace, symbols=shown.symbols))
    browser_page.get_by_role("button", name="Next step", exact=True).press("s")
    expect(browser_page.get_by_role("button", name="Slides")).to_be_visible()
    expect(browser_page.get_by_role("button", name="Copy link")).to_be_hidden()
