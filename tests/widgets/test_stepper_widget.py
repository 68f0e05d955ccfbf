"""The notebook stepper: what Python sees, what the page requests, what remains without a kernel."""

from __future__ import annotations

import re
from unittest import mock

import numpy as np
import pytest
from bridge import Bridge
from notebook import displayed
from panel import panel, recorded
from playwright.sync_api import expect
from steps import at_step

from teachrnn.checking import nudge
from teachrnn.errors import DomainError, NameLookupError
from teachrnn.runs import small_network
from teachrnn.views.page.fragment import story_fragment
from teachrnn.views.story import Yours
from teachrnn.widgets import Stepper
from teachrnn.widgets.display import WIDGET

GRU = {"text": "abcab", "cell": "gru", "hidden": 2, "seed": 3}
HOSTILE = "</script><img src=x onerror=document.title='gone'>"


@pytest.fixture
def stepper():
    stepper = Stepper.of("hello", hidden=3, updates=5)
    stepper.level = "operations"
    return stepper


@pytest.fixture
def bridge(browser_page, stepper):
    return Bridge(browser_page, stepper)


def asked(bridge, **request):
    """The kernel's answer to a request of the page."""
    bridge.page.evaluate(
        """request => {
            window.answers = [];
            model.on("msg:custom", message => answers.push(message));
            model.send({ id: "test", ...request });
        }""",
        request,
    )
    bridge.exchange()
    (answer,) = bridge.page.evaluate("answers")
    assert answer.pop("kind") == "answer"
    assert answer.pop("id") == "test"
    return answer


def test_step_is_synchronised_in_both_directions(bridge, stepper):
    bridge.page.get_by_role("button", name="Next step", exact=True).click()
    bridge.exchange()
    assert stepper.step == 1
    stepper.step = 3
    bridge.exchange()
    at_step(bridge.page, 4)
    stepper.go("dh[2]")
    bridge.exchange()
    assert bridge.page.locator(".technical").inner_text() == stepper.title
    assert bridge.page.locator("h2").first.inner_text() == stepper.steps[stepper.step].heading


def test_reader_walks_by_time_steps_until_an_operation_is_named(browser_page):
    stepper = Stepper.of("hello", hidden=3, updates=5)
    bridge = Bridge(browser_page, stepper)
    at_step(bridge.page, 1)
    bridge.page.get_by_role("button", name="Next step", exact=True).click()
    bridge.exchange()
    assert (stepper.title, stepper.level) == ("h[2] = Tanh(a[2])", "time")
    stepper.go("r[2]")
    bridge.exchange()
    assert (stepper.title, stepper.level) == ("r[2] = Affine(h[1], W, b)", "operations")
    stepper.level = "time"
    bridge.exchange()
    assert stepper.title == "h[2] = Tanh(a[2])"


def test_entry_opened_in_the_page_is_seen_in_python(bridge, stepper):
    stepper.go("dh[2]")
    bridge.exchange()
    bridge.page.locator("button:focus, body").first.press("w")
    bridge.page.locator(".tools button").first.press("w")
    bridge.exchange()
    assert stepper.entry["index"] == [0]
    stepper.entry = {}
    bridge.exchange()
    expect(bridge.page.locator(".why")).to_be_hidden()


def test_nudge_is_answered_with_what_the_library_computes(bridge, stepper):
    answer = asked(bridge, kind="nudge", name="W", index=[0, 1], delta=0.1)
    moved = nudge(stepper.trace, "W", (0, 1), 0.1)
    assert (answer["before"], answer["after"]) == (moved.before, moved.after)
    assert (answer["predicted"], answer["remainder"]) == (moved.predicted, moved.remainder)


