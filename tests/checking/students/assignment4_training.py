import numpy as np


def Forward(RNN, h0, X, Y):
    """X, Y: (K, T) one-hot columns."""
    T = X.shape[1]
    H = np.zeros((h0.shape[0], T + 1))
    H[:, 0] = h0[:, 0]
    P = np.zeros_like(Y)
    loss = 0
    for t in range(T):
        a = RNN["W"] @ H[:, [t]] + RNN["U"] @ X[:, [t]] + RNN["b"]
        h = np.tanh(a)
        o = RNN["V"] @ h + RNN["c"]
        p = np.exp(o - o.max())
        p /= p.sum()
        H[:, [t + 1]] = h
        P[:, [t]] = p
        loss -= np.log(Y[:, t] @ p[:, 0])
    return loss, H, P


def Backward(RNN, X, Y, H, P):
    T = X.shape[1]
    G = P - Y
    grads = {"V": G @ H[:, 1:].T, "c": G.sum(axis=1, keepdims=True)}
    dA = np.zeros((H.shape[0], T))
    dh_next = np.zeros(H.shape[0])
    for t in reversed(range(T)):
        dh = RNN["V"].T @ G[:, t] + dh_next
        dA[:, t] = dh * (1 - H[:, t + 1] ** 2)
        dh_next = RNN["W"].T @ dA[:, t]
    grads["W"] = dA @ H[:, :-1].T
    grads["U"] = dA @ X.T
    grads["b"] = dA.sum(axis=1, keepdims=True)
    return grads


def ClipGradients(grads):
    for f in grads:
        grads[f] = np.maximum(np.minimum(grads[f], 5), -5)


def RMSPropStep(RNN, grads, m, eta, gamma=0.9, eps=1e-8):
    for f in RNN:
        m[f] = gamma * m[f] + (1 - gamma) * grads[f] ** 2
        RNN[f] = RNN[f] - eta / np.sqrt(m[f] + eps) * grads[f]


def TrainStep(RNN, m, X, Y, hprev, eta):
    loss, H, P = Forward(RNN, hprev, X, Y)
    grads = Backward(RNN, X, Y, H, P)
    ClipGradients(grads)
    RMSPropStep(RNN, grads, m, eta)
    return loss, H[:, [-1]]
