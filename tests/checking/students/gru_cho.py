"""GRU as in the 2014 paper: h_t = z * h_{t-1} + (1 - z) * h~, reset gate inside the product."""

import numpy as np


def s(x):
    return 1 / (1 + np.exp(-x))


def fprop(P, X, Y):
    """X: (T, D, B), Y: (T, O, B). Squared error, summed over everything, / 2. The state starts at zero."""
    T, D, B = X.shape
    H = P["U"].shape[0]
    h = np.zeros((T + 1, H, B))
    z, r, g = np.zeros((T, H, B)), np.zeros((T, H, B)), np.zeros((T, H, B))
    out = np.zeros(Y.shape)
    for t in range(T):
        z[t] = s(P["Wz"] @ X[t] + P["Uz"] @ h[t] + P["bz"])
        r[t] = s(P["Wr"] @ X[t] + P["Ur"] @ h[t] + P["br"])
        g[t] = np.tanh(P["W"] @ X[t] + P["U"] @ (r[t] * h[t]) + P["b"])
        h[t + 1] = z[t] * h[t] + (1 - z[t]) * g[t]
        out[t] = P["Wout"] @ h[t + 1] + P["bout"]
    err = out - Y
    return 0.5 * np.sum(err**2), (h, z, r, g, err)


def bprop(P, X, state):
    h, z, r, g, err = state
    T = len(X)
    G = {k: np.zeros_like(v) for k, v in P.items()}
    dh = np.zeros_like(h[0])
    for t in range(T)[::-1]:
        G["Wout"] += err[t] @ h[t + 1].T
        G["bout"] += err[t].sum(1, keepdims=True)
        dh = dh + P["Wout"].T @ err[t]
        dg = dh * (1 - z[t]) * (1 - g[t] ** 2)
        dz = dh * (h[t] - g[t]) * z[t] * (1 - z[t])
        dhr = P["U"].T @ dg
        dr = dhr * h[t] * r[t] * (1 - r[t])
        G["W"] += dg @ X[t].T
        G["U"] += dg @ (r[t] * h[t]).T
        G["b"] += dg.sum(1, keepdims=True)
        G["Wz"] += dz @ X[t].T
        G["Uz"] += dz @ h[t].T
        G["bz"] += dz.sum(1, keepdims=True)
        G["Wr"] += dr @ X[t].T
        G["Ur"] += dr @ h[t].T
        G["br"] += dr.sum(1, keepdims=True)
        dh = dh * z[t] + dhr * r[t] + P["Uz"].T @ dz + P["Ur"].T @ dr
    return G