def test_check_is_answered_with_the_complex_step(bridge, stepper):
    answer = asked(bridge, kind="check", name="h[2]", index=[1])
    assert answer["value"] == pytest.approx(stepper.trace["h[2]"].grad[1], rel=1e-12)


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"kind": "nudge", "name": "Q", "index": [0], "delta": 0.1}, "no value is named 'Q'"),
        ({"kind": "nudge", "name": "W", "index": [9, 9], "delta": 0.1}, "its shape is (3, 3)"),
        ({"kind": "nudge", "name": "W", "index": [None], "delta": 0.1}, "`index` is None"),
        ({"kind": "nudge", "name": "W", "index": [0.5, 0], "delta": 0.1}, "`index` is 0.5"),
        ({"kind": "nudge", "name": "W", "delta": 0.1}, "cannot be read"),
        ({"kind": "check", "name": "W", "index": None}, "cannot be read"),
        ({"kind": "check", "name": "W", "index": [9, 9]}, "its shape is (3, 3)"),
        ({"kind": "story", "show": True, "settings": {"text": "abc", "hidden": 2.5}}, "`hidden` is 2.5"),
        ({"kind": "story", "show": True, "settings": {"text": ""}}, "the text is empty"),
        (
            {"kind": "story", "show": True, "settings": {"text": "abc", "cell": "transformer"}},
            "'transformer'",
        ),
        (
            {"kind": "story", "show": True, "settings": {"text": "abc", "hidden": "many"}},
            "`hidden` is 'many'",
        ),
        ({"kind": "story", "show": True, "settings": {"text": "abc", "hidden": 10**6}}, "a smaller m"),
        (
            {"kind": "story", "show": True, "settings": {"text": "abc", "updates": 10**9}},
            "`updates` is 1000000000",
        ),
    ],
    ids=lambda case: case.get("kind") if isinstance(case, dict) else None,
)
def test_invalid_request_is_answered_with_a_message(bridge, stepper, request_, said):
    before = stepper.story
    assert said in asked(bridge, **request_)["error"]
    assert stepper.story is before


def test_record_replaces_the_story_in_page_and_python(bridge, stepper):
    stepper.step = 20
    bridge.exchange()
    assert asked(bridge, kind="story", show=True, settings=GRU) == {}
    assert stepper.trace.T == 4
    assert (stepper.step, stepper.settings["cell"]) == (0, "gru")
    again = small_network(**GRU).trace
    np.testing.assert_array_equal(stepper.trace["h[4]"].data, again["h[4]"].data)
    expect(bridge.page.locator(".about").first).to_contain_text("reads “abcab”")
    at_step(bridge.page, 1)


def test_record_from_the_page_keeps_the_focus_in_the_stepper(bridge, stepper):
    form = bridge.page.locator("form.network")
    form.get_by_label("m", exact=True).fill("2")
    form.get_by_role("button", name="record it").click()
    bridge.page.wait_for_function("outbox.length > 0")
    bridge.exchange()
    expect(bridge.page.locator(".about").first).to_contain_text("m = 2")
    assert bridge.page.evaluate("document.activeElement.ariaLabel") == "Next step"


def test_font_is_sent_once_per_page(bridge, stepper):
    ours = "[...document.fonts].filter(face => face.family === 'TeachrnnMath').length"
    ready = f"document.fonts.ready.then(() => {ours})"
    assert bridge.page.evaluate(ready) == 1
    said = []
    stepper.send = lambda content, buffers=(): said.append(content)
    bridge.page.evaluate("shown.push(show())")
    bridge.exchange()
    assert said == []
    assert bridge.page.evaluate(ready) == 1


def test_two_views_of_one_stepper_agree_and_closing_leaves_nothing_behind(bridge, stepper):
    bridge.page.evaluate("shown.push(show())")
    both = bridge.page.locator(".trnn")
    both.nth(1).get_by_role("button", name="Next step", exact=True).click()
    for view in (both.nth(0), both.nth(1)):
        at_step(view, 2)
    bridge.page.evaluate("shown.forEach(stop => stop())")
    expect(both).to_have_count(0)
    assert bridge.page.evaluate("model.listeners()") == 0


def test_hostile_text_stays_text(browser_page):
    Bridge(browser_page, Stepper.of(HOSTILE, hidden=2))
    expect(browser_page.locator(".about").first).to_contain_text(HOSTILE)
    assert browser_page.title() != "gone"


