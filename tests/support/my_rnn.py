"""A correct vanilla RNN as a student might write it, in teachrnn's letters; tests add mistakes."""

import numpy as np


def forward(x, y, h0, U, W, b, V, c):
    h, p, loss = {-1: h0}, {}, 0.0
    for t in range(len(x)):
        h[t] = np.tanh(U[:, x[t]] + W @ h[t - 1] + b)
        e = np.exp(V @ h[t] + c)
        p[t] = e / e.sum()
        loss -= np.log(p[t][y[t]])
    return loss, h, p


def backward(x, y, h, p, U, W, b, V, c):
    dU, dW, db, dV, dc = (np.zeros_like(a) for a in (U, W, b, V, c))
    dh_next = np.zeros_like(b)
    for t in reversed(range(len(x))):
        do = p[t].copy()
        do[y[t]] -= 1
        dV += np.outer(do, h[t])
        dc += do
        da = (V.T @ do + dh_next) * (1 - h[t] ** 2)
        dU[:, x[t]] += da
        dW += np.outer(da, h[t - 1])
        db += da
        dh_next = W.T @ da
    return {"dU": dU, "dW": dW, "db": db, "dV": dV, "dc": dc, "dh0": dh_next}
