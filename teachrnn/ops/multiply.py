"""Multiplication, entry by entry."""

from __future__ import annotations

from typing import Any

from teachrnn.array import Array
from teachrnn.leading_axes import sum_leading
from teachrnn.op import Op


class Multiply(Op):
    r"""Multiplication, entry by entry (Hadamard product): how a gate opens and closes.

    Each factor scales the gradient of the other: a gate at 0 lets nothing through in either
    direction.

    Shapes
    ------
    u (..., n), v (..., n) -> y (..., n)

    Gradients
    ---------
    $du = dy \odot v$

    $dv = dy \odot u$

    References
    ----------
    Goodfellow, Bengio & Courville (2016), Deep Learning, section 10.10.1, equation 10.41.

    Examples
    --------
    >>> import numpy as np
    >>> Multiply.forward(np.array([1.0, 0.0]), np.array([5.0, 7.0]))
    array([5., 0.])
    """

    signature = "(n),(n)->(n)"

    @staticmethod
    def formula(sp: Any, u: Any, v: Any) -> Any:
        return u.multiply_elementwise(v)

    @staticmethod
    def forward(u: Array, v: Array) -> Array:
        return u * v

    @staticmethod
    def du(dy: Array, u: Array, v: Array, y: Array) -> Array:
        return sum_leading(dy * v, like=u)

    @staticmethod
    def dv(dy: Array, u: Array, v: Array, y: Array) -> Array:
        return sum_leading(dy * u, like=v)
