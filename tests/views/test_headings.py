"""Each step is told in words: a heading and a sentence that fit, that say no code, and that are true."""

from __future__ import annotations

import re
import textwrap

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teachrnn import (
    CELLS,
    OPS,
    Add,
    Affine,
    Backprop,
    Cell,
    CharRNN,
    Concatenate,
    Embedding,
    Interpolate,
    Linear,
    Multiply,
    Op,
    Sigmoid,
    Sum,
    Tanh,
    Trace,
    backpropagate,
)
from teachrnn.runs import small_network
from teachrnn.testing.strategies import op_inputs
from teachrnn.views.story import tell
from teachrnn.views.story.time_stop import time_stops
from teachrnn.views.story.words import OpWords, words_of
from teachrnn.views.style.number import format_number

NAMES_OF_OPERATIONS = re.compile(rf"\b({'|'.join(sorted({*OPS} - {'Add', 'Sum'}))})\b")
"""Add and Sum could begin a sentence; no heading or sentence begins with them, which is seen by eye."""


def assert_told_in_words(heading, sentence):
    assert heading
    assert sentence
    assert len(heading) <= 60
    assert not re.search(r"[\[\]_(){}]", heading.replace("⁽", "").replace("⁾", "")), heading
    assert not NAMES_OF_OPERATIONS.search(heading), heading
    assert not heading.endswith("."), heading
    assert not re.search(r"[\[\]_]|layer\d|  |\bNone\b(?! of)|nan\b", sentence), sentence
    assert sentence.endswith((".", "…")), sentence
    assert len(sentence.split()) <= 45, sentence
    assert len(textwrap.wrap(sentence, 50)) <= 4, sentence


def recorded(
    cell="vanilla", *, B=None, layers=1, T=3, dense=False, targets=True, fused=True, state=None
):
    rng = np.random.default_rng(3)
    model = CharRNN(hidden=4, symbols=5, cell=cell, layers=layers, scale=0.7, rng=rng)
    shape = (T + 1,) if B is None else (T + 1, B)
    y = rng.integers(0, 5, shape)
    x = rng.normal(size=(*y[:-1].shape, 5)) if dense else y[:-1]
    given = {name: rng.normal(size=(*y[0].shape, 4)) for name in model.state_names()} if state else None
    return model.record(x, y[1:] if targets else None, state=given, fused=fused)


KINDS = {
    "a sequence": {},
    "a batch": {"B": 3},
    "vectors": {"dense": True},
    "no loss": {"targets": False},
    "probabilities": {"fused": False},
    "a state to begin with": {"state": True},
    "one step": {"T": 1},
}


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cell", sorted(CELLS))
def test_every_step_and_every_time_step_of_every_cell_is_told_in_words_that_fit(cell, kind, layers):
    trace = recorded(cell, layers=layers, **KINDS[kind])
    for symbols in (None, "abcde"):
        story = tell(trace, symbols)
        for step in story:
            assert_told_in_words(step.heading, step.sentence)
        for stop in time_stops(trace, story, symbols):
            assert_told_in_words(stop.heading, stop.sentence)


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_every_operation_has_words_of_its_own(op):
    if op.__module__.startswith("teachrnn."):
        assert words_of(op) is not OpWords


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
@given(data=st.data())
def test_every_operation_is_told_wherever_it_stands(op, data):
    trace = Trace()
    arrays = data.draw(op_inputs(op))
    leaves = [trace.input(name, x) for name, x in zip(op.inputs, arrays, strict=True)]
    trace.loss(op(*leaves, name="result"))
    for step in tell(trace, "abc"):
        assert_told_in_words(step.heading, step.sentence)


@pytest.mark.parametrize("cell", sorted(CELLS))
def test_a_heading_tells_no_result_that_is_to_be_predicted(cell):
    """The same network and text, before and after training, have the same headings."""
    before, after = (small_network("hello", cell=cell, hidden=3, updates=n) for n in (0, 20))
    headings = [
        [step.heading for step in tell(network.trace, network.symbols)] for network in (before, after)
    ]
    assert headings[0] == headings[1]
    assert not any("0." in heading for heading in headings[0])


# Sentences are true -------------------------------------------------------------------------------


def sentences(text="hello", **options):
    """The sentences of a small network by the technical line, its trace and its gradients."""
    network = small_network(text, **options)
    story = tell(network.trace, network.symbols)
    sweep = backpropagate(network.trace)
    return {step.title: step for step in story}, network.trace, sweep


