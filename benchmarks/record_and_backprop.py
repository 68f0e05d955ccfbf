"""What recording costs: one forward and backward pass against a plain NumPy loop.

Two peers, both one step at a time with one-hot products, adding up every weight gradient as it arrives:
a loop in the style of min-char-rnn, on column vectors, with clipping; and a lean one, on flat
vectors. All compute the same loss and gradients (checked first), and are timed in alternation on one
BLAS thread.

Run: python benchmarks/record_and_backprop.py
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

import time

import numpy as np

from teachrnn import CharRNN, backpropagate
from teachrnn.optimizers import AdaGrad

M, T, K = 100, 25, 80
ROUNDS = 500


def column_loop(p, x, y, h0):
    """Loss and gradients in the style of min-char-rnn: column vectors, one step at a time."""
    b, c = p["b"][:, None], p["c"][:, None]
    one_hot, h, o, probabilities, loss = {}, {-1: np.copy(h0[:, None])}, {}, {}, 0.0
    for t in range(len(x)):
        one_hot[t] = np.zeros((K, 1))
        one_hot[t][x[t]] = 1
        h[t] = np.tanh(np.dot(p["U"], one_hot[t]) + np.dot(p["W"], h[t - 1]) + b)
        o[t] = np.dot(p["V"], h[t]) + c
        probabilities[t] = np.exp(o[t]) / np.sum(np.exp(o[t]))
        loss += -np.log(probabilities[t][y[t], 0])
    d = {"U": np.zeros_like(p["U"]), "W": np.zeros_like(p["W"]), "b": np.zeros_like(b)}
    d |= {"V": np.zeros_like(p["V"]), "c": np.zeros_like(c)}
    from_future = np.zeros_like(h[0])
    for t in reversed(range(len(x))):
        do = np.copy(probabilities[t])
        do[y[t]] -= 1
        d["V"] += np.dot(do, h[t].T)
        d["c"] += do
        dh = np.dot(p["V"].T, do) + from_future
        da = (1 - h[t] * h[t]) * dh
        d["b"] += da
        d["U"] += np.dot(da, one_hot[t].T)
        d["W"] += np.dot(da, h[t - 1].T)
        from_future = np.dot(p["W"].T, da)
    for gradient in d.values():
        np.clip(gradient, -5, 5, out=gradient)
    return loss, {name: g.reshape(p[name].shape) for name, g in d.items()}


def lean_loop(p, x, y, h0):
    """The same on flat vectors, without clipping."""
    one_hot, h, probabilities, loss = {}, {0: h0}, {}, 0.0
    for t in range(1, len(x) + 1):
        one_hot[t] = np.zeros(K)
        one_hot[t][x[t - 1]] = 1
        h[t] = np.tanh(np.dot(p["U"], one_hot[t]) + np.dot(p["W"], h[t - 1]) + p["b"])
        o = np.dot(p["V"], h[t]) + p["c"]
        e = np.exp(o)
        probabilities[t] = e / np.sum(e)
        loss -= np.log(probabilities[t][y[t - 1]])
    d = {name: np.zeros_like(a) for name, a in p.items()}
    from_future = np.zeros_like(h0)
    for t in reversed(range(1, len(x) + 1)):
        do = np.copy(probabilities[t])
        do[y[t - 1]] -= 1
        d["V"] += np.outer(do, h[t])
        d["c"] += do
        da = (1 - h[t] * h[t]) * (np.dot(p["V"].T, do) + from_future)
        d["b"] += da
        d["U"] += np.outer(da, one_hot[t])
        d["W"] += np.outer(da, h[t - 1])
        from_future = np.dot(p["W"].T, da)
    return loss, d


def recorded(model, x, y, h0):
    """The same with teachrnn, with everything recorded."""
    trace = model.record(x, y, state={"h": h0})
    return trace.total_loss, backpropagate(trace).gradients()


def column_training_step(p, x, y, h0, memory):
    """The column loop and its AdaGrad update, as in min-char-rnn."""
    _, d = column_loop(p, x, y, h0)
    for name, gradient in d.items():
        memory[name] += gradient * gradient
        p[name] += -0.01 * gradient / np.sqrt(memory[name] + 1e-8)


def recorded_training_step(model, x, y, h0, optimizer, gradients):
    """The same with teachrnn: recorded, clipped, updated."""
    _, d = recorded(model, x, y, h0)
    for name, g in d.items():
        gradients[name] = np.clip(g, -5, 5)
    optimizer.update(model.parameters.flat, gradients.flat)


def seconds(function, *arguments):
    """Time of one call."""
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def show(ours, own, name, theirs):
    """One line of the comparison."""
    ratio = np.median(own) / np.median(theirs)
    print(
        f"{ours} {1e3 * np.median(own):.2f} ms, "
        f"{name} {1e3 * np.median(theirs):.2f} ms: ratio {ratio:.2f}"
    )


def main():
    """Compare and print."""
    rng = np.random.default_rng(0)
    model = CharRNN(hidden=M, symbols=K, scale=0.1, rng=rng)
    x, y, h0 = rng.integers(0, K, T), rng.integers(0, K, T), rng.normal(0, 0.1, M)
    ours, gradients = recorded(model, x, y, h0)
    assert max(np.abs(d).max() for d in gradients.values()) < 5  # nothing is clipped here
    peers = {"column loop (min-char-rnn)": column_loop, "lean loop": lean_loop}
    for peer in peers.values():
        loss, d = peer(model.parameters, x, y, h0)
        np.testing.assert_allclose(ours, loss, rtol=1e-12)
        for name, expected in d.items():
            np.testing.assert_allclose(gradients[name], expected, rtol=1e-9, atol=1e-12)
    print(f"m={M}, T={T}, K={K}, float64, one thread, medians of {ROUNDS} alternating rounds")
    for name, peer in peers.items():
        theirs, own = [], []
        for _ in range(ROUNDS):
            theirs.append(seconds(peer, model.parameters, x, y, h0))
            own.append(seconds(recorded, model, x, y, h0))
        show("record and backpropagate", own, name, theirs)
    p = {name: a.copy() for name, a in model.parameters.items()}
    memory = {name: np.zeros_like(a) for name, a in p.items()}
    optimizer, gradients = AdaGrad(eta=0.01), model.zero_gradients()
    theirs, own = [], []
    for _ in range(ROUNDS):
        theirs.append(seconds(column_training_step, p, x, y, h0, memory))
        own.append(seconds(recorded_training_step, model, x, y, h0, optimizer, gradients))
    for name, a in p.items():
        np.testing.assert_allclose(model.parameters[name], a, rtol=1e-6, atol=1e-9)
    show("whole training step", own, "column loop with AdaGrad", theirs)


if __name__ == "__main__":
    main()
