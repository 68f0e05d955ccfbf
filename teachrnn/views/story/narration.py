"""Short notes on the steps of a story: the technical line, the line of code, what a token stands for."""

from __future__ import annotations

import linecache
from collections.abc import Sequence

from teachrnn.op import Op, Value
from teachrnn.ops import CrossEntropy, SoftmaxCrossEntropy
from teachrnn.trace import Trace
from teachrnn.views.style.visible_symbol import visible_symbol

SURPRISES = (CrossEntropy, SoftmaxCrossEntropy)


def applied(op: Op) -> str:
    """An application in one line: ``h[3] = Tanh(a[3])``."""
    return f"{op.name} = {type(op).__name__}({', '.join(v.name for v in op.operands)})"


def code(op: Op) -> str:
    """The line of code that applied it; empty if that is not known."""
    return linecache.getline(op.code.co_filename, op.line).strip()


def symbol(value: Value, symbols: Sequence[str] | None) -> str:
    """The symbol that a recorded token number stands for, made visible; empty if it is not a token."""
    if symbols is None or value.data.dtype.kind not in "iu" or value.data.ndim or value.t is None:
        return ""
    number = int(value.data)
    return visible_symbol(symbols[number]) if 0 <= number < len(symbols) else ""


def token(value: Value, symbols: Sequence[str] | None) -> str:
    """The same in words."""
    found = symbol(value, symbols)
    return (
        f"the symbol \N{LEFT DOUBLE QUOTATION MARK}{found}\N{RIGHT DOUBLE QUOTATION MARK}"
        if found
        else ""
    )


def in_nats(trace: Trace) -> bool:
    """Whether the loss is the cross-entropy of symbols, and so has a unit."""
    return all(isinstance(v, SURPRISES) for v in trace.losses)


def origin(user: Op, value: Value) -> str:
    """The use through which a part of a gradient comes."""
    if value.t is None and user.t is not None:
        return f"step {user.t}"
    if value.t is None:
        return f"through {user.name}"
    if user.t is not None and user.t > value.t:
        return f"from the future, through {user.name}"
    return f"from this step, through {user.name}"
