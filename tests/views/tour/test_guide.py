"""A tour in the player: it leads, lets go, and is found again, by pointer, keyboard, address and ear."""

from __future__ import annotations

import re

import pytest
from axe import violations
from bridge import Bridge
from browser import SETTLED
from playwright.sync_api import expect

from teachrnn.views.page.tour_page import tours_page
from teachrnn.views.tour import Guided
from teachrnn.widgets import Stepper

FOCUSED = "document.activeElement.ariaLabel ?? document.activeElement.textContent"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("guide") / "tours.html"
    path.write_text(tours_page([Guided.of("first"), Guided.of("lstm")]), "utf-8")
    return path.as_uri()


@pytest.fixture
def page(browser_page, address):
    browser_page.emulate_media(reduced_motion="reduce")
    browser_page.goto(address)
    browser_page.wait_for_selector("body[data-ready]")
    browser_page.evaluate(SETTLED)
    return browser_page


def test_step_of_ones_own_lets_go_and_a_line_leads_back(page):
    title = page.locator(".tour h2")
    assert title.inner_text() == "It reads a letter and guesses the next"
    assert page.locator(".sentence").is_hidden()
    spoken = page.locator(".unseen-words").text_content()
    assert spoken.startswith("It reads a letter and guesses the next. The network reads")
    page.keyboard.press("ArrowRight")
    assert page.locator(".tour").count() == 0
    assert page.locator(".sentence").is_visible()
    assert page.locator(".led").count() == 0
    expect(page).to_have_url(page.url.partition("#")[0] + "#tour=1&step=loss&level=operations")
    page.get_by_role("button", name="Back to “It reads a letter").click()
    assert title.is_visible()
    page.keyboard.press("Escape")  # up to time steps: a step of one's own, too
    page.get_by_role("button", name="end it").click()
    assert page.locator(".away").is_hidden()


def test_offer_shows_the_same_step_of_another_network_with_its_numbers(page):
    page.evaluate("location.hash = 'tour=5'")
    words = page.locator(".pieces .result")
    expect(page.locator(".tour h2")).to_have_text("Where it begins: guess minus truth")
    trained = words.inner_text()
    p, difference = re.findall(r"0\.(\d+)", page.locator(".entry").inner_text())
    assert len(p) == len(difference)  # p − 1 loses digits; what is subtracted has as many decimals
    page.get_by_role("button", name="See it before training").click()
    expect(words).not_to_have_text(trained)
    assert page.locator(".tour h2").inner_text() == "Where it begins: guess minus truth"
    expect(page).to_have_url(page.url.partition("#")[0] + "#tour=5&story=first-untrained")
    page.get_by_role("button", name="Back to after 20 updates").click()
    assert words.inner_text() == trained
    page.get_by_role("button", name="Next ›").press("Enter")
    assert page.evaluate(FOCUSED) == "Next ›"


def test_step_leads_to_the_phase_that_stands_there_and_back(page):
    way = page.get_by_role("button", name="explained in the tour")
    assert way.is_hidden()  # in a tour
    page.keyboard.press("g")
    assert way.inner_text() == "explained in the tour, 1 of 10"
    page.evaluate("location.hash = 'step=h[2]&level=time'")
    expect(page.locator(".now h2")).to_have_text("Step 2 reads “e”")
    assert way.is_hidden()  # no phase stands there
    page.evaluate("location.hash = 'step=dh[3]&level=time'")
    expect(way).to_have_text("explained in the tour, 7 of 10")
    for leave in (
        lambda: page.keyboard.press("g"),
        lambda: page.get_by_role("button", name="Back to the step").click(),
        page.go_back,
    ):
        way.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".tour h2")).to_have_text("At h, two gradients meet")
        page.keyboard.press("Enter")  # its button to the next phase has the focus
        expect(page.locator(".tour h2")).to_have_text("Why dW is a sum over time")
        expect(page).to_have_url(page.url.partition("#")[0] + "#tour=8")
        leave()
        expect(page.locator(".now h2")).to_have_text("Back through step 3")
        expect(way).to_be_visible()
    page.evaluate("location.hash = 'story=lstm-lstm&step=ds[3]'")
    expect(way).to_have_text("explained in the tour, 5 of 7")


