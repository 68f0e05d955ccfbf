import numpy as np


def forward(p, x, y, h):
    """x, y: index arrays of length T; h: (m,). Summed loss."""
    hs = [h]
    ps = []
    loss = 0
    for t in range(len(x)):
        h = np.tanh(p["U"][:, x[t]] + p["W"] @ h + p["b"])
        o = p["V"] @ h + p["c"]
        o = np.exp(o - np.max(o))
        prob = o / np.sum(o)
        loss += -np.log(prob[y[t]])
        hs.append(h)
        ps.append(prob)
    return loss, hs, ps


def backward(p, x, y, hs, ps):
    g = {name: np.zeros_like(w) for name, w in p.items()}
    dh = np.zeros_like(hs[0])
    for t in range(len(x) - 1, -1, -1):
        do = ps[t].copy()
        do[y[t]] -= 1
        g["V"] += np.outer(do, hs[t + 1])
        g["c"] += do
        dh = dh + p["V"].T @ do
        da = dh * (1 - hs[t + 1] ** 2)
        g["W"] += np.outer(da, hs[t])
        g["U"][:, x[t]] += da
        g["b"] += da
        dh = p["W"].T @ da
    return g


def clip_by_norm(g, limit):
    norm = np.sqrt(sum(np.sum(v**2) for v in g.values()))
    if norm > limit:
        for name in g:
            g[name] = g[name] * (limit / norm)
    return g


def adagrad(p, g, memory, eta, eps=1e-8):
    for name in p:
        memory[name] += g[name] ** 2
        p[name] -= eta * g[name] / np.sqrt(memory[name] + eps)


def train_step(p, memory, x, y, h, eta=0.1, limit=5.0):
    """Changes p and memory in place. Returns the loss, the (clipped) gradients and the state to go on with."""
    loss, hs, ps = forward(p, x, y, h)
    g = backward(p, x, y, hs, ps)
    g = clip_by_norm(g, limit)
    adagrad(p, g, memory, eta)
    return loss, g, hs[-1]
