"""The reader's own numbers are shown beside the right ones in every view, from the first difference."""

from __future__ import annotations

import io
import re
from functools import partial

import numpy as np
import pytest
from axe import violations
from playwright.sync_api import expect
from rich.console import Console
from steps import OPERATIONS, step_of

from teachrnn import CharRNN, Tanh, backpropagate
from teachrnn.diagnosis.answer import Answer
from teachrnn.diagnosis.diagnose import catalogue_of, diagnose
from teachrnn.diagnosis.diagnoses import Diagnoses
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.mistaken import mistaken_gradients
from teachrnn.diagnosis.operations import OperationAnswer, diagnose_operation
from teachrnn.diagnosis.updates import TrainingAnswer, diagnose_training
from teachrnn.errors import DomainError, NameLookupError, ShapeError
from teachrnn.views.figures.figure import table_of
from teachrnn.views.figures.unrolled_graph import unrolled_graph
from teachrnn.views.page.difference import TITLE, save_difference
from teachrnn.views.page.standalone import story_page
from teachrnn.views.player.story_data import story_bytes
from teachrnn.views.story import Yours, differences, opening, tell, verdict
from teachrnn.views.style.number import format_number
from teachrnn.views.terminal import TerminalStepper, step_in_terminal


def instance(**options):
    return Instance.draw("vanilla", **{"T": 4, "hidden": 3, "symbols": 7, "distinct": True, **options})


@pytest.fixture(scope="module")
def forgetful():
    """An instance, and the result of a backward pass that does not carry gradients back in time."""
    numbers = instance()
    carry = "the gradient carried back from r[t] to h[t-1] is left out"
    (mistake,) = (m for m in catalogue_of("vanilla").sweep if m.title == carry)
    return numbers, mistaken_gradients([mistake], numbers)


def named(story):
    """Which numbers differ at which step, by the step's title."""
    return {story[i].title: [q.name for q in story[i].differing] for i in differences(story)}


# The story -------------------------------------------------------------------------------------


def test_gradient_is_compared_where_it_is_complete(forgetful):
    numbers, wrong = forgetful
    story = tell(numbers.trace, yours=Yours(gradients=wrong))
    compared = [
        (i, q.note)
        for i, step in enumerate(story)
        for outcome in step.outcomes
        for q in outcome.quantities
        if q.name == "dW" and q.yours is not None
    ]
    assert compared == [(len(story) - 1, "sum of 4 of 4 parts")]
    assert named(story) == {
        "back through u[1] = Embedding(x[1], U)": ["dU"],
        "back through r[1] = Affine(h[0], W, b)": ["dW", "db"],
    }


def test_gradients_of_each_step_are_read_from_the_columns_of_dU(forgetful):
    numbers, wrong = forgetful
    yours = Yours.of(numbers, Answer(wrong))
    story = tell(numbers.trace, yours=yours)
    first = story[opening(story)]
    assert first.title == "back through h[3] = Tanh(a[3])", "at t = 4 there is nothing to forget"
    (da,) = first.differing
    column = int(numbers.x[2])
    np.testing.assert_array_equal(da.yours.data, wrong["U"][:, column])
    assert str(da.yours) == f"≠ yours: 3 of 3 differ, column {column} of your dU"


def test_nothing_is_read_from_dU_if_only_dU_is_wrong(forgetful):
    numbers, _ = forgetful
    wrong = {**numbers.gradients, "U": 2 * numbers.gradients["U"]}
    story = tell(numbers.trace, yours=Yours.of(numbers, Answer(wrong)))
    assert named(story) == {"back through u[1] = Embedding(x[1], U)": ["dU"]}


@pytest.mark.parametrize(
    ("name", "first"),
    [("W", "dW"), ("dW", "dW"), ("a", "da[2]"), ("da", "da[2]"), ("h[0]", "dh[0]")],
)
def test_gradients_may_have_the_name_of_the_value_or_their_own(name, first):
    trace = instance().trace
    backpropagate(trace)
    value = name.removeprefix("d")
    if value == "a":
        right = np.stack([trace[f"a[{t}]"].grad for t in range(1, 5)])
        right[1, 0] += 1
    else:
        right = trace[value].grad + 1
    story = tell(trace, yours=Yours(gradients={name: right}))
    assert [q.name for q in story[opening(story)].differing] == [first]


