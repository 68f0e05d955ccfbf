"""Sum of the entries of a vector."""

from __future__ import annotations

from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.op import Op


class Sum(Op):
    r"""Sum of the entries of a vector.

    Every entry counts once, so every entry receives the whole gradient.

    Shapes
    ------
    x (..., n) -> y (...)

    Gradients
    ---------
    $dx = dy\, \mathbf{1}$

    References
    ----------
    Goodfellow, Bengio & Courville (2016), Deep Learning, section 6.5.2.

    Examples
    --------
    >>> import numpy as np
    >>> Sum.forward(np.array([1.0, 2.0, 3.0]))
    np.float64(6.0)
    """

    signature = "(n)->()"

    @staticmethod
    def formula(sp: Any, x: Any) -> Any:
        return sum(x)

    @staticmethod
    def forward(x: Array) -> Array:
        return x.sum(axis=-1)

    @staticmethod
    def dx(dy: Array, x: Array, y: Array) -> Array:
        return np.broadcast_to(dy[..., np.newaxis], x.shape).copy()
