"""Many variants of one value at once, carried through a record side by side."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

from teachrnn.array import Array
from teachrnn.domain import Index
from teachrnn.op import Value
from teachrnn.reference.carried import MAX_NUMBERS, Carried, rows_moved
from teachrnn.reference.estimate import EntriesDone
from teachrnn.trace import Trace


class Variants(Carried):
    r"""Variants of one value, and L for each of them: many steps for many entries at once.

    Parameters
    ----------
    trace : Trace
        A record with a loss.
    value : Value
        What varies: any value of the trace.

    Raises
    ------
    TeachrnnError
        If the trace has no loss.

    Examples
    --------
    >>> from teachrnn import Sum, Tanh
    >>> trace = Trace()
    >>> a = trace.input("a", [0.0, 0.0])
    >>> L = trace.loss(Sum(Tanh(a), name="L"))
    >>> Variants(trace, a).losses(np.array([[1e-30j, 0], [0, 0]])).imag     # d tanh(a) / da is 1 at 0
    array([1.e-30, 0.e+00])
    """

    def __init__(self, trace: Trace, value: Value) -> None:
        super().__init__(trace, [value])
        self.value = value

    def moved(
        self, entries: Array, steps: Sequence[complex] | Array, progress: EntriesDone | None = None
    ) -> Array:
        """L with one entry moved by one step, for every step and every entry in turn.

        As many are carried side by side as `MAX_NUMBERS` allows.

        Parameters
        ----------
        entries : ndarray of int
            Flat indices.
        steps : sequence of float or complex
            By how much. Real steps are rounded to the precision of the record, as it would.
        progress : callable, optional
            Called with the number of entries done since the last call.

        Returns
        -------
        ndarray, shape (steps, entries)
            The losses.

        Raises
        ------
        DomainError
            As `losses`.
        """
        moves, base = np.asarray(steps), self.value.data.ravel()
        base = base.astype(complex) if moves.dtype.kind == "c" else base
        together = max(1, MAX_NUMBERS // (base.size + self.size) // len(moves))
        losses = np.empty((len(moves), len(entries)), dtype=base.dtype)
        for start in range(0, len(entries), together):
            chunk = entries[start : start + together]
            variants = np.tile(base, (len(moves), len(chunk), 1))
            variants[:, np.arange(len(chunk)), chunk] += moves[:, np.newaxis].astype(base.dtype)
            found = self.losses(variants.reshape(-1, *self.value.shape))
            losses[:, start : start + len(chunk)] = found.reshape(len(moves), len(chunk))
            if progress is not None:
                progress(len(chunk))
        return losses

    def losses(self, variants: Array) -> Array:
        """L for every variant, from ``variants`` of shape (N, ...): complex numbers if those are.

        Raises
        ------
        DomainError
            If an operation on the way to the loss takes no complex numbers, or returns real ones.
        """
        with warnings.catch_warnings(), np.errstate(all="ignore"):  # infinite is an answer too
            warnings.simplefilter("error", np.exceptions.ComplexWarning)  # never lose a derivative
            rows = self._that_matter(variants)
            total = np.full(len(variants), self.total({}, 1, variants.dtype)[0])
            if not rows.any():
                return total
            new = {self.value.index: variants[rows]}
            moved = {self.value.index: rows_moved(self.value, variants[rows])}
            for op in self.path:
                if any(v.index in new for v in op.operands):
                    result = self.applied(op, new, moved)
                    if result is not None:
                        new[op.index], moved[op.index] = result
        total[rows] = self.total(new, int(rows.sum()), variants.dtype)
        return total

    def _that_matter(self, variants: Array) -> Array:
        """Which variants change anything: of a table, not those in a column that is never looked up.

        What changes first is an operation that uses the value, and has all else as it was recorded.
        """
        if not self._is_table:
            return np.ones(len(variants), dtype=bool)
        new = {self.value.index: variants}
        moved = {self.value.index: rows_moved(self.value, variants)}
        rows = np.zeros(len(variants), dtype=bool)
        for op in self.path:
            if any(v is self.value for v in op.operands):
                result = self.applied(op, new, moved)
                if result is not None:
                    rows |= result[1]
        return rows

    @property
    def _is_table(self) -> bool:
        """Whether numbers are looked up in it, so that most may not be used."""
        return any(
            any(isinstance(op.domain.get(name), Index) for name in op.inputs)
            for op in self.path
            if any(v is self.value for v in op.operands)
        )
