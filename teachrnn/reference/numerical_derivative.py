"""Oracles that move a number by a step and compute the loss again."""

from __future__ import annotations

from collections.abc import Sequence

from teachrnn.array import Array
from teachrnn.op import Value
from teachrnn.reference.estimate import ORACLES, EntriesDone, Oracle
from teachrnn.trace import Trace


class NumericalDerivative(Oracle, registry=ORACLES, required=("title",)):
    """Base of the oracles with a step: `slopes` gives their derivatives for any step.

    Attributes
    ----------
    h : float
        The step that `estimate` uses.
    """

    h: float

    @staticmethod
    def slopes(
        trace: Trace,
        value: Value,
        entries: Array,
        steps: Sequence[float] | Array,
        progress: EntriesDone | None = None,
    ) -> Array:
        """Derivatives of the loss with respect to some entries of a value, for several steps.

        Parameters
        ----------
        trace : Trace
            A record with a loss.
        value : Value
            The value whose derivatives are wanted.
        entries : ndarray
            Which entries, as indices into the flattened array.
        steps : sequence of float
            The steps h.
        progress : callable, optional
            Called with the number of entries done since the last call.

        Returns
        -------
        ndarray, shape (steps, entries)
            The derivatives, in float64.

        Raises
        ------
        DomainError
            If an operation between the value and the loss cannot be evaluated with the step.
        """
        raise NotImplementedError
