"""What can be done to a right gradient of an operation, so that it is wrong in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.operations.operation_case import OperationCase

EXCHANGED = "gradients exchanged"
EXCHANGED_WHY = "Each input receives its own gradient: look at the order in which they are returned."
FACTOR_WHY = "The same number stands in front of every entry: look for it, or for what it cancels."
RESHAPED_WHY = "A reshape keeps the order of the numbers and only fits the shape: transpose instead."


@dataclass(frozen=True)
class Way:
    """One way.

    Attributes
    ----------
    words : str
        What the gradient then is, after its name.
    name, why : str
        As a `Description` has them.
    of : callable
        From a case to the wrong gradient; None where there is no such.
    weight : int
        How far-fetched it is.
    """

    words: str
    name: str
    why: str
    of: Callable[[OperationCase], Array | None]
    weight: int = 1


def ways(cases: Sequence[OperationCase], given: Sequence[Array], name: str) -> Iterator[Way]:
    """The ways for one input; a factor is read from the student's gradients.

    Parameters
    ----------
    cases : sequence of OperationCase
        On which numbers.
    given : sequence of ndarray
        The student's gradient on each.
    name : str
        Of which input.
    """
    why = "The input is used, so it has a gradient."
    yield Way("is zero", "left out", why, lambda case: np.zeros_like(case.gradients[name]))
    for other in cases[0].gradients:
        if other != name:
            yield Way(
                f"is d{other}", EXCHANGED, EXCHANGED_WHY, partial(_another, name=name, other=other)
            )
    right = np.concatenate([case.gradients[name].ravel() for case in cases])
    own = np.concatenate([np.ravel(array) for array in given])
    if np.isfinite(own).all() and right.any():
        factor = float(right @ own / (right @ right))
        words = f"is {factor:.6g} times the right one"
        yield Way(words, "constant factor", FACTOR_WHY, lambda case: factor * case.gradients[name], 2)
    if name in cases[0].op.shared and cases[0].gradients[name].ndim == 2:
        words, called = "is reshaped where it should be transposed", "reshaped, not transposed"
        yield Way(words, called, RESHAPED_WHY, partial(_reshaped, name=name))
        yield Way(words, called, RESHAPED_WHY, partial(_reshaped_in_rows, name=name))


def _another(case: OperationCase, *, name: str, other: str) -> Array | None:
    found = case.gradients[other]
    return found if found.shape == case.gradients[name].shape else None


def _reshaped(case: OperationCase, *, name: str) -> Array:
    right = case.gradients[name]
    return np.ascontiguousarray(right.T).reshape(right.shape)


def _reshaped_in_rows(case: OperationCase, *, name: str) -> Array:
    right = case.gradients[name]  # the same, where the student has it transposed
    return right.reshape(right.shape[::-1]).T
