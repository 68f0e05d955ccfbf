"""Backpropagation: the order of its steps, what arrives when, truncation, and sums over uses."""

from __future__ import annotations

import numpy as np
import pytest
from records import chain, small_record
from refusal import refusal

from teachrnn import (
    Add,
    Affine,
    Backprop,
    Concatenate,
    Embedding,
    Itemised,
    Linear,
    Multiply,
    Op,
    Sum,
    Tanh,
    Trace,
    backpropagate,
)
from teachrnn.errors import TeachrnnError
from teachrnn.leading_axes import sum_leading
from teachrnn.reference import ComplexStep


@pytest.fixture
def trace():
    return Trace()


@pytest.fixture
def network():
    return small_record()


def slope(trace, name):
    """The gradient of a leaf, by complex step."""
    leaf = trace[name]
    return ComplexStep().estimate(trace, name, np.arange(leaf.data.size)).values.reshape(leaf.shape)


class Scale(Op, register=False):
    """y = W b x: the gradient of one weight holds the other."""

    signature = "(n),(n),(n)->(n)"
    shared = ("W", "b")

    formula = staticmethod(lambda sp, x, W, b: x.multiply_elementwise(W).multiply_elementwise(b))
    forward = staticmethod(lambda x, W, b: x * W * b)
    dx = staticmethod(lambda dy, x, W, b, y: dy * W * b)
    dW = staticmethod(lambda dy, x, W, b, y: sum_leading(dy * x * b, like=W))
    db = staticmethod(lambda dy, x, W, b, y: sum_leading(dy * x * W, like=b))


def counted(op):
    """The operation, with a list of the shape of dy in every call of dW."""
    asked = []

    def dW(dy, x, W, y):
        asked.append(np.shape(dy))
        return op.dW(dy, x, W, y)

    return type(Op)("Counted", (op,), {"dW": staticmethod(dW)}, register=False), asked


# One step after the other ------------------------------------------------------------------------


def test_next_applies_the_chain_rule_to_one_operation_the_last_one_first(network):
    sweep = Backprop(network)
    expected = [
        "L[3]",
        "o[3]",
        "h[3]",
        "a[3]",
        "u[3]",
        "r[3]",
        "L[2]",
        "o[2]",
        "h[2]",
        "a[2]",
        "u[2]",
        "r[2]",
        "L[1]",
        "o[1]",
        "h[1]",
        "a[1]",
        "u[1]",
        "r[1]",
    ]
    assert [next(sweep).op.name for _ in range(4)] == expected[:4]
    assert [step.op.name for step in sweep] == expected[4:]  # a for loop takes up where next() stopped
    with pytest.raises(StopIteration):
        next(sweep)


def test_a_step_shows_what_went_in_and_one_term_for_every_input_that_has_a_gradient(network):
    sweep = Backprop(network)
    loss, readout = next(sweep), next(sweep)
    np.testing.assert_array_equal(loss.dy, 1.0)
    assert list(loss.terms) == ["o"]  # a target has no gradient
    assert loss.terms["o"].user is loss.op is network["L[3]"]
    assert loss.terms["o"].input == "o"
    assert loss.terms["o"].dy is loss.dy
    p = np.exp(network["o[3]"].data) / np.exp(network["o[3]"].data).sum()
    np.testing.assert_allclose(loss.terms["o"].gradient, p - [0, 0, 1, 0], rtol=1e-14)
    assert list(readout.terms) == ["x", "W", "b"]
    np.testing.assert_array_equal(readout.dy, loss.terms["o"].gradient)
    np.testing.assert_array_equal(readout.terms["b"].gradient, readout.dy)


def test_a_gradient_is_none_until_the_sweep_has_reached_it(network):
    names = ["L[1]", "o[3]", "h[3]", "h[1]", "W", "V", "h[0]"]
    assert [network[n].grad for n in names] == [None] * 7  # no sweep at all
    sweep = Backprop(network)
    assert [network[n].grad is None for n in names] == [False, True, True, True, True, True, True]
    next(sweep)
    assert [network[n].grad is None for n in names] == [False, False, True, True, True, True, True]
    next(sweep)
    assert [network[n].grad is None for n in names] == [False, False, False, True, True, False, True]
    sweep.run()
    assert not any(network[n].grad is None for n in names)


