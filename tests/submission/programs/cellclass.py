import numpy as np


class VanillaRNNCell:
    def __init__(self, input_dim, hidden_dim):
        self.Wx = np.random.randn(input_dim, hidden_dim)
        self.Wh = np.random.randn(hidden_dim, hidden_dim)
        self.b = np.zeros(hidden_dim)
        self.dWx = np.zeros_like(self.Wx)
        self.dWh = np.zeros_like(self.Wh)
        self.db = np.zeros_like(self.b)

    def forward(self, x, h_prev):
        h = np.tanh(x @ self.Wx + h_prev @ self.Wh + self.b)
        return h, (x, h_prev, h)

    def backward(self, dh, cache):
        x, h_prev, h = cache
        da = dh * (1 - h**2)
        self.dWx += x.T @ da
        self.dWh += h_prev.T @ da
        self.db += da.sum(0)
        return da @ self.Wx.T, da @ self.Wh.T
