"""Arrays in the player: every number is shown, can be reached by keyboard, and can be explained."""

from __future__ import annotations

import numpy as np
import pytest
from axe import SCHEMES, violations
from browser import SETTLED
from panel import panel, recorded
from playwright.sync_api import expect

from teachrnn import Add, Multiply, Trace
from teachrnn.views.story import tell
from teachrnn.views.style.number import format_number

IMPORTS = 'import { ArrayShelf } from "/array/array.js"; import { HeatMap } from "/array/heat.js";'
SCRIPT = """
const shelf = window.shelf = new ArrayShelf(context);
const box = document.createElement("div");
box.className = "arrays";
window.add(box);
window.HeatMap = HeatMap;
window.at = (i) => {
  const step = context.story.steps[i];
  const lists = [step.operands, ...step.outcomes.map((o) => o.quantities)];
  box.replaceChildren(...shelf.figures(lists).flat());
  shelf.refocus();
};
"""
OPEN_ALL = "all => all.forEach(d => { if (!d.open) d.querySelector('summary').click(); })"


def step_of(story, title):
    return next(i for i, step in enumerate(story) if step.title.startswith(title))


def test_every_figure_shows_the_names_notes_and_numbers_of_the_story(browser_page):
    trace = recorded("aba")
    story = tell(trace)
    with panel(browser_page, trace, IMPORTS, SCRIPT) as page:
        for i, step in enumerate(story):
            page.evaluate("i => at(i)", i)
            page.locator("details").evaluate_all(OPEN_ALL)
            page.wait_for_function(
                "[...document.querySelectorAll('details')].every(d => d.querySelector('td'))"
            )
            shown = page.locator("figure").evaluate_all(
                """all => all.map(f => [f.dataset.name, f.querySelector('.note').textContent,
                    [...f.querySelectorAll('td, .number')].map(c => c.textContent)])"""
            )
            told = [*step.operands, *(q for o in step.outcomes for q in o.quantities)]
            numbers = [[format_number(x) for x in q.data.ravel().tolist()] for q in told]
            notes = [q.note if "symbol" not in q.note else "" for q in told]
            assert shown == [[q.name, n, x] for q, n, x in zip(told, notes, numbers, strict=True)]


def parts_of_W(trace):
    """The steps at which a further part is added to dW and db, which show both sums."""
    return [i for i, s in enumerate(tell(trace)) if s.title.startswith("back through r[")][2:]


def test_opened_numbers_stay_open_while_stepping(browser_page):
    trace = recorded("abcde")
    third, fourth = parts_of_W(trace)
    with panel(browser_page, trace, IMPORTS, SCRIPT) as page:
        page.evaluate("i => at(i)", third)
        page.locator('[data-name="dW"] summary').last.click()
        for i in (fourth, third, fourth):
            page.evaluate("i => at(i)", i)
            expect(page.locator('[data-name="dW"] td')).to_have_count(32)  # before, and the sum
            assert page.locator("details[open]").count() == 2
        page.locator('[data-name="dW"] summary').last.click()
        page.evaluate("i => at(i)", third)
        assert page.locator("details[open]").count() == 0


def test_arrow_keys_move_over_a_strip_and_enter_asks_why(browser_page):
    trace = recorded("ab")
    story = tell(trace)
    with panel(browser_page, trace, IMPORTS, SCRIPT) as page:
        page.evaluate("i => at(i)", step_of(story, "h[1] = Tanh"))
        cells = page.locator('[data-name="h[1]"] .number')
        assert cells.evaluate_all("all => all.map(c => c.tabIndex)") == [0, -1, -1, -1]
        cells.first.focus()
        for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight", "ArrowLeft", "Enter"):
            page.keyboard.press(key)
        entry = page.evaluate("context.model.get('entry')")
        assert entry["index"] == [2]
        assert page.evaluate("k => context.story.arrays[k].name", entry["array"]) == "h[1]"
        assert cells.nth(2).get_attribute("title") == f"h[1][2] = {float(trace['h[1]'].data[2])!r}"
        assert cells.nth(2).evaluate("c => c.closest('[data-own-keys]') !== null")


