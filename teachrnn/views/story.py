"""A trace told as an ordered list of steps: forward, the turning point, then backward.

Every renderer (page, notebook, docs, terminal) tells this one story; none derives anything itself.
What the steps say in words is in ``narration.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from teachrnn.backprop import Backprop, ChainRule
from teachrnn.formulas import Equation, Letter
from teachrnn.formulas.equation import backward_equation, forward_equation, sum_equation
from teachrnn.op import Op, Value
from teachrnn.trace import Trace
from teachrnn.views import narration
from teachrnn.views.number import format_number

Array = NDArray[Any]
Phase = Literal["forward", "turn", "backward"]


@dataclass(frozen=True, eq=False)
class Quantity:
    """An array in the story: a value, or the gradient of the loss with respect to one.

    Attributes
    ----------
    name : str
        Its plain name: ``h[3]``, its gradient ``dh[3]``, or the immediate part of that gradient that
        comes through one use, ``∂h[3] via o[3]``.
    letter : Letter
        Its name, as it stands in formulas.
    kind : {"value", "gradient"}
        Which of the two colour scales it wears.
    data : ndarray
        Its numbers.
    note : str
        What distinguishes it here: "from the output", "sum so far" ...
    made : Made, optional
        How it came about; None for what was given.
    """

    name: str
    letter: Letter
    kind: Literal["value", "gradient"]
    data: Array
    note: str = ""
    made: Made | None = None


@dataclass(frozen=True, eq=False)
class Made:
    """How a quantity was made: by an operation's formula from some letters, or as a sum of parts.

    Attributes
    ----------
    op : Op, optional
        The recorded application whose formula made it.
    input : str, optional
        The input whose gradient formula it was; None for the forward formula.
    letters : dict
        The formula's letters and what they stand for here.
    parts : list of Quantity
        For a sum, what was added, in order.
    """

    op: Op | None = None
    input: str | None = None
    letters: dict[str, Quantity] = field(default_factory=dict)
    parts: list[Quantity] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a step produces: quantities that belong to one formula.

    In the forward direction the result; in the backward direction, for each input, the part of its
    gradient that comes this way, and where others have arrived before, their sum.
    """

    formula: Equation
    target: int
    quantities: list[Quantity]


@dataclass(frozen=True, eq=False)
class StoryStep:
    """One step of the story.

    Attributes
    ----------
    phase : {"forward", "turn", "backward"}
        Direction.
    t : int or None
        Time step.
    node : int or None
        Index of the value at which it happens.
    op : str
        Name of the operation.
    title : str
        One line, such as ``h[3] = Tanh(a[3])``.
    sentence : str
        What happens, in plain words.
    operands : list of Quantity
        What goes in.
    outcomes : list of Outcome
        What comes out.
    code : str
        The line of code that did it.
    edges : list of (int, int)
        What the step runs along, each from a value to the operation that used it.
    """

    phase: Phase
    t: int | None
    node: int | None
    op: str
    title: str
    sentence: str
    operands: list[Quantity]
    outcomes: list[Outcome]
    code: str = ""
    edges: list[tuple[int, int]] = field(default_factory=list)


def tell(trace: Trace, symbols: Sequence[str] | None = None) -> list[StoryStep]:
    """Tell a trace: every operation forward, the loss, every chain-rule application backward.

    Parameters
    ----------
    trace : Trace
        A record; without a loss only its forward half is told.
    symbols : sequence of str, optional
        What the token numbers stand for, to be named in the sentences.

    Examples
    --------
    >>> from teachrnn import CharRNN
    >>> model = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0))
    >>> story = tell(model.record([0, 1], [1, 2]))
    >>> [len([s for s in story if s.phase == phase]) for phase in ("forward", "turn", "backward")]
    [12, 1, 12]
    >>> story[0].title
    'r[1] = Affine(h[0], W, b)'
    """
    steps = [_forward(op, symbols) for op in trace.ops]
    if trace.losses:
        with np.errstate(all="ignore"):  # a record that overflowed is told as it is
            steps.append(_turn(trace))
            steps += _Backward(trace, symbols).steps()
    return steps


def value_of(value: Value, note: str = "") -> Quantity:
    """A recorded value as a quantity."""
    made = None
    if isinstance(value, Op):
        named = zip(value.inputs, value.operands, strict=True)
        made = Made(value, None, {letter: _plainly(v) for letter, v in named})
    return Quantity(value.name, Letter(value.name), "value", value.data, note, made)


def _plainly(value: Value) -> Quantity:
    """A value without its origin, which the step that made it tells."""
    return Quantity(value.name, Letter(value.name), "value", value.data)


def _noted(quantity: Quantity, note: str) -> Quantity:
    """The same quantity, in another light."""
    return replace(quantity, note=note)


def _forward(op: Op, symbols: Sequence[str] | None) -> StoryStep:
    return StoryStep(
        phase="forward",
        t=op.t,
        node=op.index,
        op=type(op).__name__,
        title=narration.applied(op),
        sentence=narration.forward(op, symbols),
        operands=[value_of(v, narration.token(v, symbols)) for v in op.operands],
        outcomes=[Outcome(forward_equation(op), op.index, [value_of(op)])],
        code=narration.code(op),
        edges=[(v.index, op.index) for v in op.operands],
    )


