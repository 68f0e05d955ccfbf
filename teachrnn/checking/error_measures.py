"""The relative errors in use in the field, in one place so that they can be compared.

They answer different questions, and the same two gradients look good under one and bad under
another; a report therefore shows them all.
"""

from __future__ import annotations

import numpy as np

from teachrnn.array import Array


def norm_relative(a: Array, n: Array) -> float:
    r"""$\|a - n\| / (\|a\| + \|n\|)$: one number for the whole array (CS231n's notes; 0 for 0/0).

    Examples
    --------
    >>> norm_relative(np.array([1.0, 1.0]), np.array([1.0, 1.0]))
    0.0
    """
    return _ratio(float(np.linalg.norm(a - n)), float(np.linalg.norm(a) + np.linalg.norm(n)))


def sum_relative(a: Array, n: Array, floor: float = 0.0) -> float:
    r"""The largest $|a - n| / \max(|a| + |n|, \mathrm{floor})$ of an entry; 1 where one of them is 0."""
    return float(_ratios(a - n, np.maximum(np.abs(a) + np.abs(n), floor)).max(initial=0.0))


def max_relative(a: Array, n: Array) -> float:
    r"""The largest $|a - n| / \max(|a|, |n|)$ of an entry: the strictest; tiny entries inflate it."""
    return float(_ratios(a - n, np.maximum(np.abs(a), np.abs(n))).max(initial=0.0))


def mean_relative(a: Array, n: Array) -> float:
    r"""The mean of $|a - n| / \max(|a|, |n|)$: entries that are 0 on both sides dilute it.

    Examples
    --------
    >>> a, n = np.array([1.0, 0.0, 0.0, 0.0]), np.array([2.0, 0.0, 0.0, 0.0])
    >>> max_relative(a, n), mean_relative(a, n)
    (0.5, 0.125)
    """
    ratios = _ratios(a - n, np.maximum(np.abs(a), np.abs(n)))
    return float(ratios.mean()) if ratios.size else 0.0


def _ratios(error: Array, size: Array) -> Array:
    """Entry by entry; 0/0 is 0."""
    wrong = error != 0
    return np.divide(np.abs(error), size, out=np.zeros(np.shape(error)), where=wrong)


def _ratio(error: float, size: float) -> float:
    return error / size if error else 0.0
