"""Predict, then reveal: nothing gives the answer away, and answers are judged correctly."""

from __future__ import annotations

import re
from contextlib import contextmanager

import numpy as np
import pytest
from axe import violations
from panel import panel, recorded

from teachrnn.views.story import tell
from teachrnn.views.style.number import MINUS, format_number

IMPORTS = 'import { Predict } from "/predict.js";'
SCRIPT = """
window.uncovered = [];
const predict = window.predict = new Predict(context, () => window.uncovered.push(window.i));
window.add(predict.choice, predict.element);
window.at = (i) => { window.i = i; predict.paint(i); };
context.model.on("change:predict", () => predict.paint(window.i));
at(3);
"""


@contextmanager
def asked(page, trace, mode):
    with panel(page, trace, IMPORTS, SCRIPT, state=f"{{ predict: '{mode}' }}"):
        yield page


def question(page):
    return re.sub(r"\s+", "", page.locator(".question").inner_text())


def test_sign_is_judged_at_every_step(browser_page):
    trace = recorded("abc")
    right = total = 0
    with asked(browser_page, trace, "sign") as page:
        for i, step in enumerate(tell(trace)):
            page.evaluate("i => at(i)", i)
            if step.phase == "turn":
                assert not page.evaluate("i => predict.covers(i)", i)
                continue
            label = page.locator(".choices button").first.get_attribute("aria-label")
            address = label.removesuffix(" is minus")
            told = {q.name: q.data for o in step.outcomes for q in o.quantities}
            name = max((n for n in told if address.startswith(n)), key=len)
            place = tuple(int(n) for n in re.findall(r"\d+", address.removeprefix(name)))
            value = float(told[name][place])
            sign = {1: "+", -1: MINUS, 0: "0"}[int(np.sign(value))]
            said = "+" if total % 2 else MINUS
            page.locator(".choices button", has_text=re.compile(rf"^{re.escape(said)}$")).click()
            total += 1
            right += said == sign
            verdict = "Right" if said == sign else "Not so"
            feedback = page.locator(".feedback").inner_text()
            assert f"{verdict}: {address} is {format_number(value)}" in feedback
            assert page.locator(".score").inner_text() == f"{right} of {total} right"
            assert page.evaluate("uncovered.at(-1)") == i
            assert not page.evaluate("i => predict.covers(i)", i)
        assert 0 < right < total


def number_asked(page, trace, i):
    page.evaluate("context.model.set('predict', 'sign')")
    page.evaluate("i => at(i)", i)
    label = page.locator(".choices button").first.get_attribute("aria-label")
    page.evaluate("context.model.set('predict', 'number')")
    name, place = re.fullmatch(r"(r\[\d\])\[(\d)\] is minus", label).groups()
    return trace[name].data[int(place)]


@pytest.mark.parametrize(
    ("factor", "right", "off"),
    [
        (1.0, True, ""),
        (1.09, True, "9.0 %"),
        (0.91, True, "9.0 %"),
        (1.11, False, "11 %"),
        (-1.0, False, "200 %"),
    ],
)
def test_number_is_right_within_a_tenth(browser_page, factor, right, off):
    trace = recorded("abc")
    i = next(n for n, s in enumerate(tell(trace)) if s.title.startswith("r[2] ="))
    with asked(browser_page, trace, "sign") as page:
        value = number_asked(page, trace, i)
        page.get_by_role("textbox").fill(
            repr(float(value * factor)).replace("-", MINUS).replace(".", ",")
        )
        page.keyboard.press("Enter")
        feedback = page.locator(".feedback").inner_text()
        assert feedback.startswith("✓ Right" if right else "✗ Not so")
        assert f"is {format_number(value)}" in feedback
        assert off in feedback
        assert ("off by" in feedback) == bool(off)


