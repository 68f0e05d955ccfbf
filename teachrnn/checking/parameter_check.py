"""One gradient compared with its reference: the errors in use in the field, and a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any, Literal

import numpy as np

from teachrnn.array import Array
from teachrnn.checking.error_measures import (
    max_relative,
    mean_relative,
    norm_relative,
    sum_relative,
)
from teachrnn.errors import DomainError

CheckVerdict = Literal["agrees", "differs", "blind", "not differentiable"]

BLIND = 0.1
"""A check that cannot see a relative error of this size has no opinion."""


@dataclass(frozen=True, eq=False)
class ParameterCheck:
    r"""The comparison for one parameter, or another value of a trace.

    Attributes
    ----------
    name : str
        The parameter.
    shape : tuple of int
        Its shape.
    places : ndarray of int
        Flat indices of the entries that were compared.
    analytic, reference : ndarray
        The two gradients there.
    allowed : ndarray
        The absolute error at each of them that is not a mistake: the oracle's own, and rounding.
    floor : float
        Round-off floor of the oracle: no absolute error below it means anything.
    kinks : tuple of tuple of int
        Compared entries at which the loss has no derivative: its one-sided slopes differ.
    """

    name: str
    shape: tuple[int, ...]
    places: Array
    analytic: Array
    reference: Array
    allowed: Array
    floor: float
    kinks: tuple[tuple[int, ...], ...] = ()

    # How much was compared -------------------------------------------------------------------

    @property
    def checked(self) -> int:
        """How many entries were compared."""
        return len(self.places)

    @property
    def entries(self) -> int:
        """How many entries there are."""
        return int(np.prod(self.shape))

    @property
    def zeros(self) -> int:
        """How many of the compared entries are 0 on both sides, and so prove little."""
        return int(((self.analytic == 0) & (self.reference == 0)).sum())

    @property
    def nonzero(self) -> int:
        """How many are not."""
        return self.checked - self.zeros

    # Errors ----------------------------------------------------------------------------------

    @cached_property
    def _pair(self) -> tuple[Array, Array]:
        """Both gradients at the entries where the oracle found a number."""
        known = np.isfinite(self.reference)
        return self.analytic[known], self.reference[known]

    @property
    def max_absolute(self) -> float:
        """Largest absolute error of an entry."""
        a, n = self._pair
        return float(np.abs(a - n).max(initial=0.0))

    @property
    def max_signed(self) -> float:
        """Largest *signed* difference, reference minus analytic: it hides a large negative one."""
        a, n = self._pair
        return float((n - a).max()) if a.size else 0.0

    @property
    def norm_relative(self) -> float:
        """Relative error of the whole array (see `error_measures`)."""
        return norm_relative(*self._pair)

    @property
    def sum_relative(self) -> float:
        """Largest error of an entry, relative to the sum of the two numbers."""
        return sum_relative(*self._pair)

    @property
    def max_relative(self) -> float:
        """Largest error of an entry, relative to the larger of the two numbers."""
        return max_relative(*self._pair)

    def mean_relative(self, first: int | None = None) -> float:
        """Mean error of an entry, relative to the larger number; of the ``first`` ones if given.

        Entries that are 0 on both sides count as right, and dilute it.

        Parameters
        ----------
        first : int, optional
            Only this many entries, in memory order; all if not given.

        Returns
        -------
        float
            The mean, without a unit.

        Raises
        ------
        DomainError
            If there are no entries to take the mean of.
        """
        if first is not None and first < 1:
            raise DomainError(f"a mean needs at least 1 entry, not {first}.")
        a, n = self._pair
        return mean_relative(a[:first], n[:first])

    @property
    def allclose(self) -> bool:
        """What ``numpy.allclose`` says with its default tolerances."""
        return bool(np.allclose(*self._pair))

    @property
    def largest(self) -> float:
        """Largest absolute value of the compared entries of either gradient."""
        _, n = self._pair
        return float(max(np.abs(self.analytic).max(initial=0.0), np.abs(n).max(initial=0.0)))

    @property
    def least_largest(self) -> float:
        r"""A lower bound of the largest entry from two of the errors: max abs over max rel.

        The entry with the largest absolute error has a relative error of at most `max_relative`, so
        $\max |g| \ge$ `max_absolute` / `max_relative`. A table that violates it is mislabelled.
        """
        return self.max_absolute / self.max_relative if self.max_relative else 0.0

    # Verdict ---------------------------------------------------------------------------------

    @property
    def resolution(self) -> float:
        """The smallest error that the check can see, relative to the largest entry (a median)."""
        if not self.checked:
            return float("inf")
        sees = float(np.median(self.allowed))
        return sees / self.largest if self.largest else 0.0

    @cached_property
    def unseen(self) -> int:
        """How many entries are so uncertain in the oracle that a 10 % error would not have shown."""
        return int((self.allowed > BLIND * self.largest).sum()) if self.largest else 0

    @cached_property
    def _against_allowed(self) -> Array:
        """Each error relative to what is allowed: above 1 is a mistake; 0 if there is no judgement."""
        ratios = np.zeros(self.checked)
        kinks = set(self.kinks)
        smooth = [self.place(i) not in kinks for i in range(self.checked)]
        judged = np.isfinite(self.allowed) & np.array(smooth, dtype=bool)
        error = np.abs(self.analytic[judged] - self.reference[judged])
        exact = np.where(error == 0, 0.0, np.inf)
        ratios[judged] = np.divide(
            error, self.allowed[judged], out=exact, where=self.allowed[judged] > 0
        )
        return ratios

    @property
    def worst(self) -> tuple[int, ...]:
        """Index of the entry whose error is largest against what is allowed there."""
        return self.place(self._worst) if self.checked else ()

    @property
    def worst_analytic(self) -> float:
        """The analytic gradient there."""
        return float(self.analytic[self._worst]) if self.checked else 0.0

    @property
    def worst_reference(self) -> float:
        """The reference there."""
        return float(self.reference[self._worst]) if self.checked else 0.0

    @cached_property
    def _worst(self) -> int:
        return int(np.argmax(self._against_allowed))

    def place(self, position: int) -> tuple[int, ...]:
        """Index into the parameter of the entry that was compared at that position.

        Parameters
        ----------
        position : int
            Which of the compared entries, counted from 0.

        Returns
        -------
        tuple of int
            Its index in the array.
        """
        return tuple(int(i) for i in np.unravel_index(int(self.places[position]), self.shape))

    @cached_property
    def verdict(self) -> CheckVerdict:
        """Whether every entry is within the oracle's error and rounding.

        "differs" if one is not, and "blind" if what is allowed is so large, compared with the
        gradient, that the check could not have seen it. "not differentiable" if all entries that differ,
        or might, are at a kink of the loss: there is no right number there, only conventions.
        """
        if (self._against_allowed > 1).any():
            return "differs"
        if self.kinks:
            return "not differentiable"
        return "blind" if self.resolution > BLIND else "agrees"

    @property
    def agrees(self) -> bool:
        """Whether the verdict is "agrees"."""
        return self.verdict == "agrees"

    def to_dict(self) -> dict[str, Any]:
        """The numbers as plain data; None for a number that is not finite.

        Returns
        -------
        dict
            As ``json.dumps`` takes it.
        """
        numbers = {
            name: getattr(self, name)
            for name in ("max_absolute", "max_signed", "norm_relative", "sum_relative", "max_relative",
                         "floor", "resolution", "largest", "worst_analytic", "worst_reference")
        }  # fmt: skip
        return {
            "name": self.name,
            "verdict": self.verdict,
            "checked": self.checked,
            "entries": self.entries,
            "zeros": self.zeros,
            "unseen": self.unseen,
            **{name: x if isfinite(x) else None for name, x in numbers.items()},
            "mean_relative": self.mean_relative(),
            "allclose": self.allclose,
            "worst": list(self.worst),
            "kinks": [list(place) for place in self.kinks],
        }
