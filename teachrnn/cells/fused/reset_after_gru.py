"""Gated recurrent unit, reset after, over a whole sequence."""

from __future__ import annotations

import numpy as np

from teachrnn.array import Array
from teachrnn.cells.fused.layer import FusedLayer
from teachrnn.cells.fused.weights import WeightLayout


class ResetAfterForward:
    """Views that one step forward works on."""

    __slots__ = ("gates", "h", "h_minus_n", "h_times", "n", "past", "r_n", "rho", "u", "u_n", "z")

    def __init__(self, layer: FusedResetAfterGRU, t: int) -> None:
        step, gates, u = layer.step, layer.gates[t], layer.by_gate(layer.step(layer.u, t))
        self.h_times = step(layer.H, t).dot  # [h_{t-1}, 1] times a matrix
        self.u, self.u_n = u[:2], u[2]  # U x_t
        self.gates = gates[:2]
        self.rho, self.z, self.n = gates
        self.r_n = step(layer.r_n, t)  # W_n h_{t-1} + b_n
        self.past, self.h = step(layer.H, t)[..., :-1], step(layer.H, t + 1)[..., :-1]
        self.h_minus_n = step(layer.h_minus_n, t)  # h_{t-1} - n_t


class FusedResetAfterGRU(FusedLayer):
    r"""Gated recurrent unit, reset after, over a whole sequence: one product at each step.

    The recurrent products are in the order n, rho, z and the input products in the order rho, z,
    n, so that in $[dr_n, da_\rho, da_z, da_n]$ the first three are the gradient of the former, the
    last three of the latter. Each of them is $dh_t$ times a factor prepared for many steps at once.
    """

    layout = WeightLayout(recurrent=[["n", "rho", "z"]], inputs=["rho", "z", "n"], outside=["n"])

    def prepare(self) -> None:
        m, N, B, T, step = self.m, self.N, self.B, self.T, self.step
        self.half = np.repeat(np.array([1, 0.5, 0.5], self.dtype), m)
        self.Wb, self.W = self.rows(m + 1, 3 * m), self.transposed(self.weights.W[0][:-1])
        self.gates = self.gate_rows(3)  # rho, z, n
        self.r_n, self.h_minus_n = self.rows(N, m), self.rows(N, m)
        self.r, self.a_n = step(self.rows(B, 3 * m), 0), step(self.rows(B, m), 0)
        self.forwards = [ResetAfterForward(self, t) for t in range(T)]
        d = self.rows(N + B, 4 * m)  # dr_n, da_rho, da_z, da_n
        self.du, self.dr = d[:N, m:], d[:N, : 3 * m]
        self.ones = self.rows(N)
        self.ones[...] = 1
        self.passed, self.dh_t = step(self.rows(B, m), 0), step(self.rows(B, m), 0)
        self.dr_t = step(self.rows(B, 3 * m), 0)
        spans = self.spans()
        factors = self.gate_rows(4, len(spans[0]))
        self.backwards = [
            (
                self.gates[span.start : span.stop],
                self.span_rows(self.r_n, span),
                self.span_rows(self.h_minus_n, span),
                factors[: len(span)],
                [
                    (
                        step(d, t + 1)[..., : 3 * m],
                        step(self.dh, t),
                        factors[t - span.start],
                        self.by_gate(step(d, t)),
                        self.gates[t, 1],
                    )
                    for t in reversed(span)
                ],
            )
            for span in reversed(spans)
        ]

    def forward(self) -> None:
        r, a_n, Wb = self.r, self.a_n, self.Wb
        add, multiply, subtract, tanh = np.add, np.multiply, np.subtract, np.tanh
        half, (r_n_now, *_), r_gates = self.dtype.type(0.5), self.by_gate(r), self.by_gate(r)[1:]
        u_gates, u_candidate = self.u[:, : 2 * self.m], self.u[:, 2 * self.m :]
        multiply(self.weights.W[0], self.half, Wb)
        multiply(u_gates, half, u_gates)
        add(u_candidate, self.weights.c, u_candidate)
        for now in self.forwards:
            gates, r_n, n, h_minus_n, h = now.gates, now.r_n, now.n, now.h_minus_n, now.h
            now.h_times(Wb, r)
            add(r_gates, now.u, gates)
            tanh(gates, gates)
            multiply(gates, half, gates)
            add(gates, half, gates)
            np.copyto(r_n, r_n_now)
            multiply(now.rho, r_n, a_n)
            add(a_n, now.u_n, a_n)
            tanh(a_n, n)
            subtract(now.past, n, h_minus_n)
            multiply(h_minus_n, now.z, h)
            add(h, n, h)

    def backward(self) -> None:
        dh_t, passed, dr_t, W = self.dh_t, self.passed, self.dr_t, self.W
        add, multiply = np.add, np.multiply
        self.transpose()
        passed[...] = 0
        for gates, r_n, h_minus_n, factors, steps in self.backwards:
            self._factors(gates, r_n, h_minus_n, factors)
            for dr, dh, to, d, z in steps:
                np.copyto(dr_t, dr)
                dr_t.dot(W, dh_t)
                add(dh_t, passed, dh_t)
                add(dh_t, dh, dh_t)
                multiply(dh_t, to, d)
                multiply(dh_t, z, passed)
        self.before.T.dot(self.dr, self.gradients.W[0])
        self.ones.dot(self.du[:, 2 * self.m :], self.gradients.c)

    def _factors(self, gates: Array, r_n: Array, h_minus_n: Array, factors: Array) -> None:
        """The derivatives that turn dh_t into dr_n, da_rho, da_z and da_n."""
        multiply, subtract = np.multiply, np.subtract
        rho, n = gates[:, 0], gates[:, 2]
        to_r_n, to_rho, to_z, to_n = (factors[:, k] for k in range(4))
        subtract(1, gates[:, :2], factors[:, 1:3])
        multiply(n, n, to_n)
        subtract(1, to_n, to_n)
        multiply(to_n, to_z, to_n)
        multiply(to_n, rho, to_r_n)
        multiply(to_rho, to_r_n, to_rho)
        multiply(to_rho, r_n, to_rho)
        multiply(to_z, gates[:, 1], to_z)
        multiply(to_z, h_minus_n, to_z)

    def memory(self) -> list[Array]:
        return [self.H, self.r_n, self.gates]

    def values(self) -> dict[str, Array]:
        rho, z, n = (self.flat(self.gates[:, k]) for k in range(3))
        return {"h": self.h, "r_n": self.r_n, "rho": rho, "z": z, "n": n}
