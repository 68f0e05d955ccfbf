"""The cells are those of PyTorch: outputs, final states and every gradient, in float64."""

from __future__ import annotations

import numpy as np
import pytest

from teachrnn import CELLS, CharRNN, backpropagate
from teachrnn.checking import check_gradient

# For each PyTorch gate, in its order: which of our gates it is.
GATES = {"vanilla": ("",), "lstm": ("i", "f", "g", "q"), "gru-reset-after": ("rho", "z", "n")}
MODULES = {"vanilla": "RNN", "lstm": "LSTM", "gru-reset-after": "GRU"}
T, M, K = 6, 5, 7


def bias(cell: str, gate: str, side: str, layer: str, values: dict) -> np.ndarray:
    """PyTorch has two biases per gate where we have one; only the GRU's candidate needs both."""
    name = f"b_{gate}" if gate else "b"
    if (cell, gate) == ("gru-reset-after", "n"):
        return values[layer + ("c_n" if side == "ih" else "b_n")]
    return values[layer + name] if side == "ih" else np.zeros(M)


def load(torch, model: CharRNN, cell: str, layers: int):
    network = getattr(torch.nn, MODULES[cell])(model.inputs, M, num_layers=layers, dtype=torch.float64)
    readout = torch.nn.Linear(M, K, dtype=torch.float64)
    new = {}
    for index in range(layers):
        layer = model.scope(index + 1)
        for theirs, ours in (("weight_ih", "U"), ("weight_hh", "W")):
            parts = [model.parameters[layer + (f"{ours}_{g}" if g else ours)] for g in GATES[cell]]
            new[f"{theirs}_l{index}"] = np.concatenate(parts)
        for side in ("ih", "hh"):
            parts = [bias(cell, g, side, layer, model.parameters) for g in GATES[cell]]
            new[f"bias_{side}_l{index}"] = np.concatenate(parts)
    network.load_state_dict({name: torch.tensor(a) for name, a in new.items()})
    readout.load_state_dict(
        {n: torch.tensor(model.parameters[o]) for n, o in (("weight", "V"), ("bias", "c"))}
    )
    return network, readout


@pytest.mark.parametrize("batch", [None, 3], ids=["single", "batch"])
@pytest.mark.parametrize("dense", [False, True], ids=["tokens", "vectors"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", MODULES)
def test_cell_equals_that_of_pytorch(torch, cell, layers, dense, batch):
    rng = np.random.default_rng(7)
    model = CharRNN(
        hidden=M, symbols=K, cell=cell, layers=layers, inputs=4 if dense else None, scale=0.7, rng=rng
    )
    model.set_parameters(**{n: p + rng.normal(0, 0.3, p.shape) for n, p in model.parameters.items()})
    leading = () if batch is None else (batch,)
    x = rng.normal(size=(T, *leading, 4)) if dense else rng.integers(0, K, (T, *leading))
    y = rng.integers(0, K, (T, *leading))
    state = {name: rng.normal(0, 0.5, (*leading, M)) for name in model.state_names()}
    trace = model.record(x, y, state=state)
    ours = backpropagate(trace).gradients()

    network, readout = load(torch, model, cell, layers)
    vectors = torch.tensor(x if dense else np.eye(K)[x])
    start = [
        torch.stack([torch.tensor(state[model.scope(i + 1) + name]) for i in range(layers)])
        for name in model.cell.state
    ]
    for s in start:
        s.requires_grad_()
    h, final = network(vectors, tuple(start) if len(start) > 1 else start[0])
    o = readout(h)
    loss = torch.nn.functional.cross_entropy(
        o.reshape(-1, K), torch.tensor(y).reshape(-1), reduction="sum"
    )
    loss.backward()

    def close(a, b, what):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12, err_msg=what)

    close(trace.total_loss, loss.item(), "loss")
    top = model.scope(layers)
    close([trace[f"{top}h[{t}]"].data for t in range(1, T + 1)], h.detach().numpy(), "h")
    close([trace[f"o[{t}]"].data for t in range(1, T + 1)], o.detach().numpy(), "o")
    ends = final if isinstance(final, tuple) else (final,)
    for name, end, first in zip(model.cell.state, ends, start, strict=True):
        for i in range(layers):
            full = model.scope(i + 1) + name
            close(model.final_state(trace)[full], end[i].detach().numpy(), f"final {full}")
            close(trace[f"{full}[0]"].grad, first.grad[i].numpy(), f"d{full}[0]")
    close(ours["V"], readout.weight.grad.numpy(), "dV")
    close(ours["c"], readout.bias.grad.numpy(), "dc")
    theirs = {name: p.grad.numpy() for name, p in network.named_parameters()}
    for i in range(layers):
        layer = model.scope(i + 1)
        for side, letter in (("weight_ih", "U"), ("weight_hh", "W")):
            parts = np.split(theirs[f"{side}_l{i}"], len(GATES[cell]))
            for gate, d in zip(GATES[cell], parts, strict=True):
                name = layer + (f"{letter}_{gate}" if gate else letter)
                close(ours[name], d, f"d{name}")
        for side in ("ih", "hh"):
            parts = np.split(theirs[f"bias_{side}_l{i}"], len(GATES[cell]))
            for gate, d in zip(GATES[cell], parts, strict=True):
                name = f"b_{gate}" if gate else "b"
                if (cell, gate, side) == ("gru-reset-after", "n", "ih"):
                    name = "c_n"
                close(ours[layer + name], d, f"d{layer}{name}")


@pytest.mark.parametrize("cell", sorted(CELLS))
def test_formulas_differentiated_by_pytorch_give_the_same_gradient(torch, cell):
    rng = np.random.default_rng(1)
    model = CharRNN(hidden=4, symbols=5, cell=cell, layers=2, scale=0.5, rng=rng)
    trace = model.record(rng.integers(0, 5, (3, 2)), rng.integers(0, 5, (3, 2)), fused=False)
    report = check_gradient(trace, oracle="torch")
    assert report.agrees, report
    assert all(c.norm_relative < 1e-13 for c in report.checks)
