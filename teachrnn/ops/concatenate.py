"""Concatenation of two vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.leading_axes import sum_leading
from teachrnn.op import Op


class Concatenate(Op):
    r"""Concatenation: one vector after the other.

    Many texts write a cell with $[h_{t-1}, x_t]$ and one large matrix; this is that bracket.
    In the backward pass, the gradient is split at the same place.

    Shapes
    ------
    u (..., n), v (..., m) -> y (..., k)

    Gradients
    ---------
    $du = dy_{:n}$

    $dv = dy_{n:}$

    References
    ----------
    NumPy, "numpy.concatenate".

    Examples
    --------
    >>> import numpy as np
    >>> Concatenate.forward(np.array([1.0]), np.array([2.0, 3.0]))
    array([1., 2., 3.])
    """

    signature = "(n),(m)->(k)"

    @staticmethod
    def formula(sp: Any, u: Any, v: Any) -> Any:
        return u.col_join(v)

    @staticmethod
    def forward(u: Array, v: Array) -> Array:
        leading = u.shape[:-1] or v.shape[:-1]
        parts = [np.broadcast_to(part, leading + part.shape[-1:]) for part in (u, v)]
        return np.concatenate(parts, axis=-1)

    @staticmethod
    def du(dy: Array, u: Array, v: Array, y: Array) -> Array:
        return sum_leading(dy[..., : u.shape[-1]], like=u)

    @staticmethod
    def dv(dy: Array, u: Array, v: Array, y: Array) -> Array:
        return sum_leading(dy[..., u.shape[-1] :], like=v)
