"""The unrolled and the rolled graph in a browser: what is drawn is what is in the story."""

from __future__ import annotations

import itertools
import json
import math
import re
from contextlib import contextmanager

import numpy as np
import pytest
from axe import SCHEMES_AND_WIDTHS, violations
from browser import SETTLED
from panel import PLAYER, altered, panel, recorded
from usual import usual

from teachrnn import CELLS, OPS, Add, Affine, Sum, Tanh, Trace
from teachrnn.backprop import backpropagate
from teachrnn.views.player.story_data import story_bytes
from teachrnn.views.story import tell
from teachrnn.views.style.number import format_number

pytestmark = pytest.mark.long

SCRIPT = """
const sheet = new CSSStyleSheet();
sheet.replaceSync(%s);
document.adoptedStyleSheets = [sheet];
context.go = (i) => { window.gone.push(i); model.set("step", i); graph.paint(i); };
const graph = window.graph = new Graph(context);
add(graph.element);
graph.paint(0);
"""

NETWORKS = [
    *({"cell": cell} for cell in CELLS),
    {"cell": "vanilla", "layers": 2},
    {"cell": "lstm", "layers": 2},
]


def name_of(options):
    return "-".join(map(str, options.values()))


@contextmanager
def graph(page, trace, symbols=None, state="{rolled: false, breakpoints: []}"):
    style = json.dumps((PLAYER / "graph/graph.css").read_text("utf-8"))
    data = trace if isinstance(trace, bytes) else story_bytes(trace, symbols=symbols)
    with panel(page, data, 'import { Graph } from "/graph/graph.js";', SCRIPT % style, state):
        page.evaluate(SETTLED)
        yield page


def node(page, name):
    return page.locator(f'.stage .node[data-name="{name}"]')


def gone_to(page):
    return page.evaluate("gone.at(-1)")


def index_of(story, phase, name, trace):
    wanted = trace[name].index
    return next(i for i, s in enumerate(story) if s.phase == phase and s.node == wanted)


def by_hand(steps, reach=None):
    """h[t] from h[t-1] and, if ``reach`` is given, h[t-reach] too; a loss only at the end."""
    rng = np.random.default_rng(0)
    trace = Trace()
    W, b = trace.parameter("W", 0.2 * rng.normal(size=(3, 3))), trace.parameter("b", np.zeros(3))
    trace.t = 0
    h = [trace.input("h", rng.normal(size=3))]
    for t in range(1, steps + 1):
        trace.t = t
        a = Affine(h[-1], W, b, name="a")
        if reach is not None and t >= reach:
            a = Add(a, h[t - reach], name="sum")
        h.append(Tanh(a, name="h"))
    trace.loss(Sum(h[-1], name="L"))
    return trace


def both_ways(steps):
    """A second recurrence that runs from the last step to the first."""
    trace = by_hand(steps)
    W, b = trace["W"], trace["b"]
    trace.t = steps + 1
    g = trace.input("g", np.ones(3))
    for t in range(steps, 0, -1):
        trace.t = t
        g = Tanh(Affine(g, W, b, name="e"), name="g")
    trace.loss(Sum(g, name="M"))
    return trace


# Where things stand ------------------------------------------------------------------------------

BEHIND = """() => {
  const boxes = [...document.querySelectorAll(".stage .box")].map((b) => b.getBoundingClientRect());
  const found = [];
  for (const path of document.querySelectorAll(".stage .edge")) {
    const matrix = path.getScreenCTM(), length = path.getTotalLength();
    for (let at = 3; at < length - 3; at += 3) {
      const p = path.getPointAtLength(at).matrixTransform(matrix);
      for (const box of boxes) {
        if (p.x > box.left + 1 && p.x < box.right - 1 && p.y > box.top + 1 && p.y < box.bottom - 1) {
          found.push(path.getAttribute("d"));
          at = length;
          break;
        }
      }
    }
  }
  return found;
}"""


