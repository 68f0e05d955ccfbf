import numpy as np


def loss_and_grad(params, xs, ys, h0):
    U, W, V, b, c = params
    hs, ps, loss = [h0], [], 0.0
    for x, y in zip(xs, ys):
        hs.append(np.tanh(U[:, x] + W @ hs[-1] + b))
        o = V @ hs[-1] + c
        e = np.exp(o - o.max())
        ps.append(e / e.sum())
        loss -= np.log(ps[-1][y])
    dU, dW, dV, db, dc = [np.zeros_like(w) for w in params]
    carry = np.zeros_like(h0)
    for t in reversed(range(len(xs))):
        do = ps[t].copy()
        do[ys[t]] -= 1
        dV += np.outer(do, hs[t + 1])
        dc += do
        da = (V.T @ do + carry) * (1 - hs[t + 1] ** 2)
        dW += np.outer(da, hs[t])
        dU[:, xs[t]] += da
        db += da
        carry = W.T @ da
    return loss, (dU, dW, dV, db, dc), hs[-1]


def clip_by_global_norm(grads, max_norm):
    total = np.sqrt(sum(np.sum(g * g) for g in grads))
    scale = min(1.0, max_norm / total)
    return [g * scale for g in grads]


def momentum_update(params, velocity, grads, lr, mu):
    """Pure: returns new parameters and velocity, changes nothing."""
    velocity = [mu * v - lr * g for v, g in zip(velocity, grads)]
    params = [p + v for p, v in zip(params, velocity)]
    return params, velocity


def step(params, velocity, xs, ys, h0, lr=0.1, mu=0.9, max_norm=5.0):
    loss, grads, h = loss_and_grad(params, xs, ys, h0)
    grads = clip_by_global_norm(grads, max_norm)
    params, velocity = momentum_update(params, velocity, grads, lr, mu)
    return loss, params, velocity, h
