"""Embedding: a column of a matrix, looked up by number."""

from __future__ import annotations

from typing import Any

from teachrnn.array import Array
from teachrnn.domain import Index
from teachrnn.leading_axes import one_hot, outer_sum
from teachrnn.op import Op


class Embedding(Op):
    r"""Embedding: look up column $x$ of $U$, which is what $U$ times the one-hot vector of $x$ gives.

    A character enters the network this way: multiplying $U$ by a vector with a single 1 only picks
    a column, so the product is never formed. In memory, where vectors are rows, it is a row of
    $U^\top$. Only the columns that were picked receive a gradient; that of all others is exactly 0.

    Shapes
    ------
    x (...), U (h, K) -> y (..., h)

    Gradients
    ---------
    $dU = \sum dy\, \mathrm{onehot}(x)^\top$

    References
    ----------
    Goodfellow, Bengio & Courville (2016), Deep Learning, section 12.4.2.

    Examples
    --------
    >>> import numpy as np
    >>> from teachrnn.leading_axes import one_hot
    >>> U = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    >>> Embedding.forward(np.array(2), U)
    array([3., 6.])
    >>> U @ one_hot(np.array(2), 3)
    array([3., 6.])
    """

    signature = "(),(h,K)->(h)"
    shared = ("U",)
    domain = {"x": Index("K")}

    @staticmethod
    def formula(sp: Any, x: Any, U: Any) -> Any:
        return U[:, x]

    @staticmethod
    def forward(x: Array, U: Array) -> Array:
        return U.T[x]

    dx = None

    @staticmethod
    def dU(dy: Array, x: Array, U: Array, y: Array) -> Array:
        return outer_sum(dy, one_hot(x, U.shape[-1], dy.dtype))
