"""How a law draws its random values."""

from __future__ import annotations

from typing import Protocol, TypeVar

import hypothesis.strategies as st

T = TypeVar("T")


class Draw(Protocol):
    """Draw a value from a strategy; the label names it if the law fails."""

    def __call__(self, strategy: st.SearchStrategy[T], label: str | None = None) -> T: ...
