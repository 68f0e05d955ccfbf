"""Addition."""

from __future__ import annotations

from typing import Any

from teachrnn.array import Array
from teachrnn.leading_axes import sum_leading
from teachrnn.op import Op


class Add(Op):
    r"""Addition, entry by entry.

    In the backward pass, a sum passes the same gradient to each of its summands. One of the two
    vectors may be shared by all positions (no leading axes); it then receives the sum over the
    positions.

    Shapes
    ------
    u (..., n), v (..., n) -> y (..., n)

    Gradients
    ---------
    $du = dy$

    $dv = dy$

    References
    ----------
    Goodfellow, Bengio & Courville (2016), Deep Learning, section 6.5.2.

    Examples
    --------
    >>> import numpy as np
    >>> Add.forward(np.array([1.0, 2.0]), np.array([10.0, 20.0]))
    array([11., 22.])
    """

    signature = "(n),(n)->(n)"

    @staticmethod
    def formula(sp: Any, u: Any, v: Any) -> Any:
        return u + v

    @staticmethod
    def forward(u: Array, v: Array) -> Array:
        return u + v

    @staticmethod
    def du(dy: Array, u: Array, v: Array, y: Array) -> Array:
        return sum_leading(dy, like=u)

    @staticmethod
    def dv(dy: Array, u: Array, v: Array, y: Array) -> Array:
        return sum_leading(dy, like=v)