def norm(x):
    return format_number(float(np.sqrt((np.asarray(x) ** 2).sum())))


def softmax(o):
    e = np.exp(o - o.max())
    return e / e.sum()


def test_what_is_expected_and_how_surprising_it_is_are_those_of_the_trace():
    told, trace, _ = sentences()
    symbols = "ehlo"
    for t, read in enumerate(("h", "he", "hel", "hell"), start=1):
        p = softmax(trace[f"o[{t}]"].data)
        y = int(trace[f"y[{t}]"].data)
        asked = told[f"o[{t}] = Affine(h[{t}], V, c)"]
        assert asked.heading == f"h{'₁₂₃₄'[t - 1]} predicts the next symbol"
        assert (
            f"Having read “{read}”, the network expects “{symbols[p.argmax()]}” most: its "
            f"probability is {format_number(p.max())}." in asked.sentence
        )
        loss = told[f"L[{t}] = SoftmaxCrossEntropy(o[{t}], y[{t}])"]
        assert loss.heading == f"The loss is the surprise at “{symbols[y]}”"
        assert f"gave “{symbols[y]}” the probability {format_number(p[y])}." in loss.sentence
        assert f"{format_number(-np.log(p[y]))} nats" in loss.sentence
        assert f"A blind guess among 4 would cost {format_number(np.log(4))}." in loss.sentence
        back = told[f"back through L[{t}] = SoftmaxCrossEntropy(o[{t}], y[{t}])"]
        assert f"{format_number(p[y])} − 1 = {format_number(p[y] - 1)}" in back.sentence


def test_what_tanh_lets_through_is_the_mean_of_its_slope():
    told, trace, _ = sentences()
    for t in range(1, 5):
        h = trace[f"h[{t}]"].data
        step = told[f"back through h[{t}] = Tanh(a[{t}])"]
        assert f"on average {format_number((1 - h**2).mean())} gets through" in step.sentence
        flat = int((abs(h) > 0.9).sum())
        said = told[f"h[{t}] = Tanh(a[{t}])"].sentence
        assert f"{flat or 'None'} of the 8 lie" in said


@pytest.mark.parametrize("updates", [0, 20])
def test_where_gradients_meet_the_larger_of_the_two_is_named_with_both_norms(updates):
    told, trace, sweep = sentences("hello world", updates=updates)
    V, W = trace["V"].data, trace["W"].data
    larger = set()
    for t in range(1, 10):
        here = norm(V.T @ sweep.gradient(f"o[{t}]"))
        future = norm(W.T @ sweep.gradient(f"a[{t + 1}]"))
        step = told[f"back through o[{t}] = Affine(h[{t}], V, c)"]
        assert step.heading.startswith("Two gradients meet at h")
        source = f"step {t}" if float(here) > float(future) else "the future"
        larger.add(source[:4])
        assert f"The larger share comes from {source}: norm" in step.sentence
        assert f"norm {here} against {future}" in step.sentence or (
            f"norm {future} against {here}" in step.sentence
        )
    assert told["back through o[10] = Affine(h[10], V, c)"].heading == "From o₁₀ back to h₁₀"


def test_on_the_way_into_the_past_the_norm_before_and_after_is_said_and_how_many_parts_have_come():
    told, trace, sweep = sentences()
    for t in (4, 3, 2):
        step = told[f"back through r[{t}] = Affine(h[{t - 1}], W, b)"]
        before = norm(sweep.gradient(f"h[{t}]"))
        after = norm(trace["W"].data.T @ sweep.gradient(f"a[{t}]"))
        assert f"its norm was {before} at h{'₁₂₃₄'[t - 1]} and is {after} now" in step.sentence
        assert f"part {5 - t} of 4" in step.sentence
    last = told["back through r[1] = Affine(h[0], W, b)"]
    assert last.heading == "Step 1 adds the last part to dW"
    assert "the last of 4 parts" in last.sentence
    assert "This way back ends here: h₀ was given, not computed." in last.sentence
    assert "h₀ is all zeros" in last.sentence


def test_a_state_that_was_given_is_not_said_to_be_zero():
    trace = recorded(state=True)
    story = {step.title: step.sentence for step in tell(trace, "abcde")}
    for title in ("r[1] = Affine(h[0], W, b)", "back through r[1] = Affine(h[0], W, b)"):
        assert "zero" not in story[title]
        assert "h₀ was given" in story[title]


