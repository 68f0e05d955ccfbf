"""The page shows the lines of NumPy of each step, and what it copies is a program that runs."""

from __future__ import annotations

import re
from contextlib import contextmanager

import numpy as np
import pytest
from axe import violations
from panel import panel, recorded
from usual import usual

from teachrnn import CharRNN, backpropagate
from teachrnn.formulas.code_line import source
from teachrnn.views.program import student_program
from teachrnn.views.story import tell

IMPORTS = """
import { CodePane } from "/code/code_pane.js";
import { WholePass } from "/code/whole_pass.js";
"""
SCRIPT = """
context.tell = (text) => window.said.push(text);
const whole = window.whole = new WholePass(context);
const pane = new CodePane(context, () => whole.copy());
window.add(pane.element, whole.element);
window.at = (i) => { pane.paint(i); whole.paint(i); };
at(0);
"""
LOOK = """(i) => {
    at(i);
    const text = (parts) => [...parts].map((part) => part.textContent).join("").trim();
    const lines = [...document.querySelectorAll(".code-pane .listing .line")];
    return {
        around: lines.map((line) => text(line.querySelectorAll("span:not(.note, .piece)"))),
        pieces: [...document.querySelectorAll(".code-pane .piece[data-k]")]
            .map((piece) => [piece.textContent, context.story.arrays[piece.dataset.k].name]),
        marked: lines.filter((line) => line.matches(".on")).map((line) => line.textContent.trim()),
        parts: lines.filter((line) => line.matches(".partly"))
            .map((line) => text(line.querySelectorAll(".part"))),
        names: [...document.querySelectorAll(".code-pane .id[data-k]")]
            .map((id) => [id.textContent, context.story.arrays[id.dataset.k].name]),
        note: document.querySelector(".code-pane .note")?.innerText,
    };
}"""
LEAD = """() => {
    document.querySelector(".whole-pass").open = true;
    whole.paint(0);
    const lines = [...document.querySelectorAll(".whole-pass .listing .line")];
    return lines.flatMap((line, at) => {
        if (!line.matches("[role=button]")) return [];
        line.click();
        const step = gone.at(-1);
        const { marks } = context.story.linesAt(step);
        return [[step, line.textContent, marks.some(([marked]) => marked === at)]];
    });
}"""
"""Of every line of the whole pass that leads somewhere: where, the line, whether it is done there."""
WHERE = """() => context.story.steps.flatMap(({ t, phase }, i) => {
    if (phase === "turn") return [];
    at(i);
    return [...document.querySelectorAll(".code-pane .listing [role=button]")].map((line) => {
        line.click();
        return [gone.at(-1), t];
    });
})"""
IN_SIGHT = """async (steps) => {
    const box = (part) => document.querySelector(part).getBoundingClientRect();
    const seen = () => {
        const pane = box(".code-pane .written"), line = box(".code-pane .on, .code-pane .partly");
        return line.top >= pane.top - 1 && line.bottom <= pane.bottom + 1;
    };
    for (const i of steps) {
        at(i);
        while (!seen()) await new Promise(requestAnimationFrame);
    }
}"""
"""Ends when the marked line of each of these steps has been in sight."""


@contextmanager
def code(page, trace):
    with panel(page, trace, IMPORTS, SCRIPT):
        yield page


@pytest.mark.parametrize(
    "options", usual([{"cell": "gru", "layers": 2}], [{}, {"cell": "lstm"}]), ids=str
)
def test_page_marks_the_lines_of_each_step(browser_page, options):
    trace = recorded("abc", **options)
    with code(browser_page, trace) as page:
        story = tell(trace)
        looks = page.evaluate(f"count => [...Array(count).keys()].map({LOOK})", len(story))
        for step, shown in zip(story, looks, strict=True):
            lines = step.lines.program.lines
            assert shown["around"] == [source(lines[n]).strip() for n in step.lines.around]
            marks = sorted(step.lines.marks, key=lambda mark: mark.line)
            whole = [source(lines[m.line]).strip() for m in marks if m.first is None]
            if step.lines.note and step.lines.noted is not None:
                whole = [line.partition("  #")[0] for line in whole]
                shown["marked"] = [line.partition("# d")[0].strip() for line in shown["marked"]]
                assert f"# {step.lines.note}" in shown["note"]
            assert shown["marked"] == whole
            parts = [source(lines[m.line][m.first : m.last + 1]) for m in marks if m.first is not None]
            assert shown["parts"] == parts


def test_line_leads_to_the_step_that_does_it_by_click_and_by_enter(browser_page):
    with code(browser_page, recorded("abc", cell="gru")) as page:
        led = page.evaluate(LEAD)
        assert len(led) > 20
        assert all(does for _, _, does in led), [line for _, line, does in led if not does]
        story = tell(recorded("abc", cell="gru"))
        away = [i for i, t, *_ in page.evaluate(WHERE) if story[i].t != t]
        assert away == []  # of the lines beside a step, each stays in its time step
        page.evaluate("at(3)")
        one = page.locator(".code-pane .listing [tabindex='0']")
        assert one.count() == 1
        one.focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        assert story[page.evaluate("gone.at(-1)")].t == story[3].t
        before = page.evaluate("gone.length")
        one.click()
        assert page.evaluate("gone.length") == before + 1


