"""Hyper-parameters: the numbers that a rule is set up with, each with the range it must lie in.

The range is said once, beside the default. From it follow the error for a value outside and the
values that the property tests draw.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from math import inf
from typing import Any

from teachrnn.errors import DomainError


@dataclass(frozen=True)
class Range:
    """Numbers from ``low`` to below ``high``; ``low`` itself only where it is ``included``."""

    low: float
    high: float = inf
    included: bool = True
    whole: bool = False

    def __contains__(self, value: object) -> bool:
        try:
            number = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return False
        above = number >= self.low if self.included else number > self.low
        return above and number < self.high and not (self.whole and number % 1)

    def __str__(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        above = f"{'at least' if self.included else 'above'} {self.low:g}"
        return f"{kind} {above}" + ("" if self.high == inf else f" and below {self.high:g}")


def positive(default: Any = MISSING) -> Any:
    """A number above 0, such as a learning rate."""
    return _field(default, Range(0, included=False))


def not_negative(default: Any = MISSING) -> Any:
    """A number that may be 0, such as a weight decay."""
    return _field(default, Range(0))


def fraction(default: Any = MISSING) -> Any:
    """A number from 0 to below 1, such as the share of an average that is kept."""
    return _field(default, Range(0, 1))


def count(default: Any = MISSING, *, least: int = 0) -> Any:
    """A whole number, such as a number of updates."""
    return _field(default, Range(least, whole=True))


def _field(default: Any, allowed: Range) -> Any:
    return field(default=default, metadata={"range": allowed})


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
            # A NumPy number would be as good as an array: it would draw float32 up to float64.
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

    def settings(self) -> dict[str, float | str | bool]:
        """The hyper-parameters by keyword: ``type(x)(**x.settings())`` is the same rule."""
        return {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]
