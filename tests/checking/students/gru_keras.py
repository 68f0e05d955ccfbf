import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class GRULayer:
    """
    kernel (D, 3H), recurrent_kernel (H, 3H), bias (2, 3H); blocks z, r, h.
    The reset gate acts after the product (reset_after=True), and z keeps the old state.
    """

    def __init__(self, kernel, recurrent_kernel, bias):
        self.kernel = kernel
        self.recurrent_kernel = recurrent_kernel
        self.bias = bias

    def forward(self, x, h0=None):
        """x: (N, T, D) -> (N, T, H)"""
        N, T, D = x.shape
        H = self.recurrent_kernel.shape[0]
        h = np.zeros((N, H)) if h0 is None else h0
        out = np.zeros((N, T, H))
        self.cache = []
        for t in range(T):
            mx = x[:, t] @ self.kernel + self.bias[0]
            mh = h @ self.recurrent_kernel + self.bias[1]
            z = sigmoid(mx[:, :H] + mh[:, :H])
            r = sigmoid(mx[:, H : 2 * H] + mh[:, H : 2 * H])
            hh = np.tanh(mx[:, 2 * H :] + r * mh[:, 2 * H :])
            self.cache.append((x[:, t], h, z, r, hh, mh[:, 2 * H :]))
            h = z * h + (1 - z) * hh
            out[:, t] = h
        return out

    def backward(self, dout):
        N, T, H = dout.shape
        D = self.kernel.shape[0]
        self.dkernel = np.zeros_like(self.kernel)
        self.drecurrent_kernel = np.zeros_like(self.recurrent_kernel)
        self.dbias = np.zeros_like(self.bias)
        dx = np.zeros((N, T, D))
        dh = np.zeros((N, H))
        for t in range(T - 1, -1, -1):
            x, h_prev, z, r, hh, mh_h = self.cache[t]
            dh = dh + dout[:, t]
            dz = dh * (h_prev - hh) * z * (1 - z)
            dhh = dh * (1 - z) * (1 - hh * hh)
            dr = dhh * mh_h * r * (1 - r)
            dmx = np.concatenate([dz, dr, dhh], axis=1)
            dmh = np.concatenate([dz, dr, dhh * r], axis=1)
            self.dkernel += x.T @ dmx
            self.drecurrent_kernel += h_prev.T @ dmh
            self.dbias[0] += dmx.sum(axis=0)
            self.dbias[1] += dmh.sum(axis=0)
            dx[:, t] = dmx @ self.kernel.T
            dh = dh * z + dmh @ self.recurrent_kernel.T
        self.dh0 = dh
        return dx
