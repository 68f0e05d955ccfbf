"""Nudges: how L actually changes when one number is changed, and what the gradient predicts."""

from __future__ import annotations

import numpy as np
import pytest
from refusal import refusal

from teachrnn import CharRNN, Sum, Tanh, Trace, backpropagate
from teachrnn.cells import CELLS
from teachrnn.checking import nudge, recorded_like
from teachrnn.errors import DomainError, NameLookupError, TeachrnnError


def network(cell="vanilla", *, dense=False, batch=None):
    rng = np.random.default_rng(0)
    model = CharRNN(hidden=3, symbols=5, cell=cell, scale=0.6, rng=rng)
    shape = (4,) if batch is None else (4, batch)
    x = rng.normal(size=(*shape, 5)) if dense else rng.integers(0, 5, size=shape)
    return model.record(x, rng.integers(0, 5, size=shape))


def test_the_loss_after_a_nudge_of_a_parameter_is_that_of_the_changed_network():
    rng = np.random.default_rng(0)
    model = CharRNN(hidden=3, symbols=5, scale=0.6, rng=rng)
    trace = model.record([0, 1, 2], [1, 2, 3])
    W = model.parameters["W"].copy()
    found = nudge(trace, "W", (2, 0), 0.25)
    assert (found.name, found.index, found.entry, found.delta) == ("W", (2, 0), W[2, 0], 0.25)
    W[2, 0] += 0.25
    model.set_parameters(W=W)
    assert found.after == model.record([0, 1, 2], [1, 2, 3]).total_loss
    assert found.before == trace.total_loss != found.after
    assert found.slope == backpropagate(trace).gradient("W")[2, 0]


def test_a_nudge_of_a_tanh_is_what_one_computes_by_hand():
    trace = Trace()
    a = trace.input("a", [0.0, 0.5])
    trace.loss(Sum(Tanh(a, name="h"), name="L"))
    found = nudge(trace, "a", 1, 0.1)
    assert found.before == pytest.approx(np.tanh(0.5), rel=1e-15)
    assert found.after == pytest.approx(np.tanh(0.6), rel=1e-15)
    assert found.slope == pytest.approx(1 - np.tanh(0.5) ** 2, rel=1e-15)
    assert found.change == pytest.approx(np.tanh(0.6) - np.tanh(0.5), rel=1e-14)
    assert found.predicted_change == pytest.approx(0.1 * found.slope, rel=1e-15)
    assert found.predicted == pytest.approx(found.before + 0.1 * found.slope, rel=1e-15)
    assert found.remainder == pytest.approx(found.after - found.predicted, rel=1e-12)
    assert nudge(trace, "h", (1,), 0.1).remainder == pytest.approx(0.0, abs=1e-15)  # L is a sum of h


@pytest.mark.parametrize("cell", sorted(CELLS))
@pytest.mark.parametrize("settings", [{}, {"batch": 2}, {"dense": True}], ids=["", "batch", "dense"])
def test_half_the_nudge_leaves_a_quarter_of_the_remainder_for_every_value(cell, settings):
    """Which is to say: the slope is the gradient, of parameters, states, inputs and results alike."""
    trace = network(cell, **settings)
    for value in trace:
        if value.data.dtype.kind != "f":
            continue
        index = tuple(n - 1 for n in value.shape)
        whole, half = (nudge(trace, value.name, index, delta).remainder for delta in (1e-3, 5e-4))
        if abs(whole) > 1e-9:  # what is less drowns in rounding
            assert whole / half == pytest.approx(4.0, abs=0.05), value.name
        assert abs(whole) < 1e-5, value.name


def test_nothing_follows_from_a_number_that_is_not_used():
    model = CharRNN(hidden=2, symbols=4, rng=np.random.default_rng(0))
    trace = model.record([0, 1], [1, 2])
    trace.parameter("spare", [1.0])
    for name, index in (("spare", 0), ("U", (0, 3))):  # symbol 3 is never read
        found = nudge(trace, name, index, 5.0)
        assert (found.slope, found.change, found.remainder) == (0.0, 0.0, 0.0)


def test_single_numbers_have_the_empty_index():
    found = nudge(network(), "L[2]", (), 0.5)
    assert (found.index, found.slope) == ((), 1.0)
    assert found.change == pytest.approx(0.5, rel=1e-14)


def test_indices_may_be_lists_and_numpy_integers():
    expected = nudge(network(), "W", (1, 2), 0.1)
    assert nudge(network(), "W", [1, np.int64(2)], 0.1) == expected
    assert nudge(network(), "b", np.int64(1), 0.1) == nudge(network(), "b", (1,), 0.1)


def test_the_trace_stays_as_it_is():
    trace = network()
    before = [v.data.copy() for v in trace]
    nudge(trace, "W", (0, 0), 1.0)
    assert trace["W"].grad is None
    for value, kept in zip(trace, before, strict=True):
        np.testing.assert_array_equal(value.data, kept)


# Refusals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("index", [(0,), (3, 0), (0, -1), (0, 0, 0), (0, 1.0), 2, "ab"])
def test_entries_that_do_not_exist_are_refused_with_those_that_do(index):
    assert refusal(DomainError, lambda: nudge(network(), "W", index, 0.1)).endswith(
        "its shape is (3, 3), so its entries are (0, 0) to (2, 2)."
    )


def test_whole_numbers_are_refused_with_what_can_be_moved():
    message = refusal(DomainError, lambda: nudge(network(), "x[1]", (), 0.1))
    assert message.startswith(
        "`x[1]` holds int64 numbers, which cannot be moved a little; these can: U, "
    )
    assert "h[2]" in message
    assert "y[1]" not in message


@pytest.mark.parametrize("delta", [np.nan, np.inf])
def test_nudges_are_finite(delta):
    assert refusal(DomainError, lambda: nudge(network(), "W", (0, 0), delta)) == (
        f"`W` cannot be moved by {delta}: give a finite number."
    )


def test_unknown_names_and_traces_without_loss_are_refused():
    assert "did you mean" in refusal(NameLookupError, lambda: nudge(network(), "w", 0, 0.1))
    model = CharRNN(hidden=2, symbols=4, rng=np.random.default_rng(0))
    trace = model.record([0, 1])
    assert "no loss" in refusal(TeachrnnError, lambda: nudge(trace, "W", (0, 0), 0.1))


# Recorded again ----------------------------------------------------------------------------------

SETTINGS = CharRNN(hidden=3, symbols=4, cell="gru", layers=2, rng=np.random.default_rng(0)).settings()


def test_another_scale_multiplies_the_same_weights():
    weak, strong = (recorded_like(SETTINGS, [0, 1], [1, 2], scale=scale) for scale in (0.1, 0.3))
    for name, value in weak.parameters.items():
        np.testing.assert_allclose(strong[name].data, 3 * value.data, rtol=1e-14)
    assert weak["V"].data.any()
    other = recorded_like(SETTINGS, [0, 1], [1, 2], scale=0.1, seed=1)
    assert not np.allclose(other["V"].data, weak["V"].data)


def test_a_longer_text_is_read_by_the_same_network():
    short = recorded_like(SETTINGS, [0, 1], [1, 2], scale=0.5)
    long = recorded_like(SETTINGS, [0, 1, 3], [1, 2, 0], scale=0.5)
    assert (short.T, long.T) == (2, 3)
    np.testing.assert_array_equal(short["layer2.h[2]"].data, long["layer2.h[2]"].data)
    assert short["L[2]"].data == long["L[2]"].data
    assert recorded_like(SETTINGS, [0, 1], scale=0.5).losses == []