def test_focus_stays_on_the_array_of_the_same_name(browser_page):
    trace = recorded("abcde")
    third, fourth = parts_of_W(trace)
    with panel(browser_page, trace, IMPORTS, SCRIPT) as page:
        page.evaluate("i => at(i)", third)
        page.locator('[data-name="db"]').first.locator(".number").nth(2).click()
        page.evaluate("i => at(i)", fourth)
        focused = page.locator('[data-name="db"] :focus')
        assert focused.get_attribute("data-place") == "2"


@pytest.fixture
def large(browser_page):
    """An array of 100 x 70 numbers, opened."""
    numbers = np.random.default_rng(0).normal(size=(100, 70))
    trace = Trace()
    Add(trace.input("u", numbers), trace.input("v", 0 * numbers), name="a")
    with panel(browser_page, trace, IMPORTS, SCRIPT) as page:
        page.evaluate("at(0)")
        page.locator('[data-name="u"] summary').click()
        page.wait_for_selector('[data-name="u"] td')
        yield page, numbers


def in_window(page):
    return page.locator('[data-name="u"] tr').evaluate_all(
        "rows => rows.map(r => [...r.cells].map(c => c.textContent))"
    )


def test_large_matrix_is_shown_through_a_window(large):
    page, numbers = large
    assert page.locator('[data-name="u"] td').count() <= 12 * 16
    page.locator('[data-name="u"] .number-grid').evaluate("g => g.scrollTo(68 * 20, 26 * 40)")
    page.wait_for_function("document.querySelector('[data-name=u] tbody th').textContent === '40'")
    head, *lines = in_window(page)
    for line in lines:
        for column, text in zip(head[1:], line[1:], strict=True):
            assert text == format_number(numbers[int(line[0]), int(column)])


def test_arrow_keys_scroll_the_window_to_the_last_entry(large):
    page, numbers = large
    grid = page.locator('[data-name="u"] .number-grid')
    grid.evaluate("g => { g.style.width = '638px'; }")  # eight cells and a half
    page.evaluate(SETTLED)
    page.locator('[data-name="u"] td').first.click()
    for keys in (["PageDown"] * 9 + ["End"], ["ArrowRight", "ArrowDown"]):
        for key in keys:
            page.keyboard.press(key)
        page.evaluate(SETTLED)  # the window hears of its scrolling after the key
        assert page.evaluate("document.activeElement.textContent") == format_number(numbers[-1, -1])
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert page.evaluate("context.model.get('entry').index") == [98, 69]


def test_click_on_a_heat_map_asks_why_of_the_number_under_the_pointer(large):
    page, numbers = large
    heat = page.locator('[data-name="u"] .heat')
    box = heat.bounding_box()
    at = {"x": box["width"] * 30.5 / 70, "y": box["height"] * 20.5 / 100}
    heat.hover(position=at)
    assert (
        page.locator('[data-name="u"] .pointed').inner_text()
        == f"[20, 30] {format_number(numbers[20, 30])}"
    )
    heat.click(position=at)
    assert page.evaluate("context.model.get('entry').index") == [20, 30]


COLOURS = """async () => {
  const shown = document.querySelector('[data-name=a] canvas');
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const canvas = new OffscreenCanvas(shown.width, shown.height), d = canvas.getContext('2d');
  d.drawImage(shown, 0, 0);
  const { data } = d.getImageData(0, 0, canvas.width, canvas.height);
  const cells = [];
  for (let c = 0; c < 5; c++) {
    const seen = new Map();
    for (let x = c * canvas.width / 5; x < (c + 1) * canvas.width / 5; x++)
      for (let y = 0; y < canvas.height; y++) {
        const at = 4 * (Math.floor(x) + y * canvas.width);
        const colour = [...data.slice(at, at + 3)].join();
        seen.set(colour, (seen.get(colour) || 0) + 1);
      }
    cells.push([...seen].sort((a, b) => b[1] - a[1]).map(([colour]) => colour.split(',').map(Number)));
  }
  return cells;
}"""


