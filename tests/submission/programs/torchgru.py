import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def gru_forward(x, h0, weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0):
    h = h0
    H = h0.shape[1]
    outs = []
    cache = []
    for t in range(len(x)):
        gi = x[t] @ weight_ih_l0.T + bias_ih_l0
        gh = h @ weight_hh_l0.T + bias_hh_l0
        r = sigmoid(gi[:, :H] + gh[:, :H])
        z = sigmoid(gi[:, H : 2 * H] + gh[:, H : 2 * H])
        n = np.tanh(gi[:, 2 * H :] + r * gh[:, 2 * H :])
        hn = (1 - z) * n + z * h
        cache.append((x[t], h, r, z, n, gh[:, 2 * H :]))
        h = hn
        outs.append(h)
    return np.stack(outs), (cache, weight_ih_l0, weight_hh_l0)


def gru_backward(dout, cache):
    steps, Wi, Wh = cache
    dWi = np.zeros_like(Wi)
    dWh = np.zeros_like(Wh)
    dbi = np.zeros(len(Wi))
    dbh = np.zeros(len(Wi))
    dh = 0
    for t in reversed(range(len(dout))):
        x, hp, r, z, n, ghn = steps[t]
        d = dout[t] + dh
        dn = d * (1 - z) * (1 - n**2)
        dz = d * (hp - n) * z * (1 - z)
        dr = dn * ghn * r * (1 - r)
        gi = np.hstack([dr, dz, dn])
        gh = np.hstack([dr, dz, dn * r])
        dWi += gi.T @ x
        dWh += gh.T @ hp
        dbi += gi.sum(0)
        dbh += gh.sum(0)
        dh = d * z + gh @ Wh
    return {"weight_ih_l0": dWi, "weight_hh_l0": dWh, "bias_ih_l0": dbi, "bias_hh_l0": dbh, "h0": dh}