@pytest.mark.parametrize("options", usual(NETWORKS[-1:], NETWORKS[:-1]), ids=name_of)
def test_edges_and_nodes_are_apart_time_runs_to_the_right_and_depth_upwards(browser_page, options):
    trace = recorded("abcd", **options)
    with graph(browser_page, trace) as page:
        page.evaluate("graph.stage.zoomTo(1)")
        assert page.locator(".stage .edge").count() == page.evaluate("context.story.edges.length")
        assert page.evaluate(BEHIND) == []
        overlaps = page.locator(".stage .node .box").evaluate_all(
            """boxes => boxes.map(b => b.getBoundingClientRect()).filter((a, i, all) =>
               all.some((b, j) => j < i && a.left < b.right && b.left < a.right
                                  && a.top < b.bottom && b.top < a.bottom)).length"""
        )
        assert overlaps == 0
        boxes = page.locator(".stage .node").evaluate_all(
            """all => all.map(g => [g.dataset.name, g.getBoundingClientRect()])
                      .map(([name, box]) => [name, box.x, box.y])"""
        )
        at = {name: (x, y) for name, x, y in boxes}
        assert set(at) == {v.name for v in trace if v.t is not None}
        for op in trace.ops:
            for operand in op.operands:
                if operand.t is None or operand.name.startswith("y"):
                    continue
                if operand.t == op.t:
                    assert at[operand.name][1] > at[op.name][1]
                else:
                    assert at[operand.name][0] < at[op.name][0]


@pytest.mark.parametrize(
    "trace", [by_hand(5, 2), by_hand(6, 3), both_ways(4)], ids=["two", "three", "back"]
)
def test_edges_over_several_steps_and_from_later_steps_avoid_nodes_too(browser_page, trace):
    with graph(browser_page, trace) as page:
        page.evaluate("graph.stage.zoomTo(1)")
        assert page.locator(".stage .edge").count() == page.evaluate("context.story.edges.length")
        assert page.evaluate(BEHIND) == []
        for i in (0, page.evaluate("context.story.steps.length - 1")):
            page.evaluate("i => graph.paint(i)", i)


# What is known -----------------------------------------------------------------------------------


@pytest.mark.parametrize("options", usual(NETWORKS[-1:], NETWORKS[:-1]), ids=name_of)
def test_nothing_shows_a_gradient_before_it_has_arrived(browser_page, options):
    trace = recorded("abc", **options)
    story = tell(trace)
    with graph(browser_page, trace) as page:
        shown = page.evaluate(
            """context.story.steps.map((_, i) => {
                 graph.paint(i);
                 return [...document.querySelectorAll(".stage .node:has(.gradient)")].map(g => [
                   Number(g.dataset.id), g.getAttribute("aria-label").includes("gradient not yet"),
                   Boolean(g.querySelector(".gradient .not-yet"))]) })"""
        )
        arrived = set()
        for step, nodes in zip(story, shown, strict=True):
            if step.phase == "turn":
                arrived |= {loss.index for loss in trace.losses}
            if step.phase == "backward":
                arrived |= {outcome.target for outcome in step.outcomes}
            assert len(nodes) > len(trace.ops)
            for index, said, dashed in nodes:
                assert said == dashed == (index not in arrived), (step.title, trace.values[index].name)


def test_names_say_operation_symbol_and_norm(browser_page):
    trace = recorded("abc")
    back = backpropagate(trace)
    with graph(browser_page, trace, symbols=["a", "\n", "<b>"]) as page:
        assert node(page, "x[2]").get_attribute("aria-label") == "x[2], given, symbol ↵, has no gradient"
        assert node(page, "x[2]").locator(".symbol").text_content() == "↵"
        assert node(page, "h[0]").get_attribute("aria-label") == "h[0], initial state, gradient not yet"
        label = "h[1], made by Tanh, value not yet, gradient not yet"
        assert node(page, "h[1]").get_attribute("aria-label") == label
        page.evaluate("graph.paint(context.story.steps.length - 1)")
        norm = format_number(float(np.linalg.norm(back.gradient("h[1]"))))
        label = f"h[1], made by Tanh, gradient of norm {norm}"
        assert node(page, "h[1]").get_attribute("aria-label") == label
        assert page.locator("b").count() == 0


