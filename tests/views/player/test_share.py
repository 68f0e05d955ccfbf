"""What is shown, taken elsewhere: a link, a frame of another page, slides, pictures."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import numpy as np
import pytest
from axe import violations
from browser import SETTLED
from PIL import Image
from playwright.sync_api import expect
from steps import step_of
from usual import usual

from teachrnn import CharRNN
from teachrnn.runs import small_network
from teachrnn.views.page.fragment import story_fragment
from teachrnn.views.page.standalone import story_page
from teachrnn.views.page.tour_page import tours_page
from teachrnn.views.tour import Guided

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


@pytest.mark.parametrize("cell", usual(["vanilla"], ["lstm"]))
def test_embedded_page_fits_a_frame_of_960_by_540_without_a_head(browser_page, pages, cell):
    browser_page.set_viewport_size({"width": 960, "height": 540})
    for step in STEPS:
        page = opened(browser_page, f"{pages[cell]}?embed=1{step}")
        in_sight(page, (*IN_SIGHT, ".outline", ".steer"))
    assert page.get_by_role("heading", level=1).count() == 1  # said, and not seen
    assert page.locator(".about").first.bounding_box()["height"] <= 1
    page.set_viewport_size({"width": 354, "height": 844})  # as in a notebook on a phone
    page.evaluate(SETTLED)
    node = page.locator(".outline .node:not(.read, .guess)").first
    label, box = (node.locator(part).bounding_box() for part in (".label", ".box"))
    assert box["y"] <= label["y"]
    assert label["y"] + label["height"] <= box["y"] + box["height"]


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


def test_clicker_turns_the_phases_of_a_tour(browser_page, tmp_path):
    path = tmp_path / "tour.html"
    path.write_text(tours_page([Guided.of("carry")]), "utf-8")
    page = opened(browser_page, f"{path.as_uri()}?slides=1")
    first = page.locator(".tour h2").inner_text()
    page.keyboard.press("PageDown")
    expect(page.locator(".tour h2")).not_to_have_text(first)
    page.keyboard.press("PageUp")
    expect(page.locator(".tour h2")).to_have_text(first)


def step_of_rail(page):
    return int(page.locator(".rail").get_attribute("aria-valuenow"))


def test_link_to_what_is_shown_is_copied_or_offered_selected(browser_page, pages):
    page = opened(browser_page, f"{pages['vanilla']}?embed=1#step=dh[3]&why=dh[3][1]")
    page.keyboard.press("s")
    button = page.get_by_role("button", name="Copy link")
    page.evaluate(CLIPBOARD, True)
    button.click()
    status = page.locator(".sharing [role=status]")
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


AS_IN_FIREFOX = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("mi { text-transform: none !important }");
    document.adoptedStyleSheets = [sheet];
}"""
"""Its style does not say that a letter of a formula is slanted."""


def saved(page, name, *, nth=0):
    """The file that a button of the panel saves, and what it is called."""
    with page.expect_download() as download:
        page.locator(".sharing").get_by_role("button", name=name, exact=True).nth(nth).click()
    return Path(download.value.path()).read_bytes(), download.value.suggested_filename


