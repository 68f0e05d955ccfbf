"""Notebook apps show what the library computes for their controls, with and without a kernel."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import islice
from unittest import mock

import numpy as np
import pytest
from axe import SCHEMES, violations
from bridge import Bridge
from notebook import displayed
from patience import PATIENCE

from teachrnn import CELLS, CharRNN, backpropagate
from teachrnn.data import END, Vocabulary
from teachrnn.errors import DivergedError, DomainError, MissingExtraError
from teachrnn.formulas.name import GREEK
from teachrnn.hyper_parameter import fraction
from teachrnn.laboratory import RIGHT, find_mistake
from teachrnn.optimizers import OPTIMIZERS, Momentum, RMSProp
from teachrnn.optimizers.descent import descend
from teachrnn.runs import Run
from teachrnn.runs.small_network import SENTENCE, small_network
from teachrnn.runs.trained_model import TrainedModel
from teachrnn.sampling import Nucleus, TopK
from teachrnn.views.figures.gradient_flow import gradient_flow
from teachrnn.views.figures.next_symbol import next_symbol
from teachrnn.views.figures.parts.figure_table import table_of
from teachrnn.views.style.number import format_number
from teachrnn.widgets.app import APPS, STILL, App
from teachrnn.widgets.control import Adjustable, Slider
from teachrnn.widgets.gradient_flow import GradientFlow
from teachrnn.widgets.mistake_laboratory import MistakeLaboratory
from teachrnn.widgets.neuron_explorer import NeuronExplorer
from teachrnn.widgets.optimizer_explorer import SIDE_BY_SIDE, OptimizerExplorer, network
from teachrnn.widgets.sampling_explorer import SamplingExplorer
from teachrnn.widgets.training_monitor import TrainingMonitor

WIDGET = "application/vnd.jupyter.widget-view+json"
HOSTILE = "<img src=x onerror=alert(1)></pre><script>alert(2)</script>"


class Tags(HTMLParser):
    """The elements and attributes of a piece of HTML."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]


def harmless(text):
    found = Tags(text)
    assert not {"script", "img", "iframe", "object"} & set(found.tags)
    assert not [name for name in found.attributes if name.startswith("on")]
    return found


