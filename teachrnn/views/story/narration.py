"""The sentences that explain the steps of a story."""

from __future__ import annotations

import inspect
import linecache
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from teachrnn.op import Op, Value
from teachrnn.ops import CrossEntropy, SoftmaxCrossEntropy
from teachrnn.trace import Trace
from teachrnn.views.style.number import format_number
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


def forward(op: Op, symbols: Sequence[str] | None) -> str:
    """What an operation does, by the first paragraph of its docstring, and what it returns."""
    paragraph = (inspect.getdoc(type(op)) or "").partition("\n\n")[0]
    doc = " ".join(paragraph.split()).rstrip(".")
    if not doc:
        doc = f"{type(op).__name__} is applied to {', '.join(v.name for v in op.operands)}"
    doc = doc.replace("$", "").replace("\\top", "T").replace("\\", "")
    sentence = f"{doc}. The result is {op.name}"
    sentence += f", a vector of {_counted(op.shape[-1])}." if op.data.ndim == 1 else "."
    for value in op.operands:
        note = token(value, symbols)
        if note:
            sentence += f" {value.name} is {note}."
    return sentence


def turn(trace: Trace) -> str:
    """What the loss of the whole sequence consists of, and how the backward pass begins."""
    loss = float(trace.total_loss)
    count = sum(v.data.size for v in trace.losses)
    begin = (
        "Each step's loss counts once, so the gradient with respect to each of them is 1. "
        "From here on the same graph is traversed backwards."
    )
    if not in_nats(trace):
        return f"The loss is the sum of all values declared as losses: {format_number(loss)}. {begin}"
    words = (
        f"The loss of the whole sequence is the sum over its steps: {format_number(loss)} nats, "
        f"{format_number(loss / count)} nats "
        f"or {format_number(loss / count / np.log(2))} bits per symbol. "
    )
    if all(isinstance(v, Op) and v.operands[0].shape[-1] == 1 for v in trace.losses):
        words += (
            "There is only one symbol, so its probability is always 1: "
            "the loss is 0, and so is every gradient. "
        )
    return words + begin


def in_nats(trace: Trace) -> bool:
    """Whether the loss is the cross-entropy of symbols, and so has a unit."""
    return all(isinstance(v, SURPRISES) for v in trace.losses)


def _counted(n: int) -> str:
    return "1 number" if n == 1 else f"{n} numbers"


def origin(user: Op, value: Value) -> str:
    """The use through which a part of a gradient comes."""
    if value.t is None and user.t is not None:
        return f"step {user.t}"
    if value.t is None:
        return f"through {user.name}"
    if user.t is not None and user.t > value.t:
        return f"from the future, through {user.name}"
    return f"from this step, through {user.name}"


def backward(
    op: Op, reached: list[Value], parts: Mapping[int, Sequence[Any]], uses: Mapping[int, int]
) -> str:
    """Where the gradient that arrives at an operation goes on to."""
    words = [f"The gradient d{op.name} arrives."]
    alone = [f"d{v.name}" for v in reached if uses[v.index] == 1]
    if alone:
        words.append(f"It becomes {_listed(alone)}.")
    for value in (v for v in reached if uses[v.index] > 1 and v.t is not None):
        count = len(parts[value.index])
        where = origin(op, value)
        if count == 1:
            words.append(f"A first part of d{value.name} comes {where}.")
        else:
            words.append(f"A further part of d{value.name} comes {where}; the {count} parts are added.")
    parameters = [v for v in reached if uses[v.index] > 1 and v.t is None]
    if parameters:
        words.append(_to_parameters(op, parameters, len(parts[parameters[0].index])))
    return " ".join(words)


def _to_parameters(op: Op, parameters: list[Value], count: int) -> str:
    one = len(parameters) == 1
    what = f"{_listed([f'd{v.name}' for v in parameters])} "
    where = f"through {op.name}" if op.t is None else f"of step {op.t}"
    what += f"{'receives its part' if one else 'receive their parts'} {where}"
    if count > 1 and op.t is None:
        what += f", the {_ordinal(count)} so far: the parts of all uses add up"
    elif count > 1:
        same = "parameter was" if one else "parameters were"
        what += (
            f", the {_ordinal(count)} so far: the same {same} used at every step, "
            f"so {'its' if one else 'their'} parts add up"
        )
    return f"{what}."


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _ordinal(n: int) -> str:
    suffix = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{suffix}"
