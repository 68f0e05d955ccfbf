"""The triangle of itemised gradients: its entries, and what every horizon keeps."""

from __future__ import annotations

import json

import numpy as np
import pytest
from records import chain

from teachrnn import CharRNN, Itemised, Linear, Multiply, Sum, Tanh, Trace, backpropagate
from teachrnn.cells import CELLS
from teachrnn.triangle import Triangle


def network(cell="vanilla", *, T=5, batch=None, layers=1):
    rng = np.random.default_rng(0)
    model = CharRNN(hidden=3, symbols=5, cell=cell, layers=layers, scale=0.6, rng=rng)
    shape = (T,) if batch is None else (T, batch)
    state = {name: rng.normal(size=zeros.shape) for name, zeros in model.initial_state(batch).items()}
    return model.record(rng.integers(0, 5, size=shape), rng.integers(0, 5, size=shape), state=state)


def cosine(a, b):
    return (a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum())


VARIETY = [
    *[{"cell": cell} for cell in sorted(CELLS)],
    {"cell": "lstm", "layers": 2},
    {"cell": "gru", "batch": 3},
    {"T": 1},
]


@pytest.fixture(params=VARIETY, ids=lambda case: "-".join(f"{k}={v}" for k, v in case.items()))
def trace(request):
    return network(**request.param)


# The triangle ------------------------------------------------------------------------------------


def test_every_parameter_and_every_state_has_a_triangle():
    found = Triangle.of(network("lstm", layers=2))
    states = [f"layer{k}.{name}" for k in (1, 2) for name in "hs"]
    assert list(found.reaches) == [*network("lstm", layers=2).parameters, *states]
    kinds = {name: reach.kind for name, reach in found.reaches.items()}
    assert [name for name, kind in kinds.items() if kind == "state"] == states
    assert (found.T, found.losses) == (5, (1, 2, 3, 4, 5))


def test_the_entries_of_a_parameter_are_norms_of_its_terms(trace):
    itemised, T = Itemised(trace), trace.T
    below = np.tri(T, dtype=bool)
    for name, reach in Triangle.of(trace).reaches.items():
        assert reach.norms.shape == (T, T)
        assert (np.isnan(reach.norms) == ~below).all()
        if reach.kind == "parameter":
            np.testing.assert_allclose(
                reach.norms[below], itemised.norms(name)[below], rtol=1e-12, atol=1e-300
            )


def test_the_entries_of_a_state_are_norms_of_its_gradients(trace):
    sweeps = Itemised(trace).sweeps
    for name, reach in Triangle.of(trace).reaches.items():
        if reach.kind == "state":
            for t in range(1, trace.T + 1):
                for k in range(1, t + 1):
                    d = sweeps[t].gradient(f"{name}[{k}]")
                    assert reach.norms[t - 1, k - 1] == pytest.approx(np.sqrt((d * d).sum()), rel=1e-12)


def test_the_triangle_of_a_chain_is_as_computed_by_hand():
    found = Triangle.of(chain(3, w=0.5)).reaches  # dL_t/dW is w^(t-1) through every step k <= t
    nan = np.nan
    np.testing.assert_allclose(found["W"].norms, [[1, nan, nan], [0.5, 0.5, nan], [0.25, 0.25, 0.25]])
    np.testing.assert_allclose(found["W"].kept, [1.75, 2.5, 2.75])
    np.testing.assert_allclose(found["W"].distance, [1 / 2.75, 0.25 / 2.75, 0])
    np.testing.assert_allclose(found["h"].norms, [[1, nan, nan], [0.5, 1, nan], [0.25, 0.5, 1]])
    # the gradient of (h_1, h_2, h_3): (1, 1, 1), then (1.5, 1.5, 1), then (1.75, 1.5, 1)
    np.testing.assert_allclose(found["h"].kept ** 2, [3, 5.5, 1.75**2 + 1.5**2 + 1])
    np.testing.assert_allclose(found["h"].cosine[0], 4.25 / np.sqrt(3 * (1.75**2 + 1.5**2 + 1)))


def test_several_uses_at_one_step_are_one_entry():
    trace = Trace()
    W = trace.parameter("W", [[0.5]])
    with trace.at(1):
        trace.loss(Sum(Linear(Linear(trace.input("x", [1.0]), W, name="a"), W, name="h"), name="L"))
    np.testing.assert_allclose(Triangle.of(trace).reaches["W"].norms, [[1.0]])  # d w^2 / dw


def test_a_state_has_a_value_at_step_0_and_is_computed_at_step_1():
    trace = chain(3, w=0.5)
    for t in (0, 1):
        with trace.at(t):
            trace.input("x", [1.0])  # given at every step
    assert list(Triangle.of(trace).reaches) == ["W", "h"]


def test_a_state_may_pause():
    trace = Trace()
    with trace.at(0):
        h = trace.input("h", [1.0])
    for t in (1, 3):
        with trace.at(t):
            h = Multiply(h, [0.5], name="h")
            trace.loss(Sum(h, name="L"))
    nan = np.nan
    np.testing.assert_allclose(
        Triangle.of(trace).reaches["h"].norms, [[1, nan, nan], [nan, nan, nan], [0.5, 0, 1]]
    )


def test_steps_without_loss_are_rows_without_numbers():
    found = Triangle.of(chain(3, w=0.5, loss_at={1, 3}))
    nan = np.nan
    assert found.losses == (1, 3)
    np.testing.assert_allclose(
        found.reaches["W"].norms, [[1, nan, nan], [nan, nan, nan], [0.25, 0.25, 0.25]]
    )
    np.testing.assert_allclose(found.reaches["W"].kept, [1.25, 1.5, 1.75])


