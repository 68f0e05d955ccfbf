"""When a check takes two gradients for the same: the rules that are in use."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from teachrnn.array import Array
from teachrnn.checking.error_measures import (
    max_relative,
    mean_relative,
    norm_relative,
    sum_relative,
)
from teachrnn.errors import DomainError

MEASURES = {
    "sum": sum_relative,
    "max": max_relative,
    "mean": mean_relative,
    "norm": norm_relative,
}
"""Relative errors by what they divide by, or how they add up: see `teachrnn.checking.error_measures`."""


class Criterion(ABC):
    """A rule by which a gradient of one parameter is accepted."""

    @abstractmethod
    def accepts(self, a: Array, n: Array, unit: float) -> bool:
        """Whether two gradients count as the same.

        Parameters
        ----------
        a, n : ndarray, shape (size,)
            The gradient that is checked, and what it is compared with.
        unit : float
            The unit of rounding, see `teachrnn.diagnosis.rounding`.

        Returns
        -------
        bool
            Whether they pass.
        """

    @abstractmethod
    def tighter(self, factor: float) -> Self:
        """The same rule with its tolerance divided.

        Parameters
        ----------
        factor : float
            By what.

        Returns
        -------
        Criterion
            The stricter rule.
        """


@dataclass(frozen=True)
class Allclose(Criterion):
    """`numpy.allclose`, and with it torch.gradcheck: every |a - n| is at most atol + rtol |n|."""

    rtol: float = 1e-5
    atol: float = 1e-8

    def accepts(self, a: Array, n: Array, unit: float) -> bool:
        return bool(np.allclose(a, n, rtol=self.rtol, atol=self.atol))

    def tighter(self, factor: float) -> Self:
        return replace(self, rtol=self.rtol / factor, atol=self.atol / factor)

    def __str__(self) -> str:
        return f"allclose with rtol {self.rtol:.0e} and atol {self.atol:.0e}"


@dataclass(frozen=True)
class RelativeError(Criterion):
    """One of the relative errors in use stays below a threshold.

    Attributes
    ----------
    measure : str
        "sum", "max", "mean" or "norm": a key of `MEASURES`.
    below : float
        The threshold.
    floor : float
        What the sum of absolute values is raised to, of "sum" alone.
    """

    measure: str
    below: float
    floor: float = 0.0

    def __post_init__(self) -> None:
        if self.measure not in MEASURES:
            raise DomainError(
                f"`measure` is {self.measure!r}; there are: {', '.join(map(repr, MEASURES))}."
            )
        if self.floor and self.measure != "sum":
            raise DomainError("`floor` belongs to the measure 'sum' alone.")

    def accepts(self, a: Array, n: Array, unit: float) -> bool:
        if self.floor:
            return sum_relative(a, n, self.floor) < self.below
        return MEASURES[self.measure](a, n) < self.below

    def tighter(self, factor: float) -> Self:
        return replace(self, below=self.below / factor)

    def __str__(self) -> str:
        return f"{self.measure}-relative error below {self.below:.0e}"


@dataclass(frozen=True)
class InRounding(Criterion):
    """No entry differs by more than rounding can explain: see `teachrnn.diagnosis.rounding`."""

    below: float = 1e-12

    def accepts(self, a: Array, n: Array, unit: float) -> bool:
        return bool(np.abs(a - n).max(initial=0.0) <= self.below * unit)

    def tighter(self, factor: float) -> Self:
        return replace(self, below=self.below / factor)

    def __str__(self) -> str:
        return f"errors below {self.below:.0e} of the sum of the terms' sizes"