def test_the_loss_of_the_whole_text_is_said_in_nats_and_bits_a_symbol():
    told, trace, _ = sentences()
    (turn,) = (step for title, step in told.items() if title.startswith("L = "))
    loss = float(trace.total_loss)
    for x in (loss, loss / 4, loss / 4 / np.log(2)):
        assert format_number(x) in turn.sentence


def test_what_a_gate_keeps_writes_and_shows_is_its_mean():
    told, trace, sweep = sentences(cell="lstm")
    for title, heading, gate in (
        ("kept[3] = Multiply(f[3], s[2])", "Gate f₃ decides what of s₂ is kept", "f"),
        (
            "written[3] = Multiply(i[3], g[3])",
            "Gate i₃ decides how much of candidate g₃ is written",
            "i",
        ),
        ("h[3] = Multiply(q[3], squash[3])", "Gate q₃ decides what of s₃ is shown", "q"),
    ):
        step = told[title]
        mean = format_number(trace[f"{gate}[3]"].data.mean())
        assert step.heading == heading
        assert f"on average {gate}₃ is {mean}" in step.sentence
        assert f"on average {mean}" in told[f"back through {title}"].sentence
    way = told["back through kept[3] = Multiply(f[3], s[2])"]
    assert way.heading == "From s₃ back to s₂, through gate f₃ alone"
    ds = sweep.gradient("s[3]")
    assert f"from {norm(ds)} to {norm(ds * trace['f[3]'].data)}" in way.sentence
    sigmoid = told["back through f[3] = Sigmoid(a_f[3])"].sentence
    f = trace["f[3]"].data
    assert f"on average {format_number((f * (1 - f)).mean())} gets through" in sigmoid


def test_a_gru_mixes_old_and_new():
    told, trace, sweep = sentences(cell="gru")
    step = told["h[3] = Interpolate(z[3], n[3], h[2])"]
    assert step.heading == "Gate z₃ mixes old and new into h₃"
    z = trace["z[3]"].data
    assert f"On average z₃ is {format_number(z.mean())}." in step.sentence
    back = told["back through h[3] = Interpolate(z[3], n[3], h[2])"]
    dh = sweep.gradient("h[3]")
    assert f"At h₂ a norm of {norm(dh * z)} is left of {norm(dh)}." in back.sentence
    meeting = told["back through o[3] = Affine(h[3], V, c)"]
    assert meeting.heading == "Five gradients meet at h₃"
    assert "for o₃ and, one step later, for ρ₄, z₄, n₄ and h₄" in meeting.sentence


def test_layers_are_told_apart():
    network = small_network("hello", cell="lstm", layers=2, hidden=3)
    story = {step.title: step.heading for step in tell(network.trace, network.symbols)}
    assert story["layer2.u_f[3] = Linear(layer1.h[3], layer2.U_f)"] == "What h₃⁽¹⁾ brings to gate f⁽²⁾"
    assert story["layer1.f[3] = Sigmoid(layer1.a_f[3])"] == "How far gate f₃⁽¹⁾ opens"
    down = "back through layer2.u_f[3] = Linear(layer1.h[3], layer2.U_f)"
    assert story[down] == "Eight gradients meet at h₃⁽¹⁾"


# Parts are read off the graph ---------------------------------------------------------------------


class OtherLetters(Cell, register=False):
    """A long short-term memory in which nothing is called as it is in `LSTMCell`."""

    name = "other letters"
    state = ("k", "m")
    gates = ("alpha", "beta", "d", "e")

    @classmethod
    def step(cls, p, x, state):
        def sum_of(gate):
            u = Embedding(x, p[f"U_{gate}"], name=f"in_{gate}")
            v = Affine(state["k"], p[f"W_{gate}"], p[f"b_{gate}"], name=f"re_{gate}")
            return Add(u, v, name=f"sum_{gate}")

        alpha, beta = (Sigmoid(sum_of(gate), name=gate) for gate in ("alpha", "beta"))
        new, show = Tanh(sum_of("d"), name="d"), Sigmoid(sum_of("e"), name="e")
        m = Add(Multiply(beta, new), Multiply(state["m"], alpha), name="m")
        k = Multiply(Tanh(m), show, name="k")
        return {"k": k, "m": m, "h": k}


