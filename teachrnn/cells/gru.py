"""Gated recurrent unit, in the two variants that are in use."""

from __future__ import annotations

import numpy as np

from teachrnn.cells.cell import Cell, Values, input_product, pre_activation
from teachrnn.cells.fused import Array, FusedLayer
from teachrnn.cells.weights import WeightLayout
from teachrnn.op import Value
from teachrnn.ops import Add, Affine, Interpolate, Multiply, Sigmoid, Tanh


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


class GRUCell(Cell):
    r"""Gated recurrent unit; the state is reset *before* the recurrent product, as published.

    $$\rho_t = \sigma(W_\rho h_{t-1} + b_\rho + U_\rho x_t) \quad\text{reset}$$
    $$z_t = \sigma(W_z h_{t-1} + b_z + U_z x_t) \quad\text{keep}$$
    $$n_t = \tanh(W_n (\rho_t \odot h_{t-1}) + b_n + U_n x_t) \quad\text{new}$$
    $$h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}$$

    The reset gate, $r$ in the paper, is called ``rho`` here: ``r[t]`` is the recurrent part of a
    sum in every cell. The new state, $\tilde h$ in the paper, is PyTorch's $n$. Note that Chung et
    al. (2014) give $z$ the opposite sense.

    References
    ----------
    Cho et al. (2014), arXiv:1406.1078v3, equations 5 to 8.
    """

    name = "gru"
    gates = ("rho", "z", "n")
    fused = FusedGRU

    @classmethod
    def step(cls, p: Values, x: Value, state: Values) -> dict[str, Value]:
        h = state["h"]
        rho = Sigmoid(pre_activation(p, x, h, gate="rho"), name="rho")
        z = Sigmoid(pre_activation(p, x, h, gate="z"), name="z")
        reset = Multiply(rho, h, name="reset")
        n = Tanh(pre_activation(p, x, reset, gate="n"), name="n")
        return {"h": Interpolate(z, n, h, name="h")}


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
            (
                step(self.H, t).dot,
                self.by_gate(step(self.u, t))[:2],
                self.gates[t, :2],
                self.gates[t, 0],
                step(self.r_n, t),
                self.by_gate(step(self.u, t))[2],
                self.gates[t, 2],
                step(self.H, t)[..., :-1],
                step(self.h_minus_n, t),
                self.gates[t, 1],
                step(self.H, t + 1)[..., :-1],
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
        for dot, u, gates, rho, r_n, u_n, n, past, h_minus_n, z, h in self.forth:
            dot(Wb, r)
            add(r_gates, u, gates)
            tanh(gates, gates)
            multiply(gates, half, gates)
            add(gates, half, gates)
            np.copyto(r_n, r_n_now)
            multiply(rho, r_n, a_n)
            add(a_n, u_n, a_n)
            tanh(a_n, n)
            subtract(past, n, h_minus_n)
            multiply(h_minus_n, z, h)
            add(h, n, h)

    def backward(self) -> None:
        dh_t, passed, dr_t, W = self.dh_t, self.passed, self.dr_t, self.W
        add, multiply = np.add, np.multiply
        self.transpose()
        passed[...] = 0
        for gates, r_n, h_minus_n, factors, steps in self.back:
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


class ResetAfterGRUCell(Cell):
    r"""Gated recurrent unit; the reset gate acts *after* the recurrent product, as in PyTorch.

    $$\rho_t = \sigma(W_\rho h_{t-1} + b_\rho + U_\rho x_t) \quad\text{reset}$$
    $$z_t = \sigma(W_z h_{t-1} + b_z + U_z x_t) \quad\text{keep}$$
    $$n_t = \tanh(\rho_t \odot (W_n h_{t-1} + b_n) + U_n x_t + c_n) \quad\text{new}$$
    $$h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}$$

    All three recurrent products can then be made at once, which is why cuDNN computes this
    variant. Its candidate needs a second bias, $c_n$, outside the gate (``bias_ih`` of PyTorch).

    References
    ----------
    Cho et al. (2014), arXiv:1406.1078v1; PyTorch, ``torch.nn.GRU``.
    """

    name = "gru-reset-after"
    gates = ("rho", "z", "n")
    fused = FusedResetAfterGRU

    @classmethod
    def shapes(cls, inputs: int, hidden: int) -> dict[str, tuple[int, ...]]:
        return {**super().shapes(inputs, hidden), "c_n": (hidden,)}

    @classmethod
    def step(cls, p: Values, x: Value, state: Values) -> dict[str, Value]:
        h = state["h"]
        rho = Sigmoid(pre_activation(p, x, h, gate="rho"), name="rho")
        z = Sigmoid(pre_activation(p, x, h, gate="z"), name="z")
        r_n = Affine(h, p["W_n"], p["b_n"], name="r_n")
        reset = Multiply(rho, r_n, name="reset")
        u_n = Add(input_product(x, p["U_n"], name="ux_n"), p["c_n"], name="u_n")
        n = Tanh(Add(reset, u_n, name="a_n"), name="n")
        return {"h": Interpolate(z, n, h, name="h")}
