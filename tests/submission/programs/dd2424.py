import numpy as np


class RNN:
    pass


def init_rnn(m, K):
    r = RNN()
    r.b = np.zeros((m, 1))
    return r


def ForwardPass(RNN, X, h0):
    T = X.shape[1]
    H = np.zeros((RNN.W.shape[0], T + 1))
    H[:, [0]] = h0
    P = np.zeros((RNN.V.shape[0], T))
    A = np.zeros((RNN.W.shape[0], T))
    for t in range(T):
        a = RNN.W @ H[:, [t]] + RNN.U @ X[:, [t]] + RNN.b
        A[:, [t]] = a
        H[:, [t + 1]] = np.tanh(a)
        o = RNN.V @ H[:, [t + 1]] + RNN.c
        P[:, [t]] = np.exp(o) / np.exp(o).sum()
    return P, H, A


def ComputeLoss(X, Y, RNN, h0):
    P, _, _ = ForwardPass(RNN, X, h0)
    return -np.sum(np.log(np.sum(Y * P, axis=0)))


def ComputeGradients(RNN, X, Y, P, H):
    T = X.shape[1]
    g = {k: np.zeros_like(getattr(RNN, k)) for k in "bcUWV"}
    G = -(Y - P)
    g["V"] = G @ H[:, 1:].T
    g["c"] = G.sum(1, keepdims=True)
    da = np.zeros((1, H.shape[0]))
    for t in range(T - 1, -1, -1):
        dh = G[:, [t]].T @ RNN.V + da @ RNN.W
        da = dh * (1 - H[:, [t + 1]].T ** 2)
        g["W"] += da.T @ H[:, [t]].T
        g["U"] += da.T @ X[:, [t]].T
        g["b"] += da.T
    return g