def test_a_cell_with_other_letters_is_told_in_the_same_words():
    model = CharRNN(hidden=3, symbols=4, cell=OtherLetters, scale=0.7, rng=np.random.default_rng(0))
    trace = model.record([0, 1, 2], [1, 2, 3])
    story = tell(trace, "abcd")
    headings = [step.heading for step in story]
    for heading in (
        "Gate α₂ decides what of m₁ is kept",
        "Gate β₂ decides how much of candidate d₂ is written",
        "m₂ is what is kept plus what is written",
        "Gate e₂ decides what of m₂ is shown",
        "What k₁ brings to gate α",
        "From m₂ back to m₁, through gate α₂ alone",
        "Five gradients meet at k₂",
        "Two gradients meet at m₂",
    ):
        assert heading in headings
    for step in story:
        assert_told_in_words(step.heading, step.sentence)


class Cube(Op, register=False):
    r"""Cube: the third power $x^3$ of every number,
    as ``x_{t-1}`` would have it.

    More.
    """

    signature = "(n)->(n)"
    formula = staticmethod(lambda sp, x: x.applyfunc(lambda z: z**3))
    forward = staticmethod(lambda x: x**3)
    dx = staticmethod(lambda dy, x, y: 3 * x**2 * dy)


def test_an_operation_of_the_readers_own_is_told_by_its_docstring_and_its_place():
    trace = Trace()
    y = Cube(trace.input("x", [0.5, -1.0]), name="y")
    trace.loss(y)
    forward, _, backward = tell(trace)
    assert forward.heading == "y is made from x"
    assert forward.sentence.startswith(
        "Cube: the third power x^3 of every number, as xₜ₋₁ would have it."
    )
    assert backward.heading == "From y back to x"
    assert f"Its norm was {norm([1, 1])}; it is {norm([0.75, 3.0])} at x." in backward.sentence


def test_what_is_derived_from_an_operation_does_not_share_its_words():
    class Flipped(Tanh, register=False):
        """Minus tanh."""

        forward = staticmethod(lambda x: -np.tanh(x))

    trace = Trace()
    Flipped(trace.input("x", [0.5]), name="y")
    assert tell(trace)[0].sentence == "Minus tanh."


@pytest.mark.parametrize(
    "name", ["<script>", "a_b_c", "attention_weights", "x" * 90, "f(x)[1]{", "\u202eevil", " ", "_"]
)
def test_any_name_and_any_docstring_can_be_told(name):
    class Long(Op, register=False):
        __doc__ = "Words and more words without an end " * 30
        signature = "(n),(n)->(n)"
        formula = staticmethod(lambda sp, u, v: u + v)
        forward = staticmethod(lambda u, v: u + v)
        du = staticmethod(lambda dy, u, v, y: dy)
        dv = None

    trace = Trace()
    x = trace.input(name, [0.5, 1.0])
    trace.loss(Long(Multiply(x, x, name=f"{name}2"), x, name=f"{name}3"))
    for step in tell(trace):
        assert step.heading
        assert len(step.heading) <= 60
        assert len(step.sentence.split()) <= 45
        assert len(textwrap.wrap(step.sentence, 50)) <= 4
        assert "\u202e" not in step.heading + step.sentence


def test_long_symbols_are_cut_and_those_without_a_sign_are_given_one():
    symbols = ["a\u202eb" * 20, "\n", "<script>", "w" * 90, "e"]
    trace = recorded("lstm", layers=2)
    for step in tell(trace, symbols):
        assert_told_in_words(step.heading, step.sentence)
        assert "\u202e" not in step.heading + step.sentence
        assert "\n" not in step.heading + step.sentence


# By time steps ------------------------------------------------------------------------------------


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", sorted(CELLS))
def test_time_stops_cover_the_story_and_stand_at_the_state_and_where_its_gradient_is_complete(
    cell, layers
):
    trace = recorded(cell, layers=layers)
    story = tell(trace)
    stops = time_stops(trace, story)
    assert [i for stop in stops for i in range(stop.first, stop.last + 1)] == [*range(len(story))]
    phases = [("forward", t) for t in (1, 2, 3)]
    phases += [("turn", None), *(("backward", t) for t in (3, 2, 1))]
    assert [(stop.phase, stop.t) for stop in stops] == phases
    scope = "layer2." if layers == 2 else ""
    for stop in stops:
        if stop.phase == "turn":
            continue
        assert {story[i].t for i in range(stop.first, stop.last + 1)} == {stop.t}
        state = trace[f"{scope}h[{stop.t}]"]
        if stop.phase == "forward":
            assert story[stop.principal].node == state.index
        else:
            arrivals = [
                i
                for i, step in enumerate(story)
                if step.phase == "backward" and any(o.target == state.index for o in step.outcomes)
            ]
            assert stop.principal == arrivals[-1]


