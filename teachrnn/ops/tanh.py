"""Hyperbolic tangent."""

from __future__ import annotations

from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.op import Op


class Tanh(Op):
    r"""Hyperbolic tangent: squashes every number into (-1, 1).

    Its derivative is at most 1, and near 0 where the unit is saturated: one of the two reasons why
    gradients vanish as they go back through time. It is computed from the output $y$; $x$ itself
    is not needed.

    Shapes
    ------
    x (..., n) -> y (..., n)

    Gradients
    ---------
    $dx = dy \odot (1 - y^2)$

    References
    ----------
    Goodfellow, Bengio & Courville (2016), Deep Learning, section 6.3.2, equation 10.9.

    Examples
    --------
    >>> import numpy as np
    >>> Tanh.forward(np.array([0.0, 20.0]))
    array([0., 1.])
    """

    signature = "(n)->(n)"

    @staticmethod
    def formula(sp: Any, x: Any) -> Any:
        return x.applyfunc(sp.tanh)

    @staticmethod
    def forward(x: Array) -> Array:
        return np.tanh(x)

    @staticmethod
    def dx(dy: Array, x: Array, y: Array) -> Array:
        return dy * (1 - y * y)