def in_a_loop(coroutine):
    """Run it in a separate event loop, because the browser's is already running in this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def put(app, **values):
    """Set several controls at once, as when a kernel receives all changes before it draws."""

    async def move():
        for name, value in values.items():
            app.controls[name].value = value
        app.html()

    in_a_loop(move())


@pytest.fixture(scope="module")
def trained():
    return small_network(SENTENCE, updates=150).trained


def small_training():
    network = small_network(SENTENCE, updates=0)
    return network.training(), network.vocabulary


def hostile_model():
    vocabulary = Vocabulary.of(HOSTILE)
    rng = np.random.default_rng(0)
    return TrainedModel(CharRNN(hidden=4, symbols=len(vocabulary), scale=0.5, rng=rng), vocabulary)


# Every app -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=APPS.values(), ids=APPS)
def app(request):
    return request.param.example()


def test_app_shows_the_live_widget_and_separately_a_static_picture_and_table(app):
    live, static = displayed(app)
    assert live[WIDGET]["model_id"] == app.widget.model_id
    assert live["text/html"] == ""
    assert WIDGET not in static
    form = f'data-teachrnn-static="{app.widget.model_id}"'
    assert static["text/html"].startswith(f"<div {form}>")
    assert static["text/html"].endswith(f"{app.html()}</div>")
    assert app.widget.hiding == f"[{form}] {{ display: none; }}"
    found = harmless(static["text/html"])
    assert {"svg", "table"} <= set(found.tags)
    assert app.title in static["text/html"]
    assert static["text/plain"] == f"{app.title}\n{app.table.text()}"


def test_host_without_live_apps_gets_a_picture_that_says_so(app):
    shown = app._repr_mimebundle_()
    assert set(shown) == {"text/html", "text/plain"}
    assert STILL in shown["text/html"]


def test_static_display_is_the_picture_alone(app, monkeypatch):
    monkeypatch.setenv("TEACHRNN_DISPLAY", "static")
    (shown,) = displayed(app)
    assert shown == app._repr_mimebundle_()
    for row in app.table.rows:
        for cell in row:
            if isinstance(cell, float):
                assert format_number(cell) in shown["text/html"]


def test_saved_app_is_what_was_last_shown():
    app = GradientFlow.example()
    with mock.patch("IPython.display.update_display") as update:
        put(app, T=5)
        assert not update.called  # nobody has seen it yet
        displayed(app)
        put(app, T=7)
    (static,), how = update.call_args
    assert how == {"raw": True, "display_id": app.widget.model_id}
    assert static["text/html"].endswith(f"{app.html()}</div>")
    assert "length T: 7" in static["text/html"]


def test_every_control_has_a_visible_name_and_a_tooltip(app):
    for name, control in app.controls.items():
        assert control.description, name
        assert control.tooltip.endswith("."), name
        assert len(control.tooltip) > len(control.description) / 2, name
        written = re.findall(r"[a-z]+", f"{control.description} {control.tooltip}")
        assert not set(GREEK) & set(written), f"{name}: a letter is written as a word"


def test_app_has_the_name_of_its_class(app):
    assert re.sub("(?<!^)(?=[A-Z])", "-", type(app).__name__).lower() == app.name


def test_static_form_says_what_the_controls_are_set_to(app):
    shown = app.html()
    for control in app.controls.values():
        if isinstance(control, Adjustable) and not isinstance(control.value, str | bool):
            assert f"{control.description}: {format_number(control.value)}" in shown


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_core_finds_no_violation_in_what_needs_no_kernel(app, browser_page, tmp_path, scheme):
    path = tmp_path / "app.html"
    look = "<style>:root{color-scheme:light dark}body{background:Canvas;color:CanvasText}</style>"
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>App</title>{look}'
    path.write_text(f"{head}<main><h1>App</h1>{app.html()}</main>", "utf-8")
    browser_page.set_viewport_size({"width": 390, "height": 900})
    browser_page.emulate_media(color_scheme=scheme)
    browser_page.goto(path.as_uri())
    for summary in browser_page.locator("summary").all():
        summary.click()
    assert violations(browser_page) == []


def test_app_without_anywidget_says_how_to_install_it(app, monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(MissingExtraError, match=r"teachrnn\[widgets\]"):
        type(app).example()


def test_sliders_that_are_dragged_in_a_kernel_draw_once():
    class Counting(App):
        name, title = "counting", "Counting"
        drawn = 0

        def draw(self):
            Counting.drawn += 1
            return next_symbol(np.zeros(2), TopK(), "ab")

    del APPS["counting"]
    app = Counting({"n": Slider("n", "A number.", 0, low=0, high=100)})

    async def drag():
        for n in range(1, 20):
            app.controls["n"].value = n
        at_once = Counting.drawn
        assert app.figure is not None  # who asks for the figure need not wait
        return at_once

    assert in_a_loop(drag()) == 1
    assert Counting.drawn == 2


LOOK = "<style>:root{color-scheme:light dark}body{background:Canvas;color:CanvasText}</style>"


def test_live_app_and_python_move_the_same_controls(browser_page):
    app = GradientFlow(hidden=4)
    bridge = Bridge(browser_page, app.widget)
    page = browser_page

    def moved():
        bridge.exchange()
        assert app.figure is not None  # now, and not after a while
        bridge.exchange()
        return page.locator(".picture").inner_html()

    before = moved()
    page.get_by_label("length T").fill("5")
    after = moved()
    assert app.controls["T"].value == 5
    assert after != before
    page.get_by_label("recurrent cell").select_option("gru")
    assert moved() != after
    assert app.controls["cell"].value == "gru"
    page.get_by_text("As a table", exact=True).click()
    app.controls["scale"].value = 0.5
    moved()
    scale = page.locator("label", has_text="scale of the weights")
    assert scale.locator(".readout").inner_text() == "0.5"
    assert page.locator("details[open]").count() == 1  # what was folded out stays so
    text = page.get_by_label("text", exact=True)
    text.fill("a")
    text.dispatch_event("change")
    assert "<svg" in moved()
    assert "one character" in page.get_by_role("alert").inner_text()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_controls_are_beside_the_picture_and_on_a_phone_above_it(app, browser_page, scheme):
    Bridge(browser_page, app.widget)
    page = browser_page
    page.emulate_media(color_scheme=scheme)
    page.evaluate("look => document.head.insertAdjacentHTML('beforeend', look)", LOOK)
    for width in (780, 390):
        page.set_viewport_size({"width": width, "height": 800})
        controls, shown = (page.locator(part).bounding_box() for part in (".controls", ".picture"))
        if width > 700:
            assert controls["x"] + controls["width"] <= shown["x"]
            assert abs(controls["y"] - shown["y"]) < 40
        else:
            assert controls["y"] + controls["height"] <= shown["y"] < 500  # it is in sight
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        gaps = page.locator(".notes :is(td, th)").evaluate_all(
            "all => all.map((one) => parseFloat(getComputedStyle(one).paddingRight))"
        )
        assert all(gap > 6 for gap in gaps)  # columns do not touch
        assert violations(page, page.locator(".trnn-app")) == []


@pytest.mark.parametrize(
    ("control", "given", "kept"),
    [
        (Slider("n", "A number.", 3, low=1, high=9), 12.0, 9),
        (Slider("n", "A number.", 3, low=1, high=9), 4.4, 4),
        (Slider("s", "A number.", 0.5, low=0.1, high=1.0, logarithmic=True), 0.01, 0.1),
    ],
)
def test_slider_keeps_to_its_range_and_kind(control, given, kept):
    control.value = given
    assert control.value == kept
    assert type(control.value) is type(kept)
    for wrong in (float("nan"), float("inf")):
        with pytest.raises(DomainError, match="finite"):
            control.value = wrong


def test_what_a_page_sends_and_no_control_can_take_is_said_in_the_app(trained):
    app = SamplingExplorer(trained)
    app.widget.asked = {"name": "strategy", "value": "<b>none</b>", "count": "1"}
    assert "must be one of" in app.widget.said
    assert "<b>" not in app.widget.said
    app.widget.asked = {"name": "k", "value": None, "count": "2"}
    app.widget.asked = {"name": "nobody", "value": 1, "count": "3"}
    assert app.controls["strategy"].value == "temperature"
    app.widget.asked = {"name": "draw", "value": True, "count": "4"}
    assert app.drawn is not None


# Gradient flow -------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", CELLS)
def test_gradient_flow_is_that_of_the_network_that_the_controls_describe(cell):
    text = "abracadabra"
    app = GradientFlow(text, hidden=5, seed=3)
    put(app, T=7, scale=0.6, cell=cell)
    numbers = Vocabulary.of(text).encode(text[:8])
    model = CharRNN(hidden=5, symbols=5, cell=cell, scale=0.6, rng=np.random.default_rng(3))
    trace = model.record(numbers[:-1], numbers[1:])
    backpropagate(trace)
    assert app.table == table_of(gradient_flow(trace))


@pytest.mark.parametrize(
    ("text", "said"), [("", "is empty"), ("a", "one character"), ("abc", "need 21 characters")]
)
def test_text_that_is_too_short_is_reported_in_the_app_and_the_last_picture_stays(text, said):
    app = GradientFlow()
    before = app.figure
    put(app, text=text)
    assert said in app.message
    assert said in app.html()
    assert app.figure is before
    put(app, text=SENTENCE)
    assert app.message == ""
    assert app.figure is not before


def test_app_with_an_invalid_initial_setting_says_so_and_can_be_corrected():
    app = GradientFlow("a")
    with pytest.raises(DomainError, match="one character"):
        app.figure  # noqa: B018
    assert "one character" in app.html()
    put(app, text=SENTENCE)
    assert app.table.rows


# Sampler -------------------------------------------------------------------------------------------


def test_sampler_writes_what_the_model_writes_with_the_same_seed(trained):
    app = SamplingExplorer(trained, prime="the ", seed=5)
    put(app, strategy="nucleus", theta=0.8, temperature=1.2)
    app.write(20)
    app.draw_symbol()
    app.feed_back()
    sampler = Nucleus(theta=0.8, temperature=1.2)
    rng = np.random.default_rng(5)
    assert app.text == trained.sample(21, rng=rng, sampler=sampler, prime="the ")
    assert app.text in app.html()


def test_sampler_shows_the_distribution_after_what_was_fed_back(trained):
    app = SamplingExplorer(trained, prime="the c")
    put(app, strategy="top-k", k=3)
    reader = trained.model.reader()
    for number in trained.vocabulary.encode("the c"):
        scores = reader.read(number).copy()
    symbols = trained.vocabulary.symbols
    assert app.table == table_of(next_symbol(scores, TopK(k=3), symbols))
    app.draw_symbol()
    drawn = app.drawn
    assert app.table == table_of(next_symbol(scores, TopK(k=3), symbols, drawn=drawn))
    assert app.written == []
    app.feed_back()
    assert app.written == [drawn]
    assert app.table == table_of(next_symbol(reader.read(drawn), TopK(k=3), symbols))


def test_the_same_random_number_is_used_whichever_strategy_is_set(trained):
    app = SamplingExplorer(trained, seed=1)
    app.draw_symbol()
    before = app.drawn
    app.draw_symbol()  # nothing is thrown twice
    assert app.drawn == before
    put(app, strategy="greedy")
    assert app.drawn == int(np.argmax(app._scores))
    put(app, strategy="temperature")
    assert app.drawn == before


def test_only_the_sliders_that_a_strategy_uses_are_enabled(trained):
    app = SamplingExplorer(trained)
    for strategy, used in {
        "greedy": set(),
        "temperature": {"temperature"},
        "top-k": {"temperature", "k"},
        "nucleus": {"temperature", "theta"},
    }.items():
        put(app, strategy=strategy)
        sliders = ("temperature", "k", "theta")
        assert {name for name in sliders if not app.controls[name].disabled} == used


def test_prime_with_an_unknown_symbol_is_reported_and_nothing_is_written(trained):
    app = SamplingExplorer(trained)
    app.write(3)
    put(app, prime="Ω")
    assert "'Ω'" in app.message
    app.write(3)
    assert len(app.written) == 3
    put(app, prime="the")
    assert app.message == ""
    assert app.written == []


def test_sampler_stops_at_the_end_of_an_item():
    vocabulary = Vocabulary([END, "a"])
    model = CharRNN(hidden=2, symbols=2, rng=np.random.default_rng(0))
    model.set_parameters(c=[50.0, 0.0])
    app = SamplingExplorer(TrainedModel(model, vocabulary))
    app.write(5)
    assert app.written == [0]
    assert app.controls["draw"].disabled


def test_start_over_forgets_what_was_written(trained):
    app = SamplingExplorer(trained)
    first = app.table
    app.write(5)
    app.restart()
    assert app.written == []
    assert app.table == first


# Neuron explorer -----------------------------------------------------------------------------------


def test_neuron_explorer_shows_the_activations_of_the_recorded_network(trained):
    app = NeuronExplorer(trained, SENTENCE)
    put(app, neuron=5)
    trace = trained.model.record(trained.vocabulary.encode(SENTENCE))
    numbers = [float(trace[f"h[{t}]"].data[5]) for t in range(1, trace.T + 1)]
    assert [row[1] for row in app.table.rows] == numbers
    highest = app.extremes().rows[0]
    assert highest[0] == max(numbers)
    assert highest[3] == int(np.argmax(numbers)) + 1


def test_neuron_of_a_layer_and_of_a_memory_can_be_chosen():
    vocabulary = Vocabulary.of("ab")
    rng = np.random.default_rng(0)
    model = CharRNN(hidden=3, symbols=2, cell="lstm", layers=2, scale=0.5, rng=rng)
    app = NeuronExplorer(TrainedModel(model, vocabulary), "abba")
    assert app.controls["state"].value == "layer2.h"
    state = next(n for n in app.controls["state"].options if n.startswith("layer1.") and n[-1] != "h")
    put(app, state=state)
    trace = model.record(vocabulary.encode("abba"))
    assert [row[1] for row in app.table.rows] == [trace[f"{state}[{t}]"].data[0] for t in (1, 2, 3, 4)]


def test_long_text_is_shown_from_the_position_of_the_slider(trained):
    app = NeuronExplorer(trained, SENTENCE * 20)
    put(app, start=500)
    assert len(app.table.rows) == 400
    assert app.table.rows[0][1] == app.activations["h"][500, 0]
    put(app, text="the cat")
    assert len(app.table.rows) == 7


@pytest.mark.parametrize(("text", "said"), [("", "has 0 symbols"), ("Ω", "'Ω'"), ("a" * 5000, "4000")])
def test_text_that_a_network_cannot_read_is_reported(trained, text, said):
    app = NeuronExplorer(trained, SENTENCE)
    before = app.table
    put(app, text=text)
    assert said in app.message
    assert app.table == before


# Optimizer explorer --------------------------------------------------------------------------------


def test_optimizer_paths_are_those_of_the_library():
    app = OptimizerExplorer("recurrent network")
    put(app, rmsprop=True, gamma=0.75, eta=0.02, updates=12)
    problem = network()
    expected = descend(RMSProp(eta=0.02, gamma=0.75), problem.start, problem.slope, updates=12)
    np.testing.assert_array_equal(app.descents["rmsprop"].theta, expected.theta)
    column = app.table.columns.index("rmsprop loss")
    assert [row[column] for row in app.table.rows] == expected.loss.tolist()


def test_gradient_of_the_network_problem_is_that_of_the_recorded_network():
    problem = network("hello", hidden=3)
    loss, g = problem.slope(problem.start)
    model = CharRNN(hidden=3, symbols=4, scale=0.2, rng=np.random.default_rng(0))
    x = Vocabulary.of("hello").encode("hello")
    trace = model.record(x[:-1], x[1:])
    gradients = backpropagate(trace).gradients()
    assert loss == pytest.approx(float(trace.total_loss), rel=1e-12)
    for name, places in problem.parameters.items():
        np.testing.assert_allclose(g[places], gradients[name].ravel(), rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_state_of_every_optimizer_can_be_shown(name):
    app = OptimizerExplorer()
    put(app, show=name)
    assert app.message == ""
    kept = [column for column in app.table.columns if column.startswith("|")]
    assert len(kept) == len(OPTIMIZERS[name].state)
    put(app, show=SIDE_BY_SIDE)
    assert "sgd loss" in app.table.columns


def test_every_decay_rate_of_an_optimizer_has_a_slider():
    app = OptimizerExplorer()
    for kind in OPTIMIZERS.values():
        for letter, allowed in kind.ranges().items():
            if allowed.high == 1:
                assert letter in app.controls


def test_slider_has_the_default_of_the_first_optimizer_with_its_letter():
    @dataclass(kw_only=True, eq=False)
    class Sluggish(Momentum):
        name = "sluggish"
        mu: float = fraction(0.5)

    try:
        assert OptimizerExplorer().controls["mu"].value == Momentum().mu
    finally:
        del OPTIMIZERS["sluggish"]


def test_choosing_no_optimizer_is_reported():
    app = OptimizerExplorer()
    put(app, **dict.fromkeys(OPTIMIZERS, False))
    assert "Choose at least one" in app.message


def test_descent_that_diverges_ends_at_its_last_good_point():
    app = OptimizerExplorer()
    put(app, eta=1.0, updates=200)
    sgd = app.descents["sgd"]
    assert len(sgd.loss) < 200
    assert np.isfinite(sgd.theta).all()
    assert app.message == ""
    assert app.table.rows[-1][app.table.columns.index("sgd loss")] == "ended"


def test_descent_is_what_the_optimizer_does_by_itself():
    optimizer, theta = RMSProp(eta=0.1), np.array([1.0, -2.0])
    descent = descend(RMSProp(eta=0.1), theta, lambda at: (float(at @ at), 2 * at), updates=5)
    for i in range(5):
        np.testing.assert_array_equal(descent.theta[i], theta)
        g = 2 * theta
        np.testing.assert_array_equal(descent.g[i], g)
        optimizer.update(theta, g)
        np.testing.assert_array_equal(descent.state["m"][i], optimizer.state_arrays()["m"])
    np.testing.assert_array_equal(descent.theta[5], theta)


def test_descent_from_a_point_that_is_not_finite_or_without_updates_is_refused():
    with pytest.raises(DomainError, match="at least 1"):
        descend(RMSProp(), np.zeros(1), lambda at: (0.0, at), updates=0)
    with pytest.raises(DomainError, match="not finite at the start"):
        descend(RMSProp(), np.zeros(1), lambda at: (np.nan, at), updates=1)


# Training monitor ----------------------------------------------------------------------------------


def soon(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.01)


def test_monitor_trains_exactly_as_the_training_alone():
    training, vocabulary = small_training()
    monitor = TrainingMonitor(training, vocabulary, updates=120, sample_every=50, sample_length=30)
    steps = list(monitor)
    alone, _ = small_training()
    expected = [next(alone) for _ in range(120)]
    assert [step.loss for step in steps] == [step.loss for step in expected]
    np.testing.assert_array_equal(training.model.parameters.flat, alone.model.parameters.flat)
    assert [sample.iteration for sample in monitor.samples] == [50, 100]
    for sample in monitor.samples:
        assert sample.text in monitor.html()
    last = monitor.table.rows[-1]
    assert last[:1] == (120,)
    assert last[2] == expected[-1].smooth_loss
    assert np.isclose(max(row[4] for row in monitor.table.rows), max(s.gradient_norm for s in expected))


def test_stop_button_ends_the_training_between_two_updates_and_keeps_the_model():
    training, vocabulary = small_training()
    monitor = TrainingMonitor(training, vocabulary, refresh=0.05)
    monitor.controls["start"].click()
    assert monitor.running
    assert monitor.controls["start"].disabled
    soon(lambda: training.iteration > 100)
    monitor.controls["stop"].click()
    monitor.wait()
    stopped = training.iteration
    assert not monitor.running
    assert not monitor.controls["start"].disabled
    assert monitor.table.caption.startswith(f"Update {stopped}:")
    alone, _ = small_training()
    for _ in range(stopped):
        next(alone)
    np.testing.assert_array_equal(monitor.trained.model.parameters.flat, alone.model.parameters.flat)
    monitor.start()  # it can be resumed
    soon(lambda: training.iteration > stopped)
    monitor.stop()


def test_interrupt_ends_the_loop_between_two_updates():
    training, vocabulary = small_training()
    monitor = TrainingMonitor(training, vocabulary)
    before = signal.getsignal(signal.SIGINT)
    update = training.optimizer.update

    def press_and_update(theta, g):
        if training.iteration == 39:
            signal.raise_signal(signal.SIGINT)
        update(theta, g)

    training.optimizer.update = press_and_update
    for _ in monitor:
        assert signal.getsignal(signal.SIGINT) is before  # between two updates it is the notebook's
    assert training.iteration == 40
    assert not monitor.running
    training.state()  # whole: a training broken off in the middle refuses


def test_leaving_the_loop_leaves_the_monitor_ready():
    training, vocabulary = small_training()
    monitor = TrainingMonitor(training, vocabulary)
    for step in monitor:
        if step.iteration == 10:
            break
    assert not monitor.running
    assert [step.iteration for step in islice(monitor, 2)] == [11, 12]


def test_running_training_refuses_a_second_loop_and_access_to_the_model():
    training, vocabulary = small_training()
    monitor = TrainingMonitor(training, vocabulary)
    monitor.start()
    try:
        with pytest.raises(DomainError, match="stop"):
            next(iter(monitor))
        with pytest.raises(DomainError, match="stop"):
            monitor.trained  # noqa: B018
    finally:
        monitor.stop()


def test_training_that_diverges_is_reported_in_the_app():
    training, vocabulary = small_training()
    training.model.parameters.flat[...] = np.nan
    monitor = TrainingMonitor(training, vocabulary)
    monitor.start()
    monitor.wait()
    assert isinstance(monitor.trouble, DivergedError)
    assert "diverged" in monitor.html()
    training, vocabulary = small_training()
    training.model.parameters.flat[...] = np.nan
    with pytest.raises(DivergedError):
        list(TrainingMonitor(training, vocabulary))


# Hostile text --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda: GradientFlow(HOSTILE),
        lambda: SamplingExplorer(hostile_model(), prime=HOSTILE),
        lambda: NeuronExplorer(hostile_model(), HOSTILE),
        lambda: GradientFlow("<script>"),
    ],
    ids=["gradient-flow", "sampling-explorer", "neuron-explorer", "error"],
)
def test_hostile_text_stays_text(make):
    app = make()
    harmless(app.html())
    for shown in (app.widget.said, app.widget.picture, app.widget.notes):
        harmless(shown)


def test_hostile_samples_stay_text():
    class HostileVocabulary(Vocabulary, register=False):
        name = "hostile"

        def decode(self, numbers):
            return HOSTILE

    training, vocabulary = small_training()
    vocabulary = HostileVocabulary(vocabulary.symbols)
    monitor = TrainingMonitor(training, vocabulary, updates=30, sample_every=10, sample_length=50)
    for _ in monitor:
        pass
    assert [sample.text for sample in monitor.samples] == [HOSTILE] * 3
    harmless(monitor.html())


# A real kernel -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(kernel_name="python3")
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


SETTING = """
from teachrnn.runs.small_network import SENTENCE, small_network
from teachrnn.widgets.training_monitor import TrainingMonitor
network = small_network(SENTENCE, updates=0)
training = network.training()
monitor = TrainingMonitor(training, network.vocabulary, refresh=0.2)
"""


def run(client, code):
    """Run a cell, and return the value of its last line."""
    shown = []

    def keep(message):
        if message["msg_type"] in ("execute_result", "error"):
            content = message["content"]
            shown.append(content.get("data", {}).get("text/plain") or content.get("traceback"))

    reply = client.execute_interactive(code, timeout=PATIENCE, output_hook=keep)
    assert reply["content"]["status"] == "ok", shown
    return shown[0] if shown else None


def click(client, comm, name):
    asked = {"asked": {"name": name, "value": True, "count": "1"}}
    content = {"comm_id": comm, "data": {"method": "update", "state": asked, "buffer_paths": []}}
    client.shell_channel.send(client.session.msg("comm_msg", content))


def test_stop_button_is_heard_in_a_real_kernel(kernel):
    _, client = kernel
    run(client, SETTING + "monitor.start()")
    app = json.loads(run(client, "monitor.widget.model_id").replace("'", '"'))
    assert run(client, "monitor.running") == "True"
    click(client, app, "stop")
    assert run(client, "monitor.wait(); monitor.running") == "False"
    at = run(client, "training.iteration")
    assert int(at) > 0
    assert run(client, "training.state().iteration") == at


def test_interrupt_in_a_real_kernel_ends_the_cell_and_keeps_everything(kernel):
    manager, client = kernel
    run(client, SETTING)
    message = client.execute("for step in monitor:\n if step.iteration == 5: print('five')")
    while client.get_iopub_msg(timeout=PATIENCE)["content"].get("text") != "five\n":
        pass
    manager.interrupt_kernel()
    reply = client.get_shell_msg(timeout=PATIENCE)
    while reply["parent_header"].get("msg_id") != message:
        reply = client.get_shell_msg(timeout=PATIENCE)
    assert reply["content"]["status"] == "ok"
    assert run(client, "training.state().iteration > 0") == "True"


# The mistake laboratory ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def laboratory():
    return MistakeLaboratory.example()


def test_laboratory_trains_what_the_library_trains(laboratory):
    for curve in laboratory.curves:
        assert curve.updates == 100
        run = Run(laboratory.recipe.but(updates=100), laboratory._text_source(), seed=curve.seed)
        if curve.mistake != RIGHT:
            find_mistake(curve.mistake, "vanilla").plant(run.training)
        *_, last = run.steps()
        assert curve.smooth[-1] == (100, last.smooth_loss / laboratory.recipe.length)
    assert [curve.mistake for curve in laboratory.curves] == [RIGHT, RIGHT, "no carry", "no carry"]
    assert "no carry, after 100 updates" in laboratory.notes()


def test_laboratory_goes_on_where_it_has_stopped(laboratory):
    before = [curve.smooth for curve in laboratory.curves]
    put(laboratory, updates=200)
    laboratory.train()
    laboratory.controls["stop"].click()
    laboratory.wait()
    assert not laboratory.running
    for old, curve in zip(before, laboratory.curves, strict=True):
        assert curve.smooth[: len(old)] == old


def test_laboratory_says_what_a_mistake_around_the_backward_pass_is(laboratory):
    put(laboratory, show="what checks say", mistake="targets not shifted")
    assert "is made in the data" in laboratory.message
    put(laboratory, show="gradients over time")
    assert laboratory.message == ""
    assert "y[t] = x[t]" in laboratory.notes()
    put(laboratory, show="a gradient beside the right one", mistake="clipped early")
    assert "no matrix has a wrong gradient" in laboratory.message
    put(laboratory, mistake="dh for da")
    assert laboratory.table.caption.startswith("dW in nats per unit")
    put(laboratory, mistake="dh for da", cell="gru")
    assert "has no place in the gru cell" in laboratory.message
    put(laboratory, cell="vanilla", show="whose gradients are wrong")
    assert laboratory.table.columns == ("gradient", "dh for da")
    assert [row for row in laboratory.table.rows if row[1] == "right"] == [
        ("dV", "right"),
        ("dc", "right"),
    ]