def test_label_of_a_gradient_with_a_missing_part_says_so(browser_page):
    trace = recorded("abc")
    story = tell(trace)
    future = index_of(story, "backward", "r[2]", trace)
    with graph(browser_page, trace) as page:
        page.evaluate("i => graph.paint(i)", future)
        assert "gradient so far, 1 of 2 parts" in node(page, "h[1]").get_attribute("aria-label")
        assert node(page, "h[1]").locator(".partial").count() == 1
        page.evaluate("i => graph.paint(i)", index_of(story, "backward", "o[1]", trace))
        assert "so far" not in node(page, "h[1]").get_attribute("aria-label")
        assert node(page, "h[1]").locator(".partial").count() == 0


def test_bars_go_up_for_positive_and_down_for_negative_numbers(browser_page):
    trace = recorded("abc", hidden=6)
    with graph(browser_page, trace) as page:
        page.evaluate("graph.paint(context.story.turn)")
        for name in ("h[1]", "h[2]", "o[1]"):
            data = trace[name].data
            for sign, count in (("plus", (data > 0).sum()), ("minus", (data < 0).sum())):
                bars = node(page, name).locator(f".value .{sign}").get_attribute("d") or ""
                heights = [float(h) for h in re.findall(r"v(-?[\d.]+)", bars)]
                assert len(heights) == count
                assert all((h < 0) == (sign == "plus") for h in heights)


def test_long_arrays_keep_their_extremes(browser_page):
    with graph(browser_page, recorded("ab")) as page:
        heights = page.evaluate(
            """async () => { const { stripPaths } = await import("/graph/strip.js");
            const numbers = new Float64Array(200).fill(1e-4); numbers[77] = -1; numbers[140] = 1;
            const { plus, minus } = stripPaths(numbers, 38, 5);
            const all = (d) => [...d.matchAll(/v(-?[0-9.]+)/g)].map(m => Math.abs(m[1]));
            const tallest = (d) => Math.max(...all(d));
            return [tallest(plus), tallest(minus)] }"""
        )
        assert heights == [5, 5]


def test_numbers_that_are_not_finite_are_marked(browser_page):
    with graph(browser_page, recorded("ab")) as page:
        paths = page.evaluate(
            """async () => { const { stripPaths } = await import("/graph/strip.js");
            return stripPaths([NaN, 1, -Infinity], 38, 5) }"""
        )
        assert paths["other"].count("M") == 2
        assert paths["plus"].count("M") == 1
        assert paths["minus"] == ""


# The size of gradients ---------------------------------------------------------------------------


def vanishing():
    return recorded("abcabcab", scale=0.05)


def test_width_of_an_edge_is_the_logarithm_of_its_gradient(browser_page):
    trace = vanishing()
    story = tell(trace)
    with graph(browser_page, trace) as page:
        page.evaluate("graph.paint(context.story.steps.length - 1)")
        shown = page.evaluate(
            """[...graph.lines.values()].filter(l => l.path.style.strokeWidth).map(l =>
               [l.from.name, l.to.name, parseFloat(l.path.style.strokeWidth), l.path.textContent])"""
        )
        norms = {}
        for step in story:
            if step.phase == "backward":
                for outcome in step.outcomes:
                    first = outcome.quantities[0]
                    key = (trace.values[outcome.target].name, trace.values[step.node].name)
                    norms.setdefault(key, float(np.linalg.norm(first.data)))
        assert len(shown) > 20
        logs, widths = [], []
        for source, target, width, title in shown:
            norm = norms[source, target]
            assert title.endswith(f"norm {format_number(norm)}")
            logs.append(math.log10(norm))
            widths.append(width)
        low, high = page.evaluate("[graph.scale.low, graph.scale.high]")
        inside = [(x, w) for x, w in zip(logs, widths, strict=True) if low < x < high]
        slope, start = np.polyfit(*zip(*inside, strict=True), 1)
        assert slope > 0.3
        assert all(abs(start + slope * x - w) < 0.02 for x, w in inside)


