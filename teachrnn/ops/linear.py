"""Linear map."""

from __future__ import annotations

from typing import Any

from teachrnn.array import Array
from teachrnn.leading_axes import outer_sum
from teachrnn.op import Op


class Linear(Op):
    r"""Linear map: every output is a weighted sum of the inputs.

    The recurrent network's $W h_{t-1}$ and $U x_t$ are linear maps. In the backward pass, the gradient
    goes through the transpose: what $W$ distributes, $W^\top$ collects.

    Shapes
    ------
    x (..., d), W (h, d) -> y (..., h)

    Gradients
    ---------
    $dx = W^\top dy$

    $dW = \sum dy\, x^\top$

    References
    ----------
    Goodfellow, Bengio & Courville (2016), Deep Learning, section 6.5.6.

    Examples
    --------
    >>> import numpy as np
    >>> Linear.forward(np.array([1.0, 2.0]), np.array([[3.0, 0.0], [0.0, 4.0]]))
    array([3., 8.])
    """

    signature = "(d),(h,d)->(h)"
    shared = ("W",)

    @staticmethod
    def formula(sp: Any, x: Any, W: Any) -> Any:
        return W * x

    @staticmethod
    def forward(x: Array, W: Array) -> Array:
        return x.dot(W.T)

    @staticmethod
    def dx(dy: Array, x: Array, W: Array, y: Array) -> Array:
        return dy.dot(W)

    @staticmethod
    def dW(dy: Array, x: Array, W: Array, y: Array) -> Array:
        return outer_sum(dy, x)
