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


class Variants:
    r"""Complex variants of one value, and L for each of them: the complex step for many entries at once.

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

    def losses(self, variants: Array) -> Array:
        """L for every variant: complex numbers, from complex ``variants`` of shape (N, ...).

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
        total = np.zeros(len(variants), dtype=complex)
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
    if result is None:
        result = _one_by_one(op, new, count)
    if result.dtype.kind != "c":
        if all(op.gradient_methods[name] is None for name in varied):
            return None  # a choice (the largest of several, say): it does not move with a nudge
        raise _refusal(op, "makes real numbers of complex ones")
    kept = np.array(result, dtype=complex)
    kept.real = op.data
    return kept if kept.imag.any() else None


def _together(op: Op, new: dict[int, Array], count: int) -> Array | None:
    """All variants in one call; None where the result does not contain the recorded one."""
    arrays = [_side_by_side(op, position, new, count) for position in range(len(op.operands))]
    try:
        result = np.asarray(type(op).forward(*arrays))
    except Exception:  # whatever an operation raises that takes no leading axes: one by one, then
        return None
    if result.shape != (count, *op.shape):
        return None
    scale = max(1.0, float(np.abs(op.data).max(initial=0.0)))
    rounding = 1e5 * np.finfo(op.data.dtype).eps if op.data.dtype.kind == "f" else 0.0
    same = np.abs(result.real - op.data).max(initial=0.0) <= rounding * scale
    return result if same else None


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
            arrays = [new[v.index][row] if v.index in new else v.data for v in op.operands]
            results.append(np.asarray(type(op).forward(*arrays)))
    except Exception as error:  # whatever an operation raises that takes no complex numbers
        raise _refusal(op, f"takes no complex numbers ({error})") from error
    return np.array(results)


def _refusal(op: Op, why: str) -> DomainError:
    return DomainError(
        f"the complex step does not get through `{op.name}`: {type(op).__name__}.forward {why}. "
        "Write it with functions that are defined for complex numbers, or compare with a difference "
        "(CentralDifference)."
    )
