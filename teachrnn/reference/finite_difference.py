"""Finite differences: the check that everybody knows, with its round-off floor made visible."""

from __future__ import annotations

import numpy as np

from teachrnn.reference.estimate import EPS, Array, Estimate, Oracle, Progress, nudged
from teachrnn.trace import Trace


class CentralDifference(Oracle):
    r"""Central difference: $(L(\theta + h) - L(\theta - h)) / 2h$.

    Two errors meet. Truncation falls with $h^2$; it is estimated here by a second difference with
    step $2h$ (Richardson). Round-off rises as $\epsilon |L| / h$: the two losses are nearly equal,
    and their difference keeps only what rounding left. Nothing below that floor can be seen,
    however correct the code.

    References
    ----------
    Press et al. (2007), Numerical Recipes, section 5.7.
    """

    name = "central"
    title = "central difference"

    def __init__(self, h: float = 1e-5) -> None:
        self.h = h

    def estimate(
        self, trace: Trace, parameter: str, entries: Array, progress: Progress | None = None
    ) -> Estimate:
        values = self._slope(trace, parameter, entries, self.h, progress)
        wider = self._slope(trace, parameter, entries, 2 * self.h, None)
        floor = EPS * abs(float(trace.total_loss)) / self.h
        return Estimate(entries, values, floor + np.abs(wider - values) / 3, floor)

    def _slope(
        self, trace: Trace, parameter: str, entries: Array, h: float, progress: Progress | None
    ) -> Array:
        up = nudged(trace, parameter, entries, h, float, progress)
        down = nudged(trace, parameter, entries, -h, float)
        return (up - down) / (2 * h)


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

    def estimate(
        self, trace: Trace, parameter: str, entries: Array, progress: Progress | None = None
    ) -> Estimate:
        loss = float(trace.total_loss)
        values = (nudged(trace, parameter, entries, self.h, float, progress) - loss) / self.h
        wider = (nudged(trace, parameter, entries, 2 * self.h, float) - loss) / (2 * self.h)
        floor = EPS * abs(loss) / self.h
        return Estimate(entries, values, 2 * floor + np.abs(wider - values), floor)
