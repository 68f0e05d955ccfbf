"""A random array for an input of an operation, from its domain."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from teachrnn.array import Array
from teachrnn.domain import Choice, Index, Reals
from teachrnn.op import Op


def drawn_input(
    op: type[Op], name: str, shape: tuple[int, ...], sizes: Mapping[str, int], rng: np.random.Generator
) -> Array:
    """Numbers that the operation accepts as this input.

    Parameters
    ----------
    op : type of Op
        The operation.
    name : str
        Which of its inputs.
    shape : tuple of int
        Of the array.
    sizes : mapping of str to int
        The length of each axis, by its letter in the signature.
    rng : numpy.random.Generator
        For the drawing.

    Returns
    -------
    ndarray
        Whole numbers where the input is an index, otherwise real ones.

    Examples
    --------
    >>> from teachrnn import Embedding
    >>> drawn_input(Embedding, "x", (5,), {"d": 2, "K": 3}, np.random.default_rng(0)).max() < 3
    np.True_
    """
    domain = op.domain.get(name, Reals())
    if isinstance(domain, Index):
        return np.asarray(rng.integers(0, sizes[domain.axis] + int(domain.end), size=shape))
    if isinstance(domain, Choice):
        return np.asarray(rng.choice(domain.values, size=shape))
    return np.asarray(rng.uniform(domain.low, domain.high, size=shape))
