"""The complex step for any value of a trace: many entries at once, and operations that stop it."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from teachrnn import CharRNN, Multiply, Op, SoftmaxCrossEntropy, Sum, Tanh, Trace, backpropagate
from teachrnn.cells import CELLS
from teachrnn.errors import DomainError, NameLookupError, TeachrnnError
from teachrnn.leading_axes import sum_leading
from teachrnn.reference import (
    CentralDifference,
    ComplexStep,
    OneSidedDifference,
    complex_step_everywhere,
    complex_step_gradient,
)
from teachrnn.reference.variant import Variants


def network(cell="vanilla", *, T=4, batch=None, dense=False, **settings):
    """The record of a small network in which every value matters: h[0] is not 0."""
    rng = np.random.default_rng(0)
    model = CharRNN(hidden=3, symbols=5, cell=cell, scale=0.6, rng=rng, **settings)
    steps = (T,) if batch is None else (T, batch)
    x = rng.normal(size=(*steps, 5)) if dense else rng.integers(0, 5, size=steps)
    state = {name: rng.normal(size=zeros.shape) for name, zeros in model.initial_state(batch).items()}
    return model.record(x, rng.integers(0, 5, size=steps), state=state)


def floats(trace):
    return [v.name for v in trace if v.data.dtype.kind == "f"]


def by_backpropagation(trace, name):
    d = backpropagate(trace).gradient(name)
    return np.zeros(trace[name].shape) if d is None else d


def one_at_a_time(trace, name):
    """The same numbers by `Trace.loss_after`: a separate forward pass for every entry."""
    slopes = []
    for place in np.ndindex(trace[name].shape):
        moved = trace[name].data.astype(complex)
        moved[place] += 1e-30j
        slopes.append(trace.loss_after({name: moved}).imag / 1e-30)
    return np.reshape(slopes, trace[name].shape)


class Function(Op, register=False):
    """Base of operations that misbehave: the identity, as far as its formula and gradient go."""

    signature = "(n)->(n)"
    formula = staticmethod(lambda sp, x: x)
    forward = staticmethod(lambda x: x)
    dx = staticmethod(lambda dy, x, y: dy)


class Modulus(Function, register=False):
    """Not analytic, and silent about it."""

    forward = staticmethod(lambda x: np.abs(x))


class Cast(Function, register=False):
    """Drops imaginary parts with no more than a warning."""

    forward = staticmethod(lambda x: np.asarray(x).astype(float))


class Refusing(Function, register=False):
    """Raises where numbers are complex."""

    forward = staticmethod(lambda x: np.array([float(entry) for entry in x]))


class Share(Function, register=False):
    """Takes a leading axis for its own: divides x by the sum over the first axis."""

    forward = staticmethod(lambda x: x / x.sum(axis=0))
    dx = staticmethod(lambda dy, x, y: (dy - (dy * y).sum()) / x.sum())


class Centred(Function, register=False):
    """Takes the mean over leading axes as well, which is right if all steps are alike."""

    forward = staticmethod(lambda x: x - x.mean())
    dx = staticmethod(lambda dy, x, y: dy - dy.mean())


class Largest(Op, register=False):
    """A discrete choice: which entry is the largest."""

    signature = "(n)->()"
    formula = staticmethod(lambda sp, x: x)
    forward = staticmethod(lambda x: x.real.argmax(axis=-1))
    dx = None


class Scaled(Op, register=False):
    """y = w x with a shared w."""

    signature = "(n),(n)->(n)"
    shared = ("w",)
    formula = staticmethod(lambda sp, x, w: x.multiply_elementwise(w))
    forward = staticmethod(lambda x, w: x * w)
    dx = staticmethod(lambda dy, x, w, y: dy * w)
    dw = staticmethod(lambda dy, x, w, y: sum_leading(dy * x, like=w))


def through(op):
    """A record in which ``a`` reaches the loss only through ``op``, and ``z`` without it."""
    trace = Trace()
    a, z = trace.input("a", [0.5, 1.5]), trace.input("z", [0.25, 0.75])
    trace.loss(Sum(Tanh(op(a, name="y"), name="h"), name="L"))
    trace.loss(Sum(Tanh(z, name="w"), name="M"))
    return trace


# One value ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", sorted(CELLS))
@pytest.mark.parametrize(
    "settings",
    [{}, {"batch": 2}, {"layers": 2}, {"dense": True, "batch": 2}],
    ids=["alone", "batch", "stacked", "dense"],
)
def test_the_gradient_of_every_value_agrees_with_nudging_it(cell, settings):
    trace = network(cell, **settings)
    for name in floats(trace):
        d = by_backpropagation(trace, name)
        found = complex_step_gradient(trace, name)
        assert found.shape == d.shape
        np.testing.assert_allclose(found, d, rtol=0, atol=1e-13, err_msg=name)


@pytest.mark.parametrize("batch", [None, 2])
def test_derivatives_computed_together_and_one_at_a_time_are_the_same(batch):
    trace = network("lstm", batch=batch, T=3)
    for name in floats(trace):
        np.testing.assert_allclose(
            complex_step_gradient(trace, name),
            one_at_a_time(trace, name),
            rtol=1e-12,
            atol=1e-15,
            err_msg=name,
        )


@pytest.mark.parametrize("batch", [None, 2])
def test_entries_of_a_result_go_through_an_operation_in_one_call(monkeypatch, batch):
    trace = network(batch=batch)
    calls = []
    forward = SoftmaxCrossEntropy.forward
    counted = staticmethod(lambda o, y: calls.append(o.shape) or forward(o, y))
    monkeypatch.setattr(SoftmaxCrossEntropy, "forward", counted)
    complex_step_gradient(trace, "h[2]")
    shape, size = trace["o[2]"].shape, trace["h[2]"].data.size
    tried_out = [(2, *shape), shape]  # whether two go through it as each does alone
    assert calls == tried_out + 3 * [(size, *shape)]  # L[2], L[3], L[4]


def test_rounding_that_the_network_amplifies_does_not_spoil_the_slopes():
    """In a chaotic network, recomputing every step would change the derivatives (by 1e-9)."""
    rng = np.random.default_rng(0)
    model = CharRNN(hidden=30, symbols=5, scale=3 / np.sqrt(30), rng=rng)
    model.set_parameters(U=0.1 * model.parameters["U"])
    tokens = rng.integers(0, 5, size=81)
    trace = model.record(tokens[:-1], tokens[1:])
    d = by_backpropagation(trace, "h[1]")
    assert np.abs(d).max() > 1e6
    error = np.abs(complex_step_gradient(trace, "h[1]") - d).max()
    assert error < 1e-13 * np.abs(d).max()


def test_a_nudge_without_effect_is_not_carried_on(monkeypatch):
    model = CharRNN(hidden=2, symbols=4, scale=0.5, rng=np.random.default_rng(0))
    trace = model.record([0, 1], [1, 2])

    def unasked(x):
        raise AssertionError

    monkeypatch.setattr(Tanh, "forward", staticmethod(unasked))
    found = complex_step_gradient(trace, "U", [2, 3])  # symbols 2 and 3 are never read
    np.testing.assert_array_equal(found.ravel()[[2, 3]], [0.0, 0.0])


def test_it_does_not_matter_how_many_entries_are_computed_together(monkeypatch):
    trace = network()
    expected = {name: complex_step_gradient(trace, name) for name in ("W", "h[1]", "U")}
    monkeypatch.setattr("teachrnn.reference.variant.MAX_NUMBERS", 500)  # a few rows at a time
    for name, d in expected.items():
        np.testing.assert_allclose(complex_step_gradient(trace, name), d, rtol=1e-13)
    monkeypatch.setattr("teachrnn.reference.variant.MAX_NUMBERS", 1)
    np.testing.assert_allclose(complex_step_gradient(trace, "h[1]"), expected["h[1]"], rtol=1e-13)


def test_entries_that_were_not_requested_are_nan():
    trace = network()
    found = complex_step_gradient(trace, "W", [4, 1])
    assert np.flatnonzero(np.isfinite(found)).tolist() == [1, 4]
    np.testing.assert_allclose(
        found.ravel()[[1, 4]], by_backpropagation(trace, "W").ravel()[[1, 4]], rtol=1e-12
    )


def test_derivatives_of_unused_values_are_zero():
    model = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0))
    trace = model.record([0, 1], [1, 2])
    with trace.at(3):
        Tanh(trace["h[2]"], name="idle")
    np.testing.assert_array_equal(complex_step_gradient(trace, "idle[3]"), [0.0, 0.0])


def test_the_slope_of_a_loss_is_the_number_of_times_it_counts():
    trace = network(T=2)
    assert complex_step_gradient(trace, "L[2]") == 1.0
    trace.loss(trace["L[2]"])
    assert complex_step_gradient(trace, "L[2]") == 2.0


def test_a_result_used_as_a_weight_is_nudged_too():
    trace = Trace()
    w = Tanh(trace.parameter("v", [0.3, -0.2]), name="w")
    trace.loss(Sum(Scaled(trace.input("x", [[1.0, 2.0], [3.0, 4.0]]), w, name="y"), name="L"))
    np.testing.assert_allclose(complex_step_gradient(trace, "w"), [4.0, 6.0], rtol=1e-15)


@pytest.mark.parametrize("batch", [2, 3])  # 2 is also the number of entries
def test_a_vector_that_meets_a_batch_is_nudged_for_all_of_it(batch):
    trace = Trace()
    u = Tanh(trace.parameter("v", [0.3, -0.2]), name="u")  # no batch axis, where the other has one
    x = trace.input("x", [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]][:batch])
    trace.loss(Sum(Multiply(u, x, name="y"), name="L"))
    np.testing.assert_allclose(complex_step_gradient(trace, "u"), x.data.sum(axis=0), rtol=1e-15)


@pytest.mark.parametrize("op", [Share, Centred])
def test_an_operation_that_mixes_up_leading_axes_is_applied_one_by_one(op):
    trace = Trace()
    a = trace.input("a", [0.5, 1.5, 0.25])
    trace.loss(Sum(Tanh(op(Tanh(a, name="b"), name="y"), name="h"), name="L"))
    expected = by_backpropagation(trace, "a")
    assert np.abs(expected).min() > 0.001
    np.testing.assert_allclose(complex_step_gradient(trace, "a"), expected, rtol=1e-12)
    found = CentralDifference(h=1e-12).estimate(trace, "a", [0, 1, 2]).values  # too little to show a mix
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_a_discrete_choice_does_not_change_with_a_nudge():
    trace = Trace()
    a = trace.input("a", [0.5, 1.5])
    Largest(a, name="largest")
    trace.loss(trace["largest"])
    np.testing.assert_array_equal(complex_step_gradient(trace, "a"), [0.0, 0.0])


def test_single_precision_is_nudged_around_what_was_recorded():
    model = CharRNN(hidden=3, symbols=4, scale=0.5, dtype=np.float32, rng=np.random.default_rng(0))
    trace = model.record([0, 1, 2], [1, 2, 3])
    for name in ("W", "h[2]", "a[1]"):
        np.testing.assert_allclose(
            complex_step_gradient(trace, name), by_backpropagation(trace, name), rtol=1e-4, atol=1e-6
        )


def test_the_oracle_takes_results_as_well_as_leaves():
    trace = network()
    found = ComplexStep().estimate(trace, "h[2]", np.arange(3)).values
    np.testing.assert_allclose(found, by_backpropagation(trace, "h[2]"), rtol=1e-12)


# Refusals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("op", "why"),
    [
        (Modulus, "Modulus.forward makes real numbers of complex ones"),
        (Cast, "Cast.forward takes no complex numbers (Casting complex values to real"),
        (Refusing, "Refusing.forward takes no complex numbers ("),
    ],
)
def test_an_operation_without_complex_step_is_named(op, why):
    trace = through(op)
    with pytest.raises(DomainError) as caught:
        complex_step_gradient(trace, "a")
    assert str(caught.value).startswith(f"the complex step does not get through `y`: {why}")
    assert "CentralDifference" in str(caught.value)
    np.testing.assert_allclose(  # behind it all is well
        complex_step_gradient(trace, "y"), by_backpropagation(trace, "y"), rtol=1e-14
    )


def test_silenced_warnings_do_not_hide_a_lost_derivative():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(DomainError, match="Casting complex values"):
            complex_step_gradient(through(Cast), "a")


def test_an_operation_that_leads_to_no_loss_does_not_matter():
    trace = Trace()
    a = trace.input("a", [0.5, 1.5])
    Modulus(a, name="aside")
    trace.loss(Sum(Tanh(a, name="h"), name="L"))
    np.testing.assert_allclose(complex_step_gradient(trace, "a"), by_backpropagation(trace, "a"))
    np.testing.assert_array_equal(complex_step_gradient(trace, "aside"), [0.0, 0.0])


@pytest.mark.parametrize("entries", [[0, 9], [-1]])
def test_entries_that_do_not_exist_are_refused(entries):
    with pytest.raises(DomainError, match=r"`W` has the entries 0\.\.8; (9|-1) is none of them"):
        complex_step_gradient(network(), "W", entries)


def test_whole_numbers_and_unknown_names_are_refused():
    with pytest.raises(DomainError, match=r"`x\[1\]` holds int64 numbers"):
        complex_step_gradient(network(), "x[1]")
    with pytest.raises(NameLookupError, match="did you mean"):
        complex_step_gradient(network(), "h[9]")


@pytest.mark.parametrize("ask", [complex_step_everywhere, lambda t: complex_step_gradient(t, "W")])
def test_a_trace_without_loss_is_refused(ask):
    trace = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0)).record([0, 1])
    with pytest.raises(TeachrnnError, match=r"no loss .* targets="):
        ask(trace)


# Everywhere --------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", sorted(CELLS))
def test_everywhere_is_every_float_of_the_trace_in_its_order(cell):
    trace = network(cell, T=2)
    found = complex_step_everywhere(trace)
    assert list(found) == floats(trace)
    assert found.refused == {}
    for name, d in found.items():
        np.testing.assert_allclose(d, by_backpropagation(trace, name), rtol=0, atol=1e-13)


@pytest.mark.parametrize("at_most", [1, 400, 1_000_000])
@pytest.mark.parametrize("settings", [{"batch": 2}, {"layers": 2}], ids=["batch", "stacked"])
def test_everywhere_is_the_same_in_one_pass_as_in_one_for_each_value(monkeypatch, settings, at_most):
    trace = network("gru", T=2, **settings)
    alone = {name: complex_step_gradient(trace, name) for name in floats(trace)}
    monkeypatch.setattr("teachrnn.reference.nudged_results.MAX_NUMBERS", at_most)
    for name, d in complex_step_everywhere(trace).items():
        np.testing.assert_allclose(d, alone[name], rtol=1e-12, atol=1e-15, err_msg=name)


def test_values_of_all_time_steps_go_through_an_operation_in_one_call(monkeypatch):
    trace = network(T=6)
    calls = []
    forward = Tanh.forward
    monkeypatch.setattr(Tanh, "forward", staticmethod(lambda a: calls.append(a.shape) or forward(a)))
    complex_step_everywhere(trace, max_entries=0)
    values = [v for v in trace.values if v.t is not None and v.data.dtype.kind == "f"]
    size, shape = sum(v.data.size for v in values), trace["a[1]"].shape
    tried_out = [(2, *shape), shape]
    assert calls == tried_out + 6 * [(size, *shape)]


def test_entries_are_drawn_from_those_requested():
    trace = network(T=2)
    found = complex_step_everywhere(
        trace, max_entries=4, max_entries_at_step=2, rng=np.random.default_rng(1)
    )
    counts = {name: int(np.isfinite(d).sum()) for name, d in found.items()}
    assert counts["W"] == counts["U"] == 4
    assert counts["b"] == 3  # no more than there are
    assert counts["h[1]"] == counts["h[0]"] == 2
    assert counts["L[1]"] == 1
    again = complex_step_everywhere(
        trace, max_entries=4, max_entries_at_step=2, rng=np.random.default_rng(1)
    )
    other = complex_step_everywhere(
        trace, max_entries=4, max_entries_at_step=2, rng=np.random.default_rng(2)
    )
    np.testing.assert_array_equal(again["W"], found["W"])
    assert (np.isfinite(other["W"]) != np.isfinite(found["W"])).any()


def test_an_operation_that_refuses_does_not_stop_the_others():
    trace = through(Modulus)
    found = complex_step_everywhere(trace)
    assert list(found.refused) == ["a"]
    assert "`y`: Modulus.forward" in found.refused["a"]
    assert np.isnan(found["a"]).all()
    for name in ("z", "y", "h", "L", "M"):
        np.testing.assert_allclose(found[name], by_backpropagation(trace, name), rtol=1e-14)


def test_overflow_gives_nan_without_a_warning():
    trace = Trace()
    a = trace.input("a", [0.5, 1.5])

    class Steep(Function, register=False):
        forward = staticmethod(lambda x: x + 1e308 * (x - x.real))

    trace.loss(Sum(Steep(Steep(a, name="y"), name="z"), name="L"))
    assert np.isnan(complex_step_gradient(trace, "a")).all()
    np.testing.assert_allclose(complex_step_gradient(trace, "y"), 1e308)


@pytest.mark.parametrize("step", [1e-3, 1e-30j])
@pytest.mark.parametrize("batch", [None, 2])
@pytest.mark.parametrize("name", ["U", "W", "b", "V", "c", "h[1]"])
def test_variants_computed_together_are_the_same_as_alone(name, batch, step):
    """Variants of a weight go through an operation with their rows stacked."""
    rng = np.random.default_rng(0)
    shape = (3,) if batch is None else (3, batch)
    model = CharRNN(hidden=4, symbols=5, scale=0.5, rng=rng)
    trace = model.record(rng.integers(5, size=shape), rng.integers(5, size=shape))
    entries = np.arange(trace[name].data.size)
    found = Variants(trace, trace[name]).moved(entries, [step])[0]
    for entry, loss in zip(entries, found, strict=True):
        moved = trace[name].data.astype(np.result_type(float, type(step)))
        moved.flat[entry] += step
        alone = trace.loss_after({name: moved})
        assert abs(loss.real - alone.real) <= 1e-13 * abs(alone)
        assert abs(loss.imag - alone.imag) <= 1e-12 * abs(step)


@pytest.mark.parametrize("difference", [CentralDifference, OneSidedDifference])
def test_values_that_a_nudge_does_not_reach_have_a_difference_of_exactly_zero(difference):
    """Even though a product of many vectors is rounded differently from the recorded one."""
    rng = np.random.default_rng(2)
    tokens = rng.integers(3, size=10)
    trace = CharRNN(hidden=30, symbols=40, scale=0.5, rng=rng).record(tokens[:-1], tokens[1:])
    entries = np.arange(0, 1200, 7)
    slopes = difference().estimate(trace, "U", entries).values
    np.testing.assert_array_equal(slopes != 0, entries % 40 < 3)


def test_columns_of_a_table_that_are_not_looked_up_are_not_carried_through_the_network(monkeypatch):
    carried, forward = [], Tanh.forward

    def counting(x):
        carried.append(len(x) if np.ndim(x) == 2 else 0)
        return forward(x)

    trace = CharRNN(hidden=3, symbols=40, scale=0.5, rng=np.random.default_rng(2)).record([0, 1], [1, 2])
    monkeypatch.setattr(Tanh, "forward", staticmethod(counting))
    CentralDifference().estimate(trace, "U", np.arange(120))
    assert max(carried) == 2 * 3 * 6  # columns that are used, entries, steps: three, in both directions


def test_steps_in_single_precision_are_rounded_as_the_record_is():
    model = CharRNN(hidden=3, symbols=4, scale=0.5, dtype=np.float32, rng=np.random.default_rng(0))
    trace = model.record([0, 1, 2], [1, 2, 3])
    too_short, enough = Variants(trace, trace["W"]).moved(np.arange(9), [1e-9, 1e-3])
    assert too_short.dtype == np.float32
    assert len(set(too_short)) == 1
    assert len(set(enough)) > 1


def test_weights_whose_rows_interact_are_varied_one_by_one():
    class Shared(Op, register=False):
        """Rows are divided by a common sum, so stacked rows would mix."""

        signature = "(d),(h,d)->(h)"
        shared = ("W",)
        formula = staticmethod(lambda sp, x, W: W * x)

        @staticmethod
        def forward(x, W):
            y = x.dot(W.T)
            return y - y.mean(axis=-1, keepdims=True)

        @staticmethod
        def dx(dy, x, W, y):
            return (dy - dy.mean(axis=-1, keepdims=True)).dot(W)

        @staticmethod
        def dW(dy, x, W, y):
            return np.outer(dy - dy.mean(), x)

    trace = Trace()
    W = trace.parameter("W", [[1.0, 2.0], [3.0, 5.0], [0.5, -1.0]])
    y = Shared(trace.input("x", [0.3, 0.7]), W, name="y")
    trace.loss(Sum(Tanh(y, name="z"), name="L"))
    np.testing.assert_allclose(
        complex_step_gradient(trace, "W"), by_backpropagation(trace, "W"), rtol=1e-12
    )
