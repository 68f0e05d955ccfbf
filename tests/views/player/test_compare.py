"""Two networks side by side on one rail: the numbers of both, marks where they differ, and one scale."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from axe import violations
from bridge import Bridge
from browser import SETTLED
from playwright.sync_api import expect

from teachrnn import CharRNN, backpropagate
from teachrnn.data import Vocabulary
from teachrnn.errors import DomainError, NameLookupError
from teachrnn.ops import Tanh
from teachrnn.runs import small_network
from teachrnn.trace import Trace
from teachrnn.triangle import Triangle
from teachrnn.views.page.comparison import comparison_fragment, save_comparison
from teachrnn.views.story.mistaken_numbers import mistaken_numbers
from teachrnn.views.story.named_story import NamedStory
from teachrnn.views.story.side_by_side import SideBySide
from teachrnn.views.style.number import format_number
from teachrnn.widgets import Stepper

VOCABULARY = Vocabulary.of("abcd")
TEXT, OTHER = "abcab", "abdcadb"  # the same to the second symbol, and the other one is longer


@dataclass
class Page:
    """The page that all tests share, with what Python knows of it."""

    address: str
    networks: dict[str, Any]
    traces: dict[str, Trace]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    vanilla = small_network(TEXT, hidden=3, updates=5, vocabulary=VOCABULARY)
    lstm = small_network(  # whose gradients are far smaller: a scale of its own would be another one
        TEXT, cell="lstm", hidden=3, scale=0.02, updates=0, vocabulary=VOCABULARY
    )
    tokens = VOCABULARY.encode(OTHER)
    longer = vanilla.model.record(tokens[:-1], tokens[1:])
    networks = {
        "vanilla": vanilla,
        "LSTM": lstm,
        "other text": NamedStory(longer, VOCABULARY.symbols),
        "no carry": mistaken_numbers(vanilla),
    }
    traces = {"vanilla": vanilla.trace, "lstm": lstm.trace, "other-text": longer}
    for trace in traces.values():
        backpropagate(trace)
    path = save_comparison(networks, tmp_path_factory.mktemp("compare") / "page.html")
    return Page(path.as_uri(), networks, traces)


def opened(page, address):
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector("body[data-ready]")
    page.evaluate(SETTLED)
    return page


def numbers(place):
    """The numbers of a result, as they are written."""
    return [text.strip() for text in place.locator(".result .figure").all_inner_texts()]


def written(array):
    return [format_number(float(x)) for x in np.ravel(array)]


def norm(array):
    return format_number(float(np.linalg.norm(array)))


def test_numbers_of_both_are_shown_and_said_and_both_walk_together(browser_page, made):
    page = opened(browser_page, f"{made.address}#compare=lstm&step=dh[2]")
    one, other = page.locator(".side").all()
    traces = [made.traces["vanilla"], made.traces["lstm"]]
    triangles = [Triangle.of(trace).reaches["h"] for trace in traces]
    for t, key in ((2, None), (1, "ArrowRight"), (3, "0")):
        if key == "0":
            page.keyboard.press("0")
            for _ in range(t - 1):
                page.keyboard.press("n")
        elif key:
            page.keyboard.press(key)
        name = f"h[{t}]"
        back = key != "0"
        shown = [trace[name].grad if back else trace[name].data for trace in traces]
        headline = page.locator(".verdict-line")
        expect(headline).to_contain_text(f"norm {norm(shown[0])} in vanilla, {norm(shown[1])} in LSTM")
        assert [numbers(one), numbers(other)] == [written(array) for array in shown]
        said = page.locator(".unseen-words[aria-live]").inner_text()
        assert f"{'d' * back}{name} has norm {norm(shown[0])} in vanilla, {norm(shown[1])}" in said
        flow = page.locator(".flow .now").text_content()
        reached = [format_number(float(one.norms[-1, t - 1])) for one in triangles]
        assert flow == f"● {reached[0]}  ○ {reached[1]}"  # of the last loss
        headings = page.locator(".side h2").all_inner_texts()
        assert [h.split(" · ")[0] for h in headings] == ["vanilla", "LSTM"]
        assert all(f"step {t}" in h.lower() for h in headings)
    page.keyboard.press("i")  # operations go by their names: what only one has, has no partner
    page.evaluate("location.hash = 'compare=lstm&step=a[3]&level=operations'")
    expect(page.locator(".verdict-line")).to_contain_text("LSTM has no a[3]: all of its step 3")
    other.locator(".result button").first.hover()
    assert [s.locator(".result .marked").inner_text() for s in (one, other)] == [
        format_number(float(traces[0]["a[3]"].data[0])),
        format_number(float(traces[1]["h[3]"].data[0])),
    ]


def test_graphs_flow_and_triangles_of_both_have_one_scale(browser_page, made):
    page = opened(browser_page, f"{made.address}#story=lstm&compare=vanilla&step=dh[1]")
    edges = page.locator(".outline .edge.back").evaluate_all(
        "all => all.map(e => [e.textContent, parseFloat(e.style.strokeWidth)])"
    )
    widths = [(number(text), width) for text, width in edges if text]
    points = page.locator(".flow .series :is(circle, rect)").evaluate_all(
        "all => all.map(m => [m.textContent, Number(m.getAttribute('cy') ?? +m.getAttribute('y') + 3)])"
    )
    T = made.traces["vanilla"].T
    assert len(points) == 3 * T  # dh of both, ds of one
    heights = [(number(text), -y) for text, y in points]
    triangles = [Triangle.of(made.traces[name]).reaches["h"].norms for name in ("lstm", "vanilla")]
    rows, columns = np.tril_indices(T)
    red = page.locator(".reaches canvas").evaluate_all(
        """(all, [rows, columns, T]) => all.map(c => {
            const { data } = c.getContext("2d").getImageData(0, 0, c.width, c.width);
            const middle = at => Math.floor((at + 0.5) * c.width / T);
            return rows.map((row, n) => data[4 * (middle(row) * c.width + middle(columns[n]))]);
        })""",
        [rows.tolist(), columns.tolist(), T],
    )
    darkness = [
        (norm, -shade / 50)
        for norms, shades in zip(triangles, red, strict=True)
        for norm, shade in zip(norms[rows, columns].tolist(), shades, strict=True)
    ]
    for scale in (widths, heights, darkness):
        assert len(scale) > T
        scale.sort()
        drawn = [size for _, size in scale]
        assert all(b >= a - 0.02 for a, b in pairwise(drawn))
    said = page.locator(".reaches .kept").inner_text()
    for title, norms in zip(("LSTM", "vanilla"), triangles, strict=True):
        near, far = norms[-1, -1], norms[-1, 0]
        told = f"{title}: of the last loss step {T} receives {format_number(float(near))} and step 1"
        assert f"{told} {format_number(float(far))}" in said
    page.get_by_text("gradient flow as a table").click()
    page.get_by_label("Gradient flow of", exact=True).select_option("flow of all losses")
    row = page.locator(".compare table tr").nth(2).locator("td").all_inner_texts()
    both = (made.traces["lstm"]["h[2]"], made.traces["lstm"]["s[2]"], made.traces["vanilla"]["h[2]"])
    assert row == [norm(value.grad) for value in both]


def test_colours_of_arrays_have_one_scale(browser_page, made):
    page = opened(browser_page, f"{made.address}#compare=lstm")
    shades = """all => all.map((cell) => {
        const share = /([0-9.]+)%/.exec(cell.style.background);
        return [cell.textContent, cell.style.background ? parseFloat(share?.[1] ?? 0) : 0];
    })"""
    for step in ("dh[2]", "h[3]"):
        page.evaluate("step => { location.hash = `compare=lstm&step=${step}`; }", step)
        expect(page.locator(".result").first).to_have_attribute("data-name", step)
        cells = [
            side.locator("button.number").evaluate_all(shades) for side in page.locator(".side").all()
        ]
        sizes = [[(abs(number(text)), shade) for text, shade in side if text] for side in cells]
        assert max(sizes[0])[0] != max(sizes[1])[0]
        every = sorted([*sizes[0], *sizes[1]])
        assert all(b >= a - 0.1 for (_, a), (_, b) in pairwise(every)), (step, every)
    page.evaluate("location.hash = 'compare=other-text&step=dW&level=operations'")
    page.locator(".side").first.locator(".results button", has_text="dW").click()
    maps = page.locator(".side .grid .matrix [aria-label*='largest magnitude']")
    expect(maps.first).to_have_attribute("aria-label", re.compile("Heat map of ∂W"))
    said = maps.evaluate_all("all => all.map((map) => map.ariaLabel.split('largest magnitude ')[1])")
    assert len(said) > 2
    assert len(set(said)) == 1  # the gradients of both


def number(text):
    """The number at the end of what a drawn thing is called."""
    return float(text.split()[-1].replace("−", "-"))


def test_marks_stand_exactly_where_arrays_of_two_texts_differ(browser_page, made):
    page = opened(browser_page, f"{made.address}#compare=other-text")
    one, other = made.traces["vanilla"], made.traces["other-text"]
    times = range(1, one.T + 1)

    def apart(name, back):
        a, b = (trace[name].grad if back else trace[name].data for trace in (one, other))
        return ~np.isclose(a, b, rtol=0, atol=1e-12)

    assert not apart("h[2]", back=False).any()
    assert apart("h[3]", back=False).all()
    for stop in range(2 * one.T + 1):
        back = stop > one.T
        t = stop + 1 if stop < one.T else 2 * one.T + 1 - stop
        marks = page.locator(".flow .differs").evaluate_all("all => all.map(m => +m.dataset.t)")
        assert marks == [k for k in times if apart(f"h[{k}]", back).any()]
        known = [k for k in times if (k >= t if back else k <= t)]
        marked = page.locator(".other-graph .node:has(.unequal)").evaluate_all(
            "all => all.map(n => n.dataset.name)"
        )
        differing = {f"h[{k}]" for k in known if apart(f"h[{k}]", back).any()}
        if stop != one.T:  # at the turning point all of the way forward is known, in both
            assert {name for name in marked if name in {f"h[{k}]" for k in known}} >= differing
            signs = (
                page.locator(".side")
                .nth(1)
                .locator(".result .own")
                .evaluate_all("all => all.map(o => !o.hidden)")
            )
            assert signs == (apart(f"h[{t}]", back).tolist() if apart(f"h[{t}]", back).any() else [])
        page.keyboard.press("ArrowRight")
    page.keyboard.press("0")
    page.keyboard.press("d")
    expect(page.locator(".where")).to_contain_text("t = 2")  # whose target is another one
    expect(page.locator(".verdict-line")).to_contain_text("Its steps 5 to 6 have no partner in vanilla")


def test_longer_one_walks_on_where_the_other_has_no_partner(browser_page, made):
    page = opened(browser_page, f"{made.address}#story=other-text&compare=vanilla&step=h[6]")
    expect(page.locator(".verdict-line")).to_have_text("vanilla ends at t = 4: no partner for t = 6.")
    assert page.locator(".side").nth(1).locator(".equation").is_hidden()
    page.keyboard.press("t")
    both = [format_number(float(made.traces[name].total_loss)) for name in ("other-text", "vanilla")]
    expect(page.locator(".verdict-line")).to_contain_text(f"is {both[0]} in other text, {both[1]}")


def test_mistake_opens_where_it_is_made_and_is_told_from_what_follows(browser_page, made):
    page = opened(browser_page, f"{made.address}#compare=yours&step=dh[3]")
    line, other = page.locator(".verdict-line"), page.locator(".side").nth(1)
    trace = made.traces["vanilla"]
    yours = made.networks["no carry"].gradients
    expect(line).to_contain_text(f"norm {norm(trace['h[3]'].grad)} in vanilla, {norm(yours['h[3]'])}")
    expect(line).to_contain_text("Here it goes wrong")
    assert numbers(other) == written(yours["h[3]"])
    assert other.locator(".sign").all_inner_texts() == ["+", "≠"]
    assert " ≠ " in other.locator(".entry").inner_text()
    page.evaluate("location.hash = 'compare=yours&step=da[3]&level=operations'")
    expect(line).to_contain_text("Wrong only by what came in")
    assert "≠" not in other.locator(".sign").all_inner_texts()
    page.evaluate("location.hash = 'compare=yours&step=dh[4]'")
    expect(line).to_contain_text("dh[4]".replace("[4]", "4") + " agrees in both")
    page.keyboard.press("0")
    page.keyboard.press("d")
    expect(line).to_contain_text("Here it goes wrong")
    assert page.locator(".where").inner_text().startswith("Back · t = 3")
    right, wrong = page.locator(".reaches .triangle [role=img]").evaluate_all(
        "all => all.map((svg) => svg.ariaLabel)"
    )
    reaches = Triangle.of(trace).reaches["h"].norms[-1]
    far, near = (format_number(float(x)) for x in (reaches[0], reaches[-1]))
    assert right.endswith(f"step 4 receives {near} and step 1 {far}.")
    assert wrong.endswith(f"step 4 receives {near} and step 1 0.")  # nothing is carried back
    assert page.locator(".reaches canvas").count() == 2


def test_comparison_begins_ends_and_changes_sides_by_key_button_and_address(browser_page, made):
    page = opened(browser_page, made.address)
    graph = page.locator(".other-graph .outline")
    assert graph.is_visible()  # the second stands beside the first when the page opens
    page.keyboard.press("c")
    assert graph.count() == 0
    assert page.locator("section.now").is_visible()
    page.keyboard.press("c")
    expect(page).to_have_url(f"{made.address}#step=r[1]&compare=yours")
    page.get_by_label("Compare with").select_option("other text")
    expect(page).to_have_url(f"{made.address}#step=r[1]&compare=other-text")
    page.keyboard.press("n")
    page.get_by_role("button", name="Exchange the two").click()
    expect(page).to_have_url(f"{made.address}#story=other-text&step=h[2]&compare=vanilla")
    assert page.locator(".side .called").all_inner_texts() == ["other text", "vanilla"]
    page.keyboard.press("Escape")
    expect(page).to_have_url(f"{made.address}#story=other-text&step=h[2]")
    page.evaluate("location.hash = 'compare=nothing'")
    expect(page.locator(".message")).to_contain_text("no story named nothing: it has vanilla, lstm")
    page.keyboard.press("ArrowRight")
    expect(page.locator("section.now")).to_be_visible()


def on_one_screen(page):
    parts = [".outline", ".flow", ".rail", ".steer", ".verdict-line"]
    parts += [f".side >> nth={n} >> {part}" for n in (0, 1) for part in (".formula", ".piece", ".entry")]
    for part in parts:
        box = page.locator(part).first.bounding_box()
        assert box["y"] >= 0, part
        assert box["y"] + box["height"] <= 720, part


def test_comparison_of_two_layers_is_on_one_screen(browser_page, tmp_path):
    shown = {str(n): small_network("hello world", cell="lstm", layers=2, updates=n) for n in (0, 1)}
    address = save_comparison(shown, tmp_path / "page.html").as_uri()
    for step in ("dlayer2.h[3]", "layer2.s[3]&level=operations"):
        on_one_screen(opened(browser_page, f"{address}#compare=1&step={step}"))


def test_comparison_is_on_one_screen_accessible_and_nothing_sticks_out(browser_page, made):
    page = opened(browser_page, f"{made.address}#compare=lstm&step=dh[2]")
    on_one_screen(page)
    columns = page.locator(".outlined").evaluate_all(
        "all => all.map(o => [...o.querySelectorAll('.node')].find(n => n.dataset.name === 'h[3]')"
        ".getBoundingClientRect().x)"
    )
    assert columns[0] == columns[1]
    page.emulate_media(color_scheme="dark")
    assert not violations(page, page.locator(".compare"))
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="light")
    page.evaluate(SETTLED)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator(".steer").evaluate("e => e.scrollWidth <= e.clientWidth")
    graphs = page.locator(".outlined")
    for turn, title in enumerate(("vanilla", "LSTM")):
        page.get_by_role("button", name=title, exact=False).first.click()
        assert [graphs.nth(n).is_visible() for n in (0, 1)] == [n == turn for n in (0, 1)]
    assert not violations(page)


def test_notebook_asks_the_kernel_for_what_stands_beside(browser_page, made):
    stepper = Stepper.comparing(made.networks)
    assert (stepper.shown, stepper.compare) == ("vanilla", "lstm")
    bridge = Bridge(browser_page, stepper)
    page = bridge.page
    bridge.exchange()
    expect(page.locator(".side .called")).to_have_text(["vanilla", "LSTM"])
    stepper.go("dh[2]")
    bridge.exchange()
    expect(page.locator(".verdict-line")).to_contain_text(norm(made.traces["lstm"]["h[2]"].grad))
    page.get_by_role("button", name="End comparison").click()
    bridge.exchange()
    assert stepper.compare == ""
    assert page.locator("section.now").is_visible()


def test_fragment_compares_and_a_hostile_name_stays_text(browser_page):
    title = "</script><img src=x onerror=document.title='gone'>'\")"
    one, other = (small_network("abc", hidden=2, updates=n) for n in (0, 1))
    fragment = comparison_fragment({"before": one, title: other})
    browser_page.set_content(fragment)
    expect(browser_page.locator(".side .called").nth(1)).to_have_text(title)
    assert browser_page.title() != "gone"


def test_what_cannot_be_compared_is_refused_with_its_name():
    network = small_network("ab", hidden=2, updates=0)
    timeless = Trace()
    timeless.loss(Tanh(timeless.input("x", [1.0]), name="y"))
    for networks, said in (
        ({"one": network}, "at least two networks are needed; got 1"),
        ({"one": network, "no time": timeless}, "'no time' has no time steps"),
        ({"one": network, "One": network}, "'One' cannot be a name here"),
        ({"one": network, "yours": network}, "'yours' cannot be a name here"),
        ({"one": network, "≠": network}, "'≠' cannot be a name here"),
        ({"one": network, "two": 3}, "'two' is of type int"),
        ({"mine": mistaken_numbers(network), "one": network}, "'mine': a network comes first"),
    ):
        with pytest.raises(DomainError, match=said):
            SideBySide.of(networks)
    with pytest.raises(
        NameLookupError, match=r"no mistake of vanilla has the words 'unheard of'; of .* near: "
    ):
        mistaken_numbers(network, "unheard of")
    found = mistaken_numbers(small_network("abc", hidden=2, updates=0), "carried back left out")
    assert found.title == "the gradient carried back from r[t] to h[t-1] is left out"


def test_numbers_of_a_mistake_are_those_of_a_sweep_that_makes_it():
    network = small_network("abca", hidden=3, updates=3)
    trace = network.trace
    backpropagate(trace)
    given = mistaken_numbers(network).gradients
    np.testing.assert_allclose(given["h[3]"], trace["h[3]"].grad)  # the last step has no future
    alone = trace["V"].data.T @ trace["o[2]"].grad
    np.testing.assert_allclose(given["h[2]"], alone)
    assert isinstance(network.model, CharRNN)
    np.testing.assert_allclose(given["V"], trace["V"].grad)
    assert not np.allclose(given["W"], trace["W"].grad)
    triangle = mistaken_numbers(network).triangle
    assert triangle is not None
    norms, right = triangle.reaches["h"].norms, Triangle.of(trace).reaches["h"].norms
    np.testing.assert_allclose(np.diag(norms), np.diag(right))
    assert not np.tril(norms, -1).any()
    of_dV = mistaken_numbers(network, "dV uses h[t-1] in place").triangle
    np.testing.assert_allclose(of_dV.reaches["h"].norms, right)  # the sweep itself is right
