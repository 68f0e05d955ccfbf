"""What the wording of a step may depend on: names, the text read so far, numbers of the step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.backprop import Backprop
from teachrnn.formulas.name import Name
from teachrnn.gradients import Gradients
from teachrnn.op import Op, Value
from teachrnn.ops import Softmax
from teachrnn.trace import Trace
from teachrnn.views.story.structure import Structure
from teachrnn.views.story.written_name import WrittenNames, above
from teachrnn.views.style.number import format_number
from teachrnn.views.style.visible_symbol import visible_symbol

MOST_READ = 10
"""Characters of the text so far that are quoted; before them stands an ellipsis."""
COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class Telling:
    """A trace with its structure, its names and its symbols.

    Parameters
    ----------
    trace : Trace
        The record.
    symbols : sequence of str, optional
        What the token numbers stand for.
    """

    def __init__(self, trace: Trace, symbols: Sequence[str] | None = None) -> None:
        self.trace = trace
        self.symbols = symbols
        self.structure = Structure(trace)
        self.names = WrittenNames(self.structure)
        self._between = " " if max(map(len, symbols or [""])) > 1 else ""

    @cached_property
    def last_loss(self) -> tuple[Value, Gradients] | None:
        """The loss of the last time step, and the gradients of it alone."""
        losses = [v for v in self.trace.losses if v.t is not None]
        if not losses or losses[-1].t != self.trace.T:
            return None
        return losses[-1], Backprop(self.trace, losses=losses[-1:]).run().found

    def faded(self, state: Value) -> str:
        """How much of the gradient of the last loss is left at a state; empty at the last step."""
        if self.last_loss is None or state.t is None or state.t >= self.trace.T:
            return ""
        loss, found = self.last_loss
        last = self.structure.state_at(state, loss.t)
        start = None if last is None else found.gradient(last)
        left = found.gradient(state)
        if last is None or start is None or left is None or not norm(start) > 0:
            return ""
        verb = "faded" if norm(left) < norm(start) else "grown"
        return (
            f"What {self.names.of(loss)} sent back has {verb} from norm {number(norm(start))} at "
            f"{self.names.of(last)} to {number(norm(left))}."
        )

    def symbol(self, value: Value | None) -> str:
        """A token in quotes, or by its number; empty for a batch, and for what is no token."""
        if value is None or value.data.dtype.kind not in "iu" or value.data.ndim:
            return ""
        return self.called(int(value.data))

    def called(self, number: int) -> str:
        """The symbol of a number."""
        if self.symbols is None or not 0 <= number < len(self.symbols):
            return f"symbol {number}"
        return quoted(visible_symbol(self.symbols[number]))

    def had_read(self, t: int | None) -> str:
        """The end of the text up to time step t, in quotes; empty where it is not known."""
        if self.symbols is None or t is None or t < 1:
            return ""
        times = range(max(1, t - MOST_READ), t + 1)
        values = [self.structure.read.get(k) for k in times]
        tokens = [int(v.data) for v in values if v is not None and v.data.ndim == 0]
        if len(tokens) < len(times) or not all(0 <= k < len(self.symbols) for k in tokens):
            return ""
        return quoted(self._between.join(visible_symbol(self.symbols[k]) for k in tokens), end=True)

    def most_expected(self, scores: Array) -> str:
        """Which symbol is most probable, and how probable it is; empty for a batch."""
        if scores.ndim != 1 or scores.size < 2 or not np.isfinite(scores).all():
            return ""
        p = Softmax.forward(scores)
        best = int(p.argmax())
        return f"{self.called(best)} most: its probability is {format_number(float(p[best]))}"


def quoted(text: str, *, end: bool = False) -> str:
    """A text in quotes, cut where it is long; with ``end``, its end is kept."""
    if len(text) > MOST_READ:
        text = f"…{text[1 - MOST_READ :]}" if end else f"{text[: MOST_READ - 1]}…"
    return f"\N{LEFT DOUBLE QUOTATION MARK}{text}\N{RIGHT DOUBLE QUOTATION MARK}"


class Scene:
    """One application of an operation, going forward.

    Attributes
    ----------
    op : Op
        The application.
    telling : Telling
        The trace in which it stands.
    """

    def __init__(self, op: Op, telling: Telling) -> None:
        self.op = op
        self.telling = telling
        self.structure = telling.structure

    @property
    def y(self) -> str:
        """The name of the result."""
        return self.name(self.op)

    def name(self, value: Value) -> str:
        """A name as the textbook writes it."""
        return self.telling.names.of(value)

    def d(self, value: Value) -> str:
        """The gradient's name."""
        return f"d{self.name(value)}"

    def plainly(self, value: Value) -> str:
        """A name without its gate, and a parameter's without its layer: the heading has them."""
        name = self.name(value).partition(" of ")[0]
        return name.removesuffix(self.layer) if value.role == "parameter" else name

    @property
    def step(self) -> str:
        """The time step, as a heading begins."""
        return "The network" if self.op.t is None else f"Step {self.op.t}"

    @property
    def layer(self) -> str:
        """What a layer's letters are marked with; nothing where there is one layer."""
        layer = Name.of(self.op.name).layer
        return "" if layer is None else above(layer)

    def owner(self, value: Value) -> str:
        """The gate or candidate that a value belongs to: "gate f"."""
        owner = self.telling.names.whose(value)
        return f"{owner}{self.layer}" if owner else ""

    @property
    def whose(self) -> str:
        """What stands behind a letter, "of gate f"; nothing where the cell has no gates."""
        owner = self.telling.names.whose(self.op)
        return f" of {owner}" if owner else ""

    @property
    def length(self) -> int:
        """The length of the vectors that come out."""
        return self.op.shape[-1] if self.op.data.ndim else 1