def test_names_in_the_code_are_the_arrays_of_the_step(browser_page):
    trace = recorded("abcd")
    story = tell(trace)
    back = next(i for i, step in enumerate(story) if step.title.startswith("back through h[2]"))
    with code(browser_page, trace) as page:
        names = dict(page.evaluate(LOOK, back)["names"])
        assert dict(page.evaluate(LOOK, back)["pieces"]) == {
            "V.T @ do": "∂h[2] via o[2]",
            "np.outer(do, h[t])": "∂V via o[2]",
            "do": "∂c via o[2]",
            "np.outer(da, h[t-1])": "∂W via r[2]",
            "da": "∂b via r[2]",
            "W.T @ da": "∂h[1] via r[2]",
        }
        assert dict(page.evaluate(LOOK, 6)["pieces"]) == {"W @ h[t-1] + b": "r[2]", "U[:, x[t]]": "u[2]"}
    assert names["dh"] == "dh[2]"
    assert names["h[t]"] == "h[2]"
    assert names["h[t-1]"] == "h[1]"
    assert names["da"] == "da[2]"
    assert names["dW"] == "dW"
    assert names["W"] == "W"


@pytest.mark.parametrize("options", usual([{"layers": 2}], [{"cell": "lstm"}, {"hidden": 60}]), ids=str)
def test_script_of_the_page_is_the_one_that_python_writes(browser_page, options):
    trace = recorded("hello world", **options)
    with code(browser_page, trace) as page:
        of_the_page = run(page.evaluate("whole.script"))
    of_python = run(student_program(trace).script())
    assert of_the_page.keys() == of_python.keys()
    for name, value in of_python.items():
        if name == "__builtins__" or callable(value) or isinstance(value, type(np)):
            continue
        np.testing.assert_equal(of_the_page[name], value, err_msg=name)


def run(script):
    exec(script, space := {})
    return space


def test_what_is_copied_gives_the_gradients(browser_page):
    trace = recorded("hello", cell="lstm")
    with code(browser_page, trace) as page:
        page.evaluate("() => { navigator.clipboard.writeText = async (x) => { window.copied = x; }; }")
        page.get_by_role("button", name="copy all").click()
        page.wait_for_function("window.copied")
        space = run(page.evaluate("copied"))
        assert "copied" in page.evaluate("said.at(-1)")
    sweep = backpropagate(trace)
    assert space["loss"] == pytest.approx(trace.total_loss)
    for name in trace.parameters:
        np.testing.assert_allclose(space[f"d{name}"], sweep.gradient(name), atol=1e-12)


def test_name_that_is_pointed_at_lights_up_with_all_that_are_the_same_array(browser_page):
    trace = recorded("abcd")
    back = next(i for i, step in enumerate(tell(trace)) if step.title.startswith("back through h[2]"))
    with code(browser_page, trace) as page:
        page.evaluate("i => at(i)", back)
        page.locator(".code-pane .id", has_text=re.compile(r"^da$")).first.hover()
        lit = page.locator(".code-pane .lit").all_inner_texts()
        assert lit == ["da"] * 5
        page.locator("#outside").hover()
        assert page.locator(".lit").count() == 0


def test_where_copying_is_not_allowed_the_script_is_selected(browser_page):
    with code(browser_page, recorded("ab")) as page:
        page.evaluate("() => { navigator.clipboard.writeText = async () => { throw Error('no'); }; }")
        page.get_by_role("button", name="copy all").click()
        text = page.get_by_label("The script")
        assert text.evaluate("e => e.value.slice(e.selectionStart, e.selectionEnd)").startswith("import")
        assert "not allowed" in page.evaluate("said.at(-1)")
        assert text.input_value() == page.evaluate("whole.script")


def test_marked_line_of_a_long_step_is_in_sight(browser_page):
    trace = recorded("abc", cell="lstm", layers=2)
    with code(browser_page, trace) as page:
        page.evaluate(IN_SIGHT, [i for i, step in enumerate(tell(trace)) if step.lines.marks])


def test_several_sequences_show_the_librarys_own_line(browser_page):
    rng = np.random.default_rng(0)
    model = CharRNN(hidden=2, symbols=3, rng=rng)
    with code(browser_page, model.record([[0, 1], [1, 2]], [[1, 2], [2, 0]])) as page:
        assert page.locator(".code-pane .library[open] .code").inner_text().startswith("r = Affine")
        assert page.get_by_role("button", name="copy all").count() == 0
        assert not page.locator(".whole-pass").is_visible()


def test_code_is_accessible_to_all(browser_page):
    with code(browser_page, recorded("abc", cell="lstm", layers=2)) as page:
        page.evaluate("i => at(i)", len(tell(recorded("abc", cell="lstm", layers=2))) - 3)
        page.get_by_text("the whole pass in NumPy").click()
        assert violations(page) == []
