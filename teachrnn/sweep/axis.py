"""One hyper-parameter of a search: where its values are drawn from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, isfinite, log
from typing import Self

import numpy as np

from teachrnn.errors import DomainError

Setting = int | float | bool | str

DIGITS = 4
"""Significant digits of a drawn number: the table says exactly what was trained with."""

MARGIN = 1 / 8
"""How far a narrowed range extends beyond the best trials, at either end, as a share of the old one."""

HOW = (
    "Write name=low:high, name=low:high:log or name=one,another, such as eta=0.01:1:log, length=10:50 "
    "or hidden=50,100,200."
)


class Axis(ABC):
    """One hyper-parameter and its possible values.

    Attributes
    ----------
    name : str
        What it is called, such as ``hidden`` or ``optimizer.gamma``.
    """

    name: str

    @abstractmethod
    def draw(self, rng: np.random.Generator) -> Setting:
        """A value at random.

        Parameters
        ----------
        rng : numpy.random.Generator
            Source of the random numbers.

        Returns
        -------
        number, str or bool
            The value.
        """

    @abstractmethod
    def narrow(self, best: Sequence[Setting]) -> Self:
        """The part around the values of the best trials.

        Parameters
        ----------
        best : sequence of number, str or bool
            The values that the best trials had.

        Returns
        -------
        Axis
            An axis of the same kind and name.
        """

    @abstractmethod
    def extremes(self) -> tuple[Setting, ...]:
        """The values to check: if these are valid, so are all in between.

        Returns
        -------
        tuple of number, str or bool
            The values.
        """

    @abstractmethod
    def __str__(self) -> str:
        """As `parse_axis` reads it."""


@dataclass(frozen=True)
class RangeAxis(Axis):
    r"""Numbers from ``low`` to ``high``, both included: whole ones where both ends are whole.

    Drawn evenly, or evenly in the logarithm: then $\log v$ is uniform, and 0.01 to 0.1 is as likely
    as 0.1 to 1. That is the scale for factors, such as a learning rate.

    References
    ----------
    Bergstra & Bengio (2012), Random search for hyper-parameter optimization; Goodfellow, Bengio &
    Courville (2016), Deep Learning, section 11.4.4.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> eta = RangeAxis("eta", 0.001, 1.0, log=True)
    >>> [eta.draw(rng) for _ in range(3)]
    [0.08145, 0.006447, 0.001327]
    >>> print(eta.narrow([0.05, 0.1]))            # best trials, and an eighth of the old range round
    eta=0.02108:0.2371:log
    >>> RangeAxis("length", 10, 12).draw(rng)
    10
    """

    name: str
    low: int | float
    high: int | float
    log: bool = False

    def __post_init__(self) -> None:
        if not (isfinite(self.low) and isfinite(self.high)):
            raise DomainError(f"the range of `{self.name}` is {self._ends} but must have finite ends.")
        if self.low > self.high:
            raise DomainError(
                f"the range of `{self.name}` is empty: {self.low} is above {self.high}. "
                f"Did you mean {self.high}:{self.low}?"
            )
        if self.log and self.low <= 0:
            raise DomainError(
                f"the range of `{self.name}` is {self._ends}, but numbers that are drawn evenly in the "
                "logarithm must be above 0."
            )

    @property
    def whole(self) -> bool:
        """Whether the values are whole numbers."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    def draw(self, rng: np.random.Generator) -> int | float:
        # Half a unit more at either end gives the first and the last whole number their full share.
        half = 0.5 if self.whole else 0.0
        u = rng.uniform(self._to_scale(self.low - half), self._to_scale(self.high + half))
        return self._within(self._from_scale(u))

    def narrow(self, best: Sequence[Setting]) -> Self:
        low, high = self._to_scale(self.low), self._to_scale(self.high)
        margin = MARGIN * (high - low)
        places = [self._to_scale(float(value)) for value in best]
        return replace(
            self,
            low=self._within(self._from_scale(max(low, min(places) - margin))),
            high=self._within(self._from_scale(min(high, max(places) + margin))),
        )

    def extremes(self) -> tuple[int | float, ...]:
        return (self.low, self.high)

    def __str__(self) -> str:
        return f"{self.name}={self._ends}{':log' if self.log else ''}"

    @property
    def _ends(self) -> str:
        return f"{self.low}:{self.high}"

    def _to_scale(self, value: int | float) -> float:
        return log(value) if self.log else float(value)

    def _from_scale(self, place: float) -> float:
        return exp(place) if self.log else place

    def _within(self, value: float) -> int | float:
        near = round(value) if self.whole else float(f"{value:.{DIGITS}g}")
        return min(max(near, self.low), self.high)


@dataclass(frozen=True)
class ChoiceAxis(Axis):
    """One of several values, each as likely as the others.

    Examples
    --------
    >>> cell = ChoiceAxis("cell", ("vanilla", "lstm", "gru"))
    >>> cell.draw(np.random.default_rng(0))
    'gru'
    >>> print(cell.narrow(["gru", "lstm", "gru"]))
    cell=lstm,gru
    """

    name: str
    values: tuple[Setting, ...]

    def draw(self, rng: np.random.Generator) -> Setting:
        return self.values[rng.integers(len(self.values))]

    def narrow(self, best: Sequence[Setting]) -> Self:
        return replace(self, values=tuple(value for value in self.values if value in best))

    def extremes(self) -> tuple[Setting, ...]:
        return self.values

    def __str__(self) -> str:
        return f"{self.name}={','.join(map(_written, self.values))}"


def parse_axis(text: str) -> Axis:
    """Read a range or a list of choices, as the command line takes them.

    Parameters
    ----------
    text : str
        ``name=low:high``, ``name=low:high:log`` or ``name=value,value``. Ends that are both written
        without a point are whole numbers, and so are the values between.

    Returns
    -------
    Axis
        A `Choice` or a `Range`.

    Raises
    ------
    DomainError
        If it is none of these, or the range is empty.

    Examples
    --------
    >>> parse_axis("eta=0.01:1:log")
    RangeAxis(name='eta', low=0.01, high=1, log=True)
    >>> parse_axis("hidden=50,100,200")
    ChoiceAxis(name='hidden', values=(50, 100, 200))
    """
    name, equals, rest = (part.strip() for part in text.partition("="))
    if not (name and equals and rest):
        raise DomainError(f"{text!r} is neither a range nor a list of choices. {HOW}")
    if ":" in rest:
        return _range(text, name, [part.strip() for part in rest.split(":")])
    values = [_value(part.strip()) for part in rest.split(",")]
    if "" in values:
        raise DomainError(f"{text!r} has an empty choice. {HOW}")
    if len(set(values)) < len(values):
        raise DomainError(f"{text!r} has the same choice twice.")
    return ChoiceAxis(name, tuple(values))


def _range(text: str, name: str, parts: list[str]) -> RangeAxis:
    ends = [_value(part) for part in parts[:2]]
    if len(parts) > 3 or parts[2:] not in ([], ["log"]):
        raise DomainError(f"{text!r} is not a range. {HOW}")
    low, high = ends
    if isinstance(low, bool | str) or isinstance(high, bool | str):
        raise DomainError(f"{text!r} has an end that is not a number. {HOW}")
    return RangeAxis(name, low, high, log=len(parts) == 3)


def _value(text: str) -> Setting:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return {"true": True, "false": False}.get(text.lower(), text)


def _written(value: Setting) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