def test_edges_of_a_vanishing_gradient_get_thinner_from_right_to_left(browser_page):
    with graph(browser_page, by_hand(8)) as page:
        page.evaluate("graph.paint(context.story.steps.length - 1)")
        widths = page.evaluate(
            """[...graph.lines.values()].filter(l => l.from.t < l.to.t)
               .sort((a, b) => a.from.t - b.from.t)
               .map(l => parseFloat(l.path.style.strokeWidth))"""
        )
        assert len(widths) == 8
        assert all(left < right for left, right in itertools.pairwise(widths))
        low, high = page.evaluate("[graph.scale.low, graph.scale.high]")
        legend = page.locator(".orders .order").all_inner_texts()
        assert legend[0].strip() == f"≤ {format_number(10.0**low, 1)}"
        assert len(legend) == (high - low) // 2 + 1


def test_norm_is_written_beside_the_edges_of_the_step(browser_page):
    trace = recorded("abc")
    story = tell(trace)
    with graph(browser_page, trace) as page:
        for i, step in enumerate(story):
            page.evaluate("i => graph.paint(i)", i)
            shown = sorted(page.locator(".norms text").all_text_contents())
            norms = []
            if step.phase == "backward":
                for outcome in {o.target: o for o in reversed(step.outcomes)}.values():
                    if trace.values[outcome.target].t is not None:
                        norms.append(format_number(float(np.linalg.norm(outcome.quantities[0].data))))
            assert shown == sorted(norms)


def test_edges_are_dashed_until_a_value_takes_them_and_solid_and_reversed_on_the_way_back(browser_page):
    trace = recorded("abc")
    story = tell(trace)
    edge = f"graph.lines.get('{trace['a[2]'].index}>{trace['h[2]'].index}').path"
    with graph(browser_page, trace) as page:
        ends = f"[{edge}.hasAttribute('marker-start'), {edge}.hasAttribute('marker-end')]"
        page.evaluate("graph.paint(context.story.turn)")
        assert page.evaluate(ends) == [False, True]
        page.evaluate("i => graph.paint(i)", index_of(story, "backward", "h[2]", trace))
        assert page.evaluate(ends) == [True, False]
        assert page.evaluate(f"{edge}.getAttribute('class')") == "edge now back"
        page.evaluate("graph.paint(context.story.steps.length - 1)")
        dashes = f"getComputedStyle({edge}).strokeDasharray"
        assert page.evaluate(dashes) == "none"
        page.evaluate("graph.paint(0)")
        assert page.evaluate(dashes) != "none"
        assert page.evaluate(f"{edge}.getAttribute('class')") == "edge rest"
        assert page.evaluate(f"{edge}.style.strokeWidth") == ""


def test_painting_step_by_step_gives_the_same_as_a_jump(browser_page):
    with graph(browser_page, recorded("abcd", cell="gru")) as page:
        state = """[...document.querySelectorAll('.stage svg *')].map(e => [e.tagName, e.textContent,
            ...[...e.attributes].filter(a => a.value).map(a => `${a.name}=${a.value}`).sort()]
            .join(' '))"""
        page.evaluate(
            "graph.stage.zoomTo(1); for (let i = 0; i < context.story.steps.length; i++) graph.paint(i)"
        )
        walked = page.evaluate(state)
        page.evaluate("graph.paint(0)")
        assert page.evaluate(state) != walked
        page.evaluate("graph.paint(context.story.steps.length - 1)")
        assert page.evaluate(state) == walked
        page.evaluate("for (let i = context.story.steps.length - 1; i >= 0; i--) graph.paint(i)")
        back = page.evaluate(state)
        page.evaluate("graph.painted = false; graph.paint(0)")
        assert page.evaluate(state) == back


