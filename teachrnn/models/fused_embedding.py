"""The input product of token numbers over a whole sequence: rows looked up, gradients put back."""

from __future__ import annotations

import numpy as np

from teachrnn.array import Array
from teachrnn.cells.fused.weights import aligned

LIKE_A_CALL = 10_000
"""Multiplying so many numbers takes about as long as asking NumPy to add two rows."""


class FusedEmbedding:
    r"""$U x_t$ for one-hot $x_t$, for all steps at once: row $x_t$ of $U^\top$.

    Parameters
    ----------
    weights, gradients : ndarray
        $U^\top$ and its gradient, (K, q).
    rows : int
        N = T B.
    """

    def __init__(self, weights: Array, gradients: Array, *, rows: int) -> None:
        K, dtype = weights.shape[0], weights.dtype
        self.weights, self.gradients = weights, gradients
        self.x = np.zeros(rows, np.intp)
        self._by_product = weights.size <= LIKE_A_CALL
        if self._by_product:
            self._all = np.eye(K, dtype=dtype)
            self._one_hot = aligned((rows, K), dtype)
        else:
            self._row = list(gradients)

    def forward(self, x: Array, u: Array) -> None:
        """Look up the rows of ``x``, (N,), into ``u``, (N, q)."""
        self.x = x
        self.weights.take(x, 0, u, "clip")

    def backward(self, du: Array) -> None:
        r"""$dU^\top$: row k is the sum of $du_t$ over all t with $x_t = k$."""
        if self._by_product:  # with one-hot rows: one call
            self._all.take(self.x, 0, self._one_hot, "clip")
            self._one_hot.T.dot(du, self.gradients)
            return
        rows, add = self._row, np.add
        self.gradients.fill(0)
        for k, d in zip(self.x.tolist(), du, strict=True):
            row = rows[k]
            add(row, d, row)
