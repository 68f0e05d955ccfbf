"""Many variants of one value at once, carried through a record side by side."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import DomainError, TeachrnnError
from teachrnn.op import Op, Value
from teachrnn.reference.estimate import NO_LOSS
from teachrnn.trace import Trace

MAX_NUMBERS = 1_000_000
"""Numbers held at once, over all values that are computed anew: 16 MB of complex ones."""


class Variants:
    r"""Variants of one value, and L for each of them: a step for many entries at once.

    The variants lie along a new leading axis, which operations take in their stride: they are
    applied to all variants in one call. Where a *weight* varies they cannot (it has no leading
    axes), and are applied to one variant after the other; so is an operation that does not keep
    leading axes apart. As in `Trace.recompute` the real parts stay on the recorded values.

    Parameters
    ----------
    trace : Trace
        A record with a loss.
    value : Value
        What varies: any value of the trace.

    Raises
    ------
    TeachrnnError
        If the trace has no loss.

    Examples
    --------
    >>> from teachrnn import Sum, Tanh
    >>> trace = Trace()
    >>> a = trace.input("a", [0.0, 0.0])
    >>> L = trace.loss(Sum(Tanh(a), name="L"))
    >>> Variants(trace, a).losses(np.array([[1e-30j, 0], [0, 0]])).imag     # d tanh(a) / da is 1 at 0
    array([1.e-30, 0.e+00])
    """

    def __init__(self, trace: Trace, value: Value) -> None:
        if not trace.losses:
            raise TeachrnnError(NO_LOSS)
        self.trace, self.value = trace, value
        self.path = _path(trace, value)

    @property
    def size(self) -> int:
        """How many numbers each variant makes new."""
        return sum(op.data.size for op in self.path)

    @property
    def together(self) -> int:
        """How many variants are carried side by side, so that memory lasts."""
        return max(1, MAX_NUMBERS // (self.value.data.size + self.size))

    def losses_of(self, entries: Array, step: complex) -> Array:
        """L with one entry moved by ``step``, for every entry in turn; call it for `together` of them.

        Parameters
        ----------
        entries : ndarray of int
            Flat indices.
        step : float or complex
            By how much.
        """
        base = self.value.data.ravel()
        moved = np.tile(base.astype(np.result_type(base, type(step))), (len(entries), 1))
        moved[np.arange(len(entries)), entries] += step
        return self.losses(moved.reshape(len(entries), *self.value.shape))

    def losses(self, variants: Array) -> Array:
        """L for every variant, from ``variants`` of shape (N, ...): complex numbers if those are.

        Raises
        ------
        DomainError
            If an operation on the way to the loss takes no complex numbers, or returns real ones.
        """
        new = {self.value.index: variants}
        with warnings.catch_warnings(), np.errstate(all="ignore"):  # infinite is an answer too
            warnings.simplefilter("error", np.exceptions.ComplexWarning)  # never lose a derivative
            for op in self.path:
                if any(v.index in new for v in op.operands):
                    result = _applied(op, new, len(variants))
                    if result is not None:
                        new[op.index] = result
        total = np.zeros(len(variants), dtype=variants.dtype)
        for loss in self.trace.losses:
            varied = new.get(loss.index)
            total += loss.data.sum() if varied is None else varied.reshape(len(variants), -1).sum(axis=1)
        return total


def _path(trace: Trace, value: Value) -> list[Op]:
    """The operations through which a value reaches the loss, in order."""
    leads = {loss.index for loss in trace.losses}
    for op in reversed(trace.ops):
        if op.index in leads:
            leads.update(v.index for v in op.operands)
    reached, path = {value.index}, []
    for op in trace.ops:
        if op.index in leads and any(v.index in reached for v in op.operands):
            reached.add(op.index)
            path.append(op)
    return path


def _applied(op: Op, new: dict[int, Array], count: int) -> Array | None:
    """The operation's result for every variant; None where all of them leave it as it is."""
    varied = {name: v for name, v in zip(op.inputs, op.operands, strict=True) if v.index in new}
    result = None
    if not set(varied).intersection(op.shared):
        result = _together(op, new, count)
    elif set(varied).issubset(op.shared):
        result = _stacked(op, new, count)
    if result is None:
        result = _one_by_one(op, new, count)
    if not any(new[v.index].dtype.kind == "c" for v in varied.values()):
        return result if (result != op.data).any() else None
    if result.dtype.kind != "c":
        if all(op.gradient_methods[name] is None for name in varied):
            return None  # a choice (the largest of several, say): it does not move with a nudge
        raise _refusal(op, "makes real numbers of complex ones")
    kept = np.array(result, dtype=complex)
    kept.real = op.data
    return kept if kept.imag.any() else None


