"""Many variants of a record's numbers, carried through its operations side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import DomainError, TeachrnnError
from teachrnn.op import Op, Value
from teachrnn.reference.estimate import NO_LOSS
from teachrnn.trace import Trace

MAX_NUMBERS = 1_000_000
"""Maximum number of entries in memory, over all values that are recomputed: 16 MB of complex numbers."""


_Way = Callable[[Op, Mapping[int, Array], int], Array]
"""How an operation is applied to a number of variants of its operands."""


class Carried:
    """The operations between some values and the loss, applied to many variants in one call.

    The variants are along a new leading axis. A *weight* has no leading axes: its variants are stacked
    along the rows. An operation that mixes variants is applied to one after the other. As in
    `Trace.recompute`, if an operation gives the same result for a variant as in the record, that is the
    recorded result, bit for bit, and the real parts of complex variants stay on the recorded values.

    Parameters
    ----------
    trace : Trace
        A record with a loss.
    values : iterable of Value
        What varies.

    Raises
    ------
    TeachrnnError
        If the trace has no loss.

    Attributes
    ----------
    path : list of Op
        The operations through which any of the values reaches the loss, in order.
    """

    def __init__(self, trace: Trace, values: Iterable[Value]) -> None:
        if not trace.losses:
            raise TeachrnnError(NO_LOSS)
        self.trace = trace
        self.path = _path(trace, values)
        self._ways: dict[tuple[object, ...], _Way] = {}

    @property
    def size(self) -> int:
        """How many numbers each variant makes new."""
        return sum(op.data.size for op in self.path)

    def total(self, new: Mapping[int, Array], count: int, dtype: Any) -> Array:
        """L of so many variants, from what is new in them."""
        total = np.zeros(count, dtype=dtype)
        for loss in self.trace.losses:
            varied = new.get(loss.index)
            total += loss.data.sum() if varied is None else varied.reshape(count, -1).sum(axis=1)
        return total

    def applied(
        self, op: Op, new: Mapping[int, Array], moved: Mapping[int, Array]
    ) -> tuple[Array, Array] | None:
        """The operation's result for every variant, and which of them move it; None if none does."""
        count = len(next(iter(new.values())))
        varied = {name: v for name, v in zip(op.inputs, op.operands, strict=True) if v.index in new}
        try:
            result = self._way(op, varied)(op, new, count)
        except Exception:  # it takes the record's numbers side by side, but not these: not complex ones
            result = _one_by_one(op, new, count)
        if any(new[v.index].dtype.kind == "c" for v in varied.values()):
            found = _complex_result(op, varied, result)
        else:
            rows = np.logical_or.reduce([moved[v.index] for v in varied.values()])
            found = _real_result(op, result, rows)
        if found is None:
            return None
        rows = rows_moved(op, found)
        return (found, rows) if rows.any() else None

    def _way(self, op: Op, varied: Mapping[str, Value]) -> _Way:
        """The fastest way through an operation that gives each variant what it gives it alone.

        It is tried out once for each kind of application, with two variants that differ in every
        entry: a small step does not show a mix, nor one that is taken by all.
        """
        kind = (type(op), tuple(varied), *(v.shape for v in op.operands))
        if kind not in self._ways:
            shared = set(varied).intersection(op.shared)
            way = _side_by_side if not shared else _under_each_other
            fits = len(shared) in (0, len(varied)) and _keeps_apart(way, op, varied)
            self._ways[kind] = way if fits else _one_by_one
        return self._ways[kind]


def _path(trace: Trace, values: Iterable[Value]) -> list[Op]:
    """The operations through which any of the values reaches the loss, in order."""
    leads = {loss.index for loss in trace.losses}
    for op in reversed(trace.ops):
        if op.index in leads:
            leads.update(v.index for v in op.operands)
    reached, path = {value.index for value in values}, []
    for op in trace.ops:
        if op.index in leads and any(v.index in reached for v in op.operands):
            reached.add(op.index)
            path.append(op)
    return path


def _keeps_apart(way: _Way, op: Op, varied: Mapping[str, Value]) -> bool:
    """Whether the record and other numbers, carried together, have what each has alone."""
    other = {v.index: 0.75 * v.data + 0.125 for v in varied.values()}  # in (0, 1) or (-1, 1) if they are
    pairs = {v.index: np.stack([v.data, other[v.index]]) for v in varied.values()}
    try:
        together = way(op, pairs, 2)
        alone = np.asarray(type(op).forward(*(other.get(v.index, v.data) for v in op.operands)))
    except Exception:  # whatever an operation raises that does not take so many, or not these
        return False
    if alone.shape != op.shape or together.shape != (2, *op.shape):
        return False
    expected = np.stack([op.data, alone])
    scale = max(1.0, float(np.abs(expected).max(initial=0.0)))
    rounding = 1e5 * np.finfo(op.data.dtype).eps if op.data.dtype.kind == "f" else 0.0
    return bool(np.abs(together - expected).max(initial=0.0) <= rounding * scale)


def _complex_result(op: Op, varied: Mapping[str, Value], result: Array) -> Array | None:
    if result.dtype.kind != "c":
        if all(op.gradient_methods[name] is None for name in varied):
            return None  # a choice (the largest of several, say): it does not move with a nudge
        raise _refusal(op, "makes real numbers of complex ones")
    kept = np.array(result, dtype=complex)
    kept.real = op.data
    return kept


def _real_result(op: Op, result: Array, rows: Array) -> Array:
    """What was not moved is not moved by a product of many, which rounds otherwise than one."""
    if rows.all():
        return result
    return np.where(rows.reshape(-1, *(1 for _ in op.shape)), result, op.data)


def rows_moved(value: Value, variants: Array) -> Array:
    """Which of the variants differ from what was recorded."""
    found: Array = (variants != value.data).reshape(len(variants), -1).any(axis=1)
    return found


def _side_by_side(op: Op, new: Mapping[int, Array], count: int) -> Array:
    """All variants in one call, along a leading axis."""
    arrays = [_with_axis(op, position, new, count) for position in range(len(op.operands))]
    return np.asarray(type(op).forward(*arrays))


def _with_axis(op: Op, position: int, new: Mapping[int, Array], count: int) -> Array:
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


def _under_each_other(op: Op, new: Mapping[int, Array], count: int) -> Array:
    """All variants of weights in one call, their rows under each other.

    Where every weight has a row for each number of the result, which depends on no other row.

    Raises
    ------
    ValueError
        Where a weight has none.
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
            raise ValueError(f"{type(op).__name__} has no rows")
        if own is not None:
            arrays.append(own.reshape(-1, *value.shape[1:]))
        else:
            arrays.append(np.concatenate([value.data] * count) if in_rows else value.data)
    result = np.asarray(type(op).forward(*arrays))
    return np.moveaxis(result.reshape(*op.shape[:-1], count, op.shape[-1]), -2, 0)


def _one_by_one(op: Op, new: Mapping[int, Array], count: int) -> Array:
    """One call for each variant."""
    results: list[Any] = []
    try:
        for row in range(count):
            alone = [new[v.index][row] if v.index in new else v.data for v in op.operands]
            results.append(np.asarray(type(op).forward(*alone)))
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
