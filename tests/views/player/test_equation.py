"""The formula in numbers: its arrays are the trace's, one entry is written out, and it always fits."""

from __future__ import annotations

import re

import numpy as np
import pytest
from axe import SCHEMES, violations
from browser import SETTLED
from panel import panel, recorded
from usual import usual

from teachrnn import CharRNN, Op, Tanh, Trace
from teachrnn.views.player.story_data import story_bytes
from teachrnn.views.story import tell
from teachrnn.views.style.number import format_number

IMPORTS = 'import { Equation } from "/equation/equation.js";'
SCRIPT = """
const equation = window.equation = new Equation(context, (k) => { window.entered = k; });
const box = document.createElement("section");
box.className = "now";
box.append(equation.element);
window.add(box);
window.at = (i, covered = false) => equation.paint(i, covered);
window.told = () => [...document.querySelectorAll(".pieces figure")].map((figure) => ({
  name: figure.dataset.name,
  label: figure.querySelector(".label").textContent,
  result: figure.classList.contains("result"),
  numbers: [...figure.querySelectorAll("button.number")].map((b) => b.textContent),
  computed: figure.dataset.k === undefined,
  grid: figure.classList.contains("grid"),
}));
window.everything = () => context.story.steps.map((_, i) => {
  at(i);
  return equation.told.map((_, tab) => {
    document.querySelectorAll(".results button")[tab]?.click();
    const entry = document.querySelector(".entry");
    return {
      figures: told(),
      signs: [...document.querySelectorAll(".pieces > .sign")].map((sign) => sign.textContent),
      line: [...entry.childNodes].slice(1).map((node) => node.textContent).join(""),
      fits: [".pieces", ".equation"].every((part) => {
        const { scrollWidth, clientWidth } = document.querySelector(part);
        return scrollWidth <= clientWidth;
      }) && document.documentElement.scrollWidth <= innerWidth,
      height: document.querySelector(".pieces").offsetHeight,
      level: document.querySelector(".pieces").className,
      stops: document.querySelectorAll('.pieces [tabindex="0"]').length,
    };
  });
});
"""
WIDE = {"width": 1280, "height": 900}


def story_of(trace):
    count = len(trace["V"].data) if "V" in trace else 0
    return story_bytes(trace, symbols="abcdefgh"[:count], check=False)


def opened(page, trace, width=None):
    page.set_viewport_size(WIDE)
    script = SCRIPT if width is None else f"{SCRIPT}\nequation.element.style.width = '{width}px';"
    return panel(page, story_of(trace), IMPORTS, f"{script}\nat(0);")


def batch_of(cell, B):
    rng = np.random.default_rng(3)
    model = CharRNN(hidden=4, symbols=5, cell=cell, scale=0.6, rng=rng)
    x = rng.integers(0, 5, (3, B))
    return model.record(x[:-1], x[1:])


def step_of(trace, title):
    return next(i for i, step in enumerate(tell(trace)) if step.title.startswith(title))


def quantities(trace):
    """Every recorded array of the story by its name; of running sums, all of a name."""
    found = {}
    for step in tell(trace):
        letters = [
            q
            for o in step.outcomes
            for made in [o.quantities[0].made]
            if made
            for q in made.letters.values()
        ]
        for q in [*step.operands, *(q for o in step.outcomes for q in o.quantities), *letters]:
            found.setdefault(q.name, []).append(q.data)
    return found


SHOWN = {}
every_cell = pytest.mark.parametrize("cell", usual(["gru"], ["vanilla", "lstm", "gru-reset-after"]))


def everything(page, cell):
    """A network, and what the panel shows at each of its steps and tabs, which are drawn only once."""
    if cell not in SHOWN:
        trace = recorded("abca", cell=cell, layers=2 if cell == "lstm" else 1, hidden=3)
        with opened(page, trace):
            page.evaluate(SETTLED)
            SHOWN[cell] = trace, page.evaluate("everything()")
    return SHOWN[cell]


