import numpy as np

# RNN is a dict: U (m, K), W (m, m), V (K, m), b (m, 1), c (K, 1)


def init_rnn(m, K, rng):
    return {
        "U": rng.normal(size=(m, K)) / np.sqrt(2 * K),
        "W": rng.normal(size=(m, m)) / np.sqrt(2 * m),
        "V": rng.normal(size=(K, m)) / np.sqrt(m),
        "b": np.zeros((m, 1)),
        "c": np.zeros((K, 1)),
    }


def forward(X, y, hprev, RNN):
    """X: K x n one-hot, y: n targets, hprev: m x 1"""
    n = X.shape[1]
    m = RNN["b"].shape[0]
    Hs = np.zeros((m, n + 1))
    Hs[:, 0] = hprev[:, 0]
    UX = RNN["U"] @ X + RNN["b"]
    for t in range(n):
        Hs[:, t + 1] = np.tanh(UX[:, t] + RNN["W"] @ Hs[:, t])
    O = RNN["V"] @ Hs[:, 1:] + RNN["c"]
    O -= O.max(axis=0, keepdims=True)
    P = np.exp(O)
    P /= P.sum(axis=0, keepdims=True)
    loss = -np.log(P[y, np.arange(n)]).mean()
    return loss, P, Hs


def backward(X, y, RNN, P, Hs):
    n = X.shape[1]
    G = P.copy()
    G[y, np.arange(n)] -= 1
    G /= n
    dH = RNN["V"].T @ G
    D = 1 - Hs[:, 1:] ** 2
    dA = np.zeros_like(dH)
    dA[:, n - 1] = dH[:, n - 1] * D[:, n - 1]
    for t in range(n - 2, -1, -1):
        dA[:, t] = (dH[:, t] + RNN["W"].T @ dA[:, t + 1]) * D[:, t]
    grads = {}
    grads["V"] = G @ Hs[:, 1:].T
    grads["W"] = dA @ Hs[:, :-1].T
    grads["U"] = dA @ X.T
    grads["b"] = dA.sum(axis=1, keepdims=True)
    grads["c"] = G.sum(axis=1, keepdims=True)
    return grads


def loss_and_grads(X, y, hprev, RNN):
    loss, P, Hs = forward(X, y, hprev, RNN)
    return loss, backward(X, y, RNN, P, Hs), Hs[:, [-1]]
