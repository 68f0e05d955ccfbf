"""Where a formula needs brackets: how tightly its nodes bind, and their neighbours."""

from __future__ import annotations

from teachrnn.formulas import tree
from teachrnn.formulas.functions import FUNCTIONS
from teachrnn.formulas.tree import Formula

SUM, PRODUCT, POWER, ATOM = range(4)


def rank(formula: Formula) -> int:
    """How tightly a node binds, from SUM to ATOM."""
    match formula:
        case tree.At(base=base):
            return rank(base)
        case tree.Plus() | tree.Minus() | tree.Negative():
            return SUM
        case tree.Number(value=value) if value < 0:
            return SUM
        case tree.Product() | tree.Elementwise() | tree.Sum() | tree.Quotient(slash=True):
            return PRODUCT
        case tree.Function(name=name) if FUNCTIONS[name].bare:
            return PRODUCT
        case tree.Power() | tree.Transpose() | tree.Quotient() | tree.Function(name="exp"):
            return POWER
    return ATOM


def needs_brackets(inner: Formula, parent: Formula, *, right: bool = False) -> bool:
    """Whether a part of a node is put in brackets.

    Parameters
    ----------
    inner, parent : Formula
        The part, and the node.
    right : bool
        Whether it is the right one of two.

    Examples
    --------
    >>> from teachrnn.formulas.tree import Letter
    >>> a, b = Letter("a"), Letter("b")
    >>> needs_brackets(a + b, a * (a + b), right=True), needs_brackets(a * b, a + a * b, right=True)
    (True, False)
    """
    if isinstance(inner, tree.At):
        return needs_brackets(inner.base, parent, right=right)
    least = rank(inner)
    match parent:
        case tree.Plus():
            return right and isinstance(inner, tree.Negative | tree.Number) and least == SUM
        case tree.Minus():
            return right and least == SUM
        case tree.Negative() | tree.Sum():
            return least == SUM
        case tree.Product():
            between = isinstance(inner, tree.Elementwise) or _is_slash(inner)
            return least == SUM or between or (not right and _ends_in_a_sum(inner))
        case tree.Elementwise():
            between = right and (isinstance(inner, tree.Product) or _is_slash(inner))
            return least == SUM or between or (not right and _ends_in_a_sum(inner))
        case tree.Quotient(slash=True):
            return least < (POWER if right else PRODUCT) or (not right and _ends_in_a_sum(inner))
        case tree.Power() | tree.Transpose():
            return least < ATOM
    return False


def _is_slash(node: Formula) -> bool:
    return isinstance(node, tree.Quotient) and node.slash


def _ends_in_a_sum(node: Formula) -> bool:
    """A sum sign extends over all that follows, so it needs brackets if something follows."""
    if isinstance(node, tree.Product | tree.Elementwise):
        return _ends_in_a_sum(node.right)
    return isinstance(node, tree.Sum)
