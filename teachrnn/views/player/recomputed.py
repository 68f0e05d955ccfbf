"""Vectors that the player computes from others instead of being sent them.

A product of entries, a derivative of an activation, a column of a matrix are the same to the last bit
wherever they are computed. A product of a matrix and a vector is not, as its terms can be added in any
order; here and in the player they are added one after another, and what is left over is sent: a few bits
for each number. Values of exp and tanh differ between browsers, and are sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from teachrnn.array import Array
from teachrnn.views.story.step import Quantity

FEWEST = 16
"""Shorter vectors take less room than the names of what they are computed from."""
LEFT_OVER = 2.0**-40
"""Largest difference, as a share of the largest number, that rounding explains."""


@dataclass(frozen=True, eq=False)
class Recomputed:
    """How the player computes a vector.

    Attributes
    ----------
    way : str
        The rule: `Story` of the player has one of this name.
    sources : list of Quantity
        What it is computed from, in the rule's order.
    rest : ndarray, optional
        What has to be added.

    Examples
    --------
    >>> from teachrnn.formulas import Letter
    >>> a, b = (Quantity(n, Letter(n), "value", np.arange(20.0) + 1) for n in "ab")
    >>> recomputed(a.data * b.data, {"u": a, "v": b}).way
    'times'
    """

    way: str
    sources: list[Quantity]
    rest: Array | None = None


def recomputed(exact: Array, letters: Mapping[str, Quantity]) -> Recomputed | None:
    """How to compute a vector from what its formula's letters stand for; None if it has to be sent.

    Parameters
    ----------
    exact : ndarray of float64
        The vector.
    letters : mapping of str to Quantity
        What it was made from.

    Returns
    -------
    Recomputed or None
        The first way that gives the vector to the last bit.

    Examples
    --------
    >>> from teachrnn.formulas import Letter
    >>> W, x = np.random.default_rng(0).normal(size=(20, 20)), np.ones(20)
    >>> named = {n: Quantity(n, Letter(n), "value", a) for n, a in {"W": W, "x": x}.items()}
    >>> found = recomputed(W @ x, named)
    >>> found.way, [q.name for q in found.sources], bool(abs(found.rest).max() < 1e-14)
    ('rows', ['W', 'x'], True)
    """
    given = [q for q in letters.values() if q.data.dtype == np.float64 and np.isfinite(q.data).all()]
    if exact.ndim != 1 or exact.size < FEWEST or not np.isfinite(exact).all():
        return None
    with np.errstate(all="ignore"):
        for way, sources, computed in _ways(exact, given, list(letters.values())):
            if np.array_equal(computed, exact):
                return Recomputed(way, sources)
            rest = exact - computed
            if way not in ("rows", "columns") or np.abs(rest).max() > LEFT_OVER * np.abs(exact).max():
                continue
            if np.array_equal(computed + rest, exact):
                return Recomputed(way, sources, rest)
    return None


def _ways(
    exact: Array, given: list[Quantity], letters: list[Quantity]
) -> Iterator[tuple[str, list[Quantity], Array]]:
    vectors = [q for q in given if q.data.shape == exact.shape]
    matrices = [q for q in given if q.data.ndim == 2]
    for a, b in combinations(vectors, 2):
        yield "times", [a, b], a.data * b.data
        yield "plus", [a, b], a.data + b.data
    for d in (q for q in vectors if q.kind == "gradient"):
        for y in (q for q in vectors if q.kind == "value"):
            yield "tanh", [d, y], d.data * (1 - y.data * y.data)
            yield "sigmoid", [d, y], d.data * y.data * (1 - y.data)
    for M in matrices:
        for j in (q for q in letters if q.data.dtype.kind in "iu" and q.data.size == 1):
            if M.data.shape[0] == exact.size and 0 <= int(j.data) < M.data.shape[1]:
                yield "column", [M, j], M.data[:, int(j.data)]
        for way, matrix in (("rows", M.data), ("columns", M.data.T)):
            for v in (q for q in given if matrix.shape == (exact.size, *q.data.shape)):
                product = np.add.accumulate(matrix * v.data, axis=1)[:, -1]  # one after another
                yield way, [M, v], product
                for b in (q for q in vectors if q is not v):
                    yield way, [M, v, b], product + b.data
