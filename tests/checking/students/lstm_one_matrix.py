import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm_forward(inputs, targets, h0, c0, params):
    """
    inputs, targets: lists of T indices
    h0, c0: (H, 1)
    params: W (4H, V + H) for [x; h] with the rows in the order f i g o, b (4H, 1), Why (V, H), by (V, 1)
    """
    W, b, Why, by = params["W"], params["b"], params["Why"], params["by"]
    H = h0.shape[0]
    V = by.shape[0]
    h, c = h0, c0
    cache = []
    loss = 0.0
    for ix, target in zip(inputs, targets):
        x = np.zeros((V, 1))
        x[ix] = 1
        z = np.vstack((x, h))
        a = W @ z + b
        f = sigmoid(a[:H])
        i = sigmoid(a[H : 2 * H])
        g = np.tanh(a[2 * H : 3 * H])
        o = sigmoid(a[3 * H :])
        c_prev = c
        c = f * c_prev + i * g
        h = o * np.tanh(c)
        y = Why @ h + by
        p = np.exp(y - y.max())
        p /= p.sum()
        loss += -np.log(p[target, 0])
        cache.append((z, f, i, g, o, c_prev, c, h, p, target))
    return loss, cache, h, c


def lstm_backward(cache, params):
    W, Why = params["W"], params["Why"]
    grads = {k: np.zeros_like(v) for k, v in params.items()}
    V = Why.shape[0]
    dh_next = np.zeros_like(cache[0][7])
    dc_next = np.zeros_like(dh_next)
    for z, f, i, g, o, c_prev, c, h, p, target in reversed(cache):
        dy = p.copy()
        dy[target] -= 1
        grads["Why"] += dy @ h.T
        grads["by"] += dy
        dh = Why.T @ dy + dh_next
        tc = np.tanh(c)
        dc = dc_next + dh * o * (1 - tc**2)
        do = dh * tc
        df = dc * c_prev
        di = dc * g
        dg = dc * i
        da = np.vstack((df * f * (1 - f), di * i * (1 - i), dg * (1 - g**2), do * o * (1 - o)))
        grads["W"] += da @ z.T
        grads["b"] += da
        dz = W.T @ da
        dh_next = dz[V:]
        dc_next = dc * f
    return grads
