"""Finite differences: the best-known check, with its round-off floor made visible."""

from __future__ import annotations

from collections.abc import Sequence

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
        steps = [self.h, 2 * self.h, self.h / 2]
        values, wider, narrower = self.slopes(trace, value, entries, steps, progress)
        floor = EPS * abs(float(trace.total_loss)) / self.h
        return Estimate(entries, values, _bound(values, wider, narrower, floor, 3.0), floor)

    @staticmethod
    def slopes(
        trace: Trace,
        value: Value,
        entries: Array,
        steps: Sequence[float] | Array,
        progress: EntriesDone | None = None,
    ) -> Array:
        """The difference quotients alone, in float64.

        Parameters
        ----------
        trace : Trace
            A record with a loss.
        value : Value
            The value whose derivatives are wanted.
        entries : ndarray
            Which entries, as places in the flattened array.
        steps : sequence of float
            The steps h.
        progress : Progress, optional
            Called with the number of entries that were done.

        Returns
        -------
        ndarray, shape (steps, entries)
            The derivatives.
        """
        double = in_double(trace)
        return central_quotients(double, double[value.name], entries, steps, progress)


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
        steps = [self.h, 2 * self.h, self.h / 2]
        values, wider, narrower = self.slopes(trace, value, entries, steps, progress)
        floor = EPS * abs(float(trace.total_loss)) / self.h
        return Estimate(entries, values, _bound(values, wider, narrower, 2 * floor, 1.0), floor)

    @staticmethod
    def slopes(
        trace: Trace,
        value: Value,
        entries: Array,
        steps: Sequence[float] | Array,
        progress: EntriesDone | None = None,
    ) -> Array:
        """The difference quotients alone, in float64.

        Parameters
        ----------
        trace : Trace
            A record with a loss.
        value : Value
            The value whose derivatives are wanted.
        entries : ndarray
            Which entries, as places in the flattened array.
        steps : sequence of float
            The steps h.
        progress : Progress, optional
            Called with the number of entries that were done.

        Returns
        -------
        ndarray, shape (steps, entries)
            The derivatives.
        """
        double = in_double(trace)
        return one_sided_quotients(double, double[value.name], entries, steps, progress)


def central_quotients(
    trace: Trace,
    value: Value,
    entries: Array,
    steps: Sequence[float] | Array,
    progress: EntriesDone | None = None,
) -> Array:
    """The central difference quotients in the precision of the record, of shape (steps, entries)."""
    h = np.asarray(steps)[:, np.newaxis]
    moved = Variants(trace, value).moved(entries, np.concatenate([h, -h]).ravel(), progress)
    up, down = np.split(moved, 2)
    with np.errstate(invalid="ignore"):  # infinite minus infinite is NaN, and so is the result
        return np.asarray((up - down) / (2 * h))


def one_sided_quotients(
    trace: Trace,
    value: Value,
    entries: Array,
    steps: Sequence[float] | Array,
    progress: EntriesDone | None = None,
) -> Array:
    """The one-sided difference quotients in the precision of the record, of shape (steps, entries)."""
    h = np.asarray(steps)[:, np.newaxis]
    moved = Variants(trace, value).moved(entries, h.ravel(), progress)
    return np.asarray((moved - trace.total_loss) / h)


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
