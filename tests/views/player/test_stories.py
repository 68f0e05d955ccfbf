"""Several stories in one page: the player takes one or another, whoever answers, and stays in place."""

from __future__ import annotations

import pytest
from bridge import Bridge
from browser import SETTLED
from panel import panel
from playwright.sync_api import expect

from teachrnn.runs import small_network
from teachrnn.views.page.standalone import stories_page
from teachrnn.views.story.named_story import NamedStory
from teachrnn.views.style.number import format_number
from teachrnn.widgets import Stepper


@pytest.fixture(scope="module")
def stories():
    networks = {
        "trained": {"updates": 10},
        "untrained": {"updates": 0},
        "lstm": {"updates": 0, "cell": "lstm"},
    }
    found = []
    for name, options in networks.items():
        network = small_network("abca", hidden=3, **options)
        title = f"the {name} network"
        found.append(NamedStory(network.trace, network.symbols, [title], name=name, title=title))
    return found


@pytest.fixture(scope="module")
def address(stories, tmp_path_factory):
    path = tmp_path_factory.mktemp("stories") / "page.html"
    path.write_text(stories_page(stories), "utf-8")
    return path.as_uri()


def opened(page, address):
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector("body[data-ready]")
    page.evaluate(SETTLED)
    return page


def loss(story):
    return f"L = {format_number(float(story.trace.total_loss))} nats: now back through time"


def test_address_names_the_story_and_the_step_is_kept_by_its_name(browser_page, address, stories):
    page = opened(browser_page, f"{address}#step=loss")
    assert page.locator(".technical").inner_text() == loss(stories[0])
    page.evaluate("location.hash = 'story=untrained&step=loss'")
    expect(page.locator(".technical")).to_have_text(loss(stories[1]))
    assert page.locator(".about").inner_text().endswith("the untrained network")
    assert page.locator("h1").is_visible()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(f"{address}#story=untrained&step=dh[3]")
    page.evaluate("location.hash = 'story=lstm&step=ds[2]'")
    expect(page.locator(".about")).to_contain_text("the lstm network")
    page.evaluate("location.hash = 'story=none&step=loss'")
    message = "This page has no story named none: it has trained, untrained, lstm."
    expect(page.locator(".message")).to_have_text(message)
    again = opened(browser_page, f"{address}#story=untrained&step=dh[3]")
    assert again.locator(".technical").inner_text() == "back through o[3] = Affine(h[3], V, c)"
    assert again.locator(".about").inner_text().endswith("the untrained network")


def test_a_kernel_answers_where_the_page_has_no_data(browser_page, stories):
    stepper = Stepper.telling(stories)
    stepper.go("dh[2]")
    bridge = Bridge(browser_page, stepper)
    page = bridge.page
    ask = "asked => { window.answer = null; model.on('msg:custom', (...all) => { answer = all; }); \
        model.send({ kind: 'story', id: 'test', ...asked }); }"
    page.evaluate(ask, {"name": "untrained", "show": False})
    bridge.exchange()
    size = page.evaluate("answer[1][0].byteLength")
    assert stepper.shown == "trained"
    page.evaluate(ask, {"name": "untrained", "show": True})
    bridge.exchange()
    assert (stepper.shown, len(stepper.story)) == ("untrained", size)
    assert stepper.trace is stories[1].trace
    expect(page.locator(".about")).to_contain_text("the untrained network")
    page.evaluate(ask, {"name": "none", "show": True})
    bridge.exchange()
    error = "there is no story 'none'; there are: trained, untrained, lstm."
    assert page.evaluate("answer[0].error") == error


def test_view_of_its_own_asks_for_a_story_and_what_is_shown_stays(browser_page, stories):
    state = "{ stories: [{ name: 'a', data: bytes.buffer }, { name: 'b' }], shown: 'c' }"
    script = "window.stories = new Stories(model, context.kernel, () => window.gone.push(1));"
    imports = 'import { Stories } from "/stories.js";'
    with panel(browser_page, stories[0].trace, imports, script, state) as page:
        told = page.evaluate("stories.ask({ name: 'a' }).then((data) => data.byteLength)")
        assert told > 1000
        assert page.evaluate("gone") == []
        for request, said in (
            ("{ name: 'd' }", "no story named d: it has a, b."),
            ("{ name: 'b' }", "by Python, in a notebook"),
            ("{ settings: {} }", "by Python, in a notebook"),
        ):
            assert said in page.evaluate(f"stories.ask({request}).catch((error) => error.message)")
