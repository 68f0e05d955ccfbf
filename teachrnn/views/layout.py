"""Where things stand in the drawing of an unrolled graph: time across, depth up."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

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
    """Place every value that belongs to a time step; parameters belong to none and have no place.

    A result stands above its operands of the same step, right below its lowest user, an input below its
    user (or above, where the slot below is taken by a result: a target comes from above), and the
    state of step 0 in the row of the states that follow it.
    """
    rows: dict[int, int] = {}
    users: dict[int, list[Op]] = defaultdict(list)
    for op in trace.ops:
        for operand in op.operands:
            users[operand.index].append(op)
        below = [rows.get(v.index, 0) for v in op.operands if v.t == op.t and v.t is not None]
        rows[op.index] = 1 + max(below, default=0)
    for op in reversed(trace.ops):  # as high as its users allow: what comes from the past stands by them
        here = [rows[user.index] for user in users[op.index] if user.t == op.t]
        rows[op.index] = max(rows[op.index], min(here, default=1) - 1)
    for value in trace.values:
        if value.t is not None and not isinstance(value, Op):
            rows[value.index] = _row_of_leaf(value, trace, rows, users)
    cells: dict[tuple[int, int], list[int]] = defaultdict(list)
    for value in trace.values:
        if value.t is not None:
            cells[value.t, rows[value.index]].append(value.index)
    return {
        index: Place(column, row, slot, len(members))
        for (column, row), members in cells.items()
        for slot, index in enumerate(members)
    }


def _row_of_leaf(leaf: Value, trace: Trace, rows: dict[int, int], users: dict[int, list[Op]]) -> int:
    if leaf.t == 0:  # an initial state: beside the states of the same name
        later = f"{leaf.name.removesuffix('[0]')}[1]"
        return rows[trace[later].index] if later in trace else 1
    here = [rows[user.index] for user in users[leaf.index] if user.t == leaf.t]
    if not here:
        return 0
    row = min(here) - 1
    taken = row > 0 and any(rows[op.index] == row and op.t == leaf.t for op in trace.ops)
    return max(here) + 1 if taken else row
