import numpy as np


def sigmoid(x, derivative=False):
    f = 1 / (1 + np.exp(-x))
    return f * (1 - f) if derivative else f


def tanh(x, derivative=False):
    f = np.tanh(x)
    return 1 - f**2 if derivative else f


def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()


class LSTM:
    def __init__(self, n_in, n_hid, rng=np.random.default_rng(1)):
        self.n_in, self.n_hid = n_in, n_hid
        for k in "figo":
            setattr(self, "W_" + k, rng.normal(0, 0.1, (n_hid, n_in)))
            setattr(self, "U_" + k, rng.normal(0, 0.1, (n_hid, n_hid)))
            setattr(self, "b_" + k, np.zeros((n_hid, 1)))
        self.W_v = rng.normal(0, 0.1, (n_in, n_hid))
        self.b_v = np.zeros((n_in, 1))

    def forward(self, inputs, h_prev, C_prev):
        """inputs: list of one-hot columns"""
        self.x = inputs
        self.h, self.C = [h_prev], [C_prev]
        self.a_f, self.a_i, self.a_g, self.a_o, self.p = [], [], [], [], []
        for x in inputs:
            h, C = self.h[-1], self.C[-1]
            a_f = self.W_f @ x + self.U_f @ h + self.b_f
            a_i = self.W_i @ x + self.U_i @ h + self.b_i
            a_g = self.W_g @ x + self.U_g @ h + self.b_g
            a_o = self.W_o @ x + self.U_o @ h + self.b_o
            C = sigmoid(a_f) * C + sigmoid(a_i) * tanh(a_g)
            h = sigmoid(a_o) * tanh(C)
            self.a_f.append(a_f)
            self.a_i.append(a_i)
            self.a_g.append(a_g)
            self.a_o.append(a_o)
            self.C.append(C)
            self.h.append(h)
            self.p.append(softmax(self.W_v @ h + self.b_v))
        return self.p

    def loss(self, targets):
        return -np.mean([np.sum(y * np.log(p)) for y, p in zip(targets, self.p)])

    def backward(self, targets):
        T = len(targets)
        d = {}
        for name, value in vars(self).items():
            if name[:2] in ("W_", "U_", "b_"):
                d[name] = np.zeros_like(value)
        dh_next = np.zeros_like(self.h[0])
        dC_next = np.zeros_like(self.C[0])
        for t in reversed(range(T)):
            x, h_prev, C_prev, C = self.x[t], self.h[t], self.C[t], self.C[t + 1]
            dv = (self.p[t] - targets[t]) / T
            d["W_v"] += dv @ self.h[t + 1].T
            d["b_v"] += dv
            dh = self.W_v.T @ dv + dh_next
            dC = dh * sigmoid(self.a_o[t]) * tanh(C, derivative=True) + dC_next
            da = {
                "f": dC * C_prev * sigmoid(self.a_f[t], derivative=True),
                "i": dC * tanh(self.a_g[t]) * sigmoid(self.a_i[t], derivative=True),
                "g": dC * sigmoid(self.a_i[t]) * tanh(self.a_g[t], derivative=True),
                "o": dh * tanh(C) * sigmoid(self.a_o[t], derivative=True),
            }
            dh_next = np.zeros_like(dh)
            for k in da:
                d["W_" + k] += da[k] @ x.T
                d["U_" + k] += da[k] @ h_prev.T
                d["b_" + k] += da[k]
                dh_next += getattr(self, "U_" + k).T @ da[k]
            dC_next = dC * sigmoid(self.a_f[t])
        return d
