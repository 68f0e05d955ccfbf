import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class LSTM:
    def __init__(self, n_hidden, n_vocab):
        H, V = n_hidden, n_vocab
        Z = H + V
        self.H, self.V = H, V
        r = lambda *s: np.random.randn(*s) * 0.1
        self.p = {
            "Wf": r(H, Z),
            "bf": r(H, 1),
            "Wi": r(H, Z),
            "bi": r(H, 1),
            "Wc": r(H, Z),
            "bc": r(H, 1),
            "Wo": r(H, Z),
            "bo": r(H, 1),
            "Wv": r(V, H),
            "bv": r(V, 1),
        }

    def forward_backward(self, xs, ys, h_prev, c_prev):
        p = self.p
        g = {k: np.zeros_like(v) for k, v in p.items()}
        st = []
        h, c = h_prev, c_prev
        loss = 0
        for x, y in zip(xs, ys):
            e = np.zeros((self.V, 1))
            e[x] = 1
            z = np.vstack([h, e])
            f = sigmoid(p["Wf"] @ z + p["bf"])
            i = sigmoid(p["Wi"] @ z + p["bi"])
            cb = np.tanh(p["Wc"] @ z + p["bc"])
            o = sigmoid(p["Wo"] @ z + p["bo"])
            c0 = c
            c = f * c + i * cb
            h = o * np.tanh(c)
            v = p["Wv"] @ h + p["bv"]
            q = np.exp(v) / np.exp(v).sum()
            loss -= np.log(q[y, 0])
            st.append((z, f, i, cb, o, c0, c, h, q, y))
        dh = np.zeros_like(h)
        dc = np.zeros_like(c)
        for z, f, i, cb, o, c0, c, h, q, y in reversed(st):
            dv = q.copy()
            dv[y] -= 1
            g["Wv"] += dv @ h.T
            g["bv"] += dv
            dh = p["Wv"].T @ dv + dh
            tc = np.tanh(c)
            dc = dc + dh * o * (1 - tc**2)
            d = {
                "o": dh * tc * o * (1 - o),
                "f": dc * c0 * f * (1 - f),
                "i": dc * cb * i * (1 - i),
                "c": dc * i * (1 - cb**2),
            }
            dz = 0
            for k in d:
                g["W" + k] += d[k] @ z.T
                g["b" + k] += d[k]
                dz = dz + p["W" + k].T @ d[k]
            dh = dz[: self.H]
            dc = dc * f
        return loss, g, h, c