def test_a_stop_on_the_way_back_is_where_the_last_of_several_uses_at_the_step_sends_its_part():
    trace = Trace()
    W, b = trace.parameter("W", [[0.5, -1.0], [1.0, 0.3]]), trace.parameter("b", [0.1, 0.2])
    with trace.at(0):
        h = trace.input("h", [0.0, 0.0])
    for t in (1, 2):
        with trace.at(t):
            h = Tanh(Affine(h, W, b, name="a"), name="h")
            trace.loss(Sum(h, name="y"))
            trace.loss(Sum(Sigmoid(h, name="g"), name="z"))
    story = tell(trace)
    stops = time_stops(trace, story)
    titles = [story[stop.principal].title for stop in stops if stop.phase == "backward"]
    assert titles == ["back through y[2] = Sum(h[2])", "back through y[1] = Sum(h[1])"]


def test_a_time_step_is_told_with_the_numbers_of_the_trace():
    network = small_network("hello")
    story = tell(network.trace, network.symbols)
    stops = time_stops(network.trace, story, network.symbols)
    trace, sweep = network.trace, backpropagate(network.trace)
    forward, backward = stops[2], stops[6]
    assert (forward.heading, backward.heading) == ("Step 3 reads “l”", "Back through step 3")
    p = softmax(trace["o[3]"].data)
    assert forward.sentence == (
        "Reading “l” turns h₂ into h₃. Having read “hel”, the network expects “l” most: its "
        f"probability is {format_number(p.max())}. What comes is “l”: a surprise of "
        f"{format_number(-np.log(p[2]))} nats."
    )
    here = norm(trace["V"].data.T @ sweep.gradient("o[3]"))
    future = norm(trace["W"].data.T @ sweep.gradient("a[4]"))
    start = trace["V"].data.T @ sweep.gradient("o[4]")
    faded = trace["W"].data.T @ ((1 - trace["h[4]"].data ** 2) * start)
    assert backward.sentence == (
        f"At h₃ two gradients add: from step 3 itself, norm {here}, and from the future, {future}. "
        f"What L₄ sent back has faded from norm {norm(start)} at h₄ to {norm(faded)}. "
        "Each parameter gets part 2 of 4."
    )


def test_what_is_left_of_the_last_loss_is_the_gradient_of_that_loss_alone():
    network = small_network("hello world", cell="lstm", updates=5)
    trace, story = network.trace, tell(network.trace, network.symbols)
    alone = Backprop(trace, losses=[trace["L[10]"]]).run()
    first, last = norm(alone.gradient("h[1]")), norm(alone.gradient("h[10]"))
    stop = time_stops(trace, story, network.symbols)[-1]
    assert f"What L₁₀ sent back has faded from norm {last} at h₁₀ to {first}." in stop.sentence
    assert "The way back ends at h₀" in stop.sentence
    (at_the_loss,) = (s for s in time_stops(trace, story) if (s.phase, s.t) == ("backward", 10))
    assert "Nothing comes from the future" in at_the_loss.sentence
    assert "L₁₀ sent" not in at_the_loss.sentence


def test_a_sweep_that_a_reader_is_in_the_middle_of_is_left_alone():
    trace = recorded()
    story = tell(trace)
    sweep = Backprop(trace)
    next(sweep)
    time_stops(trace, story)
    assert trace["h[1]"].grad is None


def test_a_record_without_time_steps_has_a_stop_for_each_direction():
    trace = Trace()
    W, x = trace.parameter("W", [[0.5, -1.0]]), trace.input("x", [1.0, 2.0])
    z = trace.input("z", [0.5])
    trace.loss(Interpolate(z, Linear(Concatenate(x, trace.input("e", np.zeros(0))), W), z, name="y"))
    story = tell(trace)
    stops = time_stops(trace, story)
    assert [(stop.phase, stop.t) for stop in stops] == [
        ("forward", None),
        ("turn", None),
        ("backward", None),
    ]
    for stop in stops:
        assert_told_in_words(stop.heading, stop.sentence)
