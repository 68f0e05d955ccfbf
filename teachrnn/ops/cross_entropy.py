"""Cross-entropy of a target under given probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.domain import Index, Reals
from teachrnn.leading_axes import one_hot, pick, sum_leading
from teachrnn.op import Op


class CrossEntropy(Op):
    r"""Cross-entropy: the surprise, in nats, at seeing target $y$ when its probability was $p_y$.

    The loss is infinite if the target had probability 0. To avoid that, and cancellation, a network
    is trained with `SoftmaxCrossEntropy`, which goes straight from the scores to the loss; here, such
    a probability is refused when it is recorded.

    Shapes
    ------
    p (..., K), y (...) -> L (...)

    Gradients
    ---------
    $dp = -\frac{dL}{p_y}\, \mathrm{onehot}(y)$

    References
    ----------
    Goodfellow, Bengio & Courville (2016), Deep Learning, section 3.13 and equation 10.14.

    Examples
    --------
    >>> import numpy as np
    >>> CrossEntropy.forward(np.array([0.25, 0.75]), np.array(0))
    np.float64(1.3862943611198906)
    """

    signature = "(K),()->()"
    domain = {"p": Reals(0.05, 1.0), "y": Index("K")}

    @classmethod
    def requires(cls, p: Array, y: Array) -> str | None:  # type: ignore[override]
        share = np.asarray(pick(p.real, y))
        unlikely = np.flatnonzero(share < np.finfo(p.real.dtype).tiny)
        if unlikely.size == 0:
            return None
        place = np.unravel_index(unlikely[0], share.shape)
        at = f" at index {tuple(int(i) for i in place)}" if place else ""
        target = int(np.broadcast_to(y, share.shape)[place])
        return (
            f"the target y = {target}{at} has the probability p = {share[place]:g}: too near 0, where "
            "-log p or its derivative is infinite. A softmax gives that where scores are about 700 "
            "apart (in float32, 87). SoftmaxCrossEntropy(o, y) goes straight from scores to loss and "
            "stays finite; for a model, use record(..., fused=True)."
        )

    @staticmethod
    def formula(sp: Any, p: Any, y: Any) -> Any:
        return -sp.log(p[y])

    @staticmethod
    def forward(p: Array, y: Array) -> Array:
        return -np.log(pick(p, y))

    @staticmethod
    def dp(dL: Array, p: Array, y: Array, L: Array) -> Array:
        share = -dL / pick(p, y)
        return sum_leading(share[..., np.newaxis] * one_hot(y, p.shape[-1], p.dtype), like=p)

    dy = None
