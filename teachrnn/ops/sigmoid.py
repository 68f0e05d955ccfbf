"""Logistic sigmoid."""

from __future__ import annotations

from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.op import Op


class Sigmoid(Op):
    r"""Logistic sigmoid: squashes every number into (0, 1); the opening of a gate.

    Its derivative is at most 1/4, and is computed from the output $y$.

    Shapes
    ------
    x (..., n) -> y (..., n)

    Gradients
    ---------
    $dx = dy \odot y \odot (1 - y)$

    References
    ----------
    Goodfellow, Bengio & Courville (2016), Deep Learning, section 3.10, equation 3.30.

    Examples
    --------
    >>> import numpy as np
    >>> Sigmoid.forward(np.array([0.0, -1000.0]))
    array([0.5, 0. ])
    """

    signature = "(n)->(n)"

    @staticmethod
    def formula(sp: Any, x: Any) -> Any:
        return x.applyfunc(lambda z: 1 / (1 + sp.exp(-z)))

    @staticmethod
    def forward(x: Array) -> Array:
        with np.errstate(over="ignore"):  # exp(1000) is inf, and 1 / (1 + inf) is the right 0
            return 1 / (1 + np.exp(-x))

    @staticmethod
    def dx(dy: Array, x: Array, y: Array) -> Array:
        return dy * y * (1 - y)
