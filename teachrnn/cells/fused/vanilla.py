"""The vanilla cell over a whole sequence."""

from __future__ import annotations

import numpy as np

from teachrnn.cells.fused.layer import FusedLayer
from teachrnn.cells.fused.weights import WeightLayout


class FusedVanilla(FusedLayer):
    """The vanilla cell over a whole sequence: a product, a sum and a squashing at each step."""

    layout = WeightLayout(recurrent=[[""]], inputs=[""])

    def prepare(self) -> None:
        m, N, B, step = self.m, self.N, self.B, self.step
        self.z, self.W = step(self.rows(B, m), 0), self.transposed(self.weights.W[0][:-1])
        self.derivative = self.rows(N, m + 1)  # of tanh; the last column is that of the 1 beside h
        da = self.rows(N + B, m)  # ends with the zeros that arrive from after the last step
        self.du = da[:N]
        # Tuples, because a step is only three calls. Forward: [h_{t-1}, 1] times a matrix, U x_t, h_t.
        self.forwards = [
            (step(self.H, t).dot, step(self.u, t), step(self.H, t + 1)[..., :-1]) for t in range(self.T)
        ]
        # Backward, a group of steps: its [h_t, 1], room for its derivatives, and for each of its steps,
        # the last first, da_{t+1} times a matrix, what reaches h_t from above, the derivative, da_t.
        self.backwards = [
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
        for dot, u, h in self.forwards:
            dot(Wb, z)
            add(z, u, z)
            tanh(z, h)

    def backward(self) -> None:
        z, W, add, multiply = self.z, self.W, np.add, np.multiply
        self.transpose()
        for H, derivative, steps in self.backwards:
            multiply(H, H, derivative)
            np.subtract(1, derivative, derivative)
            for dot, dh, d, da in steps:
                dot(W, z)
                add(z, dh, z)
                multiply(z, d, da)
        self.before.T.dot(self.du, self.gradients.W[0])