def test_run_does_what_is_left_and_gives_the_sweep_back(network):
    sweep = Backprop(network)
    next(sweep)
    assert sweep.run() is sweep
    assert list(sweep) == []
    whole = Backprop(network).run()
    for name in network.parameters:
        np.testing.assert_array_equal(sweep.gradient(name), whole.gradient(name))


def test_the_latest_whole_sweep_is_the_one_that_values_answer_from(network):
    whole = backpropagate(network)
    np.testing.assert_array_equal(network["W"].grad, whole.gradient("W"))
    again = Backprop(network)
    assert network["W"].grad is None  # the new sweep has not come that far
    again.run()
    np.testing.assert_array_equal(network["W"].grad, whole.gradient("W"))


def test_a_sweep_from_some_losses_or_with_a_horizon_leaves_the_answer_of_values_alone(network):
    whole = backpropagate(network)
    part = Backprop(network, losses=[network["L[3]"]]).run()
    truncated = Backprop(network, losses=[network["L[3]"]], horizon=1).run()
    np.testing.assert_array_equal(network["W"].grad, whole.gradient("W"))
    for other in (part, truncated):
        assert not np.allclose(other.gradient("W"), whole.gradient("W"))
    alone = chain(1)
    Backprop(alone, horizon=1).run()
    assert alone["W"].grad is None


def test_a_gradient_can_be_found_by_name_or_by_value(network):
    sweep = backpropagate(network)
    assert sweep.gradient("h[2]") is sweep.gradient(network["h[2]"])
    np.testing.assert_array_equal(sweep.gradient("W"), sweep.gradient(network["W"]))
    assert [t.user for t in sweep.terms("W")] == [t.user for t in sweep.terms(network["W"])]


def test_gradients_have_the_shape_of_their_values(network):
    sweep = backpropagate(network)
    for value in network:
        if value.data.dtype.kind == "f":
            assert sweep.gradient(value).shape == value.shape


def test_the_gradient_of_every_value_along_the_way_is_the_derivative_of_the_loss(network):
    sweep = backpropagate(network)
    for t in (1, 2, 3):  # moving b at one step only is moving h[t]: a results' gradient, checked
        np.testing.assert_allclose(
            sweep.gradient(f"a[{t}]"),
            sweep.gradient(f"h[{t}]") * (1 - network[f"h[{t}]"].data ** 2),
            rtol=1e-14,
        )
    total = sum(sweep.gradient(f"a[{t}]") for t in (1, 2, 3))
    np.testing.assert_allclose(total, slope(network, "b"), rtol=1e-13)


def test_operations_that_no_loss_depends_on_are_skipped(trace):
    x = trace.input("x", [1.0])
    y = Tanh(x, name="y")
    dead = Multiply(y, x, name="dead")
    trace.loss(Sum(y, name="L"))
    sweep = Backprop(trace)
    assert [step.op.name for step in sweep] == ["L", "y"]
    assert sweep.gradient(dead) is None
    assert sweep.terms(dead) == []


def test_arrays_that_were_returned_are_not_written_to_later(trace):
    x = trace.input("x", [1.0, 2.0])
    y = Tanh(x, name="y")
    trace.loss(Sum(Add(Multiply(y, y), y)))
    shown = [(step.dy, step.dy.copy()) for step in Backprop(trace)]
    for now, then in shown:
        np.testing.assert_array_equal(now, then)


# Where the sweep starts --------------------------------------------------------------------------

NO_LOSS = (
    "the trace has no loss to start from: give the model targets= when it records, "
    "or declare one with trace.loss(...)."
)


def test_backpropagating_a_trace_without_a_loss_is_refused(trace):
    y = Tanh(trace.input("x", [1.0]))
    assert refusal(TeachrnnError, lambda: Backprop(trace)) == NO_LOSS
    assert refusal(TeachrnnError, lambda: backpropagate(trace)) == NO_LOSS
    assert y.grad is None


def test_an_empty_list_of_losses_is_refused(network):
    assert refusal(TeachrnnError, lambda: Backprop(network, losses=[])) == NO_LOSS