def test_values_are_stacked_over_time_with_the_initial_state_or_without():
    trace = instance().trace
    h = np.stack([trace[f"h[{t}]"].data for t in range(5)])
    for own in (h, h[1:]):
        story = tell(trace, yours=Yours({"h": own}))
        assert verdict(story) == f"Compared with your {len(own)} arrays: all agree."
    h[0] += 1
    (first,) = differences(tell(trace, yours=Yours({"h": h})))
    assert first == 0, "what is given differs where it is first used"


def test_loss_of_the_sequence_and_of_each_step_can_be_compared():
    trace = instance().trace
    steps = np.array([trace[f"L[{t}]"].data for t in range(1, 5)])
    assert named(tell(trace, yours=Yours({"L": steps}))) == {}
    (title,) = named(tell(trace, yours=Yours({"L": steps.mean()})))
    assert title.startswith("L = ")


@pytest.mark.parametrize("batch", [None, 3])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_right_numbers_of_either_precision_agree(batch, dtype):
    for cell, scale in (("vanilla", 1e-3), ("gru", 2.0)):
        right = Instance.draw(cell, T=3, hidden=4, symbols=6, batch=batch, scale=scale, dtype=dtype)
        twin = CharRNN(hidden=4, symbols=6, cell=cell, rng=np.random.default_rng(0))
        for name, numbers in right.model.parameters.items():
            twin.parameters[name] = numbers
        state = {name: s.astype(np.float64) for name, s in right.state.items()}
        trace = twin.record(right.x, right.y, state=state)
        sweep = backpropagate(right.trace)
        own = {v.name: sweep.gradient(v) for v in right.trace.values if sweep.gradient(v) is not None}
        values = {v.name: v.data for v in right.trace.values if v.data.dtype.kind == "f"}
        assert "all agree" in verdict(tell(trace, yours=Yours(values, own)))


def test_float32_is_not_accused_where_p_is_nearly_1_and_p_minus_y_cancels():
    model = CharRNN(hidden=3, symbols=4, scale=0.5, rng=np.random.default_rng(0))
    model.parameters["c"] = np.array([0.0, 0.0, 12.0, 0.0])
    coarse = CharRNN(hidden=3, symbols=4, rng=np.random.default_rng(0), dtype=np.float32)
    for name, numbers in model.parameters.items():
        coarse.parameters[name] = numbers.astype(np.float32)
    x, y = [0, 1, 3], [2, 2, 2]
    own = backpropagate(coarse.record(x, y)).gradients()
    assert "all agree" in verdict(tell(model.record(x, y), yours=Yours(gradients=own)))


def test_tolerance_can_be_chosen():
    trace = instance().trace
    own = backpropagate(trace).gradients()
    off = {name: d + 1e-6 for name, d in own.items()}
    assert len(named(tell(trace, yours=Yours(gradients=off)))) == 3
    assert not named(tell(trace, yours=Yours(gradients=off, tolerance=1e-5)))
    only = {"dV": 1e-5, "dc": 1e-5, "dU": 1e-5}
    (names,) = named(tell(trace, yours=Yours(gradients=off, tolerance=only))).values()
    assert names == ["dW", "db"]


def test_numbers_that_are_not_finite_differ_from_finite_ones():
    trace = instance().trace
    right = trace["h[2]"].data
    for own, differs in (([np.nan] * 3, [1, 1, 1]), ([np.inf, *right[1:]], [1, 0, 0])):
        story = tell(trace, yours=Yours({"h[2]": own}))
        (h,) = story[opening(story)].differing
        assert h.yours.differs.tolist() == differs


def test_record_that_overflowed_agrees_with_itself_and_nothing_else():
    model = CharRNN(hidden=2, symbols=3, scale=0.5, rng=np.random.default_rng(0))
    model.parameters["V"] = np.full((3, 2), 1e308)
    with np.errstate(all="ignore"):
        trace = model.record([0, 1], [1, 2], state={"h": np.array([1.0, 1.0])})
        own = {name: d.copy() for name, d in backpropagate(trace).gradients().items()}
        assert not np.isfinite(own["W"]).all()
        assert not named(tell(trace, yours=Yours(gradients=own)))
        own["b"] = np.zeros(2)
        assert ["db"] in named(tell(trace, yours=Yours(gradients=own))).values()


