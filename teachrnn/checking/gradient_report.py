"""The gradient report: whether a gradient is right, and whether the check could have told.

An error is judged against what the check itself can see, never against a fixed threshold: the
entries of W's gradient are tiny at small weights, and a fixed relative threshold fails correct code
there, while a generous absolute one passes wrong code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from teachrnn.backprop import backpropagate
from teachrnn.checking.error_measures import max_relative, norm_relative, sum_relative
from teachrnn.errors import DomainError, NameLookupError, ShapeError
from teachrnn.reference import Estimate, Oracle, find_oracle
from teachrnn.reference.estimate import EPS
from teachrnn.trace import Trace

Array = NDArray[Any]

ROUNDING = 1000 * EPS
"""Rounding that a correct float64 backward pass may add up to, relative to its largest entry."""

SAFETY = 10.0
"""How many times its own estimated error an oracle may be off."""

BLIND = 0.1
"""A check that cannot see a relative error of this size has no opinion."""


@dataclass(frozen=True, eq=False)
class ParameterCheck:
    """The comparison for one parameter.

    Attributes
    ----------
    name : str
        The parameter.
    checked, entries : int
        How many of its entries were compared, of how many.
    max_absolute : float
        Largest absolute error.
    norm_relative, sum_relative, max_relative : float
        The relative errors of `error_measures`.
    allclose : bool
        ``numpy.allclose`` with its default tolerances.
    floor : float
        Round-off floor of the oracle: no absolute error below it means anything.
    resolution : float
        The smallest relative error that this check can see (relative to the largest entry, of
        the gradient or of the reference).
    worst : tuple of int
        Index of the entry that is furthest beyond what rounding allows.
    worst_analytic, worst_reference : float
        The two numbers there.
    verdict : {"agrees", "differs", "blind"}
        Whether every entry lies within the oracle's error and float64 rounding; "blind" where that
        error is so large, against the gradient, that the check could not have told.
    """

    name: str
    checked: int
    entries: int
    max_absolute: float
    norm_relative: float
    sum_relative: float
    max_relative: float
    allclose: bool
    floor: float
    resolution: float
    worst: tuple[int, ...]
    worst_analytic: float
    worst_reference: float
    verdict: Literal["agrees", "differs", "blind"]

    @property
    def agrees(self) -> bool:
        """Whether the verdict is "agrees"."""
        return self.verdict == "agrees"


@dataclass(frozen=True, eq=False)
class GradientReport:
    """All parameters compared with one oracle."""

    oracle: str
    loss: float
    checks: tuple[ParameterCheck, ...]

    @property
    def agrees(self) -> bool:
        """Whether every parameter agrees."""
        return all(check.agrees for check in self.checks)

    def __getitem__(self, name: str) -> ParameterCheck:
        for check in self.checks:
            if check.name == name:
                return check
        raise NameLookupError(
            f"the report has no parameter {name!r}; it has: {', '.join(c.name for c in self.checks)}."
        )

    def table(self) -> str:
        """The report as plain text."""
        head = ("parameter", "verdict", "checked", "max abs", "norm rel", "sum rel", "max rel",
                "allclose", "floor", "sees", "worst at")  # fmt: skip
        rows = [head] + [
            (
                c.name,
                c.verdict.upper() if c.verdict == "differs" else c.verdict,
                f"{c.checked}/{c.entries}",
                *(f"{x:.1e}" for x in (c.max_absolute, c.norm_relative, c.sum_relative, c.max_relative)),
                "yes" if c.allclose else "no",
                f"{c.floor:.0e}",
                f"{c.resolution:.0e}",
                str(list(c.worst)).replace(" ", ""),
            )
            for c in self.checks
        ]
        widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
        lines = [
            "  ".join(cell.ljust(w) for cell, w in zip(r, widths, strict=True)).rstrip() for r in rows
        ]
        return "\n".join([f"analytic gradient against {self.oracle}; L = {self.loss:.6g} nats", *lines])

    def __repr__(self) -> str:
        return self.table()

    def to_json(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "oracle": self.oracle,
            "loss": self.loss,
            "agrees": self.agrees,
            "checks": [dict(vars(c), worst=list(c.worst)) for c in self.checks],
        }


@np.errstate(under="ignore")
def check_gradient(
    trace: Trace,
    gradients: Mapping[str, Any] | None = None,
    *,
    oracle: str | Oracle = "complex",
    entries: int | None = None,
    rng: np.random.Generator | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> GradientReport:
    """Compare gradients with an oracle, parameter by parameter.

    Parameters
    ----------
    trace : Trace
        The recorded forward pass that the gradients belong to.
    gradients : mapping, optional
        Gradients by name of a parameter (or another leaf, such as ``"h[0]"``): your own, or by
        default the library's for every parameter.
    oracle : str or Oracle
        Where the reference comes from: ``"complex"``, ``"central"``, ``"one-sided"``, ``"mpmath"``,
        ``"torch"``, or an oracle with a step of your choice, such as ``CentralDifference(h=1e-4)``.
    entries : int, optional
        Compare so many entries of each parameter, drawn at random; all by default.
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
        If a gradient has no such parameter, another shape, or is not a number.

    Examples
    --------
    >>> from teachrnn import CharRNN
    >>> rng = np.random.default_rng(0)
    >>> model = CharRNN(hidden=4, symbols=5, scale=0.5, rng=rng)
    >>> trace = model.record([0, 1, 2], [1, 2, 3], state={"h": rng.normal(size=4)})
    >>> report = check_gradient(trace)
    >>> report.agrees, report["W"].norm_relative < 1e-14
    (True, True)
    >>> from teachrnn import Backprop
    >>> wrong = Backprop(trace).gradients()
    >>> wrong["W"] = wrong["W"].T                # the transpose: a classic
    >>> check_gradient(trace, wrong)["W"].agrees
    False
    """
    source = find_oracle(oracle) if isinstance(oracle, str) else oracle
    ours = backpropagate(trace).gradients() if gradients is None else gradients
    analytic = {name: _as_gradient(trace, name, d) for name, d in ours.items()}
    largest = max((float(np.abs(d).max(initial=0.0)) for d in analytic.values()), default=0.0)
    rng = rng or np.random.default_rng(0)
    checks = []
    for name, d in analytic.items():
        drawn = np.arange(d.size)
        if entries is not None and entries < d.size:
            drawn = np.sort(rng.choice(d.size, size=entries, replace=False))
        report = None if progress is None else _bound(progress, name, len(drawn))
        checks.append(_compare(name, d, source.estimate(trace, name, drawn, report), largest))
    return GradientReport(source.title, float(trace.total_loss), tuple(checks))


def _bound(progress: Callable[[str, int, int], None], name: str, total: int) -> Callable[[int], None]:
    return lambda done: progress(name, done, total)


def _as_gradient(trace: Trace, name: str, d: Any) -> Array:
    value = trace[name]
    array = np.asarray(d, dtype=float)
    if array.shape != value.shape:
        raise ShapeError(
            f"the gradient of `{name}` has shape {array.shape} "
            f"but must have that of `{name}`: {value.shape}."
        )
    if not np.isfinite(array).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise DomainError(f"the gradient of `{name}` holds {array[place]} at index {place}.")
    return array


def _compare(name: str, d: Array, estimate: Estimate, largest: float) -> ParameterCheck:
    a, n = d.ravel()[estimate.entries], estimate.values
    error = np.abs(a - n)
    size = float(np.abs(n).max(initial=0.0))
    rounding = ROUNDING * size + 10 * EPS * largest
    allowed = SAFETY * estimate.bound + rounding
    worst = int(np.argmax(error - np.minimum(allowed, 1e300))) if error.size else 0
    place = tuple(int(i) for i in np.unravel_index(int(estimate.entries[worst]), d.shape))
    sees = float(np.median(allowed))
    seen = max(size, float(np.abs(a).max(initial=0.0)))
    resolution = sees / seen if seen else 0.0
    verdict: Literal["agrees", "differs", "blind"] = "agrees" if (error <= allowed).all() else "differs"
    if verdict == "agrees" and resolution > BLIND:
        verdict = "blind"
    return ParameterCheck(
        name=name,
        checked=len(a),
        entries=d.size,
        max_absolute=float(error.max(initial=0.0)),
        norm_relative=norm_relative(a, n),
        sum_relative=sum_relative(a, n),
        max_relative=max_relative(a, n),
        allclose=bool(np.allclose(a, n)),
        floor=estimate.floor,
        resolution=resolution,
        worst=place,
        worst_analytic=float(a[worst]),
        worst_reference=float(n[worst]),
        verdict=verdict,
    )
