import numpy as np

sig = lambda a: 1 / (1 + np.exp(-a))


def lstm_loss_and_grads(x, y, h0, c0, W, b, Wy, by):
    H = h0.shape[0]
    h, c = h0, c0
    S = []
    L = 0
    for t in range(x.shape[0]):
        z = np.concatenate([x[t], h])
        a = W @ z + b
        f, i, g, o = sig(a[:H]), sig(a[H : 2 * H]), np.tanh(a[2 * H : 3 * H]), sig(a[3 * H :])
        cp = c
        c = f * c + i * g
        h = o * np.tanh(c)
        s = Wy @ h + by
        p = np.exp(s) / np.exp(s).sum()
        L -= np.log(p[y[t]])
        S.append((z, f, i, g, o, cp, c, h, p))
    dW, db, dWy, dby = [np.zeros_like(a) for a in (W, b, Wy, by)]
    dh = np.zeros(H)
    dc = np.zeros(H)
    D = x.shape[1]
    for t in reversed(range(x.shape[0])):
        z, f, i, g, o, cp, c, h, p = S[t]
        q = p.copy()
        q[y[t]] -= 1
        dWy += np.outer(q, h)
        dby += q
        dh = dh + Wy.T @ q
        tc = np.tanh(c)
        dc = dc + dh * o * (1 - tc**2)
        da = np.concatenate(
            [dc * cp * f * (1 - f), dc * g * i * (1 - i), dc * i * (1 - g**2), dh * tc * o * (1 - o)]
        )
        dW += np.outer(da, z)
        db += da
        dz = W.T @ da
        dh = dz[D:]
        dc = dc * f
    return L, dict(W=dW, b=db, Wy=dWy, by=dby)