@every_cell
def test_numbers_of_every_equation_of_every_step_are_those_of_the_trace(browser_page, cell):
    trace, shown = everything(browser_page, cell)
    known = quantities(trace)
    story = tell(trace)
    assert len(shown) == len(story)
    results = set()
    for step, equations in zip(story, shown, strict=True):
        made = {q.name for o in step.outcomes for q in o.quantities}
        for equation in equations:
            *_, result = equation["figures"]
            assert result["result"]
            assert result["name"] in made or step.phase == "turn"
            results.add(result["name"])
            for figure in equation["figures"]:
                if figure["computed"] or figure["grid"] or step.phase == "turn":
                    continue
                numbers = [
                    [format_number(x) for x in data.ravel().tolist()] for data in known[figure["name"]]
                ]
                assert figure["numbers"] in numbers, (step.title, figure["name"])
            assert equation["stops"] == 1
    assert {v.name for v in trace.ops} | {f"d{name}" for name in trace.parameters} <= results


def value_of_line(line):
    """Both sides of an entry that is written out, as numbers."""
    text = line.translate(str.maketrans({"−": "-", "·": "*", "²": "**2"})).lstrip(" =:")
    text = re.sub(r"(\d)e-(\d)", r"\1e-\2", text).split(",")[0]
    sides = [side.strip() for side in text.split(" = ")]
    words = {
        "tanh": np.tanh,
        "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
        "log": np.log,
        "__builtins__": {},
    }
    return [float(eval(side, words)) for side in sides]


@every_cell
def test_entry_that_is_written_out_comes_to_the_result(browser_page, cell):
    _, shown = everything(browser_page, cell)
    lines = [e["line"] for equations in shown for e in equations]
    written = [line for line in lines if " = " in line.lstrip(" =") and "…" not in line]
    assert len(written) > len(lines) / 2
    for line in written:
        left, right = value_of_line(line)
        assert left == pytest.approx(right, rel=0.06, abs=0.02), line


def test_pieces_of_a_formula_stand_over_their_numbers(browser_page):
    trace = recorded("abca")
    with opened(browser_page, trace) as page:
        page.evaluate("i => at(i)", step_of(trace, "back through h[2] = Tanh"))
        arrives, slope, result = page.evaluate("told()")
        assert [arrives["label"], slope["label"], result["label"]] == ["dh2", "1−h22", "da2"]
        assert slope["numbers"] == [format_number(1 - x * x) for x in trace["h[2]"].data.tolist()]
        page.evaluate("i => at(i)", step_of(trace, "back through o[2] = Affine"))
        assert [f["label"] for f in page.evaluate("told()")] == ["W⊤dr3", "V⊤do2", "dh2"]
        page.get_by_role("radio", name="dV").click()
        assert [f["name"] for f in page.evaluate("told()")] == ["do[2]", "∂V via o[2]", "dV"]
        assert (
            page.locator(".top-row .label").inner_text() == "ℎ2⊤"
            or page.locator(".top-row").count() == 1
        )
        notes = page.locator(".pieces .note").all_text_contents()
        assert notes[-1] == "sum of 2 of 3 parts"
        assert page.locator(".pieces > .sign").all_text_contents() == ["×", "sum→"]


def test_loss_is_shown_as_shares_with_the_true_symbol_marked(browser_page):
    trace = recorded("abca")
    with opened(browser_page, trace) as page:
        page.evaluate("i => at(i)", step_of(trace, "L[2]"))
        target = int(trace["y[2]"].data)
        bars = page.locator(".pieces .shares")
        assert bars.locator(".symbol").all_text_contents() == list("abc")
        assert bars.locator("button.true").get_attribute("data-row") == str(target)
        o = trace["o[2]"].data
        p = np.exp(o) / np.exp(o).sum()
        widths = bars.locator(".share-of-one").evaluate_all(
            "all => all.map(s => parseFloat(s.style.width))"
        )
        np.testing.assert_allclose(widths, 100 * p, rtol=1e-3)
        line = page.locator(".entry").inner_text()
        assert f"−log({format_number(p[target])})" in line
        assert line.endswith(format_number(float(trace["L[2]"].data)))


