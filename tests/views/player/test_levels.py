"""The page at its two levels: what is in sight without scrolling, where keys and addresses lead."""

from __future__ import annotations

import numpy as np
import pytest
from axe import violations
from browser import SETTLED
from playwright.sync_api import expect
from steps import at_step, step_of
from usual import usual

from teachrnn import Backprop, CharRNN
from teachrnn.data import Vocabulary
from teachrnn.runs import small_network
from teachrnn.triangle import Triangle
from teachrnn.views.page.standalone import story_page
from teachrnn.views.story.introduction import introduction
from teachrnn.views.style.number import format_number

NETWORKS = {
    "vanilla": {},
    "lstm": {"cell": "lstm"},
    "gru": {"cell": "gru"},
    "two layers": {"cell": "lstm", "layers": 2, "hidden": 100, "updates": 1},
}
OF_S = ["r_f[2]", "r_i[2]", "r_g[2]"]
"""The operations by which h[1] contributes to s[2]."""
IN_SIGHT = [
    ".outline",
    ".rail",
    ".now h2",
    ".sentence",
    ".now .formula math",
    ".pieces .piece",
    ".pieces .result",
    ".equation .entry",
]
BOXES = "parts => parts.map((part) => document.querySelector(part).getBoundingClientRect().toJSON())"
SIZES = [(1280, 720), (1440, 900), (1024, 768), (390, 844)]


CELL = """() => [...document.querySelectorAll(".inside .node")].map((g) => {
    const { left, right, top } = g.querySelector(".box").getBoundingClientRect();
    const label = g.querySelector(".label");
    return [left, right, Math.round(top), label.textContent, label.getBBox().width];
})"""


class Pages(dict):
    """The address of a page of each network on "hello world", written when it is asked for."""

    def __init__(self, folder):
        self.folder = folder

    def __missing__(self, name):
        shown = small_network("hello world", **NETWORKS[name])
        page = story_page(shown.trace, symbols=shown.symbols, about=introduction(shown))
        (self.folder / f"{name}.html").write_text(page, "utf-8")
        self[name] = (self.folder / f"{name}.html").as_uri()
        return self[name]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    return Pages(tmp_path_factory.mktemp("levels"))


def opened(page, address, hash_=""):
    page.goto("about:blank")
    page.goto(address + hash_)
    page.wait_for_selector("body[data-ready]")
    page.evaluate(SETTLED)
    return page


@pytest.mark.parametrize(
    "network",
    usual(["vanilla"], ["lstm", "gru", "two layers"]),
)
def test_graph_controls_words_and_formula_in_numbers_are_in_sight(browser_page, pages, network):
    page = opened(browser_page, pages[network])
    top = "layer2." if network == "two layers" else ""
    at = f"#step=d{top}h[3]"
    for hash_ in ("", f"{at}&level=operations", f"{at}&level=time", f"#step={top}h[3]&level=operations"):
        page.evaluate("hash => { location.hash = hash; }", hash_)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate(SETTLED)
            boxes = page.evaluate(BOXES, [*IN_SIGHT, ".steer"])
            *parts, controls = zip([*IN_SIGHT, ".steer"], boxes, strict=True)
            covered = controls[1]["top"] if width < 640 else height  # on a phone they cover the rest
            for part, box in parts:
                assert 0 <= box["top"] < box["bottom"] < covered + 1, (part, hash_, width)
            assert controls[1]["bottom"] <= height
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_graph_and_controls_stay_in_sight_while_the_rest_scrolls(browser_page, pages):
    page = opened(browser_page, pages["vanilla"])
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    for part in (".outline", ".rail", ".steer"):
        box = page.locator(part).bounding_box()
        assert 0 <= box["y"] <= 720 - box["height"]


def test_keys_walk_by_time_steps_by_operations_and_into_one(browser_page, pages):
    page = opened(browser_page, pages["vanilla"])
    assert step_of(page) == (1, 21)
    page.keyboard.press("ArrowRight")
    assert page.locator(".now h2").inner_text() == "Step 2 reads “e”"
    page.keyboard.press("i")
    assert step_of(page) == (10, 121)  # the operation whose formula stood for the time step
    assert page.locator(".inside").is_visible()
    page.keyboard.press("ArrowRight")
    assert step_of(page) == (11, 121)
    page.keyboard.press("n")
    assert step_of(page) == (13, 121)
    page.keyboard.press("i")
    expect(page.locator(".into")).to_be_visible()
    page.keyboard.press("k")  # inside an operation, its entries are played
    assert page.locator(".into button", has_text="pause").is_visible()
    assert step_of(page) == (13, 121)
    for hidden in (".into", ".inside"):
        page.keyboard.press("Escape")
        expect(page.locator(hidden)).to_be_hidden()
    assert step_of(page) == (3, 21)