def test_all_entries_of_a_loss_count(trace):
    x = trace.input("x", [[1.0, 2.0], [3.0, 4.0]])
    trace.loss(Multiply(x, x))
    np.testing.assert_array_equal(backpropagate(trace).gradient("x"), 2 * x.data)


def test_a_loss_that_was_declared_twice_counts_twice(trace):
    x = trace.input("x", [3.0])
    y = Multiply(x, x, name="y")
    trace.loss(y)
    trace.loss(y)
    assert trace.total_loss == 18.0
    sweep = backpropagate(trace)
    np.testing.assert_array_equal(sweep.gradient("y"), [2.0])
    np.testing.assert_array_equal(sweep.gradient("x"), [12.0])


def test_a_loss_on_the_way_to_another_receives_both_gradients(trace):
    x = trace.input("x", [3.0])
    y = trace.loss(Multiply(x, x, name="y"))
    trace.loss(Multiply(y, [10.0], name="z"))
    sweep = backpropagate(trace)
    np.testing.assert_array_equal(sweep.gradient("y"), [11.0])
    np.testing.assert_array_equal(sweep.gradient("x"), [66.0])


def test_a_leaf_can_be_a_loss(trace):
    trace.loss(trace.parameter("w", [1.0, 2.0]))
    np.testing.assert_array_equal(backpropagate(trace).gradients()["w"], [1.0, 1.0])


def test_a_leaf_that_is_a_loss_and_is_also_used_receives_both_gradients(trace):
    w = trace.loss(trace.parameter("w", [3.0]))
    trace.loss(Multiply(w, w))
    np.testing.assert_array_equal(backpropagate(trace).gradient("w"), [7.0])


def test_the_gradient_of_one_loss_alone(network):
    parts = [Backprop(network, losses=[loss]).run() for loss in network.losses]
    assert parts[0].losses == (network["L[1]"],)
    assert parts[0].gradient("h[2]") is None  # the future of a loss has no part in it
    whole = backpropagate(network)
    for name in network.parameters:
        total = sum(part.gradient(name) for part in parts)
        np.testing.assert_allclose(total, whole.gradient(name), rtol=1e-13, atol=1e-16)


def test_gradients_of_float32_values_stay_float32(trace):
    x = trace.input("x", np.ones(2, dtype=np.float32))
    trace.loss(Tanh(x, name="y"))
    sweep = backpropagate(trace)
    assert sweep.gradient("y").dtype == sweep.gradient("x").dtype == np.float32


# Sums over uses ----------------------------------------------------------------------------------


def test_several_uses_of_one_value_add_up(trace):
    x = trace.input("x", [0.5, -1.0])
    y = Tanh(x, name="y")
    trace.loss(Add(Multiply(y, y, name="square"), y, name="z"))
    sweep = backpropagate(trace)
    np.testing.assert_allclose(sweep.gradient("y"), 2 * y.data + 1, rtol=1e-15)
    np.testing.assert_allclose(sweep.gradient("x"), slope(trace, "x"), rtol=1e-14)
    uses = [(term.user.name, term.input) for term in sweep.terms("y")]
    assert uses == [("z", "v"), ("square", "u"), ("square", "v")]  # in the order of arrival


def test_the_terms_of_a_shared_parameter_stay_apart(network):
    sweep = Backprop(network)
    assert sweep.terms("W") == []
    sweep.run()
    terms = sweep.terms("W")
    assert [(term.user.name, term.input) for term in terms] == [
        ("r[3]", "W"),
        ("r[2]", "W"),
        ("r[1]", "W"),
    ]
    for term, t in zip(terms, (3, 2, 1), strict=True):
        expected = np.outer(sweep.gradient(f"r[{t}]"), network[f"h[{t - 1}]"].data)
        np.testing.assert_allclose(term.gradient, expected, rtol=1e-14)
        assert term.dy is sweep.gradient(f"r[{t}]")
    np.testing.assert_allclose(sum(t.gradient for t in terms), sweep.gradient("W"), rtol=1e-13)


def test_a_term_names_the_value_that_it_is_a_part_of(network):
    sweep = backpropagate(network)
    for name in ("W", "b", "h[1]", "h[0]", "U"):
        assert [term.value for term in sweep.terms(name)] == [network[name]] * len(sweep.terms(name))


