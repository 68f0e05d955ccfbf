import numpy as np


class RNN:
    """The parameters, and nothing else."""

    def __init__(self, m=100, K=80, sig=0.01, seed=400):
        rng = np.random.default_rng(seed)
        self.b = np.zeros((m, 1))
        self.c = np.zeros((K, 1))
        self.U = rng.standard_normal((m, K)) * sig
        self.W = rng.standard_normal((m, m)) * sig
        self.V = rng.standard_normal((K, m)) * sig


def ForwardPass(RNN, h0, X, Y):
    """X and Y are one-hot, K x tau. Returns the summed loss and what the backward pass needs."""
    tau = X.shape[1]
    m = RNN.W.shape[0]
    K = X.shape[0]
    A = np.zeros((m, tau))
    H = np.zeros((m, tau + 1))
    P = np.zeros((K, tau))
    H[:, [0]] = h0
    for t in range(tau):
        a = RNN.W @ H[:, [t]] + RNN.U @ X[:, [t]] + RNN.b
        h = np.tanh(a)
        o = RNN.V @ h + RNN.c
        p = np.exp(o) / np.sum(np.exp(o))
        A[:, [t]] = a
        H[:, [t + 1]] = h
        P[:, [t]] = p
    loss = -np.sum(np.log(np.sum(Y * P, axis=0)))
    return loss, A, H, P


def ComputeGradients(RNN, X, Y, A, H, P):
    tau = X.shape[1]
    m = H.shape[0]
    grads = {}
    for f in ["b", "c", "U", "W", "V"]:
        grads[f] = np.zeros_like(getattr(RNN, f))

    G = -(Y - P).T  # tau x K, one row is dL/do_t
    dLda = np.zeros((1, m))
    for t in range(tau - 1, -1, -1):
        g = G[[t], :]
        grads["V"] += g.T @ H[:, [t + 1]].T
        grads["c"] += g.T
        dLdh = g @ RNN.V + dLda @ RNN.W
        dLda = dLdh @ np.diag(1 - np.tanh(A[:, t]) ** 2)
        grads["W"] += dLda.T @ H[:, [t]].T
        grads["U"] += dLda.T @ X[:, [t]].T
        grads["b"] += dLda.T
    return grads


def ComputeGradsNum(RNN, h0, X, Y, f, h=1e-4):
    P = getattr(RNN, f)
    grad = np.zeros_like(P)
    for i in np.ndindex(P.shape):
        P[i] -= h
        l1 = ForwardPass(RNN, h0, X, Y)[0]
        P[i] += 2 * h
        l2 = ForwardPass(RNN, h0, X, Y)[0]
        P[i] -= h
        grad[i] = (l2 - l1) / (2 * h)
    return grad
