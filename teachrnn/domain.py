"""Which values an input of an operation may take, said once as data.

The shape check uses it to refuse a bad value by name, the property tests to draw good ones.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reals:
    """Real numbers in [low, high], for drawing; ``avoid`` holds points without a derivative."""

    low: float = -2.0
    high: float = 2.0
    avoid: tuple[float, ...] = ()


@dataclass(frozen=True)
class Index:
    """Whole numbers 0 .. size-1 of an axis (a character's number, say); ``end`` allows size too."""

    axis: str
    end: bool = False


@dataclass(frozen=True)
class Choice:
    """One of a few values, such as the 0 and 1 of a mask."""

    values: tuple[float, ...]


Domain = Reals | Index | Choice
