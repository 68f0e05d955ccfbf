"""Why this number: the terms are the record's, they add up, and each number links to its origin."""

from __future__ import annotations

import re
from contextlib import contextmanager

import numpy as np
import pytest
from axe import SCHEMES_AND_WIDTHS, violations
from browser import SETTLED
from panel import altered, panel, recorded
from playwright.sync_api import expect

from teachrnn.reference import complex_step_gradient
from teachrnn.views.player.story_data import story_bytes
from teachrnn.views.story import tell
from teachrnn.views.style.number import MINUS, format_number

IMPORTS = 'import { Why } from "/why/why.js";'
SCRIPT = """
const why = window.why = new Why(context, () => 1);
window.add(why.element);
window.ask = (name, index) => {
  document.querySelector("#outside").focus();
  context.open(context.story.arrays.findLastIndex((a) => a.name === name), index);
};
window.into = (name) => {
  document.querySelector("#outside").focus();
  why.into(context.story.arrays.findLastIndex((a) => a.name === name));
};
why.paint(context.story.steps.length - 1);
"""
TERMS = """all => all.map(li => [[...li.querySelectorAll('.factor')].map(f => f.getAttribute('title')),
    li.querySelector('.aligned').textContent])"""


@contextmanager
def opened(page, story, **options):
    with panel(page, story, IMPORTS, SCRIPT, **options):
        yield page


def last_told(trace):
    """Each quantity of the story by its name; of a growing sum, the total."""
    steps = tell(trace)
    told = [q for s in steps for q in [*s.operands, *(q for o in s.outcomes for q in o.quantities)]]
    return {q.name: q.data for q in told}


def text_of(page, part):
    return re.sub(r"\s+", " ", page.locator(part).inner_text())


def test_weight_gradient_is_listed_as_its_products_over_time(browser_page):
    trace = recorded("hello")
    told = last_told(trace)
    with opened(browser_page, trace) as page:
        page.evaluate("ask('dW', [2, 1])")
        expected = []
        for t in (4, 3, 2, 1):
            carried, state = told[f"dr[{t}]"][2], told[f"h[{t - 1}]"][1]
            factors = [f"dr[{t}][2] = {number(carried)}", f"h[{t - 1}][1] = {number(state)}"]
            expected.append([factors, format_number(carried * state)])
        assert page.locator(".answer .terms li").evaluate_all(TERMS) == expected
        assert page.locator(".answer .terms .word").all_inner_texts() == [
            "t = 4",
            "t = 3",
            "t = 2",
            "t = 1",
        ]
        assert text_of(page, ".answer .total").endswith(f"= {format_number(told['dW'][2, 1])}")
        assert text_of(page, ".full") == f"in full {number(told['dW'][2, 1])}".replace("-", MINUS)
        page.locator(".answer .terms .word").nth(1).click()
        step = tell(trace)[page.evaluate("gone.at(-1)")]
        assert step.title.startswith("back through r[3]")


def number(x):
    """As JavaScript writes it: 0 without a decimal point."""
    return repr(float(x)).removesuffix(".0")


def test_product_is_listed_term_by_term(browser_page):
    trace = recorded("hello")
    W, b, h = trace["W"].data, trace["b"].data, trace["h[2]"].data
    with opened(browser_page, trace) as page:
        page.evaluate("ask('r[3]', [2])")
        terms = page.locator(".answer .terms li").evaluate_all(TERMS)
        assert [value for _, value in terms] == [format_number(x) for x in [*(W[2] * h), b[2]]]
        assert terms[1][0] == [f"W[2, 1] = {number(W[2, 1])}", f"h[2][1] = {number(h[1])}"]
        assert terms[4][0] == [f"b[2] = {number(b[2])}"]


