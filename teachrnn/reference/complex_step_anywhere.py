"""What L would do if any one number of a trace were nudged, by complex step."""

from __future__ import annotations

from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import DomainError
from teachrnn.one_thread import OneThread
from teachrnn.reference.complex_step import ComplexStep
from teachrnn.reference.nudged_results import slopes_together
from teachrnn.trace import Trace


def complex_step_gradient(trace: Trace, name: str, entries: Any = None) -> Array:
    r"""Gradient of L with respect to any value, a result as well as a leaf, by complex step.

    Each entry in turn is nudged by $ih$ and all that follows from it is computed anew; the slope is
    $\mathrm{Im}\, L / h$. A result is nudged itself: what it was made from stays as it is.

    Parameters
    ----------
    trace : Trace
        A record with a loss.
    name : str
        A value of floating-point numbers: a parameter, a dense input, a state, any result.
    entries : array-like of int, optional
        Flat indices of the entries to evaluate; all if not given.

    Returns
    -------
    ndarray
        Of the value's shape; NaN where it was not evaluated, or is not a finite number.

    Raises
    ------
    NameLookupError
        If there is no such value.
    DomainError
        If the value holds whole numbers, an entry lies outside it, or an operation on the way to the
        loss is not defined for complex numbers (its message names the operation).
    TeachrnnError
        If the trace has no loss.

    References
    ----------
    Squire & Trapp (1998), SIAM Review 40(1), equation 5.

    Examples
    --------
    >>> from teachrnn import CharRNN, backpropagate
    >>> model = CharRNN(hidden=3, symbols=4, scale=0.5, rng=np.random.default_rng(0))
    >>> trace = model.record([0, 1, 2], [1, 2, 3])
    >>> found = complex_step_gradient(trace, "h[2]")
    >>> bool(np.abs(found - backpropagate(trace).gradient("h[2]")).max() < 1e-15)
    True
    """
    value = trace[name]
    size = value.data.size
    flat = np.arange(size) if entries is None else np.asarray(entries, dtype=int).ravel()
    found = np.full(size, np.nan)
    found[flat] = ComplexStep().estimate(trace, name, flat).values
    return found.reshape(value.shape)


class ComplexStepGradients(dict[str, Array]):
    """Complex-step gradients by name of the value; NaN where an entry was not evaluated.

    Attributes
    ----------
    refused : dict
        For every value whose nudges do not get through to the loss, the sentence that names the
        operation that stops them. The value's array is all NaN.
    """

    def __init__(self) -> None:
        super().__init__()
        self.refused: dict[str, str] = {}


def complex_step_everywhere(
    trace: Trace,
    *,
    max_entries: int | None = None,
    max_entries_at_step: int | None = None,
    rng: np.random.Generator | None = None,
) -> ComplexStepGradients:
    """Complex-step gradients of every floating-point value of a trace, results included.

    It asks for one forward pass per entry, so for a large network entries are drawn at random. The
    values of time steps share their passes where all of their entries are wanted.

    Parameters
    ----------
    trace : Trace
        A record with a loss.
    max_entries : int, optional
        How many entries of each value that belongs to no time step, such as a parameter; all if not
        given.
    max_entries_at_step : int, optional
        How many entries of each value of a time step; all if not given.
    rng : numpy.random.Generator, optional
        For the drawing.

    Returns
    -------
    ComplexStepGradients
        A dict of arrays by name, in the order of the trace.

    Raises
    ------
    TeachrnnError
        If the trace has no loss.

    Examples
    --------
    >>> from teachrnn import CharRNN
    >>> model = CharRNN(hidden=3, symbols=4, scale=0.5, rng=np.random.default_rng(0))
    >>> found = complex_step_everywhere(model.record([0, 1, 2], [1, 2, 3]), max_entries=2)
    >>> int(np.isfinite(found["W"]).sum()), int(np.isfinite(found["h[3]"]).sum()), found.refused
    (2, 3, {})
    """
    rng = rng or np.random.default_rng(0)
    found = ComplexStepGradients()
    together = {} if max_entries_at_step is not None else _of_time_steps(trace)
    for value in trace.values:
        if value.data.dtype.kind != "f":
            continue
        if value.name in together:
            found[value.name] = together[value.name]
            continue
        size = value.data.size
        limit = max_entries if value.t is None else max_entries_at_step
        drawn = None if limit is None else np.sort(rng.choice(size, min(limit, size), replace=False))
        try:
            found[value.name] = complex_step_gradient(trace, value.name, drawn)
        except DomainError as refusal:
            found[value.name] = np.full(value.shape, np.nan)
            found.refused[value.name] = str(refusal)
    return found


def _of_time_steps(trace: Trace) -> dict[str, Array]:
    """The gradients of all values of time steps; none where an operation refuses the nudges of one.

    Each is then tried alone, so that a refusal is about the values that it concerns.
    """
    weights = {
        operand.index
        for op in trace.ops
        for name, operand in zip(op.inputs, op.operands, strict=True)
        if name in op.shared
    }
    values = [
        v
        for v in trace.values
        if v.t is not None and v.data.dtype.kind == "f" and v.index not in weights
    ]
    try:
        with OneThread():
            return slopes_together(trace, values)
    except DomainError:
        return {}
