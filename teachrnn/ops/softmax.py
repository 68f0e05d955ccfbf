"""Softmax."""

from __future__ import annotations

from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.op import Op


class Softmax(Op):
    r"""Softmax: turns scores into probabilities, positive and of sum 1.

    Adding the same number to all scores changes nothing, so the largest is subtracted first and
    the exponential cannot overflow.

    Shapes
    ------
    x (..., K) -> p (..., K)

    Gradients
    ---------
    $dx = p \odot (dp - \sum_k dp_k\, p_k)$

    References
    ----------
    Goodfellow, Bengio & Courville (2016), Deep Learning, section 6.2.2.3, equation 6.29.

    Examples
    --------
    >>> import numpy as np
    >>> Softmax.forward(np.array([1000.0, 1000.0]))
    array([0.5, 0.5])
    """

    signature = "(K)->(K)"

    @staticmethod
    def formula(sp: Any, x: Any) -> Any:
        e = x.applyfunc(sp.exp)
        return e / sum(e)

    @staticmethod
    def forward(x: Array) -> Array:
        e = np.exp(x - x.real.max(axis=-1, keepdims=True))  # a real shift, which a complex step allows
        return e / e.sum(axis=-1, keepdims=True)

    @staticmethod
    def dx(dp: Array, x: Array, p: Array) -> Array:
        return p * (dp - (dp * p).sum(axis=-1, keepdims=True))