def test_links_lead_to_operands_and_the_trail_leads_back(browser_page):
    with opened(browser_page, recorded("hello")) as page:
        page.evaluate("ask('h[3]', [2])")
        assert page.evaluate("document.activeElement.tagName") == "H3"
        for expected in ("h[3][2] › a[3][2]", "h[3][2] › a[3][2] › r[3][2]"):
            page.locator(".answer .terms .factor").first.click()
            assert page.locator(".trail").inner_text() == expected
        page.locator(".answer .terms .factor").nth(1).focus()
        page.keyboard.press("Enter")
        assert page.locator(".trail").inner_text() == "h[3][2] › a[3][2] › r[3][2] › h[2][0]"
        for _ in range(3):
            page.get_by_role("button", name="back").click()
        assert page.locator(".trail").inner_text() == "h[3][2]"
        assert page.get_by_role("button", name="back").get_attribute("aria-disabled") == "true"
        page.locator(".answer .factor").first.click()
        page.evaluate("ask('r[2]', [1])")
        assert page.locator(".trail").inner_text() == "r[2][1]", "another question begins a new trail"
        page.keyboard.press("Escape")
        assert page.locator(".why").is_hidden()
        assert page.evaluate("document.activeElement.id") == "outside"


def test_entry_set_from_python_does_not_move_the_focus(browser_page):
    with opened(browser_page, recorded("ab")) as page:
        page.evaluate("document.activeElement.blur(); context.open(3, [0])")
        assert page.locator(".why").is_visible()
        assert page.evaluate("document.activeElement.tagName") == "BODY"


def test_complex_step_is_shown_beside_backpropagation_to_17_digits(browser_page):
    trace = recorded("hello")
    every = complex_step_gradient(trace, "W")
    total = last_told(trace)["dW"]
    i, j = np.unravel_index(np.abs(total - every).argmax(), total.shape)
    value, found = total[i, j], every[i, j]
    assert value != found, "the two should differ by rounding"
    with opened(browser_page, trace) as page:
        page.evaluate("([i, j]) => ask('dW', [i, j])", [int(i), int(j)])
        cells = page.locator(".evidence td").all_inner_texts()
        assert [float(c.replace(MINUS, "-")) for c in cells[:2]] == [value, found]
        assert all(len(re.sub(r"^\D*0\.0*|\D", "", c.split("e")[0])) == 17 for c in cells[:2])
        assert cells[2] == format_number(value - found)
        assert cells[3] == format_number(abs(value - found) / max(abs(value), abs(found)))
        page.evaluate("ask('W', [0, 0])")
        assert page.locator(".evidence").is_hidden()


def test_part_of_a_gradient_leads_to_the_complete_one(browser_page):
    with opened(browser_page, recorded("hello")) as page:
        page.evaluate("ask('∂h[2] via o[2]', [1])")
        assert "Only the complete gradient" in text_of(page, ".evidence")
        page.get_by_role("button", name="the complete dh[2][1]").click()
        assert page.locator(".trail").inner_text() == "∂h[2] via o[2][1] › dh[2][1]"
        assert page.locator(".evidence td").count() == 4


def test_kernel_is_asked_for_an_entry_that_was_not_checked(browser_page):
    data = story_bytes(recorded("hello"), check=False)
    with opened(browser_page, data, state="{ live: true }") as page:
        page.evaluate("ask('dW', [2, 1])")
        page.get_by_role("button", name="check it now").click()
        (message,) = page.evaluate("sent")
        assert {**message, "id": 0} == {"kind": "check", "name": "W", "index": [2, 1], "id": 0}
        page.evaluate("context.model.hear({ kind: 'answer', id: 'another', value: 1 })")
        assert page.locator(".evidence td").count() == 0
        page.evaluate("context.model.hear({ kind: 'answer', id: sent[0].id, value: 0.25 })")
        assert page.locator(".evidence td").nth(1).inner_text() == "0.25000000000000000"


def test_without_a_kernel_it_says_that_the_entry_was_not_checked(browser_page):
    with opened(browser_page, story_bytes(recorded("hello"), check=False)) as page:
        page.evaluate("ask('dW', [2, 1])")
        assert "not among those that were checked" in text_of(page, ".evidence")


