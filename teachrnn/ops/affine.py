"""Affine map."""

from __future__ import annotations

from typing import Any

from teachrnn.array import Array
from teachrnn.leading_axes import outer_sum, sum_leading
from teachrnn.op import Op


class Affine(Op):
    r"""Affine map: a weighted sum of the inputs plus a bias.

    The readout $o_t = V h_t + c$ is one, and so is the recurrent part $W h_{t-1} + b$ of a cell.
    The bias is added at every position, so its gradient is the sum of all gradients that arrive.

    Shapes
    ------
    x (..., d), W (h, d), b (h) -> y (..., h)

    Gradients
    ---------
    $dx = W^\top dy$

    $dW = \sum dy\, x^\top$

    $db = \sum dy$

    References
    ----------
    Goodfellow, Bengio & Courville (2016), Deep Learning, sections 6.5.6 and 10.2.2.

    Examples
    --------
    >>> import numpy as np
    >>> Affine.forward(np.array([1.0, 2.0]), np.array([[3.0, 4.0]]), np.array([0.5]))
    array([11.5])
    """

    signature = "(d),(h,d),(h)->(h)"
    shared = ("W", "b")

    @staticmethod
    def formula(sp: Any, x: Any, W: Any, b: Any) -> Any:
        return W * x + b

    @staticmethod
    def forward(x: Array, W: Array, b: Array) -> Array:
        return x.dot(W.T) + b

    @staticmethod
    def dx(dy: Array, x: Array, W: Array, b: Array, y: Array) -> Array:
        return dy.dot(W)

    @staticmethod
    def dW(dy: Array, x: Array, W: Array, b: Array, y: Array) -> Array:
        return outer_sum(dy, x)

    @staticmethod
    def db(dy: Array, x: Array, W: Array, b: Array, y: Array) -> Array:
        return sum_leading(dy, like=b)