@pytest.mark.parametrize(
    ("own", "error", "words"),
    [
        ({"values": {"hh": [1.0]}}, NameLookupError, "no value 'hh'; near: h"),
        ({"gradients": {"dQ": [1.0]}}, NameLookupError, "no value 'dQ'"),
        ({"values": {"dh": [1.0]}}, NameLookupError, "no value 'dh'"),
        ({"values": {"h": np.ones((3, 3))}}, ShapeError, r"h\[4\] have shape \(3,\), so .*\(4, 3\)"),
        ({"gradients": {"W": np.ones(9)}}, ShapeError, r"`dW` has shape \(9,\); .* \(3, 3\)"),
        ({"gradients": {"W": [["a"]]}}, DomainError, "must hold real numbers"),
    ],
)  # fmt: skip
def test_numbers_that_do_not_fit_are_refused(own, error, words):
    with pytest.raises(error, match=words):
        tell(instance().trace, yours=Yours(**own))


# The page --------------------------------------------------------------------------------------


@pytest.fixture
def opened(browser_page, tmp_path, forgetful):
    """The page of an instance, with the numbers of that backward pass or others."""
    numbers, wrong = forgetful

    def open_page(yours=None, **options):
        path = tmp_path / "yours.html"
        own = Yours.of(numbers, Answer(wrong)) if yours is None else yours
        path.write_text(story_page(numbers.trace, yours=own, **options), "utf-8")
        browser_page.goto(path.as_uri())
        browser_page.wait_for_selector("body[data-ready]")
        return browser_page, tell(numbers.trace, yours=own)

    return open_page


def where(page):
    return page.locator(".now .technical").inner_text()


def test_page_opens_at_the_first_difference_with_both_numbers(opened):
    page, story = opened()
    (da,) = story[opening(story)].differing
    assert where(page) == "back through h[3] = Tanh(a[3])"
    assert page.locator(".difference").inner_text() == "≠ Yours differs here: da[3]."
    figure = page.locator("figure[data-name='da[3]']")
    numbers = [format_number(x) for x in da.data.tolist()]
    own = [format_number(x) for x in da.yours.data.tolist()]
    assert figure.locator("button.number").all_inner_texts() == numbers
    assert figure.locator(".own").all_inner_texts() == [f"≠ {x}" for x in own]
    assert figure.locator(".verdict").inner_text() == str(da.yours)
    spoken = f"da[3][0] is {numbers[0]}, yours {own[0]} differs: why?"
    assert figure.locator("button.number").first.get_attribute("aria-label") == spoken
    assert verdict(story) in page.locator(".about").inner_text()
    assert violations(page) == []


def test_nodes_are_marked_as_far_as_the_story_has_come(opened):
    page, _ = opened()
    marked = "g.node:has(.unequal)"

    def names():
        return page.locator(marked).evaluate_all("all => all.map(g => g.dataset.name)")

    assert names() == ["a[3]"]
    assert page.locator(marked).get_attribute("aria-label").endswith("yours differs")
    page.keyboard.press("ArrowLeft")
    assert names() == []
    page.keyboard.press("G")
    assert sorted(names()) == ["a[1]", "a[2]", "a[3]"]
    page.locator(".whole summary").click()
    assert "≠ yours differs" in page.locator(".whole .legend").inner_text()
    page.keyboard.press("R")
    rolled = page.locator(f".rolled {marked}")
    for key, kinds in (("0", []), ("D", ["a"])):  # the first difference is da[3]
        page.keyboard.press(key)
        assert rolled.evaluate_all("all => all.map(g => g.dataset.kind)") == kinds
        assert all(g.get_attribute("aria-label").endswith(", yours differs") for g in rolled.all())


def test_keys_and_a_button_go_to_the_differences(opened):
    page, story = opened()
    for i in differences(story)[1:]:
        page.keyboard.press("D")
        assert where(page) == story[i].title
    page.keyboard.press("D")
    assert (
        page.locator(".message").inner_text() == "There is no further step at which your numbers differ."
    )
    page.keyboard.press("d")
    assert where(page) == story[opening(story)].title
    page.keyboard.press("0")
    page.get_by_role("button", name="First difference from your numbers").press("Enter")
    assert where(page) == story[opening(story)].title
    page.keyboard.press("?")
    assert "first step at which your numbers differ" in page.locator(".keys").inner_text()


