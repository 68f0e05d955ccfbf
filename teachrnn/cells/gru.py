"""Gated recurrent unit, as published: the state is reset before the recurrent product."""

from __future__ import annotations

from teachrnn.cells.cell import Cell, Values, pre_activation
from teachrnn.cells.fused.gru import FusedGRU
from teachrnn.op import Value
from teachrnn.ops import Interpolate, Multiply, Sigmoid, Tanh


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

    Examples
    --------
    >>> import numpy as np
    >>> from teachrnn import CharRNN, GRUCell
    >>> model = CharRNN(hidden=2, symbols=3, cell=GRUCell, rng=np.random.default_rng(0))
    >>> model.state_names(), list(model.shapes())[:6]
    (['h'], ['U_rho', 'W_rho', 'b_rho', 'U_z', 'W_z', 'b_z'])
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