def seen(page, clip=None):
    return np.asarray(Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB"), float)


def test_picture_shows_what_the_page_shows_and_needs_nothing_else(browser_page, tmp_path):
    hostile = ["</text><script>alert(1)</script>", "b", "&"]
    model = CharRNN(hidden=12, symbols=3, cell="lstm", scale=0.5, rng=np.random.default_rng(0))
    text = story_page(model.record([0, 1, 0], [1, 0, 2]), symbols=hostile, about=["“a” <b>"])
    (tmp_path / "page.html").write_text(text, "utf-8")
    address = (tmp_path / "page.html").as_uri()
    page = opened(browser_page, address + "#step=dh[2]&level=operations")
    scene, now = (page.locator(part).bounding_box() for part in (".scene", "section.now"))
    shown = [seen(page, box) for box in (scene, {**now, "height": 250})]
    page.keyboard.press("s")
    assert violations(page) == []
    svg, name = saved(page, "SVG")
    assert name == "dh2.svg"
    root = ElementTree.fromstring(svg)
    links = [value for node in root.iter() for key, value in node.items() if key.endswith("href")]
    assert links  # a strip of colours
    assert all(link.startswith("data:image/png;") for link in links)
    assert {node.tag.rpartition("}")[2] for node in root.iter()} <= {
        *("svg", "title", "desc", "style", "rect", "path", "text", "image", "g", "defs", "clipPath")
    }
    paints = {node.get(key) for node in root.iter() for key in ("fill", "stroke")} - {None, "none"}
    assert all(re.fullmatch("#[0-9a-f]{6}", paint) for paint in paints)
    assert "“a” <b>" in root.findtext("{*}desc")
    png, name = saved(page, "PNG")
    assert name == "dh2.png"
    picture = Image.open(io.BytesIO(png))
    assert picture.size == (2 * int(root.get("width")), 2 * int(root.get("height")))
    (tmp_path / "picture.svg").write_bytes(svg)
    page.goto((tmp_path / "picture.svg").as_uri())
    small = np.asarray(picture.convert("RGB").reduce(2), float)
    for y, before in zip((16, 16 + scene["height"] + 12), shown, strict=True):
        high, wide = before.shape[:2]
        drawn = seen(page, {"x": 16, "y": y, "width": wide, "height": high})
        top = round(y)
        for after in (drawn, small[top : top + high, 16 : 16 + wide]):
            blank = np.abs(before - 255).mean()
            assert np.abs(before - after).mean() < 0.45 * blank  # letters lie between pixels


def test_steps_are_saved_as_numbered_pictures_in_light_colours_and_as_slides(browser_page, pages):
    browser_page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page = opened(browser_page, pages["vanilla"] + "#step=dh[3]")
    page.evaluate(AS_IN_FIREFOX)
    page.keyboard.press("s")
    page.get_by_label("first step of the pictures").fill("9")
    page.get_by_label("last step of the pictures").fill("11")
    page.get_by_label("as slides").check()
    data, name = saved(page, "SVG files")
    assert name == "steps.zip"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["09-h9.svg", "10-h10.svg", "11-loss.svg"]
        pictures = [ElementTree.fromstring(archive.read(name)) for name in archive.namelist()]
    for picture in pictures:
        assert (picture.get("width"), picture.get("height")) == ("1280", "720")
        assert picture.find("{*}rect").get("fill") == "#ffffff"
    assert pictures[0].findtext("{*}title") == "Step 9 reads “r”"
    assert "ℎ" in "".join(pictures[0].itertext())  # a slanted letter of the formula
    assert step_of(page) == (19, 21)
    assert page.locator(".slides, .pictured").count() == 0
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "light dark"


def test_on_paper_the_page_is_light_and_whole_and_has_no_controls(browser_page, pages):
    page = browser_page
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    opened(page, pages["lstm"] + "#step=dh[9]&why=dh[9][1]")
    seen = "all => [...new Set(all.map(sheet => sheet.getAttribute('viewBox')))]"
    sheets = page.locator(".outline > svg")  # one over the other: all show the same part of the drawing
    on_screen = sheets.evaluate_all(seen)
    assert len(on_screen) == 1
    page.evaluate("dispatchEvent(new Event('beforeprint'))")  # browsers lay out nothing more after it
    assert sheets.evaluate_all(seen) == ["0 0 1010 216"]
    columns = page.locator(".outline > svg.column").evaluate_all(
        "all => all.filter(g => g.style.display !== 'none').length"
    )
    assert columns == 11
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert sheets.evaluate_all(seen) == on_screen
    page.set_viewport_size({"width": 1032, "height": 718})  # A4 across, without its margins
    page.emulate_media(color_scheme="dark", media="print")
    page.evaluate(SETTLED)
    for part in (".outline", ".rail svg", ".pieces", ".formula", ".why", ".entry", ".code-pane"):
        box = page.locator(part).first.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 1032, part
    inside = "all => all.every(e => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight)"
    assert page.locator(".formula, .written").filter(visible=True).evaluate_all(inside)
    assert page.locator(".entry").bounding_box()["y"] < 700  # on the first sheet
    assert (
        page.locator(".steer, button.word")
        .filter(visible=True)
        .evaluate_all("all => all.every(e => e.closest('.terms'))")
    )
    assert page.evaluate("getComputedStyle(document.querySelector('.trnn')).color") == "rgb(29, 31, 35)"
