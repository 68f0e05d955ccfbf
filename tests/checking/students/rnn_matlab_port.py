# translated from my MATLAB solution, that is why time starts at 1
import numpy as np


def rnn_cost(p, X, Y, h0):
    """
    X, Y : K x (T+1), one-hot columns; column 0 is padding so that X[:, t] is the input at time t = 1..T
    h0   : m x 1
    J    : mean cross-entropy over the T steps
    """
    T = X.shape[1] - 1
    m = p["W"].shape[0]
    K = X.shape[0]
    h = np.zeros((m, T + 1))
    prob = np.zeros((K, T + 1))
    h[:, 0] = h0.ravel()
    J = 0
    for t in range(1, T + 1):
        a = p["W"] @ h[:, t - 1] + p["U"] @ X[:, t] + p["b"].ravel()
        h[:, t] = np.tanh(a)
        o = p["V"] @ h[:, t] + p["c"].ravel()
        e = np.exp(o - max(o))
        prob[:, t] = e / sum(e)
        J = J - np.log(prob[:, t] @ Y[:, t])
    return J / T, h, prob


def rnn_grad(p, X, Y, h, prob):
    T = X.shape[1] - 1
    m = h.shape[0]
    g = {k: np.zeros(v.shape) for k, v in p.items()}
    delta = np.zeros((m, T + 2))  # one more column, so that delta(:, t+1) exists for t = T
    for t in range(T, 0, -1):
        do = (prob[:, t] - Y[:, t]) / T
        dh = p["V"].T @ do + p["W"].T @ delta[:, t + 1]
        delta[:, t] = dh * (1 - h[:, t] ** 2)
        g["V"] += np.outer(do, h[:, t])
        g["c"] += do[:, None]
        g["W"] += np.outer(delta[:, t], h[:, t - 1])
        g["U"] += np.outer(delta[:, t], X[:, t])
        g["b"] += delta[:, [t]]
    return g