def test_matrices_show_both_numbers_and_why_of_the_right_one(opened):
    page, story = opened(step=len(tell(instance().trace)) - 1)
    dW = next(q for q in story[-1].differing if q.name == "dW")
    page.locator(".all-numbers > summary").click()
    figure = page.locator(".out figure[data-name='dW']").last
    expect(figure.get_by_role("img")).to_have_count(2)
    figure.locator("summary").click()
    cells = figure.locator("td.differs")
    pairs = zip(dW.data.ravel().tolist(), dW.yours.data.ravel().tolist(), strict=True)
    differing = [(a, b) for a, b in pairs if a != b]
    texts = [" ".join(text.split()) for text in cells.all_inner_texts()]
    assert texts == [f"{format_number(a)} ≠ {format_number(b)}" for a, b in differing]
    cells.first.click()
    why = page.locator(".why-body").inner_text()
    right, own = differing[0]
    assert f"yours ≠ {own!r}, off by {format_number(own - right)}".replace("-", "−") in why
    assert "The sum of 4 parts" in why, "the derivation is that of the right one"
    assert violations(page) == []


def test_numbers_of_a_large_matrix_open_at_the_first_that_differs(browser_page, tmp_path):
    trace = Instance.draw("vanilla", T=2, hidden=40, symbols=5).trace
    W = backpropagate(trace).gradients()["W"]
    W[30, 35] = 7.0
    path = tmp_path / "large.html"
    path.write_text(story_page(trace, yours=Yours(gradients={"W": W})), "utf-8")
    browser_page.goto(path.as_uri())
    browser_page.wait_for_selector("body[data-ready]")
    browser_page.locator(".all-numbers > summary").click()
    figure = browser_page.locator(".out figure[data-name='dW']").last
    figure.locator("summary").click()
    expect(figure.locator("td.differs")).to_have_attribute("tabindex", "0")
    expect(figure.locator("td.differs .own")).to_have_text("≠ 7.00")


def test_the_key_for_why_begins_with_the_entry_that_differs(opened, forgetful):
    numbers, _ = forgetful
    c = numbers.gradients["c"].copy()
    c[2] += 1
    page, _ = opened(Yours(gradients={"c": c}))
    page.keyboard.press("w")
    assert page.locator(".why .trail").inner_text() == "dc[2]"
    assert "off by 1.00" in page.locator(".why-body").inner_text()


def test_numbers_that_look_alike_get_more_digits(opened, forgetful):
    numbers, _ = forgetful
    own = numbers.trace["h[1]"].data + 1e-9
    page, _ = opened(Yours({"h[1]": own}))
    figure = page.locator("figure[data-name='h[1]']")
    shown = figure.locator("button.number").first.inner_text()
    assert figure.locator(".own").first.inner_text() not in (shown, f"≠ {shown}")


def test_a_covered_result_does_not_show_whether_yours_differs(opened):
    page, _ = opened()
    page.keyboard.press("?")
    page.get_by_label("Predict first").select_option("sign")
    assert not page.locator(".difference").is_visible()
    assert page.locator("g.node:has(.unequal)").count() == 0


def test_numbers_that_agree_are_not_sent_and_are_reported_to_agree(opened, forgetful):
    numbers, _ = forgetful
    own = Yours(gradients=numbers.gradients)
    page, story = opened(own)
    page.keyboard.press("i")
    assert where(page) == story[0].title
    page.keyboard.press("d")
    assert page.locator(".message").inner_text() == "All your numbers agree."
    page.keyboard.press("G")
    page.get_by_role("radio", name="dW", exact=True).click()
    assert page.locator(".pieces figure[data-name='dW'] .verdict").all_inner_texts() == ["= yours"]
    page.locator(".all-numbers > summary").click()
    verdicts = page.locator(".out figure[data-name='dW'] .verdict")
    expect(verdicts).to_have_text(["= yours"])
    text = story_bytes(numbers.trace, yours=own)
    assert len(text) - len(story_bytes(numbers.trace)) < 300
    assert b'"yours":{"differs":[]}' in text


