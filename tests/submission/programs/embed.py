import numpy as np


def forward(params, x, y):
    E, Wx, Wh, b, Wo, bo = (
        params["E"],
        params["Wx"],
        params["Wh"],
        params["b"],
        params["Wo"],
        params["bo"],
    )
    N, T = x.shape
    h = np.zeros((N, len(b)))
    hs = [h]
    ps = []
    loss = 0
    e = E[x]
    for t in range(T):
        h = np.tanh(e[:, t] @ Wx + h @ Wh + b)
        hs.append(h)
        s = h @ Wo + bo
        p = np.exp(s - s.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        ps.append(p)
        loss -= np.log(p[np.arange(N), y[:, t]] + 1e-12).sum()
    return loss / (N * T), (x, y, e, hs, ps)


def backward(params, cache):
    x, y, e, hs, ps = cache
    N, T = x.shape
    grads = {k: np.zeros_like(v) for k, v in params.items()}
    dn = 0
    for t in reversed(range(T)):
        d = ps[t].copy()
        d[np.arange(N), y[:, t]] -= 1
        d /= N * T
        grads["Wo"] += hs[t + 1].T @ d
        grads["bo"] += d.sum(0)
        da = (d @ params["Wo"].T + dn) * (1 - hs[t + 1] ** 2)
        grads["Wx"] += e[:, t].T @ da
        grads["Wh"] += hs[t].T @ da
        grads["b"] += da.sum(0)
        np.add.at(grads["E"], x[:, t], da @ params["Wx"].T)
        dn = da @ params["Wh"].T
    return grads
