import numpy as np


class CharModel:
    def __init__(self, vocab_size, hidden_size, lr=1e-3, max_norm=5.0):
        self.params = {
            "Wx": np.random.randn(vocab_size, hidden_size) * 0.1,
            "Wh": np.random.randn(hidden_size, hidden_size) * 0.1,
            "b": np.zeros(hidden_size),
            "Wy": np.random.randn(hidden_size, vocab_size) * 0.1,
            "by": np.zeros(vocab_size),
        }
        self.lr, self.max_norm = lr, max_norm
        self.beta1, self.beta2, self.eps = 0.9, 0.999, 1e-8
        self.t = 0
        self.m = {k: np.zeros_like(v) for k, v in self.params.items()}
        self.v = {k: np.zeros_like(v) for k, v in self.params.items()}

    def loss_and_grads(self, x, y, h0):
        """x, y: (N, T) class numbers, h0: (N, H). Loss is the mean over N and T."""
        p = self.params
        N, T = x.shape
        h, hs, probs, loss = h0, [], [], 0.0
        for t in range(T):
            h = np.tanh(p["Wx"][x[:, t]] + h @ p["Wh"] + p["b"])
            scores = h @ p["Wy"] + p["by"]
            e = np.exp(scores - scores.max(axis=1, keepdims=True))
            prob = e / e.sum(axis=1, keepdims=True)
            loss -= np.log(prob[np.arange(N), y[:, t]]).sum()
            hs.append(h)
            probs.append(prob)
        grads = {k: np.zeros_like(w) for k, w in p.items()}
        dh = np.zeros_like(h0)
        for t in range(T - 1, -1, -1):
            do = probs[t]
            do[np.arange(N), y[:, t]] -= 1
            do /= N * T
            grads["Wy"] += hs[t].T @ do
            grads["by"] += do.sum(axis=0)
            da = (do @ p["Wy"].T + dh) * (1 - hs[t] ** 2)
            prev = hs[t - 1] if t > 0 else h0
            grads["Wh"] += prev.T @ da
            np.add.at(grads["Wx"], x[:, t], da)
            grads["b"] += da.sum(axis=0)
            dh = da @ p["Wh"].T
        return loss / (N * T), grads, h

    def clip(self, grads):
        total = np.sqrt(sum((g**2).sum() for g in grads.values()))
        if total > self.max_norm:
            scale = self.max_norm / total
            for k in grads:
                grads[k] *= scale
        return grads

    def update(self, grads):
        self.t += 1
        for k, g in grads.items():
            self.m[k] = self.beta1 * self.m[k] + (1 - self.beta1) * g
            self.v[k] = self.beta2 * self.v[k] + (1 - self.beta2) * g * g
            m_hat = self.m[k] / (1 - self.beta1**self.t)
            v_hat = self.v[k] / (1 - self.beta2**self.t)
            self.params[k] -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)

    def train_step(self, x, y, h0):
        loss, grads, h = self.loss_and_grads(x, y, h0)
        grads = self.clip(grads)
        self.update(grads)
        return loss, h