def test_go_to_an_unknown_name_says_what_exists(stepper):
    assert stepper.go("W").step == 0  # given, and first used there
    assert stepper.go("dW").title.startswith("back through r[1]")
    with pytest.raises(NameLookupError, match=r"nothing is named 'dh\[9\]'; near: dh\["):
        stepper.go("dh[9]")
    assert stepper.go(-1).step == len(stepper.steps) - 1
    with pytest.raises(NameLookupError, match="does not exist: the story has"):
        stepper.go(len(stepper.steps))
    with pytest.raises(DomainError, match="the steps 0 to"):
        stepper.step = len(stepper.steps)


def test_notebook_gets_widget_and_html_separately_and_static_display_only_the_html(stepper, monkeypatch):
    live, static = displayed(stepper)
    assert live[WIDGET]["model_id"] == stepper.model_id
    assert "data-teachrnn" in static["text/html"]
    monkeypatch.setenv("TEACHRNN_DISPLAY", "static")
    (alone,) = displayed(stepper)
    assert sorted(alone) == ["text/html", "text/plain"]
    assert static["text/html"].endswith(f"{alone['text/html']}</div>")
    monkeypatch.setenv("TEACHRNN_DISPLAY", "loud")
    with pytest.raises(DomainError, match="'live' or 'static'"):
        displayed(stepper)


def test_html_of_a_new_record_replaces_that_in_the_notebook(stepper):
    displayed(stepper)
    with mock.patch("IPython.display.update_display") as update:
        stepper._receive(
            None, {"kind": "story", "show": True, "settings": {"text": "abcab", "hidden": 2}}, ()
        )
    assert stepper._html() in update.call_args.args[0]["text/html"]
    assert update.call_args.kwargs["display_id"] == stepper.model_id


def test_html_of_a_large_stepper_is_not_kept_in_the_notebook(stepper, monkeypatch):
    monkeypatch.setattr("teachrnn.widgets.stepper.LARGEST_FALLBACK", len(stepper.story) - 1)
    html = displayed(stepper)[1]["text/html"]
    assert "too large" in html
    assert "<script" not in html
    monkeypatch.setenv("TEACHRNN_DISPLAY", "static")
    assert "<script" in displayed(stepper)[0]["text/html"]


def test_fragment_has_no_blank_line_and_is_reproducible(stepper):
    html = displayed(stepper)[1]["text/html"]
    assert not re.search(r"^\s*$", html, re.MULTILINE)
    assert html == displayed(stepper)[1]["text/html"]


def test_story_is_made_once(monkeypatch):
    from teachrnn.views.player import story_data
    from teachrnn.views.story import named_story

    times, tell = [], story_data.tell
    for place in (named_story, story_data):
        monkeypatch.setattr(place, "tell", lambda *given: times.append(1) or tell(*given))
    Stepper.of("abc", hidden=2, updates=0)
    assert len(times) == 1


def test_stepper_opens_where_the_readers_numbers_differ_until_another_record(browser_page):
    network = small_network("hello", hidden=3, updates=5)
    yours = Yours({"h[2]": [0.0, 0.0, 0.0]})
    compared = Stepper(network.trace, network.symbols, yours=yours)
    assert compared.title == "h[2] = Tanh(a[2])"
    assert f", {compared.step}, " in story_fragment(network.trace, symbols=network.symbols, yours=yours)
    bridge = Bridge(browser_page, compared)
    expect(bridge.page.locator("figure[data-name='h[2]'] .own").first).to_have_text("≠ 0")
    assert asked(bridge, kind="story", show=True, settings=GRU) == {}
    assert compared.yours is None
    expect(bridge.page.locator(".own")).to_have_count(0)


def test_output_of_a_low_notebook_is_compact_and_of_a_high_one_as_it_is(browser_page):
    imports = 'import notebook from "/hosts/notebook.js";'
    script = """
      Object.assign(state, { story: bytes.buffer, stories: [], tours: [], shown: "", step: 0 });
      const output = document.createElement("div");
      window.add(output);
      window.compact = () => {
        const stop = notebook.render({ model, el: output });
        const found = output.classList.contains("compact");
        stop();
        return found;
      };
    """
    with panel(browser_page, recorded("ab"), imports, script) as page:
        found = {}
        for height in (700, 1000):
            page.set_viewport_size({"width": 1280, "height": height})
            found[height] = page.evaluate("compact()")
    assert found == {700: True, 1000: False}
