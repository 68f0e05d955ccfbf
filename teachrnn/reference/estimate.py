"""An oracle's answer about a gradient: numbers, and how far they can be trusted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import DomainError, TeachrnnError
from teachrnn.one_thread import OneThread
from teachrnn.op import Value
from teachrnn.part import Part
from teachrnn.registry import Registry
from teachrnn.trace import Trace

EntriesDone = Callable[[int], None]

EPS = float(np.finfo(np.float64).eps)
"""Spacing of float64 numbers at 1: 2.2e-16."""

NO_LOSS = (
    "the trace has no loss whose derivative could be taken: give the model targets= when "
    "it records, or declare one with trace.loss(...)."
)


@dataclass(frozen=True, eq=False)
class Estimate:
    """Reference values for some entries of one value's gradient.

    Attributes
    ----------
    entries : ndarray of int
        Flat indices of the entries.
    values : ndarray of float
        The oracle's gradient at these entries.
    bound : ndarray of float
        Estimated absolute error of the oracle itself, per entry.
    floor : float
        The part of it that no smaller or larger step can remove: the round-off floor.
    """

    entries: Array
    values: Array
    bound: Array
    floor: float


ORACLES = Registry["type[Oracle]"]("oracle")
"""Every oracle, by name: filled by defining subclasses of `Oracle`."""


class Oracle(Part, registry=ORACLES, required=("title",)):
    """Base of every source of reference gradients; subclasses register under ``name``.

    A subclass defines `evaluate`. Users call `estimate`, which first refuses, by name, values without
    a gradient: so every oracle works for every floating-point value of a trace, a result as
    well as a leaf, or says why it does not.

    Attributes
    ----------
    name : str
        Key on the command line.
    title : str
        Its name in a report.
    """

    title: ClassVar[str]

    def estimate(
        self, trace: Trace, name: str, entries: Array, progress: EntriesDone | None = None
    ) -> Estimate:
        """Gradient of the loss at some entries of a value; a result is moved itself.

        Parameters
        ----------
        trace : Trace
            A record with a loss.
        name : str
            Any value of floating-point numbers: a parameter, a state, a dense input, a result.
        entries : array-like of int
            Flat indices.
        progress : callable, optional
            Called with the number of entries done since the last call.

        Returns
        -------
        Estimate
            The derivatives, and how far off each may be.

        Raises
        ------
        NameLookupError
            If there is no such value, with the nearest names.
        DomainError
            If the value holds whole numbers, has no such entry, or the oracle cannot get through
            an operation on the way to the loss.
        TeachrnnError
            If the trace has no loss.
        """
        value = trace[name]
        if value.data.dtype.kind != "f":
            raise DomainError(
                f"`{name}` holds {value.data.dtype} numbers: only floating-point ones have slopes."
            )
        if not trace.losses:
            raise TeachrnnError(NO_LOSS)
        places = np.asarray(entries, dtype=int).ravel()
        outside = places[(places < 0) | (places >= value.data.size)]
        if outside.size:
            raise DomainError(
                f"`{name}` has the entries 0..{value.data.size - 1}; {outside[0]} is none of them."
            )
        with OneThread():  # a busy machine would make the threads of many small products wait
            return self.evaluate(trace, value, places, progress)

    def evaluate(
        self, trace: Trace, value: Value, entries: Array, progress: EntriesDone | None
    ) -> Estimate:
        """What `estimate` returns, for a value and entries that exist.

        Parameters
        ----------
        trace : Trace
            A record with a loss.
        value : Value
            The value whose derivatives are wanted.
        entries : ndarray
            Which entries, as places in the flattened array.
        progress : Progress, optional
            Called with the number of entries that were done.

        Returns
        -------
        Estimate
            The derivatives, and how far off each may be.
        """
        raise NotImplementedError
