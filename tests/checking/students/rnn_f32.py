import numpy as np

DTYPE = np.float32


def forward(params, x, y, h):
    """x: (T, B) ids, y: (T, B) ids, h: (B, m). Everything in single precision, mean over T and B."""
    Wx, Wh, bh, Wy, by = params
    T, B = x.shape
    hs = np.zeros((T + 1,) + h.shape, dtype=DTYPE)
    hs[0] = h
    for t in range(T):
        hs[t + 1] = np.tanh(Wx[x[t]] + hs[t] @ Wh + bh)
    logits = hs[1:] @ Wy + by
    logits -= logits.max(axis=2, keepdims=True)
    probs = np.exp(logits)
    probs /= probs.sum(axis=2, keepdims=True)
    picked = probs[np.arange(T)[:, None], np.arange(B)[None, :], y]
    loss = -np.mean(np.log(picked))
    return loss, (x, y, hs, probs)


def backward(params, cache):
    Wx, Wh, bh, Wy, by = params
    x, y, hs, probs = cache
    T, B = x.shape
    dlogits = probs.copy()
    dlogits[np.arange(T)[:, None], np.arange(B)[None, :], y] -= 1
    dlogits /= DTYPE(T * B)
    dWx, dWh, dbh = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(bh)
    dWy = np.tensordot(hs[1:], dlogits, axes=([0, 1], [0, 1]))
    dby = dlogits.sum(axis=(0, 1))
    dhn = np.zeros_like(hs[0])
    for t in range(T - 1, -1, -1):
        dh = dlogits[t] @ Wy.T + dhn
        dz = dh * (1 - hs[t + 1] ** 2)
        np.add.at(dWx, x[t], dz)
        dWh += hs[t].T @ dz
        dbh += dz.sum(axis=0)
        dhn = dz @ Wh.T
    return dWx, dWh, dbh, dWy, dby
