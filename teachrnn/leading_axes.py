"""Sums over leading axes (time, batch): where the gradient of something shared comes from.

A weight that is used at every time step and for every sequence of a batch receives one gradient
term per use, and its gradient is their sum. These functions are that sum.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import DTypeLike

from teachrnn.array import Array


def sum_leading(d: Array, like: Array) -> Array:
    """Sum the leading axes of ``d`` that ``like`` does not have.

    Examples
    --------
    >>> sum_leading(np.ones((4, 2, 3)), like=np.zeros(3))
    array([8., 8., 8.])
    """
    extra = d.ndim - like.ndim
    return d.sum(axis=tuple(range(extra))) if extra else d


def outer_sum(dy: Array, x: Array) -> Array:
    """Sum of the outer products dy x^T over all leading axes: (..., h), (..., d) -> (h, d).

    Examples
    --------
    >>> outer_sum(np.ones((5, 2)), np.ones((5, 3))).shape
    (2, 3)
    """
    if dy.ndim == 1:
        return np.multiply.outer(dy, x)
    if x.ndim < dy.ndim:
        x = np.broadcast_to(x, dy.shape[:-1] + x.shape[-1:])
    count = math.prod(dy.shape[:-1])  # -1 would not work where an axis has size 0
    return np.dot(dy.reshape(count, dy.shape[-1]).T, x.reshape(count, x.shape[-1]))


def one_hot(index: Array, size: int, dtype: DTypeLike = float) -> Array:
    """The vector that is 1 at ``index`` and 0 elsewhere, for every leading position.

    Examples
    --------
    >>> one_hot(np.array(2), 4)
    array([0., 0., 1., 0.])
    """
    return (np.asarray(index)[..., np.newaxis] == np.arange(size)).astype(dtype)


def minus_one_hot(x: Array, index: Array) -> Array:
    """Subtract 1 at ``index`` of each vector: x - one_hot(index), which is not formed.

    Examples
    --------
    >>> minus_one_hot(np.array([0.25, 0.75]), np.array(1))
    array([ 0.25, -0.25])
    """
    if index.ndim:
        return x - one_hot(index, x.shape[-1], x.dtype)
    less = x.copy()
    less.T[int(index)] -= 1  # transposed, it is the first index, which is fast in NumPy
    return less


def pick(x: Array, index: Array) -> Array:
    """Entry ``index`` of each vector: (..., n), (...) -> (...).

    Examples
    --------
    >>> pick(np.array([[5.0, 6.0], [7.0, 8.0]]), np.array([1, 0]))
    array([6., 7.])
    """
    if not index.ndim:
        return x[..., int(index)]
    x = np.broadcast_to(x, index.shape + x.shape[-1:])
    return np.take_along_axis(x, index[..., np.newaxis], axis=-1)[..., 0]
