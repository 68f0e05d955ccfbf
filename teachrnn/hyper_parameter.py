"""Hyper-parameters: the numbers that configure a rule, each with its range.

The range is stated once, beside the default. From it follow the error for a value outside it and the
values that the property tests draw.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from math import inf, isfinite
from operator import index
from typing import Any

from teachrnn.errors import DomainError


@dataclass(frozen=True)
class Range:
    """Finite numbers from ``low`` to ``high``.

    Attributes
    ----------
    low, high : float
        The ends; infinite where there is none.
    with_low, with_high : bool
        Whether the ends belong to it.
    whole : bool
        Whether only whole numbers are allowed.
    optional : bool
        Whether None, no number, is allowed.
    meaning : str
        What the ends mean, for the error.
    """

    low: float = -inf
    high: float = inf
    with_low: bool = True
    with_high: bool = False
    whole: bool = False
    optional: bool = False
    meaning: str = ""

    def __contains__(self, value: object) -> bool:
        if value is None:
            return self.optional
        try:
            number = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return False
        above = number >= self.low if self.with_low else number > self.low
        below = number <= self.high if self.with_high else number < self.high
        return above and below and isfinite(number) and not (self.whole and number % 1)

    def __str__(self) -> str:
        ends = []
        if self.low > -inf:
            ends.append(f"{'at least' if self.with_low else 'above'} {self.low:g}")
        if self.high < inf:
            ends.append(f"{'at most' if self.with_high else 'below'} {self.high:g}")
        kind = "a whole number" if self.whole else "a number" if ends else "a finite number"
        said = " ".join([kind, " and ".join(ends)]).strip()
        return f"{said}: {self.meaning}" if self.meaning else said


def positive(default: Any = MISSING) -> Any:
    """A number above 0, such as a learning rate."""
    return within(Range(0, with_low=False), default)


def not_negative(default: Any = MISSING) -> Any:
    """A number that may be 0, such as a weight decay."""
    return within(Range(0), default)


def fraction(default: Any = MISSING) -> Any:
    """A number from 0 to below 1, such as a decay rate."""
    return within(Range(0, 1), default)


def count(default: Any = MISSING, *, least: int = 0) -> Any:
    """A whole number, such as a number of updates."""
    return within(Range(least, whole=True), default)


def within(allowed: Range, default: Any = MISSING) -> Any:
    """A number of any other range."""
    return field(default=default, metadata={"range": allowed})


def check_counts(where: str, *, least: int = 1, **counts: object) -> None:
    """Refuse counts (sizes, lengths, numbers of updates) that are not whole numbers, or too small.

    Parameters
    ----------
    where : str
        The function or class that they were passed to.
    least : int
        The smallest count allowed.
    **counts : int
        The counts, by name.

    Raises
    ------
    DomainError
        Naming the first that is no whole number, or too small.

    Examples
    --------
    >>> check_counts("CharRNN", hidden=2.5)
    Traceback (most recent call last):
    ...
    teachrnn.errors.DomainError: CharRNN: `hidden` is 2.5 but must be a whole number at least 1.
    """
    for name, value in counts.items():
        if not hasattr(value, "__index__") or index(value) < least:
            needed = Range(least, whole=True)
            raise DomainError(f"{where}: `{name}` is {value} but must be {needed}.")


class HyperParameters:
    """Base of a dataclass whose fields are hyper-parameters: checks them, and gives them back.

    Examples
    --------
    >>> @dataclass(frozen=True, kw_only=True)
    ... class Decay(HyperParameters):
    ...     rate: float = fraction(0.5)
    >>> Decay(rate=0.25).settings()
    {'rate': 0.25}
    >>> Decay(rate=2)
    Traceback (most recent call last):
    ...
    teachrnn.errors.DomainError: Decay: `rate` is 2 but must be a number at least 0 and below 1.
    """

    def __post_init__(self) -> None:
        for name, allowed in self.ranges().items():
            value = getattr(self, name)
            if value not in allowed:
                raise DomainError(f"{type(self).__name__}: `{name}` is {value} but must be {allowed}.")
            if value is not None:
                # A NumPy number would act like an array: it would promote float32 to float64.
                object.__setattr__(self, name, int(value) if allowed.whole else float(value))

    @classmethod
    def ranges(cls) -> dict[str, Range]:
        """The range of every hyper-parameter that has one."""
        found: dict[str, Range] = {
            f.name: f.metadata["range"]
            for f in fields(cls)  # type: ignore[arg-type]
            if "range" in f.metadata
        }
        return found

    def settings(self) -> dict[str, Any]:
        """The hyper-parameters by keyword: ``type(x)(**x.settings())`` is the same rule."""
        return {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]
