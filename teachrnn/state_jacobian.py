"""How the last state depends on every earlier one: products of Jacobians, for any cell."""

from __future__ import annotations

import numpy as np

from teachrnn.array import Array
from teachrnn.backprop import Backprop
from teachrnn.errors import DomainError
from teachrnn.ops import Slice
from teachrnn.trace import Trace


def state_jacobians(trace: Trace, name: str) -> dict[int, Array]:
    r"""The Jacobian $\partial h_T / \partial h_k$ for every k from T down to 0.

    In a vanilla network it is the product of $\mathrm{diag}(1 - h_t^2)\, W$ over t = k + 1 .. T; in a
    gated one it is the sum over all paths from $h_k$ to $h_T$, with the other state of step k
    held fixed. Each row is backpropagated from one entry of $h_T$, a one-hot gradient, through a copy
    of the record: exact to rounding, for every cell, and no formula is written a second time.

    Parameters
    ----------
    trace : Trace
        The record of one sequence.
    name : str
        The state, ``h`` or ``layer2.h``.

    Returns
    -------
    dict
        Matrices (m, m) by k.

    Raises
    ------
    DomainError
        If the record is of a batch.

    References
    ----------
    Pascanu, Mikolov & Bengio (2013), On the difficulty of training recurrent neural networks, ICML,
    equation 5.

    Examples
    --------
    >>> from teachrnn import CharRNN
    >>> model = CharRNN(hidden=2, symbols=3, scale=0.5, rng=np.random.default_rng(0))
    >>> trace = model.record([0, 1])
    >>> one_step = np.diag(1 - trace["h[2]"].data ** 2) @ model.parameters["W"]
    >>> np.allclose(state_jacobians(trace, "h")[1], one_step)
    True
    """
    copy = trace.replay()
    last = copy[f"{name}[{trace.T}]"]
    if last.data.ndim != 1:
        raise DomainError(
            f"`{name}` has shape {last.shape}: the Jacobian is that of one sequence, so record one "
            "sequence, not a batch."
        )
    size = len(last.data)
    entries = [Slice(last, i, i + 1, name=f"entry{i}") for i in range(size)]
    sweeps = [Backprop(copy, losses=[entry]).run() for entry in entries]
    found = {}
    for k in range(trace.T, -1, -1):
        rows = [sweep.gradient(f"{name}[{k}]") for sweep in sweeps]
        found[k] = np.array([np.zeros(size) if row is None else row for row in rows])
    return found
