"""Slopes of the loss in every entry of many values at once, from few passes through a record."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence

import numpy as np

from teachrnn.array import Array
from teachrnn.op import Op, Value
from teachrnn.reference.carried import MAX_NUMBERS, Carried, rows_moved
from teachrnn.trace import Trace

STEP = 1e-30
"""h, of the step $ih$."""


def slopes_together(trace: Trace, values: Sequence[Value]) -> dict[str, Array]:
    r"""Complex-step gradients of values that are no weights, all entries of all of them together.

    Every entry of every value is nudged by $ih$ in a variant of its own, and one pass through the record
    carries the variants of many values. A pass for each value, as `ComplexStep` makes it, applies every
    operation again for each value before it: of n values, about $n^2 / 2$ applications.

    Parameters
    ----------
    trace : Trace
        A record with a loss.
    values : sequence of Value
        In the order of the trace; none may be an operand that is shared by the variants of a batch.

    Returns
    -------
    dict
        An array of the value's shape for each name; NaN where the slope is not a finite number.

    Raises
    ------
    DomainError
        If an operation on the way to the loss is not defined for complex numbers.

    References
    ----------
    Squire & Trapp (1998), SIAM Review 40(1), equation 5.

    Examples
    --------
    >>> from teachrnn import CharRNN, backpropagate
    >>> model = CharRNN(hidden=3, symbols=4, scale=0.5, rng=np.random.default_rng(0))
    >>> trace = model.record([0, 1, 2], [1, 2, 3])
    >>> found = slopes_together(trace, [trace["a[2]"], trace["h[3]"]])
    >>> bool(np.abs(found["a[2]"] - backpropagate(trace).gradient("a[2]")).max() < 1e-15)
    True
    """
    found = {}
    for together in _passes(trace, values):
        found.update(_one_pass(trace, together))
    return found


def _passes(trace: Trace, values: Sequence[Value]) -> Iterator[list[Value]]:
    """Neighbours that fit into memory together; their variants make new what comes after the first."""
    at_once: list[Value] = []
    for value in values:
        entries = sum(v.data.size for v in at_once) + value.data.size
        if at_once and entries * _size_after(trace, at_once[0]) > MAX_NUMBERS:
            yield at_once
            at_once = []
        at_once.append(value)
    if at_once:
        yield at_once


def _size_after(trace: Trace, value: Value) -> int:
    return sum(op.data.size for op in trace.ops if op.index >= value.index)


def _one_pass(trace: Trace, values: Sequence[Value]) -> dict[str, Array]:
    carried = Carried(trace, values)
    count = sum(v.data.size for v in values)
    ends = np.cumsum([v.data.size for v in values])
    rows = {v.index: np.arange(end - v.data.size, end) for v, end in zip(values, ends, strict=True)}
    new: dict[int, Array] = {}
    moved: dict[int, Array] = {}

    def nudge(value: Value) -> None:
        """Each entry in a row of its own, whatever the operation before it made of the other rows."""
        made = new.get(value.index)
        if made is None:
            made = np.tile(value.data.astype(complex), (count, *(1 for _ in value.shape)))
        entries = made.reshape(count, -1)
        entries[rows[value.index], np.arange(value.data.size)] += 1j * STEP
        new[value.index] = entries.reshape(count, *value.shape)
        moved[value.index] = rows_moved(value, new[value.index])

    for value in values:
        if not isinstance(value, Op):
            nudge(value)
    with warnings.catch_warnings(), np.errstate(all="ignore"):  # infinite is an answer too
        warnings.simplefilter("error", np.exceptions.ComplexWarning)  # never lose a derivative
        made_here = {op.index for op in carried.path}
        for op in [v for v in trace.ops if v.index in made_here or v.index in rows]:
            if any(v.index in new for v in op.operands) and op.index in made_here:
                result = carried.applied(op, new, moved)
                if result is not None:
                    new[op.index], moved[op.index] = result
            if op.index in rows:
                nudge(op)
        slopes = carried.total(new, count, np.dtype(complex)).imag / STEP
    slopes = np.where(np.isfinite(slopes), slopes, np.nan)
    return {v.name: slopes[rows[v.index]].reshape(v.shape) for v in values}