def test_without_the_readers_numbers_nothing_is_compared(browser_page, tmp_path, forgetful):
    numbers, _ = forgetful
    assert b"yours" not in story_bytes(numbers.trace)
    path = tmp_path / "page.html"
    path.write_text(story_page(numbers.trace), "utf-8")
    browser_page.goto(path.as_uri() + OPERATIONS)
    browser_page.wait_for_selector("body[data-ready]")
    browser_page.keyboard.press("?")
    browser_page.keyboard.press("G")
    browser_page.keyboard.press("d")
    assert step_of(browser_page) == (49, 49)
    assert not re.search("yours|differ", browser_page.locator("main").inner_text())


# The terminal ----------------------------------------------------------------------------------


@pytest.fixture
def walk(forgetful):
    numbers, wrong = forgetful
    return TerminalStepper(numbers.trace, yours=Yours.of(numbers, Answer(wrong)))


def written(lines):
    return "\n".join(line.plain.rstrip() for line in lines)


def test_terminal_begins_at_the_first_difference_with_both_numbers(walk):
    assert walk.step.title == "back through h[3] = Tanh(a[3])"
    assert " ".join(written(walk.status(80)).split()) == verdict(walk.steps)
    (da,) = walk.step.differing
    text = written(walk.body(80))
    assert "≠ yours differs here: da[3]" in text
    assert str(da.yours) in text
    right, own = text.partition("  da[3]")[2].splitlines()[2:4]
    assert right.split() == [format_number(x) for x in da.data.tolist()]
    assert own.replace("≠", " ").split() == [format_number(x) for x in da.yours.data.tolist()]


def test_keys_of_the_terminal_go_to_the_differences(walk):
    for i in walk.differences[1:]:
        walk.press("D")
        assert walk.index == i
    walk.press("D")
    assert walk.message == "no further differences from your numbers"
    walk.press("d")
    assert walk.index == walk.differences[0]


def test_why_in_the_terminal_begins_with_the_entry_that_differs(forgetful):
    numbers, _ = forgetful
    V = numbers.gradients["V"].copy()
    V[2, 1] += 1
    walk = TerminalStepper(numbers.trace, yours=Yours(gradients={"V": V}))
    walk.press("w")
    assert walk.overlay.index == (2, 1)
    text = written(walk.body(80))
    assert f"yours ≠ {format_number(V[2, 1])}, off by 1.00" in text
    assert "sum of the 4 terms" in text, "the derivation is that of the right one"
    walk.press("Right")
    assert "yours is the same, up to rounding" in written(walk.body(80))


def test_entry_that_differs_is_visible_however_long_the_array():
    trace = Instance.draw("vanilla", T=2, hidden=60, symbols=5).trace
    own = trace["h[1]"].data.copy()
    own[41] = 7.0
    walk = TerminalStepper(trace, yours=Yours({"h[1]": own}))
    assert "≠  7.00" in written(walk.body(60))


def test_printed_story_has_both_numbers_in_any_encoding(forgetful):
    numbers, wrong = forgetful
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    console = Console(file=file, width=100)
    step_in_terminal(numbers.trace, yours=Yours(gradients=wrong), console=console)
    text = file.buffer.getvalue().decode("ascii")
    assert "!= yours differs here: dW, db" in text
    assert f"!= {format_number(float(wrong['b'][0])).replace('−', '-')}" in text.replace("!=  ", "!= ")


# Figures ---------------------------------------------------------------------------------------


def test_figure_marks_the_nodes_that_differ_and_its_table_has_both_numbers(forgetful):
    numbers, wrong = forgetful
    backpropagate(numbers.trace)
    yours = Yours.of(numbers, Answer(wrong, values={"h": np.zeros((4, 3))}))
    picture = unrolled_graph(numbers.trace, show="gradient", yours=yours)
    signs = [text.get_text() for text in picture.axes[0].texts]
    assert signs.count("≠") == 6, "da and du at three steps"
    assert "yours differs" in picture.axes[0].get_xlabel()
    rows = {row[0]: row[3] for row in table_of(picture).rows}
    da = wrong["U"][:, numbers.x[2]].tolist()
    assert rows["da[3]"] == ", ".join(f"≠ {format_number(x)}" for x in da)
    assert rows["da[4]"] == "agree"
    assert rows["dh[3]"] == ""
    values = unrolled_graph(numbers.trace, yours=yours)
    assert [text.get_text() for text in values.axes[0].texts].count("≠") == 4


# One call --------------------------------------------------------------------------------------

