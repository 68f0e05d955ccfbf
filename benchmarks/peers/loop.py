"""NumPy as most people first write it: in the style of Karpathy's min-char-rnn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from peers.peer import EPSILON, ETA, LIMIT, Array, Parameters, Peer, Setting


class Loop(Peer):
    """A loop over time on column vectors kept in dicts, one-hot inputs, and products at every step."""

    name = "NumPy loop, min-char-rnn style"
    cells = ("vanilla",)

    def __init__(self, parameters: Parameters, setting: Setting) -> None:
        self.K, self.dtype = setting.K, setting.dtype
        columns = {name: p if p.ndim == 2 else p[:, None] for name, p in parameters.items()}
        self.p = {name: np.array(p, dtype=self.dtype) for name, p in columns.items()}
        self.memory = {name: np.zeros_like(p) for name, p in self.p.items()}
        self.h = np.zeros_like(self.p["b"])

    @classmethod
    def fits(cls, setting: Setting) -> bool:
        return super().fits(setting) and setting.B == 1

    def loss_and_gradient(self, x: list[int], y: list[int]) -> tuple[float, dict[str, Array]]:
        """Forward, then backward, one time step after the other; the last state is kept."""
        U, W, b, V, c = (self.p[name] for name in "UWbVc")
        one_hot, h, p, loss = {}, {-1: np.copy(self.h)}, {}, 0.0
        for t in range(len(x)):
            one_hot[t] = np.zeros((self.K, 1), dtype=self.dtype)
            one_hot[t][x[t]] = 1
            h[t] = np.tanh(np.dot(U, one_hot[t]) + np.dot(W, h[t - 1]) + b)
            o = np.dot(V, h[t]) + c
            p[t] = np.exp(o) / np.sum(np.exp(o))
            loss += -np.log(p[t][y[t], 0])
        d = {name: np.zeros_like(parameter) for name, parameter in self.p.items()}
        from_future = np.zeros_like(h[0])
        for t in reversed(range(len(x))):
            do = np.copy(p[t])
            do[y[t]] -= 1
            d["V"] += np.dot(do, h[t].T)
            d["c"] += do
            dh = np.dot(V.T, do) + from_future
            da = (1 - h[t] * h[t]) * dh
            d["b"] += da
            d["U"] += np.dot(da, one_hot[t].T)
            d["W"] += np.dot(da, h[t - 1].T)
            from_future = np.dot(W.T, da)
        self.h = h[len(x) - 1]
        return loss, d

    def step(self, x: Array, y: Array) -> float:
        loss, d = self.loss_and_gradient(x[:, 0].tolist(), y[:, 0].tolist())
        for name, gradient in d.items():
            np.clip(gradient, -LIMIT, LIMIT, out=gradient)
            self.memory[name] += gradient * gradient
            self.p[name] += -ETA * gradient / np.sqrt(self.memory[name] + EPSILON)
        return loss


class LoopAsWritten(Loop):
    """The same in float64, which such code uses, for comparison with float32."""

    name = "NumPy loop, in float64 as written"

    def __init__(self, parameters: Parameters, setting: Setting) -> None:
        super().__init__(parameters, replace(setting, dtype="float64"))

    @classmethod
    def fits(cls, setting: Setting) -> bool:
        return super().fits(setting) and setting.dtype == "float32"
