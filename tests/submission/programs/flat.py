import numpy as np


def unpack(theta, m, K):
    i = 0
    out = []
    for s in [(m, K), (m, m), (m,), (K, m), (K,)]:
        n = int(np.prod(s))
        out.append(theta[i : i + n].reshape(s))
        i += n
    return out


def run(theta, x, m, K):
    U, W, b, V, c = unpack(theta, m, K)
    h = np.zeros(m)
    hs = [h]
    os = []
    for t in x:
        h = np.tanh(U[:, t] + W @ h + b)
        hs.append(h)
        os.append(V @ h + c)
    return hs, os


def loss(theta, x, y, m, K):
    _, os = run(theta, x, m, K)
    return sum(np.log(np.exp(o).sum()) - o[t] for o, t in zip(os, y)) / len(x)


def grad(theta, x, y, m, K):
    U, W, b, V, c = unpack(theta, m, K)
    hs, os = run(theta, x, m, K)
    dU, dW, db, dV, dc = [np.zeros_like(a) for a in (U, W, b, V, c)]
    dn = np.zeros(m)
    for t in reversed(range(len(x))):
        p = np.exp(os[t])
        p /= p.sum()
        p[y[t]] -= 1
        p /= len(x)
        dV += np.outer(p, hs[t + 1])
        dc += p
        da = (V.T @ p + dn) * (1 - hs[t + 1] ** 2)
        dU[:, x[t]] += da
        dW += np.outer(da, hs[t])
        db += da
        dn = W.T @ da
    return np.concatenate([a.ravel() for a in (dU, dW, db, dV, dc)])
