"""The one type of an array in signatures; its docstring says its shape and what it holds."""

from __future__ import annotations

from typing import Any, TypeAlias

from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
"""Numbers of any type, in any shape."""
