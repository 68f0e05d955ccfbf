"""Finite differences: the check that everybody knows, with its round-off floor made visible."""

from __future__ import annotations

import numpy as np

from teachrnn.array import Array
from teachrnn.op import Value
from teachrnn.reference.double_precision import in_double
from teachrnn.reference.estimate import EPS, EntriesDone, Estimate, Oracle
from teachrnn.reference.variant import Variants
from teachrnn.trace import Trace

UNSTABLE = 0.1
"""A slope that changes by more than this share when the step is doubled or halved is no slope."""


class CentralDifference(Oracle):
    r"""Central difference: $(L(\theta + h) - L(\theta - h)) / 2h$.

    Two errors meet. Truncation falls with $h^2$; it is estimated here by a second difference with
    step $2h$ (Richardson), and believed only if a third, with step $h/2$, changes little. Round-off
    rises as $\epsilon |L| / h$: the two losses are nearly equal, and their difference keeps only
    what rounding left. Nothing below that floor can be seen, however correct the code.

    References
    ----------
    Press et al. (2007), Numerical Recipes, section 5.7.
    """

    name = "central"
    title = "central difference"

    def __init__(self, h: float = 1e-5) -> None:
        self.h = h

    def evaluate(
        self, trace: Trace, value: Value, entries: Array, progress: EntriesDone | None
    ) -> Estimate:
        values = self.slope(trace, value, entries, progress)
        wider, narrower = (
            CentralDifference(factor * self.h).slope(trace, value, entries) for factor in (2, 0.5)
        )
        floor = EPS * abs(float(trace.total_loss)) / self.h
        return Estimate(entries, values, _bound(values, wider, narrower, floor, 3.0), floor)

    def slope(
        self, trace: Trace, value: Value, entries: Array, progress: EntriesDone | None = None
    ) -> Array:
        """The difference quotient alone, in float64.

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
        ndarray
            The derivatives, one for each entry.
        """
        double = in_double(trace)
        up = nudged(double, value.name, entries, self.h, progress)
        down = nudged(double, value.name, entries, -self.h)
        return (up - down) / (2 * self.h)


class OneSidedDifference(Oracle):
    r"""One-sided (forward) difference: $(L(\theta + h) - L(\theta)) / h$.

    Cheaper by half and worse by far: truncation falls only with $h$, so the best step leaves about
    half of the digits that a central difference can reach. Shown for comparison.

    References
    ----------
    Press et al. (2007), Numerical Recipes, section 5.7.
    """

    name = "one-sided"
    title = "one-sided difference"

    def __init__(self, h: float = 1e-7) -> None:
        self.h = h

    def evaluate(
        self, trace: Trace, value: Value, entries: Array, progress: EntriesDone | None
    ) -> Estimate:
        values = self.slope(trace, value, entries, progress)
        wider, narrower = (
            OneSidedDifference(factor * self.h).slope(trace, value, entries) for factor in (2, 0.5)
        )
        floor = EPS * abs(float(trace.total_loss)) / self.h
        return Estimate(entries, values, _bound(values, wider, narrower, 2 * floor, 1.0), floor)

    def slope(
        self, trace: Trace, value: Value, entries: Array, progress: EntriesDone | None = None
    ) -> Array:
        """The difference quotient alone, in float64.

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
        ndarray
            The derivatives, one for each entry.
        """
        double = in_double(trace)
        moved = nudged(double, value.name, entries, self.h, progress)
        return (moved - float(double.total_loss)) / self.h


def nudged(
    trace: Trace, name: str, entries: Array, step: float, progress: EntriesDone | None = None
) -> Array:
    """L with one entry of a value moved by ``step``, for every entry in turn."""
    variants = Variants(trace, trace[name])
    losses = []
    for start in range(0, len(entries), variants.together):
        chunk = entries[start : start + variants.together]
        losses.append(variants.losses_of(chunk, step))
        if progress is not None:
            progress(len(chunk))
    return np.concatenate(losses) if losses else np.zeros(0)


def _bound(values: Array, wider: Array, narrower: Array, floor: float, divisor: float) -> Array:
    """Round-off plus truncation; infinite where twice or half the step changes the slope beyond use.

    Then the step is too long for Richardson's estimate, or the slope drowns in round-off: the
    difference says nothing. Two steps alone may agree by chance where the loss bends within them.
    The largest change counts for every entry, since in a network that amplifies small changes an
    entry may seem to have converged by chance.
    """
    change = np.abs(wider - values)
    most = max(np.linalg.norm(change), np.linalg.norm(narrower - values))
    if most > UNSTABLE * np.linalg.norm(values):
        return np.full(values.shape, np.inf)
    return np.asarray(floor + (change + change.max(initial=0.0)) / divisor)
