"""A trace told as an ordered list of steps: forward, the turning point, then backward.

Every renderer (page, terminal, notebook) tells this one story; none computes anything itself.
"""

from __future__ import annotations

import linecache
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from teachrnn.backprop import Backprop, ChainRule
from teachrnn.gradients import Term
from teachrnn.op import Op, Value
from teachrnn.trace import Trace
from teachrnn.views.number import format_number
from teachrnn.views.typeset import backward_latex, forward_latex, name_latex

Array = NDArray[Any]
Phase = Literal["forward", "turn", "backward"]


@dataclass(frozen=True, eq=False)
class Quantity:
    """An array in the story: a value, or the gradient of the loss with respect to one.

    Attributes
    ----------
    name : str
        Its plain name, ``h[3]`` or ``dh[3]``.
    latex : str
        Its name in LaTeX.
    kind : {"value", "gradient"}
        Which of the two colour scales it wears.
    data : ndarray
        Its numbers.
    note : str
        What distinguishes it here: "from the output", "sum so far" ...
    """

    name: str
    latex: str
    kind: Literal["value", "gradient"]
    data: Array
    note: str = ""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a step produces: quantities that belong to one formula.

    In the forward direction the result; in the backward direction, for each input, its term of the
    gradient and the sum of all terms so far.
    """

    formula: str
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
        steps.append(_turn(trace))
        steps += _backward(trace, symbols)
    return steps


def value_of(value: Value, note: str = "") -> Quantity:
    """A recorded value as a quantity."""
    return Quantity(value.name, name_latex(value.name), "value", value.data, note)


def gradient_of(value: Value, data: Array, note: str = "") -> Quantity:
    """A gradient as a quantity."""
    return Quantity(f"d{value.name}", name_latex(value.name, d=True), "gradient", data, note)


def _forward(op: Op, symbols: Sequence[str] | None) -> StoryStep:
    return StoryStep(
        phase="forward",
        t=op.t,
        node=op.index,
        op=type(op).__name__,
        title=_applied(op),
        sentence=_forward_sentence(op, symbols),
        operands=[value_of(v, _token_note(v, symbols)) for v in op.operands],
        outcomes=[Outcome(forward_latex(op), op.index, [value_of(op)])],
        code=_code(op),
        edges=[(v.index, op.index) for v in op.operands],
    )


def _turn(trace: Trace) -> StoryStep:
    loss = float(trace.total_loss)
    count = sum(v.data.size for v in trace.losses)
    names = [name_latex(v.name) for v in trace.losses]
    shown = names if len(names) <= 4 else [*names[:2], r"\cdots", names[-1]]
    total = np.asarray(loss)
    notes = ["where the way back begins", *[""] * (len(trace.losses) - 1)]
    seeds = [gradient_of(v, np.ones(v.shape), n) for v, n in zip(trace.losses, notes, strict=True)]
    return StoryStep(
        phase="turn",
        t=None,
        node=None,
        op="",
        title=f"L = {format_number(loss)} nats: turn round",
        sentence=(
            f"The loss of the whole sequence is the sum over its steps: {format_number(loss)} nats, "
            f"{format_number(loss / count)} nats "
            f"or {format_number(loss / count / np.log(2))} bits a symbol. "
            "Each step's loss counts once, so the gradient with respect to each of them is 1. "
            "From here the same graph is walked backwards."
        ),
        operands=[value_of(v) for v in trace.losses],
        outcomes=[
            Outcome(
                f"L = {' + '.join(shown)}",
                trace.losses[-1].index,
                [Quantity("L", "L", "value", total, "nats"), *seeds],
            )
        ],
    )


def _backward(trace: Trace, symbols: Sequence[str] | None) -> list[StoryStep]:
    sweep = Backprop(trace)
    sums: dict[int, Array] = {}
    arrived: dict[int, list[str]] = {}
    steps = []
    uses = Counter(v.index for op in trace.ops for v in op.operands)
    shared = {index for index, count in uses.items() if count > 1}
    for rule in sweep:
        steps.append(_chain_rule(rule, sums, arrived, shared, symbols))
    return steps


def _chain_rule(
    rule: ChainRule,
    sums: dict[int, Array],
    arrived: dict[int, list[str]],
    shared: set[int],
    symbols: Sequence[str] | None,
) -> StoryStep:
    op = rule.op
    outcomes = []
    for name, term in rule.terms.items():
        value, gradient = term.value, term.gradient
        before = sums.get(value.index)
        total = sums[value.index] = gradient if before is None else before + gradient
        origin = _origin(term, value)
        arrived.setdefault(value.index, []).append(origin)
        many = value.index in shared
        quantities = [gradient_of(value, gradient, origin if many else "")]
        if before is not None:
            quantities.append(gradient_of(value, before, "what had arrived before"))
            quantities.append(gradient_of(value, total, f"sum of {len(arrived[value.index])} terms"))
        outcomes.append(Outcome(backward_latex(op, name, one_of_many=many), value.index, quantities))
    fixed = [v for v in op.operands if v.data.dtype.kind in "iu"]
    reached = [term.value for term in rule.terms.values()]
    return StoryStep(
        phase="backward",
        t=op.t,
        node=op.index,
        op=type(op).__name__,
        title=f"back through {_applied(op)}",
        sentence=_backward_sentence(op, reached, arrived, shared),
        operands=[
            gradient_of(op, rule.dy, "arrives"),
            *(value_of(v, _token_note(v, symbols)) for v in op.operands),
            value_of(op),
        ],
        outcomes=outcomes,
        code=_code(op),
        edges=[(v.index, op.index) for v in op.operands if v not in fixed],
    )


def _origin(term: Term, value: Value) -> str:
    user = term.user
    if value.t is None:
        return f"step {user.t}"
    if user.t is not None and user.t > value.t:
        return f"from the future, through {user.name}"
    return f"from this step, through {user.name}"


def _backward_sentence(
    op: Op, reached: list[Value], arrived: dict[int, list[str]], shared: set[int]
) -> str:
    words = [f"The gradient d{op.name} arrives."]
    alone = [f"d{v.name}" for v in reached if v.index not in shared]
    if alone:
        words.append(f"It becomes {_listed(alone)}.")
    for value in (v for v in reached if v.index in shared and v.t is not None):
        origins = arrived[value.index]
        if len(origins) == 1:
            words.append(f"A first part of d{value.name} comes {origins[0]}.")
        else:
            words.append(
                f"A further part of d{value.name} comes {origins[-1]}; "
                f"the {len(origins)} parts are added."
            )
    parameters = [v for v in reached if v.index in shared and v.t is None]
    if parameters:
        count = len(arrived[parameters[0].index])
        names = [f"d{v.name}" for v in parameters]
        one = len(names) == 1
        what = f"{_listed(names)} {'receives its term' if one else 'receive their terms'} of step {op.t}"
        if count > 1:
            same = "parameter was" if one else "parameters were"
            what += (
                f", the {_ordinal(count)} so far: the same {same} used at every step, "
                f"so {'its' if one else 'their'} terms add up"
            )
        words.append(f"{what}.")
    return " ".join(words)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _ordinal(n: int) -> str:
    suffix = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{suffix}"


def _applied(op: Op) -> str:
    return f"{op.name} = {type(op).__name__}({', '.join(v.name for v in op.operands)})"


def _forward_sentence(op: Op, symbols: Sequence[str] | None) -> str:
    doc = (type(op).__doc__ or "").strip().partition("\n")[0].rstrip(".")
    if not doc:
        doc = f"{type(op).__name__} is applied to {', '.join(v.name for v in op.operands)}"
    sentence = f"{_plain(doc)}. The result is {op.name}"
    sentence += f", a vector of {op.shape[-1]} numbers." if op.data.ndim == 1 else "."
    for value in op.operands:
        note = _token_note(value, symbols)
        if note:
            sentence += f" {value.name} is {note}."
    return sentence


def _plain(text: str) -> str:
    """Docstring words without LaTeX signs."""
    return text.replace("$", "").replace("\\top", "T").replace("\\", "")


def _token_note(value: Value, symbols: Sequence[str] | None) -> str:
    if symbols is None or value.data.dtype.kind not in "iu" or value.data.ndim or value.t is None:
        return ""
    number = int(value.data)
    return f"the symbol {symbols[number]!r}" if number < len(symbols) else ""


def _code(op: Op) -> str:
    return linecache.getline(op.code.co_filename, op.line).strip()
