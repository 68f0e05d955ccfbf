# GRU from the lecture notes, h = (1 - z) * h_prev + z * candidate
import numpy as np


def sig(x):
    return 1.0 / (1.0 + np.exp(-x))


def gru_loss(theta, xs, ys, s0):
    """theta: Uz Wz bz Ur Wr br Uh Wh bh V c, xs and ys lists of indices, s0: (m,)"""
    Uz, Wz, bz, Ur, Wr, br, Uh, Wh, bh, V, c = theta
    s = s0
    memo = []
    L = 0
    for x, y in zip(xs, ys):
        z = sig(Uz[:, x] + Wz @ s + bz)
        r = sig(Ur[:, x] + Wr @ s + br)
        q = np.tanh(Uh[:, x] + Wh @ (r * s) + bh)
        s_new = (1 - z) * s + z * q
        o = V @ s_new + c
        p = np.exp(o - o.max())
        p = p / p.sum()
        L = L - np.log(p[y])
        memo.append((x, y, s, z, r, q, s_new, p))
        s = s_new
    return L, memo


def gru_bptt(theta, memo):
    Uz, Wz, bz, Ur, Wr, br, Uh, Wh, bh, V, c = theta
    dUz, dWz, dbz, dUr, dWr, dbr, dUh, dWh, dbh, dV, dc = [np.zeros(w.shape) for w in theta]
    ds_next = np.zeros(len(bz))
    for x, y, s, z, r, q, s_new, p in memo[::-1]:
        do = p.copy()
        do[y] -= 1
        dV += np.outer(do, s_new)
        dc += do
        ds_new = V.T @ do + ds_next

        dz = ds_new * (q - s)
        dq = ds_new * z
        ds = ds_new * (1 - z)

        dq_in = dq * (1 - q**2)
        dUh[:, x] += dq_in
        dWh += np.outer(dq_in, r * s)
        dbh += dq_in
        drs = Wh.T @ dq_in
        dr = drs * s
        ds += drs * r

        dz_in = dz * z * (1 - z)
        dUz[:, x] += dz_in
        dWz += np.outer(dz_in, s)
        dbz += dz_in
        ds += Wz.T @ dz_in

        dr_in = dr * r * (1 - r)
        dUr[:, x] += dr_in
        dWr += np.outer(dr_in, s)
        dbr += dr_in
        ds += Wr.T @ dr_in

        ds_next = ds
    return [dUz, dWz, dbz, dUr, dWr, dbr, dUh, dWh, dbh, dV, dc]
