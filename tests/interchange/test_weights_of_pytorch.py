"""What docs/reference/notation.md says about PyTorch: weights copied by its rules give the same net."""

import numpy as np
import pytest

from teachrnn import CharRNN, backpropagate

T, B, D, M, K = 4, 2, 3, 5, 6
LAYER = {"vanilla": "RNN", "lstm": "LSTM", "gru-reset-after": "GRU"}
"""What PyTorch calls the layer of a cell."""

ORDER = {"vanilla": [""], "lstm": ["_i", "_f", "_g", "_q"], "gru-reset-after": ["_rho", "_z", "_n"]}


def copied(layer, cell):
    """The parameters of the cell, read out of a PyTorch layer as the page says."""
    arrays = {name: array.detach().numpy() for name, array in layer.named_parameters()}
    parameters = {}
    for place, gate in enumerate(ORDER[cell]):
        rows = slice(place * M, (place + 1) * M)
        parameters[f"U{gate}"] = arrays["weight_ih_l0"][rows]
        parameters[f"W{gate}"] = arrays["weight_hh_l0"][rows]
        parameters[f"b{gate}"] = (arrays["bias_ih_l0"] + arrays["bias_hh_l0"])[rows]
    if cell == "gru-reset-after":
        parameters["b_n"] = arrays["bias_hh_l0"][2 * M :]
        parameters["c_n"] = arrays["bias_ih_l0"][2 * M :]
    return parameters


@pytest.fixture(params=LAYER)
def pair(request):
    """A PyTorch layer with readout, our model with its weights, and one loss of each."""
    torch = pytest.importorskip("torch", reason="the names are compared with PyTorch's own")
    torch.manual_seed(0)
    cell, rng = request.param, np.random.default_rng(0)
    layer = getattr(torch.nn, LAYER[cell])(D, M).double()
    readout = torch.nn.Linear(M, K).double()
    x, y = rng.normal(size=(T, B, D)), rng.integers(K, size=(T, B))
    h0, s0 = rng.normal(size=(2, B, M))

    model = CharRNN(hidden=M, symbols=K, inputs=D, cell=cell, rng=rng)
    weight, bias = (p.detach().numpy() for p in readout.parameters())
    model.set_parameters(**copied(layer, cell), V=weight, c=bias)
    state = {"h": h0, "s": s0} if cell == "lstm" else {"h": h0}
    trace = model.record(x, targets=y, state=state)

    start = tuple(torch.tensor(v)[None] for v in state.values())
    states, _ = layer(torch.tensor(x), start if cell == "lstm" else start[0])
    mean = torch.nn.functional.cross_entropy(readout(states).reshape(-1, K), torch.tensor(y.ravel()))
    return cell, layer, trace, states, mean


def test_the_states_are_the_same(pair):
    _, _, trace, states, _ = pair
    for t in range(1, T + 1):
        np.testing.assert_allclose(trace[f"h[{t}]"].data, states[t - 1].detach(), rtol=0, atol=1e-14)


def test_the_loss_is_their_mean_times_t_times_b(pair):
    _, _, trace, _, mean = pair
    np.testing.assert_allclose(trace.total_loss, mean.item() * T * B, rtol=1e-14)


def test_the_gradients_are_the_same(pair):
    cell, layer, trace, _, mean = pair
    (mean * T * B).backward()
    sweep = backpropagate(trace)
    for place, gate in enumerate(ORDER[cell]):
        rows = slice(place * M, (place + 1) * M)
        for ours, theirs in {"U": "weight_ih_l0", "W": "weight_hh_l0", "b": "bias_hh_l0"}.items():
            grad = getattr(layer, theirs).grad[rows]
            np.testing.assert_allclose(sweep.gradient(ours + gate), grad, rtol=1e-11, atol=1e-13)
