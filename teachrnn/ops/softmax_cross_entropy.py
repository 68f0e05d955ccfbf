"""Softmax and cross-entropy in one."""

from __future__ import annotations

from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.domain import Index
from teachrnn.leading_axes import minus_one_hot, pick, sum_leading
from teachrnn.op import Op
from teachrnn.ops.cross_entropy import CrossEntropy
from teachrnn.ops.softmax import Softmax


class SoftmaxCrossEntropy(Op):
    r"""Cross-entropy of the softmax: from scores $o$ to the surprise at target $y$, in nats.

    Together, the two simplify. The loss is $\log \sum_k e^{o_k} - o_y$, which neither overflows nor
    takes the logarithm of 0, and the gradient is the well-known one: the probabilities, minus 1 at
    the target.

    Shapes
    ------
    o (..., K), y (...) -> L (...)

    Gradients
    ---------
    $do = dL\, (\mathrm{softmax}(o) - \mathrm{onehot}(y))$

    References
    ----------
    Goodfellow, Bengio & Courville (2016), Deep Learning, section 6.2.2.3, equation 10.18.

    Examples
    --------
    >>> import numpy as np
    >>> SoftmaxCrossEntropy.forward(np.array([0.0, 0.0]), np.array(1))      # log 2
    np.float64(0.6931471805599453)
    """

    signature = "(K),()->()"
    domain = {"y": Index("K")}
    fuses = (Softmax, CrossEntropy)

    @staticmethod
    def formula(sp: Any, o: Any, y: Any) -> Any:
        return CrossEntropy.formula(sp, Softmax.formula(sp, o), y)

    # Transposed, the scores of a vector lie along the first axis, and one number per vector is
    # subtracted without a new axis; for a single vector that is several times faster.

    @staticmethod
    def forward(o: Array, y: Array) -> Array:
        top = np.maximum.reduce(o.real, axis=-1)  # a real shift, which a complex step allows
        shifted = (o.T - top.T).T
        return np.log(np.add.reduce(np.exp(shifted), axis=-1)) - pick(shifted, y)

    @staticmethod
    def do(dL: Array, o: Array, y: Array, L: Array) -> Array:
        log_sum = L + pick(o, y)
        wide = o if o.ndim > L.ndim else np.broadcast_to(o, L.shape + o.shape)
        p = np.exp(wide.T - log_sum.T).T
        return sum_leading((dL.T * minus_one_hot(p, y).T).T, like=o)

    dy = None
