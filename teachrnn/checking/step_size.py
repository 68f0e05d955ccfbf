"""The V-curve: how the error of a numerical derivative depends on its step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import DomainError
from teachrnn.reference import (
    CentralDifference,
    ComplexStep,
    HighPrecision,
    NumericalDerivative,
    OneSidedDifference,
    Oracle,
)
from teachrnn.trace import Trace

METHODS: dict[str, type[NumericalDerivative]] = {
    "one-sided difference": OneSidedDifference,
    "central difference": CentralDifference,
    "complex step": ComplexStep,
}


@dataclass(frozen=True, eq=False)
class StepSizeCurve:
    """Error against step for three methods.

    Attributes
    ----------
    parameter : str
        Whose gradient was taken.
    steps : ndarray
        The steps h.
    errors : dict
        For each method the norm-relative errors, one per step; exact zeros become the smallest
        number that float64 can tell from 1.
    """

    parameter: str
    steps: Array
    errors: dict[str, Array]

    def best(self, method: str) -> tuple[float, float]:
        """The step with the smallest error, and that error.

        Parameters
        ----------
        method : str
            A key of ``errors``.

        Returns
        -------
        tuple of float
            Step size and error.
        """
        at = int(np.argmin(self.errors[method]))
        return float(self.steps[at]), float(self.errors[method][at])


@np.errstate(under="ignore")
def step_size_curve(
    trace: Trace,
    parameter: str,
    *,
    steps: Sequence[float] | None = None,
    max_entries: int = 20,
    rng: np.random.Generator | None = None,
    truth: Oracle | None = None,
) -> StepSizeCurve:
    r"""Measure the error of one-sided differences, central differences and complex step.

    Differences have two enemies: with a large step the curvature (truncation, $h$ or $h^2$), with
    a small one rounding ($\epsilon |L| / h$). Plotted on logarithmic axes their errors
    form a V. Complex step has no second arm.

    Parameters
    ----------
    trace : Trace
        A record with a loss.
    parameter : str
        The parameter whose gradient is taken.
    steps : sequence of float, optional
        From 1e-1 to 1e-15, three in a decade, if not given.
    max_entries : int
        How many entries at most, drawn at random.
    rng : numpy.random.Generator, optional
        For the drawing.
    truth : Oracle, optional
        The reference: 50 digits if not given.

    Returns
    -------
    StepSizeCurve
        The errors of each method by step size.

    Raises
    ------
    NameLookupError
        If there is no such parameter.
    DomainError
        If no entry is to be compared.

    Examples
    --------
    >>> from teachrnn import CharRNN
    >>> model = CharRNN(hidden=3, symbols=4, scale=0.5, rng=np.random.default_rng(0))
    >>> curve = step_size_curve(model.record([0, 1], [1, 2]), "W", steps=[1e-2, 1e-5, 1e-12])
    >>> curve.best("central difference")[0]
    1e-05
    """
    if max_entries < 1:
        raise DomainError(f"`max_entries` is {max_entries}: at least 1 must be compared.")
    grid = np.array(10.0 ** np.arange(-1, -15.1, -1 / 3) if steps is None else steps)
    value = trace[parameter]
    size = value.data.size
    rng = rng or np.random.default_rng(0)
    drawn = np.sort(rng.choice(size, size=min(max_entries, size), replace=False))
    exact = (truth or HighPrecision()).estimate(trace, parameter, drawn).values
    scale = float(np.linalg.norm(exact)) or 1.0
    tiny = float(np.finfo(float).eps) / 2
    errors = {}
    for title, kind in METHODS.items():
        found = kind.slopes(trace, value, drawn, grid)
        errors[title] = np.maximum(np.linalg.norm(found - exact, axis=1) / scale, tiny)
    return StepSizeCurve(parameter, grid, errors)