FORGETFUL = """
import numpy as np
def loss_and_gradients(inputs, targets, hprev, Wxh, Whh, Why, bh, by):
    hs, ps, loss = {-1: hprev}, {}, 0.0
    for t, x in enumerate(inputs):
        hs[t] = np.tanh(Wxh[:, [x]] + Whh @ hs[t - 1] + bh)
        o = Why @ hs[t] + by
        ps[t] = np.exp(o) / np.exp(o).sum()
        loss -= np.log(ps[t][targets[t], 0])
    dWxh, dWhh, dWhy, dbh, dby = (np.zeros_like(w) for w in (Wxh, Whh, Why, bh, by))
    for t in reversed(range(len(inputs))):
        do = ps[t].copy()
        do[targets[t]] -= 1
        dWhy += do @ hs[t].T
        dby += do
        da = (1 - hs[t] ** 2) * (Why.T @ do)
        dWhh += da @ hs[t - 1].T
        dbh += da
        dWxh[:, [inputs[t]]] += da
    return loss, dWxh, dWhh, dWhy, dbh, dby
"""


def test_save_difference_opens_a_users_code_where_it_goes_wrong(tmp_path, browser_page):
    code = tmp_path / "my_rnn.py"
    code.write_text(FORGETFUL)
    page = save_difference(code, tmp_path / "page.html")
    assert page == tmp_path / "page.html"
    browser_page.goto(page.as_uri())
    browser_page.wait_for_selector("body[data-ready]")
    assert where(browser_page) == "back through h[3] = Tanh(a[3])"
    assert "da[3]" in browser_page.locator(".difference").inner_text()


def forgets_the_carry(instance):
    carry = "the gradient carried back from r[t] to h[t-1] is left out"
    (mistake,) = (m for m in catalogue_of("vanilla").sweep if m.title == carry)
    return Answer(mistaken_gradients([mistake], instance) or {})


def test_a_diagnosis_shows_itself_in_a_notebook_from_the_first_step_that_differs(monkeypatch):
    found = diagnose(forgets_the_carry)
    monkeypatch.setattr("teachrnn.diagnosis.diagnosis._in_a_notebook", lambda: True)
    stepper = found.show()
    assert stepper.steps[stepper.step].differing
    assert not any(step.differing for step in stepper.steps[: stepper.step])
    assert (stepper.trace.T, stepper.trace["x[1]"].shape) == (4, ())


def test_a_mistake_that_shows_in_a_batch_only_is_shown_in_one():
    found = diagnose(lambda i: Answer({name: d / i.B for name, d in i.gradients.items()}))
    instance, answer = found._to_read()
    assert instance.B > 1
    assert any(np.abs(d - instance.gradients[name]).max() > 0 for name, d in answer.gradients.items())


def test_elsewhere_a_diagnosis_says_how_its_page_is_saved_and_saves_it(monkeypatch, tmp_path):
    found = diagnose(forgets_the_carry)
    monkeypatch.setattr("teachrnn.diagnosis.diagnosis._in_a_notebook", lambda: False)
    with pytest.raises(DomainError, match=r'found\.save\("yours\.html"\)'):
        found.show()
    assert TITLE in found.save(tmp_path / "yours.html").read_text(encoding="utf-8")
    step = diagnose_training(ascent, draw=partial(Instance.draw, "vanilla"))
    both = Diagnoses({"train_step": step, "the network": found})
    assert TITLE in both.save(tmp_path / "again.html").read_text(encoding="utf-8")


def ascent(instance, *, seed, limit):
    p, g = dict(instance.model.parameters), instance.gradients
    return TrainingAnswer(g, p, {name: p[name] + 0.1 * g[name] for name in g}, hyper={"eta": 0.1})


def test_what_has_no_time_steps_says_what_can_be_shown_instead():
    step = diagnose_training(ascent, draw=partial(Instance.draw, "vanilla"))
    for found in (step, Diagnoses({"train_step": step})):
        with pytest.raises(DomainError) as refused:
            found.show()
        assert "an update (sgd), without time steps" in str(refused.value)
        assert "print(found.hints(3)) shows its smallest failing case" in str(refused.value)
        assert "check_backward([forward, backward]).show()" in str(refused.value)
    operation = diagnose_operation(lambda case: OperationAnswer(case.gradients), Tanh)
    with pytest.raises(DomainError, match=r"Tanh is a single operation.* print\(found\)"):
        operation.save("yours.html")
