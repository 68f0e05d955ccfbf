"""The story has the numbers of the trace, and computes none itself."""

from __future__ import annotations

import numpy as np
import pytest

from teachrnn import CELLS, CharRNN, Multiply, Tanh, Trace, backpropagate
from teachrnn.views.story import tell


def last_told(trace):
    """The gradients at the end of the story, by the name of the value."""
    shown = [q for step in tell(trace) for outcome in step.outcomes for q in outcome.quantities]
    return {q.letter.name: q.data for q in shown if q.letter.kind == "total"}


def assert_told_to_the_last_bit(trace):
    told = last_told(trace)
    backpropagate(trace)
    gradients = {v.name: v.grad for v in trace if v.grad is not None}
    assert told.keys() == gradients.keys()
    for name, gradient in gradients.items():
        assert told[name].tobytes() == gradient.tobytes(), name


@pytest.mark.parametrize("cell", sorted(CELLS))
@pytest.mark.parametrize("B", [None, 3])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_last_sum_of_the_story_is_the_gradient_of_the_trace_to_the_last_bit(cell, B, dtype):
    rng = np.random.default_rng(5)
    model = CharRNN(hidden=16, symbols=9, cell=cell, layers=2, scale=0.5, rng=rng, dtype=dtype)
    x = rng.integers(0, 9, (13,) if B is None else (13, B))
    assert_told_to_the_last_bit(model.record(x[:-1], x[1:]))


def test_the_story_counts_a_loss_that_was_declared_twice_twice():
    trace = Trace()
    y = Tanh(trace.input("x", [0.5]), name="y")
    trace.loss(y)
    trace.loss(y)
    assert_told_to_the_last_bit(trace)


def test_the_story_shows_both_parts_of_the_gradient_of_a_loss_that_is_used_further():
    trace = Trace()
    w = trace.loss(trace.parameter("w", [0.3]))
    trace.loss(Multiply(w, w, name="y"))
    assert_told_to_the_last_bit(trace)