def test_the_list_of_terms_is_a_copy(network):
    sweep = backpropagate(network)
    before = sweep.gradient("W").copy()
    sweep.terms("W").clear()
    np.testing.assert_array_equal(sweep.gradient("W"), before)


def test_the_terms_of_a_result_are_kept_too(network):
    sweep = backpropagate(network)
    assert [(t.user.name, t.input) for t in sweep.terms("h[1]")] == [("r[2]", "x"), ("o[1]", "x")]
    total = sum(t.gradient for t in sweep.terms("h[1]"))
    np.testing.assert_allclose(total, sweep.gradient("h[1]"), rtol=1e-15)


def test_inputs_without_gradient_collect_no_terms(network):
    sweep = backpropagate(network)
    assert sweep.terms("x[1]") == sweep.terms("y[1]") == []
    assert sweep.gradient("x[1]") is None


def test_a_parameter_that_the_loss_does_not_depend_on_has_gradient_zero(trace):
    w, spare = trace.parameter("w", [1.0, 2.0]), trace.parameter("spare", np.ones((2, 3)))
    x = trace.input("x", [3.0, 4.0])
    trace.loss(Multiply(w, x))
    Sum(spare)
    sweep = Backprop(trace)
    assert sweep.gradient("spare") is None
    found = sweep.gradients()  # runs what is left
    assert list(found) == ["w", "spare"]
    np.testing.assert_array_equal(found["w"], [3.0, 4.0])
    np.testing.assert_array_equal(found["spare"], np.zeros((2, 3)), strict=True)
    assert sweep.gradient("spare") is None
    assert list(sweep) == []


def test_a_parameter_that_is_used_once_is_differentiated_once(trace):
    op, asked = counted(Linear)
    W, x = trace.parameter("W", np.ones((3, 2))), trace.input("x", [1.0, 2.0])
    trace.loss(op(x, W))
    np.testing.assert_array_equal(backpropagate(trace).gradient("W"), np.outer(np.ones(3), [1.0, 2.0]))
    assert len(asked) == 1


def test_a_parameter_that_is_used_at_every_step_is_differentiated_in_one_product():
    op, asked = counted(Linear)
    trace = Trace()
    W = trace.parameter("W", [[0.5, 0.1], [-0.2, 0.3]])
    h = trace.input("h", [1.0, 2.0])
    for t in (1, 2, 3):
        with trace.at(t):
            h = op(h, W, name="h")
    trace.loss(h)
    found = backpropagate(trace).gradient("W")
    assert asked == [(3, 2)]  # three uses, stacked in front
    np.testing.assert_allclose(found, slope(trace, "W"), rtol=1e-14)


def test_an_input_that_may_have_leading_axes_is_differentiated_use_by_use(trace):
    x = trace.parameter("x", [1.0, 2.0])  # a parameter in place of an input that is not shared
    W = trace.parameter("W", np.eye(2))
    trace.loss(Add(Linear(x, W), Linear(x, W)))
    np.testing.assert_array_equal(backpropagate(trace).gradient("x"), [2.0, 2.0])


def test_a_parameter_that_is_used_by_two_different_operations(trace):
    x, b = trace.input("x", [1.0, -2.0]), trace.parameter("b", [0.1, 0.2])
    W = trace.parameter("W", [[0.5, 0.1], [-0.2, 0.3]])
    h = Tanh(Affine(x, W, b, name="a"))
    trace.loss(Multiply(Linear(h, W, name="l"), [3.0, 5.0]))
    sweep = backpropagate(trace)
    assert [term.user.name for term in sweep.terms("W")] == ["l", "a"]
    np.testing.assert_allclose(sweep.gradient("W"), slope(trace, "W"), rtol=1e-14)


@pytest.mark.parametrize("swap", [False, True])
def test_a_parameter_that_is_used_by_an_operation_and_by_a_kind_of_it(trace, swap):
    class Doubled(Linear, register=False):
        forward = staticmethod(lambda x, W: 2 * x.dot(W.T))
        dx = staticmethod(lambda dy, x, W, y: 2 * dy.dot(W))
        dW = staticmethod(lambda dy, x, W, y: 2 * Linear.dW(dy, x, W, y))

    x, W = trace.input("x", [1.0, -2.0]), trace.parameter("W", [[0.5, 0.1], [-0.2, 0.3]])
    for op in (Doubled, Linear) if swap else (Linear, Doubled):
        x = op(x, W)
    trace.loss(x)
    np.testing.assert_allclose(backpropagate(trace).gradient("W"), slope(trace, "W"), rtol=1e-14)