def test_long_sum_shows_the_largest_terms_and_what_the_rest_adds_up_to(browser_page):
    trace = recorded("hello", hidden=20)
    terms = [*(trace["W"].data[3] * trace["h[1]"].data), trace["b"].data[3]]
    largest = sorted(terms, key=abs, reverse=True)[:8]
    with opened(browser_page, trace) as page:
        page.evaluate("ask('r[2]', [3])")
        shown = [value for _, value in page.locator(".answer .terms li").evaluate_all(TERMS)]
        assert shown == [format_number(x) for x in terms if x in largest]
        rest = sum(x for x in terms if x not in largest)
        assert f"other 13 terms add up to {format_number(rest)}" in text_of(page, ".rest")
        page.get_by_role("button", name="show all 21").click()
        assert page.locator(".answer .terms li").count() == 21
        assert page.evaluate("document.activeElement.closest('.terms') !== null")


def test_number_is_not_shown_before_it_is_made_nor_while_it_is_covered(browser_page):
    trace = recorded("abc")
    made = next(i for i, s in enumerate(tell(trace)) if s.title.startswith("h[2] ="))
    value = format_number(trace["h[2]"].data[0])
    with opened(browser_page, trace) as page:
        page.evaluate("ask('h[2]', [0])")
        for painting in (f"why.paint({made - 1})", f"why.paint({made}, true)"):
            page.evaluate(painting)
            assert value not in page.locator(".why").inner_html()
        page.evaluate(f"why.paint({made - 1})")
        page.get_by_role("button", name=f"go to step {made + 1}").click()
        assert page.evaluate("gone") == [made]
        page.evaluate(f"why.paint({made})")
        assert value in page.locator(".why").inner_text()


@pytest.mark.parametrize(
    ("name", "index", "words"),
    [
        ("W", [0, 1], "Given: a parameter"),
        ("h[0]", [0], "the state before the first step"),
        ("x[2]", [], "the number of a symbol"),
        ("dL[2]", [], "Here backpropagation begins"),
    ],
)
def test_values_without_a_formula_say_where_they_come_from(browser_page, name, index, words):
    with opened(browser_page, recorded("abc")) as page:
        page.evaluate("([name, index]) => ask(name, index)", [name, index])
        assert words in text_of(page, ".why-body")
        assert page.locator(".answer .terms").count() == 0


def test_operation_whose_formula_cannot_be_read_says_so(browser_page):
    def forget(text):
        for array in text["arrays"]:
            if "rule" in array:
                array["rule"] = None

    with opened(browser_page, altered(recorded("abc"), forget)) as page:
        page.evaluate("ask('r[2]', [1])")
        assert "Made by Affine from h[1], W, b; its formula is not written" in text_of(page, ".why-body")


def test_formula_that_does_not_give_the_number_is_shown_to_differ(browser_page):
    trace = recorded("abc")

    def halve(text):
        rule = next(a["rule"] for a in text["arrays"] if a["name"] == "a[2]")
        text["rules"][rule]["tree"] = ["+", ["at", "u", "i"], 1]

    with opened(browser_page, altered(trace, halve)) as page:
        page.evaluate("ask('a[2]', [1])")
        wrong = format_number(trace["r[2]"].data[1] + 1)
        assert f"but the terms add up to {wrong}" in text_of(page, ".answer .total")


def test_sum_of_the_losses_of_a_batch_lists_every_one(browser_page):
    trace = recorded("abc")

    def batch(text):
        losses = [a for a in text["arrays"] if re.fullmatch(r"L\[\d\]", a["name"])]
        for loss in losses:
            loss["shape"] = [1]

    with opened(browser_page, altered(trace, batch)) as page:
        page.evaluate("ask('L', [])")
        values = [value for _, value in page.locator(".answer .terms li").evaluate_all(TERMS)]
        assert values == [format_number(float(v.data)) for v in trace.losses]


