"""Numbers that were taken out of a record: a replay keeps them, recording again changes them."""

from __future__ import annotations

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import DomainError
from teachrnn.models import CharRNN
from teachrnn.op import Op, Value
from teachrnn.trace import Trace

MOVE = 0.1
"""How far every number is moved, relative to its size, before recording again."""


def first_leak(trace: Trace, again: Trace, *, changed: frozenset[str]) -> str | None:
    """Why a record is not the whole model, in a sentence; None if it is.

    Every number of a record is a leaf or follows from the leaves by operations. So when a model is
    recorded again with some leaves changed, all others must be as they were, and the same
    operations must be applied to the same values: then recording again is replaying the change.
    A cell that computes with ``h.data`` breaks that. What it takes out of the record comes back as a
    constant, through which no gradient flows, and every oracle, which replays the record, keeps it
    as well.

    Parameters
    ----------
    trace, again : Trace
        Two records of one model.
    changed : frozenset of str
        The leaves that were given other numbers.

    Returns
    -------
    str or None
        What differs and what to do, in words; None if nothing leaks.

    Examples
    --------
    >>> import numpy as np
    >>> from teachrnn import CharRNN
    >>> one, other = (CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(s)) for s in (0, 1))
    >>> changed = frozenset(one.shapes())
    >>> print(first_leak(one.record([0, 1]), other.record([0, 1]), changed=changed))
    None
    >>> print(first_leak(one.record([0, 1]), one.record([0, 1, 2]), changed=frozenset()))
    recording again makes 24 values instead of 18.
    """
    for before, now in zip(trace.values, again.values, strict=False):
        complaint = _complaint(trace, before, now, changed)
        if complaint:
            return complaint
    if len(trace) != len(again):
        return f"recording again makes {len(again)} values instead of {len(trace)}."
    return None


def _complaint(trace: Trace, before: Value, now: Value, changed: frozenset[str]) -> str | None:
    if _made_by(before) != _made_by(now):
        return (
            f"`{before.name}` was {_made_by(before)}; recorded again, with other numbers, "
            f"`{now.name}` is {_made_by(now)}: which operations are applied depends on the numbers, "
            "and no gradient knows of that."
        )
    if isinstance(before, Op) or before.name in changed or np.array_equal(before.data, now.data):
        return None
    users = [op.name for op in trace.ops if before in op.operands]
    place = tuple(int(i) for i in np.argwhere(before.data != now.data)[0])
    at = f" at index {place}" if place else ""
    return (
        f"`{before.name}`, used by {', '.join(f'`{user}`' for user in users) or 'nothing'}, is a number "
        f"taken out of the record: {before.data[place]:.6g}{at}, and {now.data[place]:.6g} when the "
        "model is recorded again with other numbers. No gradient flows through it. Apply operations to "
        "the recorded values themselves, not to their `.data`."
    )


def _made_by(value: Value) -> str:
    if not isinstance(value, Op):
        return f"a {value.role} of shape {value.shape}"
    return f"{type(value).__name__}({', '.join(operand.name for operand in value.operands)})"


def leak_of(model: CharRNN, trace: Trace, *, rng: np.random.Generator) -> str | None:
    """Record a trace's model again with every parameter, state and dense input changed, and compare.

    Parameters
    ----------
    model : CharRNN
        The model that recorded the trace; it is not changed.
    trace : Trace
        The record.
    rng : numpy.random.Generator
        For the moves.

    Returns
    -------
    str or None
        See `first_leak`.

    Raises
    ------
    DomainError
        If the trace is not one of the model.

    Examples
    --------
    >>> from teachrnn import CharRNN
    >>> model = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0))
    >>> print(leak_of(model, model.record([0, 1]), rng=np.random.default_rng(0)))
    None
    """
    states = [f"{name}[0]" for name in model.state_names()]
    lacking = [name for name in (*model.shapes(), *states, "x[1]") if name not in trace]
    if lacking:
        raise DomainError(
            f"the trace is not a record of this model: it has no {', '.join(lacking)}. Pass the "
            "model that recorded it."
        )
    moved = {
        value.name: _moved(value.data, rng)
        for value in trace
        if value.role in ("parameter", "input") and value.data.dtype.kind == "f"
    }
    twin = CharRNN(**model.settings(), rng=rng)
    twin.set_parameters(**{name: moved[name] for name in twin.shapes()})
    times = range(1, trace.T + 1)
    again = twin.record(
        np.stack([moved.get(f"x[{t}]", trace[f"x[{t}]"].data) for t in times]),
        np.stack([trace[f"y[{t}]"].data for t in times]) if "y[1]" in trace else None,
        state={name: moved[f"{name}[0]"] for name in model.state_names()},
        fused="p[1]" not in trace,
    )
    return first_leak(trace, again, changed=frozenset(moved))


def _moved(data: Array, rng: np.random.Generator) -> Array:
    size = float(np.abs(data).max(initial=0.0)) or 1.0
    return np.asarray(data + MOVE * size * rng.uniform(0.5, 1.0, data.shape), dtype=data.dtype)