def test_nothing_in_the_document_gives_the_answer_away(browser_page):
    trace = recorded("abc")
    i = next(n for n, s in enumerate(tell(trace)) if s.title.startswith("r[2] ="))
    with asked(browser_page, trace, "sign") as page:
        value = number_asked(page, trace, i)
        assert (
            format_number(abs(value))
            not in page.content()[page.content().index("<section") :].split("<script")[0]
        )
        page.get_by_role("button", name="show me").click()
        assert format_number(value) in page.locator(".feedback").inner_text()
        assert page.locator(".score").inner_text() == "0 of 0 right, 1 shown"


@pytest.mark.parametrize(
    ("title", "typed", "right"),
    [
        ("r[2] =", "4", True),
        ("r[2] =", "(4,)", True),
        ("r[2] =", "4 x 4", False),
        ("L[2] =", "()", True),
        ("L[2] =", "4", False),
        ("L[2] =", "scalar", True),
    ],
)
def test_shape_is_read_as_people_write_it(browser_page, title, typed, right):
    trace = recorded("abc")
    i = next(n for n, s in enumerate(tell(trace)) if s.title.startswith(title))
    with asked(browser_page, trace, "shape") as page:
        page.evaluate("i => at(i)", i)
        page.get_by_role("textbox").fill(typed)
        page.get_by_role("button", name="answer").click()
        feedback = page.locator(".feedback").inner_text()
        assert feedback.startswith("✓ Right" if right else "✗ Not so")
        assert ("()" if title == "L[2] =" else "the shape 4") in feedback


@pytest.mark.parametrize(("mode", "typed"), [("number", "big"), ("number", ""), ("shape", "four")])
def test_question_is_repeated_after_an_unreadable_answer(browser_page, mode, typed):
    with asked(browser_page, recorded("abc"), mode) as page:
        page.get_by_role("textbox").fill(typed)
        page.keyboard.press("Enter")
        assert page.evaluate("predict.covers(3)")
        assert page.locator(".hint").inner_text().startswith("not a")
        assert page.get_by_role("textbox").get_attribute("aria-invalid") == "true"
        assert page.evaluate("said.at(-1)").startswith("This is not a")


def test_same_entry_is_asked_each_time_and_answers_are_remembered(browser_page):
    trace = recorded("abc")
    with asked(browser_page, trace, "sign") as page:
        first = question(page)
        page.evaluate("at(4)")
        assert question(page) != first
        page.evaluate("at(3)")
        assert question(page) == first
        page.get_by_role("button", name="show me").click()
        told = page.locator(".feedback").inner_text()
        page.evaluate("at(4)")
        assert page.locator(".feedback").inner_text() == ""
        page.evaluate("at(3)")
        assert page.locator(".feedback").inner_text() == told


def test_mode_is_in_the_model_and_off_covers_nothing(browser_page):
    with asked(browser_page, recorded("abc"), "off") as page:
        assert not page.evaluate("predict.covers(3)")
        page.get_by_label("Predict first").select_option("number")
        assert page.evaluate("context.model.get('predict')") == "number"
        assert page.evaluate("predict.covers(3)")
        assert page.get_by_role("textbox").is_visible()


def test_one_question_after_the_other_can_be_answered_by_keys_alone(browser_page):
    with asked(browser_page, recorded("abc"), "number") as page:
        page.get_by_role("textbox").focus()
        page.keyboard.type("0.1")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.className").startswith("feedback")
        page.evaluate("at(4)")
        assert page.evaluate("document.activeElement.tagName") == "INPUT"


def test_panel_does_not_take_the_focus(browser_page):
    with asked(browser_page, recorded("abc"), "number") as page:
        page.locator("#outside").focus()
        page.evaluate("at(4)")
        assert page.evaluate("document.activeElement.id") == "outside"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_core_finds_no_violation_in_the_questions(browser_page, scheme):
    browser_page.emulate_media(color_scheme=scheme)
    with asked(browser_page, recorded("abc"), "sign") as page:
        for mode in ("sign", "shape", "number", "off"):
            page.evaluate("mode => context.model.set('predict', mode)", mode)
            assert violations(page) == []
            if mode != "off":
                page.get_by_role("button", name="show me").click()
                assert violations(page) == []