def _together(op: Op, new: dict[int, Array], count: int) -> Array | None:
    """All variants in one call; None where that does not give for each what it gives alone."""
    arrays = [_side_by_side(op, position, new, count) for position in range(len(op.operands))]
    try:
        result = np.asarray(type(op).forward(*arrays))
    except Exception:  # whatever an operation raises that takes no leading axes: one by one, then
        return None
    if result.shape != (count, *op.shape):
        return None
    as_recorded = result.dtype.kind == "c"  # only the imaginary parts have moved
    same = _is_near(result.real, op) if as_recorded else _last_is_as_alone(op, result, new)
    return result if same else None


def _stacked(op: Op, new: dict[int, Array], count: int) -> Array | None:
    """All variants of weights in one call, their rows under each other; None where that cannot be.

    It can where every weight has a row for each number of the result, which depends on no other row.
    """
    output = op.shape_rule.output
    arrays = []
    for name, letters, value in zip(op.inputs, op.shape_rule.inputs, op.operands, strict=True):
        own, in_rows = new.get(value.index), name in op.shared
        if (
            len(output) != 1
            or letters.count(output[0]) != in_rows
            or (in_rows and letters[:1] != output)
        ):
            return None
        if own is not None:
            arrays.append(own.reshape(-1, *value.shape[1:]))
        else:
            arrays.append(np.concatenate([value.data] * count) if in_rows else value.data)
    try:
        result = np.asarray(type(op).forward(*arrays))
    except Exception:  # whatever an operation raises that does not take so many rows
        return None
    if result.size != count * op.data.size:
        return None
    result = np.moveaxis(result.reshape(*op.shape[:-1], count, op.shape[-1]), -2, 0)
    return result if _last_is_as_alone(op, result, new) else None


def _is_near(result: Array, op: Op) -> bool:
    """Whether every variant of a result is the recorded one, but for rounding."""
    scale = max(1.0, float(np.abs(op.data).max(initial=0.0)))
    return _near(result, op.data, _rounding(op) * scale)


def _last_is_as_alone(op: Op, result: Array, new: dict[int, Array]) -> bool:
    """Whether the last variant has what it has alone, and so the others do not mix with it."""
    try:
        alone = np.asarray(type(op).forward(*_alone(op, -1, new)))
    except Exception:  # what it raises is said where they are done one by one
        return False
    if alone.shape != op.shape:
        return False
    scale = max(1.0, float(np.abs(alone.real).max(initial=0.0)))
    step = float(np.abs(alone.imag).max(initial=0.0))
    return _near(result[-1].real, alone.real, _rounding(op) * scale) and _near(
        result[-1].imag, alone.imag, _rounding(op) * step
    )


def _rounding(op: Op) -> float:
    return 1e5 * float(np.finfo(op.data.dtype).eps) if op.data.dtype.kind == "f" else 0.0


def _near(found: Array, wanted: Array, error: float) -> bool:
    return bool(np.abs(found - wanted).max(initial=0.0) <= error)


def _alone(op: Op, row: int, new: dict[int, Array]) -> list[Array]:
    """The operands as they are for one variant."""
    return [new[v.index][row] if v.index in new else v.data for v in op.operands]


def _side_by_side(op: Op, position: int, new: dict[int, Array], count: int) -> Array:
    """An operand with an axis for the variants in front of the operation's own leading axes."""
    operand = op.operands[position]
    leading = op.binding.leading
    own = operand.data.ndim - len(op.shape_rule.inputs[position])
    if operand.index not in new:
        return np.broadcast_to(operand.data, (count, *operand.shape)) if own else operand.data
    array = new[operand.index]
    if own or not leading:
        return array
    spread = array.reshape(count, *(1 for _ in leading), *operand.shape)
    return np.broadcast_to(spread, (count, *leading, *operand.shape))


def _one_by_one(op: Op, new: dict[int, Array], count: int) -> Array:
    """One call for each variant."""
    results: list[Any] = []
    try:
        for row in range(count):
            results.append(np.asarray(type(op).forward(*_alone(op, row, new))))
    except Exception as error:  # whatever an operation raises that takes no complex numbers
        if not any(new[v.index].dtype.kind == "c" for v in op.operands if v.index in new):
            raise
        raise _refusal(op, f"takes no complex numbers ({error})") from error
    return np.array(results)


def _refusal(op: Op, why: str) -> DomainError:
    return DomainError(
        f"the complex step does not get through `{op.name}`: {type(op).__name__}.forward {why}. "
        "Write it with functions that are defined for complex numbers, or compare with a difference "
        "(CentralDifference)."
    )
