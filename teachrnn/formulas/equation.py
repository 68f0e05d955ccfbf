r"""The equations of an operation: its definition, and one for each gradient.

The definition is the tree of ``formula``; a gradient's is read from the docstring, section
*Gradients*, one line for each input. An equation of a recorded application has the names of its
values in place of the operation's own letters.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from functools import lru_cache, reduce
from typing import TYPE_CHECKING

from teachrnn.formulas import tree
from teachrnn.formulas.formula_error import UnreadableFormulaError
from teachrnn.formulas.reader import read
from teachrnn.formulas.tree import Call, Dots, Equation, Formula, Letter, Plus

if TYPE_CHECKING:
    from teachrnn.op import Op, Value

MAX_SUMMANDS = 4
"""A longer sum is written with dots."""


def definition(op: type[Op]) -> Equation:
    r"""The definition of an operation, in its own letters.

    Examples
    --------
    >>> from teachrnn import Affine
    >>> from teachrnn.formulas.latex import latex
    >>> print(latex(definition(Affine)))
    y = W\,x + b
    """
    return Equation(Letter(op.output), op.definition)


def gradient_formula(op: type[Op], name: str) -> Formula:
    r"""The right side of the gradient for one input, as the docstring states it.

    Raises
    ------
    UnreadableFormulaError
        If it is missing, or uses unknown symbols.

    Examples
    --------
    >>> from teachrnn import Affine
    >>> gradient_formula(Affine, "x") == Letter("W").T * Letter("y", "total")
    True
    """
    return _gradient_formula(op, name)  # type: ignore[arg-type]  # a class is hashable


@lru_cache(maxsize=1024)
def _gradient_formula(op: type[Op], name: str) -> Formula:
    stated = stated_gradients(op).get(name)
    if stated is None:
        raise UnreadableFormulaError(f"{op.__name__}: no formula is written for d{name}.")
    axes = {axis for axes in (*op.shape_rule.inputs, op.shape_rule.output) for axis in axes}
    try:
        return read(stated, {*op.inputs, op.output}, axes)
    except UnreadableFormulaError as error:
        raise UnreadableFormulaError(f"{op.__name__}: in `d{name} = {stated}`, {error}.") from None


def stated_gradients(op: type[Op]) -> dict[str, str]:
    r"""Right-hand sides of the gradients in LaTeX, by input, as the docstring states them.

    Examples
    --------
    >>> from teachrnn import Affine
    >>> stated_gradients(Affine)["x"]
    'W^\\top dy'
    """
    doc = inspect.getdoc(op) or ""
    found = re.search(r"^Gradients\n-+\n(.*?)(?=\n\n\w[^\n]*\n-+\n|\Z)", doc, re.DOTALL | re.MULTILINE)
    lines = re.findall(r"\$d(.+?) = (.+?)\$", found[1]) if found else []
    formulas = {}
    for left, right in lines:
        match = re.match(r"[A-Za-z]+", left)
        if match and match[0] in op.inputs:
            formulas[match[0]] = right
    return formulas


def forward_equation(applied: Op) -> Equation:
    """The definition with the names of one recorded application."""
    return Equation(Letter(applied.name), type(applied).definition.renamed(_names(applied)))


def backward_equation(applied: Op, name: str, *, one_of_many: bool = False) -> Equation:
    """The gradient for one input, with the names of one recorded application.

    With ``one_of_many`` the value has other users too: the equation is that of the immediate part
    that comes through this one. The sum over time and batch is left out where there is neither.
    Where no formula is stated, the gradient method is named.
    """
    op, names = type(applied), _names(applied)
    left = (
        Letter(names[name], "immediate", applied.name) if one_of_many else Letter(names[name], "total")
    )
    try:
        right = gradient_formula(op, name)
    except UnreadableFormulaError:
        return Equation(left, Call(f"{op.__name__}.d{name}", (Letter(applied.name, "total"),)))
    if applied.data.ndim == len(op.shape_rule.output):
        right = without_sums(right)
    return Equation(left, right.renamed(names))


def sum_equation(total: Letter, parts: Sequence[Letter]) -> Equation:
    r"""A total as the sum of its parts; a long one with dots.

    Examples
    --------
    >>> from teachrnn.formulas.latex import latex
    >>> print(latex(sum_equation(Letter("L"), [Letter(f"L[{t}]") for t in range(1, 6)])))
    L = L_{1} + L_{2} + \cdots + L_{5}
    """
    shown: Sequence[Formula] = parts
    if len(parts) > MAX_SUMMANDS:
        shown = [*parts[:2], Dots(), parts[-1]]
    return Equation(total, reduce(Plus, shown))


def without_sums(formula: Formula) -> Formula:
    """The formula without its sums over time and batch."""
    inner = formula.rebuilt(without_sums)
    return inner.body if isinstance(inner, tree.Sum) and inner.index is None else inner


def _names(applied: Op) -> dict[str, str]:
    called = dict(zip(type(applied).inputs, map(_called, applied.operands), strict=True))
    called[type(applied).output] = applied.name
    return called


def _called(value: Value) -> str:
    """The name of a value; for a number that is part of the definition, the number."""
    if value.role == "constant" and value.data.ndim == 0:
        return f"{value.data.item():g}"
    return value.name