def test_beyond_the_fence_nothing_comes_back(page):
    page.evaluate("location.hash = 'tour=10'")
    expect(page.locator(".tour h2")).to_have_text("What truncation drops")
    gradients = page.locator(".outline .node:not(.read, .guess)").evaluate_all(
        "nodes => nodes.map(({ ariaLabel }) => ariaLabel.replace(/,.*gradient/, ''))"
    )
    kept = [label.split()[0] for label in gradients if "of norm" in label]
    dropped = [label.split()[0] for label in gradients if label.endswith("dropped by truncation")]
    assert sorted(kept) == ["a[3]", "a[4]", "h[3]", "h[4]", "o[4]"]
    assert sorted(dropped) == ["a[1]", "a[2]", "h[0]", "h[1]", "h[2]"]
    across = page.locator(".outline [data-edge='h[2]>a[3]']")
    assert across.get_attribute("class") == "edge seen"  # forward, nothing changes
    # and only what the truncated gradient uses lights up
    lit = page.locator(".outline .weight.led").evaluate_all(
        "all => all.filter((one) => getComputedStyle(one).fontWeight === '700')"
        ".map((one) => `${one.textContent}${one.closest('.column').dataset.t}`)"
    )
    assert sorted(lit) == ["W3", "W4"]
    assert page.locator(".outline .touched, .inside .touched, .inside .edge.now").count() == 0
    page.get_by_role("slider", name="Truncation horizon").fill("4")  # nothing is dropped any more
    assert page.locator(".inside .edge.now").count() == 1
    assert page.locator(".outline .column.dropped").count() == 0


def test_keyboard_opens_walks_and_ends_a_tour_with_the_answer_in_reach(page):
    page.get_by_role("button", name="End the tour").press("Enter")
    assert page.locator(".tour").count() == 0
    assert page.evaluate(FOCUSED) == "Next step"
    page.keyboard.press("g")
    assert page.evaluate(FOCUSED) == "Next ›"
    order = []
    while not page.evaluate("document.activeElement.closest('.equation') !== null"):
        page.keyboard.press("Tab")
        order.append(page.evaluate(FOCUSED))
    assert order[:3] == ["End the tour", "show the answer", "See it before training"]
    assert violations(page) == []


def test_address_leads_into_each_tour_of_the_page_and_one_follows_the_other(page):
    page.evaluate("location.hash = 'tour=10'")
    expect(page.locator(".tour h2")).to_have_text("What truncation drops")
    assert "gradients stop here" in page.locator(".outline").text_content()
    page.get_by_role("button", name="Next tour ›").click()
    expect(page.locator(".tour h2")).to_have_text("A memory: keep some, write some")
    assert "gradients stop here" not in page.locator(".outline").text_content()
    page.evaluate("location.hash = 'tour=lstm.6'")
    expect(page.locator(".tour h2")).to_have_text("The path that is not broken")
    page.evaluate("location.hash = 'tour=grand'")
    message = "This page has no tour grand; it has: first, lstm."
    expect(page.locator(".message")).to_have_text(message)


def test_kernel_gives_the_stories_of_a_tour_in_a_notebook(browser_page):
    stepper = Stepper.on_tour("first")
    bridge = Bridge(browser_page, stepper)
    expect(bridge.page.locator(".tour h2")).to_have_text("It reads a letter and guesses the next")
    bridge.page.get_by_role("button", name="See it before training").click()
    bridge.exchange()
    assert stepper.shown == "first-untrained"
    expect(bridge.page.locator(".about")).to_contain_text("It has not been trained")
    expect(bridge.page.locator(".tour h2")).to_have_text("It reads a letter and guesses the next")
    bridge.exchange()
    assert stepper.title == "L[4] = SoftmaxCrossEntropy(o[4], y[4])"  # the place is kept
    bridge.page.get_by_role("button", name="Next ›").click()
    bridge.exchange()
    expect(bridge.page.locator(".about")).to_contain_text("20 updates on this text")
    bridge.exchange()
    assert (stepper.shown, stepper.phase) == ("first-trained", 1)
    assert stepper.title == "a[3] = Add(r[3], u[3])"
