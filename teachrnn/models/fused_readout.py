"""The readout over a whole sequence: scores, softmax, loss and their gradients in one go."""

from __future__ import annotations

import numpy as np

from teachrnn.array import Array
from teachrnn.cells.fused.weights import aligned


class FusedReadout:
    r"""$o_t = V h_t + c$, $p_t = \mathrm{softmax}(o_t)$, $L_t = -\log p_t[y_t]$ for all steps at once.

    The largest score of each step is subtracted before the exponential: nothing overflows, whatever
    the scores have drifted to in float32, and a loss near 0 keeps its digits.

    Parameters
    ----------
    weights, gradients : ndarray
        $[V^\top; c]$ and its gradient, (m + 1, K).
    rows : int
        N = T B, how many state vectors are read at once.

    Attributes
    ----------
    scores : ndarray
        $o$, (N, K), after `forward`; overwritten by `loss` and `backward`.
    losses : ndarray
        $L_t$, (N,), in nats, after `loss`.
    """

    def __init__(self, weights: Array, gradients: Array, *, rows: int) -> None:
        dtype, K = weights.dtype, weights.shape[1]
        self.weights, self.gradients = weights, gradients
        self.scores = aligned((rows, K), dtype)
        self._entries = self.scores.reshape(-1)
        self._first_entry = np.arange(rows) * K
        self._targets = np.zeros(rows, np.intp)
        self._column = aligned((rows, 1), dtype)
        self._each = self._column[:, 0]
        self._at_target = aligned((rows,), dtype)
        self.losses = aligned((rows,), dtype)
        self._ones_K, self._ones_N = np.ones(K, dtype), np.ones(rows, dtype)

    def forward(self, H: Array) -> None:
        """Scores of the next symbol from $[h_t, 1]$, (N, m + 1)."""
        H.dot(self.weights, self.scores)

    def loss(self, targets: Array) -> float:
        r"""The sum of all losses, in nats; the scores become $e^{o - \max o}$."""
        scores, column, each = self.scores, self._column, self._each
        np.maximum.reduce(scores, axis=1, out=column, keepdims=True)
        np.subtract(scores, column, scores)
        np.add(self._first_entry, targets, self._targets)
        self._entries.take(self._targets, 0, self._at_target, "clip")
        np.exp(scores, scores)
        scores.dot(self._ones_K, each)
        np.log(each, self.losses)
        np.subtract(self.losses, self._at_target, self.losses)
        return float(self._ones_N.dot(self.losses))

    def backward(self, H: Array, weight: float, dh: Array) -> None:
        r"""From the loss times ``weight`` to $dV$, $dc$ and ``dh``, the gradient of the states."""
        do, column = self.scores, self._column
        if weight != 1:
            np.divide(column, weight, column)
        np.divide(do, column, do)
        at_target = self._at_target
        self._entries.take(self._targets, 0, at_target, "clip")
        np.subtract(at_target, weight, at_target)
        self._entries[self._targets] = at_target
        do.dot(self.weights[:-1].T, dh)
        H.T.dot(do, self.gradients)
