"""What a value needs of the record that it belongs to: a protocol, which `Trace` keeps to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from teachrnn.array import Array

V = TypeVar("V")


class Record(Protocol[V]):
    """Values of type V in the order in which they came about, each under its name.

    Attributes
    ----------
    scope, time : str
        What the name of a value begins with and ends with now: ``layer2.`` and ``[3]``.
    """

    scope: str
    time: str

    @property
    def values(self) -> Sequence[V]:
        """Everything recorded so far."""

    def address(self, base: str, *, unique: bool = False) -> str:
        """Full name of a value recorded now; ``unique`` numbers a name that is taken."""

    def constant(self, data: Any) -> V:
        """Record a number or array that is part of a definition."""

    def enter(self, value: V, name: str, role: str, data: Array) -> None:
        """Enter a value under its full name."""

    def gradient(self, value: V) -> Array | None:
        """Gradient of the loss with respect to a value; None means "not yet"."""
