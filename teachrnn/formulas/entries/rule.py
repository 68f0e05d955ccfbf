"""From the formulas of an operation, as it writes them, to the formula of one entry."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from teachrnn.formulas.entries.lowering import Lowering
from teachrnn.formulas.entries.matrix import Matrix, common
from teachrnn.formulas.entries.tree import Tree
from teachrnn.formulas.equation import gradient_formula, stated_gradients
from teachrnn.formulas.formula_error import UnreadableFormulaError
from teachrnn.formulas.latex import latex
from teachrnn.formulas.tree import Formula

if TYPE_CHECKING:
    from teachrnn.op import Op

INDICES = ("i", "j")


@dataclass(frozen=True)
class Rule:
    """How any entry of a result, or of a gradient, comes from entries of other arrays.

    Attributes
    ----------
    axes : int
        Number of core axes of the array: how many of the indices i, j the tree uses.
    over : str
        The letter that carries all leading axes: the output, or its gradient.
    over_axes : int
        Number of core axes of that letter.
    tree : Tree
        The formula (see `teachrnn.formulas.entries.tree`).
    """

    axes: int
    over: str
    over_axes: int
    tree: Tree


def rule(op: type[Op], target: str | None) -> Rule:
    """The formula of one entry of an operation's value (``target`` None), or of
    its gradient for one input.

    Raises
    ------
    UnreadableFormulaError
        If it is missing, or uses symbols that the reader does not know.
    MisfitFormulaError
        If it can be read, but its shapes do not match.
    """
    formula = op.definition if target is None else gradient_formula(op, target)
    try:
        return _lowered(op, target, formula)  # type: ignore[arg-type]  # a class is hashable
    except UnreadableFormulaError as error:
        what = op.output if target is None else f"d{target}"
        stated = latex(formula) if target is None else stated_gradients(op)[target]
        raise type(error)(f"{op.__name__}: in `{what} = {stated}`, {error}.") from None


@lru_cache(maxsize=1024)
def _lowered(op: type[Op], target: str | None, formula: Formula) -> Rule:
    reading = lowering(op, target)
    lengths = lengths_of(op)
    found = reading.array(formula)
    wanted = _array("", lengths[target or op.output])
    common(found.rows, wanted.rows, "the rows of the two sides")
    common(found.columns, wanted.columns, "the columns of the two sides")
    tree = found.entry(*INDICES)
    if target is not None and target not in op.shared:
        tree = ("positions", tree)  # an input that may have leading axes, and here may have none
    over = op.output if target is None else f"d{op.output}"
    return Rule(len(lengths[target or op.output]), over, len(op.shape_rule.output), tree)


def lowering(op: type[Op], target: str | None) -> Lowering:
    """What lowers the formulas of an operation: its letters, with the lengths of their axes.

    Parameters
    ----------
    op : type
        The operation.
    target : str or None
        The input whose gradient the formula is of; None for the value.

    Returns
    -------
    Lowering
        For the definition it has the inputs as letters; for a gradient the output too, and its
        gradient.
    """
    lengths = lengths_of(op)
    letters = {letter: _array(letter, axes) for letter, axes in lengths.items()}
    if target is None:
        del letters[op.output]
    else:
        letters[f"d{op.output}"] = _array(f"d{op.output}", lengths[op.output])
    return Lowering(letters, _sizes(op), op.known)


def lengths_of(op: type[Op]) -> dict[str, list[Tree]]:
    """The lengths of the core axes of each input and of the output, by its letter."""
    sizes = _sizes(op)
    return {letter: [sizes[name] for name in names] for letter, names in _axes(op).items()}


def _sizes(op: type[Op]) -> dict[str, Tree]:
    sizes: dict[str, Tree] = {}
    for letter, names in _axes(op).items():
        for place, name in enumerate(names):
            sizes.setdefault(name, ("size", letter, place - len(names)))
    return sizes


def _axes(op: type[Op]) -> dict[str, tuple[str, ...]]:
    axes = dict(zip(op.inputs, op.shape_rule.inputs, strict=True))
    return axes | {op.output: op.shape_rule.output}


def _array(letter: str, lengths: list[Tree]) -> Matrix:
    match lengths:
        case []:
            return Matrix.scalar(("at", letter))
        case [rows]:
            return Matrix.column(rows, lambda i: ("at", letter, i))
        case [rows, columns]:
            return Matrix(rows, columns, lambda i, j: ("at", letter, i, j))
    raise UnreadableFormulaError(f"{letter} has more than two axes")


def rule_data(op: type[Op], target: str | None) -> dict[str, Any] | None:
    """A rule as plain data, for the player; None where there is no formula that can be read.

    Parameters
    ----------
    op : type
        The operation.
    target : str or None
        The input whose gradient is asked about; None for the value.

    Returns
    -------
    dict or None
        The rule as the page takes it; None where the formula cannot be read entry by entry.

    Examples
    --------
    >>> from teachrnn import Linear
    >>> rule_data(Linear, None)["tree"]
    ('sum', 'k1', ('size', 'x', -1), ('*', ('at', 'W', 'i', 'k1'), ('at', 'x', 'k1')))
    """
    try:
        found = rule(op, target)
    except UnreadableFormulaError:
        return None
    return {
        "axes": found.axes,
        "over": found.over,
        "overAxes": found.over_axes,
        "tree": found.tree,
    }
