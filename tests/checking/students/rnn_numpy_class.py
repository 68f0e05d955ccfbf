import numpy as np


def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()


class RNNNumpy:
    def __init__(self, word_dim, hidden_dim=100, bptt_truncate=1000):
        self.word_dim = word_dim
        self.hidden_dim = hidden_dim
        self.bptt_truncate = bptt_truncate
        self.U = 0.1 * np.random.randn(hidden_dim, word_dim)
        self.V = 0.1 * np.random.randn(word_dim, hidden_dim)
        self.W = 0.1 * np.random.randn(hidden_dim, hidden_dim)

    def forward_propagation(self, x):
        T = len(x)
        s = np.zeros((T + 1, self.hidden_dim))  # s[-1], the last row, stays zero: it is the start
        o = np.zeros((T, self.word_dim))
        for t in range(T):
            s[t] = np.tanh(self.U[:, x[t]] + self.W.dot(s[t - 1]))
            o[t] = softmax(self.V.dot(s[t]))
        return [o, s]

    def calculate_total_loss(self, x, y):
        o, s = self.forward_propagation(x)
        return -np.sum(np.log(o[np.arange(len(y)), y]))

    def bptt(self, x, y):
        T = len(y)
        o, s = self.forward_propagation(x)
        dLdU = np.zeros(self.U.shape)
        dLdV = np.zeros(self.V.shape)
        dLdW = np.zeros(self.W.shape)
        delta_o = o
        delta_o[np.arange(T), y] -= 1.0
        # for every output, walk all the way back
        for t in np.arange(T)[::-1]:
            dLdV += np.outer(delta_o[t], s[t])
            delta_t = self.V.T.dot(delta_o[t]) * (1 - s[t] ** 2)
            for step in np.arange(max(0, t - self.bptt_truncate), t + 1)[::-1]:
                dLdW += np.outer(delta_t, s[step - 1])
                dLdU[:, x[step]] += delta_t
                delta_t = self.W.T.dot(delta_t) * (1 - s[step - 1] ** 2)
        return [dLdU, dLdV, dLdW]


model = RNNNumpy(8, 4)
o, s = model.forward_propagation([0, 3, 1, 7])
print(o.shape)
print("loss of a random model:", model.calculate_total_loss([0, 3, 1, 7], [3, 1, 7, 2]))
