"""Find in a trace what a figure shows over time."""

from __future__ import annotations

from typing import Literal

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import DomainError, NameLookupError
from teachrnn.formulas.name import Name
from teachrnn.op import Value
from teachrnn.trace import Trace

Show = Literal["value", "gradient"]


def base(value: Value) -> str:
    """The name without its time step: ``layer2.h`` of ``layer2.h[3]``."""
    return str(Name.of(value.name).at(None))


def over_time(trace: Trace, name: str) -> list[Value]:
    """All values of that name, in the order of their steps.

    Raises
    ------
    NameLookupError
        Listing the names that exist.
    """
    found = sorted((v for v in trace if v.t is not None and base(v) == name), key=lambda v: v.t or 0)
    if not found:
        names = dict.fromkeys(base(v) for v in trace if v.t is not None)
        raise NameLookupError(f"no value over time is named {name!r}; there are: {', '.join(names)}.")
    return found


def states(trace: Trace) -> list[str]:
    """Names of the state vectors, which have a value at step 0; those of the lowest layer first."""
    return [base(value) for value in trace if value.t == 0]


def top_state(trace: Trace) -> str:
    """The state that the readout sees: the ``h`` of the highest layer.

    Raises
    ------
    NameLookupError
        If the trace has no state.
    """
    names = states(trace)
    hidden = [name for name in names if Name.of(name).letter == "h"] or names
    if not hidden:
        raise NameLookupError("the trace has no state: no value belongs to step 0.")
    return hidden[-1]


def numbers(value: Value, show: Show, item: int = 0) -> Array | None:
    """The vector that a figure shows, for one sequence of a batch; None for a gradient not yet known.

    Raises
    ------
    DomainError
        If the batch has no such sequence, or ``show`` is something else.
    """
    if show not in ("value", "gradient"):
        raise DomainError(f'show is {show!r} but must be "value" or "gradient".')
    data = value.data if show == "value" else value.grad
    if data is None or value.role == "parameter" or data.ndim < 2:
        return data
    rows = data.reshape(-1, data.shape[-1])
    if not 0 <= item < len(rows):
        raise DomainError(f"item is {item} but the batch has sequences 0..{len(rows) - 1}.")
    return np.asarray(rows[item])
