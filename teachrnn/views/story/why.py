"""Why this number: which formula made it, and from which numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import NameLookupError, ShapeError
from teachrnn.formulas.entries.entry import Letters, entry_terms
from teachrnn.formulas.entries.rule import rule
from teachrnn.formulas.entries.term import Link, WhyTerm, joined
from teachrnn.formulas.formula_error import UnreadableFormulaError
from teachrnn.op import Op
from teachrnn.views.style.number import format_number


@dataclass(frozen=True)
class Why:
    """The answer for one number.

    Attributes
    ----------
    terms : list of WhyTerm
        Its summands; none if the entry is 0 whatever the numbers are.
    total : float
        The number that was recorded.
    readable : bool
        Whether the terms are those of the formula that a learner reads. If not, they are the chain rule
        in numbers, or only show what the number was made from.
    how : str
        Where the terms come from, in a sentence.
    """

    terms: list[WhyTerm]
    total: float
    readable: bool
    how: str


def why(op: Op, *, input: str | None, index: tuple[int, ...], dy: Array | None = None) -> Why:
    r"""Take a number apart: the formula that made it, entry by entry, with the numbers in it.

    $a_2 = \sum_j W_{2j}\, h_j + b_2$ gives one term for each $j$ and one for $b_2$.

    Parameters
    ----------
    op : Op
        A recorded application of an operation.
    input : str or None
        None asks about its value; the name of an input asks about what the application adds to
        the gradient of that input.
    index : tuple of int
        The entry, leading axes first.
    dy : ndarray, optional
        Gradient of the loss with respect to the value of ``op``; needed with ``input``.

    Raises
    ------
    NameLookupError
        If the operation has no such input.
    ShapeError
        If there is no such entry, or ``dy`` does not have the shape of the value.

    Examples
    --------
    >>> from teachrnn import Linear, Trace
    >>> trace = Trace()
    >>> W, h = trace.parameter("W", [[0.5, -1.0]]), trace.input("h", [2.0, 3.0])
    >>> answer = why(Linear(h, W, name="a"), input=None, index=(0,))
    >>> for term in answer.terms:
    ...     print(*term.parts, "=", term.value)
    Link(name='W', index=(0, 0), value=0.5)  ·  Link(name='h', index=(0,), value=2.0) = 1.0
    Link(name='W', index=(0, 1), value=-1.0)  ·  Link(name='h', index=(1,), value=3.0) = -3.0
    >>> answer.total
    -2.0
    """
    cls = type(op)
    if input is None:
        number = _number(op.name, op.data, index)
    else:
        dy = _checked(op, input, dy)
        number = _number(
            f"d{op.operands[cls.inputs.index(input)].name}", op.gradient_for(input, dy), index
        )
    what = f"{cls.__name__}" if input is None else f"{cls.__name__}.d{input}"
    shape = op.shape if input is None else op.operands[cls.inputs.index(input)].shape
    try:
        terms = entry_terms(rule(cls, input), recorded_letters(op, dy), shape, index)
        return Why(terms, number, True, f"The formula of {what}, entry by entry.")
    except UnreadableFormulaError:
        pass
    if dy is None or input is None:
        parts = joined([[v.name] for v in op.operands], ", ")
        made = WhyTerm(joined([["made by ", cls.__name__, " from "], parts], ""), number)
        return Why([made], number, False, f"{what} has no formula that can be read entry by entry.")
    how = (
        f"{what} has no formula that can be read entry by entry: the chain rule in numbers, each "
        f"local derivative found by giving {what} a gradient that is 1 at one place."
    )
    return Why(_chain_rule(op, input, index, dy), number, False, how)


def recorded_letters(op: Op, dy: Array | None) -> Letters:
    """Names and numbers of what the letters of an operation stand for in one application."""
    letters = {own: (v.name, v.data) for own, v in zip(type(op).inputs, op.operands, strict=True)}
    letters[type(op).output] = op.name, op.data
    if dy is not None:
        letters[f"d{type(op).output}"] = f"d{op.name}", dy
    return letters


def _checked(op: Op, input: str, dy: Array | None) -> Array:
    with_gradient = [name for name, gradient in op.gradient_methods.items() if gradient is not None]
    if input not in with_gradient:
        raise NameLookupError(
            f"{type(op).__name__} has no gradient for {input!r}; it has one for: "
            f"{', '.join(with_gradient)}."
        )
    if dy is None or np.shape(dy) != op.shape:
        given = "nothing" if dy is None else f"shape {np.shape(dy)}"
        raise ShapeError(
            f"why(`{op.name}`): the gradient for {input!r} comes from dy, the gradient with respect "
            f"to `{op.name}`, which must have shape {op.shape}; got {given}."
        )
    return np.asarray(dy)


def _number(name: str, array: Array, index: tuple[int, ...]) -> float:
    if len(index) != array.ndim or not all(0 <= i < n for i, n in zip(index, array.shape, strict=True)):
        raise ShapeError(
            f"`{name}` has shape {array.shape}, so it has no entry {index}: give one whole number, "
            "from 0, for each axis."
        )
    return float(array[index])


def _chain_rule(op: Op, input: str, index: tuple[int, ...], dy: Array) -> list[WhyTerm]:
    """Sum over k of dy[k] times the derivative of y[k], found from dx, which is linear in dy."""
    terms = []
    for place in np.ndindex(op.shape):
        probe = np.zeros(op.shape)
        probe[place] = 1
        slope = float(op.gradient_for(input, probe)[index])
        if slope:
            parts: list[str | Link] = [
                Link(f"d{op.name}", place, float(dy[place])),
                f" · {format_number(slope)}",
            ]
            terms.append(WhyTerm(parts, float(dy[place]) * slope))
    return terms
