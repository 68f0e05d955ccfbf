"""Complex-step differentiation: a numerical derivative without cancellation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from teachrnn.array import Array
from teachrnn.op import Value
from teachrnn.reference.estimate import EPS, EntriesDone, Estimate
from teachrnn.reference.numerical_derivative import NumericalDerivative
from teachrnn.reference.variant import Variants
from teachrnn.trace import Trace


class ComplexStep(NumericalDerivative):
    r"""Complex step: $dL/d\theta \approx \mathrm{Im}\, L(\theta + i h) / h$.

    The step is taken into the imaginary direction, so nothing is subtracted and $h$ can be so small
    that the truncation error, of order $h^2$, is far below rounding. Correct code shows an error of
    1e-14 or so; code that finite differences cannot tell from correct code stands out by orders of
    magnitude. It needs a loss that is analytic where it is evaluated: the operations shift by the
    *real part* of a row's maximum and switch on the real part. The real parts stay on the recorded
    values, so what is differentiated is the recorded forward pass, rounding included. Many entries
    are nudged side by side, each in its own forward pass (see `Variants`).

    References
    ----------
    Squire & Trapp (1998), SIAM Review 40(1), equation 5; Martins, Sturdza & Alonso (2003).
    """

    name = "complex"
    title = "complex step"

    def __init__(self, h: float = 1e-30) -> None:
        self.h = h

    def evaluate(
        self, trace: Trace, value: Value, entries: Array, progress: EntriesDone | None
    ) -> Estimate:
        values = self.slopes(trace, value, entries, [self.h], progress)[0]
        floor = EPS * float(np.nanmax(np.abs(values), initial=0.0))
        truncation = np.abs(values) * self.h**2
        return Estimate(entries, values, floor + truncation, floor)

    @staticmethod
    def slopes(
        trace: Trace,
        value: Value,
        entries: Array,
        steps: Sequence[float] | Array,
        progress: EntriesDone | None = None,
    ) -> Array:
        # NaN where the quotient is not a finite number.
        h = np.asarray(steps)[:, np.newaxis]
        losses = Variants(trace, value).moved(entries, 1j * h.ravel(), progress)
        slopes = losses.imag / h
        return np.where(np.isfinite(slopes), slopes, np.nan)
