import numpy as np


class Parameter:
    def __init__(self, data):
        self.data = data
        self.grad = np.zeros_like(data)


class Linear:
    def __init__(self, in_features, out_features):
        self.weight = Parameter(np.random.randn(out_features, in_features))
        self.bias = Parameter(np.zeros(out_features))

    def forward(self, x):
        self.x = x
        return x @ self.weight.data.T + self.bias.data

    def backward(self, dy):
        self.weight.grad += np.einsum("nto,nti->oi", dy, self.x)
        self.bias.grad += dy.sum((0, 1))
        return dy @ self.weight.data


class RNNLayer:
    def __init__(self, input_size, hidden_size):
        self.weight_ih = Parameter(np.random.randn(hidden_size, input_size))
        self.weight_hh = Parameter(np.random.randn(hidden_size, hidden_size))
        self.bias_ih = Parameter(np.zeros(hidden_size))
        self.bias_hh = Parameter(np.zeros(hidden_size))
        self.hidden_size = hidden_size

    def forward(self, x, h0):
        self.x = x
        self.hs = [h0]
        for t in range(x.shape[1]):
            self.hs.append(
                np.tanh(
                    x[:, t] @ self.weight_ih.data.T
                    + self.bias_ih.data
                    + self.hs[-1] @ self.weight_hh.data.T
                    + self.bias_hh.data
                )
            )
        return np.stack(self.hs[1:], 1)

    def backward(self, dout):
        dh = 0
        dx = np.zeros_like(self.x)
        for t in reversed(range(self.x.shape[1])):
            da = (dout[:, t] + dh) * (1 - self.hs[t + 1] ** 2)
            self.weight_ih.grad += da.T @ self.x[:, t]
            self.weight_hh.grad += da.T @ self.hs[t]
            self.bias_ih.grad += da.sum(0)
            self.bias_hh.grad += da.sum(0)
            dx[:, t] = da @ self.weight_ih.data
            dh = da @ self.weight_hh.data
        return dx, dh


class CharModel:
    def __init__(self, vocab_size, hidden_size):
        self.rnn = RNNLayer(vocab_size, hidden_size)
        self.fc = Linear(hidden_size, vocab_size)
        self.vocab_size = vocab_size

    def forward(self, x, h0):
        return self.fc.forward(self.rnn.forward(np.eye(self.vocab_size)[x], h0))

    def loss(self, x, targets, h0):
        self.logits = self.forward(x, h0)
        z = self.logits - self.logits.max(-1, keepdims=True)
        self.p = np.exp(z) / np.exp(z).sum(-1, keepdims=True)
        self.targets = targets
        N, T = targets.shape
        return -np.log(np.take_along_axis(self.p, targets[..., None], -1)).sum() / N

    def backward(self):
        N, T = self.targets.shape
        d = self.p.copy()
        d[np.arange(N)[:, None], np.arange(T), self.targets] -= 1
        self.rnn.backward(self.fc.backward(d / N))
