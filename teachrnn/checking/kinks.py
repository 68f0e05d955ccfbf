"""Where a loss has no derivative: its slopes from the two sides differ, however short the step."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from teachrnn.reference.double_precision import in_double
from teachrnn.reference.estimate import EPS
from teachrnn.trace import Trace

Array = NDArray[Any]

STEPS = (1e-6, 5e-7, 2.5e-7)
"""The gap between the slopes of a smooth function halves with the step; that of a kink stays."""

STEADY = 0.1
"""How much the gap may change from one step to the next, relative to itself."""

ABOVE_THE_FLOOR = 100
"""How far the gap must lie above the round-off floor."""


class Kinks:
    """Looks for entries of a value at which the loss is not differentiable, such as ReLU's at 0.

    Parameters
    ----------
    trace : Trace
        A record with a loss.
    name : str
        The value whose entries are moved.

    Examples
    --------
    >>> from teachrnn import Relu, Sum
    >>> trace = Trace()
    >>> L = trace.loss(Sum(Relu(trace.input("a", [-1.0, 0.0, 1.0])), name="L"))
    >>> Kinks(trace, "a").among(np.arange(3))
    ((1,),)
    """

    def __init__(self, trace: Trace, name: str) -> None:
        self.trace = in_double(trace)
        self.name = name
        self.base = self.trace[name].data
        self.rest = float(self.trace.loss_after({name: self.base}))

    def among(self, places: Array) -> tuple[tuple[int, ...], ...]:
        """Those of the entries (flat indices) that lie at a kink.

        All are moved at once first, in two random directions, as most losses have none.
        """
        rng = np.random.default_rng(0)
        direction = np.zeros(self.base.size)
        for _ in range(2):
            direction[places] = rng.uniform(0.5, 1.0, len(places)) * rng.choice([-1, 1], len(places))
            if self._bends_along(direction):
                break
        else:
            return ()
        found = []
        for place in places:
            direction = np.zeros(self.base.size)
            direction[place] = 1.0
            if self._bends_along(direction):
                found.append(tuple(int(i) for i in np.unravel_index(int(place), self.base.shape)))
        return tuple(found)

    def _bends_along(self, direction: Array) -> bool:
        gaps = [self._gap(direction, h) for h in STEPS]
        floor = ABOVE_THE_FLOOR * EPS * max(abs(self.rest), 1.0) / STEPS[-1]
        least = min(abs(gap) for gap in gaps)
        return least > floor and max(abs(a - b) for a in gaps for b in gaps) < STEADY * least

    def _gap(self, direction: Array, h: float) -> float:
        """Slope to the right less slope to the left."""
        step = h * direction.reshape(self.base.shape)
        right, left = (float(self.trace.loss_after({self.name: self.base + s})) for s in (step, -step))
        return (right - 2 * self.rest + left) / h
