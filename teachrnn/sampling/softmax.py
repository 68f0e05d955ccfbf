"""The softmax at a temperature, where every strategy starts from."""

from __future__ import annotations

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import DomainError, ShapeError
from teachrnn.underflow import computed

UNSHIFTED = 300.0
"""Scores up to this size need no shift: e to the 300 is far from overflow, as is e to the -300."""


def check_scores(scores: Array) -> tuple[Array, float, float]:
    """The scores in double precision, the least of them and the greatest.

    Raises
    ------
    DomainError
        If they are not finite.
    ShapeError
        If they are not one vector.
    """
    o = np.asarray(scores, np.float64)
    if o.ndim != 1 or o.size == 0:
        raise ShapeError(
            f"the scores have shape {o.shape} but a strategy needs those of one step, (K,)."
        )
    # Three times as fast as min, max and isfinite, on vectors this short; either end finds a NaN.
    bottom, top = o.item(o.argmin()), o.item(o.argmax())
    if not top - bottom < float("inf"):
        raise DomainError(
            f"the scores reach from {bottom} to {top}: the network has diverged. "
            "Lower the learning rate, or clip gradients harder."
        )
    return o, bottom, top


def softmax_weights(scores: Array, temperature: float) -> Array:
    r"""What the softmax divides by its sum: $e^{o_k / \tau}$, or a multiple of it.

    If scores are so large that the exponential might overflow, they are shifted first, the largest to 0.
    At temperature 0 it is the limit: 1 at the likeliest symbol, the first of several, and otherwise 0.

    Examples
    --------
    >>> softmax_weights(np.log([1.0, 2.0, 4.0]), 1.0)
    array([1., 2., 4.])
    >>> softmax_weights(np.log([1.0, 2.0, 4.0]), 0.5)
    array([0.0625, 0.25  , 1.    ])
    """
    o, bottom, top = check_scores(scores)
    if temperature == 1 and bottom > -UNSHIFTED and top < UNSHIFTED:
        return np.exp(o)  # the shift would take a seventh of the time that writing a symbol takes
    if temperature == 0:
        weights = np.zeros_like(o)
        weights[o.argmax()] = 1
        return weights
    with np.errstate(over="ignore"):  # a temperature near 0: minus infinity has the weight 0
        return np.asarray(computed(np.exp, (o - top) / temperature))


def softmax(scores: Array, temperature: float) -> Array:
    r"""The probabilities $\mathrm{softmax}(o / \tau)$, (K,)."""
    weights = softmax_weights(scores, temperature)
    return np.asarray(computed(np.divide, weights, weights.sum()))