def test_a_parameter_that_is_used_under_two_names_by_one_operation(trace):
    x, w = trace.input("x", [1.0, -2.0]), trace.parameter("w", [0.5, 3.0])
    trace.loss(Scale(x, w, w))
    sweep = backpropagate(trace)
    assert [term.input for term in sweep.terms("w")] == ["W", "b"]
    np.testing.assert_allclose(sweep.gradient("w"), 2 * x.data * w.data, rtol=1e-15)


def test_uses_with_different_weights_are_not_combined(trace):
    x, W = trace.input("x", [1.0, -2.0]), trace.parameter("W", [0.5, 3.0])
    b, c = trace.parameter("b", [7.0, 11.0]), trace.parameter("c", [0.1, 0.2])
    y, z = Scale(x, W, b), Scale(x, W, c)
    trace.loss(y)
    trace.loss(z)
    np.testing.assert_allclose(
        backpropagate(trace).gradient("W"), x.data * (b.data + c.data), rtol=1e-15
    )


def test_uses_with_the_same_weights_are_combined_without_stacking_the_weights(trace):
    x, z = trace.input("x", [1.0, -2.0]), trace.input("z", [4.0, 5.0])
    W, b = trace.parameter("W", [0.5, 3.0]), trace.parameter("b", [7.0, 11.0])
    trace.loss(Scale(x, W, b))
    trace.loss(Scale(z, W, b))
    sweep = backpropagate(trace)
    np.testing.assert_allclose(sweep.gradient("W"), (x.data + z.data) * b.data, rtol=1e-15)
    np.testing.assert_allclose(sweep.gradient("b"), (x.data + z.data) * W.data, rtol=1e-15)


def test_a_weight_whose_gradient_is_written_with_the_output_is_given_the_outputs(trace):
    class Grow(Op, register=False):
        signature = "(n),(n)->(n)"
        shared = ("W",)
        formula = staticmethod(lambda sp, x, W: x.multiply_elementwise(W).applyfunc(sp.exp))
        forward = staticmethod(lambda x, W: np.exp(x * W))
        dx = staticmethod(lambda dy, x, W, y: dy * y * W)
        dW = staticmethod(lambda dy, x, W, y: sum_leading(dy * y * x, like=W))

    W, h = trace.parameter("W", [0.5, -0.25]), trace.input("h", [1.0, 2.0])
    for t in (1, 2):
        with trace.at(t):
            h = Grow(h, W, name="h")
    trace.loss(h)
    np.testing.assert_allclose(backpropagate(trace).gradient("W"), slope(trace, "W"), rtol=1e-14)


def test_uses_of_different_shape_add_up(trace):
    W = trace.parameter("W", [[0.5, 0.1], [-0.2, 0.3]])
    x, batch = trace.input("x", [1.0, -2.0]), trace.input("batch", [[3.0, 4.0], [5.0, 6.0], [7.0, 8.0]])
    trace.loss(Linear(batch, W))
    trace.loss(Linear(x, W))
    expected = np.tile(x.data + batch.data.sum(axis=0), (2, 1))
    np.testing.assert_allclose(backpropagate(trace).gradient("W"), expected, rtol=1e-15)


class Weighted(Op, register=False):
    """y = W (u + v): a weight beside two inputs, either of which may have leading axes."""

    signature = "(n),(n),(n)->(n)"
    shared = ("W",)

    formula = staticmethod(lambda sp, u, v, W: (u + v).multiply_elementwise(W))
    forward = staticmethod(lambda u, v, W: (u + v) * W)
    du = staticmethod(lambda dy, u, v, W, y: sum_leading(dy * W, like=u))
    dv = staticmethod(lambda dy, u, v, W, y: sum_leading(dy * W, like=v))
    dW = staticmethod(lambda dy, u, v, W, y: sum_leading(dy * (u + v), like=W))


