import numpy as np


class CharRNN:
    def __init__(self, vocab_size, hidden_size=50, learning_rate=0.1):
        self.vocab_size, self.hidden_size, self.lr = vocab_size, hidden_size, learning_rate
        self.W_xh = np.random.randn(hidden_size, vocab_size)
        self.W_hh = np.random.randn(hidden_size, hidden_size)
        self.W_hy = np.random.randn(vocab_size, hidden_size)
        self.b_h = np.zeros((hidden_size, 1))
        self.b_y = np.zeros((vocab_size, 1))
        self.h = np.zeros((hidden_size, 1))

    def train_step(self, inputs, targets):
        hs = {-1: self.h}
        ps = {}
        loss = 0
        for t in range(len(inputs)):
            x = np.zeros((self.vocab_size, 1))
            x[inputs[t]] = 1
            hs[t] = np.tanh(self.W_xh @ x + self.W_hh @ hs[t - 1] + self.b_h)
            y = self.W_hy @ hs[t] + self.b_y
            ps[t] = np.exp(y) / np.exp(y).sum()
            loss -= np.log(ps[t][targets[t], 0])
        g = [np.zeros_like(a) for a in (self.W_xh, self.W_hh, self.W_hy, self.b_h, self.b_y)]
        dn = 0
        for t in reversed(range(len(inputs))):
            dy = ps[t].copy()
            dy[targets[t]] -= 1
            g[2] += dy @ hs[t].T
            g[4] += dy
            da = (self.W_hy.T @ dy + dn) * (1 - hs[t] ** 2)
            g[3] += da
            g[0][:, inputs[t]] += da[:, 0]
            g[1] += da @ hs[t - 1].T
            dn = self.W_hh.T @ da
        for p, d in zip((self.W_xh, self.W_hh, self.W_hy, self.b_h, self.b_y), g):
            p -= self.lr * np.clip(d, -500, 500)
        self.h = hs[len(inputs) - 1]
        return loss
