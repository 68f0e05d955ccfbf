"""The contract of a fused layer: a cell over a whole sequence, in few array operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import numpy as np

from teachrnn.array import Array
from teachrnn.cells.fused.weights import WeightLayout, Weights, aligned

Times = Callable[[Array, Array], Array]
"""Rows of vectors times a matrix, into an array: their ``dot``, looked up once."""

ROWS_AT_ONCE = 64
"""Rows of factors that are prepared before they are used: what fits in the cache beside the rest."""


class FusedLayer:
    r"""A cell over T steps and B sequences at once, forward and back, in memory that is allocated once.

    It computes what the cell's `Cell.step` and the gradients of its operations compute, in another
    order: what is not recurrent is done for the whole sequence in one call, and only the
    recurrence stays in a loop. A test compares it with the recorded path, value by value and gradient by
    gradient. Rows are vectors; row $tB + i$ belongs to sequence $i$ at step $t$.

    A subclass has a ``layout`` and writes `prepare` (its memory), `forward` and `backward`. The views
    that a step works on are made once and kept in a record with ``__slots__``, whose attributes cost
    about what unpacking a tuple does; a ``NamedTuple`` costs twice as much.

    Parameters
    ----------
    weights, gradients : Weights
        The layer's parameters, and where their gradients go.
    length, batch : int
        T and B.

    Attributes
    ----------
    u : ndarray
        Input products $U x_t$, (T B, q): to be filled in before `forward`, which may change them.
    H : ndarray
        $[h_t, 1]$ for t = 0 .. T, ((T + 1) B, m + 1), after `forward`.
    dh : ndarray
        Gradient that reaches $h_t$ from above, (T B, m): to be filled in before `backward`.
    du : ndarray
        Gradient with respect to $U x_t$, (T B, q), after `backward`.
    state : dict
        The initial state vectors by name, (B, m): views, to be read and written.
    """

    layout: ClassVar[WeightLayout]

    def __init__(self, weights: Weights, gradients: Weights, *, length: int, batch: int) -> None:
        self.weights, self.gradients = weights, gradients
        self.T, self.B, self.N = length, batch, length * batch
        self.m = weights.W[0].shape[0] - 1
        self.dtype = weights.U.dtype
        self.u = self.rows(self.N, weights.U.shape[1])
        self.H = self.rows(self.N + batch, self.m + 1)
        self.H[:, -1] = 1
        self.h = self.H[batch:, : self.m]
        self.before, self.after = self.H[: self.N], self.H[batch:]
        self._strips: list[tuple[Array, Array]] = []
        self.dh = self.rows(self.N, self.m)
        self.du: Array
        self.state: dict[str, Array] = {"h": self.H[:batch, : self.m]}
        self.final_state: dict[str, Array] = {"h": self.H[self.N :, : self.m]}
        self.prepare()

    def prepare(self) -> None:
        """Allocate the memory that the passes work in, and every view of it that they need."""
        raise NotImplementedError

    def forward(self) -> None:
        """From ``u`` and ``state`` to ``H``."""
        raise NotImplementedError

    def backward(self) -> None:
        """From ``dh`` to ``du`` and the gradients of W and b."""
        raise NotImplementedError

    def carry(self) -> None:
        """Let the state after the last step be the state before the first."""
        for name, end in self.final_state.items():
            self.state[name][...] = end

    def memory(self) -> list[Array]:
        """The arrays behind `initial` and `values`: copied, they can be restored."""
        return [self.H]

    def initial(self) -> dict[str, Array]:
        """State vectors that the last pass began with, (B, m)."""
        return {"h": self.H[: self.B, : self.m]}

    def values(self) -> dict[str, Array]:
        """What the last pass left in memory, by textbook name, (T B, m)."""
        return {"h": self.h}

    # For subclasses ----------------------------------------------------------------------------

    def transposed(self, WT: Array, *, into: Array | None = None) -> Array:
        r"""$W$, for $W^\top$ of a block: to multiply by on the way back.

        For a vector, multiplying by the transpose of $W^\top$ costs nothing. For a batch the product is
        up to twice as fast on a copy, which `transpose` renews.

        Parameters
        ----------
        WT : ndarray
            The block, (m, q).
        into : ndarray, optional
            Where to copy to in any case, (q, m).
        """
        if self.B == 1 and into is None:
            return WT.T
        W = self.rows(*WT.shape[::-1]) if into is None else into
        # In strips, narrow ones where columns are a multiple of 1024 bytes apart, because their numbers
        # would compete for the same few lines of the cache.
        rows = 16 if WT.strides[0] % 1024 == 0 else 64
        strips = [slice(i, i + rows) for i in range(0, len(WT), rows)]
        self._strips += [(W[:, strip], WT[strip].T) for strip in strips]
        return W

    def transpose(self) -> None:
        """Renew the copies that `transposed` has made, because the weights have changed."""
        for copy, original in self._strips:
            np.copyto(copy, original)

    def rows(self, *shape: int) -> Array:
        """An array of zeros to work in."""
        return aligned(shape, self.dtype)

    def step(self, array: Array, t: int) -> Array:
        """The rows of step t: a vector for a single sequence, for which NumPy is faster."""
        return array[t] if self.B == 1 else array[t * self.B : (t + 1) * self.B]

    def gate_rows(self, count: int, steps: int | None = None) -> Array:
        """Memory for so many gates at every step, (T, gates, B, m): those of a step are adjacent."""
        shape = (self.T if steps is None else steps, count, self.B, self.m)
        return self.rows(*(n for i, n in enumerate(shape) if self.B > 1 or i != 2))

    def by_gate(self, row: Array) -> Array:
        """The row of a step, (B, gates m), seen as gates: (gates, B, m)."""
        return row.reshape(-1, self.m) if self.B == 1 else row.reshape(self.B, -1, self.m).swapaxes(0, 1)

    def flat(self, gate: Array) -> Array:
        """One gate at every step, (T, B, m), as rows (T B, m)."""
        return gate.reshape(self.N, self.m)

    def spans(self) -> list[range]:
        """The time steps in groups that are prepared together, first to last."""
        group = max(1, ROWS_AT_ONCE // self.B)
        return [range(t, min(t + group, self.T)) for t in range(0, self.T, group)]

    def span_rows(self, array: Array, span: range) -> Array:
        """The rows of a group of steps, step by step: (steps, B, columns), or (steps, columns)."""
        rows = array[span.start * self.B : span.stop * self.B]
        return rows if self.B == 1 else rows.reshape(len(span), self.B, -1)
