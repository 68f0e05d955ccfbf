"""The formulas of an operation, as its code in NumPy has them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from teachrnn.formulas import tree
from teachrnn.formulas.equation import gradient_formula
from teachrnn.formulas.formula_error import UnreadableFormulaError
from teachrnn.formulas.numpy_code import LengthOf, Spelling
from teachrnn.formulas.numpy_helpers import folded
from teachrnn.formulas.numpy_statement import assigned
from teachrnn.formulas.tree import Formula, Letter

if TYPE_CHECKING:
    from teachrnn.op import Op


class OwnLetters:
    """An operation's letters by their own names.

    Parameters
    ----------
    op : type of Op
        The operation.
    """

    def __init__(self, op: type[Op]) -> None:
        self._axes = {
            name: len(axes) for name, axes in zip(op.inputs, op.shape_rule.inputs, strict=True)
        }
        self._axes[op.output] = len(op.shape_rule.output)

    def letter(self, node: Letter) -> str:
        """The name of a letter; that of a gradient begins with d."""
        return f"d{node.name}" if node.kind == "total" else node.name

    def axes(self, node: Letter) -> int:
        """How many axes it has."""
        return self._axes[node.name]


def numpy_rule(op: type[Op], target: str | None) -> Formula:
    """What an operation computes (``target`` None), or the gradient for one input, for code in NumPy.

    What a helper computes is named, a length is that of a letter, and where there is no formula, or
    none that has such code, the operation's own method is called.

    Parameters
    ----------
    op : type of Op
        The operation.
    target : str or None
        The input; None for the definition.

    Returns
    -------
    Formula
        In the operation's own letters.

    Examples
    --------
    >>> from teachrnn import Sigmoid
    >>> numpy_rule(Sigmoid, None)
    Applied(operation='sigmoid', argument=Letter(name='x', kind='value', user=''))
    """
    return _numpy_rule(op, target)  # type: ignore[arg-type]  # a class is hashable


@lru_cache(maxsize=1024)
def _numpy_rule(op: type[Op], target: str | None) -> Formula:
    spelling: Spelling = OwnLetters(op)
    result = Letter(op.output if target is None else target)
    try:
        formula = op.definition if target is None else gradient_formula(op, target)
        formula = folded(_with_lengths(op, formula))
        assigned(result, formula, spelling, result)
    except UnreadableFormulaError:
        inputs = tuple(map(Letter, op.inputs))
        if target is None:
            return tree.Call(f"{op.__name__}.forward", inputs)
        arrives, output = Letter(op.output, "total"), Letter(op.output)
        return tree.Call(f"{op.__name__}.d{target}", (arrives, *inputs, output))
    return formula


def _with_lengths(op: type[Op], formula: Formula) -> Formula:
    """The lengths of axes as those of the inputs, the weights first: they are known everywhere."""
    if isinstance(formula, tree.Size):
        for name in sorted(op.inputs, key=lambda name: name not in op.shared):
            axes = op.shape_rule.inputs[op.inputs.index(name)]
            if formula.axis in axes:
                return LengthOf(Letter(name), axes.index(formula.axis))
    return formula.rebuilt(lambda part: _with_lengths(op, part))
