"""Finite differences: the best-known check, with its round-off floor made visible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from teachrnn.array import Array
from teachrnn.op import Value
from teachrnn.reference.double_precision import in_double
from teachrnn.reference.estimate import EPS, ORACLES, EntriesDone, Estimate
from teachrnn.reference.numerical_derivative import NumericalDerivative
from teachrnn.reference.variant import Variants
from teachrnn.trace import Trace

UNSTABLE = 0.1
"""A derivative that changes by more than this fraction at twice or half the step is not used."""


class FiniteDifference(NumericalDerivative, registry=ORACLES, required=("title",)):
    r"""Base of the differences: the truncation error is estimated from twice and half the step.

    Attributes
    ----------
    roundings : float
        Rounding error of the quotient, in units of the floor, $\epsilon |L| / h$.
    divisor : float
        Change of the quotient at twice the step, relative to its truncation error (Richardson).
    """

    roundings: ClassVar[float]
    divisor: ClassVar[float]

    def evaluate(
        self, trace: Trace, value: Value, entries: Array, progress: EntriesDone | None
    ) -> Estimate:
        steps = [self.h, 2 * self.h, self.h / 2]
        values, wider, narrower = self.slopes(trace, value, entries, steps, progress)
        floor = EPS * abs(float(trace.total_loss)) / self.h
        bound = _bound(values, wider, narrower, self.roundings * floor, self.divisor)
        return Estimate(entries, values, bound, floor)


class CentralDifference(FiniteDifference):
    r"""Central difference: $(L(\theta + h) - L(\theta - h)) / 2h$.

    It has two errors. Truncation falls with $h^2$; it is estimated here from a second difference with
    step $2h$ (Richardson), and trusted only if a third one, with step $h/2$, changes little. Round-off
    rises as $\epsilon |L| / h$: the two losses are nearly equal, and few correct digits are left in
    their difference. Nothing below that floor can be seen, however correct the code.

    References
    ----------
    Press et al. (2007), Numerical Recipes, section 5.7.
    """

    name = "central"
    title = "central difference"
    roundings, divisor = 1.0, 3.0

    def __init__(self, h: float = 1e-5) -> None:
        self.h = h

    @staticmethod
    def slopes(
        trace: Trace,
        value: Value,
        entries: Array,
        steps: Sequence[float] | Array,
        progress: EntriesDone | None = None,
    ) -> Array:
        double = in_double(trace)
        return central_quotients(double, double[value.name], entries, steps, progress)


class OneSidedDifference(FiniteDifference):
    r"""One-sided (forward) difference: $(L(\theta + h) - L(\theta)) / h$.

    Cheaper by half and worse by far: truncation falls only with $h$, so the best step leaves about
    half of the digits that a central difference can reach. Shown for comparison.

    References
    ----------
    Press et al. (2007), Numerical Recipes, section 5.7.
    """

    name = "one-sided"
    title = "one-sided difference"
    roundings, divisor = 2.0, 1.0

    def __init__(self, h: float = 1e-7) -> None:
        self.h = h

    @staticmethod
    def slopes(
        trace: Trace,
        value: Value,
        entries: Array,
        steps: Sequence[float] | Array,
        progress: EntriesDone | None = None,
    ) -> Array:
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