def test_node_that_is_marked_is_what_the_step_is_about(browser_page, pages):
    marked = '.outline [aria-current="step"]'
    for hash_, name in (
        ("#step=h[3]", "h[3]"),
        ("#step=dh[3]", "h[3]"),  # whose gradient is complete
        ("#step=dh[3]&level=operations", "o[3]"),  # through which its last part comes
        ("#step=r[3]", "a[3]"),  # of which it is a part
    ):
        page = opened(browser_page, pages["vanilla"], hash_)
        assert page.locator(marked).evaluate_all("all => all.map(g => g.dataset.name)") == [name]


def test_arrow_keys_walk_over_the_outline_and_enter_goes_to_what_a_node_is_about(browser_page, pages):
    page = opened(browser_page, pages["vanilla"], "#step=h[3]")
    page.locator('.outline [data-name="h[3]"]').focus()
    for key, name in (("ArrowRight", "h[4]"), ("ArrowUp", "o[4]"), ("ArrowLeft", "o[3]")):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.dataset.name") == name
    page.keyboard.press("Enter")
    assert page.locator(".now .technical").inner_text() == "o[3] = Affine(h[3], V, c)"


def test_what_belongs_together_lights_up_in_graph_and_formula(browser_page, pages):
    page = opened(browser_page, pages["vanilla"], "#step=dh[3]")
    lit = "all => [...new Set(all.map(one => one.dataset.name ?? one.dataset.edge ?? one.localName))]"
    page.locator(".pieces .result").hover()
    assert page.locator(".outline .lit").evaluate_all(lit) == ["h[3]"]
    page.locator('.pieces figure[data-name="∂h[3] via r[4]"]').hover()
    assert page.locator(".outline .lit").evaluate_all(lit) == ["h[3]>a[4]"]
    page.locator('.outline [data-name="h[3]"]').focus()
    assert "dh[3]" in page.locator(".pieces .lit").evaluate_all(lit)
    page.locator('.outline [data-name="h[3]"]').blur()
    for name, lit_up in (("h₃", "h[3]"), ("h₁₀", "h[10]")):
        page.locator(".sentence .mention", has_text=name).first.hover()
        assert lit_up in page.locator(".outline .lit").evaluate_all(lit)
    page.mouse.move(0, 0)
    assert page.locator(".lit").count() == 0


def test_legend_is_in_one_line_in_sight_and_folds_on_a_phone(browser_page, pages):
    page = opened(browser_page, pages["vanilla"], "#step=dh[3]")
    items = page.locator(".legend-line .item")
    most = ("value, gradient", "forward", "back", "not yet", "now")
    for width, height in SIZES[::-1]:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(SETTLED)
        line = page.locator(".legend-line").bounding_box()
        assert line["height"] == 16
        for n, words in enumerate(most):
            box = items.nth(n).bounding_box()
            assert words in items.nth(n).inner_text()
            assert (box["y"], box["x"] + box["width"] <= width) == (line["y"], True), (words, width)
        if width == 390:
            page.get_by_role("button", name="Legend").click()
            assert items.first.is_hidden()
            page.get_by_role("button", name="Legend").click()
            assert items.first.is_visible()


def test_entry_is_in_sight_on_a_phone_when_a_prediction_was_wrong(browser_page, pages):
    browser_page.set_viewport_size({"width": 390, "height": 844})
    for network in ("vanilla", "lstm"):
        page = opened(browser_page, pages[network], "#step=dh[3]")
        page.locator(".predict select, .settings select").last.select_option("number", force=True)
        page.locator(".predict input").fill("123.456")
        page.keyboard.press("Enter")
        assert "you were off by" in page.locator(".feedback").inner_text()
        page.evaluate(SETTLED)
        for part in (".feedback", ".now .formula math", ".pieces .result", ".equation .entry"):
            box = page.locator(part).first.bounding_box()
            assert box["y"] + box["height"] <= page.locator(".steer").bounding_box()["y"], part


def test_square_of_the_triangle_shows_in_the_graph_which_steps_a_loss_reaches(browser_page, pages):
    page = opened(browser_page, pages["vanilla"])
    reach = Triangle.of(small_network("hello world").trace).reaches["h"].norms
    page.get_by_label("Gradient", exact=True).select_option("h")
    triangle = page.get_by_role("application", name="Triangle of gradients")
    columns = page.locator(".outline .column:has([data-name^='h[']):not(:has([data-name='h[0]']))")
    shades = "all => all.map((one) => Number(one.style.opacity || -1))"
    triangle.scroll_into_view_if_needed()
    triangle.focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowRight"):
        page.keyboard.press(key)
    said = f"Of the loss at step 8, dh at step 2 receives norm {format_number(float(reach[7, 1]))}"
    expect(page.locator(".reach .square")).to_contain_text(said)
    shown = columns.evaluate_all(shades)
    assert shown[8:] == [0.2, 0.2]  # read later
    assert np.argsort(shown[:8]).tolist() == np.argsort(reach[7, :8]).tolist()
    page.keyboard.press("Tab")
    assert set(columns.evaluate_all(shades)) == {-1}
    triangle.locator("svg").hover(position={"x": 34 + 5, "y": 2 * 34 + 5})
    expect(page.locator(".reach .square")).to_contain_text("Of the loss at step 3, dh at step 1")
    assert columns.evaluate_all(shades)[3:] == 7 * [0.2]