def overflowed(repeats=1):
    """A trace whose `a` is 1, -1, 0, not a number, minus infinity, in every row."""
    huge = 1e300
    trace = Trace()

    def product(name, numbers, factor):
        rows = np.tile(numbers, (repeats, 1)) if repeats > 1 else np.array(numbers)
        given = trace.input(f"{name}1", rows), trace.input(f"{name}2", np.full(rows.shape, factor))
        return Multiply(*given, name=name)

    with np.errstate(all="ignore"):
        plus = product("p", [1 / huge, -1 / huge, 0.0, huge, -huge], huge)
        minus = product("m", [0.0, 0.0, 0.0, -huge, -huge], huge)
        Add(plus, minus, name="a")
    return trace


@pytest.mark.parametrize(("scheme", "paper"), [("light", [255, 255, 255]), ("dark", [22, 24, 28])])
def test_heat_map_shows_sign_by_colour_and_by_hatching(browser_page, scheme, paper):
    browser_page.emulate_media(color_scheme=scheme)
    with panel(browser_page, overflowed(20), IMPORTS, SCRIPT) as page:
        page.evaluate("at(2)")
        plus, minus, zero, nan, infinite = page.evaluate(COLOURS)
        assert len(plus) == 1
        assert plus[0][2] > plus[0][0]  # blue
        assert len(minus) == 2, "minus has strokes"
        assert minus[0][0] > minus[0][2]  # orange
        assert zero == [paper]
        assert len(nan) == 2
        assert sorted(nan) == sorted(infinite)
        page.emulate_media(color_scheme="dark" if scheme == "light" else "light")
        assert page.evaluate(COLOURS)[2] != [paper], "the colours follow the page"


AS_IN_WEBKIT = """
delete ResizeObserverEntry.prototype.devicePixelContentBoxSize;
const observe = ResizeObserver.prototype.observe;
ResizeObserver.prototype.observe = function (target, options) {
  if (options?.box === "device-pixel-content-box") throw new TypeError("no such box");
  observe.call(this, target, options);
};
const { HeatMap } = await import("/array/heat.js");
"""


def test_heat_map_is_painted_where_a_canvas_is_not_told_its_size_in_pixels_of_the_screen(browser_page):
    script = "window.add(HeatMap.ofArray(story, story.named.get('W')[0]).element);"
    with panel(browser_page, recorded("ab", hidden=20), AS_IN_WEBKIT, script) as page:
        page.evaluate(SETTLED)
        wide, colours = page.locator(".heat canvas").evaluate(
            """canvas => {
              const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
              const exact = Math.round(canvas.clientWidth * devicePixelRatio);
              return [canvas.width === exact, new Set(new Uint32Array(data.buffer)).size];
            }"""
        )
        assert wide, "in the pixels of the screen"
        assert colours > 20


def test_numbers_that_are_not_finite_are_named(browser_page):
    with panel(browser_page, overflowed(), IMPORTS, SCRIPT) as page:
        page.evaluate("at(2)")
        shown = page.locator('[data-name="a"] .number').all_inner_texts()
        assert shown == ["1.00", "−1.00", "0", "nan", "−∞"]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_core_finds_no_violation_in_arrays(browser_page, scheme):
    browser_page.emulate_media(color_scheme=scheme)
    trace = recorded("abc")
    with panel(browser_page, trace, IMPORTS, SCRIPT) as page:
        for i in (0, len(tell(trace)) - 1):
            page.evaluate("i => at(i)", i)
            page.locator("details").evaluate_all(OPEN_ALL)
            assert violations(page) == []
