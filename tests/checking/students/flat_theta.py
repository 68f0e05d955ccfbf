import numpy as np


def make_problem(x, y, h0, m):
    """
    x: (T, d) inputs, y: (T,) classes, h0: (m,)
    Returns loss(theta) and grad(theta), ready for scipy.optimize.
    theta = [Wx (m*d), Wh (m*m), b (m), Wo (k*m), bo (k)]
    """
    T, d = x.shape
    k = int(y.max()) + 1
    sizes = [m * d, m * m, m, k * m, k]
    cuts = np.cumsum(sizes)[:-1]

    def unpack(theta):
        Wx, Wh, b, Wo, bo = np.split(theta, cuts)
        return Wx.reshape(m, d), Wh.reshape(m, m), b, Wo.reshape(k, m), bo

    def run(theta):
        Wx, Wh, b, Wo, bo = unpack(theta)
        h = np.empty((T + 1, m))
        h[0] = h0
        for t in range(T):
            h[t + 1] = np.tanh(Wx @ x[t] + Wh @ h[t] + b)
        s = h[1:] @ Wo.T + bo
        s = s - s.max(1, keepdims=True)
        p = np.exp(s)
        p = p / p.sum(1, keepdims=True)
        return h, p

    def loss(theta):
        _, p = run(theta)
        return -np.mean(np.log(p[np.arange(T), y]))

    def grad(theta):
        Wx, Wh, b, Wo, bo = unpack(theta)
        h, p = run(theta)
        ds = p
        ds[np.arange(T), y] -= 1
        ds /= T
        dWx, dWh, db = np.zeros((m, d)), np.zeros((m, m)), np.zeros(m)
        carry = np.zeros(m)
        for t in range(T - 1, -1, -1):
            da = (Wo.T @ ds[t] + carry) * (1 - h[t + 1] ** 2)
            dWx += np.outer(da, x[t])
            dWh += np.outer(da, h[t])
            db += da
            carry = Wh.T @ da
        dWo = ds.T @ h[1:]
        dbo = ds.sum(0)
        return np.concatenate([dWx.ravel(), dWh.ravel(), db, dWo.ravel(), dbo])

    return loss, grad