def test_arrows_name_their_matrix_where_one_is_on_the_way(browser_page, pages):
    letters = "g => [...g.querySelectorAll('.weight')].map((one) => one.textContent).sort().join('')"
    page = opened(browser_page, pages["vanilla"], "#step=dh[3]")
    columns = page.locator(".outline .column")
    assert columns.nth(3).evaluate(letters) == "UVW"
    lit = "all => [...new Set(all.map((one) => one.textContent))]"
    page.evaluate("location.hash = 'step=r[4]&level=operations'")
    page.locator('.pieces [data-name="W"]').hover()
    assert page.locator(".outline .weight.lit").evaluate_all(lit) == ["W"]
    assert page.locator(".outline .weight.lit").count() == page.locator(".outline .column").count() - 1
    page = opened(browser_page, pages["lstm"])
    assert page.locator(".outline .column").nth(3).evaluate(letters) == "V"  # W and U are four each


@pytest.mark.parametrize("network", NETWORKS)
def test_cell_shows_the_operations_of_its_layer_and_time_step(browser_page, pages, network):
    name = "layer2.kept[3]" if network == "two layers" else "h[3]"
    page = opened(browser_page, pages[network], f"#step={name}&level=operations")
    layer = ", layer 2" if network == "two layers" else ""
    assert page.locator(".inside .caption").inner_text() == f"Inside the cell at t = 3{layer}"
    assert page.locator(".inside .node.now title").text_content().startswith(f"{name}, made by")
    titles = page.locator(".inside .node title").all_text_contents()
    assert len(titles) == len(set(titles))
    times = {title.partition("[")[2][0] for title in titles}
    assert times == {"2", "3"}
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate(SETTLED)
    boxes = page.evaluate(CELL)
    for left, right, level, word, width in boxes:
        assert "…" not in word
        assert width <= right - left, word
        apart = [r <= left + 0.1 or right - 0.1 <= start for start, r, y, *_ in boxes if y == level]
        assert apart.count(False) == 1, word  # itself


@pytest.mark.parametrize(
    "hash_",
    [
        "#step=dh[3]",
        "#step=r[4]",
        "#step=dh[3]&level=operations",
        "#step=loss",
        "#step=h[2]&why=h[2][1]",
    ],
)
def test_address_follows_and_leads_back(browser_page, pages, hash_):
    page = opened(browser_page, pages["vanilla"], hash_)
    shown = page.locator("main").inner_text()
    address = page.url
    page.keyboard.press("ArrowRight")
    expect(page).not_to_have_url(address)  # it is written when the reader pauses
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(address)
    again = opened(browser_page, pages["vanilla"], hash_)
    assert again.locator("main").inner_text() == shown


def test_fewer_than_ten_stops_of_the_tab_key_come_before_the_step(browser_page, pages):
    page = opened(browser_page, pages["lstm"], "#step=kept[3]")
    page.locator("body").focus()
    stops = 0
    while not page.evaluate("document.activeElement.closest('.now') !== null"):
        page.keyboard.press("Tab")
        stops += 1
    assert stops < 10


@pytest.mark.parametrize(("scheme", "hash_"), usual([("dark", "#step=kept[3]")], [("light", "")]))
def test_axe_core_finds_no_violation_at_either_level(browser_page, pages, hash_, scheme):
    browser_page.emulate_media(color_scheme=scheme)
    assert violations(opened(browser_page, pages["lstm"], hash_)) == []


def test_gradients_come_back_along_an_edge_with_the_sum_of_all_its_ways(browser_page, tmp_path):
    vocabulary = Vocabulary.of("abca")
    tokens = vocabulary.encode("abca")
    rng = np.random.default_rng(0)
    model = CharRNN(hidden=4, symbols=3, cell="lstm", scale=0.5, rng=rng)
    trace = model.record(tokens[:-1], tokens[1:])
    (tmp_path / "page.html").write_text(story_page(trace, symbols=vocabulary.symbols), "utf-8")
    page = opened(browser_page, (tmp_path / "page.html").as_uri())
    page.keyboard.press("G")
    at_step(page, 7)
    sweep = Backprop(trace)
    list(sweep)  # to the end
    uses = [term for term in sweep.found.terms(trace["h[1]"]) if term.user.name in OF_S]
    assert len(uses) == len(OF_S)
    norm = float(np.linalg.norm(sum(use.gradient for use in uses)))
    title = page.locator('[data-edge="h[1]>s[2]"] title').text_content()
    assert title.endswith(f"norm {format_number(norm)}")
