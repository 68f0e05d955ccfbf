import numpy as np


def sigmoid(x):
    return np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))


def init(input_dim, hidden_dim, output_dim, seed=0):
    rng = np.random.RandomState(seed)
    return {
        "W_ih": rng.randn(3 * hidden_dim, input_dim) * 0.1,  # r, u, n
        "W_hh": rng.randn(3 * hidden_dim, hidden_dim) * 0.1,
        "b_ih": np.zeros(3 * hidden_dim),
        "b_hh": np.zeros(3 * hidden_dim),
        "W_o": rng.randn(output_dim, hidden_dim) * 0.1,
        "b_o": np.zeros(output_dim),
    }


def cell(x, h, p):
    # u is the update gate: h' = (1 - u) h + u n
    n_h = h.shape[1]
    gi = x @ p["W_ih"].T + p["b_ih"]
    gh = h @ p["W_hh"].T + p["b_hh"]
    r = sigmoid(gi[:, :n_h] + gh[:, :n_h])
    u = sigmoid(gi[:, n_h : 2 * n_h] + gh[:, n_h : 2 * n_h])
    hn = gh[:, 2 * n_h :]
    n = np.tanh(gi[:, 2 * n_h :] + r * hn)
    return (1 - u) * h + u * n, (x, h, r, u, n, hn)


def cell_backward(dh_new, saved, p, g):
    x, h, r, u, n, hn = saved
    du = dh_new * (n - h)
    dn = dh_new * u
    dh = dh_new * (1 - u)
    dn_pre = dn * (1 - n**2)
    dr_pre = dn_pre * hn * r * (1 - r)
    du_pre = du * u * (1 - u)
    dgi = np.hstack([dr_pre, du_pre, dn_pre])
    dgh = np.hstack([dr_pre, du_pre, dn_pre * r])
    g["W_ih"] += dgi.T @ x
    g["W_hh"] += dgh.T @ h
    g["b_ih"] += dgi.sum(0)
    g["b_hh"] += dgh.sum(0)
    dh += dgh @ p["W_hh"]
    return dh


def loss_and_grad(p, x, y, h0):
    """x: (N, T, D) floats, y: (N, T) labels, h0: (N, H). Mean over the N sequences, sum over time."""
    N, T, _ = x.shape
    h, saved, hs = h0, [], []
    for t in range(T):
        h, sv = cell(x[:, t], h, p)
        saved.append(sv)
        hs.append(h)

    loss, dscores = 0.0, []
    for t in range(T):
        scores = hs[t] @ p["W_o"].T + p["b_o"]
        scores -= scores.max(axis=1, keepdims=True)
        prob = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        loss -= np.log(prob[np.arange(N), y[:, t]]).sum() / N
        prob[np.arange(N), y[:, t]] -= 1
        dscores.append(prob / N)

    g = {k: np.zeros_like(v) for k, v in p.items()}
    dh = np.zeros_like(h0)
    for t in reversed(range(T)):
        g["W_o"] += dscores[t].T @ hs[t]
        g["b_o"] += dscores[t].sum(axis=0)
        dh = cell_backward(dh + dscores[t] @ p["W_o"], saved[t], p, g)
    return loss, g