def test_arrow_keys_move_the_marked_row_in_all_arrays_and_enter_asks_why(browser_page):
    trace = recorded("abca")
    with opened(browser_page, trace) as page:
        page.evaluate("i => at(i)", step_of(trace, "a[2] = Add"))
        marked = "[...document.querySelectorAll('.pieces button.marked')].map(b => b.dataset.row)"
        page.locator("#outside").focus()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('figure').dataset.name") == "a[2]"
        page.keyboard.press("Home")
        page.keyboard.press("ArrowDown")
        assert page.evaluate(marked) == ["1", "1", "1"]
        a, r = (trace[f"{name}[2]"].data[1] for name in "ar")
        told = page.locator(".entry").inner_text()
        assert format_number(float(r)) in told
        assert told.endswith(format_number(float(a)))
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowUp")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == (
            f"u[2][0] is {format_number(float(trace['u[2]'].data[0]))}: why?"
        )
        page.keyboard.press("Enter")
        entry = page.evaluate("context.model.get('entry')")
        assert entry["index"] == [0]
        assert page.evaluate("k => context.story.arrays[k].name", entry["array"]) == "u[2]"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "step into", (
            "one stop for all numbers"
        )


def test_arrow_keys_move_in_a_matrix_and_on_to_its_neighbours(browser_page):
    trace = recorded("abca")
    with opened(browser_page, trace) as page:
        page.evaluate("i => at(i)", step_of(trace, "r[2] = Affine"))
        page.locator('[data-name="W"] .cursor').focus()
        for key in ("Home", "ArrowRight", "ArrowDown", "Enter"):
            page.keyboard.press(key)
        entry = page.evaluate("context.model.get('entry')")
        assert entry["index"] == [1, 1]
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        assert page.evaluate("document.activeElement.closest('figure').dataset.name") == "h[1]"
        assert page.locator('[data-name="r[2]"] .marked').get_attribute("data-row") == "1"
        page.evaluate("i => at(i)", step_of(trace, "r[3] = Affine"))
        assert page.evaluate("document.activeElement.closest('figure').dataset.name") == "h[2]"


def test_pointing_at_a_row_chooses_it_and_lights_what_belongs_together(browser_page):
    trace = recorded("abca")
    with opened(browser_page, trace) as page:
        page.evaluate("i => at(i)", step_of(trace, "h[2] = Tanh"))
        page.locator('figure[data-name="a[2]"] button').nth(2).hover()
        lit = page.locator(".lit")
        assert sorted(lit.evaluate_all("all => all.map(e => e.localName)")) == ["figure", "mrow", "mrow"]
        assert page.locator('figure[data-name="h[2]"] .marked').get_attribute("data-row") == "2"
        page.locator(".formula [data-k]").first.hover()
        assert page.locator("figure.lit").get_attribute("data-name") == "h[2]"
        page.mouse.move(0, 0)
        assert lit.count() == 0


def test_what_goes_on_through_time_is_laid_out_and_the_others_are_tabs(browser_page):
    trace = recorded("abca")
    chosen = "document.querySelector('.results [aria-checked=true]')?.dataset.result"
    with opened(browser_page, trace) as page:
        page.evaluate("i => at(i)", step_of(trace, "back through r[2] = Affine"))
        assert page.evaluate(chosen) == "∂h[1] via r[2]"
        page.locator(".results [aria-checked=true]").focus()
        page.keyboard.press("ArrowRight")
        assert page.evaluate(chosen) == "dW"
        assert page.evaluate("document.activeElement.dataset.result") == "dW"
        page.evaluate("i => at(i)", step_of(trace, "back through r[1] = Affine"))
        assert page.evaluate(chosen) == "dW", "who looks at dW goes on looking at it"
        page.evaluate("i => at(i)", step_of(trace, "back through o[2] = Affine"))
        assert page.evaluate(chosen) == "dh[2]", "all its parts are there"


