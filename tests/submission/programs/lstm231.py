import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    H = h0.shape[1]
    h = np.zeros((N, T, H))
    c = np.zeros_like(h0)
    prev = h0
    cache = []
    for t in range(T):
        a = x[:, t] @ Wx + prev @ Wh + b
        i, f, o, g = (
            sigmoid(a[:, :H]),
            sigmoid(a[:, H : 2 * H]),
            sigmoid(a[:, 2 * H : 3 * H]),
            np.tanh(a[:, 3 * H :]),
        )
        c2 = f * c + i * g
        h2 = o * np.tanh(c2)
        cache.append((x[:, t], prev, c, i, f, o, g, c2, Wx, Wh))
        prev, c = h2, c2
        h[:, t] = h2
    return h, cache


def lstm_backward(dh, cache):
    N, T, H = dh.shape
    D = cache[0][0].shape[1]
    dx = np.zeros((N, T, D))
    dWx = np.zeros((D, 4 * H))
    dWh = np.zeros((H, 4 * H))
    db = np.zeros(4 * H)
    dprev = np.zeros((N, H))
    dc = np.zeros((N, H))
    for t in reversed(range(T)):
        x, ph, pc, i, f, o, g, c2, Wx, Wh = cache[t]
        dn = dh[:, t] + dprev
        tc = np.tanh(c2)
        dc = dc + dn * o * (1 - tc**2)
        da = np.hstack(
            [dc * g * i * (1 - i), dc * pc * f * (1 - f), dn * tc * o * (1 - o), dc * i * (1 - g**2)]
        )
        dx[:, t] = da @ Wx.T
        dprev = da @ Wh.T
        dWx += x.T @ da
        dWh += ph.T @ da
        db += da.sum(0)
        dc = dc * f
    return dx, dprev, dWx, dWh, db
