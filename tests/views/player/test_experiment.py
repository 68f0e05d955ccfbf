"""A number is nudged in the page alone: the loss is that of Python's forward pass, in every cell."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np
import pytest
from panel import panel, recorded
from playwright.sync_api import expect
from usual import usual

from teachrnn import CELLS, Multiply, Op, Sum, Tanh, Trace
from teachrnn.checking import nudge
from teachrnn.views.style.number import format_number

IMPORTS = """
import { Experiment } from "/experiment/experiment.js";
import { forwardAgain, totalLoss } from "/experiment/forward_again.js";
import { Why } from "/why/why.js";
"""
SCRIPT = """
Object.assign(window, { forwardAgain, totalLoss });
context.kernel = { live: false };
const experiment = new Experiment(context);
context.nudge = experiment.nudge;
const why = window.why = new Why(context, () => 1);
window.add(why.element, experiment.element);
why.paint(context.story.steps.length - 1);
"""
ALL = """() => context.nudge.given.flatMap(({ array, k }) =>
  [...context.story.numbersOf(k)].map((x, place, all) => {
    const changed = Float64Array.from(all);
    changed[place] += 0.3;
    const now = forwardAgain(context.story, new Map([[k, changed]]));
    return [array.name, place, totalLoss(context.story, now)];
  }))"""


@contextmanager
def experiment(page, trace):
    with panel(page, trace, IMPORTS, SCRIPT):
        yield page


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("layers", usual([2], [1]))
def test_loss_after_a_nudge_of_any_entry_is_that_of_python(browser_page, cell, layers):
    trace = recorded("abca", cell=cell, layers=layers, hidden=2)
    with experiment(browser_page, trace) as page:
        found = page.evaluate(ALL)
        total = page.evaluate("totalLoss(context.story)")
    assert total == pytest.approx(trace.total_loss, rel=1e-14)
    assert {name for name, _, _ in found} >= set(trace.parameters)
    for name, place, loss in found:
        changed = trace[name].data.copy()
        changed.ravel()[place] += 0.3
        assert loss == pytest.approx(trace.loss_after({name: changed}), rel=1e-12), (name, place)


def test_table_compares_the_loss_with_what_the_gradient_predicts(browser_page):
    trace = recorded("hello")
    with experiment(browser_page, trace) as page:
        page.get_by_label("Quantity to nudge").select_option(label="U")
        page.get_by_label("Index").fill("2, 1")
        page.get_by_label("By how much").fill("0.25")
        moved = nudge(trace, "U", (2, 1), 0.25)
        wanted = [moved.before, moved.after, moved.predicted, moved.remainder]
        expect(page.locator(".nudge td")).to_have_text([format_number(x, 6) for x in wanted])
        expect(page.locator(".nudge .moved")).to_contain_text("The expectation changes most at t = ")
        for wrong, said in (
            ("9, 9", "U has no entry [9, 9]: its indices are 0 to 3, 0 to 3."),
            ("a", "The entry is a; it must be whole numbers"),
        ):
            page.get_by_label("Index").fill(wrong)
            page.get_by_label("Index").press("Enter")
            expect(page.locator(".nudge .complaint")).to_contain_text(said)


def test_why_of_a_number_or_of_its_gradient_leads_to_its_nudge(browser_page):
    with experiment(browser_page, recorded("abc")) as page:
        for name in ("W", "dW"):
            page.evaluate("name => context.open(context.story.named.get(name).at(-1), [1, 2])", name)
            page.get_by_role("button", name="what if: nudge W[1, 2]").click()
            assert page.get_by_label("Index").input_value() == "1, 2"
            assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "By how much"
            expect(page.locator(".nudge td")).to_have_count(4)


def test_formula_that_is_not_what_was_computed_is_found_out(browser_page):
    class Sorted(Op, register=False):
        """Sorts, and its formula does not say so."""

        signature = "(n)->(n)"
        formula = staticmethod(lambda sp, x: x)
        forward = staticmethod(lambda x: np.sort(x))
        dx = staticmethod(lambda dy, x, y: dy)

    trace = Trace()
    w, v = trace.parameter("w", [3.0, 1.0]), trace.parameter("v", [1.0, 2.0])
    trace.loss(Sum(Multiply(Sorted(w, name="s"), Tanh(v, name="h"), name="y"), name="L"))
    with experiment(browser_page, trace) as page:
        for name, count in (("w", 1), ("v", 0)):
            page.get_by_label("Quantity to nudge").select_option(label=name)
            complaint = page.locator(".nudge .complaint", has_text="not what was computed")
            expect(complaint).to_have_count(count)
