"""Compare gradients with an oracle, and say whether the check could have seen a mistake.

An error is judged against what the check itself can see, never against a fixed threshold: the
entries of W's gradient are tiny at small weights, and a fixed relative threshold fails correct code
there, while a generous absolute one passes wrong code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.backprop import Backprop
from teachrnn.checking.drawing import drawn_entries
from teachrnn.checking.given_gradient import given_gradients
from teachrnn.checking.gradient_report import GradientReport
from teachrnn.checking.kinks import kinks
from teachrnn.checking.parameter_check import ParameterCheck
from teachrnn.checking.precision import Precision
from teachrnn.checking.record_again import leak_of
from teachrnn.errors import DomainError
from teachrnn.models import CharRNN
from teachrnn.reference import Estimate, Oracle
from teachrnn.trace import Trace

ParameterProgress = Callable[[str, int, int], None]

SAFETY = 10.0
"""An oracle may be wrong by this many times its own estimate of its error."""


@np.errstate(under="ignore")
def check_gradient(
    trace: Trace,
    gradients: Mapping[str, Any] | None = None,
    *,
    oracle: str | Oracle | type[Oracle] = "complex",
    max_entries: int | None = None,
    model: CharRNN | None = None,
    rng: np.random.Generator | None = None,
    progress: ParameterProgress | None = None,
) -> GradientReport:
    """Compare gradients with an oracle, parameter by parameter.

    Parameters
    ----------
    trace : Trace
        The recorded forward pass that the gradients belong to.
    gradients : mapping, optional
        Gradients by name of a parameter (or another value, such as ``"h[0]"`` or ``"a[2]"``): your
        own, or by default the library's for every parameter.
    oracle : str or Oracle
        Where the reference comes from: ``"complex"``, ``"central"``, ``"one-sided"``, ``"mpmath"``,
        ``"torch"``, or an oracle with a step of your choice, such as ``CentralDifference(h=1e-4)``.
    max_entries : int, optional
        Compare at most this many entries of each parameter, drawn at random, nine in ten of them
        where the gradient is not 0; all by default.
    model : CharRNN, optional
        The model that recorded the trace. It is recorded again with other numbers, which shows
        whether the record is the whole model: every oracle replays the record, and cannot see that
        a cell took a number out of it.
    rng : numpy.random.Generator, optional
        For the drawing.
    progress : callable, optional
        Called with (parameter, entries done since the last call, entries in total).

    Returns
    -------
    GradientReport

    Raises
    ------
    NameLookupError, ShapeError, DomainError
        If there is no gradient, or one belongs to no value, has another shape, or is not made of
        real, finite numbers; or if the trace is not one of the model.

    Examples
    --------
    >>> from teachrnn import CharRNN
    >>> rng = np.random.default_rng(0)
    >>> model = CharRNN(hidden=4, symbols=5, scale=0.5, rng=rng)
    >>> trace = model.record([0, 1, 2], [1, 2, 3], state={"h": rng.normal(size=4)})
    >>> report = check_gradient(trace, model=model)
    >>> report.agrees, report["W"].norm_relative < 1e-14
    (True, True)
    >>> from teachrnn import Backprop
    >>> wrong = Backprop(trace).gradients()
    >>> wrong["W"] = wrong["W"].T                # the transpose: a classic
    >>> check_gradient(trace, wrong)["W"].agrees
    False
    """
    if max_entries is not None and max_entries < 1:
        raise DomainError(
            f"`max_entries` is {max_entries}: at least 1 of each parameter must be compared."
        )
    source = Oracle.make(oracle)
    sweep = Backprop(trace, losses=trace.losses).run()
    given = given_gradients(trace, sweep.gradients() if gradients is None else gradients)
    precision = Precision.of(trace, given.values())
    elsewhere = max(float(np.abs(d).max(initial=0.0)) for d in given.values())
    rng = rng or np.random.default_rng(0)
    places = {
        name: drawn_entries(
            d.size if max_entries is None else max_entries, d, sweep.gradient(name), rng=rng
        )
        for name, d in given.items()
    }
    estimates = {}
    for name, flat in places.items():
        report = None if progress is None else _bound(progress, name, len(flat))
        estimates[name] = source.estimate(trace, name, flat, report)
    bent = kinks(trace, places)
    checks = []
    for name, estimate in estimates.items():
        rounding = precision.rounding(name, _largest(estimate.values), elsewhere)
        checks.append(_compared(name, given[name], estimate, rounding, bent[name]))
    return GradientReport(
        oracle=source.title,
        loss=float(trace.total_loss),
        checks=tuple(checks),
        precision=precision.name,
        missing=tuple(name for name in trace.parameters if name not in given),
        leak=None if model is None else leak_of(model, trace, rng=np.random.default_rng(0)),
    )


def _bound(progress: ParameterProgress, name: str, total: int) -> Callable[[int], None]:
    return lambda done: progress(name, done, total)


def _largest(values: Array) -> float:
    return float(np.abs(values[np.isfinite(values)]).max(initial=0.0))


def _compared(
    name: str,
    d: Array,
    estimate: Estimate,
    rounding: Array | float,
    bent: tuple[tuple[int, ...], ...],
) -> ParameterCheck:
    places = estimate.entries
    own = np.where(np.isfinite(estimate.values), SAFETY * estimate.bound, np.inf)
    return ParameterCheck(
        name=name,
        shape=d.shape,
        places=places,
        analytic=d.ravel()[places].astype(float),
        reference=estimate.values,
        allowed=own + (rounding if isinstance(rounding, float) else rounding[places]),
        floor=estimate.floor,
        kinks=bent,
    )
