"""Whether two results of a function are the same, and how a value is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

MOST_WRITTEN = 120
"""Characters of a value that are written."""


def same(own: Any, right: Any, tolerance: float) -> bool:
    """Whether a result is right.

    Parameters
    ----------
    own, right : object
        What was returned, and what should be: numbers, text, arrays, lists and dicts of them. A
        list, a tuple and an array of the same numbers are the same.
    tolerance : float
        What numbers may differ by, relative to the largest.

    Returns
    -------
    bool
        The answer.

    Examples
    --------
    >>> same([1, 2.0], np.array([1.0, 2.0]), 1e-9), same({"a": 1}, {"a": 2}, 1e-9), same("a", "b", 0.0)
    (True, False, False)
    """
    if isinstance(right, Mapping):
        return (
            isinstance(own, Mapping)
            and own.keys() == right.keys()
            and all(same(own[key], part, tolerance) for key, part in right.items())
        )
    if right is None or isinstance(right, str | bool):
        return type(own) is type(right) and bool(own == right)
    if isinstance(right, list | tuple) and (not right or not _is_numbers(right)):
        return (
            isinstance(own, list | tuple)
            and len(own) == len(right)
            and all(same(a, b, tolerance) for a, b in zip(own, right, strict=True))
        )
    try:
        mine, theirs = np.asarray(own, dtype=complex), np.asarray(right, dtype=complex)
    except (TypeError, ValueError):
        return False
    if mine.shape != theirs.shape or isinstance(own, str):
        return False
    size = max(1.0, float(np.abs(theirs[np.isfinite(theirs)]).max(initial=0.0)))
    return bool(np.allclose(mine, theirs, rtol=0.0, atol=tolerance * size, equal_nan=True))


def _is_numbers(parts: Any) -> bool:
    """Whether a list or tuple is an array, nested or not: only numbers, in rows of one length."""
    try:
        return np.asarray(parts).dtype.kind in "iufc"
    except ValueError:
        return False


def written(value: Any) -> str:
    """A value in one line, as it is shown.

    Parameters
    ----------
    value : object
        Numbers, text, arrays, lists and dicts of them.

    Returns
    -------
    str
        Short: numbers with four digits.

    Examples
    --------
    >>> written({"W": np.array([[1.0, 2 / 3]])})
    "{'W': [[1, 0.6667]]}"
    """
    text = _written(value)
    return text if len(text) <= MOST_WRITTEN else f"{text[: MOST_WRITTEN - 2]} …"


def _written(value: Any) -> str:
    if isinstance(value, np.ndarray | np.generic):
        return _written(value.tolist())
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_written(k)}: {_written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(_written, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, float):
        return f"{value:.4g}".replace("-", "\N{MINUS SIGN}") if np.isfinite(value) else str(value)
    return repr(value)