def test_long_columns_are_seen_through_a_window_that_follows_the_row(browser_page):
    trace = recorded("abca", hidden=40)
    with opened(browser_page, trace) as page:
        page.evaluate("i => at(i)", step_of(trace, "h[2] = Tanh"))
        cells = page.locator('figure[data-name="h[2]"] button')
        assert cells.count() == 8
        cells.first.focus()
        page.keyboard.press("End")
        for name in ("a[2]", "h[2]"):
            shown = page.locator(f'figure[data-name="{name}"] button').all_text_contents()
            assert shown == [format_number(x) for x in trace[name].data[-8:].tolist()]
        assert page.evaluate("document.activeElement.dataset.row") == "39"
        assert page.locator(".strip-of-all").count() == 2


@pytest.mark.parametrize("width", usual([366], [512, 250]))
def test_every_equation_fits_its_place(browser_page, width):
    traces = [recorded("abb", hidden=8), *(recorded("abb", cell=cell) for cell in ("lstm", "gru"))]
    traces.append(recorded("ab", cell="lstm", layers=2, hidden=60))
    for trace in traces:
        with opened(browser_page, trace, width) as page:
            page.evaluate(SETTLED)
            for i, equations in enumerate(page.evaluate("everything()")):
                for equation in equations:
                    assert equation["fits"], (i, equation["level"])
                    if width > 250:
                        assert equation["height"] <= 208, (i, equation["level"], equation["figures"])


def test_of_a_batch_one_position_is_shown_and_can_be_chosen(browser_page):
    trace = batch_of("gru", 2)
    with opened(browser_page, trace) as page:
        page.evaluate("i => at(i)", step_of(trace, "h[2] = Interpolate"))
        for b in (0, 1):
            page.get_by_label("Position in time and batch").select_option(str(b))
            *_, result = page.evaluate("told()")
            assert result["numbers"] == [format_number(x) for x in trace["h[2]"].data[b].tolist()]
        page.locator("figure.result button").nth(2).click()
        assert page.evaluate("context.model.get('entry').index") == [1, 2]
        page.evaluate("i => at(i)", step_of(trace, "back through r_n[2]"))
        page.get_by_role("radio", name="∂W_n via").click()
        assert page.locator(".pieces > .sign").all_text_contents() == ["×", "sum→"]


def test_operation_whose_formula_cannot_be_read_shows_what_goes_in_and_what_comes_out(browser_page):
    class Sorted(Op, register=False):
        """Sorts."""

        signature = "(n)->(n)"
        formula = staticmethod(lambda sp, x: x)
        forward = staticmethod(lambda x: np.sort(x))
        dx = staticmethod(lambda dy, x, y: dy)

    trace = Trace()
    x = trace.input("x", [3.0, 1.0, 2.0])
    trace.loss(Sorted(Tanh(x, name="h"), name="y"))
    with opened(browser_page, trace) as page:
        page.evaluate("i => at(i)", step_of(trace, "back through y"))
        figures = page.evaluate("told()")
        assert [f["name"] for f in figures] == ["dy", "h", "y", "dh"]
        assert page.locator(".pieces > .sign").all_text_contents() == [",", ",", "Sorted→"]
        assert figures[-1]["numbers"] == ["1.00"] * 3


def test_covered_result_is_a_question_mark(browser_page):
    trace = recorded("abca")
    with opened(browser_page, trace) as page:
        page.evaluate("i => at(i, true)", step_of(trace, "back through h[2] = Tanh"))
        assert [f["name"] for f in page.evaluate("told()")] == ["dh[2]"]
        assert page.locator(".pieces .unknown").all_inner_texts()[-1].endswith("?")
        assert not page.locator(".entry").is_visible()
        numbers = [format_number(x) for x in trace["h[2]"].data.tolist()]
        assert not any(x in page.locator(".equation").inner_text() for x in numbers)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_core_finds_no_violation_in_equations(browser_page, scheme):
    browser_page.emulate_media(color_scheme=scheme)
    trace = recorded("abc", cell="lstm")
    with opened(browser_page, trace) as page:
        for title in ("r_f[2]", "u_f[2]", "L[2]", "L =", "back through L[2]", "back through r_f[2]"):
            page.evaluate("i => at(i)", step_of(trace, title))
            page.evaluate(SETTLED)
            assert violations(page) == [], title
        page.evaluate("document.querySelectorAll('.results button')[1].click()")
        assert violations(page) == []