def test_uses_with_results_of_the_same_shape_but_inputs_of_different_shapes_add_up(trace):
    """Vector + batch and batch + vector both have shape (B, n), but the uses cannot be stacked."""
    W = trace.parameter("W", [0.5, 3.0])
    x, batch = trace.input("x", [1.0, -2.0]), trace.input("batch", [[3.0, 4.0], [5.0, 6.0], [7.0, 8.0]])
    trace.loss(Weighted(x, batch, W))
    trace.loss(Weighted(batch, x, W))
    expected = 2 * (3 * x.data + batch.data.sum(axis=0))
    np.testing.assert_allclose(backpropagate(trace).gradient("W"), expected, rtol=1e-15)


@pytest.mark.parametrize("batch", [2, 3])
def test_uses_with_a_vector_shared_over_the_batch_add_up(trace, batch):
    """T uses of (n) with (B, n) would be stacked as (T, n) with (T, B, n), which has another meaning."""
    W, rng = trace.parameter("W", [0.5, 3.0]), np.random.default_rng(0)
    expected = 0.0
    for t in (1, 2):
        with trace.at(t):
            u, v = trace.input("u", rng.normal(size=2)), trace.input("v", rng.normal(size=(batch, 2)))
            dy = rng.normal(size=(batch, 2))
            trace.loss(Multiply(Weighted(u, v, W, name="y"), dy, name="L"))
        expected = expected + (dy * (u.data + v.data)).sum(axis=0)
    np.testing.assert_allclose(backpropagate(trace).gradient("W"), expected, rtol=1e-13)


def test_tokens_of_several_steps_add_up_in_the_columns_that_they_picked(trace):
    U = trace.parameter("U", np.arange(8.0).reshape(2, 4))
    for t, token in enumerate([1, 3, 1], start=1):
        with trace.at(t):
            trace.loss(Embedding(trace.input("x", token), U, name="u"))
    np.testing.assert_array_equal(
        backpropagate(trace).gradient("U"), [[0.0, 2.0, 0.0, 1.0], [0.0, 2.0, 0.0, 1.0]]
    )


# Truncation --------------------------------------------------------------------------------------


def test_a_horizon_limits_how_many_steps_the_gradient_is_followed_back():
    trace = chain(4, w=0.5, loss_at={4})  # L = w^4, and dL/dw has four terms of w^3
    for horizon, uses in [(1, 1), (2, 2), (3, 3), (4, 4), (5, 4), (100, 4)]:
        sweep = Backprop(trace, losses=trace.losses, horizon=horizon).run()
        np.testing.assert_allclose(sweep.gradient("W"), [[uses * 0.5**3]], rtol=1e-15)
        assert [term.user.t for term in sweep.terms("W")] == list(range(4, 4 - uses, -1))


def test_a_truncated_sweep_ends_where_the_horizon_does():
    trace = chain(4, loss_at={4})
    sweep = Backprop(trace, horizon=2)
    assert [step.op.name for step in sweep] == ["L[4]", "h[4]", "h[3]"]
    assert sweep.gradient("h[2]") is not None  # what arrives at the edge is there to be seen
    assert sweep.gradient("h[1]") is None
    assert sweep.horizon == 2


def test_an_operation_at_no_time_step_is_never_cut_off(trace):
    W, w = trace.parameter("W", [[2.0]]), trace.parameter("w", [3.0])
    start = Multiply(w, w, name="start")  # a learnt initial state
    h = start
    for t in (1, 2, 3):
        with trace.at(t):
            h = Linear(h, W, name="h")
    with trace.at(3):
        trace.loss(Sum(h, name="L"))
    assert Backprop(trace, horizon=2).run().gradient("start") is None
    sweep = Backprop(trace, horizon=3).run()
    np.testing.assert_array_equal(sweep.gradient("start"), [8.0])
    np.testing.assert_array_equal(sweep.gradient("w"), [48.0])


