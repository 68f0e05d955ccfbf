"""Gated recurrent unit, reset before, over a whole sequence."""

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
    past, h : ndarray
        $h_{t-1}$ and $h_t$.
    reset : ndarray
        $\rho_t \odot h_{t-1}$.
    reset_times : callable
        The same with a 1 behind it, times a matrix.
    h_minus_n : ndarray
        $h_{t-1} - n_t$.
    """

    h_times: Times
    u: Array
    gates: Array
    rho: Array
    past: Array
    reset: Array
    reset_times: Times
    u_n: Array
    n: Array
    h_minus_n: Array
    z: Array
    h: Array


@dataclass(frozen=True, slots=True)
class StepBackward:
    r"""What one step works on, backward.

    Attributes
    ----------
    dh : ndarray
        What reaches $h_t$ from above.
    to_rho, to_z, to_n : ndarray
        Factors that turn the gradient of the reset state into $da_\rho$, and $dh_t$ into $da_z$ and
        $da_n$.
    da_rho, da_z, da_n : ndarray
        Gradients with respect to $a_t$ of each gate.
    da_times, da_n_times : callable
        Those of rho and z, side by side, times a matrix; that of n.
    rho, z : ndarray
        The gates.
    """

    dh: Array
    to_rho: Array
    to_z: Array
    to_n: Array
    da_rho: Array
    da_z: Array
    da_n: Array
    da_n_times: Times
    da_times: Times
    rho: Array
    z: Array


@dataclass(frozen=True, slots=True)
class SpanBackward:
    """A group of steps, whose factors are prepared together.

    Attributes
    ----------
    gates, h_minus_n, before : ndarray
        Theirs, step by step; ``before`` is the state before each.
    factors : ndarray
        Room for those that turn gradients into ``da`` of rho, z and n.
    steps : sequence of StepBackward
        The last step first.
    """

    gates: Array
    h_minus_n: Array
    before: Array
    factors: Array
    steps: Sequence[StepBackward]


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
            StepForward(
                h_times=step(self.H, t).dot,
                u=self.by_gate(step(self.u, t))[:2],
                gates=self.gates[t, :2],
                rho=self.gates[t, 0],
                past=step(self.H, t)[..., :-1],
                reset=step(self.reset, t)[..., :-1],
                reset_times=step(self.reset, t).dot,
                u_n=self.by_gate(step(self.u, t))[2],
                n=self.gates[t, 2],
                h_minus_n=step(self.h_minus_n, t),
                z=self.gates[t, 1],
                h=step(self.H, t + 1)[..., :-1],
            )
            for t in range(T)
        ]
        self.du = self.rows(N, 3 * m)
        self.da, self.da_n = self.rows(N, 2 * m), self.rows(N, m)
        self.dh_t, self.past, self.dreset = (step(self.rows(B, m), 0) for _ in range(3))
        spans = self.spans()
        factors = self.gate_rows(3, len(spans[0]))
        self.back = [
            SpanBackward(
                gates=self.gates[span.start : span.stop],
                h_minus_n=self.span_rows(self.h_minus_n, span),
                before=self.span_rows(self.before, span)[..., :-1],
                factors=factors[: len(span)],
                steps=[self._step_backward(t, factors[t - span.start]) for t in reversed(span)],
            )
            for span in reversed(spans)
        ]

    def _step_backward(self, t: int, factors: Array) -> StepBackward:
        to_rho, to_z, to_n = factors
        da, da_n = self.step(self.da, t), self.step(self.da_n, t)
        da_rho, da_z = self.by_gate(da)
        return StepBackward(
            dh=self.step(self.dh, t),
            to_rho=to_rho,
            to_z=to_z,
            to_n=to_n,
            da_rho=da_rho,
            da_z=da_z,
            da_n=da_n,
            da_n_times=da_n.dot,
            da_times=da.dot,
            rho=self.gates[t, 0],
            z=self.gates[t, 1],
        )

    def forward(self) -> None:
        a, a_by_gate, a_n = self.a, self.by_gate(self.a), self.a_n
        add, multiply, subtract, tanh = np.add, np.multiply, np.subtract, np.tanh
        half, Wb, Wb_n = self.dtype.type(0.5), self.Wb, self.weights.W[1]
        u_gates = self.u[:, : 2 * self.m]
        multiply(self.weights.W[0], half, Wb)
        multiply(u_gates, half, u_gates)
        for now in self.forth:
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
        for span in self.back:
            self._factors(span)
            for now in span.steps:
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

    def _factors(self, span: SpanBackward) -> None:
        """The derivatives that turn dh_t into da_z and da_n, and the reset state's into da_rho."""
        multiply, subtract = np.multiply, np.subtract
        gates, factors = span.gates, span.factors
        n = gates[:, 2]
        to_rho, to_z, to_n = factors[:, 0], factors[:, 1], factors[:, 2]
        subtract(1, gates[:, :2], factors[:, :2])
        multiply(n, n, to_n)
        subtract(1, to_n, to_n)
        multiply(to_n, to_z, to_n)
        multiply(factors[:, :2], gates[:, :2], factors[:, :2])
        multiply(to_rho, span.before, to_rho)
        multiply(to_z, span.h_minus_n, to_z)

    def memory(self) -> list[Array]:
        return [self.H, self.gates, self.reset]

    def values(self) -> dict[str, Array]:
        rho, z, n = (self.flat(self.gates[:, k]) for k in range(3))
        return {"h": self.h, "rho": rho, "z": z, "n": n, "reset": self.reset[:, :-1]}
