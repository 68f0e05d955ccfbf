"""Long short-term memory over a whole sequence."""

from __future__ import annotations

import numpy as np

from teachrnn.array import Array
from teachrnn.cells.fused.layer import FusedLayer
from teachrnn.cells.fused.weights import WeightLayout


class LSTMForward:
    """Views that one step forward works on."""

    __slots__ = ("g_s", "gates", "h", "h_times", "i_f", "q", "s", "sigmoids", "squash", "u")

    def __init__(self, layer: FusedLSTM, t: int) -> None:
        step, gates = layer.step, layer.gates[t]
        self.h_times = step(layer.H, t).dot  # [h_{t-1}, 1] times a matrix
        self.u = layer.by_gate(step(layer.u, t))  # U x_t
        self.gates, self.sigmoids, self.i_f = gates[:4], gates[:3], gates[1:3]
        self.q, self.g_s = gates[0], gates[3:]  # g_s: g_t, and s_{t-1} beside it
        self.s, self.squash = layer.gates[t + 1, 4], step(layer.squash, t)  # s_t and its tanh
        self.h = step(layer.H, t + 1)[..., :-1]


class LSTMBackward:
    """Views that one step backward works on."""

    __slots__ = ("da_gates", "da_q", "da_times", "dh", "f", "to_gates", "to_q", "to_s")

    def __init__(self, layer: FusedLSTM, t: int, to_s: Array, to_q: Array, to_gates: Array) -> None:
        step, da = layer.step, layer.by_gate(layer.step(layer.da, t))
        self.da_times = step(layer.da, t + 1).dot  # da_{t+1} times a matrix
        self.dh = step(layer.dh, t)  # what reaches h_t from above
        self.to_s, self.to_q = to_s, to_q  # factors that turn dh_t into its part of ds_t, and into da_q
        self.to_gates = to_gates  # factors that turn ds_t into da_i, da_f and da_g
        self.da_q, self.da_gates = da[0], da[1:]
        self.f = layer.gates[t, 2]


class FusedLSTM(FusedLayer):
    r"""Long short-term memory over a whole sequence.

    The gates are stored side by side in the order q, i, f, g, followed by $s_{t-1}$, so that
    $[i, f] \odot [g, s_{t-1}]$ is one product. As $\sigma(a) = (\tanh(a / 2) + 1) / 2$, one $\tanh$
    serves all four gates: the weights of the three sigmoids are halved beforehand. Backward,
    $da_i, da_f, da_g$ are $ds_t$ times factors that are prepared for many steps at once.
    """

    layout = WeightLayout(recurrent=[["q", "i", "f", "g"]], inputs=["q", "i", "f", "g"])

    def prepare(self) -> None:
        m, N, B, T, step = self.m, self.N, self.B, self.T, self.step
        self.half = np.repeat(np.array([0.5, 0.5, 0.5, 1], self.dtype), m)
        self.Wb, self.W = self.rows(m + 1, 4 * m), self.transposed(self.weights.W[0][:-1])
        self.gates = self.gate_rows(5, T + 1)  # q, i, f, g, and s of the step before
        self.squash = self.rows(N, m)
        self.state["s"] = self.gates[0, 4].reshape(B, m)
        self.final_state["s"] = self.gates[T, 4].reshape(B, m)
        self.a = step(self.rows(B, 4 * m), 0)
        self.parts = self.gate_rows(2, 1)[0]
        self.forwards = [LSTMForward(self, t) for t in range(T)]
        self.da = self.rows(N + B, 4 * m)  # ends with the zeros that arrive from after the last step
        self.du = self.da[:N]
        self.dh_t, self.ds, self.term = (step(self.rows(B, m), 0) for _ in range(3))
        spans = self.spans()
        to_s, to_q = self.gate_rows(1, len(spans[0]))[:, 0], self.gate_rows(1, len(spans[0]))[:, 0]
        to_gates = self.gate_rows(3, len(spans[0]))
        self.backwards = [
            (
                self.gates[span.start : span.stop],
                self.span_rows(self.squash, span),
                (to_s[: len(span)], to_q[: len(span)], to_gates[: len(span)]),
                [
                    LSTMBackward(self, t, *(to[t - span.start] for to in (to_s, to_q, to_gates)))
                    for t in reversed(span)
                ],
            )
            for span in reversed(spans)
        ]

    def forward(self) -> None:
        a, a_by_gate, parts = self.a, self.by_gate(self.a), self.parts
        add, multiply, tanh = np.add, np.multiply, np.tanh
        (written, kept), half, Wb = parts, self.dtype.type(0.5), self.Wb
        multiply(self.weights.W[0], self.half, Wb)
        multiply(self.u, self.half, self.u)
        for now in self.forwards:
            gates, sigmoids, squash, s = now.gates, now.sigmoids, now.squash, now.s
            now.h_times(Wb, a)
            add(a_by_gate, now.u, gates)
            tanh(gates, gates)
            multiply(sigmoids, half, sigmoids)
            add(sigmoids, half, sigmoids)
            multiply(now.i_f, now.g_s, parts)
            add(written, kept, s)
            tanh(s, squash)
            multiply(now.q, squash, now.h)

    def backward(self) -> None:
        dh_t, ds, term, W = self.dh_t, self.ds, self.term, self.W
        add, multiply = np.add, np.multiply
        self.transpose()
        ds[...] = 0
        for gates, squash, factors, steps in self.backwards:
            self._factors(gates, squash, *factors)
            for now in steps:
                now.da_times(W, dh_t)
                add(dh_t, now.dh, dh_t)
                multiply(dh_t, now.to_s, term)
                add(ds, term, ds)
                multiply(dh_t, now.to_q, now.da_q)
                multiply(ds, now.to_gates, now.da_gates)
                multiply(ds, now.f, ds)
        self.before.T.dot(self.du, self.gradients.W[0])

    def _factors(self, gates: Array, squash: Array, to_s: Array, to_q: Array, to_gates: Array) -> None:
        """The derivatives that turn dh_t into ds_t and da_q, and ds_t into da_i, da_f and da_g."""
        multiply, subtract = np.multiply, np.subtract
        q, i, g = gates[:, 0], gates[:, 1], gates[:, 3]
        i_f, g_s = gates[:, 1:3], gates[:, 3:]
        to_i_f, to_g = to_gates[:, :2], to_gates[:, 2]
        multiply(squash, squash, to_s)
        subtract(1, to_s, to_s)
        multiply(to_s, q, to_s)
        subtract(1, q, to_q)
        multiply(to_q, q, to_q)
        multiply(to_q, squash, to_q)
        subtract(1, i_f, to_i_f)
        multiply(to_i_f, i_f, to_i_f)
        multiply(to_i_f, g_s, to_i_f)
        multiply(g, g, to_g)
        subtract(1, to_g, to_g)
        multiply(to_g, i, to_g)

    def memory(self) -> list[Array]:
        return [self.H, self.gates, self.squash]

    def initial(self) -> dict[str, Array]:
        return {**super().initial(), "s": self.gates[0, 4].reshape(self.B, self.m)}

    def values(self) -> dict[str, Array]:
        q, i, f, g = (self.flat(self.gates[: self.T, k]) for k in range(4))
        s = self.flat(self.gates[1:, 4])
        return {"h": self.h, "q": q, "i": i, "f": f, "g": g, "s": s, "squash": self.squash}
