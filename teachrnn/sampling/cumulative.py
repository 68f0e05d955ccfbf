"""Drawing a symbol by inverting the cumulative distribution."""

from __future__ import annotations

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import DomainError


def invert(weights: Array, u: float) -> int:
    r"""The symbol whose stretch of the cumulative distribution holds $u$.

    $$\min \Big\{ k : \sum_{j \le k} w_j > u \sum_j w_j \Big\}$$

    It is the first symbol to exceed, not to reach: a symbol of weight 0 has an empty stretch and is
    never drawn, not even at $u = 0$. And $u$ is compared with a part of the weights' own sum, so
    that it does not matter whether rounding has left that at 1: the largest number below 1 is
    $1 - 2^{-53}$, and its product with the sum, rounded, is still below the sum. There is always a
    symbol to be found.

    Parameters
    ----------
    weights : ndarray of float64
        $w$, (K,), not negative and not all 0: probabilities, or a multiple of them.
    u : float
        Drawn evenly from [0, 1).

    Raises
    ------
    DomainError
        If u lies outside.

    References
    ----------
    Devroye (1986), Non-Uniform Random Variate Generation, section III.2.

    Examples
    --------
    >>> [invert(np.array([0.0, 0.5, 0.0, 0.5]), u) for u in (0.0, 0.4, 0.5, 0.9)]
    [1, 1, 3, 3]
    """
    if not 0 <= u < 1:
        raise DomainError(f"u is {u} but must lie in [0, 1): draw it with rng.random().")
    cumulative = np.add.accumulate(weights)
    return int(cumulative.searchsorted(u * cumulative[-1], "right"))
