"""Any function and what is said to be its gradient, compared by differences: no model is needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.checking.drawing import drawn_entries
from teachrnn.checking.gradient_report import GradientReport
from teachrnn.checking.parameter_check import ParameterCheck
from teachrnn.errors import DomainError, ShapeError

CLOSE = 1e-5
"""A relation between two gradients holds if it leaves no more than this of them."""
SAFETY = 10.0
"""How many times its own estimated error a difference may be off."""


@dataclass(frozen=True, eq=False)
class PairReport:
    """A gradient compared with the differences of its function.

    Attributes
    ----------
    report : GradientReport
        The comparison, array by array.
    remarks : tuple of str
        What else is known: how a wrong gradient is related to the right one, and what the functions
        do that they should not.
    """

    report: GradientReport
    remarks: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether every array agrees."""
        return self.report.agrees

    def __str__(self) -> str:
        return "\n".join([self.report.table(), *self.remarks])


def check_pair(
    loss: Callable[[Any], float],
    grad: Callable[[Any], Any],
    parameters: Any,
    *,
    max_entries: int = 100,
    rng: np.random.Generator | None = None,
) -> PairReport:
    r"""Compare a gradient with the differences of a function, whatever the two compute.

    $$\frac{\partial L}{\partial w} \approx \frac{4\, d(h/2) - d(h)}{3}, \qquad
    d(h) = \frac{L(w + h) - L(w - h)}{2h}$$

    Central differences at two steps, extrapolated; how far the two lie apart says how well they are
    known.

    Parameters
    ----------
    loss : callable
        From parameters to a number; it must give the same number each time.
    grad : callable
        From parameters to the gradient, made like the parameters: an array, a dict, a list.
    parameters : array, dict of arrays, or sequence of arrays
        Where to compare; floating-point numbers.
    max_entries : int
        Compare at most this many entries of each array, drawn at random.
    rng : numpy.random.Generator, optional
        For the drawing.

    Returns
    -------
    PairReport
        It prints as a table with remarks.

    Raises
    ------
    DomainError, ShapeError
        If the loss is no number or no function of the parameters alone, or the gradient is not made
        like the parameters.

    Examples
    --------
    >>> w = {"W": np.eye(2) + 1.0, "b": np.ones(2)}
    >>> report = check_pair(
    ...     lambda p: float((p["W"] @ p["b"]).sum()),
    ...     lambda p: {"W": np.outer(np.ones(2), p["b"]), "b": p["W"].sum(axis=1)},
    ...     w,
    ... )
    >>> report.agrees
    True
    """
    if max_entries < 1:
        raise DomainError(f"`max_entries` is {max_entries}: at least 1 of each array must be compared.")
    names, arrays, build = _taken_apart(parameters)
    value = _number(loss, build(arrays))
    if _number(loss, build(arrays)) != value:
        raise DomainError(
            "loss gives two different numbers for the same parameters: draw its random numbers once, "
            "outside, and keep no state between calls."
        )
    handed = build(arrays)
    given = _given(grad(handed), names, arrays)
    remarks = [
        f"grad changes {name} in place: work on a copy, or the next call has other parameters."
        for name, before, after in zip(names, arrays, _taken_apart(handed)[1], strict=True)
        if not np.array_equal(before, after)
    ]
    rng = rng or np.random.default_rng(0)
    checks = []
    for i, name in enumerate(names):
        places = drawn_entries(min(max_entries, arrays[i].size), given[name], None, rng=rng)
        reference, bound = _differences(loss, build, arrays, i, places)
        check = ParameterCheck(
            name=name,
            shape=arrays[i].shape,
            places=places,
            analytic=given[name].ravel()[places],
            reference=reference,
            allowed=SAFETY * bound,
            floor=float(bound.min(initial=np.inf)),
        )
        checks.append(check)
        if check.verdict == "differs" and (said := _relation(check, given[name])):
            remarks.append(f"The gradient of {name} {said}.")
    report = GradientReport("central differences, extrapolated", value, tuple(checks))
    return PairReport(report, tuple(remarks))


