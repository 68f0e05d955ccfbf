"""The vanilla recurrent cell."""

from __future__ import annotations

from typing import Any

import numpy as np

from teachrnn.cells.cell import Cell, Values, pre_activation
from teachrnn.cells.fused import FusedLayer
from teachrnn.cells.weights import WeightLayout
from teachrnn.op import Value
from teachrnn.ops import Tanh


class FusedVanilla(FusedLayer):
    """The vanilla cell over a whole sequence: a product, a sum and a squashing at each step."""

    layout = WeightLayout(recurrent=[[""]], inputs=[""])

    def prepare(self) -> None:
        m, N, B, step = self.m, self.N, self.B, self.step
        self.z, self.W = step(self.rows(B, m), 0), self.transposed(self.weights.W[0][:-1])
        self.derivative = self.rows(N, m + 1)  # of tanh; the last column is that of the 1 beside h
        da = self.rows(N + B, m)  # ends with the 0 that comes from beyond the last step
        self.du = da[:N]
        self.forth = [
            (step(self.H, t).dot, step(self.u, t), step(self.H, t + 1)[..., :-1]) for t in range(self.T)
        ]
        self.back = [
            (
                self.span_rows(self.after, span),
                self.span_rows(self.derivative, span),
                [
                    (
                        step(da, t + 1).dot,
                        step(self.dh, t),
                        step(self.derivative, t)[..., :-1],
                        step(da, t),
                    )
                    for t in reversed(span)
                ],
            )
            for span in reversed(self.spans())
        ]

    def forward(self) -> None:
        z, add, tanh = self.z, np.add, np.tanh
        (Wb,) = self.weights.W
        for dot, u, h in self.forth:
            dot(Wb, z)
            add(z, u, z)
            tanh(z, h)

    def backward(self) -> None:
        z, W, add, multiply = self.z, self.W, np.add, np.multiply
        self.transpose()
        for H, derivative, steps in self.back:
            multiply(H, H, derivative)
            np.subtract(1, derivative, derivative)
            for dot, dh, d, da in steps:
                dot(W, z)
                add(z, dh, z)
                multiply(z, d, da)
        self.before.T.dot(self.du, self.gradients.W[0])


class FusedVanillaSingle(FusedLayer):
    r"""The same for a single sequence, with one call less at each step.

    A matrix times a vector costs little more than the call that asks for it, so the sum is left to
    the product: the rows of $U x_t$ lie above $[W^\top; b]$, and $[e_t, h_{t-1}, 1]$, which has a 1 in
    place $t$, picks its own. Backward, the gradients from above lie over $W$, and
    $[e_t, da_{t+1}]$ picks from them.
    """

    layout = FusedVanilla.layout
    PICKED = 16
    """How many rows lie above the matrix at a time: more would cost more than the calls they save."""

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
        self.forth: list[Any] = []
        self.back: list[Any] = []
        for start in range(0, T, n):
            span = range(start, min(start + n, T))
            top = n - len(span)  # the last group may be smaller: it leaves out the first rows
            for t in span:
                past[t, top + t - start] = future[t + 1, top + t - start] = 1
            forth = [(past[t, top:].dot, self.past[t + 1, :m]) for t in span]
            back = [
                (future[t + 1, top:].dot, self.derivative[t + 1, :m], self.future[t])
                for t in reversed(span)
            ]
            here = slice(span.start, span.stop)
            self.forth.append((self.u[here], self.below[top:n], self.below[top:], forth))
            self.back.insert(0, (self.dh[here], self.above[top:n], self.above[top:], back))

    def forward(self) -> None:
        z, tanh = self.z, np.tanh
        np.copyto(self.Wb, self.weights.W[0])
        for u, picked, M, steps in self.forth:
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
        for dh, picked, M, steps in self.back:
            np.copyto(picked, dh)
            for dot, d, da in steps:
                dot(M, z)
                multiply(z, d, da)
        np.copyto(self.du, self.future)
        self.before.T.dot(self.du, self.gradients.W[0])


class VanillaCell(Cell):
    r"""Vanilla cell: the new state is a squashed mixture of the old state and the input.

    $$a_t = W h_{t-1} + b + U x_t, \qquad h_t = \tanh(a_t)$$

    Recorded as ``r[t]`` $= W h_{t-1} + b$ (the recurrent part), ``u[t]`` $= U x_t$ (the input's
    part), ``a[t]`` and ``h[t]``.

    References
    ----------
    Elman (1990), Finding structure in time; Goodfellow et al. (2016), equations 10.8 and 10.9.
    """

    name = "vanilla"
    fused = FusedVanilla
    fused_single = FusedVanillaSingle

    @classmethod
    def step(cls, p: Values, x: Value, state: Values) -> dict[str, Value]:
        a = pre_activation(p, x, state["h"])
        return {"h": Tanh(a, name="h")}
