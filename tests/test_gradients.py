"""Gradients of shared values, formed in one product over all uses, are the sums of their terms."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from teachrnn import Backprop, Op, Trace, backpropagate
from teachrnn.leading_axes import sum_leading


class Scale(Op, register=False):
    """y = tanh(w * x): an operation whose shared gradient reads its result."""

    signature = "(n),(n)->(n)"
    shared = ("w",)

    @staticmethod
    def formula(sp, x, w):
        return x.multiply_elementwise(w).applyfunc(sp.tanh)

    @staticmethod
    def forward(x, w):
        return np.tanh(x * w)

    @staticmethod
    def dx(dy, x, w, y):
        return dy * (1 - y * y) * w

    @staticmethod
    def dw(dy, x, w, y):
        return sum_leading(dy * (1 - y * y) * x, like=w)


def recorded(shapes):
    rng = np.random.default_rng(0)
    trace = Trace()
    w = trace.parameter("w", rng.normal(size=2))
    for t, shape in enumerate(shapes, start=1):
        with trace.at(t):
            trace.loss(Scale(trace.input("x", rng.normal(size=shape)), w, name="y"))
    return trace


def total_of_terms(sweep, name):
    return sum((term.gradient for term in sweep.terms(name)), start=np.zeros(2))


def test_stacked_uses_see_their_own_results():
    sweep = backpropagate(recorded([(2,)] * 4))
    assert len(sweep.terms("w")) == 4
    np.testing.assert_allclose(sweep.gradient("w"), total_of_terms(sweep, "w"), rtol=1e-14)


def test_uses_of_different_batch_are_added_one_by_one():
    sweep = backpropagate(recorded([(2,), (3, 2), (1, 2)]))
    np.testing.assert_allclose(sweep.gradient("w"), total_of_terms(sweep, "w"), rtol=1e-14)


def test_gradient_read_during_the_sweep_is_the_sum_so_far():
    trace = recorded([(2,)] * 3)
    sweep = Backprop(trace)
    next(sweep)
    np.testing.assert_allclose(sweep.gradient("w"), sweep.terms("w")[0].gradient)
    next(sweep)
    np.testing.assert_allclose(sweep.gradient("w"), total_of_terms(sweep, "w"))
    assert len(sweep.terms("w")) == 2
    sweep.run()
    assert len(sweep.terms("w")) == 3
    np.testing.assert_allclose(sweep.gradient("w"), total_of_terms(sweep, "w"))


def test_term_names_its_value():
    sweep = backpropagate(recorded([(2,)]))
    (term,) = sweep.terms("w")
    assert term.value.name == "w"
    assert term.user.name == "y[1]"


def test_each_part_arrives_with_the_sum_before_it_and_the_last_sum_is_the_gradient():
    sweep = backpropagate(recorded([(2,)] * 5))
    arrivals = list(sweep.arrivals("w"))
    assert [a.term.user.name for a in arrivals] == ["y[5]", "y[4]", "y[3]", "y[2]", "y[1]"]
    assert arrivals[0].before is None
    for earlier, later in pairwise(arrivals):
        np.testing.assert_array_equal(later.before, earlier.sum)
        np.testing.assert_allclose(later.sum, earlier.sum + later.part, rtol=1e-14)
    np.testing.assert_array_equal(arrivals[-1].sum, sweep.gradient("w"))


def test_a_loss_begins_with_its_own_one_before_any_part_arrives():
    trace = Trace()
    y = trace.loss(Scale(trace.input("x", [0.1, 0.2]), trace.parameter("w", [1.0, 2.0]), name="y"))
    trace.loss(Scale(y, [3.0, 4.0], name="z"))
    (arrival,) = backpropagate(trace).arrivals("y")
    np.testing.assert_array_equal(arrival.before, [1.0, 1.0])
    np.testing.assert_array_equal(arrival.sum, 1.0 + arrival.part)


def test_arrivals_during_the_sweep_are_those_so_far():
    sweep = Backprop(recorded([(2,)] * 3))
    assert list(sweep.arrivals("w")) == []
    next(sweep)
    (arrival,) = sweep.arrivals("w")
    np.testing.assert_array_equal(arrival.sum, sweep.gradient("w"))
