"""The vanilla recurrent cell."""

from __future__ import annotations

from teachrnn.cells.cell import Cell, Values, pre_activation
from teachrnn.cells.fused.vanilla import FusedVanilla
from teachrnn.cells.fused.vanilla_single import FusedVanillaSingle
from teachrnn.op import Value
from teachrnn.ops import Tanh


class VanillaCell(Cell):
    r"""Vanilla cell: the new state is a squashed mixture of the old state and the input.

    $$a_t = W h_{t-1} + b + U x_t, \qquad h_t = \tanh(a_t)$$

    Recorded as ``r[t]`` $= W h_{t-1} + b$ (the recurrent part), ``u[t]`` $= U x_t$ (the input's
    part), ``a[t]`` and ``h[t]``.

    References
    ----------
    Elman (1990), Finding structure in time; Goodfellow et al. (2016), equations 10.8 and 10.9.

    Examples
    --------
    >>> import numpy as np
    >>> from teachrnn import CharRNN, VanillaCell
    >>> model = CharRNN(hidden=2, symbols=3, cell=VanillaCell, rng=np.random.default_rng(0))
    >>> model.state_names(), list(model.shapes())
    (['h'], ['U', 'W', 'b', 'V', 'c'])
    """

    name = "vanilla"
    fused = FusedVanilla
    fused_single = FusedVanillaSingle

    @classmethod
    def step(cls, p: Values, x: Value, state: Values) -> dict[str, Value]:
        a = pre_activation(p, x, state["h"])
        return {"h": Tanh(a, name="h")}
