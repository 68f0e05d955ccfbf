import numpy as np


def forward(Wx, Wh, Wy, bh, by, X, h0):
    T = X.shape[1] - 1
    H = np.zeros((len(bh), T + 1))
    H[:, 0] = h0
    P = np.zeros((len(by), T + 1))
    for t in range(1, T + 1):
        H[:, t] = np.tanh(Wx @ X[:, t] + Wh @ H[:, t - 1] + bh)
        o = Wy @ H[:, t] + by
        P[:, t] = np.exp(o) / np.exp(o).sum()
    return H, P


def cost(P, Y):
    return -np.sum(Y[:, 1:] * np.log(P[:, 1:]))


def backward(Wx, Wh, Wy, bh, by, X, Y, H, P):
    T = X.shape[1] - 1
    D = P - Y
    D[:, 0] = 0
    dWy = D @ H.T
    dby = D.sum(1)
    dWx = np.zeros_like(Wx)
    dWh = np.zeros_like(Wh)
    dbh = np.zeros_like(bh)
    dn = np.zeros_like(bh)
    for t in range(T, 0, -1):
        da = (Wy.T @ D[:, t] + dn) * (1 - H[:, t] ** 2)
        dWx += np.outer(da, X[:, t])
        dWh += np.outer(da, H[:, t - 1])
        dbh += da
        dn = Wh.T @ da
    return dWx, dWh, dWy, dbh, dby
