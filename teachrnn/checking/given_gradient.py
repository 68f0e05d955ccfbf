"""Gradients as a user passes them, read into arrays; a clear error for anything else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import DomainError, ShapeError
from teachrnn.op import Value
from teachrnn.trace import Trace


def given_gradients(trace: Trace, gradients: Any) -> dict[str, Array]:
    """Real arrays by name of the value, each of its value's shape.

    Raises
    ------
    NameLookupError, ShapeError, DomainError
        If there are none, or one of them belongs to no value, has another shape or is not made of
        real, finite numbers.
    """
    if not isinstance(gradients, Mapping):
        raise DomainError(
            f"gradients must be a dict of arrays by the name of the parameter, got a "
            f'{type(gradients).__name__}: write {{"W": dW, "U": dU, ...}}.'
        )
    if not gradients:
        names = ", ".join(trace.parameters) or "those of any value, such as h[0]"
        raise DomainError(
            f"no gradient was passed, so there is nothing to compare: give some of {names}."
        )
    return {name: _array(trace, name, d) for name, d in gradients.items()}


def _array(trace: Trace, name: Any, d: Any) -> Array:
    if not isinstance(name, str):
        raise DomainError(f"gradients are named after their value, such as 'W', not {name!r}.")
    value = trace[name]
    if d is None:
        raise DomainError(f"the gradient of `{name}` is None: it was never computed.")
    if isinstance(d, Value):
        raise DomainError(
            f"the gradient of `{name}` is a recorded value, {d!r}: pass an array of numbers."
        )
    array = _numbers(name, d)
    if array.shape != value.shape:
        raise ShapeError(
            f"the gradient of `{name}` has shape {array.shape} "
            f"but must have that of `{name}`: {value.shape}."
        )
    if not np.isfinite(array).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise DomainError(f"the gradient of `{name}` holds {array[place]} at index {place}.")
    return array


def _numbers(name: str, d: Any) -> Array:
    try:
        array = np.asarray(d)
    except Exception as error:  # ragged lists, tensors that need .detach(), and so on
        raise DomainError(
            f"the gradient of `{name}`, a {type(d).__name__}, cannot be made an array: {error}"
        ) from error
    if array.dtype.kind in "iu":
        return array.astype(float)
    if array.dtype.kind == "f":
        return array
    if array.dtype.kind == "c":
        largest = float(np.abs(array.imag).max(initial=0.0))
        raise DomainError(
            f"the gradient of `{name}` holds complex numbers (imaginary parts up to {largest:.3g}): "
            "a gradient is real. After a complex step it is the imaginary part over the step."
        )
    what = {"O": "objects", "b": "truth values", "U": "text", "S": "text"}.get(
        array.dtype.kind, str(array.dtype)
    )
    raise DomainError(f"the gradient of `{name}` holds {what}, not numbers: pass an array of floats.")
