"""What a law draws its random values with."""

from __future__ import annotations

from typing import Protocol, TypeVar

import hypothesis.strategies as st

T = TypeVar("T")


class Draw(Protocol):
    """Called with a strategy, gives one of its values; the label names it where a law fails."""

    def __call__(self, strategy: st.SearchStrategy[T], label: str | None = None) -> T: ...
