import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    p = parameters
    Wf = parameters["Wf"]
    bf = parameters["bf"]
    Wi = parameters["Wi"]
    bi = parameters["bi"]
    Wc = parameters["Wc"]
    bc = parameters["bc"]
    Wo = parameters["Wo"]
    bo = parameters["bo"]
    Wy = parameters["Wy"]
    by = parameters["by"]
    z = np.concatenate([a_prev, xt])
    ft = sigmoid(Wf @ z + bf)
    it = sigmoid(Wi @ z + bi)
    cct = np.tanh(Wc @ z + bc)
    ot = sigmoid(Wo @ z + bo)
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    s = Wy @ a_next + by
    yt_pred = np.exp(s) / np.exp(s).sum(0)
    return a_next, c_next, yt_pred, (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)


def lstm_cell_backward(da_next, dc_next, cache):
    (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters) = cache
    n_a = a_next.shape[0]
    dot = da_next * np.tanh(c_next) * ot * (1 - ot)
    dc = dc_next + da_next * ot * (1 - np.tanh(c_next) ** 2)
    dcct = dc * it * (1 - cct**2)
    dit = dc * cct * it * (1 - it)
    dft = dc * c_prev * ft * (1 - ft)
    z = np.concatenate([a_prev, xt])
    dWf = dft @ z.T
    dWi = dit @ z.T
    dWc = dcct @ z.T
    dWo = dot @ z.T
    dz = (
        parameters["Wf"].T @ dft
        + parameters["Wi"].T @ dit
        + parameters["Wc"].T @ dcct
        + parameters["Wo"].T @ dot
    )
    return {
        "dxt": dz[n_a:],
        "da_prev": dz[:n_a],
        "dc_prev": dc * ft,
        "dWf": dWf,
        "dbf": dft.sum(1, keepdims=True),
        "dWi": dWi,
        "dbi": dit.sum(1, keepdims=True),
        "dWc": dWc,
        "dbc": dcct.sum(1, keepdims=True),
        "dWo": dWo,
        "dbo": dot.sum(1, keepdims=True),
    }
