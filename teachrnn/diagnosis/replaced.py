"""A formula with one of its parts replaced."""

from __future__ import annotations

from teachrnn.formulas.tree import Formula


def replaced(formula: Formula, old: Formula, new: Formula) -> Formula:
    """The formula with every occurrence of a part replaced.

    Examples
    --------
    >>> from teachrnn.formulas.text import text
    >>> from teachrnn.formulas.tree import Letter
    >>> h, a = Letter("h"), Letter("a")
    >>> text(replaced(1 - h * h, h, a))
    '1 − a a'
    """
    if formula == old:
        return new
    return formula.rebuilt(lambda part: replaced(part, old, new))