def test_truncation_does_not_stop_the_sweep_from_reaching_earlier_operations(trace):
    W, w = trace.parameter("W", [[2.0]]), trace.parameter("w", [3.0])
    drive = Multiply(w, w, name="drive")  # at no time step, recorded first, used at every step
    h = trace.input("h", [1.0])
    for t in (1, 2, 3):
        with trace.at(t):
            h = Multiply(Linear(h, W, name="a"), drive, name="h")
    with trace.at(3):
        trace.loss(Sum(h, name="L"))
    sweep = Backprop(trace, horizon=1).run()
    np.testing.assert_array_equal(sweep.gradient("drive"), trace["a[3]"].data)
    np.testing.assert_array_equal(sweep.gradient("w"), 2 * 3.0 * trace["a[3]"].data)


@pytest.mark.parametrize("horizon", [0, -1])
def test_a_horizon_of_less_than_one_step_is_refused(horizon):
    trace = chain(2, loss_at={2})
    assert refusal(TeachrnnError, lambda: Backprop(trace, horizon=horizon)) == (
        "a horizon is a number of time steps, at least 1, for the loss of one time step: "
        f"got horizon={horizon} and losses at t=['2']."
    )


def test_a_horizon_for_losses_of_several_steps_is_refused():
    trace = chain(3)
    assert refusal(TeachrnnError, lambda: Backprop(trace, horizon=2)) == (
        "a horizon is a number of time steps, at least 1, for the loss of one time step: "
        "got horizon=2 and losses at t=['1', '2', '3']."
    )


def test_a_horizon_for_a_loss_at_no_time_step_is_refused(trace):
    trace.loss(Sum(trace.input("x", [1.0])))
    assert refusal(TeachrnnError, lambda: Backprop(trace, horizon=2)) == (
        "a horizon is a number of time steps, at least 1, for the loss of one time step: "
        "got horizon=2 and losses at t=['None']."
    )


def test_a_horizon_takes_several_losses_of_the_same_step():
    trace = chain(3, loss_at={3})
    with trace.at(3):
        trace.loss(Multiply(trace["h[3]"], [2.0], name="M"))
    np.testing.assert_allclose(
        Backprop(trace, horizon=1).run().gradient("W"), [[3 * 0.5**2]], rtol=1e-15
    )


def test_a_horizon_may_reach_back_to_step_zero(trace):
    with trace.at(0):
        w = trace.parameter("w", [3.0])
        h = Multiply(w, w, name="h")
    with trace.at(1):
        trace.loss(Sum(h, name="L"))
    assert Backprop(trace, horizon=1).run().gradient("w") is None
    np.testing.assert_array_equal(Backprop(trace, horizon=2).run().gradient("w"), [6.0])


# Itemised ----------------------------------------------------------------------------------------


def test_the_entry_loss_at_t_step_k_is_what_step_k_contributes_to_that_loss():
    itemised = Itemised(chain(3, w=0.5))  # L_t = w^t: every step k <= t contributes w^(t-1)
    for t in (1, 2, 3):
        for k in (1, 2, 3):
            expected = 0.5 ** (t - 1) if k <= t else 0.0
            np.testing.assert_allclose(itemised.term("W", t, k), [[expected]], rtol=1e-15)
    np.testing.assert_allclose(itemised.total("W"), [[1 + 2 * 0.5 + 3 * 0.25]], rtol=1e-15)


def test_the_norms_are_a_lower_triangle():
    expected = [[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.25, 0.25, 0.25]]
    np.testing.assert_allclose(Itemised(chain(3, w=0.5)).norms("W"), expected, rtol=1e-15)


def test_norms_are_euclidean_over_all_entries(network):
    itemised = Itemised(network)
    norms = itemised.norms("W")
    assert norms.shape == (3, 3)
    for t in (1, 2, 3):
        for k in range(1, t + 1):
            entries = itemised.term("W", t, k)
            np.testing.assert_allclose(norms[t - 1, k - 1], np.sqrt((entries**2).sum()), rtol=1e-14)
    assert (norms[np.triu_indices(3, 1)] == 0).all()
    assert norms[2, 1] > 0


def test_a_step_without_loss_has_a_row_of_zeros():
    trace = chain(3, w=0.5, loss_at={2})
    expected = [[0.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.0, 0.0, 0.0]]
    itemised = Itemised(trace)
    np.testing.assert_allclose(itemised.norms("W"), expected, rtol=1e-15)
    assert list(itemised.sweeps) == [2]


