"""Where a loss has no derivative: its slopes from the two sides differ, however short the step."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from teachrnn.array import Array
from teachrnn.reference.double_precision import in_double
from teachrnn.reference.estimate import EPS
from teachrnn.trace import Trace

Entries = Mapping[str, Array]

STEPS = (1e-6, 5e-7, 2.5e-7, 1.25e-7)
"""Each is half of the one before: the gap of a smooth function can be eliminated (Richardson)."""

STEADY = 0.02
"""How much the remainder may change from step to step, relative to itself."""

ABOVE_THE_FLOOR = 400
"""How far it must be above the round-off floor."""


def kinks(trace: Trace, places: Entries) -> dict[str, tuple[tuple[int, ...], ...]]:
    r"""Entries at which the loss is not differentiable, such as those that put ReLU at 0.

    The gap between the slopes to the right and to the left of a point, over a step $h$, is
    $K + O(h)$; where the loss is smooth, $K = 0$. First all entries are moved together, in two random
    directions, then those of each value, and only where these find a kink each entry by itself.

    Parameters
    ----------
    trace : Trace
        A record with a loss.
    places : mapping
        Flat indices of the entries to look at, by name of the value.

    Returns
    -------
    dict
        For every name the indices of the entries at a kink.

    Examples
    --------
    >>> from teachrnn import Relu, Sum
    >>> trace = Trace()
    >>> L = trace.loss(Sum(Relu(trace.input("a", [-1.0, 0.0, 1.0])), name="L"))
    >>> kinks(trace, {"a": np.arange(3)})
    {'a': ((1,),)}
    """
    bends = _Bends(in_double(trace))
    found: dict[str, tuple[tuple[int, ...], ...]] = dict.fromkeys(places, ())
    if not bends.somewhere(places):
        return found
    for name, flat in places.items():
        if len(flat) and bends.somewhere({name: flat}):
            at = [int(i) for i in flat if bends.along({name: (np.array([i]), np.ones(1))})]
            shape = trace[name].shape
            found[name] = tuple(tuple(int(i) for i in np.unravel_index(place, shape)) for place in at)
    return found


class _Bends:
    """Whether the loss of a record has a kink along a direction."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.rest = float(trace.total_loss)
        noise = EPS * max(abs(self.rest), 1.0) / STEPS[-1]
        self.floor = ABOVE_THE_FLOOR * noise

    def somewhere(self, places: Entries) -> bool:
        """Along one of two random directions, which move all the entries."""
        rng = np.random.default_rng(0)
        return any(
            self.along(
                {
                    name: (flat, rng.uniform(0.5, 1, len(flat)) * rng.choice([-1, 1], len(flat)))
                    for name, flat in places.items()
                }
            )
            for _ in range(2)
        )

    def along(self, direction: Mapping[str, tuple[Array, Array]]) -> bool:
        """Along a direction: for every name flat indices, and how far to move these entries."""
        gaps = [self._gap(direction, h) for h in STEPS]
        left = [2 * half - whole for whole, half in pairwise(gaps)]
        least = min(abs(k) for k in left)
        return least > self.floor and max(left) - min(left) < STEADY * least

    def _gap(self, direction: Mapping[str, tuple[Array, Array]], h: float) -> float:
        """Slope to the right minus slope to the left."""
        right, left = (self._moved(direction, step) for step in (h, -h))
        return (right - 2 * self.rest + left) / h

    def _moved(self, direction: Mapping[str, tuple[Array, Array]], step: float) -> float:
        changes = {}
        for name, (flat, along) in direction.items():
            data = self.trace[name].data.copy()
            data.reshape(-1)[flat] += step * along  # a copy is contiguous, so this is a view
            changes[name] = data
        return float(self.trace.loss_after(changes))
