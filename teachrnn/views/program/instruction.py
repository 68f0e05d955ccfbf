"""The operations of a trace as instructions: those of one time step, where all steps are alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from teachrnn.formulas.name import timeless
from teachrnn.op import Op, Value
from teachrnn.trace import Trace

NEAR = (0, -1)
"""How far from its own time step an instruction of a loop may look: the same, and the one before."""


@dataclass(frozen=True)
class Use:
    """A value, as an instruction uses it.

    Attributes
    ----------
    name : str
        In a loop its name without the time step; otherwise its name.
    by : int or None
        In a loop the time step, counted from that of the instruction; None for what belongs to none.
    """

    name: str
    by: int | None = None


@dataclass(frozen=True, eq=False)
class Instruction:
    """An operation of the program.

    Attributes
    ----------
    op : Op
        A recorded application; in a loop that of the last time step.
    result : Use
        What it makes.
    operands : tuple of Use
        What it makes it from.
    """

    op: Op
    result: Use
    operands: tuple[Use, ...]


@dataclass(frozen=True, eq=False)
class Instructions:
    """What a program does, in order.

    Attributes
    ----------
    all : list of Instruction
        Those of one time step, if there is a loop; otherwise those of the whole trace.
    losses : Counter
        How often a result counts in the loss, by its name.
    times : range or None
        The time steps of the loop; None if there is no loop.
    """

    all: list[Instruction]
    losses: Counter[str]
    times: range | None

    @classmethod
    def of(cls, trace: Trace) -> Instructions:
        """Those of a trace, as a loop over time where every time step applies the same operations."""
        times = _times(trace.ops)
        steps: dict[int | None, list[Op]] = defaultdict(list)
        for op in trace.ops:
            steps[op.t].append(op)
        counted = Counter(v.index for v in trace.losses)
        alike = len({tuple([_said(op, counted) for op in step]) for step in steps.values()}) == 1
        named = [
            {_use(v, 0).name for v in trace.values if (v.t is None) == out} for out in (True, False)
        ]
        if times and alike and not set.intersection(*named):
            made = [_instruction(op, loop=True) for op in steps[times[-1]]]
            if all(use.by in (None, *NEAR) for one in made for use in one.operands):
                return cls(
                    made, Counter({_use(v, v.t).name: counted[v.index] for v in trace.losses}), times
                )
        made = [_instruction(op, loop=False) for op in trace.ops]
        return cls(made, Counter(v.name for v in trace.losses), None)


def _times(ops: Sequence[Op]) -> range | None:
    """The time steps of the operations, if all have one and none is left out."""
    found = {op.t for op in ops if op.t is not None}
    if not found or any(op.t is None for op in ops):
        return None
    times = range(min(found), max(found) + 1)
    return times if len(found) == len(times) else None


def _said(op: Op, losses: Counter[int]) -> object:
    """What must be the same at every time step."""
    operands = [_number(v) if _number(v) is not None else _use(v, op.t) for v in op.operands]
    return type(op), _use(op, op.t), tuple(operands), losses[op.index]


def _instruction(op: Op, *, loop: bool) -> Instruction:
    def use(value: Value) -> Use:
        return _use(value, op.t) if loop else Use(value.name)

    return Instruction(op, use(op), tuple([use(v) for v in op.operands]))


def _use(value: Value, t: int | None) -> Use:
    if value.t is None or t is None:
        return Use(value.name)
    return Use(timeless(value.name), value.t - t)


def _number(value: Value) -> float | int | None:
    """A number that is part of a definition."""
    return value.data.item() if value.role == "constant" and value.data.ndim == 0 else None
