"""The mistakes that the gradient of an operation can be written with, derived from its formula."""

from __future__ import annotations

from functools import lru_cache

from teachrnn.diagnosis.slips import LettersAtHand, WrongFormula, wrong_formulas
from teachrnn.domain import Index
from teachrnn.formulas.equation import gradient_formula
from teachrnn.formulas.formula_error import UnreadableFormulaError
from teachrnn.formulas.tree import Formula
from teachrnn.op import Op


def letters_of(op: type[Op], name: str = "") -> LettersAtHand:
    """What stands in the formulas of an operation, and what of it can be mixed up.

    Parameters
    ----------
    op : type of Op
        The operation.
    name : str
        The input whose gradient is asked for.
    """
    kinds: dict[str, object] = {}
    for letter, axes in zip(op.inputs, op.shape_rule.inputs, strict=True):
        shared = " of all rows" if letter in op.shared else ""
        whole = " counted" if isinstance(op.domain.get(letter), Index) else ""
        kinds[letter] = ",".join(axes) + shared + whole
    output = ",".join(op.shape_rule.output)
    kinds.setdefault(op.output, output)
    kinds[f"d{op.output}"] = output
    return LettersAtHand(kinds, op, name)


def gradient_of_input(op: type[Op], name: str) -> Formula | None:
    """The formula of a gradient; None if none is stated."""
    try:
        return gradient_formula(op, name)
    except UnreadableFormulaError:
        return None


def slips(op: type[Op], name: str) -> tuple[WrongFormula, ...]:
    """The wrong ways to write the gradient of one input, derived once.

    Parameters
    ----------
    op : type of Op
        The operation.
    name : str
        The input.
    """
    return _slips(op, name)  # type: ignore[arg-type]  # a class is hashable


@lru_cache
def _slips(op: type[Op], name: str) -> tuple[WrongFormula, ...]:
    formula = gradient_of_input(op, name)
    return () if formula is None else tuple(wrong_formulas(formula, letters_of(op, name)))


def slips_forward(op: type[Op]) -> tuple[WrongFormula, ...]:
    """The wrong ways to write the operation itself."""
    letters = letters_of(op)
    kinds = {n: k for n, k in letters.kinds.items() if n in op.inputs}
    return tuple(wrong_formulas(op.definition, LettersAtHand(kinds)))
