import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def gru_forward(inputs, state, params):
    W_xz, W_hz, b_z, W_xr, W_hr, b_r, W_xh, W_hh, b_h, W_hq, b_q = params
    H = state
    outs = []
    cache = []
    for X in inputs:
        Z = sigmoid(X @ W_xz + H @ W_hz + b_z)
        R = sigmoid(X @ W_xr + H @ W_hr + b_r)
        Ht = np.tanh(X @ W_xh + (R * H) @ W_hh + b_h)
        Hn = (1 - Z) * H + Z * Ht
        cache.append((X, H, Z, R, Ht, Hn))
        H = Hn
        outs.append(H @ W_hq + b_q)
    return outs, cache


def loss(outs, targets):
    L = 0
    for o, y in zip(outs, targets):
        p = np.exp(o) / np.exp(o).sum(1, keepdims=True)
        L -= np.log(p[np.arange(len(y)), y]).mean()
    return L / len(outs)


def gru_backward(outs, cache, targets, params):
    W_xz, W_hz, b_z, W_xr, W_hr, b_r, W_xh, W_hh, b_h, W_hq, b_q = params
    grads = [np.zeros_like(p) for p in params]
    T = len(outs)
    dH = 0
    for t in reversed(range(T)):
        X, H, Z, R, Ht, Hn = cache[t]
        B = len(X)
        p = np.exp(outs[t]) / np.exp(outs[t]).sum(1, keepdims=True)
        p[np.arange(B), targets[t]] -= 1
        p /= B * T
        grads[9] += Hn.T @ p
        grads[10] += p.sum(0)
        d = p @ W_hq.T + dH
        dZ = d * (Ht - H) * Z * (1 - Z)
        dHt = d * Z * (1 - Ht**2)
        dRH = dHt @ W_hh.T
        dR = dRH * H * R * (1 - R)
        dH = d * (1 - Z) + dRH * R + dZ @ W_hz.T + dR @ W_hr.T
        for k, (a, c) in enumerate([(dZ, H), (dR, H), (dHt, R * H)]):
            grads[3 * k] += X.T @ a
            grads[3 * k + 1] += c.T @ a
            grads[3 * k + 2] += a.sum(0)
    return grads