@dataclass(frozen=True)
class ArrivingPart:
    """A part of a gradient as it arrives.

    Attributes
    ----------
    value : Value
        The value whose gradient it is a part of.
    input : str
        The input of the operation through which it comes.
    count, of : int
        Which part it is, in order of arrival, and of how many.
    """

    value: Value
    input: str
    count: int
    of: int


class ReturnScene(Scene):
    """One application of an operation, on the way back.

    Attributes
    ----------
    found : Gradients
        The gradients of the whole trace.
    parts : list of ArrivingPart
        The parts of gradients that leave here and arrive at the operands.
    """

    def __init__(self, op: Op, telling: Telling, found: Gradients) -> None:
        super().__init__(op, telling)
        self.found = found
        self.dy = found.sums[op.index]
        self.parts = [self._part(op.operands[i], name) for i, name, _ in op.differentiable]

    def _part(self, value: Value, name: str) -> ArrivingPart:
        uses = self.found.uses[value.index]
        seeded = int(value.index in self.found.seeds)
        return ArrivingPart(value, name, uses.index((self.op, name)) + 1 + seeded, len(uses) + seeded)

    def part_of(self, value: Value) -> Array:
        """The numbers of the part that arrives at a value."""
        name = next(p.input for p in self.parts if p.value is value)
        return self.op.gradient_for(name, self.dy)

    def total(self, value: Value) -> Array | None:
        """The whole gradient of a value."""
        return self.found.gradient(value)

    @property
    def to_parameters(self) -> list[ArrivingPart]:
        """The parts that arrive at parameters."""
        return [p for p in self.parts if p.value.role == "parameter"]

    def adds_to(self, value: Value) -> str:
        """A heading: "Step 3 adds its part to dW"."""
        last = any(p.value is value and p.count == p.of for p in self.parts)
        return f"{self.step} adds {'the last' if last else 'its'} part to {self.d(value)}"

    def which_part(self) -> str:
        """Which part a parameter gets here: "This is part 2 of 4"."""
        first = self.to_parameters[0]
        if first.of == 1:
            return f"It is used once, so this is all of d{self.plainly(first.value)}."
        if first.count == first.of:
            return f"This is the last of {first.of} parts: d{self.plainly(first.value)} is complete."
        return f"This is part {first.count} of {first.of}."

    def parameters(self) -> str:
        """Which parameters get which part here, in a sentence; empty if there are none."""
        parts = self.to_parameters
        if not parts:
            return ""
        names = listed([f"d{self.plainly(p.value)}" for p in parts]) + (
            "" if self.telling.names.whose(self.op) else self.whose_parameters
        )
        first, verb = parts[0], "gets" if len(parts) == 1 else "get"
        if first.of == 1:
            return (
                f"{names} {verb} all there is: {'it was' if len(parts) == 1 else 'they were'} used once."
            )
        if first.count == first.of:
            return f"{names} {verb} the last of {first.of} parts."
        return f"{names} {verb} part {first.count} of {first.of}."

    @property
    def whose_parameters(self) -> str:
        """The gate to which parameters belong, where the result has none of it in its name."""
        owner = self.telling.names.whose(self.to_parameters[0].value)
        return f" of {owner}" if owner else ""


def number(x: Any) -> str:
    """A number in a sentence."""
    return format_number(float(x))


def norm(x: Array) -> float:
    """The norm of an array."""
    with np.errstate(all="ignore"):
        return float(np.linalg.norm(x))


def mean(x: Array) -> str:
    """The mean of an array, in a sentence."""
    with np.errstate(all="ignore"):
        return number(np.mean(x))


def counted(n: int) -> str:
    """A small number in words."""
    return COUNTS[n] if n < len(COUNTS) else str(n)


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: "a, b and c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
