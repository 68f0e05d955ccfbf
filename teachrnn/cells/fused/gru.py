"""Gated recurrent unit, reset before, over a whole sequence."""

from __future__ import annotations

import numpy as np

from teachrnn.array import Array
from teachrnn.cells.fused.layer import FusedLayer
from teachrnn.cells.fused.weights import WeightLayout


class GRUForward:
    """Views that one step forward works on."""

    __slots__ = (
        "gates",
        "h",
        "h_minus_n",
        "h_times",
        "n",
        "past",
        "reset",
        "reset_times",
        "rho",
        "u",
        "u_n",
        "z",
    )

    def __init__(self, layer: FusedGRU, t: int) -> None:
        step, gates, u = layer.step, layer.gates[t], layer.by_gate(layer.step(layer.u, t))
        self.h_times = step(layer.H, t).dot  # [h_{t-1}, 1] times a matrix
        self.u, self.u_n = u[:2], u[2]  # U x_t
        self.gates = gates[:2]
        self.rho, self.z, self.n = gates
        self.past, self.h = step(layer.H, t)[..., :-1], step(layer.H, t + 1)[..., :-1]
        self.reset = step(layer.reset, t)[..., :-1]  # rho_t times h_{t-1}
        self.reset_times = step(layer.reset, t).dot  # the same and a 1, times a matrix
        self.h_minus_n = step(layer.h_minus_n, t)  # h_{t-1} - n_t


class GRUBackward:
    """Views that one step backward works on."""

    __slots__ = (
        "da_n",
        "da_n_times",
        "da_rho",
        "da_times",
        "da_z",
        "dh",
        "rho",
        "to_n",
        "to_rho",
        "to_z",
        "z",
    )

    def __init__(self, layer: FusedGRU, t: int, factors: Array) -> None:
        da, da_n = layer.step(layer.da, t), layer.step(layer.da_n, t)
        self.dh = layer.step(layer.dh, t)  # what reaches h_t from above
        # Factors that turn the gradient of the reset state into da_rho, and dh_t into da_z and da_n.
        self.to_rho, self.to_z, self.to_n = factors
        self.da_rho, self.da_z = layer.by_gate(da)
        self.da_times = da.dot  # da_rho and da_z, side by side, times a matrix
        self.da_n, self.da_n_times = da_n, da_n.dot
        self.rho, self.z = layer.gates[t, :2]


class FusedGRU(FusedLayer):
    r"""Gated recurrent unit, reset before, over a whole sequence.

    The candidate waits for the reset gate, so there are two products at each step. As
    $\sigma(a) = (\tanh(a / 2) + 1) / 2$, both gates are made by one $\tanh$ of halved weights.
    """

    layout = WeightLayout(recurrent=[["rho", "z"], ["n"]], inputs=["rho", "z", "n"])

    def prepare(self) -> None:
        m, N, B, T, step = self.m, self.N, self.B, self.T, self.step
        self.Wb = self.rows(m + 1, 2 * m)
        self.W, self.W_n = (self.transposed(Wb[:-1]) for Wb in self.weights.W)
        self.gates = self.gate_rows(3)  # rho, z, n
        self.reset, self.h_minus_n = self.rows(N, m + 1), self.rows(N, m)
        self.reset[:, -1] = 1
        self.a, self.a_n = step(self.rows(B, 2 * m), 0), step(self.rows(B, m), 0)
        self.forwards = [GRUForward(self, t) for t in range(T)]
        self.du = self.rows(N, 3 * m)
        self.da, self.da_n = self.rows(N, 2 * m), self.rows(N, m)
        self.dh_t, self.past, self.dreset = (step(self.rows(B, m), 0) for _ in range(3))
        spans = self.spans()
        factors = self.gate_rows(3, len(spans[0]))
        self.backwards = [
            (
                self.gates[span.start : span.stop],
                self.span_rows(self.h_minus_n, span),
                self.span_rows(self.before, span)[..., :-1],
                factors[: len(span)],
                [GRUBackward(self, t, factors[t - span.start]) for t in reversed(span)],
            )
            for span in reversed(spans)
        ]

    def forward(self) -> None:
        a, a_by_gate, a_n = self.a, self.by_gate(self.a), self.a_n
        add, multiply, subtract, tanh = np.add, np.multiply, np.subtract, np.tanh
        half, Wb, Wb_n = self.dtype.type(0.5), self.Wb, self.weights.W[1]
        u_gates = self.u[:, : 2 * self.m]
        multiply(self.weights.W[0], half, Wb)
        multiply(u_gates, half, u_gates)
        for now in self.forwards:
            gates, past, n, h_minus_n, h = now.gates, now.past, now.n, now.h_minus_n, now.h
            now.h_times(Wb, a)
            add(a_by_gate, now.u, gates)
            tanh(gates, gates)
            multiply(gates, half, gates)
            add(gates, half, gates)
            multiply(now.rho, past, now.reset)
            now.reset_times(Wb_n, a_n)
            add(a_n, now.u_n, a_n)
            tanh(a_n, n)
            subtract(past, n, h_minus_n)
            multiply(now.z, h_minus_n, h)
            add(h, n, h)

    def backward(self) -> None:
        dh_t, past, dreset, W, W_n = self.dh_t, self.past, self.dreset, self.W, self.W_n
        add, multiply = np.add, np.multiply
        self.transpose()
        past[...] = 0
        for gates, h_minus_n, before, factors, steps in self.backwards:
            self._factors(gates, h_minus_n, before, factors)
            for now in steps:
                add(past, now.dh, dh_t)
                multiply(dh_t, now.to_z, now.da_z)
                multiply(dh_t, now.to_n, now.da_n)
                now.da_n_times(W_n, dreset)
                multiply(dreset, now.to_rho, now.da_rho)
                now.da_times(W, past)
                multiply(dreset, now.rho, dreset)
                add(past, dreset, past)
                multiply(dh_t, now.z, dh_t)
                add(past, dh_t, past)
        np.copyto(self.du[:, : 2 * self.m], self.da)
        np.copyto(self.du[:, 2 * self.m :], self.da_n)
        self.before.T.dot(self.da, self.gradients.W[0])
        self.reset.T.dot(self.da_n, self.gradients.W[1])

    def _factors(self, gates: Array, h_minus_n: Array, before: Array, factors: Array) -> None:
        """The derivatives that turn dh_t into da_z and da_n, and the reset state's into da_rho."""
        multiply, subtract = np.multiply, np.subtract
        n = gates[:, 2]
        to_rho, to_z, to_n = factors[:, 0], factors[:, 1], factors[:, 2]
        subtract(1, gates[:, :2], factors[:, :2])
        multiply(n, n, to_n)
        subtract(1, to_n, to_n)
        multiply(to_n, to_z, to_n)
        multiply(factors[:, :2], gates[:, :2], factors[:, :2])
        multiply(to_rho, before, to_rho)
        multiply(to_z, h_minus_n, to_z)

    def memory(self) -> list[Array]:
        return [self.H, self.gates, self.reset]

    def values(self) -> dict[str, Array]:
        rho, z, n = (self.flat(self.gates[:, k]) for k in range(3))
        return {"h": self.h, "rho": rho, "z": z, "n": n, "reset": self.reset[:, :-1]}
