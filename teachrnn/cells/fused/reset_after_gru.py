"""Gated recurrent unit, reset after, over a whole sequence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from teachrnn.cells.fused.layer import Array, FusedLayer, Times
from teachrnn.cells.fused.weights import WeightLayout


@dataclass(frozen=True, slots=True)
class StepForward:
    r"""What one step works on, forward.

    Attributes
    ----------
    h_times : callable
        $[h_{t-1}, 1]$, times a matrix.
    u, u_n : ndarray
        $U x_t$ of rho and z; of n.
    gates, rho, z, n : ndarray
        rho and z, side by side; each of the three.
    r_n : ndarray
        $W_n h_{t-1} + b_n$.
    past, h : ndarray
        $h_{t-1}$ and $h_t$.
    h_minus_n : ndarray
        $h_{t-1} - n_t$.
    """

    h_times: Times
    u: Array
    gates: Array
    rho: Array
    r_n: Array
    u_n: Array
    n: Array
    past: Array
    h_minus_n: Array
    z: Array
    h: Array


@dataclass(frozen=True, slots=True)
class StepBackward:
    r"""What one step works on, backward.

    Attributes
    ----------
    dr : ndarray
        $dr_n, da_\rho, da_z$ of the step after.
    dh : ndarray
        What reaches $h_t$ from above.
    to_d : ndarray
        Factors that turn $dh_t$ into ``d``.
    d : ndarray
        $dr_n, da_\rho, da_z, da_n$ of this step.
    z : ndarray
        The gate, which turns $dh_t$ into its part of $dh_{t-1}$.
    """

    dr: Array
    dh: Array
    to_d: Array
    d: Array
    z: Array


@dataclass(frozen=True, slots=True)
class SpanBackward:
    """A group of steps, whose factors are prepared together.

    Attributes
    ----------
    gates, r_n, h_minus_n : ndarray
        Theirs, step by step.
    factors : ndarray
        Room for those that turn the gradient of h into ``d``.
    steps : sequence of StepBackward
        The last step first.
    """

    gates: Array
    r_n: Array
    h_minus_n: Array
    factors: Array
    steps: Sequence[StepBackward]


class FusedResetAfterGRU(FusedLayer):
    r"""Gated recurrent unit, reset after, over a whole sequence: one product at each step.

    The recurrent products lie in the order n, rho, z and the input products in the order rho, z,
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
        self.forth = [
            StepForward(
                h_times=step(self.H, t).dot,
                u=self.by_gate(step(self.u, t))[:2],
                gates=self.gates[t, :2],
                rho=self.gates[t, 0],
                r_n=step(self.r_n, t),
                u_n=self.by_gate(step(self.u, t))[2],
                n=self.gates[t, 2],
                past=step(self.H, t)[..., :-1],
                h_minus_n=step(self.h_minus_n, t),
                z=self.gates[t, 1],
                h=step(self.H, t + 1)[..., :-1],
            )
            for t in range(T)
        ]
        d = self.rows(N + B, 4 * m)  # dr_n, da_rho, da_z, da_n
        self.du, self.dr = d[:N, m:], d[:N, : 3 * m]
        self.ones = self.rows(N)
        self.ones[...] = 1
        self.passed, self.dh_t = step(self.rows(B, m), 0), step(self.rows(B, m), 0)
        self.dr_t = step(self.rows(B, 3 * m), 0)
        spans = self.spans()
        factors = self.gate_rows(4, len(spans[0]))
        self.back = [
            SpanBackward(
                gates=self.gates[span.start : span.stop],
                r_n=self.span_rows(self.r_n, span),
                h_minus_n=self.span_rows(self.h_minus_n, span),
                factors=factors[: len(span)],
                steps=[
                    StepBackward(
                        dr=step(d, t + 1)[..., : 3 * m],
                        dh=step(self.dh, t),
                        to_d=factors[t - span.start],
                        d=self.by_gate(step(d, t)),
                        z=self.gates[t, 1],
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
        for now in self.forth:
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
        for span in self.back:
            self._factors(span)
            for now in span.steps:
                np.copyto(dr_t, now.dr)
                dr_t.dot(W, dh_t)
                add(dh_t, passed, dh_t)
                add(dh_t, now.dh, dh_t)
                multiply(dh_t, now.to_d, now.d)
                multiply(dh_t, now.z, passed)
        self.before.T.dot(self.dr, self.gradients.W[0])
        self.ones.dot(self.du[:, 2 * self.m :], self.gradients.c)

    def _factors(self, span: SpanBackward) -> None:
        """The derivatives that turn dh_t into dr_n, da_rho, da_z and da_n."""
        multiply, subtract = np.multiply, np.subtract
        gates, factors = span.gates, span.factors
        rho, n = gates[:, 0], gates[:, 2]
        to_r_n, to_rho, to_z, to_n = (factors[:, k] for k in range(4))
        subtract(1, gates[:, :2], factors[:, 1:3])
        multiply(n, n, to_n)
        subtract(1, to_n, to_n)
        multiply(to_n, to_z, to_n)
        multiply(to_n, rho, to_r_n)
        multiply(to_rho, to_r_n, to_rho)
        multiply(to_rho, span.r_n, to_rho)
        multiply(to_z, gates[:, 1], to_z)
        multiply(to_z, span.h_minus_n, to_z)

    def memory(self) -> list[Array]:
        return [self.H, self.r_n, self.gates]

    def values(self) -> dict[str, Array]:
        rho, z, n = (self.flat(self.gates[:, k]) for k in range(3))
        return {"h": self.h, "r_n": self.r_n, "rho": rho, "z": z, "n": n}