def test_a_trace_without_a_loss_at_a_time_step_has_no_triangle():
    assert Triangle.of(chain(3, loss_at=())) is None
    assert Triangle.of(Trace()) is None
    penalty = chain(3, loss_at=())
    penalty.loss(Sum(penalty.input("x", [1.0])))
    assert Triangle.of(penalty) is None
    start = chain(2, loss_at=())
    with start.at(0):
        start.loss(Sum(start["h[0]"], name="L"))
    assert Triangle.of(start) is None


def test_a_parameter_that_is_used_at_no_time_step_is_left_out():
    trace = Trace()
    W, start = trace.parameter("W", [[0.5]]), trace.parameter("start", [2.0])
    with trace.at(0):
        h = Tanh(start, name="h")  # a learnt initial state
    with trace.at(1):
        trace.loss(Sum(Linear(h, W, name="h"), name="L"))
    assert list(Triangle.of(trace).reaches) == ["W", "h"]
    other = Trace()
    w = Multiply(other.parameter("v", [0.5]), [2.0], name="w")
    with other.at(1):
        other.loss(Sum(Multiply(w, [3.0], name="y"), name="L"))
    assert list(Triangle.of(other).reaches) == []


def test_a_parameter_with_a_penalty_still_has_a_triangle():
    trace = chain(3, w=0.5)
    trace.loss(Sum(Multiply([2.0], Tanh(Linear([1.0], trace["W"]))), name="penalty"))
    np.testing.assert_allclose(Triangle.of(trace).reaches["W"].kept, [1.75, 2.5, 2.75])


def test_what_comes_from_later_steps_is_not_lost():
    """In a network that reads backwards, the loss at 1 reaches steps 2 and 3."""
    trace = Trace()
    W = trace.parameter("W", [[0.5]])
    h = trace.input("start", [1.0])
    for t in (3, 2, 1):
        with trace.at(t):
            h = Linear(h, W, name="h")
    with trace.at(1):
        trace.loss(Sum(h, name="L"))
    reach = Triangle.of(trace).reaches["W"]
    np.testing.assert_allclose(reach.norms[0], [0.25, 0.25, 0.25])
    np.testing.assert_allclose(reach.kept, [0.75, 0.75, 0.75])


# Horizons ----------------------------------------------------------------------------------------


def test_every_horizon_keeps_what_truncated_bptt_keeps(trace):
    reaches = Triangle.of(trace).reaches
    full = {name: backpropagate(trace).gradient(name) for name in trace.parameters}
    for n in range(1, trace.T + 1):
        truncated = Itemised(trace, horizon=n)
        for name, d in full.items():
            kept = truncated.total(name)
            reach = reaches[name]
            assert reach.kept[n - 1] == pytest.approx(np.linalg.norm(kept), rel=1e-12, abs=1e-300)
            assert reach.cosine[n - 1] == pytest.approx(cosine(kept, d), rel=1e-12)
            assert reach.distance[n - 1] == pytest.approx(
                np.linalg.norm(kept - d) / np.linalg.norm(d), rel=1e-9, abs=1e-14
            )


def test_the_longest_horizon_keeps_the_gradients_of_the_states(trace):
    sweep = backpropagate(trace)
    for name, reach in Triangle.of(trace).reaches.items():
        if reach.kind == "state":
            d = np.array([sweep.gradient(f"{name}[{k}]") for k in range(1, trace.T + 1)])
            assert reach.kept[-1] == pytest.approx(np.linalg.norm(d), rel=1e-12)
            assert (reach.distance[-1], reach.cosine[-1]) == (0.0, pytest.approx(1.0, rel=1e-14))


def test_a_gradient_of_zero_has_no_direction():
    trace = chain(2)
    trace.parameter("spare", np.ones((2, 3)))
    reach = Triangle.of(trace).reaches["spare"]
    np.testing.assert_array_equal(reach.norms, [[0, np.nan], [0, 0]])
    np.testing.assert_array_equal(reach.kept, [0, 0])
    assert np.isnan(reach.cosine).all()
    assert np.isnan(reach.distance).all()


def test_exploding_and_vanishing_gradients_keep_their_norms():
    reach = Triangle.of(chain(3, w=1e100)).reaches["W"]  # the square of 1e200 is out of range
    assert reach.norms[2, 0] == 1e200
    assert reach.distance[0] == pytest.approx(2 / 3)
    assert Triangle.of(chain(3, w=1e-100)).reaches["W"].norms[2, 0] == 1e-200


def test_a_gradient_that_overflows_is_infinite_without_a_warning():
    found = Triangle.of(chain(3, w=1e160, start=1e-300))
    assert found.reaches["h"].norms[2, 0] == np.inf  # 1e160 squared
    data = found.reaches["h"].to_dict()
    assert data["norms"][2] == [None, 1e160, 1.0]
    assert data["distance"][-1] is None


# Plain data --------------------------------------------------------------------------------------


def test_the_triangle_is_plain_data_without_nan():
    found = Triangle.of(chain(2, w=0.5, loss_at={2}))
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert (data["T"], data["losses"]) == (2, [2])
    W, h = data["reaches"]
    assert W == {
        "name": "W",
        "kind": "parameter",
        "norms": [[None, None], [0.5, 0.5]],
        "kept": [0.5, 1.0],
        "cosine": [1.0, 1.0],
        "distance": [0.5, 0.0],
    }
    assert (h["name"], h["kind"], h["norms"]) == ("h", "state", [[None, None], [0.5, 1.0]])


def test_computing_the_triangle_does_not_change_the_gradients_of_the_trace():
    trace = network()
    Triangle.of(trace)
    assert trace["W"].grad is None
