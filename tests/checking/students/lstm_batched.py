"""
LSTM over a batch: X is (T, B, D), one matrix of shape (1 + D + H, 4H) with the bias in its first row.
Columns: input gate, forget gate, output gate, candidate.
"""

import numpy as np


def init(input_size, hidden_size, forget_bias=1.0):
    fan_in = input_size + hidden_size
    weights = np.random.randn(fan_in, 4 * hidden_size) / np.sqrt(fan_in)
    bias = np.zeros(4 * hidden_size)
    bias[hidden_size : 2 * hidden_size] = forget_bias
    return np.vstack([bias, weights])


def forward(X, WLSTM, c0=None, h0=None):
    n, b, input_size = X.shape
    d = WLSTM.shape[1] // 4
    if c0 is None:
        c0 = np.zeros((b, d))
    if h0 is None:
        h0 = np.zeros((b, d))
    Hin = np.ones((n, b, WLSTM.shape[0]))  # 1, x, h of the step before
    Hout = np.zeros((n, b, d))
    IFOG = np.zeros((n, b, 4 * d))  # after the nonlinearity
    C = np.zeros((n, b, d))
    Ct = np.zeros((n, b, d))
    prevh, prevc = h0, c0
    for t in range(n):
        Hin[t, :, 1 : 1 + input_size] = X[t]
        Hin[t, :, 1 + input_size :] = prevh
        raw = Hin[t].dot(WLSTM)
        IFOG[t, :, : 3 * d] = 1.0 / (1.0 + np.exp(-raw[:, : 3 * d]))
        IFOG[t, :, 3 * d :] = np.tanh(raw[:, 3 * d :])
        i, f, o, g = np.split(IFOG[t], 4, axis=1)
        C[t] = i * g + f * prevc
        Ct[t] = np.tanh(C[t])
        Hout[t] = o * Ct[t]
        prevh, prevc = Hout[t], C[t]
    cache = (WLSTM, Hout, IFOG, C, Ct, Hin, c0, h0)
    return Hout, C[n - 1], Hout[n - 1], cache


def backward(dHout_in, cache, dcn=None, dhn=None):
    WLSTM, Hout, IFOG, C, Ct, Hin, c0, h0 = cache
    n, b, d = Hout.shape
    input_size = WLSTM.shape[0] - d - 1
    dIFOG = np.zeros(IFOG.shape)
    dWLSTM = np.zeros(WLSTM.shape)
    dX = np.zeros((n, b, input_size))
    dHout = dHout_in.copy()  # so that the caller's array stays as it is
    dC = np.zeros(C.shape)
    if dcn is not None:
        dC[n - 1] += dcn
    if dhn is not None:
        dHout[n - 1] += dhn
    for t in reversed(range(n)):
        i, f, o, g = np.split(IFOG[t], 4, axis=1)
        prevc = C[t - 1] if t > 0 else c0
        dC[t] += dHout[t] * o * (1 - Ct[t] ** 2)
        do = dHout[t] * Ct[t]
        df = dC[t] * prevc
        di = dC[t] * g
        dg = dC[t] * i
        dprevc = dC[t] * f
        dIFOG[t] = np.hstack((di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g * g)))
        dWLSTM += Hin[t].T.dot(dIFOG[t])
        dHin = dIFOG[t].dot(WLSTM.T)
        dX[t] = dHin[:, 1 : 1 + input_size]
        dprevh = dHin[:, 1 + input_size :]
        if t > 0:
            dC[t - 1] += dprevc
            dHout[t - 1] += dprevh
        else:
            dc0, dh0 = dprevc, dprevh
    return dX, dWLSTM, dc0, dh0
