"""A part of an operation, ``forward`` or a gradient, applied to arrays and checked by its signature.

The author of an operation learns at once, and by name, when a part writes into its arguments,
or returns another shape than the signature says: found later, such a mistake is a wrong number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy import ndarray

from teachrnn.array import Array
from teachrnn.errors import DomainError, ShapeError, TeachrnnError
from teachrnn.underflow import computed

DOUBLE = np.dtype(np.float64)

Needed = tuple[int | None, ...]
"""A shape; None stands for an axis that the inputs do not determine."""


class Applied(Protocol):
    """A recorded application of an operation: what an error message names of it."""

    signature: ClassVar[str]
    name: str


def applied(
    function: Callable[..., Any],
    arrays: Sequence[Array],
    shape: Needed,
    op: Applied,
    part: str,
) -> Array:
    """What a part of an operation returns: an array of numbers, of the shape needed.

    Parameters
    ----------
    function : callable
        The part.
    arrays : sequence of ndarray
        Its arguments, read-only.
    shape : tuple
        The shape needed.
    op : Applied
        The recorded application that it belongs to; of one that is being recorded, the name.
    part : str
        ``"forward"``, or the input that it is the gradient of.

    Raises
    ------
    TeachrnnError
        If the part writes into one of its arguments.
    ShapeError
        If the result has another shape.
    DomainError
        If the result does not hold numbers.
    """
    try:
        result = function(*arrays)
    except FloatingPointError:
        result = computed(function, *arrays)
    except ValueError as error:
        if "read-only" not in str(error):
            raise
        raise TeachrnnError(
            f"{_where(op, part)} writes into an array that it was given, or that it returned "
            "before. These belong to the record and are read-only: compute a new array "
            "(`x * 2`, not `x *= 2`), or write into a copy."
        ) from error
    # This runs for every number that is recorded: the most frequent case is tested first.
    if result.__class__ is ndarray and result.shape == shape and result.dtype is DOUBLE:
        return result
    return _held(result, arrays, shape, op, part)


def _held(result: Any, arrays: Sequence[Array], shape: Needed, op: Applied, part: str) -> Array:
    """The result as an array, or an error: the slower check, for results that are not plain arrays."""
    if isinstance(result, ndarray | np.generic):
        result = np.asarray(result)
        if result.shape == shape and result.dtype.kind in "fiu":
            return result
    where = _where(op, part)
    if result is None:
        raise DomainError(f"{where} returns None: is its `return` missing?")
    try:
        array = np.asarray(result)
    except ValueError as error:
        raise DomainError(
            f"{where} returns rows of different lengths, which are not an array."
        ) from error
    if array.dtype.kind not in "fiuc":
        kind = f"an array of {array.dtype}" if isinstance(result, ndarray) else type(result).__name__
        raise DomainError(
            f"{where} returns {kind} but must return an array of numbers"
            + (": `.astype(float)` turns it into 0 and 1." if array.dtype.kind == "b" else ".")
        )
    if array.dtype.kind == "c" and not any(a.dtype.kind == "c" for a in arrays):
        raise DomainError(f"{where} returns complex numbers for real inputs.")
    if array.ndim != len(shape) or any(
        n not in (None, m) for n, m in zip(shape, array.shape, strict=True)
    ):
        raise ShapeError(f"{where} {_misfit(array.shape, shape, op, part)}")
    return array


def _where(op: Applied, part: str) -> str:
    return f"{type(op).__name__}.{part if part == 'forward' else f'd{part}'} (at `{op.name}`)"


def _misfit(got: tuple[int, ...], shape: Needed, op: Applied, part: str) -> str:
    needed = "(" + ", ".join("any" if n is None else str(n) for n in shape)
    needed += ",)" if len(shape) == 1 else ")"
    if part == "forward":
        return f"returns shape {got} but {op.signature} needs {needed} for these inputs."
    own = f"`{part}`"
    message = f"returns shape {got} but {own} has shape {needed}: a gradient has its input's shape."
    if len(got) > len(shape) and got[len(got) - len(shape) :] == shape:
        message += (
            f" As {own} is used at every position of the leading axes (time, batch), its gradient is "
            "the sum over them: see teachrnn.leading_axes.sum_leading."
        )
    return message
