"""How much of an error is due to the precision of the numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from teachrnn.array import Array
from teachrnn.backprop import Backprop
from teachrnn.reference.double_precision import in_double
from teachrnn.trace import Trace

ROUNDINGS = 1000
"""How many roundings a correct backward pass may accumulate, relative to its largest entry."""

ELSEWHERE = 10
"""The same relative to the largest entry of all gradients: what cancellation leaves."""


@dataclass(frozen=True, eq=False)
class Precision:
    """The coarsest floating-point precision of a record and of the gradients to be judged.

    Attributes
    ----------
    name : str
        ``"float64"``, ``"float32"`` ...
    eps : float
        Spacing of such numbers at 1.
    """

    name: str
    eps: float
    _trace: Trace
    _double: Trace

    @classmethod
    def of(cls, trace: Trace, gradients: Iterable[Array]) -> Precision:
        """That of a trace and of gradients of its values; never finer than float64."""
        arrays = [value.data for value in trace.values] + list(gradients)
        kinds = {a.dtype for a in arrays if a.dtype.kind == "f" and a.dtype.itemsize < 8}
        coarsest = max(kinds, key=lambda dtype: np.finfo(dtype).eps, default=np.dtype(np.float64))
        return cls(coarsest.name, float(np.finfo(coarsest).eps), trace, in_double(trace))

    @property
    def is_double(self) -> bool:
        """Whether everything is in float64."""
        return self.name == "float64"

    def rounding(self, name: str, largest: float, elsewhere: float) -> Array | float:
        """The error that correct code may show in the gradient of a value, entry by entry.

        Parameters
        ----------
        name : str
            The value.
        largest, elsewhere : float
            Largest entry of its gradient, and of all gradients.
        """
        backward = (ROUNDINGS * largest + ELSEWHERE * elsewhere) * self.eps
        if self._double is self._trace:
            return backward
        return backward + self._moved_by_the_forward_pass(name)

    def _moved_by_the_forward_pass(self, name: str) -> Array:
        """How far the gradient is from that of the same pass in float64.

        A network with large weights amplifies the rounding of its own forward pass from step to
        step. The library's gradients serve as a measure of that; whether they are right is another
        question, which the oracle answers.
        """
        here, there = (
            Backprop(trace, losses=trace.losses).run().gradient(name)
            for trace in (self._trace, self._double)
        )
        if here is None or there is None:
            return np.zeros(self._trace[name].data.size)
        return np.abs(here.astype(float) - there).ravel()
