"""The relative errors that are in use in the field, under one roof so that they can be compared.

They answer different questions, and the same two gradients look good under one and bad under
another; a report therefore shows them all.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def norm_relative(a: Array, n: Array) -> float:
    r"""$\|a - n\| / (\|a\| + \|n\|)$: one number for the whole array (CS231n's notes; 0 for 0/0).

    Examples
    --------
    >>> norm_relative(np.array([1.0, 1.0]), np.array([1.0, 1.0]))
    0.0
    """
    return _ratio(float(np.linalg.norm(a - n)), float(np.linalg.norm(a) + np.linalg.norm(n)))


def sum_relative(a: Array, n: Array) -> float:
    r"""The largest $|a - n| / (|a| + |n|)$ of an entry; 1 where one of the two is 0."""
    return float(max(map(_ratio, np.abs(a - n).ravel(), (np.abs(a) + np.abs(n)).ravel()), default=0.0))


def max_relative(a: Array, n: Array) -> float:
    r"""The largest $|a - n| / \max(|a|, |n|)$ of an entry: the strictest; tiny entries blow it up."""
    larger = np.maximum(np.abs(a), np.abs(n))
    return float(max(map(_ratio, np.abs(a - n).ravel(), larger.ravel()), default=0.0))


def _ratio(error: float, size: float) -> float:
    return error / size if error else 0.0