def test_losses_that_do_not_exist_are_refused_with_those_that_do():
    itemised = Itemised(chain(3, loss_at={1, 3}))
    assert (
        refusal(TeachrnnError, lambda: itemised.term("W", 2, 1))
        == "there is no loss at t=2; losses are at [1, 3]."
    )


def test_a_truncated_triangle_keeps_a_band():
    itemised = Itemised(chain(3, w=0.5), horizon=2)
    expected = [[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.0, 0.25, 0.25]]
    np.testing.assert_allclose(itemised.norms("W"), expected, rtol=1e-15)
    np.testing.assert_allclose(itemised.total("W"), [[1 + 2 * 0.5 + 2 * 0.25]], rtol=1e-15)


def test_several_losses_of_one_step_are_one_row():
    trace = chain(2, w=0.5)
    with trace.at(2):
        trace.loss(Multiply(trace["h[2]"], [3.0], name="M"))
    itemised = Itemised(trace)
    np.testing.assert_allclose(itemised.term("W", 2, 1), [[4 * 0.5]], rtol=1e-15)
    np.testing.assert_allclose(itemised.total("W"), backpropagate(trace).gradient("W"), rtol=1e-15)


def test_several_uses_at_one_step_are_one_entry(trace):
    W = trace.parameter("W", [[0.5]])
    x = trace.input("x", [1.0])
    for t in (1, 2):
        with trace.at(t):
            x = Linear(Linear(x, W, name="half"), W, name="x")
            trace.loss(Sum(x, name="L"))
    itemised = Itemised(trace)  # L_1 = w^2, L_2 = w^4
    np.testing.assert_allclose(itemised.term("W", 1, 1), [[2 * 0.5]], rtol=1e-15)
    np.testing.assert_allclose(itemised.term("W", 2, 1), [[2 * 0.5**3]], rtol=1e-15)
    np.testing.assert_allclose(itemised.term("W", 2, 2), [[2 * 0.5**3]], rtol=1e-15)
    np.testing.assert_allclose(itemised.total("W"), [[2 * 0.5 + 4 * 0.5**3]], rtol=1e-15)


def test_unused_values_are_itemised_as_zeros_of_their_shape():
    trace = chain(2)
    trace.parameter("spare", np.ones((2, 3), dtype=np.float32))
    itemised = Itemised(trace)
    for found in (itemised.total("spare"), itemised.term("spare", 2, 1)):
        assert found.shape == (2, 3)
        assert found.dtype == float
        assert not found.any()
    assert not itemised.norms("spare").any()


def test_whole_numbers_are_itemised_as_zeros_that_are_floats(network):
    itemised = Itemised(network)
    for found in (itemised.total("x[1]"), itemised.term("x[1]", 2, 1)):
        assert (found.shape, found.dtype) == ((), float)


def test_a_loss_at_no_time_step_has_no_row(trace):
    w = trace.parameter("w", [2.0])
    trace.loss(Sum(w))  # a penalty, say
    with trace.at(1):
        trace.loss(Multiply(w, [5.0], name="L"))
    itemised = Itemised(trace)
    assert list(itemised.sweeps) == [1]
    np.testing.assert_array_equal(itemised.total("w"), [5.0])


def test_rows_are_in_order_of_time_whatever_the_order_of_declaration():
    trace = chain(3, loss_at=())
    for t in (3, 1, 2):
        with trace.at(t):
            trace.loss(Sum(trace[f"h[{t}]"], name="L"))
    assert list(Itemised(trace).sweeps) == [1, 2, 3]
    assert all(sweep.horizon is None for sweep in Itemised(trace).sweeps.values())


def test_itemising_leaves_the_answers_of_values_alone(network):
    whole = backpropagate(network)
    Itemised(network)
    np.testing.assert_array_equal(network["W"].grad, whole.gradient("W"))


def test_a_gradient_through_a_concatenated_vector(trace):
    u, v = trace.input("u", [1.0, 2.0]), trace.input("v", [3.0])
    trace.loss(Multiply(Concatenate(u, v), [5.0, 6.0, 7.0]))
    sweep = backpropagate(trace)
    np.testing.assert_array_equal(sweep.gradient("u"), [5.0, 6.0])
    np.testing.assert_array_equal(sweep.gradient("v"), [7.0])
