"""Slice of a vector."""

from __future__ import annotations

from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.domain import Index
from teachrnn.op import Op


class Slice(Op):
    r"""Slice: the entries ``start`` to ``stop - 1`` of a vector, counted from 0 as in Python.

    It separates gates that were computed by one product. Entries that were not taken did not affect
    the result, so their gradient is 0.

    Shapes
    ------
    x (..., n), start (), stop () -> y (..., k)

    Gradients
    ---------
    $dx = [\mathbf{0}_{\mathrm{start}};\, dy;\, \mathbf{0}_{n - \mathrm{stop}}]$

    References
    ----------
    NumPy, "Indexing on ndarrays".

    Examples
    --------
    >>> import numpy as np
    >>> Slice.forward(np.array([5.0, 6.0, 7.0]), np.array(1), np.array(3))
    array([6., 7.])
    """

    signature = "(n),(),()->(k)"
    shared = ("start", "stop")
    domain = {"start": Index("n"), "stop": Index("n", end=True)}

    @classmethod
    def requires(cls, x: Array, start: Array, stop: Array) -> str | None:  # type: ignore[override]
        if start < stop:
            return None
        return f"`start` is {start} and `stop` is {stop}: the slice would be empty."

    @staticmethod
    def formula(sp: Any, x: Any, start: Any, stop: Any) -> Any:
        return x[start:stop, :]

    @staticmethod
    def forward(x: Array, start: Array, stop: Array) -> Array:
        return x[..., start:stop]

    @staticmethod
    def dx(dy: Array, x: Array, start: Array, stop: Array, y: Array) -> Array:
        d = np.zeros_like(x)
        d[..., start:stop] = dy
        return d

    dstart = None
    dstop = None
