"""A trace as an ordered list of steps: forward, the turning point, then backward.

Every renderer (page, notebook, docs, terminal) shows this one story; none derives anything itself.
What is said of an operation is in the folder ``words``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from teachrnn.array import Array
from teachrnn.backprop import Backprop, ChainRule
from teachrnn.formulas import Letter
from teachrnn.formulas.equation import backward_equation, forward_equation, sum_equation
from teachrnn.op import Op, Value
from teachrnn.trace import Trace
from teachrnn.views.program import student_program
from teachrnn.views.story import narration
from teachrnn.views.story.narrator import Narrator
from teachrnn.views.story.said import Said
from teachrnn.views.story.step import Made, Outcome, Quantity, StoryStep
from teachrnn.views.story.yours import Yours
from teachrnn.views.style.number import format_number


def tell(
    trace: Trace, symbols: Sequence[str] | None = None, yours: Yours | None = None
) -> list[StoryStep]:
    """The story of a trace: every operation forward, the loss, every chain-rule application backward.

    Parameters
    ----------
    trace : Trace
        A record; without a loss the story has only its forward half.
    symbols : sequence of str, optional
        What the token numbers stand for, for the sentences.
    yours : Yours, optional
        The reader's own numbers, shown beside the right ones.

    Returns
    -------
    list of StoryStep
        The steps, forward and then back.

    Raises
    ------
    TeachrnnError
        If the reader's numbers do not fit the trace.

    Examples
    --------
    >>> from teachrnn import CharRNN
    >>> model = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0))
    >>> story = tell(model.record([0, 1], [1, 2]))
    >>> [len([s for s in story if s.phase == phase]) for phase in ("forward", "turn", "backward")]
    [12, 1, 12]
    >>> story[0].heading, story[0].title
    ('h₀ enters step 1', 'r[1] = Affine(h[0], W, b)')
    """
    narrator = Narrator(trace, symbols)
    steps = [_forward(op, symbols, narrator.forward(op)) for op in trace.ops]
    if trace.losses:
        with np.errstate(all="ignore"):  # a record with overflow is shown as it is
            backward = _Backward(trace, symbols, narrator)
            steps.append(_turn(trace, list(backward.sums.values()), narrator.turn()))
            steps += backward.steps()
    steps = _with_lines(steps, trace)
    return steps if yours is None else yours.beside(steps, trace)


def _with_lines(steps: list[StoryStep], trace: Trace) -> list[StoryStep]:
    """The steps, each with its lines of the program in NumPy, where there is one."""
    program = student_program(trace)
    if program is None:
        return steps
    found = []
    for step in steps:
        if step.node is None or step.phase == "turn":
            found.append(replace(step, lines=program.turn))
        else:
            lines = program.of_step(step.phase, trace.values[step.node].name)
            found.append(replace(step, lines=lines))
    return found


def value_of(value: Value, note: str = "") -> Quantity:
    """A recorded value as a quantity.

    Parameters
    ----------
    value : Value
        The value.
    note : str
        A note on it, such as the symbol that a token number stands for.

    Returns
    -------
    Quantity
        The quantity, with what it was made from.

    Examples
    --------
    >>> from teachrnn import Trace
    >>> value_of(Trace().input("x", [1.0, 2.0])).name
    'x'
    """
    made = None
    if isinstance(value, Op):
        named = zip(value.inputs, value.operands, strict=True)
        made = Made(value, None, {letter: _plainly(v) for letter, v in named})
    return Quantity(value.name, Letter(value.name), "value", value.data, note, made)


def _plainly(value: Value) -> Quantity:
    """A value without its origin, which the step that made it shows."""
    return Quantity(value.name, Letter(value.name), "value", value.data)


def _noted(quantity: Quantity, note: str) -> Quantity:
    """The same quantity, in another role."""
    return replace(quantity, note=note)


def _forward(op: Op, symbols: Sequence[str] | None, said: Said) -> StoryStep:
    return StoryStep(
        phase="forward",
        t=op.t,
        node=op.index,
        op=type(op).__name__,
        title=narration.applied(op),
        heading=said.heading,
        sentence=said.sentence,
        operands=[value_of(v, narration.token(v, symbols)) for v in op.operands],
        outcomes=[Outcome(forward_equation(op), op.index, [value_of(op)])],
        code=narration.code(op),
        edges=[(v.index, op.index) for v in op.operands],
    )


def _turn(trace: Trace, seeds: list[Quantity], said: Said) -> StoryStep:
    loss = float(trace.total_loss)
    letters = [Letter(v.name) for v in trace.losses]
    first, *others = seeds
    seeds = [_noted(first, "where backpropagation begins"), *others]
    losses = [value_of(v) for v in trace.losses]
    unit = "nats" if narration.in_nats(trace) else ""
    total = Quantity("L", Letter("L"), "value", np.asarray(loss), unit, Made(parts=losses))
    return StoryStep(
        phase="turn",
        t=None,
        node=None,
        op="",
        title=f"L = {format_number(loss)}{unit and f' {unit}'}: now back through time",
        heading=said.heading,
        sentence=said.sentence,
        operands=losses,
        outcomes=[Outcome(sum_equation(Letter("L"), letters), trace.losses[-1].index, [total, *seeds])],
    )


class _Backward:
    """The backward pass, with what has arrived so far at every value."""

    def __init__(self, trace: Trace, symbols: Sequence[str] | None, narrator: Narrator) -> None:
        sweep = Backprop(trace)
        self.rules = list(sweep)
        self.symbols = symbols
        self.narrator = narrator
        self.found = found = sweep.found
        self.uses = {index: len(uses) for index, uses in found.uses.items()}
        self.arrivals = {index: found.arrivals(trace.values[index]) for index in found.uses}
        self.parts: dict[int, list[Quantity]] = {}
        self.sums = {index: _seed(trace.values[index], ones) for index, ones in found.seeds.items()}

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
            outcomes += self._arrival(op, name, term.value, letters)
        said = self.narrator.backward(op, self.found)
        fixed = [v for v in op.operands if v.data.dtype.kind in "iu"]
        return StoryStep(
            phase="backward",
            t=op.t,
            node=op.index,
            op=type(op).__name__,
            title=f"back through {narration.applied(op)}",
            heading=said.heading,
            sentence=said.sentence,
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

    def _arrival(self, op: Op, name: str, value: Value, letters: dict[str, Quantity]) -> list[Outcome]:
        """One part of a value's gradient arrives; where it has others, it is added to them."""
        arrival = next(self.arrivals[value.index])
        before = self.sums.get(value.index)
        many = self.uses[value.index] > 1 or before is not None
        made = Made(op, name, letters)
        formula = backward_equation(op, name, one_of_many=many)
        if not many:
            d = Quantity(
                f"d{value.name}", Letter(value.name, "total"), "gradient", arrival.sum, "", made
            )
            self.sums[value.index] = d
            self.parts[value.index] = [d]
            return [Outcome(formula, value.index, [d])]
        twice = sum(v is value for v in op.operands) > 1
        via = f"{op.name}.{name}" if twice else op.name
        part = Quantity(
            f"∂{value.name} via {via}",
            Letter(value.name, "immediate", op.name),
            "gradient",
            arrival.part,
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
            arrival.sum,
            f"part {of}" if arrived is None else f"sum of {of} parts",
            Made(parts=[part] if arrived is None else [arrived, part]),
        )
        outcomes = [Outcome(formula, value.index, [part])]
        if arrived is not None:
            added = sum_equation(Letter(value.name, "total"), [q.letter for q in parts])
            outcomes.append(Outcome(added, value.index, [arrived, self.sums[value.index]]))
        return outcomes


def _seed(loss: Value, ones: Array) -> Quantity:
    """The gradient of L with respect to one of its summands."""
    return Quantity(f"d{loss.name}", Letter(loss.name, "total"), "gradient", ones)


def _arrived(before: Quantity | None, parts: list[Quantity]) -> Quantity | None:
    """What a new part is added to: the one part that had arrived, under its own name, or their sum."""
    if before is None:
        return None
    return parts[0] if len(parts) == 2 else _noted(before, "arrived before")
