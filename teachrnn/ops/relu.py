"""Rectified linear unit."""

from __future__ import annotations

from typing import Any

from teachrnn.array import Array
from teachrnn.domain import Reals
from teachrnn.op import Op


class Relu(Op):
    r"""Rectified linear unit: keeps what is positive, sets the rest to 0.

    It has no derivative at 0; by the usual convention, 0 is used there.

    Shapes
    ------
    x (..., n) -> y (..., n)

    Gradients
    ---------
    $dx = dy \odot [x > 0]$

    References
    ----------
    Goodfellow, Bengio & Courville (2016), Deep Learning, section 6.3.1.

    Examples
    --------
    >>> import numpy as np
    >>> Relu.forward(np.array([-1.5, 2.0]))
    array([-0.,  2.])
    """

    signature = "(n)->(n)"
    domain = {"x": Reals(avoid=(0.0,))}

    @staticmethod
    def formula(sp: Any, x: Any) -> Any:
        return x.applyfunc(lambda z: sp.Max(0, z))

    @staticmethod
    def forward(x: Array) -> Array:
        return x * (x.real > 0)  # the real part decides, so that a complex step passes through

    @staticmethod
    def dx(dy: Array, x: Array, y: Array) -> Array:
        return dy * (x > 0)
