"""The vanilla cell over a whole sequence, where there is only one."""

from __future__ import annotations

import numpy as np

from teachrnn.array import Array
from teachrnn.cells.fused.layer import FusedLayer, Times
from teachrnn.cells.fused.vanilla import FusedVanilla


class FusedVanillaSingle(FusedLayer):
    r"""The same as `FusedVanilla` for a single sequence, with one call fewer at each step.

    A matrix times a vector takes little longer than the call itself, so the sum is left to the product:
    the rows of $U x_t$ are stacked above $[W^\top; b]$, and $[e_t, h_{t-1}, 1]$, which has a 1 in place
    $t$, picks its own. Backward, the gradients from above are stacked above $W$, and
    $[e_t, da_{t+1}]$ picks from them.
    """

    layout = FusedVanilla.layout
    PICKED = 16
    """Rows above the matrix at a time: more would take longer than the calls that they save."""

    def prepare(self) -> None:
        m, T = self.m, self.T
        n = min(self.PICKED, T)
        self.z = self.rows(m)
        self.below, self.above = self.rows(n + m + 1, m), self.rows(n + m, m)
        self.Wb = self.below[n:]
        self.transposed(self.weights.W[0][:-1], into=self.above[n:])
        past, future = self.rows(T + 1, n + m + 1), self.rows(T + 1, n + m)
        past[:, -1] = 1
        self.past, self.future = past[:, n:], future[:T, n:]
        self.derivative = self.rows(T + 1, m + 1)
        self.du = self.rows(T, m)
        self.state["h"] = self.past[:1, :m]
        # Tuples, because a step is only two calls. For each group of steps: its picked rows (U x_t;
        # what reaches h_t from above), where they go, the matrix with them on top, and its steps.
        # Forward: [e_t, h_{t-1}, 1] times a matrix, h_t. Backward, the last first: [e_t, da_{t+1}] times
        # a matrix, the derivative, da_t.
        self.forwards: list[tuple[Array, Array, Array, list[tuple[Times, Array]]]] = []
        self.backwards: list[tuple[Array, Array, Array, list[tuple[Times, Array, Array]]]] = []
        for start in range(0, T, n):
            span = range(start, min(start + n, T))
            top = n - len(span)  # the last group may be smaller: it leaves out the first rows
            for t in span:
                past[t, top + t - start] = future[t + 1, top + t - start] = 1
            forwards: list[tuple[Times, Array]] = [
                (past[t, top:].dot, self.past[t + 1, :m]) for t in span
            ]
            back: list[tuple[Times, Array, Array]] = [
                (future[t + 1, top:].dot, self.derivative[t + 1, :m], self.future[t])
                for t in reversed(span)
            ]
            here = slice(span.start, span.stop)
            self.forwards.append((self.u[here], self.below[top:n], self.below[top:], forwards))
            self.backwards.insert(0, (self.dh[here], self.above[top:n], self.above[top:], back))

    def forward(self) -> None:
        z, tanh = self.z, np.tanh
        np.copyto(self.Wb, self.weights.W[0])
        for u, picked, M, steps in self.forwards:
            np.copyto(picked, u)
            for dot, h in steps:
                dot(M, z)
                tanh(z, h)
        np.copyto(self.H, self.past)

    def backward(self) -> None:
        z, multiply = self.z, np.multiply
        self.transpose()
        multiply(self.H, self.H, self.derivative)
        np.subtract(1, self.derivative, self.derivative)
        for dh, picked, M, steps in self.backwards:
            np.copyto(picked, dh)
            for dot, d, da in steps:
                dot(M, z)
                multiply(z, d, da)
        np.copyto(self.du, self.future)
        self.before.T.dot(self.du, self.gradients.W[0])