def _turn(trace: Trace) -> StoryStep:
    loss = float(trace.total_loss)
    letters = [Letter(v.name) for v in trace.losses]
    notes = ["where the way back begins", *[""] * (len(trace.losses) - 1)]
    seeds = [_seed(v, note) for v, note in zip(trace.losses, notes, strict=True)]
    losses = [value_of(v) for v in trace.losses]
    unit = "nats" if narration.in_nats(trace) else ""
    total = Quantity("L", Letter("L"), "value", np.asarray(loss), unit, Made(parts=losses))
    return StoryStep(
        phase="turn",
        t=None,
        node=None,
        op="",
        title=f"L = {format_number(loss)}{unit and f' {unit}'}: now back through time",
        sentence=narration.turn(trace),
        operands=losses,
        outcomes=[Outcome(sum_equation(Letter("L"), letters), trace.losses[-1].index, [total, *seeds])],
    )


def _seed(loss: Value, note: str = "") -> Quantity:
    """The gradient of L with respect to one of its summands: ones."""
    ones = np.ones(loss.shape, dtype=loss.data.dtype)
    return Quantity(f"d{loss.name}", Letter(loss.name, "total"), "gradient", ones, note)


class _Backward:
    """The way back, with what has arrived so far at every value."""

    def __init__(self, trace: Trace, symbols: Sequence[str] | None) -> None:
        sweep = Backprop(trace)
        self.rules = list(sweep)
        self.symbols = symbols
        self.uses = {index: len(uses) for index, uses in sweep.found.uses.items()}
        self.parts: dict[int, list[Quantity]] = {}
        self.sums: dict[int, Quantity] = {v.index: _seed(v) for v in trace.losses}

    def steps(self) -> list[StoryStep]:
        return [self._chain_rule(rule) for rule in self.rules]

    def _chain_rule(self, rule: ChainRule) -> StoryStep:
        op = rule.op
        arriving = self.sums[op.index]
        values = [_plainly(v) for v in op.operands]
        letters = dict(zip(op.inputs, values, strict=True))
        letters |= {op.output: _plainly(op), f"d{op.output}": arriving}
        outcomes = []
        for name, term in rule.terms.items():
            outcomes += self._arrival(op, name, term.value, term.gradient, letters)
        reached = [term.value for term in rule.terms.values()]
        fixed = [v for v in op.operands if v.data.dtype.kind in "iu"]
        return StoryStep(
            phase="backward",
            t=op.t,
            node=op.index,
            op=type(op).__name__,
            title=f"back through {narration.applied(op)}",
            sentence=narration.backward(op, reached, self.parts, self.uses),
            operands=[
                Quantity(
                    arriving.name, arriving.letter, "gradient", arriving.data, "arrives", arriving.made
                ),
                *(value_of(v, narration.token(v, self.symbols)) for v in op.operands),
                value_of(op),
            ],
            outcomes=outcomes,
            code=narration.code(op),
            edges=[(v.index, op.index) for v in op.operands if v not in fixed],
        )

    def _arrival(
        self, op: Op, name: str, value: Value, data: Array, letters: dict[str, Quantity]
    ) -> list[Outcome]:
        """One part of a value's gradient arrives; where it has others, it is added to them."""
        before = self.sums.get(value.index)
        many = self.uses[value.index] > 1 or before is not None
        made = Made(op, name, letters)
        formula = backward_equation(op, name, one_of_many=many)
        if not many:
            d = Quantity(f"d{value.name}", Letter(value.name, "total"), "gradient", data, "", made)
            self.sums[value.index] = d
            self.parts[value.index] = [d]
            return [Outcome(formula, value.index, [d])]
        twice = sum(v is value for v in op.operands) > 1
        via = f"{op.name}.{name}" if twice else op.name
        part = Quantity(
            f"∂{value.name} via {via}",
            Letter(value.name, "immediate", op.name),
            "gradient",
            data,
            narration.origin(op, value),
            made,
        )
        parts = self.parts.setdefault(value.index, [] if before is None else [before])
        parts.append(part)
        arrived = _arrived(before, parts)
        of = f"{len(parts)} of {max(self.uses[value.index], len(parts))}"
        self.sums[value.index] = Quantity(
            f"d{value.name}",
            Letter(value.name, "total"),
            "gradient",
            data if before is None else before.data + data,
            f"part {of}" if arrived is None else f"sum of {of} parts",
            Made(parts=[part] if arrived is None else [arrived, part]),
        )
        outcomes = [Outcome(formula, value.index, [part])]
        if arrived is not None:
            added = sum_equation(Letter(value.name, "total"), [q.letter for q in parts])
            outcomes.append(Outcome(added, value.index, [arrived, self.sums[value.index]]))
        return outcomes


def _arrived(before: Quantity | None, parts: list[Quantity]) -> Quantity | None:
    """What a new part is added to: the one part that had arrived, under its own name, or their sum."""
    if before is None:
        return None
    return parts[0] if len(parts) == 2 else _noted(before, "what had arrived before")