# Moving ------------------------------------------------------------------------------------------


def test_click_goes_to_the_step_that_made_a_node_or_completed_its_gradient(browser_page):
    trace = recorded("abc")
    story = tell(trace)
    with graph(browser_page, trace) as page:
        node(page, "h[1]").click()
        assert gone_to(page) == index_of(story, "forward", "h[1]", trace)
        node(page, "x[2]").click()
        assert gone_to(page) == index_of(story, "forward", "u[2]", trace)
        node(page, "h[0]").click()
        assert gone_to(page) == index_of(story, "forward", "r[1]", trace)
        page.evaluate("context.go(context.story.turn + 1)")
        node(page, "h[1]").click()
        assert gone_to(page) == index_of(story, "backward", "o[1]", trace)
        node(page, "h[0]").click()
        assert gone_to(page) == index_of(story, "backward", "r[1]", trace)
        node(page, "x[2]").click()
        assert gone_to(page) == index_of(story, "backward", "u[2]", trace)
        node(page, "L[2]").click()
        assert gone_to(page) == next(i for i, s in enumerate(story) if s.phase == "turn")


def test_arrow_keys_walk_over_all_nodes_by_their_place(browser_page):
    trace = recorded("abc")
    focus = "document.activeElement.dataset.name"
    with graph(browser_page, trace) as page:
        assert page.locator('.stage .node[tabindex="0"]').count() == 1
        page.locator('.stage .node[tabindex="0"]').focus()
        here = [page.evaluate(focus)]
        for key in ("ArrowUp", "ArrowUp", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft"):
            page.keyboard.press(key)
            here.append(page.evaluate(focus))
        assert here == ["r[1]", "a[1]", "h[1]", "h[2]", "a[2]", "r[2]", "u[1]"]
        page.keyboard.press("Enter")
        assert gone_to(page) == index_of(tell(trace), "forward", "u[1]", trace)
        assert page.evaluate(focus) == "u[1]"
        assert page.locator('.stage .node[tabindex="0"]').count() == 1
        page.evaluate("graph.paint(5)")
        assert page.evaluate(focus) == "u[1]"


def test_far_columns_are_drawn_only_when_scrolled_or_moved_to(browser_page):
    trace = recorded("abcdefghijklmnopqrstuvwxyzabcdefghijklmno")
    with graph(browser_page, trace) as page:
        drawn = page.locator(".stage .node").count()
        assert 20 < drawn < 0.7 * len([v for v in trace if v.t is not None])
        assert node(page, "h[40]").count() == 0
        page.evaluate("document.querySelector('.stage').scrollLeft = 1e6")
        node(page, "h[40]").wait_for()
        page.evaluate("graph.paint(0)")
        page.locator('.stage .node[tabindex="0"]').focus()
        for _ in range(50):
            page.keyboard.press("ArrowRight")
        assert page.evaluate("document.activeElement.checkVisibility()")
        assert page.evaluate("document.activeElement.dataset.name") in {"r[26]", "u[26]"}
        page.evaluate("document.querySelector('.stage').scrollLeft = 0")
        node(page, "h[20]").wait_for(state="hidden")
        assert page.evaluate("document.activeElement.checkVisibility()")
        assert page.evaluate("document.activeElement.dataset.name") in {"r[26]", "u[26]"}


def test_zoom_keeps_the_middle_and_fit_shows_all(browser_page):
    with graph(browser_page, recorded("abcdefghijklmnop")) as page:
        page.evaluate("graph.stage.zoomTo(1); document.querySelector('.stage').scrollLeft = 500")
        middle = """(() => { const s = document.querySelector('.stage');
            return (s.scrollLeft + s.clientWidth / 2) / graph.stage.zoom })()"""
        before = page.evaluate(middle)
        page.get_by_role("button", name="Zoom in").click()
        assert page.evaluate("graph.stage.zoom") == 1.25
        assert abs(page.evaluate(middle) - before) < 2
        page.get_by_role("button", name="Fit the whole graph").click()
        assert page.evaluate("(s => s.scrollWidth <= s.clientWidth)(document.querySelector('.stage'))")
        page.locator('.stage .node[tabindex="0"]').focus()
        small = page.evaluate("graph.stage.zoom")
        page.keyboard.press("+")
        assert page.evaluate("graph.stage.zoom") > small


# The rolled graph --------------------------------------------------------------------------------


OPERATION_NAMES = """async names => {
    const { operationName } = await import("/graph/rolled.js");
    const cell = document.querySelector(".rolled .cell");
    return names.map(([name, lines]) => {
        const text = operationName(name, 24, lines);
        cell.append(text);
        const { x, y, width, height } = text.getBBox();
        return [text.textContent, x, x + width, y, y + height];
    });
}"""


def test_rolled_graph_has_each_operation_once_and_loops_where_time_passes(browser_page):
    trace = recorded("abcd", cell="lstm")
    with graph(browser_page, trace) as page:
        kinds = {re.sub(r"\[\d+\]$", "", v.name) for v in trace if v.t is not None}
        shown = page.locator(".rolled .node").evaluate_all("all => all.map(g => g.dataset.kind)")
        assert sorted(shown) == sorted(kinds)
        assert page.locator(".rolled .delay text").all_text_contents() == ["t − 1", "t − 1"]
        page.evaluate("i => graph.paint(i)", index_of(tell(trace), "forward", "s[2]", trace))
        assert page.locator(".rolled .node.now").get_attribute("data-kind") == "s"
        assert page.locator(".rolled .caption").inner_text() == "One cell, now at t = 2"
        page.locator('.rolled .node[data-kind="h"]').click()
        assert gone_to(page) == index_of(tell(trace), "forward", "h[2]", trace)
        long = [
            ("LayerNormalisedAffine", 2),
            ("my_own_operation_with_a_name", 2),
            ("Antidisestablish", 3),
        ]
        names = [*((name, 3) for name in OPS), *long]
        for (name, _), (shown, *box) in zip(names, page.evaluate(OPERATION_NAMES, names), strict=True):
            assert shown == name or (name not in OPS and shown.endswith("…")), name
            left, right, top, bottom = box
            assert 0 <= left < right <= 48, f"{name} is cut by its box"
            assert 16 <= top < bottom <= 46, f"{name} runs into the letter"


def test_one_step_has_its_loop_too(browser_page):
    with graph(browser_page, recorded("ab")) as page:
        assert page.locator(".rolled .delay").count() == 1


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_rolling_up_slides_the_columns_into_the_cell_and_back(browser_page, motion):
    browser_page.emulate_media(reduced_motion=motion)
    with graph(browser_page, recorded("abc")) as page:
        for rolled, button in ((True, "Unroll"), (False, "Roll up")):
            sliding = page.evaluate(
                "graph.toggle(); document.querySelectorAll('.morph > .column').length"
            )
            assert sliding == (0 if motion == "reduce" else 3)
            page.wait_for_function("!document.querySelector('.morph')")
            assert page.locator(".view .roll").inner_text() == button
            assert page.locator(".stage").is_visible() != rolled
            assert page.locator(".rolled").is_visible()
            assert page.locator(".rolled svg").bounding_box()["height"] > 200
        assert len(page.evaluate("said")) == 2


def test_breakpoints_are_marked_by_operation_and_by_name(browser_page):
    with graph(browser_page, recorded("abc")) as page:
        page.evaluate("context.model.set('breakpoints', ['Tanh', 'o[2]'])")
        marked = page.locator(".stage .node:has(.breakpoint)").evaluate_all(
            "all => all.map(g => g.dataset.name)"
        )
        assert sorted(marked) == ["h[1]", "h[2]", "o[2]"]
        assert node(page, "o[2]").get_attribute("aria-label").endswith("breakpoint")
        page.evaluate("context.model.set('breakpoints', [])")
        assert page.locator(".breakpoint").count() == 0


def test_horizon_cuts_earlier_steps_and_draws_a_line(browser_page):
    trace = recorded("abcde")
    with graph(browser_page, trace) as page:
        page.evaluate("graph.paint(context.story.turn); graph.horizon(2)")
        cut = page.evaluate(
            "[...graph.lines.values()].filter(l => l.path.classList.contains('cut')).map(l => l.from.t)"
        )
        kept = page.evaluate(
            "[...graph.lines.values()].filter(l => !l.path.classList.contains('cut')).map(l => l.from.t)"
        )
        assert max(cut) == 2
        assert min(kept) == 3
        assert page.locator(".fence text").text_content() == "gradients stop here"
        page.evaluate("graph.horizon(0)")
        assert page.locator(".edge.cut, .fence text").count() == 0


# Every reader, every window ----------------------------------------------------------------------


@pytest.mark.parametrize(("scheme", "width"), SCHEMES_AND_WIDTHS)
def test_axe_core_finds_no_violation(browser_page, scheme, width):
    browser_page.set_viewport_size({"width": width, "height": 900})
    browser_page.emulate_media(color_scheme=scheme)
    with graph(browser_page, recorded("hello w", cell="gru"), list("helo w")) as page:
        for act in ("graph.paint(0)", "graph.paint(context.story.turn + 20)", "graph.toggle()"):
            page.evaluate(act)
            page.evaluate(SETTLED)
            assert violations(page) == [], act
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_step_changes_only_few_elements(browser_page):
    trace = recorded("abcdefghijklm", cell="lstm", layers=2)
    with graph(browser_page, trace) as page:
        changes = page.evaluate(
            """async () => {
                let count = 0, most = 0;
                const watch = new MutationObserver((records) => { count += records.length; });
                watch.observe(graph.element, {attributes: true, childList: true, subtree: true});
                const begin = context.story.turn + 1;
                graph.paint(begin);
                for (let i = begin + 1; i < begin + 30; i++) {
                    await new Promise((done) => setTimeout(done));
                    count = 0;
                    graph.paint(i);
                    await new Promise((done) => setTimeout(done));
                    most = Math.max(most, count);
                }
                return most;
            }"""
        )
        assert 0 < changes < 400  # painting everything makes thousands


LABEL = "g => [...g.querySelectorAll('.label tspan')].map(part => part.textContent)"


def test_names_are_drawn_from_their_parts_without_parsing(browser_page):
    def disguise(text):
        for n in text["nodes"]:
            n["name"] = f"#{n['name']}#"

    story = altered(recorded("abc", cell="gru", layers=2), disguise)
    with graph(browser_page, story) as page:
        assert node(page, "#layer2.r_rho[2]#").evaluate(LABEL) == ["r", "ρ,2", "(2)"]
        assert node(page, "#layer1.rho[1]#").evaluate(LABEL) == ["ρ", "1", "(1)"]
        rolled = page.locator('.rolled [data-kind="layer2.r_rho"]')
        assert rolled.evaluate(LABEL) == ["r", "ρ", "(2)"]
        assert rolled.get_attribute("aria-label") == "layer2.r_rho, made by Affine, with W_ρ, b_ρ"
        assert rolled.locator(".uses").text_content().replace("\u200b", "").split() == ["Wρ", "bρ"]
