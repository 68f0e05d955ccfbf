"""Long short-term memory over a whole sequence."""

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
    u : ndarray
        $U x_t$ of q, i, f and g.
    gates, sigmoids, i_f, q : ndarray
        q, i, f and g, side by side; the first three of them; the middle two; the first.
    g_s : ndarray
        g and, beside it, $s_{t-1}$.
    s, squash, h : ndarray
        $s_t$, $\tanh(s_t)$ and $h_t$.
    """

    h_times: Times
    u: Array
    gates: Array
    sigmoids: Array
    i_f: Array
    g_s: Array
    s: Array
    squash: Array
    q: Array
    h: Array


@dataclass(frozen=True, slots=True)
class StepBackward:
    r"""What one step works on, backward.

    Attributes
    ----------
    da_times : callable
        $da_{t+1}$ of all gates, times a matrix.
    dh : ndarray
        What reaches $h_t$ from above.
    to_s, to_q, to_gates : ndarray
        Factors that turn $dh_t$ into its part of $ds_t$ and into $da_q$, and $ds_t$ into $da_i$, $da_f$
        and $da_g$.
    da_q, da_gates : ndarray
        $da_q$; $da_i$, $da_f$ and $da_g$.
    f : ndarray
        $f_t$, which turns $ds_t$ into its part of $ds_{t-1}$.
    """

    da_times: Times
    dh: Array
    to_s: Array
    to_q: Array
    da_q: Array
    to_gates: Array
    da_gates: Array
    f: Array


@dataclass(frozen=True, slots=True)
class SpanBackward:
    """A group of steps, whose factors are prepared together.

    Attributes
    ----------
    gates, squash : ndarray
        Theirs, step by step.
    to_s, to_q, to_gates : ndarray
        Room for their factors.
    steps : sequence of StepBackward
        The last step first.
    """

    gates: Array
    squash: Array
    to_s: Array
    to_q: Array
    to_gates: Array
    steps: Sequence[StepBackward]


class FusedLSTM(FusedLayer):
    r"""Long short-term memory over a whole sequence.

    The gates lie side by side in the order q, i, f, g, followed by $s_{t-1}$, so that
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
        self.forth = [
            StepForward(
                h_times=step(self.H, t).dot,
                u=self.by_gate(step(self.u, t)),
                gates=self.gates[t, :4],
                sigmoids=self.gates[t, :3],
                i_f=self.gates[t, 1:3],
                g_s=self.gates[t, 3:],
                s=self.gates[t + 1, 4],
                squash=step(self.squash, t),
                q=self.gates[t, 0],
                h=step(self.H, t + 1)[..., :-1],
            )
            for t in range(T)
        ]
        da = self.rows(N + B, 4 * m)  # ends with the 0 that comes from beyond the last step
        self.du = da[:N]
        self.dh_t, self.ds, self.term = (step(self.rows(B, m), 0) for _ in range(3))
        spans = self.spans()
        to_s, to_q = self.gate_rows(1, len(spans[0]))[:, 0], self.gate_rows(1, len(spans[0]))[:, 0]
        to_gates = self.gate_rows(3, len(spans[0]))
        self.back = [
            SpanBackward(
                gates=self.gates[span.start : span.stop],
                squash=self.span_rows(self.squash, span),
                to_s=to_s[: len(span)],
                to_q=to_q[: len(span)],
                to_gates=to_gates[: len(span)],
                steps=[
                    StepBackward(
                        da_times=step(da, t + 1).dot,
                        dh=step(self.dh, t),
                        to_s=to_s[t - span.start],
                        to_q=to_q[t - span.start],
                        da_q=self.by_gate(step(da, t))[0],
                        to_gates=to_gates[t - span.start],
                        da_gates=self.by_gate(step(da, t))[1:],
                        f=self.gates[t, 2],
                    )
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
        for now in self.forth:
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
        for span in self.back:
            self._factors(span)
            for now in span.steps:
                now.da_times(W, dh_t)
                add(dh_t, now.dh, dh_t)
                multiply(dh_t, now.to_s, term)
                add(ds, term, ds)
                multiply(dh_t, now.to_q, now.da_q)
                multiply(ds, now.to_gates, now.da_gates)
                multiply(ds, now.f, ds)
        self.before.T.dot(self.du, self.gradients.W[0])

    def _factors(self, span: SpanBackward) -> None:
        """The derivatives that turn dh_t into ds_t and da_q, and ds_t into da_i, da_f and da_g."""
        multiply, subtract = np.multiply, np.subtract
        gates, squash = span.gates, span.squash
        to_s, to_q, to_gates = span.to_s, span.to_q, span.to_gates
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