def test_walk_into_an_operation_adds_term_by_term_until_the_recorded_number(browser_page):
    trace = recorded("hello")
    terms = [*(trace["W"].data[0] * trace["h[2]"].data), trace["b"].data[0]]
    with opened(browser_page, trace) as page:
        page.evaluate("into('r[3]')")
        for n in range(5):
            assert page.locator(".into .terms li").count() == n + 1
            sums = page.locator(".into .now-term .aligned").all_inner_texts()
            assert [s.replace("\n", "") for s in sums] == [
                format_number(terms[n]),
                format_number(np.cumsum(terms)[n]),
            ]
            if n < 4:
                assert text_of(page, ".into .total") == f"{4 - n} more to come"
                page.keyboard.press("ArrowRight")
        assert format_number(trace["r[3]"].data[0]) in text_of(page, ".into .total")
        assert "which is the recorded number" in text_of(page, ".into .total")


def test_walk_is_announced_in_words_and_ends_with_escape(browser_page):
    trace = recorded("hello")
    W, h = trace["W"].data, trace["h[2]"].data
    with opened(browser_page, trace) as page:
        page.evaluate("into('r[3]')")
        for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowRight", "ArrowRight"):
            page.keyboard.press(key)
        factors = f"W[1, 2] {format_number(W[1, 2])} times h[2][2] {format_number(h[2])}"
        parts = f"{factors} is {format_number(W[1, 2] * h[2])}"
        so_far = format_number(W[1, :3] @ h[:3])
        assert page.evaluate("said.at(-1)") == f"term 3 of 5: {parts}; sum so far {so_far}"
        assert "entry 2 of 4 · term 3 of 5" in text_of(page, ".into .position")
        framed = page.locator(".into .heat").first.evaluate(
            """heat => ['.used', '.at-term'].map(c => heat.querySelector(c).style)
                .map(s => [s.left, s.top, s.width])"""
        )
        assert framed == [["0%", "25%", "100%"], ["50%", "25%", "25%"]]
        for key in ("ArrowLeft", "ArrowLeft", "ArrowLeft"):
            page.keyboard.press(key)
        assert "entry 1 of 4 · term 5 of 5" in text_of(page, ".into .position")
        page.get_by_role("button", name="Play, entry after entry").click()
        expect(page.locator(".into .position")).to_contain_text("entry 4 of 4 · term 5 of 5")
        play = page.locator(".into button", has_text="play")
        expect(play).to_be_visible()  # it has ended
        page.evaluate("why.walk.beat = () => 1e9")
        play.click()
        assert "entry 1 of 4" in text_of(page, ".into .position")
        assert page.locator(".into button", has_text="pause").is_visible()
        page.get_by_role("button", name="Next term").click()
        assert play.is_visible()
        page.keyboard.press("Escape")
        assert page.locator(".why").is_hidden()
        assert page.evaluate("document.activeElement.id") == "outside"


@pytest.mark.parametrize(("scheme", "width"), SCHEMES_AND_WIDTHS)
def test_axe_core_finds_no_violation_and_nothing_sticks_out(browser_page, scheme, width):
    browser_page.emulate_media(color_scheme=scheme)
    browser_page.set_viewport_size({"width": width, "height": 900})
    with opened(browser_page, recorded("hello", hidden=20)) as page:
        for asked in ("ask('dW', [2, 1])", "ask('L[2]', [])", "ask('r[2]', [3])", "into('r[3]')"):
            page.evaluate(asked)
            page.evaluate(SETTLED)
            assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), asked


def test_panel_works_in_a_shadow_tree(browser_page):
    script = """
    const host = document.createElement("div");
    document.querySelector(".trnn").append(host);
    const inner = document.createElement("div");
    inner.className = "trnn";
    host.attachShadow({ mode: "open" }).append(inner);
    const why = new Why(context, () => 1);
    inner.tabIndex = 0;
    inner.append(why.element);
    why.paint(context.story.steps.length - 1);
    inner.focus();
    context.open(context.story.arrays.findIndex((a) => a.name === "r[2]"), [1]);
    window.focused = () => host.shadowRoot.activeElement.tagName;
    """
    with panel(browser_page, recorded("abc"), IMPORTS, script) as page:
        assert page.evaluate("focused()") == "H3"
        page.locator(".answer .terms .factor").nth(1).click()
        assert page.locator(".trail").inner_text() == "r[2][1] › h[1][0]"