def _taken_apart(parameters: Any) -> tuple[list[str], list[Array], Callable[[list[Array]], Any]]:
    """Names, arrays, and what puts arrays together again as the parameters were."""
    if isinstance(parameters, Mapping):
        names = [str(name) for name in parameters]
        arrays = [_floating(name, p) for name, p in parameters.items()]
        keys = list(parameters)
        return names, arrays, lambda new: {k: a.copy() for k, a in zip(keys, new, strict=True)}
    several = isinstance(parameters, Sequence) and not isinstance(parameters, str)
    if several and any(np.ndim(p) for p in parameters):
        names = [f"[{i}]" for i in range(len(parameters))]
        arrays = [_floating(n, p) for n, p in zip(names, parameters, strict=True)]
        kind = tuple if isinstance(parameters, tuple) else list
        return names, arrays, lambda new: kind(a.copy() for a in new)
    return ["parameters"], [_floating("parameters", parameters)], lambda new: new[0].copy()


def _floating(name: Any, given: Any) -> Array:
    try:
        array = np.array(given)
    except ValueError as error:
        raise DomainError(f"the parameter {name} is no array of numbers: {error}.") from None
    if array.dtype.kind not in "fiu":
        raise DomainError(f"the parameter {name} must hold real numbers, got {array.dtype}.")
    return array.astype(np.float64)


def _number(loss: Callable[[Any], float], parameters: Any) -> float:
    found = np.asarray(loss(parameters))
    if found.size != 1:
        raise DomainError(f"loss must return one number, got an array of shape {found.shape}.")
    if found.dtype.kind not in "fiu":
        raise DomainError(f"loss must return a real number, got {found.dtype}.")
    return float(found.ravel()[0])


def _given(found: Any, names: list[str], arrays: list[Array]) -> dict[str, Array]:
    """The gradient by name, each of its parameter's shape."""
    if found is None:
        raise DomainError("grad returns None: does it end with a return?")
    own, parts, _ = _taken_apart(deepcopy(found))
    if len(parts) != len(names) or (isinstance(found, Mapping) and set(own) != set(names)):
        raise DomainError(
            f"grad must be made like the parameters, {', '.join(names)}; it has {', '.join(own)}."
        )
    by_name = dict(zip(own if isinstance(found, Mapping) else names, parts, strict=True))
    for name, array in zip(names, arrays, strict=True):
        if by_name[name].shape != array.shape:
            raise ShapeError(
                f"the gradient of {name} has shape {by_name[name].shape} but must have {array.shape}."
            )
        if not np.isfinite(by_name[name]).all():
            raise DomainError(f"the gradient of {name} holds numbers that are not finite.")
    return by_name


def _differences(
    loss: Callable[[Any], float],
    build: Callable[[list[Array]], Any],
    arrays: list[Array],
    i: int,
    places: Array,
) -> tuple[Array, Array]:
    """Derivatives at some entries of one array, and how well each is known."""
    values, bounds = np.empty(len(places)), np.empty(len(places))
    for k, place in enumerate(places):
        w = arrays[i].ravel()[place]
        h = np.cbrt(np.finfo(np.float64).eps) * max(1.0, abs(float(w)))
        slopes, largest = [], 0.0
        for step in (h, h / 2):
            ends = []
            for sign in (1, -1):
                moved = [a.copy() for a in arrays]
                moved[i].reshape(-1)[place] = w + sign * step
                ends.append(_number(loss, build(moved)))
            slopes.append((ends[0] - ends[1]) / (2 * step))
            largest = max(largest, *map(abs, ends))
        values[k] = (4 * slopes[1] - slopes[0]) / 3
        bounds[k] = abs(slopes[1] - slopes[0]) + 4 * np.finfo(np.float64).eps * largest / h
    return values, bounds


def _relation(check: ParameterCheck, given: Array) -> str:
    """How a wrong gradient is related to the right one, if it is simple."""
    own, right = check.analytic, check.reference
    if not own.any():
        return "is zero"
    if right.any():
        factor = float(own @ right / (right @ right))
        if np.abs(own - factor * right).max() <= CLOSE * np.abs(own).max():
            return f"is {factor:.4g} times the right one"
    if given.ndim == 2 and given.shape[0] == given.shape[1]:
        turned = given.T.ravel()[check.places]
        if np.abs(turned - right).max() <= CLOSE * np.abs(right).max(initial=0.0):
            return "is the transpose of the right one"
    off = np.abs(own - right) > CLOSE * np.abs(right).max(initial=0.0)
    if off.sum() <= max(1, len(off) // 4):
        wrong = [list(check.place(int(k))) for k in np.flatnonzero(off)[:4]]
        return f"is wrong at {', '.join(map(str, wrong))} and right at the other entries compared"
    return ""
