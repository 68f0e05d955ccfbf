"""Positions in the drawing of an unrolled graph: time across, depth up."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from teachrnn.formulas.name import Name
from teachrnn.op import Op, Value
from teachrnn.trace import Trace


@dataclass(frozen=True)
class Place:
    """Position of a value on the grid: time step, row from below, and slot within the cell."""

    column: int
    row: int
    slot: int
    slots: int


def grid(trace: Trace) -> dict[int, Place]:
    """Place every value that belongs to a time step; parameters belong to none and are not placed.

    If nothing belongs to a time step, everything except the parameters is in one column.

    A result is above its operands of the same step, right below its lowest user, an input below its
    user (or above, if a result has the slot below: a target comes from above), and the
    state of step 0 in the row of the states that follow it.
    """
    column = _columns(trace)
    rows: dict[int, int] = {}
    users: dict[int, list[Op]] = defaultdict(list)
    for op in trace.ops:
        for operand in op.operands:
            users[operand.index].append(op)
        here = column.get(op.index)
        below = [
            rows.get(v.index, 0) for v in op.operands if here is not None and column.get(v.index) == here
        ]
        rows[op.index] = 1 + max(below, default=0)
    for op in reversed(trace.ops):  # as high as its users allow: values from the past are next to them
        above = [rows[u.index] for u in users[op.index] if column.get(u.index) == column.get(op.index)]
        rows[op.index] = max(rows[op.index], min(above, default=1) - 1)
    for value in trace.values:
        if value.index in column and not isinstance(value, Op):
            rows[value.index] = _row_of_leaf(value, trace, rows, users, column)
    cells: dict[tuple[int, int], list[int]] = defaultdict(list)
    for index, place in column.items():
        cells[place, rows[index]].append(index)
    return {
        index: Place(place, row, slot, len(members))
        for (place, row), members in cells.items()
        for slot, index in enumerate(members)
    }


def _columns(trace: Trace) -> dict[int, int]:
    """The column of every value that is drawn: its time step, if it has one."""
    timed = {v.index: v.t for v in trace.values if v.t is not None}
    return timed or {v.index: 1 for v in trace.values if v.role != "parameter"}


def _row_of_leaf(
    leaf: Value,
    trace: Trace,
    rows: dict[int, int],
    users: dict[int, list[Op]],
    column: dict[int, int],
) -> int:
    if leaf.t == 0:  # an initial state: beside the states of the same name
        later = str(Name.of(leaf.name).at(1))
        return rows[trace[later].index] if later in trace else 1
    place = column[leaf.index]
    here = [rows[user.index] for user in users[leaf.index] if column.get(user.index) == place]
    if not here:
        return 0
    row = min(here) - 1
    taken = row > 0 and any(rows[op.index] == row and column.get(op.index) == place for op in trace.ops)
    return max(here) + 1 if taken else row
