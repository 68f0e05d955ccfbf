"""Gated recurrent unit, reset before, over a whole sequence."""

from __future__ import annotations

import numpy as np

from teachrnn.cells.fused.layer import Array, FusedLayer
from teachrnn.cells.fused.weights import WeightLayout


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
        self.forth = [
            (
                step(self.H, t).dot,
                self.by_gate(step(self.u, t))[:2],
                self.gates[t, :2],
                self.gates[t, 0],
                step(self.H, t)[..., :-1],
                step(self.reset, t)[..., :-1],
                step(self.reset, t).dot,
                self.by_gate(step(self.u, t))[2],
                self.gates[t, 2],
                step(self.h_minus_n, t),
                self.gates[t, 1],
                step(self.H, t + 1)[..., :-1],
            )
            for t in range(T)
        ]
        self.du = self.rows(N, 3 * m)
        self.da, self.da_n = self.rows(N, 2 * m), self.rows(N, m)
        self.dh_t, self.past, self.dreset = (step(self.rows(B, m), 0) for _ in range(3))
        spans = self.spans()
        factors = self.gate_rows(3, len(spans[0]))
        self.back = [
            (
                self.gates[span.start : span.stop],
                self.span_rows(self.h_minus_n, span),
                self.span_rows(self.before, span)[..., :-1],
                factors[: len(span)],
                [
                    (
                        step(self.dh, t),
                        factors[t - span.start],
                        self.by_gate(step(self.da, t)),
                        step(self.da_n, t),
                        step(self.da_n, t).dot,
                        step(self.da, t).dot,
                        self.gates[t],
                    )
                    for t in reversed(span)
                ],
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
        for dot, u, gates, rho, past, reset, dot_n, u_n, n, h_minus_n, z, h in self.forth:
            dot(Wb, a)
            add(a_by_gate, u, gates)
            tanh(gates, gates)
            multiply(gates, half, gates)
            add(gates, half, gates)
            multiply(rho, past, reset)
            dot_n(Wb_n, a_n)
            add(a_n, u_n, a_n)
            tanh(a_n, n)
            subtract(past, n, h_minus_n)
            multiply(z, h_minus_n, h)
            add(h, n, h)

    def backward(self) -> None:
        dh_t, past, dreset, W, W_n = self.dh_t, self.past, self.dreset, self.W, self.W_n
        add, multiply = np.add, np.multiply
        self.transpose()
        past[...] = 0
        for gates, h_minus_n, before, factors, steps in self.back:
            self._factors(gates, h_minus_n, before, factors)
            for dh, (to_rho, to_z, to_n), (da_rho, da_z), da_n, dot_n, dot, (rho, z, _) in steps:
                add(past, dh, dh_t)
                multiply(dh_t, to_z, da_z)
                multiply(dh_t, to_n, da_n)
                dot_n(W_n, dreset)
                multiply(dreset, to_rho, da_rho)
                dot(W, past)
                multiply(dreset, rho, dreset)
                add(past, dreset, past)
                multiply(dh_t, z, dh_t)
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
