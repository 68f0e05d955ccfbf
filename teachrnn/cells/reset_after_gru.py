"""Gated recurrent unit as in PyTorch and cuDNN: the reset gate acts after the recurrent product."""

from __future__ import annotations

from teachrnn.cells.cell import Cell, Values, input_product, pre_activation
from teachrnn.cells.fused.reset_after_gru import FusedResetAfterGRU
from teachrnn.op import Value
from teachrnn.ops import Add, Affine, Interpolate, Multiply, Sigmoid, Tanh


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

    Examples
    --------
    >>> import numpy as np
    >>> from teachrnn import CharRNN, ResetAfterGRUCell
    >>> model = CharRNN(hidden=2, symbols=3, cell=ResetAfterGRUCell, rng=np.random.default_rng(0))
    >>> model.state_names(), list(model.shapes())[6:]
    (['h'], ['U_n', 'W_n', 'b_n', 'c_n', 'V', 'c'])
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
