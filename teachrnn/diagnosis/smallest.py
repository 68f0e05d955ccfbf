"""The smallest numbers on which code is wrong: small enough to be done by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.instance import Instance

SIZES = (
    (1, 1, 2, None),
    (1, 2, 3, None),
    (2, 1, 3, None),
    (2, 2, 3, None),
    (3, 1, 4, None),
    (3, 2, 4, None),
    (2, 2, 3, 2),
    (4, 3, 5, 2),
)
"""T, m, K, B: one step before two, one unit before two, one sequence before several."""


class HasSizes(Protocol):
    """A set of numbers that says how many it is made of."""

    @property
    def said_sizes(self) -> str:
        """Its sizes in words."""


@dataclass(frozen=True)
class Smallest:
    """A case of few numbers, and one entry in which the code is wrong there.

    Attributes
    ----------
    instance : Instance, OperationCase or TrainingCase
        The numbers.
    passes : list of str
        Smaller cases that are right, such as "T = 1".
    parameter : str
        Whose gradient is wrong.
    place : tuple of int
        Which entry of it, counted from 0: the one with the largest error.
    expected, given : float
        What it should be, and what it is.
    """

    instance: HasSizes
    passes: list[str]
    parameter: str
    place: tuple[int, ...]
    expected: float
    given: float

    @property
    def sizes(self) -> str:
        """Its sizes in words."""
        return self.instance.said_sizes

    def __str__(self) -> str:
        entry = f"d{self.parameter}[{', '.join(map(str, self.place))}]"
        right = f"; {' and '.join(self.passes)} {'is' if len(self.passes) == 1 else 'are'} right"
        return (
            f"smallest failing case: {self.sizes}{right if self.passes else ''}. There {entry} should "
            f"be {self.expected:.6g} and is {self.given:.6g}."
        )


def smallest_failing(
    draw: Callable[..., Instance],
    gradients: Callable[[Instance], Mapping[str, Array]],
    tolerance: float,
) -> Smallest | None:
    """Try small sizes, in order, until the code is wrong.

    Parameters
    ----------
    draw : callable
        Draws an instance that the code can answer.
    gradients : callable
        The student's gradients for an instance.
    tolerance : float
        What right code may differ by, in units of rounding.

    Returns
    -------
    Smallest or None
        None if all are right.
    """
    passes: list[Instance] = []
    for T, m, K, B in SIZES:
        instance = draw(T=T, hidden=m, symbols=K, batch=B, seed=T + m)
        own = gradients(instance)
        worst, found = tolerance, None
        for name in set(own) & set(instance.gradients):
            difference = np.abs(np.asarray(own[name], dtype=float) - instance.gradients[name])
            difference[~np.isfinite(difference)] = np.inf
            error = float(difference.max(initial=0.0)) / instance.units[name]
            if error > worst:
                worst, place = error, np.unravel_index(int(difference.argmax()), difference.shape)
                found = (name, tuple(int(i) for i in place))
        if found is not None:
            name, where = found
            right, given = float(instance.gradients[name][where]), float(np.asarray(own[name])[where])
            return Smallest(instance, _telling(passes, instance), name, where, right, given)
        passes.append(instance)
    return None


def _telling(passes: list[Instance], failing: Instance) -> list[str]:
    """Of the cases that are right, those that differ from the failing one in one size only."""
    found = []
    if failing.T > 1 and any(p.T == 1 for p in passes):
        found.append("T = 1")
    if failing.model.hidden > 1 and any(p.T == failing.T and p.model.hidden == 1 for p in passes):
        found.append(f"T = {failing.T} with m = 1")
    if failing.B > 1 and any(p.B == 1 and p.T >= failing.T for p in passes):
        found.append("B = 1")
    return found
